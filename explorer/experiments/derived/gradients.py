"""How steep the original is at every training sample of a story: measured once, then kept."""

from __future__ import annotations

from typing import Any, Literal, get_args

import numpy as np
import torch

from explorer.background.progress import Progress, waiting
from explorer.experiments.experiment import Experiment
from explorer.geometry import jacobian_norms, loss_gradient_norms
from explorer.models import Network

Gradient = Literal["probabilities", "logits", "loss"]
GRADIENTS: tuple[Gradient, ...] = get_args(Gradient)


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

    kept = experiment.store.load_or_make(_key(experiment), make, waiting(progress)).tensors
    return {of: kept[of].numpy() for of in GRADIENTS}


def gradients_known(experiment: Experiment) -> bool:
    """Whether `gradients_of` are stored."""
    return experiment.store.has(_key(experiment))


def _key(experiment: Experiment) -> dict[str, Any]:
    return {"what": "gradients", "network": experiment.key("original")}
