"""What the Information page knows of its samples: neighbourhoods and gradients, and how they go together."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.stats import bootstrap, spearmanr
from sklearn.decomposition import PCA

from explorer.experiments import Experiment, Job
from explorer.geometry import alone, jacobian_norms, neighbourhoods, radius_grid
from explorer.ui import work
from explorer.ui.models import network_of, points_of

RADII = 60
OUTPUTS = ("probabilities", "logits")


@dataclass(frozen=True, eq=False)
class Information:
    """Of every training sample: alpha and neighbour counts (n, radii) on increasing radii, and gradient norms (n,)."""

    radii: np.ndarray
    alpha: np.ndarray
    counts: np.ndarray
    gradients: dict[str, np.ndarray]

    def at(self, radius: float) -> int:
        """The position of the largest radius of the grid that is not above this one."""
        return max(0, int(np.searchsorted(self.radii, radius, side="right")) - 1)

    @property
    def alone(self) -> np.ndarray:
        """(radii,) share of samples with nobody else in their ball."""
        return alone(self.counts).mean(0)


def information(experiment: Experiment, space: str) -> Information | None:
    """What is known of the samples; None while it is computed in the background, with progress shown."""
    key = f"information {experiment.dataset} {experiment.model} {experiment.seed} {space}"
    job = work.job_of(key)
    if job is None:
        work.start(key, "Measuring neighbourhoods and gradients", lambda job: _measure(experiment, space, job))
    elif job.state == "done":
        found: Information = job.result
        return found
    work.watch(key, retry=lambda: work.start(key, "Measuring again", lambda job: _measure(experiment, space, job)))
    return None


def _measure(experiment: Experiment, space: str, job: Job) -> Information:
    train, points = experiment.data.train, points_of(experiment, space)
    radii = np.unique(radius_grid(points, RADII))
    found = neighbourhoods(points, train.y, radii, progress=lambda done: job.report(0.4 * done, "Counting neighbours"))
    network, gradients = network_of(experiment, "original"), {}
    for turn, of in enumerate(OUTPUTS):
        began = 0.4 + 0.3 * turn

        def progress(done: float, began: float = began, of: str = of) -> None:
            job.report(began + 0.3 * done, f"Gradients of the {of}")

        gradients[of] = jacobian_norms(network, train.x, of, progress=progress).numpy()  # type: ignore[arg-type]
    return Information(radii, found.alpha, found.counts, gradients)


@lru_cache(maxsize=16)
def positions_of(experiment: Experiment, space: str) -> np.ndarray:
    """Where the samples stand on the map (n, 2): on the plane itself, else on the first two principal components."""
    points = points_of(experiment, space)
    return points if points.shape[1] == 2 else PCA(2, svd_solver="full").fit_transform(points).astype(np.float32)


def relation(alpha: np.ndarray, gradient: np.ndarray) -> tuple[float | None, tuple[float, float] | None]:
    """Spearman's rho of two readings (n,) with its 95 % bootstrap interval; None where one of them is constant."""
    if len(alpha) < 10 or np.ptp(alpha) == 0 or np.ptp(gradient) == 0:
        return None, None

    def rho(one: np.ndarray, other: np.ndarray) -> float:
        return float(spearmanr(one, other).statistic)

    found = bootstrap(
        (alpha, gradient), rho, paired=True, vectorized=False, n_resamples=300, method="percentile",
        rng=np.random.default_rng(0),
    ).confidence_interval  # fmt: skip
    bounds = (float(found.low), float(found.high))
    return rho(alpha, gradient), bounds if np.isfinite(bounds).all() else None
