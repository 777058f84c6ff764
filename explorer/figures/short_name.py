"""A class's name as a picture has room for it; hover and alt text say all of it."""

from collections.abc import Sequence

ROOM = 18
"""Letters of a name in a picture."""


def short(name: str, room: int = ROOM) -> str:
    """The name itself, or of a longer one the beginning and the end: names that begin alike often end otherwise."""
    if len(name) <= room:
        return name
    end = room // 3
    return f"{name[: room - end - 1].rstrip()}…{name[-end:].lstrip()}"


def short_note(name: str, room: int = ROOM) -> dict[str, str | None]:
    """The text of an annotation, which tells the whole name where a pointer rests on it, if that is longer."""
    text = short(name, room)
    return {"text": text, "hovertext": None if text == name else name}


def short_ticks(names: Sequence[str], room: int = ROOM, every: int = 1) -> dict[str, object]:
    """The ticks of an axis whose categories are these names, in this order; of many `every` so-manieth."""
    shown = list(names[::every])
    return {"tickmode": "array", "tickvals": shown, "ticktext": [short(name, room) for name in shown]}
