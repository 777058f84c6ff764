"""What the three models of a comparison answer to each part of the data, computed once for everything drawn of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from explorer.background import Job
from explorer.data import Split
from explorer.evaluation import Answers, entropies, logits
from explorer.ui.compare.trio import Trio, cached_on_trio
from explorer.ui.work import jobs
from explorer.ui.work.cached import partition_of

MOST = 2000
PARTS = ("forget", "retain", "test", "retain_test", "peers_test")


@dataclass(frozen=True, eq=False)
class Outputs:
    """Labels (n,) and, by model, logits (n, classes) of samples of one part, in their order; n may be 0."""

    labels: Tensor
    logits: dict[str, Tensor]

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def finite(self) -> bool:
        """Whether every output of every model is a finite number."""
        return all(bool(found.isfinite().all()) for found in self.logits.values())

    def entropies(self, model: str) -> np.ndarray:
        """In nats, (n,)."""
        return entropies(self.logits[model]).numpy()

    def right(self, model: str) -> np.ndarray:
        """1 where the model meets the label, else 0; (n,). An output with a NaN is wrong."""
        found = self.logits[model]
        return ((found.argmax(1) == self.labels) & ~found.isnan().any(1)).double().numpy()


@cached_on_trio
def outputs_of(trio: Trio, part: str) -> Outputs:
    """Of one of the parts of `Partition`: D_f whole, of the others at most MOST samples, the same ones for every model.

    Without samples where there is no such part.
    """
    split: Split | None = getattr(partition_of(trio.experiment), part)
    classes = len(trio.experiment.data.classes)
    if split is None or not len(split):
        return Outputs(torch.empty(0, dtype=torch.int64), {name: torch.empty(0, classes) for name in trio.networks})
    if part != "forget":
        split = split[np.sort(np.random.default_rng(0).permutation(len(split))[:MOST])]
    return Outputs(split.y.cpu(), {name: logits(network, split.x) for name, network in trio.networks.items()})


def ensure_outputs(trio: Trio) -> bool:
    """Whether the models have answered to what the sections need; while they are asked, that is shown."""
    key = f"outputs {trio.request_key}"
    return bool(jobs.soon(key, "Asking the three models", lambda job: _ask(trio, job), together=True))


def _ask(trio: Trio, job: Job) -> bool:
    for done, part in enumerate(PARTS):
        job.report(done / len(PARTS), f"Asking the three models, part {done + 1} of {len(PARTS)} of the data")
        outputs_of(trio, part)
    return True


@cached_on_trio
def answers_of(trio: Trio, model: str) -> Answers:
    """What one of the models makes of forget set and retained set, and of the test samples like each."""
    forget, retain = outputs_of(trio, "forget"), outputs_of(trio, "retain")
    return Answers(
        forget_right=forget.right(model),
        retain_right=retain.right(model),
        forget=forget.entropies(model),
        retain=retain.entropies(model),
        forget_peers=outputs_of(trio, "peers_test").entropies(model),
        retain_peers=outputs_of(trio, "retain_test").entropies(model),
    )
