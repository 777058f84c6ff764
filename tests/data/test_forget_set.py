"""Codes of forget sets: what they choose, how they round-trip, and one sentence for each that chooses nothing sound."""

from __future__ import annotations

import base64
import tracemalloc
import zlib

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from explorer.data import Dataset, ForgetSet, Split, load_dataset
from explorer.data.forget_set import FORMS, LONGEST_LIST
from explorer.settings import InputError

PLANE, DIGITS, COARSE = (load_dataset(code) for code in ("moons:n=60", "digits", "fashion-mini-coarse"))
PLANE_SIZE, DIGITS_SIZE = len(PLANE.train), len(DIGITS.train)


def codes(size):
    """Any code for a split of this size that chooses some samples and leaves some."""
    return st.one_of(
        st.builds("random:{}@{}".format, st.integers(1, size - 1), st.integers(0, 2**63 - 1)),
        st.builds("near:{}@{}".format, st.integers(1, size - 1), st.integers(0, size - 1)),
        st.lists(st.integers(0, size - 1), min_size=1, max_size=size - 1).map(
            lambda chosen: "samples:" + ",".join(map(str, chosen))
        ),
    )


def check(found, dataset):
    """Sorted, each once, within the split, neither nothing nor everything; and the code leads here again."""
    indices = found.indices.tolist()
    assert found.indices.dtype == torch.int64
    assert indices == sorted(set(indices)) and indices[0] >= 0 and indices[-1] < len(dataset.train)
    assert 0 < len(found) == len(indices) < len(dataset.train)
    again = ForgetSet.parse(found.code, dataset)
    assert again.code == found.code and again.indices.tolist() == indices


def parsed(code, dataset):
    """The forget set, or None where it was refused in one line."""
    try:
        return ForgetSet.parse(code, dataset)
    except InputError as error:
        if "\n" in str(error):
            raise
        return None


def sentence(code, dataset):
    with pytest.raises(InputError) as caught:
        ForgetSet.parse(code, dataset)
    found = str(caught.value)
    assert found.endswith(".") and "\n" not in found
    return found


@given(code=codes(PLANE_SIZE))
def test_every_code_of_a_plane_round_trips(code):
    found = ForgetSet.parse(code, PLANE)
    check(found, PLANE)
    assert found.kind == code.partition(":")[0] and found.whole_class is None and found.whole_subclass(PLANE) is None


@given(code=codes(DIGITS_SIZE))
def test_every_code_of_digits_round_trips(code):
    check(ForgetSet.parse(code, DIGITS), DIGITS)


@given(chosen=st.sets(st.integers(0, DIGITS_SIZE - 1), min_size=1, max_size=DIGITS_SIZE - 1), order=st.randoms())
def test_chosen_samples_come_back_in_any_order_listed_or_packed(chosen, order):
    shuffled = list(chosen)
    order.shuffle(shuffled)
    found = ForgetSet.of_samples(shuffled, DIGITS)
    assert found.indices.tolist() == sorted(chosen)
    assert found.code.startswith("samples:~") == (len(chosen) > LONGEST_LIST)
    assert len(found.code) < 300 and set(found.code) < set(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_,:~"
    )
    check(found, DIGITS)


@pytest.mark.parametrize("number", range(10))
def test_a_class_is_all_of_its_samples_and_no_others(number):
    found = ForgetSet.parse(f"class:{number}", DIGITS)
    assert found.indices.tolist() == [i for i, label in enumerate(DIGITS.train.y.tolist()) if label == number]
    assert (found.kind, found.whole_class, found.whole_subclass(DIGITS)) == ("class", number, None)
    check(found, DIGITS)


@pytest.mark.parametrize("name", COARSE.subclasses)
def test_a_subclass_is_all_of_its_samples_and_no_others(name):
    found, number = ForgetSet.parse(f"subclass:{name}", COARSE), COARSE.subclasses.index(name)
    assert found.indices.tolist() == [i for i, label in enumerate(COARSE.train.fine.tolist()) if label == number]
    assert (found.kind, found.whole_class, found.whole_subclass(COARSE)) == ("subclass", None, number)
    assert found.code == f"subclass:{name}"
    check(found, COARSE)


@pytest.mark.parametrize(
    ("code", "canonical", "dataset"),
    [
        ("class:shoes", "class:2", COARSE),
        (" class : Shoes ", "class:2", COARSE),
        ("CLASS:02", "class:2", COARSE),
        ("class:A", "class:0", PLANE),
        ("class:b", "class:1", PLANE),
        ("subclass:7", "subclass:sneaker", COARSE),
        ("subclass: Sneaker", "subclass:sneaker", COARSE),
        ("subclass:Ankle Boot", "subclass:ankle-boot", COARSE),
        ("subclass:T-SHIRT", "subclass:t-shirt", COARSE),
        ("random:010@007", "random:10@7", PLANE),
        ("near: 3 @ 4 ", "near:3@4", PLANE),
        ("samples: 9, 4,4 ,2", "samples:2,4,9", PLANE),
    ],
)
def test_one_forget_set_has_one_code(code, canonical, dataset):
    found = ForgetSet.parse(code, dataset)
    assert found.code == canonical
    check(found, dataset)


