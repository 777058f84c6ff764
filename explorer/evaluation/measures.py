"""M: the nine measures of one network under a forget request."""

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
    """Texts of a measure for tables.

    Attributes:
        name: its field in `Measures`.
        label: standard term.
        unit: "share" (0..1) or "nats".
        help: one or two sentences.
    """

    name: str
    label: str
    unit: str
    help: str


def _measure(label: str, unit: str, help: str) -> Any:
    return field(default=None, metadata={"label": label, "unit": unit, "help": help})


@dataclass(frozen=True)
class Measures:
    """Measures of a network: accuracies and membership as shares 0..1, entropies in nats, None if undefined."""

    retain_train_accuracy: float | None = _measure(
        "Accuracy on D_r (training)", "share", "Accuracy on the retained set D_r, all other training samples."
    )
    forget_train_accuracy: float | None = _measure(
        "Accuracy on D_f (training)", "share", "Accuracy on the forget set D_f, the training samples to forget."
    )
    retain_test_accuracy: float | None = _measure(
        "Accuracy on retained samples (test)",
        "share",
        "Accuracy on all test samples except those of a forgotten class or sub-class.",
    )
    forget_test_accuracy: float | None = _measure(
        "Accuracy on the forgotten class (test)",
        "share",
        "Accuracy on the test samples of the forgotten class or sub-class, if there is one.",
    )
    forget_entropy_mean: float | None = _measure(
        "Mean entropy on D_f", "nats", "Mean entropy of the output on D_f; 0 is certain. Compare with retrained."
    )
    retain_entropy_mean: float | None = _measure(
        "Mean entropy on D_r",
        "nats",
        "Mean entropy of the output on D_r; if it rises too, unlearning is not selective.",
    )
    test_entropy_mean: float | None = _measure(
        "Mean entropy on the test set", "nats", "Mean entropy of the output on the whole test set."
    )
    membership_share: float | None = _measure(
        "Membership attack: predicted members",
        "share",
        "Share of D_f that the paper's membership attack predicts as training samples. Its chance level is not 50 %.",
    )
    membership_auc: float | None = _measure(
        "Membership attack: AUC",
        "share",
        "AUC of the attack by entropy: D_f against test samples of the same classes. 0.5 is chance level.",
    )

    @classmethod
    def descriptions(cls) -> tuple[Description, ...]:
        """Texts of the measures, in the order of a table."""
        return tuple(Description(name=measure.name, **measure.metadata) for measure in fields(cls))

    def as_dict(self) -> dict[str, float | None]:
        """Values by field name, as the command line prints them."""
        return asdict(self)


@dataclass(frozen=True)
class _Outputs:
    """Accuracy and entropies (n,) of a network on one split."""

    accuracy: float | None
    entropies: Tensor


def evaluate(
    network: nn.Module, partition: Partition, progress: Callable[[float], None] = lambda done: None
) -> Measures:
    """Measures of a network under a forget request. Each part of the data passes through it once.

    A mean entropy or an attack is None if an output is NaN. A prediction that is NaN counts as wrong.

    Args:
        network: any network with outputs (n, classes).
        partition: D_f, D_r and the test samples of each.
        progress: called with the share of the samples that is done, 0..1. An exception from it ends the evaluation.
    """
    last = partition.peers_test if partition.forget_test is None else partition.forget_test
    total, done = sum(map(len, (partition.forget, partition.retain, partition.retain_test, last))), 0

    def count(samples: int) -> None:
        nonlocal done
        done += samples
        progress(done / total)

    forget = _outputs(network, partition.forget, count)
    retain = _outputs(network, partition.retain, count)
    retain_test = _outputs(network, partition.retain_test, count)
    forget_test = None if partition.forget_test is None else _outputs(network, partition.forget_test, count)
    # retain_test and forget_test make up the test set, so no test sample is evaluated twice.
    test = retain_test.entropies if forget_test is None else torch.cat([retain_test.entropies, forget_test.entropies])
    peers = _outputs(network, partition.peers_test, count) if forget_test is None else forget_test
    return Measures(
        retain_train_accuracy=retain.accuracy,
        forget_train_accuracy=forget.accuracy,
        retain_test_accuracy=retain_test.accuracy,
        forget_test_accuracy=None if forget_test is None else forget_test.accuracy,
        forget_entropy_mean=_mean(forget.entropies),
        retain_entropy_mean=_mean(retain.entropies),
        test_entropy_mean=_mean(test),
        membership_share=membership_share(forget.entropies, retain.entropies, test),
        membership_auc=membership_auc(forget.entropies, peers.entropies),
    )


def _outputs(network: nn.Module, split: Split, count: Callable[[int], None]) -> _Outputs:
    if not len(split):
        return _Outputs(None, torch.empty(0))
    parts: list[Tensor] = []
    for part in split.x.split(BATCH):
        parts.append(logits(network, part))
        count(len(part))
    outputs = torch.cat(parts)
    return _Outputs(accuracy(outputs, split.y.cpu()), entropies(outputs))


def _mean(values: Tensor) -> float | None:
    mean = values.mean().item()
    return mean if mean == mean else None
