"""What a rank correlation says of the paper's chain: that it goes together, the other way, or not clearly."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from explorer.evaluation import RankCorrelation, rank_correlation


def claim(first: str, second: str, found: RankCorrelation, expected: int) -> str:
    """What a rank correlation says of the paper's chain, in words that do not claim more than its interval.

    expected: the sign that the paper's claim has for these two.
    """
    if found.sign == 0:
        return f"On this set, {first} shows no clear relation to {second} ({found.words})."
    side = "lower" if expected < 0 else "higher"
    verdict = "do have the larger" if found.sign == expected else "have the smaller"
    return f"On this set, samples with {side} {first} {verdict} {second} ({found.words})."


@lru_cache(maxsize=256)
def _correlated(one: bytes, other: bytes) -> RankCorrelation:
    return rank_correlation(np.frombuffer(one), np.frombuffer(other))


def correlated(one: np.ndarray, other: np.ndarray) -> RankCorrelation:
    """`rank_correlation`, remembered: a page draws the same readings again and again."""
    return _correlated(*(np.asarray(values, dtype=np.float64).tobytes() for values in (one, other)))
