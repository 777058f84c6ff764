"""What is known of every training sample of a story: neighbours, gradients, information; measured once, then kept."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, get_args

import numpy as np
import torch
from sklearn.decomposition import PCA

from explorer.data import ForgetSet
from explorer.evaluation import features, logits, plane_grid
from explorer.experiments.experiment import Experiment
from explorer.experiments.progress import Progress, parts, silent
from explorer.geometry import (
    alone,
    jacobian_norms,
    leave_one_out,
    loss_gradient_norms,
    neighbourhoods,
    principal_components,
    radius_grid,
)
from explorer.geometry.leave_one_out import LIMIT
from explorer.models import Network, untrained
from explorer.settings import InputError

Space = Literal["inputs", "features"]
Gradient = Literal["probabilities", "logits", "loss"]
GRADIENTS: tuple[Gradient, ...] = get_args(Gradient)
RADII = 100
LARGE = 50_000_000  # numbers in all points, from which on principal components are those of the covariance
BLOCK = 256  # samples that a model is asked for between two reports: a stop waits for no more
PLANE_SIDE = 60  # of the grid on which a boundary's move is counted


@dataclass(frozen=True, eq=False)
class Neighbours:
    """Balls around every training sample: radii (m,) increasing; alike and counts (n, m), those with its label and all.

    Every ball holds its own sample.
    """

    radii: np.ndarray
    alike: np.ndarray
    counts: np.ndarray

    @cached_property
    def alpha(self) -> np.ndarray:
        """alpha(x) at every radius (n, m), float32."""
        return (self.alike / self.counts).astype(np.float32)

    @cached_property
    def alone(self) -> np.ndarray:
        """(m,) share of the samples with nobody else in their ball."""
        return alone(self.counts).mean(0)

    def at(self, radius: float) -> int:
        """The position of the largest radius of the grid that is not above this one; the first where all are."""
        return max(0, int(np.searchsorted(self.radii, radius, side="right")) - 1)


@dataclass(frozen=True, eq=False)
class Removal:
    """What leaving samples out of the training does, NaN where it is not known.

    information: log p_full(y|x) - log p_without_x(y|x) in nats, (n,); moved: the share of the plane, or of the test
    samples, that the model without x calls something else, (n,).
    """

    information: np.ndarray
    moved: np.ndarray


def measured(experiment: Experiment, space: Space) -> bool:
    """Whether `neighbours_of`, `gradients_of` and `positions_of` are stored."""
    keys = [_neighbours_key(experiment, space), _gradients_key(experiment)]
    if experiment.data.kind == "image" or space == "features":
        keys.append(_positions_key(experiment, space))
    return all(experiment.store.has(key) for key in keys)


def points_of(experiment: Experiment, space: Space, network: Network, progress: Progress = silent) -> np.ndarray:
    """The training samples as points (n, d): of the input space, or of the original's feature space."""
    x = experiment.data.train.x
    if space == "inputs":
        return x.flatten(1).numpy()
    found: list[torch.Tensor] = []
    for part in x.split(BLOCK):
        progress(len(found) * BLOCK / len(x), "Asking the model for its features")
        found.append(features(network, part))
    return torch.cat(found).numpy()


def neighbours_of(experiment: Experiment, space: Space, network: Network, progress: Progress) -> Neighbours:
    """Neighbours at `RADII` radii worth a slider; network: the original."""
    first, second, third = parts(progress, (0.05, 0.05, 0.9))

    def make() -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
        points, labels = points_of(experiment, space, network, first), experiment.data.train.y
        radii = np.unique(radius_grid(points, RADII, progress=lambda done: second(done, "Choosing the radii")))
        found = neighbourhoods(points, labels, radii, progress=lambda done: third(done, "Counting neighbours"))
        alike = np.rint(found.alpha * found.counts).astype(np.int32)
        kept = {"radii": radii, "alike": alike, "counts": found.counts.astype(np.int32)}
        return {name: torch.from_numpy(values) for name, values in kept.items()}, {}

    kept = experiment.store.load_or_make(_neighbours_key(experiment, space), make).tensors
    return Neighbours(*(kept[name].numpy() for name in ("radii", "alike", "counts")))


def positions_of(experiment: Experiment, space: Space, network: Network, progress: Progress = silent) -> np.ndarray:
    """Where the training samples stand on a map (n, 2): on the plane itself, else on two principal components.

    Of large sets they are found from the covariance, which takes seconds where the other way takes minutes.
    """
    if experiment.data.kind == "plane" and space == "inputs":
        return points_of(experiment, space, network)
    first, second = parts(progress, (0.5, 0.5) if space == "features" else (0.0, 1.0))

    def make() -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
        points = points_of(experiment, space, network, first)
        if points.size < LARGE:
            found = PCA(2, svd_solver="full").fit_transform(points)
        else:
            doing = "Finding the two principal components"
            found = principal_components(points, progress=lambda done: second(done, doing))
        return {"positions": torch.from_numpy(found.astype(np.float32))}, {}

    return experiment.store.load_or_make(_positions_key(experiment, space), make).tensors["positions"].numpy()


