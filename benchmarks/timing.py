"""Ratio of two running times, robust to other load on the machine."""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import Any


@dataclass(frozen=True)
class Ratio:
    """Running time of one callable over that of another.

    Attributes:
        rounds: ratio in each round.
        first, second: median time of each callable, seconds.
    """

    rounds: tuple[float, ...]
    first: float
    second: float

    @property
    def median(self) -> float:
        """Median ratio over the rounds, which a single disturbed round does not change."""
        return median(self.rounds)

    def __str__(self) -> str:
        spread = f"{min(self.rounds):.2f} to {max(self.rounds):.2f}"
        return f"{self.median:.2f} ({spread} in {len(self.rounds)} rounds; {self.first:.3g} s and {self.second:.3g} s)"

    def beside(self, name: str, bar: float) -> str:
        """Line of `make bench`: the ratio, its upper limit `bar`, and whether the limit is held."""
        return f"{name}: {self}, bar {bar:g}: {'held' if self.median <= bar else 'MISSED'}"


def alternate(
    first: Callable[..., object], second: Callable[..., object], rounds: int, fresh: Callable[[int], tuple[Any, ...]]
) -> Ratio:
    """Ratio of the running times of two callables, timed alternately.

    In each round both run once, one after the other, on the same arguments. Their order swaps between rounds, so that
    each runs second equally often: with a warm cache, or on a machine that has just become busy. One round before the
    first warms both up and is not timed.

    Args:
        first, second: callables to time. On a GPU they must call torch.cuda.synchronize before they return.
        rounds: number of timed rounds.
        fresh: makes the arguments of a round from its index, different in every round; not timed.
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
    return Ratio(tuple(numerator / denominator for numerator, denominator in pairs), median(firsts), median(seconds))
