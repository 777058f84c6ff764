"""What leaving samples out of the training does: each of a plane's in turn, at once, or a few one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from explorer.background.progress import Progress, waiting
from explorer.data import ForgetSet
from explorer.evaluation import logits, plane_grid
from explorer.experiments.experiment import Experiment
from explorer.geometry import leave_one_out
from explorer.geometry.leave_one_out import LIMIT
from explorer.models import architecture_of, is_own, untrained
from explorer.models.building import NOT_RETRAINED, can_be_retrained
from explorer.settings import InputError

PLANE_SIDE = 60  # of the grid on which a boundary's move is counted


@dataclass(frozen=True, eq=False)
class Removal:
    """What leaving samples out of the training does, NaN where it is not known.

    information: log p_full(y|x) - log p_without_x(y|x) in nats, (n,); moved: the share of the plane, or of the test
    samples, that the model without x calls something else, (n,).
    """

    information: np.ndarray
    moved: np.ndarray


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

    kept = experiment.store.load_or_make(_key(experiment), make, waiting(progress)).tensors
    return Removal(kept["information"].numpy(), kept["moved"].numpy())


def each_left_out(experiment: Experiment) -> bool:
    """Whether `leave_each_out` is stored."""
    return experiment.store.has(_key(experiment))


def trained_here(experiment: Experiment) -> Experiment:
    """The story with a network of the same architecture that was trained here.

    How one that the user brought was trained nobody knows, so it has no other that was trained by the same steps.
    Raises InputError for an exported program.
    """
    if not is_own(experiment.model):
        return experiment
    if not can_be_retrained(experiment.model):
        raise InputError(NOT_RETRAINED.format(model=experiment.model))
    own = architecture_of(experiment.model)
    return Experiment(experiment.dataset, own, experiment.seed, experiment.forget, experiment.store)


def without(experiment: Experiment, sample: int) -> Experiment:
    """The story whose retrained model never saw this one sample."""
    code = ForgetSet.of_samples([sample], experiment.data).code
    return Experiment(experiment.dataset, experiment.model, experiment.seed, code, experiment.store)


def leave_out(experiment: Experiment, samples: list[int], progress: Progress) -> Removal:
    """The truth of these samples alone: a model trained here with them, and for each one retrained without it; stored.

    Raises InputError for an exported program, which cannot be trained here.
    """
    story, data = trained_here(experiment), experiment.data
    first = 0 if story.stored("original") else 1
    turns = max(first + len(samples), 1)
    information, moved = (np.full(len(data.train), np.nan) for _ in range(2))
    full = story.train("original", pulse=lambda share: progress(share / turns, "Training with every sample"))
    predictions = logits(full, data.test.x).argmax(1)
    for turn, sample in enumerate(samples, first):

        def told(share: float, turn: int = turn, sample: int = sample) -> None:
            progress((turn + share) / turns, f"Retraining without sample {sample}, {turn + 1} of {turns}")

        other = without(story, sample).train("retrained", pulse=told)
        x, y = data.train.x[sample : sample + 1], int(data.train.y[sample])
        with_, without_ = (float(logits(net, x).double().log_softmax(1)[0, y]) for net in (full, other))
        information[sample] = with_ - without_
        moved[sample] = float((logits(other, data.test.x).argmax(1) != predictions).double().mean())
        progress((turn + 1) / turns, f"Retrained without sample {sample}")
    return Removal(information, moved)


def _key(experiment: Experiment) -> dict[str, Any]:
    return {"what": "leave-one-out", "network": experiment.key("original"), "plane": PLANE_SIDE}
