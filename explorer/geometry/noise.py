"""xi, the noise around a sample, and k = ||f(x) - f(x + xi)|| / ||xi||, the slope that it sees (METHOD section 3)."""

from __future__ import annotations

import torch
from torch import Tensor

from explorer.settings import Shape


def gaussian_noise(shape: Shape, sigma: float, generator: torch.Generator) -> Tensor:
    """xi ~ N(0, sigma^2 I), the paper's noise; shape (samples, ...)."""
    return sigma * _normal(shape, generator)


def smooth_noise(shape: Shape, sigma: float, width: int, generator: torch.Generator) -> Tensor:
    """Noise of deviation sigma at every pixel that varies slowly over a picture; shape (samples, ..., height, width).

    White noise, blurred twice by a box of `width` x `width` pixels that wraps around the picture's edges, and rescaled.
    Along a side its correlation is what four such boxes make of each other, which ends 2 (width - 1) pixels away. Each
    channel has a draw of its own.
    """
    height, across = shape[-2:]
    kernel = torch.outer(_twice_blurred(width, height), _twice_blurred(width, across))
    kernel = kernel / torch.linalg.vector_norm(kernel)
    white = _normal(shape, generator)
    return sigma * torch.fft.irfft2(torch.fft.rfft2(white) * torch.fft.rfft2(kernel), s=(height, across))


def _normal(shape: Shape, generator: torch.Generator) -> Tensor:
    """A draw for each sample: one for all would depend on their number, and a batch goes through JiT in parts."""
    noise = torch.empty(shape)
    for sample in noise:
        sample.normal_(generator=generator)
    return noise


def _twice_blurred(width: int, side: int) -> Tensor:
    """What two circular boxes make of a single bright pixel, along one side."""
    box = torch.bincount(torch.arange(width) % side, minlength=side).float()
    return torch.fft.irfft(torch.fft.rfft(box).square(), n=side)


def ratios(clean: Tensor, noisy: Tensor, xi: Tensor) -> Tensor:
    """k_j = ||f(x) - f(x + xi_j)||_2 / ||xi_j||_2, plain norms.

    clean: outputs f(x), (n, outputs); noisy: f(x + xi), (n, N, outputs); xi: (n, N, *shape). Returns (n, N).
    """
    moved = torch.linalg.vector_norm(clean.unsqueeze(1) - noisy, dim=-1)
    return moved / torch.linalg.vector_norm(xi.flatten(2), dim=-1).clamp_min(torch.finfo(xi.dtype).tiny)
