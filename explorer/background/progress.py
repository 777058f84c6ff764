"""How far work is, told to whoever may stop it: the share that is done, or that and what is being done."""

from __future__ import annotations

from collections.abc import Callable

Share = Callable[[float], None]
"""Told the share that is done; whatever it raises stops the work."""
Progress = Callable[[float, str], None]
"""Told the share that is done and what is being done; whatever it raises stops the work, and nothing is kept."""


def ignore_share(done: float) -> None:
    """A `Share` that nobody looks at."""


def ignore_progress(done: float, doing: str) -> None:
    """A `Progress` that nobody looks at."""


def waiting(progress: Progress) -> Callable[[], None]:
    """What `Store.load_or_make` calls while somebody else makes the same, so that a wait is seen and can be stopped."""
    return lambda: progress(0.0, "Waiting for the same, which is made elsewhere")


def parts(progress: Progress, shares: tuple[float, ...]) -> list[Progress]:
    """One `Progress` for each part of some work that takes these shares of its time, one after the other."""

    def part(begin: float, share: float) -> Progress:
        return lambda done, doing: progress(begin + share * done, doing)

    return [part(sum(shares[:turn]), share) for turn, share in enumerate(shares)]
