"""Outputs of the three models on each part of the data, computed once for all tabs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from explorer.background import Job
from explorer.data import Split
from explorer.evaluation import ModelOutputs, entropies, logits
from explorer.ui.compare.trio import Trio, cached_on_trio
from explorer.ui.work import jobs
from explorer.ui.work.cached import partition_of

MOST = 2000
PARTS = ("forget", "retain", "test", "retain_test", "peers_test")


@dataclass(frozen=True, eq=False)
class Outputs:
    """Outputs of every model on samples of one part of the data; n may be 0.

    Attributes:
        labels: (n,).
        logits: by model, (n, classes), in the order of the labels.
    """

    labels: Tensor
    logits: dict[str, Tensor]

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def finite(self) -> bool:
        """True if every output of every model is a finite number."""
        return all(bool(logits.isfinite().all()) for logits in self.logits.values())

    def entropies(self, model: str) -> np.ndarray:
        """Entropy of each output in nats, (n,)."""
        return entropies(self.logits[model]).numpy()

    def correct(self, model: str) -> np.ndarray:
        """1 for a correct prediction, else 0; (n,). An output with a NaN is incorrect."""
        outputs = self.logits[model]
        return ((outputs.argmax(1) == self.labels) & ~outputs.isnan().any(1)).double().numpy()


@cached_on_trio
def outputs_of(trio: Trio, part: str) -> Outputs:
    """Outputs of the three models on one part of the data, the same samples for every model.

    Args:
        trio: the three models.
        part: a field of `Partition`. "forget" is used whole; of other parts, at most MOST samples are drawn.

    Returns:
        The outputs; empty if the partition has no such part.
    """
    split: Split | None = getattr(partition_of(trio.experiment), part)
    classes = len(trio.experiment.data.classes)
    if split is None or not len(split):
        return Outputs(torch.empty(0, dtype=torch.int64), {name: torch.empty(0, classes) for name in trio.networks})
    if part != "forget":
        split = split[np.sort(np.random.default_rng(0).permutation(len(split))[:MOST])]
    return Outputs(split.y.cpu(), {name: logits(network, split.x) for name, network in trio.networks.items()})


def ensure_outputs(trio: Trio) -> bool:
    """True if the outputs that the tabs need are computed; False while they are, with progress shown."""
    key = f"outputs {trio.job_key}"
    return bool(jobs.quick_result(key, "Evaluating the three models", lambda job: _evaluate(trio, job), shared=True))


def _evaluate(trio: Trio, job: Job) -> bool:
    for done, part in enumerate(PARTS):
        job.report(done / len(PARTS), f"Evaluating the three models, part {done + 1} of {len(PARTS)} of the data")
        outputs_of(trio, part)
    return True


@cached_on_trio
def answers_of(trio: Trio, model: str) -> ModelOutputs:
    """Correctness and entropies of one model on D_f, D_r and the test samples like each, as selectivity needs them."""
    forget, retain = outputs_of(trio, "forget"), outputs_of(trio, "retain")
    return ModelOutputs(
        forget_correct=forget.correct(model),
        retain_correct=retain.correct(model),
        forget=forget.entropies(model),
        retain=retain.entropies(model),
        forget_peers=outputs_of(trio, "peers_test").entropies(model),
        retain_peers=outputs_of(trio, "retain_test").entropies(model),
    )
