"""leave_one_out against plain loops that train each model by itself, and against a step taken by hand."""

from __future__ import annotations

import copy
import math

import numpy as np
import pytest
import torch
from torch import nn

from explorer.data import Split
from explorer.geometry import leave_one_out
from explorer.models import FitSettings, fit
from explorer.models.network import Dropout
from explorer.settings import InputError


def drawing(seed=0):
    return torch.Generator().manual_seed(seed)


def normal(*shape, seed=0):
    return torch.randn(*shape, generator=drawing(seed), dtype=torch.float64)


def samples(count, *shape, classes=3, seed=0):
    return Split(normal(count, *shape, seed=seed), torch.randint(classes, (count,), generator=drawing(seed)))


def network_of(*layers):
    """Weights of their own, drawn without the global state; float64, so that rounding hides nothing."""
    network = nn.Sequential(*layers).double()
    with torch.no_grad():
        for index, parameter in enumerate(network.parameters()):
            parameter.copy_(normal(*parameter.shape, seed=index) / math.sqrt(parameter[0].numel() + 1))
    return network


def points_network():
    return network_of(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 16), nn.Tanh(), nn.Linear(16, 3))


def pictures_network():
    return network_of(nn.Conv2d(2, 4, 3, padding=1), nn.GroupNorm(2, 4), nn.ReLU(), nn.Flatten(), nn.Linear(36, 3))


def without(network, split, chosen, left_out, generator):
    """The model without one sample, by a plain loop over samples: unfused steps, the rate by its formula."""
    network = copy.deepcopy(network)
    kind, others = torch.optim.Adam, {}
    if chosen.optimiser == "sgd":
        kind, others = torch.optim.SGD, {"momentum": 0.9, "nesterov": True}
    optimiser = kind(network.parameters(), weight_decay=chosen.weight_decay, foreach=False, **others)
    batches = []
    for _ in range(chosen.epochs):
        epoch = list(torch.randperm(len(split), generator=generator).split(chosen.batch_size))
        if len(epoch) > 1 and len(epoch[-1]) == 1:
            single = epoch.pop()
            epoch[-1] = torch.cat([epoch[-1], single])
        batches += epoch
    for step, batch in enumerate(batches):
        optimiser.param_groups[0]["lr"] = chosen.rate * (1 + math.cos(math.pi * step / len(batches))) / 2
        optimiser.zero_grad(set_to_none=False)
        losses = [
            nn.functional.cross_entropy(network(split.x[[i]]), split.y[[i]]) for i in batch.tolist() if i != left_out
        ]
        if losses:
            (sum(losses) / len(losses)).backward()
        else:
            for parameter in network.parameters():
                parameter.grad = torch.zeros_like(parameter)
        optimiser.step()
    return network


def log_p(network, split, index):
    with torch.no_grad():
        return float(network(split.x[[index]]).log_softmax(1)[0, split.y[index]])


