"""Pictures that take one byte a pixel until they are used: large sets stay small, and nothing above has to know."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor


class Pixels(Tensor):
    """x = (stored / 255 - mean) / deviation: a float32 tensor (n, channels, h, w) that is computed when it is used.

    stored: uint8 (all, channels, h, w); rows: int64 (n,), which of them these are, None: all; mean and deviation:
    (channels, 1, 1), in brightness 0 to 1. Choosing samples, by a slice, an index tensor or a mask, gives Pixels again
    that share the bytes, and one sample by its number is a plain tensor; whatever else is done to them is done to the
    float32 tensor that they stand for, so measure large sets in parts (`split`). They are never written to.
    """

    stored: Tensor
    rows: Tensor | None
    centre: Tensor
    spread: Tensor
    # Results are plain tensors, unless said otherwise below.
    __torch_function__ = torch._C._disabled_torch_function_impl  # type: ignore[assignment]

    def __new__(cls, stored: Tensor, mean: Tensor, deviation: Tensor, rows: Tensor | None = None) -> Pixels:
        shape = stored.shape if rows is None else (len(rows), *stored.shape[1:])
        made: Pixels = Tensor._make_wrapper_subclass(cls, shape, dtype=torch.float32)
        made.stored, made.rows, made.centre, made.spread = stored, rows, mean, deviation
        return made

    def standardised(self) -> Tensor:
        """The float32 tensor that these stand for."""
        stored = self.stored if self.rows is None else self.stored[self.rows]
        return stored.float().div_(255).sub_(self.centre).div_(self.spread)

    def numpy(self, *, force: bool = False) -> np.ndarray:
        """As an array, float32."""
        return self.standardised().numpy(force=force)

    def tolist(self) -> Any:
        """As nested lists of numbers."""
        return self.standardised().tolist()

    def __repr__(self, **_: Any) -> str:  # type: ignore[override]
        return f"Pixels({tuple(self.shape)})"

    @classmethod
    def __torch_dispatch__(  # type: ignore[override]
        cls, func: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        """Operators on samples stay with the bytes; the others get the float32 tensors."""
        kwargs = kwargs or {}
        of_samples = _OF_SAMPLES.get(func)
        if of_samples is not None and isinstance(args[0], Pixels) and of_samples(*args[1:], **kwargs):
            pixels = args[0]
            rows = torch.arange(len(pixels.stored)) if pixels.rows is None else pixels.rows
            found = func(rows, *args[1:], **kwargs)
            many = isinstance(found, list | tuple)
            parts = [
                Pixels(pixels.stored, pixels.centre, pixels.spread, part.reshape(-1))
                for part in (found if many else [found])
            ]
            if func is _ATEN.select.int:  # one sample alone, which has lost the axis of samples
                return parts[0].standardised()[0]
            return parts if many else parts[0]
        plain = torch.utils._pytree.tree_map_only(Pixels, Pixels.standardised, (args, kwargs))
        return func(*plain[0], **plain[1])


_ATEN: Any = torch.ops.aten
_OF_SAMPLES: dict[Any, Callable[..., bool]] = {  # operators that may choose whole samples, and whether this call does
    _ATEN.slice.Tensor: lambda dim=0, *rest: dim == 0,
    _ATEN.split.Tensor: lambda size, dim=0: dim == 0,
    _ATEN.index.Tensor: lambda indices: len(indices) == 1 and _picks_samples(indices[0]),
    _ATEN.index_select.default: lambda dim, index: dim == 0,
    _ATEN.select.int: lambda dim, index: dim == 0,
}


def _picks_samples(index: Tensor) -> bool:
    return index.ndim == 1


def standard_pixels(train: Tensor, test: Tensor) -> tuple[Pixels, Pixels]:
    """Pictures of training and test, uint8 (n, channels, h, w), with mean 0 and deviation 1 per channel of training."""
    levels = torch.arange(256, dtype=torch.float64) / 255
    shares = torch.stack(
        [torch.bincount(train[:, channel].flatten(), minlength=256) for channel in range(train.shape[1])]
    )
    count = shares.sum(1)
    mean = (shares * levels).sum(1) / count
    spread = (shares * (levels - mean[:, None]).square()).sum(1) / (count - 1)
    mean, deviation = (each.float()[:, None, None] for each in (mean, spread.sqrt().clamp(min=1e-6)))
    return Pixels(train, mean, deviation), Pixels(test, mean, deviation)
