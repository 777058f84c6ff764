"""What is known of every sample of a story: measured once, kept, and true."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA

from explorer.evaluation import logits
from explorer.experiments import Experiment, information
from explorer.experiments.information import (
    GRADIENTS,
    Neighbours,
    all_at_once,
    each_left_out,
    gradients_of,
    leave_each_out,
    leave_out,
    measured,
    neighbours_of,
    points_of,
    positions_of,
    without,
)
from explorer.geometry import jacobian_norms, neighbourhoods
from explorer.settings import InputError

pytestmark = pytest.mark.usefixtures("quick")  # trainings of a few epochs


def silent(done, doing):
    pass


def never(done, doing):
    raise AssertionError("it was measured again")


def stop(done, doing):
    raise KeyboardInterrupt


def test_the_largest_radius_that_is_not_above_the_chosen_one():
    counts = np.array([[1, 1, 2], [1, 2, 3]])
    found = Neighbours(np.array([0.1, 0.2, 0.4]), counts, counts)
    assert [found.at(radius) for radius in (0.01, 0.1, 0.15, 0.2, 0.39, 0.4, 9.0)] == [0, 0, 0, 1, 1, 2, 2]
    np.testing.assert_array_equal(found.alone, [1.0, 0.5, 0.0])


@pytest.mark.parametrize("space", ["inputs", "features"])
def test_neighbours_are_measured_once(story, space):
    network = story.original
    assert not measured(story, space)
    found = neighbours_of(story, space, network, silent)
    again = neighbours_of(story, space, network, never)
    points = points_of(story, space, network)
    expected = neighbourhoods(points, story.data.train.y, found.radii)
    np.testing.assert_array_equal(found.counts, expected.counts)
    np.testing.assert_allclose(found.alpha, expected.alpha, rtol=1e-6)
    np.testing.assert_array_equal(again.alike, found.alike)
    gradients_of(story, network, silent)
    places = positions_of(story, space, network)
    assert measured(story, space)
    assert places.shape == (len(points), 2) and places.dtype == np.float32
    np.testing.assert_array_equal(positions_of(story, space, network), places)
    if space == "inputs":
        np.testing.assert_array_equal(places, points)
    else:
        np.testing.assert_allclose(places, PCA(2, svd_solver="full").fit_transform(points), atol=1e-5)


def test_positions_of_large_sets_are_the_same_up_to_the_sign_of_an_axis(story, monkeypatch):
    network = story.original
    small = positions_of(story, "features", network)
    monkeypatch.setattr(information, "LARGE", 1)
    story.store.remove(information._positions_key(story, "features"))
    large = positions_of(story, "features", network)
    np.testing.assert_allclose(np.abs(large), np.abs(small), atol=1e-3)


def test_gradients_of_all_kinds(story):
    network = story.original
    found = gradients_of(story, network, silent)
    assert set(found) == set(GRADIENTS) and all(values.shape == (len(story.data.train),) for values in found.values())
    np.testing.assert_allclose(found["logits"], jacobian_norms(network, story.data.train.x).numpy())
    x = story.data.train.x[3:4].clone().requires_grad_()
    loss = torch.nn.functional.cross_entropy(network(x), story.data.train.y[3:4])
    (gradient,) = torch.autograd.grad(loss, x)
    assert found["loss"][3] == pytest.approx(gradient.norm().item(), rel=1e-4)
    gradients_of(story, network, never)


def test_a_stop_leaves_nothing_behind(story):
    network = story.original
    for measure in (lambda: neighbours_of(story, "inputs", network, stop), lambda: leave_each_out(story, stop)):
        with pytest.raises(KeyboardInterrupt):
            measure()
    assert not measured(story, "inputs") and not each_left_out(story)


def test_the_leave_one_out_truth_of_a_plane_is_kept(story):
    assert all_at_once(story)
    found = leave_each_out(story, silent)
    assert each_left_out(story)
    assert found.information.shape == found.moved.shape == (len(story.data.train),)
    assert np.isfinite(found.information).all() and ((found.moved >= 0) & (found.moved <= 1)).all()
    np.testing.assert_array_equal(leave_each_out(story, never).information, found.information)


def test_a_few_samples_are_left_out_by_honest_retraining(story):
    said = []
    found = leave_out(story, [5, 2], lambda done, doing: said.append(done))
    assert np.flatnonzero(~np.isnan(found.information)).tolist() == [2, 5]
    other = without(story, 5)
    assert other.forget == "samples:5" and other.stored("retrained")
    x, y = story.data.train.x[5:6], int(story.data.train.y[5])
    full, rest = (logits(net, x).double().log_softmax(1)[0, y] for net in (story.original, other.retrained))
    assert found.information[5] == pytest.approx(float(full - rest))
    calls = [logits(net, story.data.test.x).argmax(1) for net in (story.original, other.retrained)]
    assert found.moved[5] == pytest.approx(float((calls[0] != calls[1]).double().mean()))
    assert said == sorted(said) and said[-1] == 1


def test_pictures_and_crowded_planes_are_not_left_out_all_at_once(store):
    for experiment in (Experiment("digits", "mlp", store=store), Experiment("moons:n=800", "mlp", store=store)):
        assert not all_at_once(experiment)
        with pytest.raises(InputError, match="at most 400"):
            leave_each_out(experiment, silent)