def gradients_of(experiment: Experiment, network: Network, progress: Progress) -> dict[Gradient, np.ndarray]:
    """||J(x)||_F of probabilities and of logits, and the norm of the loss's gradient, of every training sample (n,)."""
    train = experiment.data.train

    def make() -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
        found: dict[str, torch.Tensor] = {}
        for turn, of in enumerate(GRADIENTS):

            def told(done: float, turn: int = turn, of: str = of) -> None:
                progress((turn + done) / len(GRADIENTS), f"Gradients of the {of}")

            if of == "loss":
                found[of] = loss_gradient_norms(network, train.x, train.y, told)
            else:
                found[of] = jacobian_norms(network, train.x, of, told)
        return found, {}

    kept = experiment.store.load_or_make(_gradients_key(experiment), make).tensors
    return {of: kept[of].numpy() for of in GRADIENTS}


def all_at_once(experiment: Experiment) -> bool:
    """Whether each sample can be left out in turn: on a plane of no more samples than `leave_one_out` takes."""
    return experiment.data.kind == "plane" and len(experiment.data.train) <= LIMIT


def leave_each_out(experiment: Experiment, progress: Progress) -> Removal:
    """The leave-one-out truth of a plane: all n models trained together. Raises InputError unless `all_at_once`."""
    data = experiment.data
    if not all_at_once(experiment):
        raise InputError(
            f"Each sample is left out in turn on planes of at most {LIMIT} training samples; elsewhere choose a few."
        )

    def make() -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
        network = untrained(experiment.model, data, experiment.seed)
        generator = torch.Generator().manual_seed(experiment.seed)
        found = leave_one_out(
            network, data.train, experiment.schedule, generator,
            plane=plane_grid(data.train, PLANE_SIDE).points,
            progress=lambda done: progress(done, f"Training {len(data.train):,} models, each without one sample"),
        )  # fmt: skip
        kept = {"information": found.information, "moved": found.moved}
        return {name: torch.as_tensor(values) for name, values in kept.items()}, {}

    kept = experiment.store.load_or_make(_removal_key(experiment), make).tensors
    return Removal(kept["information"].numpy(), kept["moved"].numpy())


def each_left_out(experiment: Experiment) -> bool:
    """Whether `leave_each_out` is stored."""
    return experiment.store.has(_removal_key(experiment))


def without(experiment: Experiment, sample: int) -> Experiment:
    """The story whose retrained model never saw this one sample."""
    code = ForgetSet.of_samples([sample], experiment.data).code
    return Experiment(experiment.dataset, experiment.model, experiment.seed, code, experiment.store)


def leave_out(experiment: Experiment, samples: list[int], progress: Progress) -> Removal:
    """The truth of these samples alone, each by a model that is retrained without it and stored."""
    data, turns = experiment.data, max(len(samples), 1)
    information, moved = (np.full(len(data.train), np.nan) for _ in range(2))
    full = experiment.original
    calls = logits(full, data.test.x).argmax(1)
    for turn, sample in enumerate(samples):

        def told(share: float, turn: int = turn, sample: int = sample) -> None:
            progress((turn + share) / turns, f"Retraining without sample {sample}, {turn + 1} of {turns}")

        other = without(experiment, sample).train("retrained", pulse=told)
        x, y = data.train.x[sample : sample + 1], int(data.train.y[sample])
        with_, without_ = (float(logits(net, x).double().log_softmax(1)[0, y]) for net in (full, other))
        information[sample] = with_ - without_
        moved[sample] = float((logits(other, data.test.x).argmax(1) != calls).double().mean())
        progress((turn + 1) / turns, f"Retrained without sample {sample}")
    return Removal(information, moved)


def _key(experiment: Experiment, what: str) -> dict[str, Any]:
    return {"what": what, "network": experiment.key("original")}


def _neighbours_key(experiment: Experiment, space: Space) -> dict[str, Any]:
    return {**_key(experiment, "neighbours"), "space": space, "radii": RADII}


def _positions_key(experiment: Experiment, space: Space) -> dict[str, Any]:
    return {**_key(experiment, "positions"), "space": space}


def _gradients_key(experiment: Experiment) -> dict[str, Any]:
    return _key(experiment, "gradients")


def _removal_key(experiment: Experiment) -> dict[str, Any]:
    return {**_key(experiment, "leave-one-out"), "plane": PLANE_SIDE}
