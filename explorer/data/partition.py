"""D = D_f + D_r: what a forget set makes of a data set, for training, unlearning and measuring."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from explorer.data.dataset import Dataset, Split
from explorer.data.forget_set import ForgetSet


@dataclass(frozen=True, eq=False)
class Partition:
    """The parts of a data set under one forget request.

    forget and retain: D_f and D_r of the training split. test: the whole test set. retain_test: the test samples of
    what is retained (without the forgotten class or sub-class; the whole test set for any other forget set).
    forget_test: the test samples of the forgotten class or sub-class, else None. peers_test: the test samples like
    those in D_f, which are forget_test or else all of the classes that occur in D_f.
    """

    forget: Split
    retain: Split
    test: Split
    retain_test: Split
    forget_test: Split | None
    peers_test: Split


def partition(dataset: Dataset, forget: ForgetSet) -> Partition:
    """Divide the training split into D_f and D_r, and the test set to match."""
    kept = torch.ones(len(dataset.train), dtype=torch.bool)
    kept[forget.indices] = False
    test, forgotten = dataset.test, dataset.train[forget.indices]
    if (number := forget.whole_class) is not None:
        gone = test.y == number
    elif (number := forget.whole_subclass(dataset)) is not None and test.fine is not None:
        gone = test.fine == number
    else:
        gone = None
    return Partition(
        forget=forgotten,
        retain=dataset.train[kept],
        test=test,
        retain_test=test if gone is None else test[~gone],
        forget_test=None if gone is None else test[gone],
        peers_test=test[torch.isin(test.y, forgotten.y)] if gone is None else test[gone],
    )
