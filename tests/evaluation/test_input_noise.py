"""Entropies under noise against a plain loop, the interval over draws, and sentences about the match."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.stats import sem, t
from torch import nn

from explorer.evaluation import compare_entropies
from explorer.evaluation.input_noise import NoisyEntropies, entropies_under_noise, match_sentence
from explorer.settings import InputError

SIGMAS = (0.0, 0.3, 1.0)


def networks():
    found = {}
    for name, scale in (("original", 3.0), ("unlearned", 1.0), ("retrained", 0.5)):
        layer = nn.Linear(2, 3)
        with torch.no_grad():
            layer.weight.copy_(scale * torch.tensor([[1.0, 0], [0, 1], [-1, -1]]))
            layer.bias.zero_()
        found[name] = layer
    return found


def drawn(n, seed=0):
    return torch.randn(n, 2, generator=torch.Generator().manual_seed(seed))


def test_equals_a_plain_loop_with_the_same_draws_for_every_model_and_sigma():
    x, nets = drawn(7), networks()
    found = entropies_under_noise(nets, x, SIGMAS, 2, torch.Generator().manual_seed(5))
    generator = torch.Generator().manual_seed(5)
    for draw in range(2):
        xi = torch.stack([torch.empty(2).normal_(generator=generator) for _ in x])
        for at, sigma in enumerate(SIGMAS):
            for name, net in nets.items():
                p = net(x + sigma * xi).softmax(1)
                expected = -(p * p.log()).sum(1).detach().numpy()
                np.testing.assert_allclose(found.by_model[name][at, draw], expected, rtol=1e-4, atol=1e-6)


def test_the_same_seed_gives_the_same_and_progress_reaches_the_end():
    seen = []
    one, other = (
        entropies_under_noise(networks(), drawn(4), SIGMAS, 3, torch.Generator().manual_seed(1), seen.append)
        for _ in range(2)
    )
    np.testing.assert_array_equal(one.by_model["unlearned"], other.by_model["unlearned"])
    assert seen[-1] == 1 and seen[: len(seen) // 2] == sorted(seen[: len(seen) // 2])


def test_progress_may_stop_it():
    def stop(done):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        entropies_under_noise(networks(), drawn(4), SIGMAS, 3, torch.Generator(), stop)


def test_the_interval_is_the_t_interval_over_draws():
    found = entropies_under_noise(networks(), drawn(20), SIGMAS, 5, torch.Generator().manual_seed(1))
    each = found.by_model["unlearned"].mean(2)
    for at in (1, 2):
        low, high = t.interval(0.95, 4, loc=each[at].mean(), scale=sem(each[at]))
        np.testing.assert_allclose(found.intervals("unlearned")[:, at], [low, high], rtol=1e-4)
    np.testing.assert_allclose(*found.intervals("unlearned")[:, :1], rtol=1e-5)  # clean: every draw is the same
    single = NoisyEntropies((1.0,), {"unlearned": np.array([[[0.1, 0.3]]])})
    np.testing.assert_allclose(single.intervals("unlearned"), [[0.2], [0.2]])


def test_models_are_compared_by_what_each_sample_has_on_average():
    found = entropies_under_noise(networks(), drawn(30), SIGMAS, 4, torch.Generator().manual_seed(2))
    compared = found.compare(1.0, 0.2)
    expected = compare_entropies(
        found.by_model["unlearned"][2].mean(0), found.by_model["retrained"][2].mean(0), margin=0.2
    )
    assert compared == expected and compared.names == ("unlearned", "retrained")


@pytest.mark.parametrize(
    ("gap_clean", "gap_noisy", "says"),
    [
        (0.0, 0.0, "at the clean input and also under noise"),
        (0.0, 0.5, "at the clean input, but are not under noise"),
        (0.0, 0.1, "at the clean input, but are not shown to be under noise"),
        (0.5, 0.0, "not shown to be equivalent within ±0.10 nats at the clean input, but they are under noise"),
        (0.5, 0.5, "not shown to be equivalent within ±0.10 nats at the clean input, nor under noise"),
    ],
)
def test_the_sentence_says_whether_the_match_holds(gap_clean, gap_noisy, says):
    base, spread = np.full(100, 0.6), np.random.default_rng(0).normal(0, 0.05, 100)
    clean, noisy = (compare_entropies(base + gap + spread, base) for gap in (gap_clean, gap_noisy))
    sentence = match_sentence(clean, noisy, 1.0)
    assert says in sentence and "sigma = 1" in sentence and "n = 100" in sentence and "±0.10 nats" in sentence


def test_few_samples_match_nothing():
    few = compare_entropies([0.1, 0.2], [0.1, 0.3])
    assert match_sentence(few, few, 0.5).startswith("Too few samples")


@pytest.mark.parametrize(
    ("n", "sigmas", "draws", "says"), [(0, [1.0], 1, "no samples"), (2, [-1.0], 1, "sigma"), (2, [1.0], 0, "one draw")]
)
def test_bad_input_is_one_sentence(n, sigmas, draws, says):
    with pytest.raises(InputError, match=says):
        entropies_under_noise(networks(), drawn(n), sigmas, draws, torch.Generator())
