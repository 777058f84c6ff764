"""Codes of data sets: one code, one object; and what each set holds."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from explorer.data import DATASETS, load_dataset
from explorer.data.images import ASSETS, COARSE, GARMENTS
from explorer.data.planes import PLANES
from explorer.data.torchvision_sets import TORCHVISION_SETS
from explorer.settings import InputError

NAMED = f"{', '.join((*DATASETS, *TORCHVISION_SETS))}, and your data sets (own:...)"
COARSE_NAME = {"t-shirt": "tops", "pullover": "tops", "dress": "tops", "coat": "tops", "shirt": "tops"}
COARSE_NAME |= {"trouser": "trousers", "sandal": "shoes", "sneaker": "shoes", "ankle-boot": "shoes", "bag": "bag"}


@pytest.mark.parametrize(
    ("code", "canonical"),
    [
        ("moons:n=400", "moons"),
        ("moons:n=400,noise=.2,seed=0", "moons"),
        ("moons:seed=3,n=100", "moons:n=100,seed=3"),
        (" moons : noise = 2.50e-1 ", "moons:noise=0.25"),
        ("moons: ", "moons"),
        ("blobs:n=200,noise=1", "blobs"),
        ("blobs:n=400", "blobs:n=400"),
        ("digits", "digits"),
        ("digits ", "digits"),
    ],
)
def test_a_code_is_made_canonical_and_names_one_object(code, canonical):
    dataset = load_dataset(code)
    assert dataset.code == canonical
    assert load_dataset(code) is dataset is load_dataset(canonical)


@given(
    name=st.sampled_from(sorted(PLANES)),
    n=st.integers(20, 60),
    noise=st.floats(0, 2, allow_subnormal=False),
    seed=st.integers(0, 2**31 - 1),
)
def test_every_plane_code_round_trips(name, n, noise, seed):
    dataset = load_dataset(f"{name}:seed={seed},noise={noise!r},n={n}")
    assert load_dataset(dataset.code) is dataset
    assert len(dataset.train) + len(dataset.test) == n
    assert dataset.train.x.isfinite().all() and dataset.test.x.isfinite().all()


def test_options_and_names_decide_the_points():
    sets = [load_dataset(code) for code in ("moons", "moons:seed=1", "moons:noise=0.3", "circles", "spirals")]
    inputs = {tuple(dataset.train.x.flatten().tolist()) for dataset in sets}
    assert len(inputs) == len(sets)


@pytest.mark.parametrize("name", ["moons", "circles", "spirals", "blobs", "digits"])
def test_the_split_is_70_to_30_with_the_classes_in_equal_shares(name):
    dataset = load_dataset(name)
    n = len(dataset.train) + len(dataset.test)
    assert 0 <= len(dataset.test) - 0.3 * n < 1
    for label in range(len(dataset.classes)):
        trained, tested = int((dataset.train.y == label).sum()), int((dataset.test.y == label).sum())
        assert abs(tested - 0.3 * (trained + tested)) <= 1


def test_digits_and_garments_have_their_sizes_and_shapes():
    digits, garments = load_dataset("digits"), load_dataset("fashion-mini")
    assert (digits.shape, len(digits.train), len(digits.test), len(digits.classes)) == ((1, 8, 8), 1257, 540, 10)
    assert (garments.shape, len(garments.train), len(garments.test)) == ((1, 28, 28), 6000, 1000)
    assert garments.classes == GARMENTS and garments.subclasses == ()
    assert garments.train.y.bincount().tolist() == [600] * 10 and garments.test.y.bincount().tolist() == [100] * 10


def test_pictures_of_garments_are_those_of_the_file():
    with np.load(ASSETS / "fashion_mnist_mini.npz", allow_pickle=False) as found:
        images = found["test_images"]
    dataset = load_dataset("fashion-mini")
    np.testing.assert_array_equal(dataset.picture(dataset.test.x), images)


def test_coarse_garments_are_the_same_pictures_and_their_fine_labels_say_which():
    coarse, fine = load_dataset("fashion-mini-coarse"), load_dataset("fashion-mini")
    assert coarse.classes == COARSE and coarse.subclasses == GARMENTS
    for part, plain in ((coarse.train, fine.train), (coarse.test, fine.test)):
        assert torch.equal(part.x, plain.x) and torch.equal(part.fine, plain.y)
        names = [coarse.classes[label] for label in part.y.tolist()]
        assert names == [COARSE_NAME[coarse.subclasses[label]] for label in part.fine.tolist()]


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("imagenet", f"There is no data set 'imagenet'; the data sets are {NAMED}."),
        ("", f"There is no data set ''; the data sets are {NAMED}."),
        ("digits:n=3", "The data set digits has no options: write 'digits', not 'digits:n=3'."),
        ("moons:m=3", "There is no setting 'm'; the settings are n, noise, seed."),
        ("moons:n=3", "n must be a whole number from 20 to 4000, not '3'."),
        ("moons:n=1e9", "n must be a whole number from 20 to 4000, not '1e9'."),
        ("moons:noise=nan", "noise must be a number from 0 to 2, not 'nan'."),
        ("moons:seed=-1", "seed must be a whole number from 0 to 2147483647, not '-1'."),
        ("moons:n", "The options in 'moons:n' must have the form moons:n=400,noise=.25,seed=0."),
        ("moons:n=,seed=1", "The options in 'moons:n=,seed=1' must have the form moons:n=400,noise=.25,seed=0."),
        ("moons:n=40,n=50", "An option is given twice in 'moons:n=40,n=50'; write each once."),
    ],
)
def test_a_wrong_code_gives_one_sentence(code, sentence):
    with pytest.raises(InputError) as caught:
        load_dataset(code)
    assert str(caught.value) == sentence
