"""How numbers stand in a sentence: percent with one decimal, nats with two, a count with its noun; and enumerations."""

from collections.abc import Iterable


def percent(share: float) -> str:
    """A share in 0..1 as percent."""
    return f"{100 * share:.1f} %"


def nats(entropy: float) -> str:
    """An entropy with its unit."""
    return f"{entropy:.2f} nats"


def counted(count: int, noun: str = "sample", plural: str = "") -> str:
    """A count and its noun: 1 sample, 2 samples, 6,000 samples; with a plural of its own: 1 copy, 2 copies."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def these(count: int, noun: str = "sample") -> str:
    """Samples that are named together: this sample, these 2 samples."""
    return f"this {noun}" if count == 1 else f"these {counted(count, noun)}"


def unbroken(words: str) -> str:
    """The same in one line, for the cells of a table."""
    return words.replace(" ", "\N{NO-BREAK SPACE}")


def listed(parts: Iterable[str]) -> str:
    """One, two and three: as a sentence enumerates."""
    *most, last = parts
    return f"{', '.join(most)} and {last}" if most else last
