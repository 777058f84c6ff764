"""The entropies away from the clean input: H of f(x + xi), xi ~ N(0, sigma^2 I) (METHOD section 4).

Unlearned and retrained may agree on D_f at the clean inputs alone. Every model and every sigma sees the same draws of
xi / sigma, so what differs between two curves is the models.
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
    """Entropies in nats by model: (sigmas, draws, n) each, of the same n samples under the same noise."""

    sigmas: tuple[float, ...]
    by_model: Mapping[str, np.ndarray]

    def means(self, model: str) -> np.ndarray:
        """The mean entropy at each sigma, over draws and samples: (sigmas,)."""
        return self.by_model[model].mean((1, 2))

    def intervals(self, model: str, level: float = 0.95) -> np.ndarray:
        """Ends of the t interval of that mean over draws, (2, sigmas); of no width for a single draw."""
        each = self.by_model[model].mean(2)
        draws = each.shape[1]
        if draws < 2:
            return np.stack([each[:, 0], each[:, 0]])
        half = t.ppf((1 + level) / 2, draws - 1) * each.std(1, ddof=1) / np.sqrt(draws)
        return np.stack([each.mean(1) - half, each.mean(1) + half])

    def compare(self, sigma: float, margin: float) -> Comparison:
        """Unlearned against retrained at one of the sigmas, each sample's entropy averaged over the draws."""
        at = self.sigmas.index(sigma)
        unlearned, retrained = (self.by_model[name][at].mean(0) for name in ("unlearned", "retrained"))
        return compare_entropies(unlearned, retrained, margin=margin)


def entropies_under_noise(
    networks: Mapping[str, nn.Module],
    x: Tensor,
    sigmas: Sequence[float],
    draws: int,
    generator: torch.Generator,
    progress: Callable[[float], None] | None = None,
) -> NoisyEntropies:
    """Entropies of x (n, *shape) under gaussian noise, in the units of standardised inputs; 0 is the clean input.

    progress is called with the share that is done; what it raises stops the work. Raises InputError where there are no
    samples or no draws, or a sigma is negative.
    """
    if not len(x):
        raise InputError("There are no samples to add noise to.")
    if draws < 1 or any(not sigma >= 0 for sigma in sigmas):
        raise InputError("Noise needs at least one draw, and a sigma of 0 or more.")
    found = {name: np.empty((len(sigmas), draws, len(x)), dtype=np.float32) for name in networks}
    for draw in range(draws):
        xi = gaussian_noise(tuple(x.shape), 1.0, generator)
        for at, sigma in enumerate(sigmas):
            for name, network in networks.items():
                if sigma > 0:
                    found[name][at, draw] = entropies(logits(network, x + sigma * xi)).numpy()
                elif draw == 0:  # without noise every draw is the same
                    found[name][at] = entropies(logits(network, x)).numpy()
            if progress is not None:
                progress((draw * len(sigmas) + at + 1) / (draws * len(sigmas)))
    return NoisyEntropies(tuple(sigmas), found)


def match_sentence(clean: Comparison, noisy: Comparison, sigma: float) -> str:
    """Whether a match of unlearned and retrained at the clean input holds at sigma, as far as TOST can tell."""
    gaps = (
        f"{noisy.means[0]:.2f} against {noisy.means[1]:.2f} nats there, "
        f"{clean.means[0]:.2f} against {clean.means[1]:.2f} at the clean input, n = {clean.n:,}"
    )
    if clean.equivalence is None or noisy.equivalence is None:
        return f"Too few samples to tell whether unlearned and retrained match at sigma = {sigma:g} ({gaps})."
    within = f"within ±{clean.equivalence.margin:.2f} nats"
    if not clean.equivalence.shown:
        also = "but they are" if noisy.equivalence.shown else "nor"
        return (
            f"Unlearned and retrained are not shown to match {within} at the clean input to begin with, {also} at "
            f"sigma = {sigma:g} ({gaps})."
        )
    if noisy.equivalence.shown:
        return f"The match of unlearned and retrained {within} holds at sigma = {sigma:g} too ({gaps})."
    verdict = "does not hold" if noisy.equivalence.refuted else "is not shown to hold"
    return f"The match of unlearned and retrained {within} {verdict} at sigma = {sigma:g} ({gaps})."