def test_a_class_that_is_called_by_another_number_still_round_trips():
    split = Split(torch.zeros(4, 2), torch.tensor([0, 0, 1, 2]))
    own = Dataset("own", "plane", "Own", split, split, ("1", "2", "3"), torch.zeros(2), torch.ones(2))
    for code, indices in (("class:0", [0, 1]), ("class:1", [2]), ("class:3", [3])):
        found = ForgetSet.parse(code, own)
        assert found.indices.tolist() == indices
        check(found, own)


def test_random_samples_come_from_their_seed_alone():
    draws = {code: ForgetSet.parse(code, DIGITS).indices.tolist() for code in ("random:99@1", "random:99@2")}
    assert len(draws["random:99@1"]) == len(draws["random:99@2"]) == 99 and draws["random:99@1"] != draws["random:99@2"]
    before = torch.get_rng_state()
    assert ForgetSet.parse("random:99@1", DIGITS).indices.tolist() == draws["random:99@1"]
    assert torch.equal(torch.get_rng_state(), before)
    often = torch.zeros(PLANE_SIZE)
    for seed in range(400):
        often[ForgetSet.parse(f"random:14@{seed}", PLANE).indices] += 1
    assert often.min() > 80 and often.max() < 200  # 133 each on average


@pytest.mark.parametrize("dataset", [PLANE, DIGITS], ids=["moons", "digits"])
@pytest.mark.parametrize("index", [0, 4, 41])
def test_near_is_a_sample_and_its_nearest_by_a_plain_loop(dataset, index):
    inputs = dataset.train.x.double().flatten(1).numpy()
    distances = [np.linalg.norm(other - inputs[index]) for other in inputs]
    nearest = sorted(range(len(inputs)), key=lambda other: distances[other])
    for count in (1, 2, 12, 40):
        found = ForgetSet.parse(f"near:{count}@{index}", dataset).indices.tolist()
        assert found == sorted(nearest[:count])


def test_near_holds_the_sample_itself_even_beside_twins():
    split = Split(torch.zeros(6, 2), torch.tensor([0, 0, 0, 1, 1, 1]))
    twins = Dataset("twins", "plane", "Twins", split, split, ("A", "B"), torch.zeros(2), torch.ones(2))
    assert ForgetSet.parse("near:1@4", twins).indices.tolist() == [4]
    assert ForgetSet.parse("near:3@4", twins).indices.tolist() == [0, 1, 4]


SMALL = len(PLANE.train)


@pytest.mark.parametrize(
    ("code", "dataset", "expected"),
    [
        ("", PLANE, f"'' is not a forget set; write {FORMS}."),
        ("junk", PLANE, f"'junk' is not a forget set; write {FORMS}."),
        ("classes:3", PLANE, f"'classes:3' is not a forget set; write {FORMS}."),
        ("class:", PLANE, "moons:n=60 has no class ''; write a number below 2 or A, B."),
        ("class:2", PLANE, "moons:n=60 has no class '2'; write a number below 2 or A, B."),
        ("class:-1", PLANE, "moons:n=60 has no class '-1'; write a number below 2 or A, B."),
        ("class:²", PLANE, "moons:n=60 has no class '²'; write a number below 2 or A, B."),
        ("class:nan", PLANE, "moons:n=60 has no class 'nan'; write a number below 2 or A, B."),
        ("subclass:sneaker", PLANE, "moons:n=60 has no sub-classes; fashion-mini-coarse and cifar20 have."),
        ("random:5", PLANE, "'5' must be two whole numbers joined by @; write random:100@7 (count@seed)."),
        ("random:@", PLANE, "'@' must be two whole numbers joined by @; write random:100@7 (count@seed)."),
        ("random:1.5@2", PLANE, "'1.5@2' must be two whole numbers joined by @; write random:100@7 (count@seed)."),
        ("random:0@1", PLANE, f"0 samples cannot be forgotten here; write 1 to {SMALL - 1}."),
        (f"random:{SMALL}@1", PLANE, f"{SMALL} samples cannot be forgotten here; write 1 to {SMALL - 1}."),
        (f"random:5@{2**63}", PLANE, f"The seed of random:5@{2**63} is too large; it must stay below 2^63."),
        ("near:5@x", PLANE, "'5@x' must be two whole numbers joined by @; write near:12@4 (count@sample)."),
        (f"near:{SMALL}@0", PLANE, f"{SMALL} samples cannot be forgotten here; write 1 to {SMALL - 1}."),
        (f"near:3@{SMALL}", PLANE, f"moons:n=60 has no training sample {SMALL}; they are numbered 0 to {SMALL - 1}."),
        ("samples:", PLANE, f"'samples:' forgets nothing; a forget set has 1 to {SMALL - 1} samples."),
        ("samples:1,,2", PLANE, "'1,,2' is not a list of sample numbers; write samples:4,17,90."),
        ("samples:1\n2", PLANE, "'1\\n2' is not a list of sample numbers; write samples:4,17,90."),
        ("samples:-1", PLANE, "'-1' is not a list of sample numbers; write samples:4,17,90."),
        ("samples:1e3", PLANE, "'1e3' is not a list of sample numbers; write samples:4,17,90."),
        (f"samples:{SMALL}", PLANE, f"moons:n=60 has no training sample {SMALL}; they are numbered 0 to {SMALL - 1}."),
        (f"samples:0,{10**30}", PLANE, f"'0,{10**30}' is not a list of sample numbers; write samples:4,17,90."),
    ],
)
def test_a_code_that_chooses_nothing_sound_gives_one_sentence(code, dataset, expected):
    assert sentence(code, dataset) == expected


