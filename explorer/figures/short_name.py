"""Class names shortened for figures; hover texts and alt texts contain the full name."""

from collections.abc import Sequence

ROOM = 18
"""Letters of a name in a figure."""


def short(name: str, room: int = ROOM) -> str:
    """The name, or beginning and end of a longer one, as names with the same beginning often differ at the end."""
    if len(name) <= room:
        return name
    end = room // 3
    return f"{name[: room - end - 1].rstrip()}…{name[-end:].lstrip()}"


def short_note(name: str, room: int = ROOM) -> dict[str, str | None]:
    """Text of an annotation, with the full name as hover text if it was shortened."""
    text = short(name, room)
    return {"text": text, "hovertext": None if text == name else name}


def short_ticks(names: Sequence[str], room: int = ROOM, every: int = 1) -> dict[str, object]:
    """Ticks of a category axis with these names in this order, one tick per `every` names."""
    shown = list(names[::every])
    return {"tickmode": "array", "tickvals": shown, "ticktext": [short(name, room) for name in shown]}
