"""Predictions by class: the confusion matrix and the accuracy of each class."""

from __future__ import annotations

import numpy as np
from torch import Tensor


def prediction_matrix(logits: Tensor, y: Tensor, classes: int) -> np.ndarray:
    """Confusion matrix: number of samples by true class (rows) and predicted class (columns).

    Args:
        logits: outputs of the model, (n, classes). Samples with a NaN logit are left out.
        y: labels, (n,).
        classes: number of classes.

    Returns:
        int64, (classes, classes).
    """
    sound = ~logits.isnan().any(1)
    cells = y[sound] * classes + logits[sound].argmax(1) if len(y) else y
    return cells.bincount(minlength=classes * classes).reshape(classes, classes).numpy()


def class_accuracies(logits: Tensor, y: Tensor, classes: int) -> np.ndarray:
    """Accuracy of each class, (classes,); NaN for a class without samples.

    Args:
        logits: outputs of the model, (n, classes). A sample with a NaN logit counts as wrong.
        y: labels, (n,).
        classes: number of classes.
    """
    correct = prediction_matrix(logits, y, classes).diagonal()
    counts = y.bincount(minlength=classes).numpy()
    return np.divide(correct, counts, out=np.full(classes, np.nan), where=counts > 0)
