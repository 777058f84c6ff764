"""Recompute the files in assets/ and compare: `python -m benchmarks.verify`. With --write, replace the files.

Training is exactly repeatable on one machine. Another machine rounds differently, and training amplifies the
difference. With the PyTorch version and processor that the files were made with, weights must be equal within
`WEIGHTS`. Otherwise the models must be equivalent: the same predictions on a share of `AGREEMENT` of all samples, and
accuracies that differ by at most `ACCURACY` or one sample. Both comparisons are always printed.
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

WEIGHTS = 1e-3  # largest difference of two weights that is attributed to rounding
AGREEMENT = 0.97
ACCURACY = 0.03


@dataclass(frozen=True)
class Pair:
    """A shipped network compared with the recomputed one.

    Attributes:
        title: data set and model.
        farthest: largest difference of two weights.
        agreement: share of all samples with the same prediction by both.
        counts: by part of the data, correct predictions of the shipped network, of the recomputed one, and samples.
    """

    title: str
    farthest: float
    agreement: float
    counts: Mapping[str, tuple[int, int, int]]

    @property
    def same(self) -> bool:
        """Whether their weights are equal within rounding."""
        return self.farthest <= WEIGHTS

    @property
    def alike(self) -> bool:
        """Whether they are equivalent: nearly the same predictions and accuracies."""
        near = (abs(old - new) <= max(1, ACCURACY * n) for old, new, n in self.counts.values())
        return self.agreement >= AGREEMENT and all(near)

    def line(self) -> str:
        """Line of the report."""
        correct = ", ".join(f"{part} {old} | {new} of {n}" for part, (old, new, n) in self.counts.items())
        return (
            f"{self.title}: weights differ by {self.farthest:.1e}, {self.agreement:.1%} of the predictions agree; "
            f"correct predictions (shipped | recomputed): {correct}"
        )


def pair(title: str, request: Request, shipped: Mapping[str, Tensor], made: Mapping[str, Tensor]) -> Pair:
    """Compare two states of a network on the data of a run.

    Args:
        title: title of the comparison.
        request: the run, which names architecture and data.
        shipped, made: the shipped and the recomputed weights.
    """
    experiment, parts = request.experiment, request.experiment.partition
    old, new = (build_network(experiment.model, experiment.data, experiment.seed).eval() for _ in range(2))
    old.load_state_dict(shipped)
    new.load_state_dict(made)
    counts, alike, samples = {}, 0, 0
    split: Split
    for part, split in {"forget": parts.forget, "retain": parts.retain, "test": parts.test}.items():
        first, second = (logits(network, split.x).argmax(1) for network in (old, new))
        counts[part] = (int((first == split.y).sum()), int((second == split.y).sum()), len(split))
        alike, samples = alike + int((first == second).sum()), samples + len(split)
    farthest = max(float((shipped[name].double() - made[name].double()).abs().max()) for name in shipped)
    return Pair(title, farthest, alike / samples, counts)


def faults(pairs: list[Pair], strict: bool) -> list[str]:
    """One sentence for each pair that differs; strict: only rounding errors are allowed."""
    reason = "equal weights are expected on this machine" if strict else "the models are not equivalent"
    return [f"{each.title} differs: {reason}." for each in pairs if not (each.same if strict else each.alike)]


def compare(home: Path) -> list[str]:
    """Print the shipped files beside those recomputed in the store `home`. Returns one sentence for each difference."""
    names = {path.name for path in home.glob("*.safetensors")}
    shipped_names = {path.name for path in SHIPPED.glob("*.safetensors")}
    if absent := [f"assets/{file.name} is missing." for file, _ in ARRAYS.values() if not file.is_file()]:
        return absent
    if names != shipped_names:
        missing, extra = len(names - shipped_names), len(shipped_names - names)
        return [
            f"assets/ differs from benchmarks/shipped.py: {missing} networks are missing and {extra} are not declared."
        ]
    arrays = {name: read(file) for name, (file, _) in ARRAYS.items()}
    here, there = made_with(), str(arrays["example"]["made_with"])
    strict = here == there
    expected = "equal weights" if strict else "equivalent models"
    print(f"Shipped: made with {there}.\nHere: {here}: {expected} expected.")
    made, shipped, pairs = Store(home), Store(home / "empty", SHIPPED), []
    for request in requests(made):
        for name, key in keys(request).items():
            old, new = shipped.get(key), made.get(key)
            if old is None or new is None:
                return [f"The {name} model of {request.experiment.dataset} cannot be read: it is damaged."]
            pairs.append(pair(f"{request.experiment.dataset}, {name}", request, old.tensors, new.tensors))
            print(pairs[-1].line(), flush=True)
    differences = faults(pairs, strict)
    for name, (_, make_arrays) in ARRAYS.items() if strict else ():
        wrong = array_faults(name, arrays[name], make_arrays(home / name))
        print(f"{name}: its arrays {'differ' if wrong else 'are the same'}", flush=True)
        differences += wrong
    return differences


def write(home: Path) -> None:
    """Replace the shipped files by those recomputed in the store `home`."""
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
@click.option("--write", "replace", is_flag=True, help="replace the shipped files by the recomputed ones")
def main(replace: bool) -> None:
    """Recompute the files that assets/ ships and compare; exit code 1 if something differs."""
    torch.set_num_threads(1)  # the number of threads changes how sums are rounded
    with tempfile.TemporaryDirectory() as folder:
        os.environ["EXPLORER_HOME"] = folder
        home = Path(folder) / "store"
        print("Training and unlearning the shipped networks: one or two minutes.", flush=True)
        make(home)
        if replace:
            write(home)
        elif differences := compare(home):
            sys.exit("\n".join([*differences, "If this is intended, replace the files: make verify ARGS=--write"]))
        else:
            print("The shipped files match this code.")


if __name__ == "__main__":
    main()
