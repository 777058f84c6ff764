"""How well the defaults hold up: every class of digits and fashion-mini forgotten by JiT, over several training seeds.

    python -m studies.defaults                       the whole grid, five seeds, `algorithm-1` beside the default
    python -m studies.defaults --seeds 1 --presets default --models convnet

A cell is one network, one class and one seed. It passes where the model gets no more than 5 % of D_f right and keeps
its test accuracy on the other classes within 5 points of the original's. Intervals are 95 %, by bootstrap over the
cells.
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
FORGOTTEN, LOST = 0.05, 0.05


@dataclass(frozen=True)
class Cell:
    """One forget request and what came of it: shares, nats, steps and seconds."""

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
        """Forgotten, and the others kept."""
        return self.forget_accuracy <= FORGOTTEN and self.retain_before - self.retain_after <= LOST

    @property
    def halved(self) -> bool:
        """Whether the others fell below half of what the original got right."""
        return self.retain_after < self.retain_before / 2


def measure(dataset: str, model: str, preset: str, number: int, seed: int, noise_seed: int | None = None) -> Cell:
    """Forget one class with one preset and measure what is left; noise_seed: that of training, unless it is given."""
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
    """Every cell of the grid, a network at a time."""
    for dataset, named in GRID.items():
        for model in named:
            if (sets and dataset not in sets) or (models and model not in models):
                continue
            for preset in presets:
                for seed in range(seeds):
                    for number in range(10):
                        yield measure(dataset, model, preset, number, seed)


def summary(cells: list[Cell]) -> str:
    """One row of the table: cells that pass, points lost with their interval, the worst cell, and what it took."""
    lost = 100 * np.array([cell.retain_before - cell.retain_after for cell in cells])
    draws = np.random.default_rng(0).choice(lost, (2000, len(lost))).mean(1)
    low, high = np.quantile(draws, [0.025, 0.975])
    first = cells[0]
    return (
        f"| {first.dataset} | {first.model} | {first.preset} | {sum(cell.passes for cell in cells)} / {len(cells)} "
        f"| {100 * np.mean([cell.forget_accuracy for cell in cells]):.1f} "
        f"| {lost.mean():.1f} ({low:.1f} to {high:.1f}) "
        f"| {lost.max():.1f} | {sum(cell.halved for cell in cells)} "
        f"| {np.mean([cell.forget_entropy for cell in cells]):.2f} | {np.median([cell.steps for cell in cells]):.0f} "
        f"| {np.median([cell.seconds for cell in cells]):.1f} |"
    )


def _named(listed: str) -> tuple[str, ...]:
    return tuple(filter(None, listed.split(",")))


@click.command()
@click.option("--seeds", default=5, show_default=True, help="training seeds of each cell")
@click.option("--presets", default="default,algorithm-1", show_default=True, help="presets of JiT, with commas")
@click.option("--sets", default="", help="only these data sets, with commas")
@click.option("--models", default="", help="only these networks, with commas")
@click.option("--out", type=click.Path(path_type=Path), help="write every cell to this CSV file as well")
def main(seeds: int, presets: str, sets: str, models: str, out: Path | None) -> None:
    """Print the table of the defaults' results."""
    torch.set_num_threads(max(1, torch.get_num_threads() // 2))  # whoever works beside this keeps a core
    print("| set | net | preset | passed | D_f right, % | points lost (95 %) | worst | halved | H of D_f | steps | s |")
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
        chosen = [cell for cell in cells if cell.preset == preset]
        share = 100 * np.mean([cell.passes for cell in chosen])
        print(
            f"\n{preset}: {share:.1f} % of {len(chosen)} cells pass; {sum(cell.halved for cell in chosen)} lost half."
        )


if __name__ == "__main__":
    main()
