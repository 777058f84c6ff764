"""Pictures stored as bytes and standardised on use, so that large sets need a quarter of the memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor


class Pixels(Tensor):
    """Lazy float32 tensor x = (stored / 255 - mean) / deviation of shape (n, channels, h, w).

    Selecting samples by slice, index tensor or mask returns Pixels that share the bytes. Selecting a single sample by
    its number returns a plain tensor. Any other operation computes the whole float32 tensor, so process large sets in
    parts (`split`). Pixels are read-only.

    Attributes:
        stored: uint8 (all, channels, h, w).
        rows: int64 (n,), rows of `stored` that belong to this tensor; None for all.
        centre: mean, (channels, 1, 1), in brightness 0 to 1; `Tensor.mean` is a method.
        spread: standard deviation, (channels, 1, 1), in brightness 0 to 1.
    """

    stored: Tensor
    rows: Tensor | None
    centre: Tensor
    spread: Tensor
    # Results are plain tensors, except for the operators in _OF_SAMPLES.
    __torch_function__ = torch._C._disabled_torch_function_impl  # type: ignore[assignment]

    def __new__(cls, stored: Tensor, mean: Tensor, deviation: Tensor, rows: Tensor | None = None) -> Pixels:
        shape = stored.shape if rows is None else (len(rows), *stored.shape[1:])
        pixels: Pixels = Tensor._make_wrapper_subclass(cls, shape, dtype=torch.float32)
        pixels.stored, pixels.rows, pixels.centre, pixels.spread = stored, rows, mean, deviation
        return pixels

    def standardised(self) -> Tensor:
        """The whole float32 tensor, (n, channels, h, w)."""
        stored = self.stored if self.rows is None else self.stored[self.rows]
        return stored.float().div_(255).sub_(self.centre).div_(self.spread)

    def numpy(self, *, force: bool = False) -> np.ndarray:
        """The whole tensor as a float32 array, (n, channels, h, w)."""
        return self.standardised().numpy(force=force)

    def tolist(self) -> Any:
        """The whole tensor as nested lists of numbers."""
        return self.standardised().tolist()

    def __repr__(self, **_: Any) -> str:  # type: ignore[override]
        return f"Pixels({tuple(self.shape)})"

    @classmethod
    def __torch_dispatch__(  # type: ignore[override]
        cls, func: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        """Selections of samples return Pixels; all other operators receive float32 tensors."""
        kwargs = kwargs or {}
        of_samples = _OF_SAMPLES.get(func)
        if of_samples is not None and isinstance(args[0], Pixels) and of_samples(*args[1:], **kwargs):
            pixels = args[0]
            rows = torch.arange(len(pixels.stored)) if pixels.rows is None else pixels.rows
            selected = func(rows, *args[1:], **kwargs)
            many = isinstance(selected, list | tuple)
            parts = [
                Pixels(pixels.stored, pixels.centre, pixels.spread, part.reshape(-1))
                for part in (selected if many else [selected])
            ]
            if func is _ATEN.select.int:  # a single sample has no sample axis
                return parts[0].standardised()[0]
            return parts if many else parts[0]
        plain = torch.utils._pytree.tree_map_only(Pixels, Pixels.standardised, (args, kwargs))
        return func(*plain[0], **plain[1])


_ATEN: Any = torch.ops.aten
_OF_SAMPLES: dict[Any, Callable[..., bool]] = {  # operators that can select samples; True if this call does
    _ATEN.slice.Tensor: lambda dim=0, *rest: dim == 0,
    _ATEN.split.Tensor: lambda size, dim=0: dim == 0,
    _ATEN.index.Tensor: lambda indices: len(indices) == 1 and indices[0].ndim == 1,
    _ATEN.index_select.default: lambda dim, index: dim == 0,
    _ATEN.select.int: lambda dim, index: dim == 0,
}


def standard_pixels(train: Tensor, test: Tensor) -> tuple[Pixels, Pixels]:
    """Pictures standardised to mean 0 and standard deviation 1 per channel of the training pictures.

    Args:
        train: uint8 (n, channels, h, w).
        test: uint8 (m, channels, h, w).
    """
    levels = torch.arange(256, dtype=torch.float64) / 255
    histogram = torch.stack(
        [torch.bincount(train[:, channel].flatten(), minlength=256) for channel in range(train.shape[1])]
    )
    count = histogram.sum(1)
    mean = (histogram * levels).sum(1) / count
    variance = (histogram * (levels - mean[:, None]).square()).sum(1) / (count - 1)
    mean, deviation = (statistic.float()[:, None, None] for statistic in (mean, variance.sqrt().clamp(min=1e-6)))
    return Pixels(train, mean, deviation), Pixels(test, mean, deviation)