def test_everything_and_an_unknown_subclass_are_refused():
    everything = "samples:" + ",".join(map(str, range(SMALL)))
    assert sentence(everything, PLANE).endswith(
        f"forgets every training sample; a forget set has 1 to {SMALL - 1} samples."
    )
    split = Split(torch.zeros(3, 2), torch.zeros(3, dtype=torch.int64))
    alike = Dataset("alike", "plane", "Alike", split, split, ("A", "B"), torch.zeros(2), torch.ones(2))
    assert sentence("class:0", alike) == "'class:0' forgets every training sample; a forget set has 1 to 2 samples."
    assert sentence("class:1", alike) == "'class:1' forgets nothing; a forget set has 1 to 2 samples."
    names = ", ".join(COARSE.subclasses)
    for wrong in ("boot", "10", ""):
        assert sentence(f"subclass:{wrong}", COARSE) == (
            f"fashion-mini-coarse has no sub-class {wrong!r}; its sub-classes are {names}."
        )


@given(text=st.text())
def test_no_text_does_more_than_name_a_forget_set_or_raise_the_error(text):
    for code in (text, *(f"{kind}:{text}" for kind in ForgetSet.kinds)):
        if found := parsed(code, PLANE):
            check(found, PLANE)


CHOSEN = ForgetSet.parse("random:400@0", DIGITS).indices.tolist()
PACKED = ForgetSet.of_samples(CHOSEN, DIGITS).code


@given(data=st.data())
def test_a_damaged_packed_list_is_refused_or_still_the_same(data):
    start = len("samples:~")
    where = data.draw(st.integers(start, len(PACKED) - 1))
    damage = data.draw(
        st.one_of(
            st.just(PACKED[:where]),
            st.characters().map(lambda letter: PACKED[:where] + letter + PACKED[where + 1 :]),
            st.characters().map(lambda letter: PACKED[:where] + letter + PACKED[where:]),
            st.text(min_size=1).map(lambda more: PACKED + more),
        )
    )
    if found := parsed(damage, DIGITS):
        assert found.indices.tolist() == CHOSEN and found.code == PACKED


def packed(content):
    return "samples:~" + base64.urlsafe_b64encode(content).decode().rstrip("=")


def test_damage_says_what_to_do():
    expected = "The packed list of samples in this code is damaged or belongs to another data set; copy the whole code."
    whole = zlib.compress(np.packbits(np.isin(np.arange(DIGITS_SIZE), CHOSEN)).tobytes(), 9)
    assert ForgetSet.parse(packed(whole), DIGITS).code == PACKED
    for damaged in (b"", b"junk", whole[:-1], whole[:20], whole + b"x", whole + whole):
        assert sentence(packed(damaged), DIGITS) == expected
    assert sentence("samples:~", DIGITS) == expected
    assert sentence("samples:~ü", DIGITS) == expected


def test_a_packed_list_of_a_larger_set_is_refused_and_an_empty_one_forgets_nothing():
    last = np.zeros(DIGITS_SIZE + 1, dtype=bool)
    last[-1] = True
    refused = sentence(packed(zlib.compress(np.packbits(last).tobytes())), DIGITS)
    assert refused == f"digits has no training sample {DIGITS_SIZE}; they are numbered 0 to {DIGITS_SIZE - 1}."
    assert "forgets nothing" in sentence(packed(zlib.compress(b"\0" * 9)), DIGITS)
    full = zlib.compress(np.packbits(np.ones(DIGITS_SIZE, dtype=bool)).tobytes())
    assert "forgets every training sample" in sentence(packed(full), DIGITS)


@pytest.mark.parametrize("content", [b"\xff", b"\0"])
def test_a_bomb_is_not_inflated(content):
    bomb = packed(zlib.compress(content * 1_000_000, 9))
    assert len(bomb) < 2_000
    tracemalloc.start()
    try:
        assert "damaged" in sentence(bomb, DIGITS)
        assert tracemalloc.get_traced_memory()[1] < 200_000
    finally:
        tracemalloc.stop()
