"""What the verb `unlearn` prints: one JSON object, or a small table for people."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from explorer.command_line.declared import spelled
from explorer.words import counted

if TYPE_CHECKING:
    from explorer.evaluation import Measures
    from explorer.experiments import Outcome, Request

NETWORKS = ("original", "unlearned", "retrained")
ENDINGS = {
    None: "ran through",
    "target": "stopped: the target for the forget set is reached",
    "guard": "stopped by the guard: the model was collapsing, and is left at its last good step",
    "nan": "stopped: the numbers ran away, and the model is left at its last good step",
    "user": "stopped by hand",
}


def as_json(request: Request, outcome: Outcome, measures: Mapping[str, Measures]) -> str:
    """The run and the measures of `NETWORKS`; null where there is nothing to measure, or no such network."""
    experiment = request.experiment
    found: dict[str, Any] = {
        "experiment": {
            "dataset": experiment.dataset,
            "model": experiment.model,
            "seed": experiment.seed,
            "forget": experiment.forget,
            "forget_size": len(experiment.forget_set),
        },
        "method": request.method.name,
        "settings": request.settings.model_dump(),
        "steps": outcome.steps,
        "seconds": outcome.seconds,
        "stopped": outcome.stopped,
        **{which: measures[which].as_dict() if which in measures else None for which in NETWORKS},
    }
    return json.dumps(found, indent=2, ensure_ascii=False, allow_nan=False)


def as_text(request: Request, outcome: Outcome, measures: Mapping[str, Measures]) -> str:
    """The run in a few lines, then a table: shares in percent with one decimal, entropies in nats with two."""
    experiment, applying = request.experiment, request.settings.applying()
    settings = " ".join(spelled(name, value) for name, value in request.settings if name in applying)
    lines = [
        f"{experiment.dataset}, {experiment.model}, seed {experiment.seed}: forget {experiment.forget}, "
        f"{len(experiment.forget_set)} of {len(experiment.data.train)} training samples",
        f"{request.method.title}, noise seed {request.noise_seed}: {settings}",
        f"{counted(outcome.steps, 'step')} in {outcome.seconds:.1f} s; {ENDINGS[outcome.stopped]}",
        "",
    ]
    # The measures' own class says what each is called; any of the three carries it.
    rows = [
        (f"{each.label} ({'%' if each.unit == 'share' else each.unit})", each)
        for each in measures["original"].descriptions()
    ]
    width = max(len(label) for label, _ in rows)
    lines.append(" " * width + "".join(f"{which:>12}" for which in NETWORKS))
    for label, each in rows:
        values = (getattr(measures.get(which), each.name, None) for which in NETWORKS)
        lines.append(f"{label:<{width}}" + "".join(f"{_value(value, each.unit):>12}" for value in values))
    return "\n".join(lines)


def _value(value: float | None, unit: str) -> str:
    if value is None:
        return "-"
    return f"{100 * value:.1f}" if unit == "share" else f"{value:.2f}"
