"""Forget accuracy and retained test accuracy for every class of a large data set, unlearned by JiT's default.

    EXPLORER_DATA=... python -m studies.classes                            convnet, three noise seeds
    EXPLORER_DATA=... python -m studies.classes --training-seeds 3         three networks with one noise seed each
    EXPLORER_DATA=... python -m studies.classes --preset algorithm-1

The target is a forget accuracy of at most 5 %, and a retained test accuracy that falls by at most 3 points. Networks
that are not stored are trained first, which takes minutes each.
"""

from __future__ import annotations

import click
import numpy as np

from explorer.data import load_dataset
from studies.defaults import Cell, measure

FORGOTTEN, DROP = 0.05, 0.03  # target: forget accuracy at most, drop of retained test accuracy at most


def row(name: str, cells: list[Cell]) -> str:
    """Row of the table for one class: means over its cells with the worst in brackets, and cells at the target."""
    forget = 100 * np.array([cell.forget_accuracy for cell in cells])
    drop = 100 * np.array([cell.retain_before - cell.retain_after for cell in cells])
    reached = sum(_reached(cell) for cell in cells)
    stopped = ", ".join(dict.fromkeys(cell.stopped for cell in cells))
    return (
        f"| {name} | {forget.mean():.1f} ({forget.max():.1f}) | {100 * cells[0].retain_before:.1f} "
        f"| {100 * np.mean([cell.retain_after for cell in cells]):.1f} | {drop.mean():.1f} ({drop.max():.1f}) "
        f"| {np.mean([cell.forget_entropy for cell in cells]):.2f} | {np.median([cell.steps for cell in cells]):.0f} "
        f"| {np.median([cell.seconds for cell in cells]):.0f} | {stopped} | {reached} / {len(cells)} |"
    )


def _reached(cell: Cell) -> bool:
    return cell.forget_accuracy <= FORGOTTEN and cell.retain_before - cell.retain_after <= DROP


@click.command()
@click.option("--dataset", default="cifar10", show_default=True)
@click.option("--model", default="convnet", show_default=True)
@click.option("--preset", default="default", show_default=True)
@click.option("--training-seeds", default=1, show_default=True, help="networks that each class is unlearned from")
@click.option("--noise-seeds", default=3, show_default=True, help="noise seeds, if there is one network")
def main(dataset: str, model: str, preset: str, training_seeds: int, noise_seeds: int) -> None:
    """Print one row of the table for each class."""
    seeds = [(seed, seed) for seed in range(training_seeds)] if training_seeds > 1 else [
        (0, noise) for noise in range(noise_seeds)
    ]  # fmt: skip
    print(
        "| class | forget accuracy, % (worst) | retained test accuracy before | after | drop, points (worst) "
        "| H of D_f, nats | steps | s | stopped | target reached |"
    )
    print("|:--|--:|--:|--:|--:|--:|--:|--:|:--|--:|")
    cells: list[Cell] = []
    for number, name in enumerate(load_dataset(dataset).classes):
        results = [measure(dataset, model, preset, number, seed, noise) for seed, noise in seeds]
        cells += results
        print(row(name, results), flush=True)
    print(f"\n{sum(map(_reached, cells))} of {len(cells)} reach the target ({preset}, {model} on {dataset}).")


if __name__ == "__main__":
    main()
