"""Addresses in the store stay those of earlier versions, so that what these stored is still read."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from explorer.evaluation import PlaneGrid
from explorer.experiments import Experiment, Request, checkpoints
from explorer.experiments.derived.derived import Derived
from explorer.experiments.derived.gradients import GRADIENTS
from explorer.experiments.derived.measures import LOGITS, MEASURES, RUN_MEASURES
from explorer.experiments.derived.neighbours import NEIGHBOURS
from explorer.experiments.derived.points import POSITIONS
from explorer.experiments.derived.removal import LEAVE_ONE_OUT
from explorer.experiments.derived.slices import SLICES
from explorer.experiments.runs import trajectory_store
from explorer.store import Artefact, address
from explorer.unlearning import METHODS, Rule
from tests.experiments.conftest import never

DIGITS = ("digits", "mlp", 1, "class:3")
# Computed by the code of revision e37de6a.
ADDRESSES = {
    "original": "d76c5c4fdf7d6f9379c53523223bed9325310d828ad06423553921dd38d9d5f2",
    "retrained": "9dc82da43a65273cf875b0708b6c82421e2aa9fc45f395424e62268dbfe591bd",
    "checkpoint": "5a921f013ccb8e8705114a837e77081a922743a9d3e81ab7ec8169a20b9d52cf",
    "run": "90927ec91f7393bbc88764b6381ad6169d2038e9454d5ea5216f47b56223db7b",
    "trajectory": "58ee254f909f023e2a7810fec522477095e3d9683306d36fe32fdac76807f97e",
    "measures": "b248809e7643971297c8076d6492aaa468c8cb78c57ca3e6bbcb20cec96c35f1",
    "run measures": "a34705055e9d5b5d6c5f9ec73f7a095791cfbfa48cf85560092d6fa5e513cd60",
    "forget logits": "54762b79f8b07618a202d929a122544cae3f2eec18e25179f1a18a1a40b14258",
    "test logits": "acf1f4a3c305c7f7a4d6d767cb6c30ae839ebf2347c14c96b28832c529360804",
    "gradients": "daa9a802d186689e98e6db4f1789ba8a020af6005f3f1e0d5225b1fd8d3ce389",
    "neighbours": "0c8da6f54787a47a3f969e342afb9f27c2f57caad5678e7114c09a1fdd52c8c0",
    "positions": "037a77e3968e97b6867fb3b4972165f4fdf627d759b34fdeb54ddc780f27bcc1",
    "leave-one-out": "1dc8c14b12c43c282871cfea86b1f9d41bbd030bb762ce03ab07761b951d4e98",
    "slice": "a5a5e0bb112984fa7b29a99cb5100a866cb3d680e79460c6c5eaa5eb14cdc58a",
}


def test_no_address_has_changed():
    digits, plane = Experiment(*DIGITS), Experiment("moons:n=40", "mlp", 1, "near:3@4")
    jit = METHODS["jit"]
    settings = jit.configure(digits.data.shape, "default", {"passes": 3})
    request = Request(digits, jit, settings, Rule(target="none", guard=0), noise_seed=7)
    lines = np.array([0, 0.5, 1], dtype=np.float32), np.array([-1, 0.25], dtype=np.float32)
    grid = PlaneGrid(*lines, torch.empty(6, *digits.data.shape))
    keys = {
        "original": digits.key("original"),
        "retrained": digits.key("retrained"),
        "checkpoint": checkpoints._key(digits.key("original")),
        "run": request.key(),
        "trajectory": trajectory_store._key(request),
        "measures": MEASURES.key(digits, "retrained"),
        "run measures": RUN_MEASURES.key(digits, request),
        "forget logits": LOGITS.key(digits, "original", "forget"),
        "test logits": LOGITS.key(digits, "retrained", "test"),
        "gradients": GRADIENTS.key(digits),
        "neighbours": NEIGHBOURS.key(digits, "features"),
        "positions": POSITIONS.key(digits, "features"),
        "leave-one-out": LEAVE_ONE_OUT.key(plane),
        "slice": SLICES.key(digits, digits.key("original"), (4, 17, 90), grid),
    }
    assert {kind: address(key) for kind, key in keys.items()} == ADDRESSES


ONES = torch.ones(3)
# Tensors of earlier versions, and those fields of the value that they become.
STORED = {
    "gradients": (GRADIENTS, (), {"probabilities": ONES, "logits": 2 * ONES, "loss": 3 * ONES}),
    "neighbours": (NEIGHBOURS, ("inputs",), {"radii": ONES, "alike": 2 * ONES, "counts": 3 * ONES}),
    "leave-one-out": (LEAVE_ONE_OUT, (), {"information": ONES, "moved": 2 * ONES}),
}


@pytest.mark.parametrize("kind", STORED)
def test_what_an_earlier_version_stored_is_read(story, kind):
    derived, options, tensors = STORED[kind]
    story.store.put(derived.key(story, *options), tensors, {})
    value = derived.get(story, None, never, *options)
    fields = value if isinstance(value, dict) else vars(value)
    for name, tensor in tensors.items():
        np.testing.assert_array_equal(fields[name], tensor)


@pytest.mark.parametrize(("derived", "name"), [(LOGITS, "logits"), (POSITIONS, "positions"), (SLICES, "slice")])
def test_a_single_tensor_is_read_under_its_name(derived: Derived, name):
    np.testing.assert_array_equal(derived.load(Artefact({name: ONES}, {})), ONES)
