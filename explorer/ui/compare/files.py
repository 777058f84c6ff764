"""CSV and JSON files of a comparison: all numbers, and the settings that produced each model."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import asdict
from typing import Any

import torch

from explorer.data import Split
from explorer.evaluation import prediction_matrix
from explorer.experiments import Outcome, Request
from explorer.figures.theme import IDENTITIES
from explorer.models import is_own
from explorer.models.training import batches
from explorer.ui.compare.numbers import Row
from explorer.ui.compare.outputs import outputs_of
from explorer.ui.compare.trio import Trio
from explorer.ui.work.cached import partition_of


def experiment_fields(trio: Trio) -> dict[str, Any]:
    """Data set, architecture, training seed, forget set and sizes, which the three models share."""
    experiment, data = trio.experiment, trio.experiment.data
    return {
        "dataset": experiment.dataset,
        "model": experiment.model,
        "seed": experiment.seed,
        "forget": experiment.forget,
        "forget_size": len(experiment.forget_set),
        "train_size": len(data.train),
        "test_size": len(data.test),
    }


def made_by(trio: Trio) -> dict[str, dict[str, Any]]:
    """Origin of each model: its training, or its unlearning method with all settings, rule, seed and steps."""
    uploaded = is_own(trio.experiment.model)
    origins = {
        "original": {"method": "uploaded"} if uploaded else _trained(trio, trio.experiment.data.train),
        "unlearned": _unlearned(trio.request, trio.outcome),
        "retrained": _trained(trio, partition_of(trio.experiment).retain),
    }
    if trio.stand_in is not None:
        earlier = {"earlier_run": trio.stand_in.run.code}
        origins[trio.stand_in.place] = earlier | _unlearned(trio.stand_in.run.request, trio.stand_in.outcome)
    return origins


def _trained(trio: Trio, split: Split) -> dict[str, Any]:
    settings = trio.experiment.schedule
    steps = settings.epochs * len(batches(torch.arange(len(split)), settings.batch_size))
    return {"method": "training", "samples": len(split), **settings.model_dump(), "steps": steps}


def _unlearned(request: Request, outcome: Outcome) -> dict[str, Any]:
    rule = {f"rule_{name}": value for name, value in request.rule.model_dump().items()}
    ended = {"steps": outcome.steps, "seconds": outcome.seconds, "stopped": outcome.stopped}
    settings = request.settings.model_dump()
    return {"method": request.method.name, **settings, **rule, "noise_seed": request.noise_seed, **ended}


def provenance_rows(trio: Trio) -> list[tuple[str, list[Any]]]:
    """`experiment_fields` and `made_by` as rows: a name, and its value for each model (None if it has none)."""
    shared, origins = experiment_fields(trio), made_by(trio)
    names = dict.fromkeys(name for model in ("unlearned", *IDENTITIES) for name in origins[model])
    by_model = [(name, [origins[model].get(name) for model in IDENTITIES]) for name in names]
    return [*((name, [value] * len(IDENTITIES)) for name, value in shared.items()), *by_model]


def as_csv(trio: Trio, rows: list[Row]) -> str:
    """CSV text: the rows of `provenance_rows`, then `rows` in full precision; one column for each model."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["part", "name", "unit", *IDENTITIES])
    for name, values in provenance_rows(trio):
        writer.writerow(["experiment", name, "", *("" if value is None else value for value in values)])
    writer.writerows(["" if value is None else value for value in asdict(row).values()] for row in rows)
    return text.getvalue()


def as_json(trio: Trio, rows: list[Row]) -> str:
    """JSON text: "experiment", one object for each model, and "numbers" (`rows`).

    A model's object holds its origin ("made_by"), its measures under the names of the command line, and its
    predictions on the forget set ("forget_set_predictions": true class by predicted class, counts).
    """
    origins = made_by(trio)
    forget, classes = outputs_of(trio, "forget"), len(trio.experiment.data.classes)
    models = {
        name: {
            "made_by": origins[name],
            **trio.measures[name].as_dict(),
            "forget_set_predictions": prediction_matrix(forget.logits[name], forget.labels, classes).tolist(),
        }
        for name in IDENTITIES
    }
    content = {"experiment": experiment_fields(trio), **models, "numbers": [asdict(row) for row in rows]}
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)
