"""Changes against plain differences, their errors against a bootstrap, and the verdict whichever way they point."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from explorer.evaluation import ModelOutputs, membership_auc, selectivity, verdict
from explorer.evaluation.selectivity import MEASURES, Change, Selectivity


def answers(seed=0, forget=40, retain=300, scale=0.3, right=1.0):
    draw = np.random.default_rng(seed)

    def some(n):
        return draw.exponential(scale, n)

    def hits(n):
        return (draw.random(n) < right).astype(float)

    return ModelOutputs(hits(forget), hits(retain), some(forget), some(retain), some(60), some(90))


BEFORE, AFTER = answers(0), answers(1, scale=0.8, right=0.7)


def test_it_is_the_difference_of_two_differences():
    found = selectivity("entropy", BEFORE, AFTER)
    forget, retain = AFTER.forget.mean() - BEFORE.forget.mean(), AFTER.retain.mean() - BEFORE.retain.mean()
    assert found.forget.difference == pytest.approx(forget) and found.retain.difference == pytest.approx(retain)
    assert found.value == pytest.approx(forget - retain)
    assert (found.forget.n, found.retain.n) == (40, 300)
    found = selectivity("accuracy", BEFORE, AFTER)
    assert found.forget.before == 1 and found.forget.after == AFTER.forget_correct.mean()


def test_the_attack_is_the_area_that_is_measured_elsewhere():
    found = selectivity("attack", BEFORE, AFTER)
    for change, part, peers in ((found.forget, "forget", "forget_peers"), (found.retain, "retain", "retain_peers")):
        for value, given in ((change.before, BEFORE), (change.after, AFTER)):
            assert value == pytest.approx(membership_auc(getattr(given, part), getattr(given, peers)))


def test_ties_count_half():
    same = ModelOutputs(*(np.array([0.5, 0.5, 0.1]) for _ in range(6)))
    assert selectivity("attack", same, same).forget.before == pytest.approx(0.5)


@pytest.mark.parametrize("measure", MEASURES)
def test_errors_are_those_of_a_bootstrap_over_samples(measure):
    draw, values = np.random.default_rng(3), []
    for _ in range(300):
        chosen = {name: draw.integers(0, len(kept), len(kept)) for name, kept in vars(BEFORE).items()}
        for name in ("forget", "retain"):
            chosen[f"{name}_correct"] = chosen[name]
        one, other = (
            ModelOutputs(**{name: values[chosen[name]] for name, values in vars(of).items()}) for of in (BEFORE, AFTER)
        )
        values.append(selectivity(measure, one, other).value)
    found = selectivity(measure, BEFORE, AFTER)
    low, high = found.interval
    assert (high - low) / (2 * 1.96) == pytest.approx(np.std(values), rel=0.25)
    assert low < found.value < high


@pytest.mark.parametrize("wrong", [np.empty(0), np.array([0.1, np.nan])])
def test_no_samples_and_nan_are_nothing(wrong):
    for name, measure in (("forget", "entropy"), ("retain_peers", "attack"), ("forget_correct", "accuracy")):
        odd = dataclasses.replace(BEFORE, **{name: wrong})
        assert selectivity(measure, odd, odd) is None
    assert "cannot be measured" in verdict(dict.fromkeys(MEASURES))


def test_one_sample_has_no_interval():
    one = answers(forget=1)
    found = selectivity("entropy", one, answers(1, forget=1))
    assert found.interval is None and not found.significant


def changed(measure, forget, retain, error=0.001):
    return Selectivity(measure, Change(0.5, 0.5 + forget, error, 50), Change(0.5, 0.5 + retain, error, 500))


@pytest.mark.parametrize(
    ("accuracy", "entropy", "says"),
    [
        ((-0.9, -0.01), (0.4, 0.02), "Selective: accuracy changed mainly on the forget set."),
        ((-0.3, -0.2), (0.4, 0.3), "Partly selective: accuracy changed on both sets, but more on the forget set."),
        ((-0.2, -0.2), (0.4, 0.02), "Not selective: accuracy is not shown to have changed more on the forget than on"),
        ((-0.1, -0.3), (0.4, 0.4), "Not selective: accuracy changed more on the retained set than on the forget set."),
        ((0.0, 0.0), (0.4, 0.02), "Selective: entropy changed mainly on the forget set."),
        ((0.0, 0.0), (0.01, 0.01), "Hardly any change: neither accuracy nor entropy"),
    ],
)
def test_the_verdict_asks_both_parts(accuracy, entropy, says):
    found = {"accuracy": changed("accuracy", *accuracy), "entropy": changed("entropy", *entropy), "attack": None}
    assert verdict(found).startswith(says)


def test_not_told_apart_is_alike_only_where_the_retained_moved_too():
    both = changed("accuracy", -0.3, -0.2, error=0.2)
    assert verdict({"accuracy": both, "entropy": None}).startswith("Not selective: accuracy is not shown")
    few = changed("accuracy", -0.3, 0.0, error=0.2)
    assert verdict({"accuracy": few, "entropy": None}).startswith("Too few samples: accuracy is not shown")
    told = {"accuracy": few, "entropy": changed("entropy", 0.4, 0.02)}
    assert verdict(told) == "Selective: entropy changed mainly on the forget set."
