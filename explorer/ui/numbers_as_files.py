"""The numbers of a comparison with what made them, as CSV and as JSON, to copy and to download."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import asdict
from typing import Any

from explorer.evaluation import prediction_matrix
from explorer.experiments import Request
from explorer.figures.theme import IDENTITIES
from explorer.ui.comparison import Trio
from explorer.ui.numbers import Row
from explorer.ui.outputs import outputs_of


def story_of(trio: Trio, request: Request | None) -> dict[str, Any]:
    """What made these numbers: data, model, seeds, method, exact settings, rule, steps and seconds of unlearning."""
    experiment, outcome, data = trio.experiment, trio.outcome, trio.experiment.data
    story: dict[str, Any] = {
        "dataset": experiment.dataset,
        "model": experiment.model,
        "seed": experiment.seed,
        "forget": experiment.forget,
        "forget_size": len(experiment.forget_set),
        "train_size": len(data.train),
        "test_size": len(data.test),
    }
    if request is not None:
        rule = {f"rule_{name}": value for name, value in request.rule.model_dump().items()}
        story |= {"method": request.method.name, **request.settings.model_dump(), **rule}
        story["noise_seed"] = request.noise_seed
    story |= {"steps": outcome.steps, "seconds": outcome.seconds, "stopped": outcome.stopped}
    if trio.stand_in is not None:
        story |= {"stands_in_for": trio.stand_in.place, "stand_in": trio.stand_in.words}
    return story


def as_csv(story: dict[str, Any], rows: list[Row]) -> str:
    """The story as rows with its values in the column of the unlearned model, then the numbers in full precision."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["part", "name", "unit", *IDENTITIES])
    writer.writerows(["story", name, "", "", "" if value is None else value, ""] for name, value in story.items())
    writer.writerows(["" if value is None else value for value in asdict(row).values()] for row in rows)
    return text.getvalue()


def as_json(trio: Trio, story: dict[str, Any], rows: list[Row]) -> str:
    """The story; by model its M, as the command line prints it, and what it calls the forget samples (true class by
    predicted class); and the numbers.
    """
    forget, classes = outputs_of(trio, "forget"), len(trio.experiment.data.classes)
    models = {
        name: {
            **trio.measures[name].as_dict(),
            "forget_set_called": prediction_matrix(forget.logits[name], forget.labels, classes).tolist(),
        }
        for name in IDENTITIES
    }
    found = {"story": story, **models, "numbers": [asdict(row) for row in rows]}
    return json.dumps(found, indent=2, ensure_ascii=False, allow_nan=False)
