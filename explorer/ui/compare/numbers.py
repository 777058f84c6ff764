"""Rows of the table "All numbers": every number of a comparison, by model."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from explorer.evaluation import Comparison, Measures, compare_entropies, predicted_members, published_threshold
from explorer.evaluation.calibration import BINS
from explorer.evaluation.input_noise import NoisyEntropies
from explorer.evaluation.measures import Description
from explorer.evaluation.selectivity import MEASURES
from explorer.figures.theme import IDENTITIES
from explorer.settings import InputError
from explorer.ui.compare.calibration import PARTS, calibrations_of
from explorer.ui.compare.classes import class_accuracies_of
from explorer.ui.compare.outputs import outputs_of
from explorer.ui.compare.selectivity import selectivities_of
from explorer.ui.compare.trio import Trio

Value = float | None


@dataclass(frozen=True)
class Row:
    """One number for each model.

    Attributes:
        part: group of the row, such as "measures" or "membership attack".
        name: name of the number within its group.
        unit: "share" in 0..1, "nats", "area" under a curve, "distance" of distribution functions, "p" or "count".
        original: value of the original model; None: undefined.
        unlearned: value of the unlearned model; None: undefined.
        retrained: value of the retrained model; None: undefined.
    """

    part: str
    name: str
    unit: str
    original: Value = None
    unlearned: Value = None
    retrained: Value = None


def rows_of(trio: Trio, margin: float, threshold: float | None, noise: NoisyEntropies | None) -> list[Row]:
    """All rows, in the order of the page.

    Args:
        trio: the three models.
        margin: margin of the equivalence test (TOST), nats.
        threshold: entropy below which the membership attack predicts a member, nats; None: no such rows.
        noise: entropies under input noise; None: not measured.
    """
    return [
        *(
            Row("measures", each.label, _unit(each), *(getattr(trio.measures[name], each.name) for name in IDENTITIES))
            for each in Measures.descriptions()
        ),
        *_distances(trio, margin),
        *_under_noise(noise),
        *_selectivities(trio),
        *_classes(trio),
        *_attack(trio, threshold),
        *_calibration(trio),
    ]


def _distances(trio: Trio, margin: float) -> Iterator[Row]:
    part, forget = "D_f entropies against retrained", outputs_of(trio, "forget")
    retrained = forget.entropies("retrained")
    comparisons: list[Comparison | None] = []
    for name in ("original", "unlearned"):
        try:
            comparisons.append(compare_entropies(forget.entropies(name), retrained, (name, "retrained"), margin))
        except InputError:
            comparisons.append(None)
    readings: dict[str, tuple[str, Any]] = {
        "samples": ("count", lambda result: result.n),
        "mean difference": ("nats", lambda result: result.means[0] - result.means[1]),
        "Wasserstein distance": ("nats", lambda result: result.wasserstein),
        "Kolmogorov-Smirnov distance": ("distance", lambda result: result.ks),
        "paired Wilcoxon p": ("p", lambda result: result.p),
        f"TOST p, means within ±{margin:.2f} nats": ("p", lambda result: result.equivalence and result.equivalence.p),
        "mean difference, 90 % from": ("nats", lambda result: result.equivalence and result.equivalence.interval[0]),
        "mean difference, 90 % to": ("nats", lambda result: result.equivalence and result.equivalence.interval[1]),
    }
    for name, (unit, read) in readings.items():
        yield Row(part, name, unit, *(None if result is None else read(result) for result in comparisons))


def _under_noise(noise: NoisyEntropies | None) -> Iterator[Row]:
    if noise is None:
        return
    means = {name: noise.means(name).tolist() for name in IDENTITIES}
    for at, sigma in enumerate(noise.sigmas):
        values = (_finite(means[name][at]) for name in IDENTITIES)
        yield Row("D_f under input noise", f"mean entropy at sigma {sigma:g}", "nats", *values)


def _selectivities(trio: Trio) -> Iterator[Row]:
    by_model = {to: selectivities_of(trio, to) for to in ("unlearned", "retrained")}
    for measure in MEASURES:
        unit = {"accuracy": "share", "entropy": "nats", "attack": "area"}[measure]
        both = [by_model[to][measure] for to in ("unlearned", "retrained")]
        part, ends = "selectivity, from original", [None if each is None else each.interval for each in both]
        yield Row(part, measure, unit, None, *(None if each is None else each.value for each in both))
        yield Row(part, f"{measure}, 95 % from", unit, None, *(None if end is None else end[0] for end in ends))
        yield Row(part, f"{measure}, 95 % to", unit, None, *(None if end is None else end[1] for end in ends))


def _classes(trio: Trio) -> Iterator[Row]:
    if not len(outputs_of(trio, "test")):
        return
    accuracies = class_accuracies_of(trio)
    for at, name in enumerate(trio.experiment.data.classes):
        yield Row("test accuracy by class", name, "share", *(_finite(accuracies[model][at]) for model in IDENTITIES))


def _attack(trio: Trio, threshold: float | None) -> Iterator[Row]:
    group = "membership attack"
    parts = {"D_f": "forget", "test samples of its classes": "peers_test"}
    if threshold is not None:
        for title, part in parts.items():
            values = (predicted_members(outputs_of(trio, part).entropies(name), threshold) for name in IDENTITIES)
            yield Row(group, f"{title} below {threshold:.3g} nats", "share", *values)
    retain, test = outputs_of(trio, "retain"), outputs_of(trio, "test")
    values = (published_threshold(retain.entropies(name), test.entropies(name)) for name in IDENTITIES)
    yield Row(group, f"threshold of the published attack, D_r n = {len(retain):,}", "nats", *values)


def _calibration(trio: Trio) -> Iterator[Row]:
    for part, title in PARTS.items():
        n = len(outputs_of(trio, part))
        errors: list[Value] = [None] * len(IDENTITIES)
        with suppress(InputError):
            errors = [calibrations_of(trio, part)[name].error for name in IDENTITIES]
        yield Row("expected calibration error", f"{title.lower()}, {BINS} bins, n = {n:,}", "share", *errors)


def _unit(each: Description) -> str:
    return "area" if each.name.endswith("auc") else each.unit


def _finite(value: float) -> Value:
    return float(value) if value == value and abs(value) != float("inf") else None
