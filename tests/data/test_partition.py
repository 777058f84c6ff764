"""D_f and D_r make up the training split; the test set is divided as the scenario asks."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from explorer.data import ForgetSet, load_dataset, partition

MOONS, DIGITS, COARSE = (load_dataset(code) for code in ("moons:n=60", "digits", "fashion-mini-coarse"))


def rows(split):
    """The samples as something that can be counted."""
    fine = split.y if split.fine is None else split.fine
    inputs = [x.numpy().tobytes() for x in split.x]
    return sorted(zip(inputs, split.y.tolist(), fine.tolist(), strict=True))


def same(split, other):
    fine = (split.fine is None and other.fine is None) or torch.equal(split.fine, other.fine)
    return torch.equal(split.x, other.x) and torch.equal(split.y, other.y) and fine


@given(chosen=st.sets(st.integers(0, len(MOONS.train) - 1), min_size=1, max_size=len(MOONS.train) - 1))
def test_forget_and_retain_make_up_the_training_split(chosen):
    parts = partition(MOONS, ForgetSet.of_samples(chosen, MOONS))
    kept = [index for index in range(len(MOONS.train)) if index not in chosen]
    assert same(parts.forget, MOONS.train[torch.tensor(sorted(chosen))])
    assert same(parts.retain, MOONS.train[torch.tensor(kept)])


@pytest.mark.parametrize(
    ("dataset", "code"),
    [(DIGITS, "class:3"), (COARSE, "class:shoes"), (COARSE, "subclass:sneaker"), (DIGITS, "random:100@7")],
)
def test_nothing_is_lost_and_nothing_counted_twice(dataset, code):
    parts = partition(dataset, ForgetSet.parse(code, dataset))
    assert rows(parts.forget) + rows(parts.retain) != rows(dataset.train)
    assert sorted(rows(parts.forget) + rows(parts.retain)) == rows(dataset.train)
    assert parts.test is dataset.test
    if parts.forget_test is not None:
        assert sorted(rows(parts.forget_test) + rows(parts.retain_test)) == rows(dataset.test)


def test_a_class_takes_its_test_samples_with_it():
    parts = partition(DIGITS, ForgetSet.parse("class:3", DIGITS))
    assert set(parts.forget.y.tolist()) == {3} and 3 not in parts.retain.y
    assert same(parts.forget_test, DIGITS.test[DIGITS.test.y == 3])
    assert same(parts.retain_test, DIGITS.test[DIGITS.test.y != 3])
    assert same(parts.peers_test, parts.forget_test)


def test_a_subclass_takes_its_own_test_samples_and_leaves_the_rest_of_its_class():
    parts = partition(COARSE, ForgetSet.parse("subclass:sneaker", COARSE))
    sneaker, shoes = COARSE.subclasses.index("sneaker"), COARSE.classes.index("shoes")
    assert set(parts.forget.fine.tolist()) == {sneaker} and set(parts.forget.y.tolist()) == {shoes}
    assert shoes in parts.retain.y and sneaker not in parts.retain.fine
    assert same(parts.forget_test, COARSE.test[COARSE.test.fine == sneaker])
    assert same(parts.retain_test, COARSE.test[COARSE.test.fine != sneaker]) and shoes in parts.retain_test.y
    assert same(parts.peers_test, parts.forget_test)


@pytest.mark.parametrize("code", ["random:5@7", "near:12@4", "samples:4,17,90"])
def test_samples_leave_the_test_set_whole_and_have_peers_of_their_classes(code):
    forget = ForgetSet.parse(code, DIGITS)
    parts = partition(DIGITS, forget)
    labels = {int(DIGITS.train.y[index]) for index in forget.indices}
    assert 0 < len(labels) < 10
    assert parts.forget_test is None and parts.retain_test is DIGITS.test
    of_these = torch.tensor([label in labels for label in DIGITS.test.y.tolist()])
    assert same(parts.peers_test, DIGITS.test[of_these])


def test_every_sample_of_a_class_but_by_number_is_not_that_class():
    members = torch.nonzero(DIGITS.train.y == 3).flatten().tolist()
    parts = partition(DIGITS, ForgetSet.of_samples(members, DIGITS))
    assert parts.forget_test is None and parts.retain_test is DIGITS.test
    assert same(parts.peers_test, DIGITS.test[DIGITS.test.y == 3])
