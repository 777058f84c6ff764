"""||J||_F against finite differences, closed forms and a loop over samples; nothing else changes."""

from __future__ import annotations

from importlib import import_module

import pytest
import torch
from torch import nn

from explorer.geometry import jacobian_norms, loss_gradient_norms, projected_norms
from explorer.geometry.chunks import BUDGET, Plan, footprint
from explorer.geometry.pullbacks import SAMPLES, can_vectorise
from explorer.settings import InputError


def normal(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def small_net():
    """A convolution, batch norm with statistics of its own, dropout, and a smooth non-linearity; float64."""
    torch.manual_seed(0)
    convolution, norm = nn.Conv2d(2, 3, 3, padding=1), nn.BatchNorm2d(3)
    net = nn.Sequential(convolution, norm, nn.Tanh(), nn.Flatten(), nn.Dropout(0.5), nn.Linear(48, 5)).double()
    net[1].running_mean.copy_(normal(3))
    net[1].running_var.copy_(normal(3).abs() + 0.5)
    return net


def linear_layers():
    torch.manual_seed(0)
    return nn.Sequential(nn.Flatten(), nn.Linear(32, 7), nn.Tanh(), nn.Dropout(0.5), nn.Linear(7, 5)).double()


NETS = [small_net, linear_layers]
OUTPUTS = ["logits", "probabilities"]


def outputs(net, of):
    return net if of == "logits" else lambda inputs: net(inputs).softmax(1)


@pytest.fixture(autouse=True)
def own_randomness():
    with torch.random.fork_rng():
        yield


@pytest.mark.parametrize("of", OUTPUTS)
@pytest.mark.parametrize("make", NETS)
def test_equals_finite_differences(make, of):
    net, x, step = make(), normal(4, 2, 4, 4), 1e-5
    output, moves = outputs(net.eval(), of), []
    for index in range(32):
        nudge = torch.zeros(32, dtype=torch.float64)
        nudge[index] = step
        nudge = nudge.view(2, 4, 4)
        moves.append((output(x + nudge) - output(x - nudge)).detach() / (2 * step))
    expected = torch.stack(moves, dim=2)
    torch.testing.assert_close(jacobian_norms(net, x, of), expected.square().sum((1, 2)).sqrt(), rtol=1e-7, atol=0)


@pytest.mark.parametrize("of", OUTPUTS)
@pytest.mark.parametrize("make", NETS)
def test_equals_a_plain_loop_over_the_samples(make, of):
    net, x = make(), normal(6, 2, 4, 4)
    found, output = jacobian_norms(net, x, of), outputs(net.eval(), of)
    plain = [torch.autograd.functional.jacobian(output, sample[None]).view(5, 32) for sample in x]
    torch.testing.assert_close(found, torch.stack([matrix.norm() for matrix in plain]))


@pytest.mark.parametrize("make", NETS)
@pytest.mark.parametrize("of", OUTPUTS)
def test_both_ways_of_the_backward_passes_agree(make, of, monkeypatch):
    net, x, answers = make(), normal(6, 2, 4, 4), []
    for together in (False, True):
        for room in ("jacobian", "projections"):
            module = import_module(f"explorer.geometry.{room}")  # by its path, the package has the function of its name
            monkeypatch.setattr(module, "can_vectorise", lambda net, together=together: together)
        drawn = projected_norms(net, x, of, 3, torch.Generator().manual_seed(0))
        answers.append(torch.stack([jacobian_norms(net, x, of), *drawn]))
    torch.testing.assert_close(*answers, rtol=1e-12, atol=0)


def test_only_networks_of_linear_layers_are_vectorised():
    assert can_vectorise(linear_layers()) and not can_vectorise(small_net())
    assert not can_vectorise(nn.Sequential(nn.Linear(3, 3), nn.LayerNorm(3)))


def test_a_linear_model_has_the_norms_of_its_weights():
    net = nn.Linear(6, 4).double()
    torch.testing.assert_close(jacobian_norms(net, normal(5, 6)), net.weight.detach().norm().expand(5))


def test_more_classes_than_inputs():
    net = nn.Linear(2, 9).double()
    torch.testing.assert_close(jacobian_norms(net, normal(3, 2)), net.weight.detach().norm().expand(3))


def test_the_softmax_of_a_linear_model_in_closed_form():
    net, x = nn.Linear(6, 4).double(), normal(5, 6)
    p = net(x).softmax(1).detach()
    expected = (torch.diag_embed(p) - p[:, :, None] * p[:, None, :]) @ net.weight.detach()
    torch.testing.assert_close(jacobian_norms(net, x, of="probabilities"), expected.flatten(1).norm(dim=1))


@pytest.mark.parametrize("make", NETS)
def test_chunks_give_what_single_samples_give(make, monkeypatch):
    monkeypatch.setattr("explorer.geometry.pullbacks.SAMPLES", 3)
    monkeypatch.setattr("explorer.geometry.pullbacks.ROWS", 15)  # three samples of five classes
    net, x, seen = make(), normal(10, 2, 4, 4), []
    together = jacobian_norms(net, x, progress=seen.append)
    alone = torch.cat([jacobian_norms(net, sample[None]) for sample in x])
    torch.testing.assert_close(together, alone)
    assert seen == [0.25, 0.5, 0.75, 1.0]


def test_progress_may_stop_the_work_and_the_modes_come_back():
    def stop(_):
        raise KeyboardInterrupt

    net = small_net().train()
    with pytest.raises(KeyboardInterrupt):
        jacobian_norms(net, normal(4, 2, 4, 4), progress=stop)
    assert all(module.training for module in net.modules())


MEASURES = {
    "jacobian_norms": jacobian_norms,
    "projected_norms": lambda net, x: projected_norms(net, x, "logits", 2, torch.Generator()),
    "loss_gradient_norms": lambda net, x: loss_gradient_norms(net, x, torch.zeros(len(x), dtype=torch.int64)),
}


@pytest.mark.parametrize("measure", MEASURES)
def test_leaves_gradients_modes_statistics_and_inputs_alone(measure):
    net, x = small_net().train(), normal(4, 2, 4, 4)
    net[1].eval()
    net[0].weight.grad = torch.ones_like(net[0].weight)
    modes, inputs = [module.training for module in net.modules()], x.clone()
    before = [tensor.clone() for tensor in net.state_dict().values()]
    with torch.no_grad():
        first, again = MEASURES[measure](net, x), MEASURES[measure](net, x)
    assert torch.equal(torch.as_tensor(first[0]), torch.as_tensor(again[0]))  # no dropout: the second is the first
    assert [module.training for module in net.modules()] == modes
    assert all(torch.equal(old, new) for old, new in zip(before, net.state_dict().values(), strict=True))
    assert torch.equal(net[0].weight.grad, torch.ones_like(net[0].weight))
    assert all(parameter.grad is None for parameter in list(net.parameters())[1:])
    assert torch.equal(x, inputs) and not x.requires_grad and x.grad is None


def test_parameters_may_be_frozen():
    net, x = small_net(), normal(4, 2, 4, 4)
    expected = jacobian_norms(net, x)
    torch.testing.assert_close(jacobian_norms(net.requires_grad_(False), x), expected)


def test_a_flat_model_is_zero_and_an_input_that_is_not_finite_has_no_norm():
    flat, x = linear_layers(), normal(3, 2, 4, 4)
    nn.init.zeros_(flat[4].weight)
    assert torch.equal(jacobian_norms(flat, x), torch.zeros(3).double())
    x[1, 0, 0, 0] = torch.nan
    assert jacobian_norms(small_net(), x).isnan().tolist() == [False, True, False]


def test_the_footprint_of_a_sample_limits_the_chunk():
    net, sample = nn.Sequential(nn.Linear(10, 1000), nn.Tanh(), nn.Linear(1000, 3)), torch.zeros(1, 10)
    one = footprint(net.eval(), sample)
    assert one.classes == 3 and one.outputs == 12 and one.sample == 40
    assert 4 * 1000 <= one.activations < 4 * 1500  # the hidden layer without the 13,000 parameters
    assert one.bytes() >= 2 * one.activations  # a backward pass needs gradients of the activations
    assert one.bytes(together=3) >= 4 * one.activations
    assert Plan(None, SAMPLES, one.bytes()).size == SAMPLES
    assert Plan(None, SAMPLES, 10**7).size == BUDGET // 10**7
    assert Plan(None, SAMPLES, 10**12).size == 1


@pytest.mark.parametrize("make", NETS)
def test_the_memory_budget_limits_the_chunk(make, monkeypatch):
    monkeypatch.setattr("explorer.geometry.chunks.BUDGET", 60_000)
    net, sizes = make(), []
    net.register_forward_pre_hook(lambda _, inputs: sizes.append(len(inputs[0])))
    largest = {}
    for name, measure in MEASURES.items():
        sizes.clear()
        measure(net, normal(40, 2, 4, 4))
        largest[name] = max(sizes)
    assert 1 < largest["jacobian_norms"] <= largest["loss_gradient_norms"] <= 40
    assert (largest["jacobian_norms"] < largest["loss_gradient_norms"]) == can_vectorise(net)


@pytest.mark.parametrize("measure", MEASURES)
def test_no_samples(measure):
    answer = MEASURES[measure](small_net(), normal(0, 2, 4, 4))
    for part in (answer,) if isinstance(answer, torch.Tensor) else answer:
        assert part.shape == (0,) and part.dtype == torch.float64


def test_a_wrong_name():
    with pytest.raises(InputError, match="logits or probabilities"):
        jacobian_norms(small_net(), normal(1, 2, 4, 4), of="loss")
