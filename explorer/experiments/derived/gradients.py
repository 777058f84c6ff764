"""Gradient norms of the original model at every training sample."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
from torch import Tensor

from explorer.background.progress import Progress
from explorer.experiments.derived.derived import Contents, Derived
from explorer.experiments.experiment import Experiment
from explorer.geometry import jacobian_norms, loss_gradient_norms
from explorer.models import Network
from explorer.store import Artefact, Key

Gradient = Literal["probabilities", "logits", "loss"]
GRADIENT_KINDS: tuple[Gradient, ...] = get_args(Gradient)


def _key(experiment: Experiment) -> Key:
    return {"what": "gradients", "network": experiment.key("original")}


def _make(experiment: Experiment, network: Network, progress: Progress) -> Contents:
    train = experiment.data.train
    norms: dict[str, Tensor] = {}
    for turn, of in enumerate(GRADIENT_KINDS):

        def report(done: float, turn: int = turn, of: str = of) -> None:
            progress((turn + done) / len(GRADIENT_KINDS), f"Gradients of the {of}")

        if of == "loss":
            norms[of] = loss_gradient_norms(network, train.x, train.y, report)
        else:
            norms[of] = jacobian_norms(network, train.x, of, report)
    return norms, {}


def _load(artefact: Artefact) -> dict[Gradient, np.ndarray]:
    return {of: artefact.tensors[of].numpy() for of in GRADIENT_KINDS}


GRADIENTS = Derived(_key, _make, _load)
"""By kind (n,): ||J(x)||_F of the probabilities and of the logits, and the norm of the loss's gradient in x."""
