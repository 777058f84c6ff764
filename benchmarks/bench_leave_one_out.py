"""Running time of `leave_one_out`, which trains all models of a plane together, against training them one by one.

The loop fits a few of the models, each without one sample, and its time is scaled to all of them. Each round has other
data and fewer epochs than the app, as every epoch costs the same. It uses one thread, as a job of the app does on two
cores; several threads would also slow down the small networks of the loop.
"""

from __future__ import annotations

import copy
from dataclasses import replace
from statistics import median
from time import process_time

import torch
from torch import nn

from benchmarks.timing import alternate
from explorer.data import Split, load_dataset
from explorer.geometry import leave_one_out
from explorer.models import build_network, fit, schedule

POINTS = 430  # of which 70 % are training samples: 301
EPOCHS = 5
LOOPED = 3
ROUNDS = 5
SKETCH = 116  # microseconds per model and step of a first prototype, on two cores


def main() -> None:
    torch.set_num_threads(1)
    dataset = load_dataset(f"moons:n={POINTS}")
    settings = schedule(dataset, "mlp").model_copy(update={"epochs": EPOCHS})
    models, spent = len(dataset.train) + 1, list[float]()

    def fresh(index: int) -> tuple[nn.Module, Split]:
        drawn = load_dataset(f"moons:n={POINTS},seed={index + 1}")
        return build_network("mlp", drawn, seed=index + 1), drawn.train

    def together(network: nn.Module, split: Split) -> None:
        began = process_time()
        leave_one_out(network, split, settings, torch.Generator().manual_seed(0))
        spent.append(process_time() - began)

    def one_by_one(network: nn.Module, split: Split) -> None:
        for left_out in range(LOOPED):
            remaining = split[torch.arange(len(split)) != left_out]
            for _ in fit(copy.deepcopy(network), remaining, settings, torch.Generator().manual_seed(0)):
                pass

    ratio = alternate(together, one_by_one, ROUNDS, fresh)
    scale = models / LOOPED
    ratio = replace(ratio, rounds=tuple(value / scale for value in ratio.rounds), second=ratio.second * scale)
    steps = settings.epochs * -(-len(dataset.train) // settings.batch_size)
    wall, processor = (seconds / models / steps * 1e6 for seconds in (ratio.first, median(spent)))
    print(f"{models} models, {steps} steps, one thread")
    print(f"together / one by one ({LOOPED} fits, scaled to {models}): {ratio}")
    print(f"together, per model and step: {wall:.0f} microseconds, {processor:.0f} of processor time")
    print(f"(first prototype: {SKETCH}, on two cores)")


if __name__ == "__main__":
    main()
