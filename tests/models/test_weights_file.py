"""Weights are read as written; other files are refused in one sentence, without executing or allocating anything."""

from __future__ import annotations

import json
import pickle
import struct
import subprocess
import sys
import zipfile
from collections import OrderedDict
from pathlib import Path

import pytest
import torch
from torch import nn

from explorer.models.weights_file import open_verified, open_weights
from explorer.settings import InputError
from tests.models.files import repacked, safetensors_file, torch_file, with_pickle

STATE = {"a.weight": torch.arange(6.0).view(2, 3), "b": torch.tensor([1.5, -2.0]), "steps": torch.tensor(7)}
PLAIN = torch_file(STATE)


def same(one, other):
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


@pytest.mark.parametrize(
    ("content", "filename"),
    [
        (safetensors_file(STATE), "net.safetensors"),
        (PLAIN, "net.pt"),
        (PLAIN, "NET.PTH"),
        (torch_file(OrderedDict(STATE)), "net.pt"),
        (torch_file({"epoch": 3, "state_dict": STATE}), "net.pt"),
        (torch_file({**STATE, "b": nn.Parameter(STATE["b"])}), "net.pt"),
        (torch_file({"whole": torch.arange(12.0), **STATE, "a.weight": torch.arange(12.0).view(4, 3)[:2]}), "net.pt"),
    ],
)
def test_tensors_come_back(content, filename):
    file = open_weights(content, filename)
    found = {name: tensor for name, tensor in file.read().items() if name != "whole"}
    assert same(found, STATE) and not any(tensor.requires_grad for tensor in found.values())
    assert {name: tuple(tensor.shape) for name, tensor in file.read().items()} == file.shapes


def test_a_state_dict_of_a_module_comes_back():
    state = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3)).state_dict()
    assert same(open_weights(torch_file(state), "net.pt").read(), state)


def test_half_precision_views_and_ties_come_back():
    base = torch.arange(12.0).view(3, 4)
    state = {"turned": base.T, "part": base[1:, 2:], "again": base, "half": base.half(), "brain": base.bfloat16()}
    assert same(open_weights(torch_file(state), "net.pt").read(), state)


class Harm:
    def __reduce__(self):
        return exec, ("raise SystemExit('executed')",)


