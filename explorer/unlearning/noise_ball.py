"""Noise ball: the noisy copies of one sample, the JiT loss that they estimate, and the direction of its gradient.

k_j = ||f(x) - f(x + xi_j)|| / ||xi_j||. As sigma falls, f becomes linear and E[k] tends to E ||J u||, where J is the
Jacobian at x and u = xi / ||xi|| a random direction. For white noise in d dimensions this is near ||J||_F / sqrt(d).

A gradient step on k_j with the noisy output held constant moves f(x) along
(f(x + xi_j) - f(x)) / (||f(x + xi_j) - f(x)|| ||xi_j||): toward the prediction of the copy. The sum over all copies is
the direction in which JiT moves a sample.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from explorer.models import evaluation_mode
from explorer.unlearning.jit import outputs, perturb
from explorer.unlearning.jit_settings import JitSettings

DIRECTIONS = 512  # random directions for E ||J u||


@dataclass(frozen=True, eq=False)
class NoiseBall:
    """One sample x and its N noisy copies.

    Attributes:
        prediction: class that the network predicts for x.
        copies: noisy copies x + xi_j, (N, *shape).
        predictions: class predicted for each copy, (N,).
        output_moves: ||f(x) - f(x + xi_j)||, (N,).
        input_moves: ||xi_j||, (N,).
        ratios: k_j, (N,).
        margins: margin of each copy minus margin of x, (N,). The margin is f_p - max_{c != p} f_c, with p the
            prediction for x. Below 0 the copy lies toward the decision boundary, also if p is wrong.
        pulls: first-order change of the margin of x for a unit step of f(x) against the gradient of k_j, (N,).
        frobenius: ||J(x)||_F.
        largest: largest singular value of J(x).
        directional: E ||J u|| over random directions u, with the exact J.
        directional_error: standard error of `directional`.
    """

    prediction: int
    copies: Tensor
    predictions: Tensor
    output_moves: Tensor
    input_moves: Tensor
    ratios: Tensor
    margins: Tensor
    pulls: Tensor
    frobenius: float
    largest: float
    directional: float
    directional_error: float


def noise_ball(network: nn.Module, x: Tensor, settings: JitSettings, seed: int) -> NoiseBall:
    """Noise ball of one sample.

    Args:
        network: any network.
        x: the sample, (*shape).
        settings: outputs, sigma, N and the kind of noise.
        seed: seed of the noise.

    Returns:
        The copies (N, *shape), their readings (N,) each, and the norms of the Jacobian at x.
    """
    generator = torch.Generator().manual_seed(seed)
    with evaluation_mode(network):
        with torch.no_grad():
            copies = perturb(x.unsqueeze(0), settings, generator)[0]
            f = outputs(network, torch.cat([x.unsqueeze(0), copies]), settings).double()
        jacobian = _jacobian(network, x, settings)
        many = settings.model_copy(update={"perturbations": DIRECTIONS})
        xi = (perturb(x.unsqueeze(0), many, generator)[0] - x).flatten(1)
    u = xi / torch.linalg.vector_norm(xi, dim=1, keepdim=True)
    stretch = torch.linalg.vector_norm(u @ jacobian.T, dim=1).double()
    clean, noisy = f[0], f[1:]
    moves = noisy - clean
    output_moves, input_moves = (
        torch.linalg.vector_norm(change.flatten(1), dim=1) for change in (moves, (copies - x).double())
    )
    prediction, rival = clean.topk(2).indices.tolist()
    scale = (output_moves * input_moves).clamp_min(torch.finfo(torch.float64).tiny)
    return NoiseBall(
        prediction=prediction, copies=copies, predictions=noisy.argmax(1),
        output_moves=output_moves, input_moves=input_moves, ratios=output_moves / input_moves,
        margins=_margins(noisy, prediction) - _margins(clean.unsqueeze(0), prediction),
        pulls=(moves[:, prediction] - moves[:, rival]) / scale,
        frobenius=float(torch.linalg.vector_norm(jacobian)), largest=float(torch.linalg.svdvals(jacobian).max()),
        directional=float(stretch.mean()), directional_error=float(stretch.std()) / len(stretch) ** 0.5,
    )  # fmt: skip


def _margins(f: Tensor, prediction: int) -> Tensor:
    """Margin f_p - max_{c != p} f_c of outputs (n, classes), with p the given prediction: (n,)."""
    others = f.index_fill(1, torch.tensor(prediction), -torch.inf)
    return f[:, prediction] - others.max(1).values


def _jacobian(network: nn.Module, x: Tensor, settings: JitSettings) -> Tensor:
    """J = df/dx at x, (classes, d)."""
    jacobian = torch.autograd.functional.jacobian(lambda at: outputs(network, at.unsqueeze(0), settings)[0], x)
    return jacobian.flatten(1)
