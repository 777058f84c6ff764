"""Formatting of numbers and lists in sentences: percent, nats, counts with a noun, enumerations."""

from collections.abc import Iterable


def percent(share: float) -> str:
    """A share from 0 to 1 as percent with one decimal: 12.5 %."""
    return f"{100 * share:.1f} %"


def nats(entropy: float) -> str:
    """An entropy with two decimals and its unit: 0.21 nats."""
    return f"{entropy:.2f} nats"


def counted(count: int, noun: str = "sample", plural: str = "") -> str:
    """A count with its noun: 1 sample, 6,000 samples. `plural` is for irregular nouns: 1 copy, 2 copies."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def these(count: int, noun: str = "sample") -> str:
    """A demonstrative with its noun: this sample, these 2 samples."""
    return f"this {noun}" if count == 1 else f"these {counted(count, noun)}"


def unbroken(text: str) -> str:
    """The text with non-breaking spaces, so that a table cell does not wrap."""
    return text.replace(" ", "\N{NO-BREAK SPACE}")


def listed(parts: Iterable[str]) -> str:
    """The parts as an enumeration: a, b and c. At least one part is required."""
    *most, last = parts
    return f"{', '.join(most)} and {last}" if most else last