HARMFUL = {
    "a whole module": (torch_file(nn.Linear(2, 2)), "refers to torch.nn.modules.linear.Linear"),
    "code": (torch_file({"a": Harm()}), "refers to __builtin__.exec"),
    "a bytearray that would fill the memory": (
        torch_file({"a": bytearray(3)}),
        "refers to ",
    ),
    "numbers": (torch_file([1, 2, 3]), "tensors by name"),
    "nothing": (torch_file({}), r"net.pt is empty; a weights file contains model.state_dict\(\)"),
    "tensors and more": (torch_file({**STATE, "epoch": 3}), "tensors by name"),
    "a pickle": (pickle.dumps({"a": 1}), "is not a zip|damaged"),
    "the older format": (torch_file(STATE, _use_new_zipfile_serialization=False), "is not a zip|damaged"),
    "half of a file": (PLAIN[: len(PLAIN) // 2], "is not a zip|damaged"),
    "no bytes": (b"", "net.pt is empty; a weights file contains"),
    "compressed": (
        repacked(torch_file({"a": torch.zeros(10_000)}), lambda _, part: part, zipfile.ZIP_DEFLATED),
        "damaged",
    ),
    "a pickle cut short": (
        repacked(PLAIN, lambda path, part: part[:40] if path.endswith("data.pkl") else part),
        "damaged",
    ),
    "no numbers": (repacked(PLAIN, lambda path, part: None if path.endswith("data/0") else part), "damaged"),
    "fewer numbers": (repacked(PLAIN, lambda path, part: part[:8] if path.endswith("data/0") else part), "damaged"),
    "a storage that claims more": (with_pickle(PLAIN, b"K\x06", b"J\xff\xff\xff\x7f"), "damaged"),
    "a tensor that claims more": (with_pickle(PLAIN, b"K\x02K\x03\x86", b"J\xff\xff\xff\x7fK\x03\x86"), "damaged"),
    "a tensor that begins behind its end": (with_pickle(PLAIN, b"QK\x00K\x02K\x03", b"QK\x50K\x02K\x03"), "damaged"),
}


@pytest.mark.parametrize("what", HARMFUL)
def test_invalid_weights_files_are_refused_in_one_sentence(what):
    content, sentence = HARMFUL[what]
    with pytest.raises(InputError, match=sentence) as caught:
        open_weights(content, "net.pt").read()
    said = str(caught.value)
    assert "net.pt" in said and said.endswith(".") and "\n" not in said and len(said) < 250


@pytest.mark.parametrize("content", [b"", safetensors_file({})], ids=["no bytes", "no tensor"])
def test_empty_safetensors_are_refused(content):
    with pytest.raises(InputError, match=r"^net.safetensors is empty; a weights file contains model.state_dict\(\)\.$"):
        open_weights(content, "net.safetensors")


def claiming(shape, offsets):
    header = json.dumps({"a": {"dtype": "F32", "shape": shape, "data_offsets": offsets}}).encode()
    return struct.pack("<Q", len(header)) + header + bytes(8)


@pytest.mark.parametrize(
    "content",
    [
        claiming([2**40, 2**20], [0, 8]),
        claiming([2], [0, 2**60]),
        claiming([3], [0, 8]),
        struct.pack("<Q", 2**63) + b"{}",
        b"no safetensors",
        PLAIN,
    ],
)
def test_safetensors_that_claim_what_they_do_not_hold_are_refused(content):
    with pytest.raises(InputError, match=r"^net.safetensors is damaged or not a safetensors file\.$"):
        open_weights(content, "net.safetensors")


def test_other_files_and_files_that_are_too_large_are_refused(monkeypatch):
    with pytest.raises(
        InputError, match=r"^Weights are read from .safetensors, .pt or .pth files, not from net.pkl\.$"
    ):
        open_weights(PLAIN, "net.pkl")
    monkeypatch.setattr("explorer.data.limits.UPLOAD", 100)
    with pytest.raises(InputError, match=r"at most .* MB, and net.pt has more\.$"):
        open_weights(PLAIN, "net.pt")


def bombs() -> dict[str, bytes]:
    """Small files that claim 256 MB or 2 GB."""
    return {
        "zeros": repacked(
            torch_file({"a": torch.zeros(1)}),
            lambda path, part: bytes(2**28) if path.endswith("data/0") else part,
            zipfile.ZIP_DEFLATED,
        ),
        "a huge storage": with_pickle(torch_file({"a": torch.zeros(6)}), b"K\x06", b"J\xff\xff\xff\x7f"),
        "a bytearray": with_pickle(
            torch_file({"a": "x"}), b"X\x01\x00\x00\x00x", b"c__builtin__\nbytearray\nJ\xff\xff\xff\x7f\x85R"
        ),
    }


READ_THEM = """
import pathlib, resource, sys
from explorer.models.weights_file import open_weights
from explorer.settings import InputError
for path in sys.argv[1:]:
    content, before = pathlib.Path(path).read_bytes(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        open_weights(content, "net.pt").read()
    except InputError:
        sys.stdout.write(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before} ")
"""


def test_a_bomb_takes_no_memory(tmp_path):
    """Each claims 256 MB or 2 GB, and is refused with less than 100 MB more than there were before."""
    files = bombs()
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    root = str(Path(__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-c", READ_THEM, *(str(tmp_path / name) for name in files)],
        capture_output=True, text=True, cwd=root, env={"PYTHONPATH": root, "OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    grown = [int(kilobytes) for kilobytes in done.stdout.split()]
    assert len(grown) == len(files) and max(grown) < 100_000, done.stderr[-500:]


def test_a_file_whose_checksum_is_known_may_be_of_the_older_format():
    older = torch_file(STATE, _use_new_zipfile_serialization=False)
    assert same(open_verified(older, "net.pth").read(), STATE)
    with pytest.raises(InputError, match="damaged"):
        open_verified(torch_file({"a": Harm()}, _use_new_zipfile_serialization=False), "net.pth")
