"""||dL/dx|| against finite differences, a loop over samples and a linear model's closed form."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn.functional import cross_entropy, one_hot

from explorer.geometry import loss_gradient_norms
from explorer.settings import InputError

LABELS = torch.tensor([0, 3, 1, 2, 3, 0, 0])


def net():
    made = nn.Sequential(nn.Conv1d(2, 3, 3), nn.Tanh(), nn.Flatten(), nn.Dropout(0.5), nn.Linear(12, 4)).double()
    generator = torch.Generator().manual_seed(0)
    for parameter in made.parameters():
        nn.init.normal_(parameter, std=0.5, generator=generator)
    return made


def samples():
    return torch.randn(7, 2, 6, generator=torch.Generator().manual_seed(1), dtype=torch.float64)


def test_equals_finite_differences():
    made, x, step = net().eval(), samples(), 1e-5
    moves = []
    for nudge in step * torch.eye(12, dtype=torch.float64).view(12, 2, 6):
        up, down = (cross_entropy(made(moved), LABELS, reduction="none") for moved in (x + nudge, x - nudge))
        moves.append((up - down).detach() / (2 * step))
    expected = torch.stack(moves).square().sum(0).sqrt()
    torch.testing.assert_close(loss_gradient_norms(made, x, LABELS), expected, rtol=1e-6, atol=0)


def test_equals_a_plain_loop_whatever_the_chunks(monkeypatch):
    monkeypatch.setattr("explorer.geometry.loss_gradient.SAMPLES", 3)
    made, x, plain, seen = net().eval(), samples(), [], []
    for sample, label in zip(x, LABELS, strict=True):
        leaf = sample[None].clone().requires_grad_()
        cross_entropy(made(leaf), label[None]).backward()
        plain.append(leaf.grad.norm())
    found = loss_gradient_norms(made, x, LABELS.int(), seen.append)
    torch.testing.assert_close(found, torch.stack(plain))
    assert seen == [1 / 3, 2 / 3, 1]


def test_a_linear_model_in_closed_form():
    made, x = nn.Linear(6, 4).double(), samples()[:, 0]
    wrong = made(x).softmax(1).detach() - one_hot(LABELS, 4)
    torch.testing.assert_close(loss_gradient_norms(made, x, LABELS), (wrong @ made.weight.detach()).norm(dim=1))


@pytest.mark.parametrize(
    ("y", "said"),
    [(LABELS[:3], "each of the 7"), (LABELS.double(), "one integer"), (LABELS + 1, "0 to 3"), (LABELS - 1, "0 to 3")],
)
def test_bad_labels(y, said):
    made = net().train()
    with pytest.raises(InputError, match=said):
        loss_gradient_norms(made, samples(), y)
    assert made.training
