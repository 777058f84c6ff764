"""Class by class against scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.metrics import confusion_matrix, recall_score

from explorer.evaluation import class_accuracies, prediction_matrix


def drawn(n=200, classes=4):
    generator = torch.Generator().manual_seed(0)
    return torch.randn(n, classes, generator=generator), torch.randint(0, classes, (n,), generator=generator)


def test_equals_scikit_learn():
    logits, y = drawn()
    called = logits.argmax(1)
    assert prediction_matrix(logits, y, 4).tolist() == confusion_matrix(y, called, labels=range(4)).tolist()
    np.testing.assert_allclose(class_accuracies(logits, y, 4), recall_score(y, called, average=None))


def test_nan_is_called_nothing_and_wrong():
    logits, y = drawn()
    logits[y == 2] = float("nan")
    matrix, accuracies = prediction_matrix(logits, y, 4), class_accuracies(logits, y, 4)
    assert matrix.sum() == int((y != 2).sum()) and not matrix[2].any()
    assert accuracies[2] == 0


@pytest.mark.parametrize("classes", [1, 3])
def test_no_samples_are_an_empty_matrix(classes):
    logits, y = torch.empty(0, classes), torch.empty(0, dtype=torch.int64)
    assert prediction_matrix(logits, y, classes).tolist() == [[0] * classes] * classes
    assert np.isnan(class_accuracies(logits, y, classes)).all()
