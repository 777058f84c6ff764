"""Training time of each network: seconds of one epoch on 1,000 images, and minutes of the whole schedule.

    python -m benchmarks.schedules

Three steps of 64 images of 3 x 32 x 32 are timed after a warm-up step, with PyTorch's default number of threads. The
first column is the one that explorer/models/schedules.py states.
"""

from __future__ import annotations

from statistics import median
from time import perf_counter

import torch

from explorer.data import Dataset, Split
from explorer.models import FitSettings, Training
from explorer.models.architectures import MODELS, meta_network
from explorer.models.initialisation import initialise
from explorer.models.schedules import minutes, schedule

BATCH, STEPS = 64, 4


def seconds(model: str) -> float:
    """Seconds of one epoch on 1,000 images."""
    network = meta_network(model, (3, 32, 32), 10).to_empty(device="cpu")
    initialise(network, torch.Generator().manual_seed(0))
    draw = torch.Generator().manual_seed(0)
    split = Split(torch.randn(BATCH * STEPS, 3, 32, 32, generator=draw), torch.arange(BATCH * STEPS) % 10)
    settings = FitSettings(epochs=1, batch_size=BATCH, augment="shifts-and-flips")
    began: list[float] = []
    list(Training(network, split, settings, draw).epochs(lambda share: began.append(perf_counter())))
    took = [after - before for before, after in zip(began[1:], [*began[2:], perf_counter()], strict=True)]
    return 1000 / BATCH * median(took)


def main() -> None:
    """Print one row of the table for each network."""
    like = Split(torch.zeros(50_000, 3, 32, 32), torch.zeros(50_000, dtype=torch.int64))
    cifar = Dataset("cifar10", "image", "", like, like[:1], ("",) * 10, torch.zeros(1), torch.ones(1))
    print(f"{torch.get_num_threads()} threads")
    print("| network | s per epoch of 1,000 | epochs | minutes on CIFAR-10, as stated |")
    print("|:--|--:|--:|--:|")
    for model in MODELS:
        stated = minutes(cifar, model)
        print(f"| {model} | {seconds(model):.2f} | {schedule(cifar, model).epochs} | {stated:.0f} |", flush=True)


if __name__ == "__main__":
    main()
