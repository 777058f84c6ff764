"""Effect of leaving samples out of the training: of every sample of a plane, or of a few selected samples."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from explorer.background.progress import Progress
from explorer.data import ForgetSet
from explorer.evaluation import logits, plane_grid
from explorer.experiments.derived.derived import Contents, Derived
from explorer.experiments.experiment import Experiment
from explorer.geometry import leave_one_out
from explorer.geometry.leave_one_out import LIMIT
from explorer.models import Network, architecture_of, is_own, untrained
from explorer.models.building import NOT_RETRAINED, can_be_retrained
from explorer.settings import InputError
from explorer.store import Artefact, Key

PLANE_SIDE = 60  # points a side of the grid on which the moved share of the plane is counted


@dataclass(frozen=True, eq=False)
class Removal:
    """Effect of leaving each sample out of the training; NaN for samples that were not left out.

    Attributes:
        information: log p_full(y|x) - log p_without_x(y|x) in nats, (n,).
        moved: share of the plane, or of the test samples, whose predicted class changes without x, (n,).
    """

    information: np.ndarray
    moved: np.ndarray


def can_leave_each_out(experiment: Experiment) -> bool:
    """Whether every sample can be left out in turn: on planes of at most `leave_one_out.LIMIT` training samples."""
    return experiment.data.kind == "plane" and len(experiment.data.train) <= LIMIT


def _key(experiment: Experiment) -> Key:
    return {"what": "leave-one-out", "network": experiment.key("original"), "plane": PLANE_SIDE}


def _make(experiment: Experiment, network: Network, progress: Progress) -> Contents:
    data = experiment.data
    effects = leave_one_out(
        network, data.train, experiment.schedule, torch.Generator().manual_seed(experiment.seed),
        plane=plane_grid(data.train, PLANE_SIDE).points,
        progress=lambda done: progress(done, f"Training {len(data.train):,} models, each without one sample"),
    )  # fmt: skip
    arrays = {"information": effects.information, "moved": effects.moved}
    return {name: torch.as_tensor(values) for name, values in arrays.items()}, {}


def _load(artefact: Artefact) -> Removal:
    return Removal(artefact.tensors["information"].numpy(), artefact.tensors["moved"].numpy())


LEAVE_ONE_OUT = Derived(_key, _make, _load)
"""`Removal` of every sample of a plane; network: an untrained one, from which all models are trained."""


def leave_each_out(experiment: Experiment, progress: Progress) -> Removal:
    """Leave-one-out effect of every sample of a plane; the n models are trained together.

    Raises:
        InputError: unless `can_leave_each_out`.
    """
    if not can_leave_each_out(experiment):
        raise InputError(
            f"Leaving out every sample in turn needs a plane of at most {LIMIT} training samples; select a few samples."
        )
    network = untrained(experiment.model, experiment.data, experiment.seed)
    return LEAVE_ONE_OUT.get(experiment, network, progress)


def trained_here(experiment: Experiment) -> Experiment:
    """The experiment with an uploaded network replaced by a network of the same architecture that is trained here.

    The training of an uploaded network is not known, so no second network can be trained in the same way.

    Raises:
        InputError: for an exported program, which cannot be trained.
    """
    if not is_own(experiment.model):
        return experiment
    if not can_be_retrained(experiment.model):
        raise InputError(NOT_RETRAINED.format(model=experiment.model))
    architecture = architecture_of(experiment.model)
    return Experiment(experiment.dataset, architecture, experiment.seed, experiment.forget, experiment.store)


def without_sample(experiment: Experiment, sample: int) -> Experiment:
    """The experiment with this one sample as its forget set."""
    code = ForgetSet.of_samples([sample], experiment.data).code
    return Experiment(experiment.dataset, experiment.model, experiment.seed, code, experiment.store)


def leave_out(experiment: Experiment, samples: list[int], progress: Progress) -> Removal:
    """Effect of leaving out each of these samples: one retrained model a sample, compared with a model trained on all.

    The networks are stored. An uploaded network is replaced as in `trained_here`.

    Args:
        experiment: its forget set is not used.
        samples: indices into the training split.
        progress: called during every training.

    Raises:
        InputError: for an exported program, which cannot be trained.
    """
    base, data = trained_here(experiment), experiment.data
    first = 0 if base.stored("original") else 1
    turns = max(first + len(samples), 1)
    information, moved = (np.full(len(data.train), np.nan) for _ in range(2))
    full = base.train("original", pulse=lambda share: progress(share / turns, "Training with every sample"))
    predictions = logits(full, data.test.x).argmax(1)
    for turn, sample in enumerate(samples, first):

        def report(share: float, turn: int = turn, sample: int = sample) -> None:
            progress((turn + share) / turns, f"Retraining without sample {sample}, {turn + 1} of {turns}")

        other = without_sample(base, sample).train("retrained", pulse=report)
        x, y = data.train.x[sample : sample + 1], int(data.train.y[sample])
        with_, without = (float(logits(net, x).double().log_softmax(1)[0, y]) for net in (full, other))
        information[sample] = with_ - without
        moved[sample] = float((logits(other, data.test.x).argmax(1) != predictions).double().mean())
        progress((turn + 1) / turns, f"Retrained without sample {sample}")
    return Removal(information, moved)
