"""||J(x)||_F against finite differences, closed forms and a loop over samples; and what it must leave alone."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from explorer.geometry import jacobian_norms
from explorer.geometry.jacobian import BUDGET, CHUNK, chunk_size, sample_bytes
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


@pytest.fixture(autouse=True)
def own_randomness():
    with torch.random.fork_rng():
        yield


@pytest.mark.parametrize("of", ["logits", "probabilities"])
def test_equals_finite_differences(of):
    net, x, step = small_net(), normal(4, 2, 4, 4), 1e-5
    norms = jacobian_norms(net, x, of)
    net.eval()
    output = net if of == "logits" else lambda inputs: net(inputs).softmax(1)
    moves = []
    for index in range(32):
        nudge = torch.zeros(32, dtype=torch.float64)
        nudge[index] = step
        nudge = nudge.view(2, 4, 4)
        moves.append((output(x + nudge) - output(x - nudge)).detach() / (2 * step))
    torch.testing.assert_close(norms, torch.stack(moves).square().sum((0, 2)).sqrt(), rtol=1e-7, atol=0)


def test_a_linear_model_has_the_norm_of_its_weights():
    net = nn.Linear(6, 4).double()
    torch.testing.assert_close(jacobian_norms(net, normal(5, 6)), net.weight.detach().norm().expand(5))


def test_the_softmax_of_a_linear_model_in_closed_form():
    net, x = nn.Linear(6, 4).double(), normal(5, 6)
    p = net(x).softmax(1).detach()
    jacobian = (torch.diag_embed(p) - p[:, :, None] * p[:, None, :]) @ net.weight.detach()
    torch.testing.assert_close(jacobian_norms(net, x, of="probabilities"), jacobian.flatten(1).norm(dim=1))


def test_chunks_give_what_single_samples_give(monkeypatch):
    monkeypatch.setattr("explorer.geometry.jacobian.CHUNK", 3)
    net, x, seen = small_net(), normal(10, 2, 4, 4), []
    together = jacobian_norms(net, x, progress=seen.append)
    alone = torch.cat([jacobian_norms(net, sample[None]) for sample in x])
    torch.testing.assert_close(together, alone)
    assert seen == [0.25, 0.5, 0.75, 1.0]


def test_leaves_gradients_modes_statistics_and_inputs_alone():
    net, x = small_net().train(), normal(4, 2, 4, 4)
    net[1].eval()
    net[0].weight.grad = torch.ones_like(net[0].weight)
    modes, inputs = [module.training for module in net.modules()], x.clone()
    before = [tensor.clone() for tensor in net.state_dict().values()]
    with torch.no_grad():
        jacobian_norms(net, x)
    assert [module.training for module in net.modules()] == modes
    assert all(torch.equal(old, new) for old, new in zip(before, net.state_dict().values(), strict=True))
    assert torch.equal(net[0].weight.grad, torch.ones_like(net[0].weight))
    assert all(parameter.grad is None for parameter in list(net.parameters())[1:])
    assert torch.equal(x, inputs) and not x.requires_grad and x.grad is None


def test_parameters_may_be_frozen():
    net, x = small_net(), normal(4, 2, 4, 4)
    expected = jacobian_norms(net, x)
    torch.testing.assert_close(jacobian_norms(net.requires_grad_(False), x), expected)


def test_what_a_sample_takes_is_counted_and_bounds_the_chunk():
    net, sample = nn.Sequential(nn.Linear(10, 1000), nn.Tanh(), nn.Linear(1000, 3)), torch.zeros(1, 10)
    one = sample_bytes(net.eval(), sample)
    assert 2 * 4 * 1000 <= one < 2 * 4 * 3000  # the hidden layer, but not the 13,000 parameters that are kept as well
    assert chunk_size(one) == CHUNK
    assert chunk_size(10**7) == BUDGET // 10**7
    assert chunk_size(10**12) == 1


def test_no_samples_and_a_wrong_name():
    assert jacobian_norms(small_net(), normal(0, 2, 4, 4)).shape == (0,)
    with pytest.raises(InputError, match="logits or probabilities"):
        jacobian_norms(small_net(), normal(1, 2, 4, 4), of="loss")
