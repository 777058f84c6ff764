"""Words that the project does not use: terms that the glossary in ARCHITECTURE.md replaces, and names that say nothing.

`retired_terms(text)` finds them in text that a person reads: pages, messages, help.
"""

from __future__ import annotations

import re

TERMS = {
    r"(?<!to the )(?<!on the )(?<!and )\bright\b": "accuracy, correct",
    r"\b(call|calls|called|calling)\b": "predicted as, prediction; named",
    r"\b(how sure|surer|sure)\b": "entropy, certain",
    r"\b(choose|chooses|chose|chosen|choosing)\b": "select, selected",
    r"\b(brought|own data|own sets?|own networks?)\b": "uploaded, your data sets",
    r"\b(kept|keep and use)\b": "saved",
    r"\blets? go of\b": "deleted",
    r"\b(nobody|somebody|whoever|everybody|anybody)\b": "name the subject",
    r"\b(story|stories)\b": "experiment, example",
    r"\bmoments?\b": "snapshot",
    r"\b(told|tells|said|says|saying)\b": "described, states, reports",
    r"\bthe others\b": "retained samples, other classes",
    r"\b(go(es)? back|went back|taken? back)\b": "rewind",
    r"\bpass(es)? over\b": "epoch (training), pass (unlearning)",
    r"\banother side\b": "disagreement",
    r"\b(pace)\b": "speed",
    r"\b(too loudly|loudness)\b": "over-forgotten",
    r"\b(what the noise shows|inside a step|what it cost)\b": "Noisy copies, One step, Side effects",
    r"\b(lost|loses?|losing) (nothing|about|\d)": "accuracy fell by",
    r"\b(steal it back|come back|the road|a jury)\b": "Prototype attack, Relearning, Weight interpolation",
}
"""Patterns, and what to write in their place."""

LOCALS = {"found", "told", "said", "asked", "one", "it", "kept", "wanted", "brought", "those", "them", "whose"}
"""Names of variables and arguments that do not announce their content."""

RELATIVE = re.compile(r"(What|Whatever|Whoever|Who|Whose|Those|That which|How (?!to\b))\b")
"""Beginnings of a docstring that make the reader wait for the subject."""


def retired_terms(text: str) -> list[str]:
    """Each retired term in the text, with some words around it and what to write in its place."""
    hits = []
    for pattern, instead in TERMS.items():
        for match in re.finditer(pattern, text, re.IGNORECASE):
            around = text[max(0, match.start() - 40) : match.end() + 40].replace("\n", " ")
            hits.append(f"{match[0]!r} in {around!r}: write {instead}")
    return hits
