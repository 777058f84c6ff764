"""A training that was left goes on where it stood, with the numbers of one that was never left."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from explorer.data import Split, load_dataset
from explorer.data.pixels import standard_pixels
from explorer.experiments import Experiment, checkpoints
from explorer.models import FitSettings, Training, build_network
from explorer.store import Store, StoreError

KEY = {"what": "network", "of": "this test"}
SETTINGS = {
    "adam": FitSettings(epochs=5, batch_size=16),
    "adam-warm": FitSettings(epochs=5, batch_size=16, warm_up=0.3),
    "sgd": FitSettings(epochs=5, batch_size=16, rate=0.1, optimiser="sgd", warm_up=0.3, augment="shifts-and-flips"),
}


class LeftError(Exception):
    pass


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path)


@pytest.fixture(autouse=True)
def each_epoch(monkeypatch):
    monkeypatch.setattr(checkpoints, "INTERVAL", 0.0)


def colours():
    draw = torch.Generator().manual_seed(0)
    pictures = torch.randint(256, (40, 3, 8, 8), dtype=torch.uint8, generator=draw)
    return Split(standard_pixels(pictures, pictures)[0], torch.arange(40) % 10)


def training(settings, name="vgg-small", split=None):
    data = load_dataset("digits")
    network = build_network(name, data, seed=3)
    return Training(network, split or data.train[:40], settings, torch.Generator().manual_seed(7))


def weights(found):
    return torch.cat([tensor.flatten().double() for tensor in found.network.state_dict().values()])


def leave_after(epochs):
    def progress(epoch):
        if epoch.index == epochs:
            raise LeftError

    return progress


@pytest.mark.parametrize("how", SETTINGS)
@pytest.mark.parametrize("name", ["vgg-small", "resnet-small"])  # dropout's masks, batch norm's statistics
def test_it_ends_with_the_same_bits(store, how, name):
    whole = training(SETTINGS[how], name)
    last = list(whole.epochs())[-1]
    for epochs in (1, 3):
        with pytest.raises(LeftError):
            checkpoints.finish(training(SETTINGS[how], name), store, KEY, leave_after(epochs))
    again, seen = training(SETTINGS[how], name), []
    assert checkpoints.finish(again, store, KEY, lambda epoch: seen.append(epoch.index)) == last
    assert seen == [4, 5]
    assert torch.equal(weights(again), weights(whole))


def test_colour_pictures_too(store, monkeypatch):
    class Colour:
        shape, classes, kind, code = (3, 8, 8), ("a",) * 10, "image", "colours"

    def begun():
        network = build_network("resnet-small", Colour(), seed=1)
        return Training(network, colours(), SETTINGS["adam"], torch.Generator().manual_seed(0))

    whole = begun()
    list(whole.epochs())
    with pytest.raises(LeftError):
        checkpoints.finish(begun(), store, KEY, leave_after(2))
    again = begun()
    checkpoints.finish(again, store, KEY)
    assert torch.equal(weights(again), weights(whole))
    assert all(parameter.is_contiguous() for parameter in again.network.parameters())


def test_a_stop_within_an_epoch_loses_that_epoch_alone(store):
    heard = []

    def stop(share):
        heard.append(share)
        if share > 0.5:
            raise LeftError

    with pytest.raises(LeftError):
        checkpoints.finish(training(SETTINGS["adam"]), store, KEY, pulse=stop)
    assert heard == sorted(heard) and heard[0] == 0
    resumed = []
    checkpoints.finish(training(SETTINGS["adam"]), store, KEY, pulse=resumed.append)
    assert resumed[0] == pytest.approx(2 / 5) and resumed[-1] < 1


def test_a_discarded_one_is_gone(store):
    checkpoints.finish(training(SETTINGS["adam"]), store, KEY)
    assert checkpoints.has_checkpoint(store, KEY)
    for _ in range(2):
        checkpoints.discard(store, KEY)
        assert list(store.home.glob("*.safetensors")) == []


def test_a_network_that_cannot_be_written_loses_no_more_than_an_epoch(home, monkeypatch):
    experiment, write, seen = Experiment("digits", "mlp", 6), Store._write, []

    def refuse(store, key, tensors, notes):
        if key["what"] == "network":
            raise StoreError("The disk is full.")
        return write(store, key, tensors, notes)

    with monkeypatch.context() as full:
        full.setattr(Store, "_write", refuse)
        with pytest.raises(StoreError):
            experiment.train("original")
    assert experiment.has_checkpoint("original")
    experiment.train("original", lambda epoch: seen.append(epoch.index))
    assert seen == [experiment.schedule.epochs]
    assert not experiment.has_checkpoint("original") and experiment.stored("original")


def test_a_damaged_checkpoint_means_beginning_anew(store):
    with pytest.raises(LeftError):
        checkpoints.finish(training(SETTINGS["adam"]), store, KEY, leave_after(3))
    path = next(store.home.glob("*.safetensors"))
    path.write_bytes(path.read_bytes()[:-5])
    seen = []
    checkpoints.finish(training(SETTINGS["adam"]), store, KEY, lambda epoch: seen.append(epoch.index))
    assert seen == [1, 2, 3, 4, 5]


KILLED = """
import os, signal, sys
from explorer.experiments import Experiment, checkpoints
checkpoints.INTERVAL = 0.0
def die(epoch):
    if epoch.index == 4:
        os.kill(os.getpid(), signal.SIGKILL)
Experiment("digits", "mlp", 5).train("original", die)
"""


def test_one_that_was_killed_goes_on(home):
    root = Path(__file__).parents[2]
    ended = subprocess.run([sys.executable, "-c", KILLED], cwd=root, check=False)
    assert ended.returncode == -signal.SIGKILL
    seen = []
    Experiment("digits", "mlp", 5).train("original", lambda epoch: seen.append(epoch.index))
    assert seen[0] == 5
