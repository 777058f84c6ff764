"""The store keeps what it was given, or notices: damage, two makers at once, folders that cannot be written."""

from __future__ import annotations

import errno
import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from explorer.store import Artefact, Store, StoreError, address

PATIENCE = 60  # seconds, for what takes a moment
ROOT = Path(__file__).resolve().parents[2]
KEY = {"what": "original", "dataset": "moons:n=400", "seed": 0}
TENSORS = {"weight": torch.arange(12, dtype=torch.float32).reshape(3, 4), "step": torch.tensor(7)}
NOTES = {"accuracy": 0.97, "epochs": [1, 2]}

Making = tuple[dict[str, Tensor], dict[str, object]]


def make() -> Making:
    return TENSORS, NOTES


def never() -> Making:
    raise AssertionError("made a second time")


def same(artefact: Artefact | None) -> bool:
    return (
        artefact is not None
        and artefact.notes == NOTES
        and artefact.tensors.keys() == TENSORS.keys()
        and all(
            tensor.dtype == TENSORS[name].dtype and torch.equal(tensor, TENSORS[name])
            for name, tensor in artefact.tensors.items()
        )
    )


def files(home: Path) -> list[str]:
    """What lies in a store beside its locks: the endings of the file names."""
    return sorted(path.suffix for path in home.iterdir() if path.name != "locks")


def only_file(home: Path) -> Path:
    (path,) = home.glob("*.safetensors")
    return path


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "home")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A place for the stores of all of hypothesis's examples."""
    return tmp_path_factory.mktemp("stores")


def test_what_is_put_is_got(store: Store) -> None:
    assert store.get(KEY) is None
    assert not store.has(KEY)
    store.put(KEY, TENSORS, NOTES)
    assert store.has(KEY)
    assert same(store.get(KEY))
    assert same(Store(store.home).load_or_make(KEY, never))
    assert files(store.home) == [".safetensors"]


def test_every_kind_of_tensor_comes_back_with_its_type_and_shape(store: Store) -> None:
    whole = torch.randn(4, 5, generator=torch.Generator().manual_seed(0))
    tensors = {
        "whole": whole,
        "its column": whole[:, 1],
        "scalar": torch.tensor(1.5, dtype=torch.float64),
        "empty": torch.empty(0, 3),
        "flags": torch.tensor([True, False]),
        "half": whole.bfloat16(),
        "bytes": torch.tensor([0, 255], dtype=torch.uint8),
        "trained": torch.nn.Parameter(whole.T),
    }
    made = store.load_or_make(KEY, lambda: (tensors, {}))
    for found in (made, store.get(KEY)):
        assert found is not None
        assert found.tensors.keys() == tensors.keys()
        for name, tensor in tensors.items():
            assert found.tensors[name].dtype == tensor.dtype
            assert not found.tensors[name].requires_grad
            assert torch.equal(found.tensors[name], tensor)


def test_a_reader_may_change_its_tensors(store: Store) -> None:
    made = store.load_or_make(KEY, make)
    for artefact in (made, store.get(KEY)):
        assert artefact is not None
        artefact.tensors["weight"].zero_()
    assert same(store.get(KEY))


def test_put_replaces(store: Store) -> None:
    store.put(KEY, {"weight": torch.zeros(2)}, {})
    store.put(KEY, TENSORS, NOTES)
    assert same(store.get(KEY))
    assert files(store.home) == [".safetensors"]


def test_the_order_of_a_key_does_not_matter_and_its_values_do(store: Store) -> None:
    store.put({"a": 1, "b": {"c": [1, 2], "d": None}}, TENSORS, NOTES)
    assert same(store.get({"b": {"d": None, "c": [1, 2]}, "a": 1}))
    assert store.get({"a": 1, "b": {"c": [2, 1], "d": None}}) is None


