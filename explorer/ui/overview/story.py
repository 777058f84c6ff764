"""The story that the Overview tells, read from assets/story.npz: no engine is imported to show it.

Every number on that page is computed from these arrays; `make verify` computes the arrays again from the networks.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import plotly.graph_objects as go

from explorer.figures.boundary import boundary
from explorer.figures.story import story as film_of
from explorer.figures.theme import IDENTITIES, Theme
from explorer.words import percent

FILE = Path(__file__).resolve().parents[3] / "assets" / "story.npz"
QUERY = ("dataset", "model", "seed", "forget")


@dataclass(frozen=True, eq=False)
class Story:
    """One forget request on a plane: n samples of two classes, t moments of the run, models in the order of IDENTITIES.

    codes                  (4,) data set, model, seed and forget set, as a link names them; classes (2,) their names
    xs, ys                 (w,), (h,) the grid's lines; snapshots (t, h, w) and retrained (h, w): probability of class 1
    steps                  (t,) step of each snapshot, 0 is the original; forget_accuracy, retain_accuracy (t,) shares
    points, labels, forget (n, 2), (n,), (n,) mask of the samples to be forgotten
    accuracies             (3, 3) of each model on forget, retained and test samples; tested: how many of the last
    moved                  (3,) share of the plane that each model puts on another side than retrained
    moved_by_seed          (s,) the same for retrained models of other training seeds
    alpha                  (n,) alpha of each sample at `radius`, itself included
    made_with              the machine's arithmetic
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
        """The story as parameters of a link to another page."""
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
def load_story() -> Story:
    """The shipped story; nobody may write into it."""
    with np.load(FILE, allow_pickle=False) as found:
        return Story(**found)


# Every visit draws the same pictures: built once a theme, they leave the server to send plotly to the browser.
@cache
def plane(name: str, theme: Theme, height: int) -> go.Figure:
    """The plane of the original, unlearned or retrained model, with its share of the forget set; shared, read only."""
    told = load_story()
    note = f"forget {percent(told.accuracies[IDENTITIES.index(name), 0])}"
    return boundary(
        told.xs, told.ys, told.regions(name), told.points, told.labels, told.forget, name, theme,
        classes=told.names, note=note, hollow_forget=name == "retrained", height=height,
    )  # fmt: skip


@cache
def film(theme: Theme, height: int, start: int = -1, button: str = "Play") -> go.Figure:
    """The film of the run, opening on snapshot `start`; shared, read only."""
    told = load_story()
    return film_of(
        told.xs, told.ys, told.snapshots, told.steps, told.forget_accuracy, told.points, told.labels, told.forget,
        theme, classes=told.names, start=start, button=button, height=height,
    )  # fmt: skip


def together(text: str) -> str:
    """The text with its percent signs on the line of their numbers."""
    return text.replace(" %", "\N{NO-BREAK SPACE}%")


def headline(story: Story) -> str:
    """What forgetting did and what it cost, in one sentence."""
    before, after, _ = story.accuracies
    gained = 100 * (after[1] - before[1])
    others = "lost nothing" if abs(gained) < 0.05 else f"{'gained' if gained > 0 else 'lost'} {abs(gained):.1f} points"
    return together(
        f"{story.forget.sum():,} of {len(story.forget):,} samples are forgotten: the model now gets "
        f"{percent(after[0])} of them right (it was {percent(before[0])}), and the retained samples {others}"
    )


def numbers(story: Story) -> str:
    """The three models side by side, as a Markdown table that fits a phone."""
    size, samples = int(story.forget.sum()), len(story.forget)
    rows = {
        f"Right of the {size:,} to forget": story.accuracies[:, 0],
        f"Right of the other {samples - size:,}": story.accuracies[:, 1],
        f"Right of {int(story.tested):,} test samples": story.accuracies[:, 2],
        "Plane on another side than retrained": story.moved,
    }
    head = "| | :small[Original] | :small[Unlearned] | :small[Retrained] |\n|:--|--:|--:|--:|"
    lines = [f"| :small[{name}] | {' | '.join(map(percent, row))} |" for name, row in rows.items()]
    return together("\n".join([head, *lines]))


def honest_sentence(story: Story) -> str:
    """What the numbers do not say."""
    low, high = 100 * story.moved_by_seed.min(), 100 * story.moved_by_seed.max()
    original, unlearned, _ = 100 * story.moved
    if abs(original - unlearned) < high - low:  # no more than what a seed decides
        closer = "hardly closer to"
    else:
        closer = "closer to" if unlearned < original else "further from"
    return together(
        f"Only the ringed samples were asked for: the boundary as a whole is {closer} the retrained one "
        f"({original:.1f} to {unlearned:.1f} %). Retrained models of {len(story.moved_by_seed)} other seeds differ "
        f"from that one by {low:.1f} to {high:.1f} % themselves. One training seed, one run: no interval is shown."
    )
