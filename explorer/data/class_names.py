"""What classes are called: names from folders and tables that may stand on a page, in a link and in a forget set."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

from explorer.data import limits
from explorer.settings import InputError

MARKUP = "<>&*$`[]|\\:~#\"'{}"  # what a page, a formula or a code would read as more than a letter


def plain_name(text: str) -> str:
    """A name as it may stand on a page, in a link and in a formula: in one line, no markup, nothing invisible."""
    shown = "".join(
        " " if unicodedata.category(c)[0] in "CZ" or c in MARKUP else c for c in unicodedata.normalize("NFC", text)
    )
    return " ".join(shown.split())[: limits.NAME].strip()


def natural(name: str) -> list[tuple[int, str]]:
    """Sorts s2 before s10."""
    parts = [part.lstrip("0") if part.isdecimal() else part.lower() for part in re.split("([0-9]+)", name)]
    return [(len(part), part) if at % 2 else (-1, part) for at, part in enumerate(parts)]  # every second one is digits


def first_few(names: Sequence[str], most: int = 5) -> str:
    """The first names, and how many more there are."""
    words = ", ".join(plain_name(name) for name in names[:most])
    return words if len(names) <= most else f"{words} and {len(names) - most:,} more"


def check_number(classes: int, what: str = "classes") -> None:
    """Raises InputError for more classes than there may be."""
    if classes > limits.CLASSES:
        raise InputError(f"There are {classes:,} {what} here; at most {limits.CLASSES:,} are allowed.")


def check_names(plain: Mapping[tuple[str, ...], tuple[str, ...]]) -> None:
    """Raises InputError unless every class and sub-class keeps a name of its own.

    plain: what is shown for each. Forget sets are named without looking at case and spaces, so neither does this.
    """
    levels = {"classes": {names[:1]: shown[:1] for names, shown in plain.items()}, "sub-classes": plain}
    for what, level in levels.items():
        check_number(len(level), what)
        seen: dict[tuple[str, ...], tuple[str, ...]] = {}
        for names, shown in level.items():
            if not all(shown):
                raise InputError(f"The name {names[-1][:40]!r} of one of the {what} has nothing to show; rename it.")
            other = seen.setdefault(tuple("-".join(each.lower().split()) for each in shown), names)
            if other != names:
                pair = " and ".join(repr(each[-1][: limits.NAME]) for each in sorted((other, names)))
                raise InputError(f"The {what} {pair} are called nearly the same; rename one.")


def subclass_names(groups: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """Their own names where no two classes have the same, else with the class in front."""
    last = [names[-1] for names in groups]
    plain = len({"-".join(name.lower().split()) for name in last}) == len(groups)
    return tuple(last if plain else [" / ".join(names) for names in groups])
