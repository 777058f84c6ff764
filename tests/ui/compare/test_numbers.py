"""All numbers of a comparison, and what made each model, as rows and as files."""

from __future__ import annotations

import csv
import dataclasses
import io
import json

from explorer.experiments import EarlierRun, Outcome
from explorer.ui.compare.calibration import calibrations_of
from explorer.ui.compare.files import as_csv, as_json, experiment_fields, made_by, provenance_rows
from explorer.ui.compare.numbers import rows_of
from explorer.ui.compare.trio import StandIn
from tests.ui.compare.conftest import request_of, trio


def test_the_one_table_has_everything_and_what_made_it():
    found = trio()
    rows, experiment = rows_of(found, 0.2, 0.05, None), experiment_fields(found)
    parts = list(dict.fromkeys(row.part for row in rows))
    assert parts == [
        "measures", "D_f entropies against retrained", "selectivity, from original", "test accuracy by class",
        "membership attack", "expected calibration error",
    ]  # fmt: skip
    assert experiment["seed"] == 0 and experiment["forget"] == "class:0"
    read = list(csv.DictReader(io.StringIO(as_csv(found, rows))))
    assert len(read) == len(provenance_rows(found)) + len(rows)
    error = next(row for row in read if row["part"] == "expected calibration error")
    assert float(error["unlearned"]) == calibrations_of(found, "test")["unlearned"].error
    told = json.loads(as_json(found, rows))
    assert told["experiment"]["forget"] == "class:0" and len(told["numbers"]) == len(rows)
    assert told["original"]["forget_entropy_mean"] == found.measures["original"].forget_entropy_mean
    assert sum(map(sum, told["unlearned"]["forget_set_predictions"])) == len(found.experiment.forget_set)


def test_every_column_says_what_made_its_model():
    found = trio("near:8@4")
    made = made_by(found)
    assert made["unlearned"] | found.request.settings.model_dump() == made["unlearned"]
    assert (made["unlearned"]["noise_seed"], made["unlearned"]["rule_accuracy"]) == (3, 0.2)
    assert [made["unlearned"][name] for name in ("steps", "seconds", "stopped")] == [7, 1.25, "target"]
    sizes = {"original": len(found.experiment.data.train), "retrained": len(found.experiment.data.train) - 8}
    for name, samples in sizes.items():
        assert made[name]["method"] == "training" and made[name]["samples"] == samples
        assert made[name]["steps"] == made[name]["epochs"] * -(-samples // made[name]["batch_size"])


def test_an_earlier_run_in_the_place_of_a_model_says_all_its_settings():
    found = trio()
    earlier = EarlierRun(request_of(found.experiment, 5, sigma=0.3), 9, 0.5, None, 0.0)
    stand_in = StandIn("retrained", Outcome(found.networks["retrained"], 9, 0.5, None), earlier)
    found = dataclasses.replace(found, stand_in=stand_in)
    rows = {row["name"]: row for row in csv.DictReader(io.StringIO(as_csv(found, []))) if row["part"] == "experiment"}
    assert (rows["sigma"]["original"], rows["sigma"]["retrained"]) == ("", "0.3")
    assert float(rows["sigma"]["unlearned"]) == found.request.settings.sigma
    assert (rows["noise_seed"]["unlearned"], rows["noise_seed"]["retrained"]) == ("3", "5")
    assert (rows["steps"]["retrained"], rows["earlier_run"]["retrained"]) == ("9", earlier.code)
    assert rows["rule_accuracy"]["retrained"] and rows["dataset"]["original"] == rows["dataset"]["retrained"]
    told = json.loads(as_json(found, []))
    assert told["retrained"]["made_by"]["sigma"] == 0.3 and told["original"]["made_by"]["method"] == "training"


def test_a_broken_model_leaves_gaps_in_the_table_not_nan():
    found = trio(broken=True)
    rows = rows_of(found, 0.1, None, None)
    assert "NaN" not in as_json(found, rows)
    wasserstein = next(row for row in rows if row.name == "Wasserstein distance")
    assert wasserstein.unlearned is None and wasserstein.original is not None
