"""Noise xi around a sample, and the ratios k = ||f(x) - f(x + xi)|| / ||xi|| of Just in Time unlearning."""

from __future__ import annotations

import torch
from torch import Tensor

from explorer.settings import Shape


def gaussian_noise(shape: Shape, sigma: float, generator: torch.Generator) -> Tensor:
    """Noise xi ~ N(0, sigma^2 I) as in the paper; shape is (samples, ...)."""
    return sigma * _normal(shape, generator)


def smooth_noise(shape: Shape, sigma: float, width: int, generator: torch.Generator) -> Tensor:
    """Spatially correlated noise with standard deviation sigma at every pixel.

    White noise is blurred twice with a box of width x width pixels, with wrap-around, and rescaled. The correlation
    along a side is zero from a distance of 2 width - 1 pixels. Channels are independent.

    Args:
        shape: (samples, ..., height, width).
        sigma: standard deviation.
        width: side of the box in pixels; 1 gives white noise.
        generator: CPU generator.
    """
    height, across = shape[-2:]
    kernel = torch.outer(_twice_blurred(width, height), _twice_blurred(width, across))
    kernel = kernel / torch.linalg.vector_norm(kernel)
    white = _normal(shape, generator)
    return sigma * torch.fft.irfft2(torch.fft.rfft2(white) * torch.fft.rfft2(kernel), s=(height, across))


def _normal(shape: Shape, generator: torch.Generator) -> Tensor:
    """Standard normal draws, sample by sample, so that they do not depend on the size of the batch."""
    noise = torch.empty(shape)
    for sample in noise:
        sample.normal_(generator=generator)
    return noise


def _twice_blurred(width: int, side: int) -> Tensor:
    """Circular convolution of a box of this width with itself, (side,)."""
    box = torch.bincount(torch.arange(width) % side, minlength=side).float()
    return torch.fft.irfft(torch.fft.rfft(box).square(), n=side)


def ratios(clean: Tensor, noisy: Tensor, xi: Tensor) -> Tensor:
    """Ratios k_j = ||f(x) - f(x + xi_j)||_2 / ||xi_j||_2 of output change to input change.

    Args:
        clean: outputs f(x), (n, outputs).
        noisy: outputs f(x + xi), (n, N, outputs).
        xi: noise, (n, N, *shape).

    Returns:
        k, (n, N); 0 for zero noise.
    """
    moved = torch.linalg.vector_norm(clean.unsqueeze(1) - noisy, dim=-1)
    return moved / torch.linalg.vector_norm(xi.flatten(2), dim=-1).clamp_min(torch.finfo(xi.dtype).tiny)
