"""What a model says class by class: accuracy of each, and how often samples of one are called another."""

from __future__ import annotations

import numpy as np
from torch import Tensor


def prediction_matrix(logits: Tensor, y: Tensor, classes: int) -> np.ndarray:
    """Samples of each true class (rows) that are called each class (columns): int64 (classes, classes).

    logits (n, classes), y (n,); samples with a NaN among their logits are called nothing and left out.
    """
    sound = ~logits.isnan().any(1)
    cells = y[sound] * classes + logits[sound].argmax(1) if len(y) else y
    return cells.bincount(minlength=classes * classes).reshape(classes, classes).numpy()


def class_accuracies(logits: Tensor, y: Tensor, classes: int) -> np.ndarray:
    """Share of each class's samples whose largest logit is its own: (classes,), NaN for a class without samples.

    A sample with a NaN among its logits is wrong.
    """
    right = prediction_matrix(logits, y, classes).diagonal()
    counts = y.bincount(minlength=classes).numpy()
    return np.divide(right, counts, out=np.full(classes, np.nan), where=counts > 0)
