"""A Split keeps its samples together; a Dataset's inputs are standardised and become pictures again."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits

from explorer.data import DATASETS, Split, load_dataset
from explorer.data.dataset import Dataset, standardise


def normal(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("chosen", [torch.tensor([4, 0]), slice(1, 3), torch.tensor([True, False, False, True, False])])
@pytest.mark.parametrize("fine", [None, torch.arange(5) * 10])
def test_a_choice_of_samples_keeps_inputs_and_labels_together(chosen, fine):
    split = Split(torch.arange(5.0)[:, None], torch.arange(5), fine)
    part = split[chosen]
    assert isinstance(part, Split) and len(part) == 2 and len(split) == 5
    assert torch.equal(part.x[:, 0].long(), part.y)
    assert part.fine is None if fine is None else torch.equal(part.fine, 10 * part.y)


@pytest.mark.parametrize("shape", [(2,), (3, 4, 5)])
def test_standardise_equals_a_loop_over_the_channels(shape):
    train, test = 5 + 3 * normal(50, *shape), normal(20, *shape, seed=1)
    found_train, found_test, mean, deviation = standardise(train, test)
    for channel in range(shape[0]):
        values = train[:, channel].double()
        middle, spread = values.mean(), values.std()
        torch.testing.assert_close(found_train[:, channel].double(), (values - middle) / spread, rtol=1e-4, atol=1e-5)
        torch.testing.assert_close(
            found_test[:, channel].double(), (test[:, channel].double() - middle) / spread, rtol=1e-4, atol=1e-5
        )
    assert mean.shape == deviation.shape == (shape[0], *[1] * (len(shape) - 1))


@pytest.mark.parametrize("name", DATASETS)
def test_every_set_is_what_a_model_and_a_page_expect(name):
    dataset = load_dataset(name)
    assert dataset.code == name and dataset.title and dataset.kind == ("plane" if dataset.shape == (2,) else "image")
    axes = [0, *range(2, dataset.train.x.ndim)]
    assert dataset.train.x.mean(axes).abs().max() < 1e-4
    assert (dataset.train.x.std(axes) - 1).abs().max() < 1e-4
    for split in (dataset.train, dataset.test):
        assert split.x.dtype == torch.float32 and split.y.dtype == torch.int64
        assert len(split.x) == len(split.y) == len(split)
        assert tuple(split.x.shape[1:]) == dataset.shape and split.x.isfinite().all()
        assert split.y.unique().tolist() == list(range(len(dataset.classes)))
        assert (split.fine is None) == (not dataset.subclasses)
    assert len(set(dataset.classes)) == len(dataset.classes)


def test_pictures_of_digits_are_what_scikit_learn_shipped():
    dataset, shipped = load_dataset("digits"), load_digits().images
    pictures = dataset.picture(torch.cat([dataset.train.x, dataset.test.x]))
    assert pictures.dtype == np.uint8 and pictures.shape == (1797, 8, 8)
    expected = np.rint(shipped / 16 * 255).astype(np.uint8).reshape(-1, 64)
    assert sorted(pictures.reshape(-1, 64).tolist()) == sorted(expected.tolist())


def test_pictures_of_colour_keep_their_channels_and_are_clamped():
    raw = torch.rand(4, 3, 5, 6, generator=torch.Generator().manual_seed(0))
    x, _, mean, deviation = standardise(raw, raw)
    split = Split(x, torch.zeros(4, dtype=torch.int64))
    dataset = Dataset("own", "image", "Own", split, split, ("a",), mean, deviation)
    torch.testing.assert_close(dataset.original(x), raw)
    pictures = dataset.picture(x)
    assert pictures.dtype == np.uint8 and pictures.shape == (4, 5, 6, 3)
    assert np.abs(pictures.astype(int) - raw.movedim(1, -1).numpy() * 255).max() <= 0.5 + 1e-3
    assert np.unique(dataset.picture(x - 1000)).tolist() == [0]
    assert np.unique(dataset.picture(x + 1000)).tolist() == [255]


def test_coordinates_of_a_plane_are_those_that_were_made():
    dataset = load_dataset("blobs:n=2000,noise=.1")
    points = dataset.original(dataset.train.x)
    for label, centre in enumerate([(-2.0, -1.7), (2.2, 2.2)]):
        torch.testing.assert_close(points[dataset.train.y == label].mean(0), torch.tensor(centre), rtol=0, atol=0.02)
