"""Entropies near a sample: H of f(x + xi), xi ~ N(0, sigma^2 I).

Unlearned and retrained may agree on D_f at the clean inputs only. All models and all sigmas use the same draws of
xi / sigma, so two curves differ by their models only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from scipy.stats import t
from torch import Tensor, nn

from explorer.evaluation.comparison import Comparison, compare_entropies
from explorer.evaluation.predictions import entropies, logits
from explorer.geometry.noise import gaussian_noise
from explorer.settings import InputError


@dataclass(frozen=True, eq=False)
class NoisyEntropies:
    """Entropies of the same samples under the same noise, for several models.

    Attributes:
        sigmas: standard deviations of the noise; 0 is the clean input.
        by_model: by model, entropies in nats, (sigmas, draws, n).
    """

    sigmas: tuple[float, ...]
    by_model: Mapping[str, np.ndarray]

    def means(self, model: str) -> np.ndarray:
        """Mean entropy over draws and samples at each sigma, (sigmas,)."""
        return self.by_model[model].mean((1, 2))

    def intervals(self, model: str, level: float = 0.95) -> np.ndarray:
        """Ends of the t interval of the mean entropy over draws, (2, sigmas); its width is 0 for a single draw."""
        draw_means = self.by_model[model].mean(2)
        draws = draw_means.shape[1]
        if draws < 2:
            return np.stack([draw_means[:, 0], draw_means[:, 0]])
        half = t.ppf((1 + level) / 2, draws - 1) * draw_means.std(1, ddof=1) / np.sqrt(draws)
        return np.stack([draw_means.mean(1) - half, draw_means.mean(1) + half])

    def compare(self, sigma: float, margin: float) -> Comparison:
        """Comparison of unlearned with retrained at one of the sigmas; entropies are averaged over draws."""
        index = self.sigmas.index(sigma)
        unlearned, retrained = (self.by_model[name][index].mean(0) for name in ("unlearned", "retrained"))
        return compare_entropies(unlearned, retrained, margin=margin)


def entropies_under_noise(
    networks: Mapping[str, nn.Module],
    x: Tensor,
    sigmas: Sequence[float],
    draws: int,
    generator: torch.Generator,
    progress: Callable[[float], None] | None = None,
) -> NoisyEntropies:
    """Entropies of samples under Gaussian noise, for several models and sigmas.

    Args:
        networks: networks by model name.
        x: samples, (n, *shape), standardised units.
        sigmas: standard deviations of the noise, in the same units; 0 is the clean input.
        draws: number of noise draws for each sample.
        generator: draws the noise.
        progress: called with the share that is done, 0..1. An exception from it ends the computation.

    Raises:
        InputError: if there are no samples or no draws, or a sigma is negative.
    """
    if not len(x):
        raise InputError("There are no samples to add noise to.")
    if draws < 1 or any(not sigma >= 0 for sigma in sigmas):
        raise InputError("Noise needs at least one draw, and a sigma of 0 or more.")
    by_model = {name: np.empty((len(sigmas), draws, len(x)), dtype=np.float32) for name in networks}
    for draw in range(draws):
        xi = gaussian_noise(tuple(x.shape), 1.0, generator)
        for index, sigma in enumerate(sigmas):
            for name, network in networks.items():
                if sigma > 0:
                    by_model[name][index, draw] = entropies(logits(network, x + sigma * xi)).numpy()
                elif draw == 0:  # without noise all draws are equal
                    by_model[name][index] = entropies(logits(network, x)).numpy()
            if progress is not None:
                progress((draw * len(sigmas) + index + 1) / (draws * len(sigmas)))
    return NoisyEntropies(tuple(sigmas), by_model)


def match_sentence(clean: Comparison, noisy: Comparison, sigma: float) -> str:
    """Sentence: are unlearned and retrained, if equivalent at the clean input (TOST), also equivalent at sigma?

    Args:
        clean: comparison of unlearned with retrained at the clean input.
        noisy: comparison at sigma.
        sigma: standard deviation of the noise.
    """
    means = (
        f"mean entropy {noisy.means[0]:.2f} against {noisy.means[1]:.2f} nats at sigma = {sigma:g}, "
        f"{clean.means[0]:.2f} against {clean.means[1]:.2f} at the clean input, n = {clean.n:,}"
    )
    if clean.equivalence is None or noisy.equivalence is None:
        return f"Too few samples to test whether unlearned and retrained are equivalent at sigma = {sigma:g} ({means})."
    within = f"equivalent within ±{clean.equivalence.margin:.2f} nats"
    if not clean.equivalence.equivalent:
        noisy_result = "but they are" if noisy.equivalence.equivalent else "nor"
        return (
            f"Unlearned and retrained are not shown to be {within} at the clean input, {noisy_result} under noise "
            f"({means})."
        )
    if noisy.equivalence.equivalent:
        return f"Unlearned and retrained are {within} at the clean input and also under noise ({means})."
    noisy_result = "are not" if noisy.equivalence.outside_margin else "are not shown to be"
    return f"Unlearned and retrained are {within} at the clean input, but {noisy_result} under noise ({means})."
