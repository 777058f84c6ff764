"""The estimate of ||J||_F^2 by random signs: its mean over all signs is exact, and its standard error is correct."""

from __future__ import annotations

from itertools import product

import pytest
import torch
from torch import nn

from explorer.geometry import jacobian_norms, projected_norms
from explorer.geometry.projections import random_signs
from explorer.settings import InputError


def drawing(seed=0):
    return torch.Generator().manual_seed(seed)


def net(classes=4):
    made = nn.Sequential(nn.Linear(6, 5), nn.Tanh(), nn.Linear(5, classes)).double()
    generator = drawing(1)
    for parameter in made.parameters():
        nn.init.normal_(parameter, generator=generator)
    return made


def samples(n=8):
    return torch.randn(n, 6, generator=drawing(2), dtype=torch.float64)


@pytest.mark.parametrize("of", ["logits", "probabilities"])
def test_the_mean_over_all_signs_is_exact(of, monkeypatch):
    signs = torch.tensor([*product((-1, 1), repeat=4)], dtype=torch.int8)
    monkeypatch.setattr("explorer.geometry.projections.random_signs", lambda shape, _: signs.expand(shape))
    found = projected_norms(net(), samples(), of, len(signs), drawing())
    torch.testing.assert_close(found.squared, jacobian_norms(net(), samples(), of).square())


def test_the_estimate_is_the_mean_of_the_squares_and_the_error_their_deviation():
    x, projections = samples(5), 7
    found = projected_norms(net(), x, "logits", projections, drawing())
    signs = random_signs((5, projections, 4), drawing()).double()
    for sample, drawn, squared, error in zip(x, signs, *found, strict=True):
        matrix = torch.autograd.functional.jacobian(net(), sample)
        squares = torch.stack([(matrix.T @ v).square().sum() for v in drawn])
        torch.testing.assert_close(squared, squares.mean())
        torch.testing.assert_close(error, squares.std() / projections**0.5)


def test_the_truth_lies_within_a_few_errors():
    x = samples(400)
    squared, error = projected_norms(net(30), x, "logits", 40, drawing())
    away = (squared - jacobian_norms(net(30), x).square()) / error
    assert 0.9 < (away.abs() < 2).double().mean() < 0.99
    assert away.mean().abs() < 0.2


def test_one_output_alone_needs_no_estimate():
    found = projected_norms(net(1), samples(), "logits", 2, drawing())
    torch.testing.assert_close(found.squared, jacobian_norms(net(1), samples()).square())
    torch.testing.assert_close(found.error, torch.zeros(8).double())


def test_the_generator_alone_decides_whatever_the_chunks(monkeypatch):
    once = projected_norms(net(), samples(), "logits", 3, drawing())
    again, other = (projected_norms(net(), samples(), "logits", 3, drawing(seed)) for seed in (0, 5))
    assert torch.equal(once.squared, again.squared) and torch.equal(once.error, again.error)
    assert not torch.allclose(once.squared, other.squared)
    monkeypatch.setattr("explorer.geometry.pullbacks.ROWS", 9)  # three samples of three projections
    seen = []
    torch.testing.assert_close(projected_norms(net(), samples(), "logits", 3, drawing(), seen.append), once)
    assert seen == [1 / 3, 2 / 3, 1]


def test_signs_are_signs():
    signs = random_signs((100, 100), drawing())
    assert signs.unique().tolist() == [-1, 1] and signs.double().mean().abs() < 0.03


@pytest.mark.parametrize(("of", "projections", "said"), [("logits", 1, "at least 2"), ("loss", 2, "logits or prob")])
def test_bad_input(of, projections, said):
    with pytest.raises(InputError, match=said):
        projected_norms(net(), samples(), of, projections, drawing())
