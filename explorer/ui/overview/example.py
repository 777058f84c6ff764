"""The stored example of the Overview page, read from assets/story.npz without importing the engine.

Every number on the page is computed from these arrays. `make verify` recomputes the arrays from the networks.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import plotly.graph_objects as go

from explorer.figures.boundary import boundary
from explorer.figures.boundary_animation import boundary_animation
from explorer.figures.theme import IDENTITIES, Theme
from explorer.words import percent

FILE = Path(__file__).resolve().parents[3] / "assets" / "story.npz"
QUERY = ("dataset", "model", "seed", "forget")
"""Link parameters, in the order of `Example.codes`."""


@dataclass(frozen=True, eq=False)
class Example:
    """One forget request on a plane: n training samples of two classes, t snapshots of one run.

    The three models are in the order of IDENTITIES: original, unlearned, retrained.

    Attributes:
        codes: (4,) data set, model, seed and forget set, as written in a link.
        classes: (2,) class names.
        xs, ys: (w,) and (h,), coordinates of the grid.
        snapshots: (t, h, w) probability of class 1 during the run.
        steps: (t,) step of each snapshot; 0 is the original.
        forget_accuracy, retain_accuracy: (t,) accuracies in 0..1 at each snapshot.
        retrained: (h, w) probability of class 1 under the retrained model.
        points, labels: (n, 2) and (n,) training samples.
        forget: (n,) mask of the forget set.
        accuracies: (3, 3) accuracy of each model (rows) on forget, retained and test samples.
        tested: number of test samples.
        moved: (3,) disagreement of each model with the retrained one, as a share of the plane.
        moved_by_seed: (s,) the same for models retrained with s other training seeds.
        radius: radius r of `alpha`.
        alpha: (n,) alpha(x) of each sample at `radius`; the sample itself counts.
        made_with: PyTorch version and processor that the arrays were computed with.
    """

    codes: np.ndarray
    classes: np.ndarray
    xs: np.ndarray
    ys: np.ndarray
    snapshots: np.ndarray
    steps: np.ndarray
    forget_accuracy: np.ndarray
    retain_accuracy: np.ndarray
    retrained: np.ndarray
    points: np.ndarray
    labels: np.ndarray
    forget: np.ndarray
    accuracies: np.ndarray
    tested: np.ndarray
    moved: np.ndarray
    moved_by_seed: np.ndarray
    radius: np.ndarray
    alpha: np.ndarray
    made_with: np.ndarray

    @property
    def link(self) -> dict[str, str]:
        """Parameters of a link that opens the example on another page."""
        return dict(zip(QUERY, map(str, self.codes), strict=True))

    @property
    def names(self) -> list[str]:
        """The classes' names."""
        return [str(name) for name in self.classes]

    def regions(self, name: str) -> np.ndarray:
        """Probabilities (h, w, 2) of the original, unlearned or retrained model."""
        share = {"original": self.snapshots[0], "unlearned": self.snapshots[-1], "retrained": self.retrained}[name]
        share = share.astype(np.float32)
        return np.stack([1 - share, share], -1)


@cache
def load_example() -> Example:
    """The shipped example; shared, read only."""
    with np.load(FILE, allow_pickle=False) as arrays:
        return Example(**arrays)


# Every visit draws the same figures, so they are built once per theme; the server then only sends them.
@cache
def plane(name: str, theme: Theme, height: int) -> go.Figure:
    """The plane of the original, unlearned or retrained model, with its accuracy on D_f; shared, read only."""
    example = load_example()
    note = f"D_f accuracy {percent(example.accuracies[IDENTITIES.index(name), 0])}"
    return boundary(
        example.xs, example.ys, example.regions(name), example.points, example.labels, example.forget, name, theme,
        classes=example.names, note=note, hollow_forget=name == "retrained", height=height,
    )  # fmt: skip


@cache
def animation(theme: Theme, height: int, start: int = -1, button: str = "Play") -> go.Figure:
    """The animation of the run, which opens on snapshot `start`; shared, read only."""
    example = load_example()
    return boundary_animation(
        example.xs, example.ys, example.snapshots, example.steps, example.forget_accuracy, example.points,
        example.labels, example.forget, theme, classes=example.names, start=start, button=button, height=height,
    )  # fmt: skip


def nonbreaking_percent(text: str) -> str:
    """The text with a no-break space before every percent sign."""
    return text.replace(" %", "\N{NO-BREAK SPACE}%")


def headline(example: Example) -> str:
    """Accuracy on the forget set before and after, and the change in retained accuracy, in one sentence."""
    before, after, _ = example.accuracies
    gain = 100 * (after[1] - before[1])
    change = "did not change" if abs(gain) < 0.05 else f"{'rose' if gain > 0 else 'fell'} by {abs(gain):.1f} points"
    ends = f"from {percent(before[0])} to {percent(after[0])}"
    verb = "did not change" if percent(before[0]) == percent(after[0]) else "rose" if after[0] > before[0] else "fell"
    return nonbreaking_percent(
        f"Accuracy on the forget set (n = {example.forget.sum():,}) {verb} {ends}; "
        f"accuracy on retained samples {change}"
    )


def results_table(example: Example) -> str:
    """Accuracies and disagreement of the three models, as a Markdown table that fits a phone."""
    size, samples = int(example.forget.sum()), len(example.forget)
    rows = {
        f"Accuracy, forget set (n = {size:,})": example.accuracies[:, 0],
        f"Accuracy, retained samples (n = {samples - size:,})": example.accuracies[:, 1],
        f"Accuracy, test samples (n = {int(example.tested):,})": example.accuracies[:, 2],
        "Dis\N{SOFT HYPHEN}agreement with retrained (% of the plane)": example.moved,  # the longest word fits a phone
    }
    head = "| | :small[Original] | :small[Unlearned] | :small[Retrained] |\n|:--|--:|--:|--:|"
    lines = [f"| :small[{name}] | {' | '.join(map(percent, row))} |" for name, row in rows.items()]
    return nonbreaking_percent("\n".join([head, *lines]))


def caveats(example: Example) -> str:
    """Limits of the numbers: disagreement over the whole plane, and the variation between training seeds."""
    low, high = 100 * example.moved_by_seed.min(), 100 * example.moved_by_seed.max()
    original, unlearned, _ = 100 * example.moved
    if abs(original - unlearned) < high - low:  # within the variation between training seeds
        closer = "hardly closer to"
    else:
        closer = "closer to" if unlearned < original else "further from"
    return nonbreaking_percent(
        f"The method was given only the ringed samples. Over the whole plane the unlearned model is {closer} the "
        f"retrained model than the original is: disagreement with it goes from {original:.1f} to {unlearned:.1f} %. "
        f"Models retrained with {len(example.moved_by_seed)} other seeds disagree with it on {low:.1f} to "
        f"{high:.1f} % of the plane. These are results of one training seed and one run, without intervals."
    )
