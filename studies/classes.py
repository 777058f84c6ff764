"""Every class of a large set forgotten by JiT's default, row by row: is it forgotten, and what do the others lose?

    EXPLORER_DATA=... python -m studies.classes                            convnet, three seeds of the noise
    EXPLORER_DATA=... python -m studies.classes --training-seeds 3         three networks instead, one noise each
    EXPLORER_DATA=... python -m studies.classes --preset algorithm-1

The aim is at most 5 % of D_f still right, and at most 3 points lost on the test images of the other nine classes.
Networks that are not stored are trained first, which takes minutes each.
"""

from __future__ import annotations

import click
import numpy as np

from explorer.data import load_dataset
from studies.defaults import Cell, measure

FORGOTTEN, LOST = 0.05, 0.03


def row(name: str, cells: list[Cell]) -> str:
    """A class: means over its cells, the worst of them in brackets, and how many reach the aim."""
    forget = 100 * np.array([cell.forget_accuracy for cell in cells])
    lost = 100 * np.array([cell.retain_before - cell.retain_after for cell in cells])
    reached = sum(_reached(cell) for cell in cells)
    stopped = ", ".join(dict.fromkeys(cell.stopped for cell in cells))
    return (
        f"| {name} | {forget.mean():.1f} ({forget.max():.1f}) | {100 * cells[0].retain_before:.1f} "
        f"| {100 * np.mean([cell.retain_after for cell in cells]):.1f} | {lost.mean():.1f} ({lost.max():.1f}) "
        f"| {np.mean([cell.forget_entropy for cell in cells]):.2f} | {np.median([cell.steps for cell in cells]):.0f} "
        f"| {np.median([cell.seconds for cell in cells]):.0f} | {stopped} | {reached} / {len(cells)} |"
    )


def _reached(cell: Cell) -> bool:
    return cell.forget_accuracy <= FORGOTTEN and cell.retain_before - cell.retain_after <= LOST


@click.command()
@click.option("--dataset", default="cifar10", show_default=True)
@click.option("--model", default="convnet", show_default=True)
@click.option("--preset", default="default", show_default=True)
@click.option("--training-seeds", default=1, show_default=True, help="networks that each class is forgotten from")
@click.option("--noise-seeds", default=3, show_default=True, help="runs of each network, where there is one network")
def main(dataset: str, model: str, preset: str, training_seeds: int, noise_seeds: int) -> None:
    """Print a row for each class."""
    seeds = [(seed, seed) for seed in range(training_seeds)] if training_seeds > 1 else [
        (0, noise) for noise in range(noise_seeds)
    ]  # fmt: skip
    print(
        "| class | D_f right, % (worst) | others before | after | lost (worst) | H of D_f | steps | s | stopped | aim |"
    )
    print("|:--|--:|--:|--:|--:|--:|--:|--:|:--|--:|")
    cells: list[Cell] = []
    for number, name in enumerate(load_dataset(dataset).classes):
        found = [measure(dataset, model, preset, number, seed, noise) for seed, noise in seeds]
        cells += found
        print(row(name, found), flush=True)
    print(f"\n{sum(map(_reached, cells))} of {len(cells)} reach the aim ({preset}, {model} on {dataset}).")


if __name__ == "__main__":
    main()