def test_the_format_is_part_of_the_address(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.put(KEY, TENSORS, NOTES)
    monkeypatch.setattr("explorer.store.artefact.FORMAT", -1)
    assert store.get(KEY) is None


def test_a_key_that_json_cannot_say_is_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        store.put({"sigma": float("nan")}, TENSORS, NOTES)
    with pytest.raises(TypeError, match="JSON serializable"):
        store.put({"device": torch.device("cpu")}, TENSORS, NOTES)


def cut(length: Callable[[int], int]) -> Callable[[bytes], bytes]:
    return lambda data: data[: length(len(data))]


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(cut(lambda n: 0), id="empty"),
        pytest.param(cut(lambda n: 3), id="cut within the length"),
        pytest.param(cut(lambda n: 8), id="cut before the header"),
        pytest.param(cut(lambda n: n // 2), id="cut in half"),
        pytest.param(cut(lambda n: n - 1), id="last byte missing"),
        pytest.param(lambda data: data + b"\0", id="one byte too many"),
        pytest.param(lambda data: data[:-1] + bytes([data[-1] ^ 1]), id="last bit flipped"),
        pytest.param(lambda data: data.replace(b"0.97", b"0.99"), id="another accuracy in the notes"),
        pytest.param(lambda data: data.replace(b"[3,4]", b"[4,3]"), id="another shape"),
        pytest.param(lambda data: data.replace(b"moons", b"blobs"), id="made by something else"),
        pytest.param(lambda data: data.replace(b"checksum", b"chequsum"), id="no checksum"),
        pytest.param(lambda data: pickle.dumps(TENSORS), id="a pickle"),
    ],
)
def test_a_damaged_file_is_noticed_set_aside_and_made_again(store: Store, damage: Callable[[bytes], bytes]) -> None:
    store.put(KEY, TENSORS, NOTES)
    path = only_file(store.home)
    broken = damage(path.read_bytes())
    assert broken != path.read_bytes()

    path.write_bytes(broken)
    assert same(store.load_or_make(KEY, make))
    assert same(store.get(KEY))
    assert files(store.home) == [".damaged", ".safetensors"]

    path.write_bytes(broken)
    assert store.get(KEY) is None
    assert files(store.home) == [".damaged"]
    assert path.with_suffix(".damaged").read_bytes() == broken


@given(where=st.floats(0, 1, exclude_max=True), change=st.integers(1, 255))
def test_no_flipped_byte_changes_what_is_read(folder: Path, where: float, change: int) -> None:
    store = Store(folder / uuid4().hex)
    store.put(KEY, TENSORS, NOTES)
    path = only_file(store.home)
    data = bytearray(path.read_bytes())
    data[int(where * len(data))] ^= change
    path.write_bytes(data)
    found = store.get(KEY)
    assert found is None or same(found)


def test_what_make_raises_comes_through_and_leaves_nothing(store: Store) -> None:
    def stopped() -> Making:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.load_or_make(KEY, stopped)
    assert files(store.home) == []
    assert same(store.load_or_make(KEY, make))  # the lock is free again


def test_tensors_that_cannot_be_stored_leave_nothing(store: Store) -> None:
    with pytest.raises(TypeError):
        store.put(KEY, TENSORS, {"network": torch.nn.Identity()})
    assert files(store.home) == []


def test_a_wait_for_what_another_makes_can_be_ended(store: Store) -> None:
    """Whoever waits is asked, and what it raises comes through; the other one's artefact is stored."""

    class Enough(Exception):  # noqa: N818 (no error)
        pass

    def enough() -> None:
        raise Enough

    def make_while_another_waits() -> Making:
        with ThreadPoolExecutor(1) as others, pytest.raises(Enough):
            others.submit(store.load_or_make, KEY, make, enough).result()
        return make()

    assert same(store.load_or_make(KEY, make_while_another_waits))
    assert same(store.load_or_make(KEY, make, enough))


def test_a_damaged_file_that_another_makes_anew_is_not_waited_for(store: Store) -> None:
    store.put(KEY, TENSORS, NOTES)
    only_file(store.home).write_bytes(b"damaged")

    def make_while_another_asks() -> Making:
        (store.home / f"{address(KEY)}.safetensors").write_bytes(b"damaged again")
        with ThreadPoolExecutor(1) as others:
            assert others.submit(store.get, KEY).result(PATIENCE) is None
        return make()

    assert same(store.load_or_make(KEY, make_while_another_asks))


SECOND_PROCESS = """
import sys
from pathlib import Path
import torch
from explorer.store import Store

class Talking(Store):
    def get(self, key):
        found = super().get(key)
        print(found, flush=True)
        return found

store = Talking(Path(sys.argv[1]))
print("ready", flush=True)
input()
found = store.load_or_make({"what": "shared"}, lambda: ({"made": torch.tensor(2)}, {"by": "the second"}))
print(found.tensors["made"].item(), found.notes["by"], flush=True)
"""


def test_two_processes_that_want_the_same_make_it_once(store: Store) -> None:
    command = [sys.executable, "-c", SECOND_PROCESS, str(store.home)]
    with subprocess.Popen(command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as second:
        assert second.stdin is not None
        assert second.stdout is not None
        talk, hear = second.stdin, second.stdout
        assert hear.readline() == "ready\n"

        def make_while_the_second_asks() -> Making:
            talk.write("go\n")
            talk.flush()
            assert hear.readline() == "None\n"  # it has seen that there is none: it makes its own, unless it waits
            return {"made": torch.tensor(1)}, {"by": "the first"}

        first = store.load_or_make({"what": "shared"}, make_while_the_second_asks)
        assert (first.tensors["made"].item(), first.notes["by"]) == (1, "the first")
        assert hear.readline() == "1 the first\n"
    assert second.returncode == 0
    assert files(store.home) == [".safetensors"]


def test_the_shipped_layer_is_read_second_and_never_written(tmp_path: Path) -> None:
    shipped, home = tmp_path / "shipped", tmp_path / "home"
    Store(shipped).put(KEY, TENSORS, NOTES)
    before = {path: path.read_bytes() for path in shipped.rglob("*") if path.is_file()}
    store = Store(home, shipped)

    assert store.has(KEY)
    assert same(store.load_or_make(KEY, never))
    assert not home.exists()

    store.put(KEY, {"weight": torch.zeros(1)}, {})
    found = store.get(KEY)
    assert found is not None
    assert found.tensors["weight"].shape == (1,)

    only_file(home).write_bytes(b"damaged")
    assert same(store.get(KEY))  # set aside, and the shipped one shows again
    assert files(home) == [".damaged"]
    assert {path: path.read_bytes() for path in shipped.rglob("*") if path.is_file()} == before


def test_a_damaged_shipped_file_counts_as_absent(tmp_path: Path) -> None:
    shipped = tmp_path / "shipped"
    Store(shipped).put(KEY, TENSORS, NOTES)
    path = only_file(shipped)
    path.write_bytes(path.read_bytes()[:-1])
    store = Store(tmp_path / "home", shipped)
    assert store.get(KEY) is None
    assert same(store.load_or_make(KEY, make))
    assert files(shipped) == [".safetensors"]


def test_a_home_that_cannot_be_a_folder_is_said_before_anything_is_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    store = Store(tmp_path / "file" / "store")
    assert store.get(KEY) is None
    with pytest.raises(StoreError, match=r"^The folder .* cannot be used \(Not a directory\): .*EXPLORER_HOME.*\.$"):
        store.load_or_make(KEY, never)


def test_a_folder_that_may_not_be_read_is_said_and_what_can_be_read_is_still_listed(
    tmp_path: Path, forbid: Callable[[Path], None]
) -> None:
    Store(tmp_path / "shipped").put(KEY, TENSORS, NOTES)
    store = Store(tmp_path / "home" / "store", tmp_path / "shipped")
    store.put({"what": "own"}, TENSORS, NOTES)
    assert len(list(store.headers())) == 2
    forbid(tmp_path / "home")
    for asked in (lambda: store.has(KEY), lambda: store.load_or_make({"what": "another"}, never)):
        with pytest.raises(StoreError, match=r"^The folder .* cannot be used \(Permission denied\): .*EXPLORER_HOME"):
            asked()
    assert [header.key for header in store.headers()] == [KEY]


def test_a_full_disk_is_said_and_leaves_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match="No space left on device"):
        store.load_or_make(KEY, make)
    assert files(store.home) == []
    monkeypatch.undo()
    assert same(store.load_or_make(KEY, make))


def test_the_default_store_follows_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPLORER_HOME", str(tmp_path))
    assert Store.default().home == tmp_path.resolve() / "store"
    monkeypatch.chdir(tmp_path)
    assert Store.default().shipped == ROOT / "assets" / "store"
    monkeypatch.delenv("EXPLORER_HOME")
    assert "unlearning-explorer" in str(Store.default().home)
