"""All leave-one-out models of a plane trained together, beside a loop that trains them one by one.

The loop fits a few of the models, each on the samples without one, and its time is scaled to all of them. A round has
data of its own, and few of the explorer's epochs, for a step costs the same in each. One thread, as a job of the app
has on two cores; it also keeps the small networks of the loop from being slowed down by sharing.
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
SKETCH = 116  # microseconds a model and step that a first sketch took, on two cores


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
            kept = split[torch.arange(len(split)) != left_out]
            for _ in fit(copy.deepcopy(network), kept, settings, torch.Generator().manual_seed(0)):
                pass

    ratio = alternate(together, one_by_one, ROUNDS, fresh)
    scale = models / LOOPED
    ratio = replace(ratio, rounds=tuple(one / scale for one in ratio.rounds), second=ratio.second * scale)
    steps = settings.epochs * -(-len(dataset.train) // settings.batch_size)
    wall, processor = (seconds / models / steps * 1e6 for seconds in (ratio.first, median(spent)))
    print(f"{models} models, {steps} steps, one thread")
    print(f"together, as a share of {LOOPED} fits one by one scaled to {models}: {ratio}")
    print(f"together, a model and step: {wall:.0f} microseconds, of the processor {processor:.0f}")
    print(f"(a first sketch: {SKETCH}, on two cores)")


if __name__ == "__main__":
    main()
