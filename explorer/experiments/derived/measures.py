"""Measures and logits of trained networks and of unlearned ones."""

from __future__ import annotations

from typing import Literal

from torch import Tensor

from explorer.background.progress import Progress
from explorer.data import Split
from explorer.evaluation import Measures, evaluate, logits
from explorer.experiments.derived.derived import Contents, Derived
from explorer.experiments.experiment import Experiment, Trained
from explorer.experiments.request import Request
from explorer.models import Network
from explorer.store import Artefact, Key

OutputsOf = Literal["forget", "test"]


def _measures_key(experiment: Experiment, which: Trained) -> Key:
    return {"what": "measures", "network": experiment.key(which), "forget": experiment.forget}


def _make_measures(experiment: Experiment, network: Network, progress: Progress, which: Trained) -> Contents:
    return _measure(experiment, network, progress, f"Measuring the {which} model")


def _run_key(experiment: Experiment, request: Request) -> Key:
    return {"what": "measures", "run": request.key()}


def _make_run_measures(experiment: Experiment, network: Network, progress: Progress, request: Request) -> Contents:
    return _measure(experiment, network, progress, "Measuring the unlearned model")


def _measure(experiment: Experiment, network: Network, progress: Progress, doing: str) -> Contents:
    return {}, evaluate(network, experiment.partition, lambda done: progress(done, doing)).as_dict()


def _load_measures(artefact: Artefact) -> Measures:
    return Measures(**artefact.notes)


def _logits_key(experiment: Experiment, which: Trained, of: OutputsOf) -> Key:
    forget = {"forget": experiment.forget} if of == "forget" else {}
    return {"what": "logits", "network": experiment.key(which), "of": of, **forget}


def _make_logits(
    experiment: Experiment, network: Network, progress: Progress, which: Trained, of: OutputsOf
) -> Contents:
    part: Split = experiment.partition.forget if of == "forget" else experiment.data.test
    return {"logits": logits(network, part.x)}, {}


def _load_logits(artefact: Artefact) -> Tensor:
    return artefact.tensors["logits"]


MEASURES = Derived(_measures_key, _make_measures, _load_measures)
"""`Measures` of the original or the retrained model."""
RUN_MEASURES = Derived(_run_key, _make_run_measures, _load_measures)
"""`Measures` of the unlearned model of a request whose run ended by itself."""
LOGITS = Derived(_logits_key, _make_logits, _load_logits)
"""Logits of the original or the retrained model on D_f or on the test set, (m, classes)."""
