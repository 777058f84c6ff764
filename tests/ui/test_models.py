"""What pages ask of the models: shared where the value is the same, and never a stale one."""

from __future__ import annotations

import numpy as np

from explorer.experiments import Experiment
from explorer.ui import models


def test_who_is_to_be_forgotten():
    mask = models.forget_mask(Experiment("moons:n=40", "mlp", forget="samples:3,5,8"))
    assert mask.shape == (28,)
    assert np.flatnonzero(mask).tolist() == [3, 5, 8]
