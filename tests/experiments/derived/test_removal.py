"""What leaving a sample out does: found by honest training without it, once, and kept."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.background.progress import ignore_progress
from explorer.evaluation import logits
from explorer.experiments import Experiment
from explorer.experiments.derived.removal import (
    LEAVE_ONE_OUT,
    can_leave_each_out,
    leave_each_out,
    leave_out,
    without_sample,
)
from explorer.settings import InputError
from tests.experiments.conftest import never, stop

pytestmark = pytest.mark.usefixtures("quick")  # trainings of a few epochs


def test_the_leave_one_out_truth_of_a_plane_is_kept(story):
    assert can_leave_each_out(story)
    found = leave_each_out(story, ignore_progress)
    assert LEAVE_ONE_OUT.stored(story)
    assert found.information.shape == found.moved.shape == (len(story.data.train),)
    assert np.isfinite(found.information).all() and ((found.moved >= 0) & (found.moved <= 1)).all()
    np.testing.assert_array_equal(leave_each_out(story, never).information, found.information)


def test_a_few_samples_are_left_out_by_honest_retraining(story):
    said = []
    found = leave_out(story, [5, 2], lambda done, doing: said.append(done))
    assert np.flatnonzero(~np.isnan(found.information)).tolist() == [2, 5]
    other = without_sample(story, 5)
    assert other.forget == "samples:5" and other.stored("retrained")
    x, y = story.data.train.x[5:6], int(story.data.train.y[5])
    full, rest = (logits(net, x).double().log_softmax(1)[0, y] for net in (story.original, other.retrained))
    assert found.information[5] == pytest.approx(float(full - rest))
    predictions = [logits(net, story.data.test.x).argmax(1) for net in (story.original, other.retrained)]
    assert found.moved[5] == pytest.approx(float((predictions[0] != predictions[1]).double().mean()))
    assert said == sorted(said) and said[-1] == 1


def test_pictures_and_crowded_planes_are_not_left_out_all_at_once(store):
    for experiment in (Experiment("digits", "mlp", store=store), Experiment("moons:n=800", "mlp", store=store)):
        assert not can_leave_each_out(experiment)
        with pytest.raises(InputError, match="at most 400"):
            leave_each_out(experiment, ignore_progress)


def test_a_stop_leaves_nothing_behind(story):
    with pytest.raises(KeyboardInterrupt):
        leave_each_out(story, stop)
    assert not LEAVE_ONE_OUT.stored(story)
