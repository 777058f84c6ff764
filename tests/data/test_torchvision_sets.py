"""The torchvision sets, on small files in the original formats, and the full CIFAR-10 where EXPLORER_DATA has it."""

from __future__ import annotations

import hashlib
import os
import pickle
import struct
from pathlib import Path

import numpy as np
import pytest
import torch
import torchvision.datasets

from explorer.data import ForgetSet, load_dataset, partition
from explorer.data.pixels import Pixels
from explorer.data.torchvision_sets import (
    SUPERCLASS_OF,
    SUPERCLASSES,
    TORCHVISION_SETS,
    data_folder,
    is_available,
    load_torchvision,
)
from explorer.settings import InputError

DRAW = np.random.default_rng(0)
FINE = [f"fine_{number}" for number in range(100)]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))
    return tmp_path


def pickled(path: Path, content: object) -> str:
    path.write_bytes(pickle.dumps(content, protocol=2))
    return hashlib.md5(path.read_bytes()).hexdigest()


@pytest.fixture
def cifar100(folder, monkeypatch):
    """200 + 100 pictures, each fine class twice and once; torchvision is told the checksums of these files."""
    place = folder / "cifar-100-python"
    place.mkdir()
    source = torchvision.datasets.CIFAR100
    stored = {}
    for part, labels in (("train", [*range(100), *range(100)]), ("test", range(100))):
        stored[part] = DRAW.integers(0, 256, (len(labels), 3072), dtype=np.uint8)
        md5 = pickled(place / part, {"data": stored[part], "fine_labels": list(labels)})
        monkeypatch.setattr(source, f"{part}_list", [[part, md5]])
    md5 = pickled(place / "meta", {"fine_label_names": FINE})
    monkeypatch.setattr(source, "meta", {**source.meta, "md5": md5})
    return stored


def idx(path: Path, values: np.ndarray) -> None:
    """As its makers wrote it: a magic number that says bytes and how many axes, their lengths, the bytes."""
    head = struct.pack(f">I{values.ndim}I", 0x0800 + values.ndim, *values.shape)
    path.write_bytes(head + values.astype(np.uint8).tobytes())


@pytest.fixture
def mnist(folder):
    place = folder / "MNIST" / "raw"
    place.mkdir(parents=True)
    stored = {}
    for part, samples in (("train", 30), ("t10k", 20)):
        stored[part] = DRAW.integers(0, 256, (samples, 28, 28), dtype=np.uint8)
        idx(place / f"{part}-images-idx3-ubyte", stored[part])
        idx(place / f"{part}-labels-idx1-ubyte", np.arange(samples) % 10)
    return stored


def test_cifar100_is_read_as_bytes_in_the_right_places(cifar100):
    data = load_dataset("cifar100")
    assert (data.code, data.kind, data.shape) == ("cifar100", "image", (3, 32, 32))
    assert isinstance(data.train.x, Pixels) and len(data.train) == 200 and len(data.test) == 100
    assert data.classes[:2] == ("fine-0", "fine-1") and data.train.y.tolist() == [*range(100), *range(100)]
    pictures = cifar100["train"].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
    assert np.array_equal(data.picture(data.train.x[:5]), pictures[:5])
    assert load_dataset("cifar100") is data


def test_cifar20_has_the_fine_classes_as_sub_classes(cifar100):
    data = load_dataset("cifar20")
    assert data.classes == SUPERCLASSES and len(data.subclasses) == 100
    assert torch.equal(data.train.fine, torch.arange(100).repeat(2))
    assert torch.equal(data.train.y, SUPERCLASS_OF[data.train.fine])
    forget = ForgetSet.parse("subclass:fine-69", data)  # rocket, of vehicles 2
    assert forget.indices.tolist() == [69, 169] and data.classes[data.train.y[69]] == "vehicles-2"
    assert len(partition(data, forget).forget_test) == 1


def test_every_superclass_has_five_classes():
    assert SUPERCLASS_OF.bincount().tolist() == [5] * 20 and len(set(SUPERCLASSES)) == 20


def test_mnist_is_read_from_its_own_format(mnist):
    data = load_dataset("mnist")
    assert (data.shape, len(data.train), len(data.test)) == ((1, 28, 28), 30, 20)
    assert np.array_equal(data.picture(data.test.x), mnist["t10k"])
    assert data.test.y.tolist() == [*range(10)] * 2


def test_a_set_that_is_not_there_is_one_sentence(folder):
    for name in TORCHVISION_SETS:
        assert not is_available(name)
        with pytest.raises(InputError, match=f"(?s){name} is not in .*download --dataset {name}") as said:
            load_dataset(name)
        assert "\n" not in str(said.value)
        assert str(folder) not in str(said.value), "a page shows it to people who have no business with the server's"


@pytest.mark.parametrize("damage", ["cut", "empty", "other", "gone"])
def test_damaged_files_are_one_sentence(cifar100, folder, damage):
    path = folder / "cifar-100-python" / "train"
    if damage == "gone":
        path.unlink()
    else:
        whole = path.read_bytes()
        path.write_bytes({"cut": whole[:1000], "empty": b"", "other": whole[:-9] + b"123456789"}[damage])
    with pytest.raises(InputError, match="incomplete or not the published ones"):
        load_torchvision("cifar100")


def test_a_folder_that_may_not_be_read_is_one_sentence(cifar100, folder, forbid):
    forbid(folder / "cifar-100-python" / "train")
    said_why = r"cifar100 in .* cannot be read \(Permission denied\): .*EXPLORER_DATA"
    with pytest.raises(InputError, match=said_why) as said:
        load_torchvision("cifar100")
    assert str(folder) not in str(said.value)
    forbid(folder)
    assert not is_available("cifar100")
    with pytest.raises(InputError, match="set EXPLORER_DATA"):
        load_torchvision("cifar100")


def test_a_pickle_that_is_not_its_makers_is_never_read(cifar100, folder):
    class Loud:
        def __reduce__(self):
            return (Path(folder / "ran").touch, ())

    (folder / "cifar-100-python" / "train").write_bytes(pickle.dumps(Loud()))
    with pytest.raises(InputError):
        load_torchvision("cifar100")
    assert not (folder / "ran").exists()


def test_a_cut_idx_file_is_one_sentence(mnist, folder):
    path = folder / "MNIST" / "raw" / "train-images-idx3-ubyte"
    path.write_bytes(path.read_bytes()[:500])
    with pytest.raises(InputError, match="incomplete"):
        load_torchvision("mnist")


def test_options_are_refused(folder):
    with pytest.raises(InputError, match="no options"):
        load_dataset("cifar10:n=4")


def test_without_a_folder_of_ones_own_it_lies_beside_the_store(monkeypatch, home):
    monkeypatch.delenv("EXPLORER_DATA", raising=False)
    assert data_folder() == home.resolve() / "data"


@pytest.mark.skipif("EXPLORER_DATA" not in os.environ, reason="EXPLORER_DATA is not set: no full CIFAR-10 to read")
def test_the_real_cifar10():
    if not is_available("cifar10"):
        pytest.skip("EXPLORER_DATA holds no CIFAR-10")
    data = load_dataset("cifar10")
    assert (len(data.train), len(data.test)) == (50_000, 10_000)
    assert data.train.y.bincount().tolist() == [5000] * 10
    assert data.mean.flatten().tolist() == pytest.approx([0.4914, 0.4822, 0.4465], abs=1e-4)  # as everybody quotes it
    assert data.classes[int(data.train.y[0])] == "frog"
