"""Results of the default settings: every class of digits and fashion-mini unlearned by JiT, over training seeds.

    python -m studies.defaults                       the whole grid, five seeds, `default` and `algorithm-1`
    python -m studies.defaults --seeds 1 --presets default --models convnet

A cell is one network, one class and one seed. It passes if the forget accuracy is at most 5 % and the retained test
accuracy falls by at most 5 points. Intervals are 95 %, by bootstrap over the cells.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import click
import numpy as np
import torch

from explorer.evaluation import accuracy, entropies, logits
from explorer.experiments import Experiment, Request, unlearn
from explorer.unlearning import METHODS, Rule, default_rule

GRID = {"digits": ("mlp", "convnet", "vgg-small", "resnet-small"), "fashion-mini": ("mlp", "convnet")}
FORGOTTEN, DROP = 0.05, 0.05  # forget accuracy at most, drop of retained test accuracy at most


@dataclass(frozen=True)
class Cell:
    """One forget request and its result.

    Attributes:
        dataset, model, preset, forget, seed: data set, network, preset of JiT, forget set and training seed.
        forget_accuracy: accuracy on D_f after unlearning, in 0..1.
        retain_before, retain_after: retained test accuracy, in 0..1.
        forget_entropy: mean entropy of D_f, nats.
        steps: steps of the run.
        seconds: time of unlearning.
        stopped: why the run stopped.
    """

    dataset: str
    model: str
    preset: str
    forget: str
    seed: int
    forget_accuracy: float
    retain_before: float
    retain_after: float
    forget_entropy: float
    steps: int
    seconds: float
    stopped: str

    @property
    def passes(self) -> bool:
        """Whether the class is forgotten and retained test accuracy is preserved."""
        return self.forget_accuracy <= FORGOTTEN and self.retain_before - self.retain_after <= DROP

    @property
    def halved(self) -> bool:
        """Whether retained test accuracy fell below half of the original's."""
        return self.retain_after < self.retain_before / 2


def measure(dataset: str, model: str, preset: str, number: int, seed: int, noise_seed: int | None = None) -> Cell:
    """Unlearn one class with one preset and measure the result.

    Args:
        dataset, model, preset: codes of the data set and network, and preset of JiT.
        number: number of the class.
        seed: training seed.
        noise_seed: seed of the noise; None: the training seed.
    """
    experiment = Experiment(dataset, model, seed, f"class:{number}")
    method, parts, original = METHODS["jit"], experiment.partition, experiment.original
    rule = default_rule(experiment.forget_set) if method.preset(preset).stops else Rule(target="none", guard=0.0)
    settings = method.configure(experiment.data.shape, preset)
    outcome = unlearn(Request(experiment, method, settings, rule, seed if noise_seed is None else noise_seed))
    forget = logits(outcome.network, parts.forget.x)
    return Cell(
        dataset, model, preset, experiment.forget, seed,
        accuracy(forget, parts.forget.y),
        accuracy(logits(original, parts.retain_test.x), parts.retain_test.y),
        accuracy(logits(outcome.network, parts.retain_test.x), parts.retain_test.y),
        float(entropies(forget).mean()), outcome.steps, outcome.seconds, outcome.stopped or "ran through",
    )  # fmt: skip


def grid(sets: tuple[str, ...], models: tuple[str, ...], presets: tuple[str, ...], seeds: int) -> Iterator[Cell]:
    """Cells of the grid, network by network; empty `sets` or `models`: all of them."""
    for dataset, named in GRID.items():
        for model in named:
            if (sets and dataset not in sets) or (models and model not in models):
                continue
            for preset in presets:
                for seed in range(seeds):
                    for number in range(10):
                        yield measure(dataset, model, preset, number, seed)


def summary(cells: list[Cell]) -> str:
    """Row of the table: cells that pass, drop of retained test accuracy with its interval, worst cell, and cost."""
    drop = 100 * np.array([cell.retain_before - cell.retain_after for cell in cells])
    draws = np.random.default_rng(0).choice(drop, (2000, len(drop))).mean(1)
    low, high = np.quantile(draws, [0.025, 0.975])
    first = cells[0]
    return (
        f"| {first.dataset} | {first.model} | {first.preset} | {sum(cell.passes for cell in cells)} / {len(cells)} "
        f"| {100 * np.mean([cell.forget_accuracy for cell in cells]):.1f} "
        f"| {drop.mean():.1f} ({low:.1f} to {high:.1f}) "
        f"| {drop.max():.1f} | {sum(cell.halved for cell in cells)} "
        f"| {np.mean([cell.forget_entropy for cell in cells]):.2f} | {np.median([cell.steps for cell in cells]):.0f} "
        f"| {np.median([cell.seconds for cell in cells]):.1f} |"
    )


def _named(listed: str) -> tuple[str, ...]:
    return tuple(filter(None, listed.split(",")))


@click.command()
@click.option("--seeds", default=5, show_default=True, help="number of training seeds")
@click.option("--presets", default="default,algorithm-1", show_default=True, help="presets of JiT, separated by commas")
@click.option("--sets", default="", help="only these data sets, separated by commas")
@click.option("--models", default="", help="only these networks, separated by commas")
@click.option("--out", type=click.Path(path_type=Path), help="also write every cell to this CSV file")
def main(seeds: int, presets: str, sets: str, models: str, out: Path | None) -> None:
    """Print the results of the default settings as a table."""
    torch.set_num_threads(max(1, torch.get_num_threads() // 2))  # leaves a core for other work
    print(
        "| set | net | preset | passed | forget accuracy, % | drop, points (95 %) | worst | halved | H of D_f "
        "| steps | s |"
    )
    print("|:--|:--|:--|--:|--:|--:|--:|--:|--:|--:|--:|")
    cells: list[Cell] = []
    for cell in grid(_named(sets), _named(models), _named(presets), seeds):
        cells.append(cell)
        group = [c for c in cells if (c.dataset, c.model, c.preset) == (cell.dataset, cell.model, cell.preset)]
        if len(group) == 10 * seeds:
            print(summary(group), flush=True)
        elif sys.stderr.isatty():
            print(f"{len(cells):,} cells", end="\r", file=sys.stderr)
    if out is not None:
        with out.open("w", newline="") as file:
            table = csv.DictWriter(file, [field.name for field in fields(Cell)])
            table.writeheader()
            table.writerows(asdict(cell) for cell in cells)
    for preset in dict.fromkeys(cell.preset for cell in cells):
        selected = [cell for cell in cells if cell.preset == preset]
        share = 100 * np.mean([cell.passes for cell in selected])
        print(
            f"\n{preset}: {share:.1f} % of {len(selected)} cells pass; retained test accuracy more than halved in "
            f"{sum(cell.halved for cell in selected)}."
        )


if __name__ == "__main__":
    main()
