"""Progress callbacks. An exception that a callback raises stops the work that called it."""

from __future__ import annotations

from collections.abc import Callable

Share = Callable[[float], None]
"""Called with the share of the work that is done, 0 to 1."""
Progress = Callable[[float, str], None]
"""Called with the share of the work that is done, 0 to 1, and a description of the current step."""


def ignore_share(done: float) -> None:
    """A `Share` that does nothing."""


def ignore_progress(done: float, doing: str) -> None:
    """A `Progress` that does nothing."""


def waiting(progress: Progress) -> Callable[[], None]:
    """A `waiting` callback for `Store.load_or_make` that reports the wait, so that it is shown and can be stopped."""
    return lambda: progress(0.0, "Waiting for the same result from another job")


def parts(progress: Progress, shares: tuple[float, ...]) -> list[Progress]:
    """One `Progress` for each of several consecutive parts of the work.

    Args:
        progress: receives the progress of the whole.
        shares: share of the total time that each part takes; they sum to 1.
    """

    def part(begin: float, share: float) -> Progress:
        return lambda done, doing: progress(begin + share * done, doing)

    return [part(sum(shares[:turn]), share) for turn, share in enumerate(shares)]
