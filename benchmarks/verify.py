"""Makes again what assets/ ships and compares: `python -m benchmarks.verify`; with --write the files are made anew.

Training repeats to the last digit on one machine; another machine's arithmetic rounds differently, and training
amplifies that. So where torch and the processor's kind are those that the files were made with, weights must be equal
within `WEIGHTS`. Elsewhere it is enough that the models do the same: they agree on `AGREEMENT` of all samples, and no
accuracy differs by more than `ACCURACY` or one sample. Both are always printed, side by side.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np
import torch
from torch import Tensor

from benchmarks.arrays import ARRAYS, array_faults, read
from benchmarks.shipped import keys, made_with, make, requests
from explorer.data import Split
from explorer.evaluation import logits
from explorer.experiments import Request
from explorer.models import build_network
from explorer.store import SHIPPED, Store

WEIGHTS = 1e-3  # the largest difference of two weights that counts as rounding
AGREEMENT = 0.97
ACCURACY = 0.03


@dataclass(frozen=True)
class Pair:
    """A network as shipped and as made again.

    farthest: the largest difference of two weights; agreement: share of all samples that both call alike; counts: by
    part of the data the samples that each calls right, and how many there are.
    """

    title: str
    farthest: float
    agreement: float
    counts: Mapping[str, tuple[int, int, int]]

    @property
    def same(self) -> bool:
        """Whether they are one network but for rounding."""
        return self.farthest <= WEIGHTS

    @property
    def alike(self) -> bool:
        """Whether they do the same, as far as anybody would notice."""
        near = (abs(one - other) <= max(1, ACCURACY * n) for one, other, n in self.counts.values())
        return self.agreement >= AGREEMENT and all(near)

    def line(self) -> str:
        """The two side by side."""
        right = ", ".join(f"{part} {one} | {other} of {n}" for part, (one, other, n) in self.counts.items())
        return f"{self.title}: weights differ by {self.farthest:.1e}, {self.agreement:.1%} called alike; right: {right}"


def pair(title: str, request: Request, shipped: Mapping[str, Tensor], made: Mapping[str, Tensor]) -> Pair:
    """Compare two states of a network on the data of the run."""
    experiment, parts = request.experiment, request.experiment.partition
    one, other = (build_network(experiment.model, experiment.data, experiment.seed).eval() for _ in range(2))
    one.load_state_dict(shipped)
    other.load_state_dict(made)
    counts, alike, samples = {}, 0, 0
    split: Split
    for part, split in {"forget": parts.forget, "retain": parts.retain, "test": parts.test}.items():
        first, second = (logits(network, split.x).argmax(1) for network in (one, other))
        counts[part] = (int((first == split.y).sum()), int((second == split.y).sum()), len(split))
        alike, samples = alike + int((first == second).sum()), samples + len(split)
    farthest = max(float((shipped[name].double() - made[name].double()).abs().max()) for name in shipped)
    return Pair(title, farthest, alike / samples, counts)


def faults(found: list[Pair], strict: bool) -> list[str]:
    """What is wrong with these, a sentence each; strict: rounding is all that may differ."""
    wanted = "equal weights are expected on this machine" if strict else "the models do not do the same"
    return [f"{each.title} differs: {wanted}." for each in found if not (each.same if strict else each.alike)]


def compare(home: Path) -> list[str]:
    """Print what is shipped beside what was made in the store `home`, and return what is wrong, a sentence each."""
    names = {path.name for path in home.glob("*.safetensors")}
    shipped_names = {path.name for path in SHIPPED.glob("*.safetensors")}
    if absent := [f"assets/{file.name} is not there." for file, _ in ARRAYS.values() if not file.is_file()]:
        return absent
    if names != shipped_names:
        missing, extra = len(names - shipped_names), len(shipped_names - names)
        return [
            f"assets/ is not what benchmarks/shipped.py declares: {missing} networks are missing, {extra} are too many."
        ]
    arrays = {name: read(file) for name, (file, _) in ARRAYS.items()}
    here, there = made_with(), str(arrays["story"]["made_with"])
    strict = here == there
    expected = "equal weights" if strict else "models that do the same"
    print(f"Shipped: made with {there}.\nHere: {here}: {expected} expected.")
    made, shipped, pairs = Store(home), Store(home / "empty", SHIPPED), []
    for request in requests(made):
        for name, key in keys(request).items():
            one, other = shipped.get(key), made.get(key)
            if one is None or other is None:
                return [f"The {name} model of {request.experiment.dataset} cannot be read: it is damaged."]
            pairs.append(pair(f"{request.experiment.dataset}, {name}", request, one.tensors, other.tensors))
            print(pairs[-1].line(), flush=True)
    said = faults(pairs, strict)
    for name, (_, make_arrays) in ARRAYS.items() if strict else ():
        found = array_faults(name, arrays[name], make_arrays(home / name))
        print(f"{name}: its arrays {'differ' if found else 'are the same'}", flush=True)
        said += found
    return said


def write(home: Path) -> None:
    """Put what was made in the store `home` in the place of what is shipped."""
    SHIPPED.mkdir(parents=True, exist_ok=True)
    for path in SHIPPED.glob("*.safetensors"):
        path.unlink()
    for path in home.glob("*.safetensors"):
        shutil.copyfile(path, SHIPPED / path.name)
    for name, (file, make_arrays) in ARRAYS.items():
        np.savez_compressed(file, **make_arrays(home / name))
    written = [*(file for file, _ in ARRAYS.values()), *SHIPPED.glob("*.safetensors")]
    size = sum(path.stat().st_size for path in written)
    print(f"Written: {', '.join(ARRAYS)} and {len(written) - len(ARRAYS)} networks, {size / 1e6:.1f} MB.")


@click.command()
@click.option("--write", "anew", is_flag=True, help="make the shipped files anew")
def main(anew: bool) -> None:
    """Refit what assets/ ships and compare; ends with 1 where something differs."""
    torch.set_num_threads(1)  # the number of threads is part of how sums are rounded
    with tempfile.TemporaryDirectory() as folder:
        os.environ["EXPLORER_HOME"] = folder
        home = Path(folder) / "store"
        print("Training and unlearning what is shipped: a minute or two.", flush=True)
        make(home)
        if anew:
            write(home)
        elif said := compare(home):
            sys.exit("\n".join([*said, "If that is meant, write the files anew: make verify ARGS=--write"]))
        else:
            print("What is shipped is what this code makes.")


if __name__ == "__main__":
    main()
