"""Division D = D_f + D_r of a data set by a forget set, for training, unlearning and measuring."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from explorer.data.dataset import Dataset, Split
from explorer.data.forget_set import ForgetSet


@dataclass(frozen=True, eq=False)
class Partition:
    """The parts of a data set under one forget request.

    Attributes:
        forget: D_f, the training samples to forget.
        retain: D_r, all other training samples.
        test: the whole test set.
        retain_test: test samples of the retained classes: without the forgotten class or sub-class, or the whole test
            set if D_f is neither.
        forget_test: test samples of the forgotten class or sub-class; None if D_f is neither.
        peers_test: test samples comparable to D_f: `forget_test`, or the test samples of all classes in D_f.
    """

    forget: Split
    retain: Split
    test: Split
    retain_test: Split
    forget_test: Split | None
    peers_test: Split


def partition(dataset: Dataset, forget: ForgetSet) -> Partition:
    """The parts D_f and D_r of the training split, and the corresponding test samples."""
    retained = torch.ones(len(dataset.train), dtype=torch.bool)
    retained[forget.indices] = False
    test, forgotten = dataset.test, dataset.train[forget.indices]
    if (number := forget.whole_class) is not None:
        forgotten_test = test.y == number
    elif (number := forget.whole_subclass(dataset)) is not None and test.fine is not None:
        forgotten_test = test.fine == number
    else:
        forgotten_test = None
    return Partition(
        forget=forgotten,
        retain=dataset.train[retained],
        test=test,
        retain_test=test if forgotten_test is None else test[~forgotten_test],
        forget_test=None if forgotten_test is None else test[forgotten_test],
        peers_test=test[torch.isin(test.y, forgotten.y)] if forgotten_test is None else test[forgotten_test],
    )
