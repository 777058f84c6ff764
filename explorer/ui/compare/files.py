"""The numbers of a comparison with what made them, as CSV and as JSON, to copy and to download."""

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


def story_of(trio: Trio) -> dict[str, Any]:
    """What the three models share: data, architecture, seed of training, forget set."""
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
    """What made each model, an earlier run too: its training, or its method with all settings, rule, seed and steps."""
    own = is_own(trio.experiment.model)
    found = {
        "original": {"method": "brought"} if own else _trained(trio, trio.experiment.data.train),
        "unlearned": _unlearned(trio.request, trio.outcome),
        "retrained": _trained(trio, partition_of(trio.experiment).retain),
    }
    if trio.stand_in is not None:
        earlier = {"earlier_run": trio.stand_in.run.code}
        found[trio.stand_in.place] = earlier | _unlearned(trio.stand_in.run.request, trio.stand_in.outcome)
    return found


def _trained(trio: Trio, split: Split) -> dict[str, Any]:
    settings = trio.experiment.schedule
    steps = settings.epochs * len(batches(torch.arange(len(split)), settings.batch_size))
    return {"method": "training", "samples": len(split), **settings.model_dump(), "steps": steps}


def _unlearned(request: Request, outcome: Outcome) -> dict[str, Any]:
    rule = {f"rule_{name}": value for name, value in request.rule.model_dump().items()}
    ended = {"steps": outcome.steps, "seconds": outcome.seconds, "stopped": outcome.stopped}
    settings = request.settings.model_dump()
    return {"method": request.method.name, **settings, **rule, "noise_seed": request.noise_seed, **ended}


def story_rows(trio: Trio) -> list[tuple[str, list[Any]]]:
    """`story_of` and `made_by` as rows: what, and its value for each model, None where it has none."""
    shared, made = story_of(trio), made_by(trio)
    names = dict.fromkeys(name for model in ("unlearned", *IDENTITIES) for name in made[model])
    own = [(name, [made[model].get(name) for model in IDENTITIES]) for name in names]
    return [*((name, [value] * len(IDENTITIES)) for name, value in shared.items()), *own]


def as_csv(trio: Trio, rows: list[Row]) -> str:
    """The story as rows, each model's values in its column, then the numbers in full precision."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["part", "name", "unit", *IDENTITIES])
    for name, values in story_rows(trio):
        writer.writerow(["story", name, "", *("" if value is None else value for value in values)])
    writer.writerows(["" if value is None else value for value in asdict(row).values()] for row in rows)
    return text.getvalue()


def as_json(trio: Trio, rows: list[Row]) -> str:
    """The story; by model what made it, its M, as the command line prints it, and what it calls the forget samples
    (true class by predicted class); and the numbers.
    """
    made = made_by(trio)
    forget, classes = outputs_of(trio, "forget"), len(trio.experiment.data.classes)
    models = {
        name: {
            "made_by": made[name],
            **trio.measures[name].as_dict(),
            "forget_set_called": prediction_matrix(forget.logits[name], forget.labels, classes).tolist(),
        }
        for name in IDENTITIES
    }
    found = {"story": story_of(trio), **models, "numbers": [asdict(row) for row in rows]}
    return json.dumps(found, indent=2, ensure_ascii=False, allow_nan=False)
