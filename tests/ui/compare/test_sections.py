"""The sections of Compare on ordinary models, on one that answers NaN, and where a part of the data has no samples."""

from __future__ import annotations

import dataclasses

import pytest
import torch
from streamlit.testing.v1 import AppTest

from explorer.evaluation import ModelOutputs, membership_auc, selectivity
from explorer.ui.compare import entropies, membership, outputs
from explorer.ui.compare.membership import thresholds_of
from explorer.ui.compare.numbers import rows_of
from explorer.ui.compare.outputs import answers_of, outputs_of
from explorer.ui.compare.selectivity import selectivities_of
from explorer.ui.work.cached import partition_of
from tests.ui.compare.conftest import trio

SECTIONS = {
    "entropies": ["entropies forget", "entropies retain", "entropies test"],
    "selectivity": ["selectivity"],
    "classes": ["class gaps", *(f"prediction matrix {name}" for name in ("original", "unlearned", "retrained"))],
    "membership": ["membership"],
    "calibration": ["reliability"],
}


def opened(section, found):
    def script(section, found):
        from explorer.ui.compare.sections import SHOWN

        SHOWN[section](found)

    app = AppTest.from_function(script, default_timeout=60, kwargs={"section": section, "found": found}).run()
    assert not app.exception and not app.error
    return app


def pictures(app):
    return [element.key for element in app.get("bidi_component")]


def words(app):
    return " ".join(element.value for element in [*app.markdown, *app.caption, *app.info, *app.warning])


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize("forget", ["class:0", "near:8@4"])
def test_a_section_shows_its_pictures_and_says_how_many(section, forget):
    found = trio(forget)
    app = opened(section, found)
    assert pictures(app) == SECTIONS[section] and not app.info and not app.warning
    assert "n = " in words(app) or f"{len(found.experiment.forget_set)} forget samples" in words(app)


@pytest.mark.parametrize("section", [*SECTIONS, "numbers"])
def test_outputs_that_are_nan_are_a_sentence(section):
    app = opened(section, trio(broken=True))
    if section == "selectivity":  # a prediction that is NaN is wrong, so the accuracy stands
        assert pictures(app) == ["selectivity"]
        assert app.info[0].value.endswith("an output is not finite: Mean entropy, Membership AUC.")
    if section == "calibration":
        assert pictures(app) == [] and "An output is not a finite number" in app.info[0].value
    if section == "entropies":
        assert "finite" in app.warning[0].value
    if section == "classes":
        assert "prediction matrix unlearned" not in pictures(app)
        assert "The unlearned model has no finite output for the forget set." in words(app)
    if section == "membership":
        assert "| Unlearned | - | - | - | - |" in words(app)


@pytest.mark.parametrize("section", ["selectivity", "classes", "membership", "calibration", "numbers"])
def test_parts_without_samples_are_a_sentence(section, monkeypatch):
    found = trio("near:8@4")
    whole = partition_of(found.experiment)
    nothing = dict.fromkeys(("test", "retain_test", "peers_test"), whole.test[:0])
    monkeypatch.setattr(outputs, "partition_of", lambda experiment: dataclasses.replace(whole, **nothing))
    app = opened(section, found)
    if section in ("membership", "calibration", "classes"):
        assert "no test samples" in words(app).lower() or "no samples" in words(app).lower()
    if section == "selectivity":  # accuracy and entropy need no test samples
        assert pictures(app) == ["selectivity"] and app.info[0].value.endswith("not finite: Membership AUC.")


def test_the_margin_moves_the_sentence():
    app = opened("entropies", trio())
    (slider,) = [slider for slider in app.slider if slider.key == "compare.margin"]
    assert slider.value == 0.1 and "within ±0.10 nats" in words(app)
    assert "within ±0.50 nats" in words(slider.set_value(0.5).run())


