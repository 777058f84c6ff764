"""Names of classes, cleaned for use on pages, in links and in forget set codes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

from explorer.data import limits
from explorer.settings import InputError

MARKUP = "<>&*$`[]|\\:~#\"'{}"  # special characters of Markdown, HTML, LaTeX and of codes


def plain_name(text: str) -> str:
    """The text as one line without markup or invisible characters, at most `limits.NAME` characters."""
    cleaned = "".join(
        " " if unicodedata.category(c)[0] in "CZ" or c in MARKUP else c for c in unicodedata.normalize("NFC", text)
    )
    return " ".join(cleaned.split())[: limits.NAME].strip()


def natural(name: str) -> list[tuple[int, str]]:
    """Sort key for natural order: s2 before s10."""
    parts = [part.lstrip("0") if part.isdecimal() else part.lower() for part in re.split("([0-9]+)", name)]
    return [(len(part), part) if at % 2 else (-1, part) for at, part in enumerate(parts)]  # odd parts are digits


def first_few(names: Sequence[str], most: int = 5) -> str:
    """The first names, and the number of further ones: a, b and 3 more."""
    first = ", ".join(plain_name(name) for name in names[:most])
    return first if len(names) <= most else f"{first} and {len(names) - most:,} more"


def check_number(classes: int, level: str = "classes") -> None:
    """Raise InputError if there are more than `limits.CLASSES` classes."""
    if classes > limits.CLASSES:
        raise InputError(f"The data set has {classes:,} {level}; at most {limits.CLASSES:,} are allowed.")


def check_names(plain: Mapping[tuple[str, ...], tuple[str, ...]]) -> None:
    """Raise InputError unless the cleaned names are unique. Case and spaces are ignored, as in forget set codes.

    Args:
        plain: cleaned names (class,) or (class, sub-class), by original names.
    """
    levels = {"classes": {names[:1]: cleaned[:1] for names, cleaned in plain.items()}, "sub-classes": plain}
    for level, members in levels.items():
        check_number(len(members), level)
        seen: dict[tuple[str, ...], tuple[str, ...]] = {}
        for names, cleaned in members.items():
            if not all(cleaned):
                raise InputError(f"The name {names[-1][:40]!r} among the {level} has no visible characters; rename it.")
            other = seen.setdefault(tuple("-".join(name.lower().split()) for name in cleaned), names)
            if other != names:
                pair = " and ".join(repr(each[-1][: limits.NAME]) for each in sorted((other, names)))
                raise InputError(f"The names of the {level} {pair} are too similar; rename one.")


def subclass_names(groups: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """Names of the sub-classes; prefixed with the class if two classes share a name."""
    last = [names[-1] for names in groups]
    plain = len({"-".join(name.lower().split()) for name in last}) == len(groups)
    return tuple(last if plain else [" / ".join(names) for names in groups])
