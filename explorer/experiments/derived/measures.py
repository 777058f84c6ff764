"""What trained networks and runs were found to do under a forget request: measured once, then read from the store."""

from __future__ import annotations

from typing import Any, Literal

from torch import Tensor, nn

from explorer.background.progress import Share, ignore_share
from explorer.data import Split
from explorer.evaluation import Measures, evaluate, logits
from explorer.experiments.experiment import Experiment, Trained
from explorer.experiments.request import Request

OutputsOf = Literal["forget", "test"]


def stored_measures(
    experiment: Experiment, which: Trained, network: nn.Module, progress: Share = ignore_share
) -> Measures:
    """The measures of the original or the retrained model, which is `network`; large sets take minutes the first time.

    Raises StoreError.
    """
    key = {"what": "measures", "network": experiment.key(which), "forget": experiment.forget}
    return _measures(experiment, key, network, progress)


def stored_run_measures(request: Request, network: nn.Module, progress: Share = ignore_share) -> Measures:
    """The measures of what a run that ended by itself left, which is `network`. Raises StoreError."""
    return _measures(request.experiment, {"what": "measures", "run": request.key()}, network, progress)


def stored_logits(
    experiment: Experiment, which: Trained, network: nn.Module, of: OutputsOf, progress: Share = ignore_share
) -> Tensor:
    """What the original or the retrained model, which is `network`, answers to D_f or to the test set, (m, classes).

    progress: hears 0 while somebody else asks it, and ends that wait by what it raises. Raises StoreError.
    """

    def make() -> tuple[dict[str, Tensor], dict[str, Any]]:
        part: Split = experiment.partition.forget if of == "forget" else experiment.data.test
        return {"logits": logits(network, part.x)}, {}

    key = _logits_key(experiment, which, of)
    return experiment.store.load_or_make(key, make, lambda: progress(0.0)).tensors["logits"]


def answered(experiment: Experiment, which: Trained, of: OutputsOf) -> bool:
    """Whether `stored_logits` are stored."""
    return experiment.store.has(_logits_key(experiment, which, of))


def _measures(experiment: Experiment, key: dict[str, Any], network: nn.Module, progress: Share) -> Measures:
    def make() -> tuple[dict[str, Tensor], dict[str, Any]]:
        return {}, evaluate(network, experiment.partition, progress).as_dict()

    return Measures(**experiment.store.load_or_make(key, make, lambda: progress(0.0)).notes)


def _logits_key(experiment: Experiment, which: Trained, of: OutputsOf) -> dict[str, Any]:
    forget = {"forget": experiment.forget} if of == "forget" else {}
    return {"what": "logits", "network": experiment.key(which), "of": of, **forget}
