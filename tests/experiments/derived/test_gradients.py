"""Gradients of a story's original at every sample: measured once, kept, and true."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from explorer.background.progress import ignore_progress
from explorer.experiments.derived.gradients import GRADIENT_KINDS, GRADIENTS
from explorer.geometry import jacobian_norms
from tests.experiments.conftest import never, stop


def test_gradients_of_all_kinds(story):
    network = story.original
    assert not GRADIENTS.stored(story)
    found = GRADIENTS.get(story, network, ignore_progress)
    assert set(found) == set(GRADIENT_KINDS) and all(
        values.shape == (len(story.data.train),) for values in found.values()
    )
    np.testing.assert_allclose(found["logits"], jacobian_norms(network, story.data.train.x).numpy())
    x = story.data.train.x[3:4].clone().requires_grad_()
    loss = torch.nn.functional.cross_entropy(network(x), story.data.train.y[3:4])
    (gradient,) = torch.autograd.grad(loss, x)
    assert found["loss"][3] == pytest.approx(gradient.norm().item(), rel=1e-4)
    assert GRADIENTS.stored(story)
    GRADIENTS.get(story, network, never)


def test_a_stop_leaves_nothing_behind(story):
    with pytest.raises(KeyboardInterrupt):
        GRADIENTS.get(story, story.original, stop)
    assert not GRADIENTS.stored(story)