@pytest.mark.parametrize(
    ("network", "split", "batch_size"),
    [
        (points_network(), samples(33, 2), 16),  # the last sample of an epoch joins the batch before it
        (points_network(), samples(34, 2), 16),
        (points_network(), samples(9, 2), 64),
        (points_network(), samples(5, 2), 1),  # a batch of the sample alone
        (points_network(), samples(2, 2), 2),
        (pictures_network(), samples(12, 2, 3, 3), 5),
    ],
)
@pytest.mark.parametrize("others", [{}, {"optimiser": "sgd"}], ids=["adam", "sgd"])
def test_equals_fit_and_a_loop_over_models_without_a_sample(network, split, batch_size, others):
    chosen = FitSettings(epochs=4, batch_size=batch_size, rate=0.03, weight_decay=0.01, **others)
    plane = 2 * normal(300, *split.x.shape[1:], seed=9)
    found = leave_one_out(network, split, chosen, drawing(3), plane)
    assert found.information.shape == found.moved.shape == (len(split),)
    assert found.information.dtype == found.moved.dtype == np.float64
    full = copy.deepcopy(network)
    list(fit(full, split, chosen, drawing(3)))
    for index in {0, 1, len(split) // 2, len(split) - 1}:
        other = without(network, split, chosen, index, drawing(3))
        information = log_p(full, split, index) - log_p(other, split, index)
        assert found.information[index] == pytest.approx(information, rel=1e-5, abs=1e-9)
        assert abs(information) > 1e-6  # the two models do differ
        moved = float((full(plane).argmax(1) != other(plane).argmax(1)).double().mean())
        assert found.moved[index] == pytest.approx(moved, abs=1e-12)
    assert found.moved.any()


def test_one_step_of_a_linear_model_by_hand():
    """Adam's first step is rate * g / (|g| + 1e-8), with g = mean over the kept samples of (p - onehot(y)) x^T.

    So a removal shows where it turns a sign of g, and two of these four do.
    """
    split, network = samples(4, 2), network_of(nn.Linear(2, 3, bias=False))
    x, y, start = split.x.numpy(), split.y.numpy(), network[0].weight.detach().numpy().copy()

    def log_softmax(weight):
        logits = x @ weight.T
        return logits - np.log(np.exp(logits).sum(1, keepdims=True))

    def stepped(kept):
        error = np.exp(log_softmax(start)) - np.eye(3)[y]
        gradient = error[kept].T @ x[kept] / len(kept)
        return log_softmax(start - 0.1 * gradient / (np.abs(gradient) + 1e-8))[np.arange(4), y]

    everybody = list(range(4))
    expected = [stepped(everybody)[i] - stepped([k for k in everybody if k != i])[i] for i in everybody]
    found = leave_one_out(network, split, FitSettings(epochs=1, batch_size=4, rate=0.1), drawing())
    np.testing.assert_allclose(found.information, expected, rtol=1e-6, atol=1e-12)
    assert (np.abs(expected) > 0.1).sum() == 2 and found.moved is None


def test_leaving_out_either_of_two_copies_is_the_same():
    split = samples(8, 2)
    twice = Split(torch.cat([split.x, split.x]), torch.cat([split.y, split.y]))
    plane = normal(100, 2, seed=5)
    found = leave_one_out(points_network(), twice, FitSettings(epochs=5, batch_size=16), drawing(), plane)
    np.testing.assert_allclose(found.information[:8], found.information[8:], rtol=1e-7, atol=1e-12)
    np.testing.assert_array_equal(found.moved[:8], found.moved[8:])
    assert len(np.unique(found.information.round(9))) == 8


def test_a_wrongly_labelled_sample_has_the_most_information():
    x = normal(40, 2) / 2 + torch.tensor([[-2.0, 0.0], [2.0, 0.0]]).repeat(20, 1)
    y = torch.tensor([0, 1]).repeat(20)
    y[6] = 1
    plane = 3 * normal(500, 2, seed=1)
    found = leave_one_out(points_network(), Split(x, y), FitSettings(epochs=60, batch_size=8), drawing(), plane)
    assert found.information.argmax() == 6 and found.information[6] > 1
    assert found.moved[6] > np.median(found.moved)


def test_the_same_seed_gives_the_same_numbers_and_another_does_not():
    first, second, other = (
        leave_one_out(points_network(), samples(9, 2), FitSettings(epochs=2, batch_size=4), drawing(seed))
        for seed in (0, 0, 1)
    )
    np.testing.assert_array_equal(first.information, second.information)
    assert not np.array_equal(first.information, other.information)


def test_draws_what_fit_draws_and_leaves_everything_else_alone():
    network, split, plane = points_network().eval(), samples(9, 2), normal(20, 2)
    network[0].weight.grad = torch.ones_like(network[0].weight)
    chosen, drawn, state = FitSettings(epochs=2, batch_size=4), drawing(), torch.get_rng_state()
    before = [tensor.clone() for tensor in (*network.state_dict().values(), split.x, split.y, plane)]
    with torch.no_grad():
        leave_one_out(network, split, chosen, drawn, plane)
    after = [*network.state_dict().values(), split.x, split.y, plane]
    assert all(torch.equal(old, new) for old, new in zip(before, after, strict=True))
    assert torch.equal(network[0].weight.grad, torch.ones_like(network[0].weight))
    assert network[2].weight.grad is None and not any(module.training for module in network.modules())
    assert torch.equal(torch.get_rng_state(), state)
    of_fit = drawing()
    list(fit(points_network(), split, chosen, of_fit))
    assert torch.equal(drawn.get_state(), of_fit.get_state())


def test_progress_is_the_share_of_the_steps_and_stops_the_work():
    class StopError(Exception):
        pass

    def stop_at(most):
        def progress(share):
            seen.append(share)
            if share >= most:
                raise StopError

        return progress

    network, split, chosen = points_network(), samples(9, 2), FitSettings(epochs=2, batch_size=4)
    seen: list[float] = []
    leave_one_out(network, split, chosen, drawing(), progress=seen.append)
    assert seen == [0.25, 0.5, 0.75, 1.0]
    seen = []
    with pytest.raises(StopError):
        leave_one_out(network, split, chosen, drawing(), progress=stop_at(0.5))
    assert seen == [0.25, 0.5]


def test_augmentation_is_refused():
    with pytest.raises(InputError, match="without augmentation"):
        leave_one_out(points_network(), samples(5, 2), FitSettings(augment="shifts"), drawing())


@pytest.mark.parametrize("layer", [nn.BatchNorm1d(2), nn.Dropout(0.5), Dropout(0.5)])
def test_a_network_with_batch_norm_or_dropout_is_refused(layer):
    with pytest.raises(InputError, match=f"cannot have batch norm or dropout, .* has {type(layer).__name__}"):
        leave_one_out(nn.Sequential(layer, nn.Linear(2, 3)), samples(5, 2), FitSettings(), drawing())


@pytest.mark.parametrize(
    ("split", "given", "sentence"),
    [
        (samples(1, 2), {}, "at least 2 samples, not 1"),
        (samples(401, 2), {}, "At most 400 samples .* not 401"),
        (samples(5, 2), {"plane": normal(7, 3)}, r"shape \(2,\) .* shape is \(7, 3\)"),
        (samples(5, 2), {"plane": normal(0, 2)}, r"shape is \(0, 2\)"),
        (Split(torch.tensor([[0.0, math.nan], [0.0, 1.0]]), torch.tensor([0, 1])), {}, "must be finite"),
    ],
)
def test_invalid_input_is_refused_in_one_sentence(split, given, sentence):
    with pytest.raises(InputError, match=sentence):
        leave_one_out(points_network(), split, FitSettings(), drawing(), **given)
