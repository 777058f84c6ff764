"""M: the nine numbers by which one network is judged under a forget request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields
from typing import Any

import torch
from torch import Tensor, nn

from explorer.data import Partition, Split
from explorer.evaluation.membership import membership_auc, membership_share
from explorer.evaluation.predictions import BATCH, accuracy, entropies, logits


@dataclass(frozen=True)
class Description:
    """How a measure is shown: its name for people, its unit ("share" 0..1 or "nats"), one line of help."""

    name: str
    label: str
    unit: str
    help: str


def _measure(label: str, unit: str, help: str) -> Any:
    return field(metadata={"label": label, "unit": unit, "help": help})


@dataclass(frozen=True)
class Measures:
    """Accuracies and membership as shares in 0..1, entropies in nats; None where there is nothing to measure."""

    retain_train_accuracy: float | None = _measure(
        "Retained, training", "share", "Accuracy on D_r, the training samples that are kept."
    )
    forget_train_accuracy: float | None = _measure(
        "Forget set", "share", "Accuracy on D_f itself, the training samples to be forgotten."
    )
    retain_test_accuracy: float | None = _measure(
        "Retained, test", "share", "Accuracy on test samples of what is kept: all but the forgotten class or sub-class."
    )
    forget_test_accuracy: float | None = _measure(
        "Forgotten class, test",
        "share",
        "Accuracy on test samples of the forgotten class or sub-class, if there is one.",
    )
    forget_entropy_mean: float | None = _measure(
        "Entropy on the forget set", "nats", "Mean entropy of the output on D_f: 0 is certain; compare with retrained."
    )
    retain_entropy_mean: float | None = _measure(
        "Entropy on retained", "nats", "Mean entropy of the output on D_r; if it rises too, all is forgotten alike."
    )
    test_entropy_mean: float | None = _measure(
        "Entropy on test", "nats", "Mean entropy of the output on the whole test set."
    )
    membership_share: float | None = _measure(
        "Called members", "share", "The paper's attack: share of D_f called members; it is not centred on one half."
    )
    membership_auc: float | None = _measure(
        "Membership AUC", "share", "D_f against test samples of the same classes by entropy; one half: not told apart."
    )

    @classmethod
    def descriptions(cls) -> tuple[Description, ...]:
        """What each measure is called, in the order in which they are shown."""
        return tuple(Description(name=each.name, **each.metadata) for each in fields(cls))

    def as_dict(self) -> dict[str, float | None]:
        """The measures by name, as the command line prints them."""
        return asdict(self)


@dataclass(frozen=True)
class _Outputs:
    """What the network says of one split."""

    accuracy: float | None
    entropies: Tensor


def evaluate(
    network: nn.Module, partition: Partition, progress: Callable[[float], None] = lambda done: None
) -> Measures:
    """M of a network under a forget request; each part of the data is passed through it once.

    A mean entropy or an attack over outputs that are NaN is None, and such a prediction counts as wrong. progress is
    called with the share of the samples that have been passed; what it raises stops the work.
    """
    last = partition.peers_test if partition.forget_test is None else partition.forget_test
    total, passed = sum(map(len, (partition.forget, partition.retain, partition.retain_test, last))), 0

    def tell(samples: int) -> None:
        nonlocal passed
        passed += samples
        progress(passed / total)

    forget = _outputs(network, partition.forget, tell)
    retain = _outputs(network, partition.retain, tell)
    retain_test = _outputs(network, partition.retain_test, tell)
    forget_test = None if partition.forget_test is None else _outputs(network, partition.forget_test, tell)
    # What is retained and what is forgotten make up the test set, so nothing of it is passed twice.
    whole = retain_test.entropies if forget_test is None else torch.cat([retain_test.entropies, forget_test.entropies])
    peers = _outputs(network, partition.peers_test, tell) if forget_test is None else forget_test
    return Measures(
        retain_train_accuracy=retain.accuracy,
        forget_train_accuracy=forget.accuracy,
        retain_test_accuracy=retain_test.accuracy,
        forget_test_accuracy=None if forget_test is None else forget_test.accuracy,
        forget_entropy_mean=_mean(forget.entropies),
        retain_entropy_mean=_mean(retain.entropies),
        test_entropy_mean=_mean(whole),
        membership_share=membership_share(forget.entropies, retain.entropies, whole),
        membership_auc=membership_auc(forget.entropies, peers.entropies),
    )


def _outputs(network: nn.Module, split: Split, tell: Callable[[int], None]) -> _Outputs:
    if not len(split):
        return _Outputs(None, torch.empty(0))
    parts: list[Tensor] = []
    for part in split.x.split(BATCH):
        parts.append(logits(network, part))
        tell(len(part))
    found = torch.cat(parts)
    return _Outputs(accuracy(found, split.y.cpu()), entropies(found))


def _mean(values: Tensor) -> float | None:
    mean = values.mean().item()
    return mean if mean == mean else None
