"""Running time and memory of `neighbourhoods` (alpha(x) for 200 radii): `python -m benchmarks.bench_neighbourhoods`.

The inputs are Gaussian noise, new in every round; PyTorch and scikit-learn use their default number of threads.

- One plain pass: only the float32 matrix products of all n x n pairs, in blocks.
- scikit-learn: the lists of neighbours within one radius (return_distance=False), which holds 1 % of all pairs. The
  counts must be equal, except for pairs whose distance equals the radius within 1e-5.
- Memory: growth of the peak resident size (ru_maxrss) of a separate process during the call, after all imports and
  with the data loaded; code compiled by numba counts.
"""

from __future__ import annotations

import resource
import sys
from concurrent.futures import ProcessPoolExecutor
from math import sqrt
from multiprocessing import get_context

import numpy as np
import torch
from sklearn.neighbors import NearestNeighbors
from torch import Tensor

from benchmarks.timing import alternate
from explorer.data import load_dataset
from explorer.geometry import Neighbourhoods, neighbourhoods

SAMPLES, WIDTH, RADII, LABELS, BLOCK = 6_000, 3_072, 200, 10, 1_000
NEAR = 0.01  # share of all pairs within the smallest radius
PASSES, FASTER, MEGABYTES = 1.0, 2.0, 1_000  # bars


def noise(seed: int) -> tuple[Tensor, Tensor, np.ndarray]:
    """Inputs, labels and radii; the radii hold from 1 % to half of all pairs, estimated on 300 samples."""
    generator = torch.Generator().manual_seed(seed + 1)
    x = torch.empty(SAMPLES, WIDTH).normal_(generator=generator)
    y = torch.randint(0, LABELS, (SAMPLES,), generator=generator)
    first, last = np.quantile(torch.pdist(x[:300].double()).numpy(), [NEAR, 0.5])
    return x, y, np.linspace(first, last, RADII)


def ours(x: Tensor, y: Tensor, radii: np.ndarray) -> Neighbourhoods:
    return neighbourhoods(x, y, radii)


def plain(x: Tensor, y: Tensor, radii: np.ndarray) -> None:
    """Compute the inner products of all pairs block by block and discard them."""
    for rows in x.split(BLOCK):
        for columns in x.split(BLOCK):
            rows @ columns.T


def theirs(x: Tensor, y: Tensor, radii: np.ndarray) -> np.ndarray:
    """Lists of neighbours within the smallest radius, from scikit-learn."""
    model = NearestNeighbors(radius=radii[0]).fit(x.numpy())
    return model.radius_neighbors(x.numpy(), return_distance=False)


def grown() -> float:
    """Growth of the peak memory during the call, megabytes; run it in a process of its own."""
    x = torch.empty(SAMPLES, WIDTH).normal_(generator=torch.Generator().manual_seed(0))
    y, radii = torch.arange(SAMPLES) % LABELS, np.linspace(70, 80, RADII)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    neighbourhoods(x, y, radii)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return (peak - before) / (1e6 if sys.platform == "darwin" else 1e3)


def unlike(seed: int) -> tuple[int, int]:
    """Number of counts that differ from scikit-learn, and of those that differ by more than ties within 1e-5."""
    x, y, radii = noise(seed)
    radius, lists = radii[0], theirs(x, y, radii)
    sizes = np.array([len(neighbours) for neighbours in lists])
    _, counts = neighbourhoods(x, y, radius * np.array([1 - 1e-5, 1, 1 + 1e-5]))
    return int((counts[:, 1] != sizes).sum()), int(((sizes < counts[:, 0]) | (sizes > counts[:, 2])).sum())


def rounding(x: Tensor) -> float:
    """Largest error of ||a||^2 + ||b||^2 - 2 a.b in float32 over pairs of x, relative to ||a||^2 + ||b||^2."""
    centred = x - x.mean(0)
    exact = centred.double()
    norms = exact.square().sum(1)
    errors = 2 * ((centred @ centred.T).double() - exact @ exact.T).abs()
    return (errors / (norms[:, None] + norms).clamp(min=torch.finfo(torch.float64).tiny)).max().item()


def kinds() -> dict[str, Tensor]:
    """A thousand inputs of each kind: noise, enlarged images, and rows of one repeated number."""
    generator = torch.Generator().manual_seed(0)
    pictures = load_dataset("fashion-mini").train.x[:1_000].repeat_interleave(2, -1).repeat_interleave(2, -2)
    numbers = torch.empty(1_000, 1).normal_(generator=generator).expand(-1, WIDTH).contiguous()
    drawn = torch.empty(1_000, WIDTH).normal_(generator=generator)
    return {"Gaussian noise": drawn, "enlarged fashion-mini": pictures.flatten(1), "one repeated number": numbers}


def main() -> None:
    with ProcessPoolExecutor(
        1, get_context("spawn")
    ) as process:  # first, as a child inherits the peak size of its parent
        megabytes = process.submit(grown).result()
    print(f"n = {SAMPLES:,}, d = {WIDTH:,}, {RADII} radii, {torch.get_num_threads()} threads")
    print(f"memory above the data: {megabytes:.0f} MB, bar {MEGABYTES}: {verdict(megabytes <= MEGABYTES)}", flush=True)
    print(alternate(ours, plain, 5, noise).beside("time / one plain pass", PASSES), flush=True)
    slower = alternate(ours, theirs, 3, lambda index: noise(index + 100))
    print(slower.beside("time / scikit-learn, one radius", 1 / FASTER), flush=True)
    for kind, x in kinds().items():
        bound = (sqrt(x.shape[1]) + 16) * torch.finfo(torch.float32).eps / 2
        error = rounding(x)
        print(
            f"float32 error of a square, {kind}: {error:.2g} of the norms, bound {bound:.2g}: {verdict(error <= bound)}"
        )
    differ, beyond = unlike(200)
    print(f"counts unlike scikit-learn's: {differ} of {SAMPLES:,}; ties aside {beyond}, bar 0: {verdict(not beyond)}")


def verdict(good: bool) -> str:
    return "held" if good else "MISSED"


if __name__ == "__main__":
    main()
