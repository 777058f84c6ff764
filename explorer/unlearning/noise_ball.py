"""The loss around one sample, seen copy by copy: what JiT measures there, and which way each copy pulls the sample.

k_j = ||f(x) - f(x + xi_j)|| / ||xi_j||. As sigma falls, f becomes its linear part and E[k] tends to E ||J u||, u = xi /
||xi|| a random direction, which lies below the Jacobian's norm: for white noise in d dimensions near ||J||_F / sqrt(d).

Descending k_j with the noisy output held constant moves f(x) along (f(x + xi_j) - f(x)) / (||f(x + xi_j) - f(x)||
||xi_j||): toward what the copy is called. Summed over the copies this is the mechanism by which JiT moves a sample.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from explorer.models import measuring
from explorer.unlearning.jit import outputs, perturb
from explorer.unlearning.jit_settings import JitSettings

DIRECTIONS = 512  # random directions for E ||J u||


@dataclass(frozen=True, eq=False)
class NoiseBall:
    """One sample and its N noisy copies; every tensor has a row a copy, (N,), but `copies` (N, *shape).

    call, calls: the class that the network calls the sample, and each copy. output_moves ||f(x) - f(x + xi)||;
    input_moves ||xi||; ratios k. margins: how much further from the boundary than x itself a copy lies, in outputs:
    f_call - max_{c != call} f_c at the copy minus that at x, so below 0 is toward the boundary, also where the call is
    wrong. pulls: how the copy moves the margin of x itself, to first order and for a unit step of the outputs, when
    its k is descended.
    frobenius, largest: ||J(x)||_F and the largest singular value of J. directional: E ||J u|| with its standard error
    over random directions, J exact.
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

    @property
    def toward(self) -> Tensor:
        """Which copies lie toward the boundary, (N,)."""
        return self.margins < 0

    @property
    def push(self) -> float:
        """The mean pull: below 0 the sample is pushed toward the boundary, above 0 away from it."""
        return float(self.pulls.mean())


def noise_ball(network: nn.Module, x: Tensor, settings: JitSettings, seed: int) -> NoiseBall:
    """The noise ball of one sample x (*shape): settings say outputs, sigma, N and the noise."""
    generator = torch.Generator().manual_seed(seed)
    with measuring(network):
        with torch.no_grad():
            copies = perturb(x.unsqueeze(0), settings, generator)[0]
            found = outputs(network, torch.cat([x.unsqueeze(0), copies]), settings).double()
        rows = _jacobian(network, x, settings)
        many = settings.model_copy(update={"perturbations": DIRECTIONS})
        xi = (perturb(x.unsqueeze(0), many, generator)[0] - x).flatten(1)
    stretch = torch.linalg.vector_norm(xi / torch.linalg.vector_norm(xi, dim=1, keepdim=True) @ rows.T, dim=1).double()
    clean, noisy = found[0], found[1:]
    moves = noisy - clean
    far, near = (torch.linalg.vector_norm(change.flatten(1), dim=1) for change in (moves, (copies - x).double()))
    prediction, rival = clean.topk(2).indices.tolist()
    pulls = (moves[:, prediction] - moves[:, rival]) / (far * near).clamp_min(torch.finfo(torch.float64).tiny)
    return NoiseBall(
        prediction=prediction, copies=copies, predictions=noisy.argmax(1), output_moves=far, input_moves=near,
        ratios=far / near, margins=_margins(noisy, prediction) - _margins(clean.unsqueeze(0), prediction), pulls=pulls,
        frobenius=float(torch.linalg.vector_norm(rows)), largest=float(torch.linalg.svdvals(rows).max()),
        directional=float(stretch.mean()),
        directional_error=float(stretch.std()) / len(stretch) ** 0.5,
    )  # fmt: skip


def _margins(found: Tensor, prediction: int) -> Tensor:
    """f_call - max_{c != call} f_c of outputs (n, classes)."""
    others = found.index_fill(1, torch.tensor(prediction), -torch.inf)
    return found[:, prediction] - others.max(1).values


def _jacobian(network: nn.Module, x: Tensor, settings: JitSettings) -> Tensor:
    """J = df/dx at x: (classes, d)."""
    rows = torch.autograd.functional.jacobian(lambda at: outputs(network, at.unsqueeze(0), settings)[0], x)
    return rows.flatten(1)
