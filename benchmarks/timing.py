"""How long one thing takes beside another, on a machine that does other things too."""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import Any


@dataclass(frozen=True)
class Ratio:
    """Seconds of the first over seconds of the second, one number a round, and both medians in seconds."""

    rounds: tuple[float, ...]
    first: float
    second: float

    @property
    def median(self) -> float:
        """The ratio to quote: the middle of the rounds, which one disturbed round does not move."""
        return median(self.rounds)

    def __str__(self) -> str:
        spread = f"{min(self.rounds):.2f} to {max(self.rounds):.2f}"
        return f"{self.median:.2f} ({spread} in {len(self.rounds)} rounds; {self.first:.3g} s and {self.second:.3g} s)"

    def beside(self, name: str, bar: float) -> str:
        """One line of `make bench`: the ratio, the most that it may be, and whether it is."""
        return f"{name}: {self}, bar {bar:g}: {'held' if self.median <= bar else 'MISSED'}"


def alternate(
    first: Callable[..., object], second: Callable[..., object], rounds: int, fresh: Callable[[int], tuple[Any, ...]]
) -> Ratio:
    """Time two callables turn about, and return the ratio of their times.

    A round is one pair: `first` and `second` run once each, one right after the other, on the same arguments, and give
    one ratio. Their order swaps from round to round, so that whoever runs second (on a warm cache, or into a machine
    that has just become busy) is each of them equally often. `fresh(round)` makes the arguments of a round, which are
    unlike those of any other, and is not timed; a round before the first one, not timed either, warms both up.
    On a GPU each callable waits for its own work (torch.cuda.synchronize) before it returns.
    """
    pairs = []
    for index in range(-1, rounds):  # -1 warms up
        arguments, times = fresh(index), {}
        for name, call in (("first", first), ("second", second))[:: -1 if index % 2 else 1]:
            gc.collect()
            began = perf_counter()
            call(*arguments)
            times[name] = perf_counter() - began
        if index >= 0:
            pairs.append((times["first"], times["second"]))
    firsts, seconds = zip(*pairs, strict=True)
    return Ratio(tuple(one / other for one, other in pairs), median(firsts), median(seconds))