@pytest.mark.parametrize(
    ("published", "sentence"), [(0.03, "the threshold of the published attack"), (None, "near 0.10 nats")]
)
def test_the_default_threshold_is_explained(monkeypatch, published, sentence):
    monkeypatch.setattr(membership, "published_threshold", lambda *_: published)
    (slider,) = opened("membership", trio()).select_slider
    assert sentence in slider.help and slider.value == pytest.approx(published or 0.1, rel=0.2)


def test_the_threshold_moves_the_point():
    found = trio()
    app = opened("membership", found)
    least, *_, most = thresholds_of(found)
    app = app.select_slider[0].set_value(most).run()
    assert "| Original | 100.0\N{NO-BREAK SPACE}% | 100.0\N{NO-BREAK SPACE}% |" in words(app)
    app = app.select_slider[0].set_value(least).run()
    assert "| Original | 0.0\N{NO-BREAK SPACE}% | 0.0\N{NO-BREAK SPACE}% |" in words(app)
    auc = membership_auc(*(outputs_of(found, part).entropies("original") for part in ("forget", "peers_test")))
    assert f"| {auc:.2f} |" in words(app)


def test_noise_is_measured_when_asked_for_and_its_sigma_can_be_chosen(monkeypatch):
    started = []
    monkeypatch.setattr(entropies.jobs, "start", lambda key, title, work: started.append((title, work)))
    found = trio()
    app = opened("entropies", found)
    next(button for button in app.button if button.label.startswith("Add noise")).click().run()
    ((_, work),) = started

    class Done:
        state, active = "done", False

        def report(self, done, doing=None):
            assert 0 <= done <= 1

    job = Done()
    job.result = work(job)
    monkeypatch.setattr(entropies.jobs, "job_of", lambda key: job)
    app = opened("entropies", found)
    assert pictures(app)[-1] == "entropy under noise" and "sigma = 1" in words(app)
    assert "sigma = 0.3" in words(app.select_slider[0].set_value(0.3).run())
    rows = rows_of(found, 0.1, 0.1, job.result)
    clean = next(row for row in rows if row.name == "mean entropy at sigma 0")
    assert clean.retrained == pytest.approx(found.measures["retrained"].forget_entropy_mean, rel=1e-4)


def test_selectivity_uses_all_samples_and_says_what_retraining_did():
    found = trio()
    before, after = (answers_of(found, name) for name in ("original", "retrained"))
    assert isinstance(before, ModelOutputs)
    assert selectivities_of(found, "retrained")["entropy"] == selectivity("entropy", before, after)
    change = selectivities_of(found, "unlearned")["accuracy"].forget
    assert change.before == pytest.approx(found.measures["original"].forget_train_accuracy)
    assert change.after == pytest.approx(found.measures["unlearned"].forget_train_accuracy)


def test_the_table_can_be_downloaded():
    app = opened("numbers", trio())
    assert len(app.dataframe) == 1
    assert [button.label for button in app.get("download_button")] == ["CSV", "JSON"]


def test_of_many_samples_some_are_asked_and_of_the_forget_set_all(monkeypatch):
    found = trio()
    partition, network = partition_of(found.experiment), found.networks["original"]
    monkeypatch.setattr(outputs, "MOST", 5)
    retain, forget = outputs_of(found, "retain"), outputs_of(found, "forget")
    assert len(retain) == 5 and len(forget) == len(found.experiment.forget_set)
    with torch.no_grad():
        everything = network(partition.retain.x)
    at = [int((everything - one).abs().sum(1).argmin()) for one in retain.logits["original"]]
    assert at == sorted(set(at)) and partition.retain.y[at].tolist() == retain.labels.tolist()
    torch.testing.assert_close(everything[at], retain.logits["original"])
    right = (forget.logits["original"].argmax(1) == forget.labels).double().mean().item()
    assert forget.correct("original").mean() == right == found.measures["original"].forget_train_accuracy
    assert len(outputs_of(trio("near:8@4"), "forget_test")) == 0
