"""The runs behind the lesson, read from assets/lesson.npz, and what they say: no engine is imported to show them.

Every number of the lesson is computed from these arrays and those of the story; `make verify` makes them again.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from explorer.ui.overview.story import FILE, Story, together
from explorer.words import counted, listed, percent

FORGOTTEN = 0.2
"""The share of the forget set up to which it counts as forgotten: the default rule's for chosen samples."""
COST, RUIN = 0.05, 0.2
"""The share of the retained samples from which their loss is called a cost, and from which the model is ruined."""


@dataclass(frozen=True, eq=False)
class Lesson:
    """Three samples of the story, each forgotten alone, and its forget set under s values of sigma and e of eta.

    marked, marked_alpha     (3,) training samples, and alpha of each at the story's radius
    marked_probability       (3, t) of the sample's label, before the run and after each step; padded with the last
    marked_steps, marked_forgotten
                             (3,) the steps taken, and whether the label was lost
    sigmas, etas             (s,), (e,)
    first_step               (s, e) ||delta theta|| of the first step over ||theta||
    planes                   (2, s, e, h, w) probability of class 1 in 255ths on the story's grid, [0] with nothing that
                             stops the run, [1] with target and guard; so too
    forget_accuracy, retain_accuracy, steps, stopped
                             (2, s, e) shares, the steps of the weights that were left, and the reason, "" for none
    made_with                the machine's arithmetic
    """

    marked: np.ndarray
    marked_alpha: np.ndarray
    marked_probability: np.ndarray
    marked_steps: np.ndarray
    marked_forgotten: np.ndarray
    sigmas: np.ndarray
    etas: np.ndarray
    first_step: np.ndarray
    planes: np.ndarray
    forget_accuracy: np.ndarray
    retain_accuracy: np.ndarray
    steps: np.ndarray
    stopped: np.ndarray
    made_with: np.ndarray

    @property
    def paths(self) -> list[np.ndarray]:
        """The marked samples' probabilities, each to the end of its own run."""
        return [path[: 1 + steps] for path, steps in zip(self.marked_probability, self.marked_steps, strict=True)]

    @property
    def hardest(self) -> int:
        """Which of the marked samples resisted longest, from 0."""
        return int(np.argmax(self.marked_steps + ~self.marked_forgotten))

    def regions(self, cell: tuple[int, int, int]) -> np.ndarray:
        """Probabilities (h, w, 2) of the model that a run left."""
        share = self.planes[cell].astype(np.float32) / 255
        return np.stack([1 - share, share], -1)


@cache
def load_lesson() -> Lesson:
    """The shipped runs; nobody may write into them."""
    with np.load(FILE.with_name("lesson.npz"), allow_pickle=False) as found:
        return Lesson(**found)


def model_sentence(story: Story) -> str:
    """Step 1: what the model is and how well it does."""
    right = np.average(story.accuracies[0, :2], weights=[story.forget.sum(), (~story.forget).sum()])
    a, b = map(str, story.classes)
    return together(
        f"First {len(story.labels):,} samples, each a point of class {a} or class {b}. Then what a small neural "
        f"network learned from them: it calls every place of the plane {a} or {b}, in pale colour, and the line is "
        f"where it changes its mind. It gets {percent(float(right))} of its samples right."
    )


def question(story: Story, lesson: Lesson) -> str:
    """Step 2, before the answer."""
    name = story.classes[int(story.labels[lesson.marked[0]])]
    return (
        f"To unlearn is to make a trained model forget chosen samples without training it anew. Three samples of "
        f"class {name} are marked. Each is now forgotten alone: the model is changed until it no longer calls that "
        f"sample {name}. **Which one is hardest to forget?**"
    )


def answer(story: Story, lesson: Lesson, guess: int) -> str:
    """Step 2, after the reader guessed (from 0): what really happened, and why."""
    hardest, name = lesson.hardest, story.classes[int(story.labels[lesson.marked[0]])]
    steps, lost = lesson.marked_steps, lesson.marked_forgotten
    others = [at for at in np.argsort(lesson.marked_steps) if at != hardest]
    end = f"took {steps[hardest]} steps" if lost[hardest] else f"was still called {name} after {steps[hardest]} steps"
    told = [f"{percent(float(lesson.marked_alpha[at]))} around sample {at + 1}" for at in [hardest, *others[::-1]]]
    return together(
        f"**{'You were right' if guess == hardest else f'It was not {guess + 1}'}: sample {hardest + 1}** {end}; "
        f"{listed(f'sample {at + 1} took {steps[at]}' for at in others)}. Count the neighbours within {story.radius:g} "
        f"that have the same label (the paper's alpha): {listed(told)}. Among its own kind a sample's noisy copies get "
        f"the answer that it gets itself, so there is nowhere to push it. One run each."
    )


def forget_sentence(story: Story) -> str:
    """Step 3: what the button does."""
    size, kept = int(story.forget.sum()), int((~story.forget).sum())
    return together(
        f"Now the {size:,} ringed samples at once; of the samples around them only "
        f"{percent(float(story.alpha[story.forget].mean()))} share their label. Press **Forget**: JiT adds noise to "
        f"each ringed sample and makes the model answer the sample as it answers its noisy copies. It never looks at "
        f"the other {kept:,}. In {story.steps[-1]} steps the line moves, and the share of the {size:,} that is "
        f"right falls from {percent(story.accuracies[0, 0])} to {percent(story.accuracies[1, 0])}."
    )


def reference_sentence(story: Story) -> str:
    """Step 4: the unlearned model beside one that never saw the forget set."""
    size = int(story.forget.sum())
    _, unlearned, retrained = story.accuracies
    trace = {
        1: "what it still gets right beyond that may be memory",
        0: "here the two cannot be told apart by that",
        -1: "getting fewer right than that is a trace too",
    }[int(np.sign(unlearned[0] - retrained[0]))]
    return together(
        f"The retrained model began anew without the {size:,}: this is what forgetting is meant to be. It gets "
        f"{percent(retrained[0])} of them right, the unlearned one {percent(unlearned[0])}: {trace}. Of the other "
        f"samples they get {percent(retrained[1])} and {percent(unlearned[1])} right, and they call "
        f"{percent(story.moved[1])} of the plane differently."
    )


def cell_sentence(story: Story, lesson: Lesson, cell: tuple[int, int, int]) -> str:
    """Step 5: what these settings did to the model, and why."""
    _, row, column = cell
    forget, retain = float(lesson.forget_accuracy[cell]), float(lesson.retain_accuracy[cell])
    lost = float(story.accuracies[0, 1]) - retain
    if lost > COST:
        verdict = "**the model is ruined**" if lost > RUIN else "**the other samples pay for it**"
    else:
        verdict = "**it works**" if forget <= FORGOTTEN else "**too little is forgotten**"
    ended = {
        "target": "stopped because they were forgotten",
        "guard": "stopped by the guard, which saw a collapse, and put back to the last good weights",
        "nan": "ended by numbers too large to compute with, and put back to the last good weights",
    }.get(str(lesson.stopped[cell]), "not stopped by anything")
    steps, first = int(lesson.steps[cell]), float(lesson.first_step[row, column])
    return together(
        f"With sigma {lesson.sigmas[row]:g} and eta {lesson.etas[column]:g} {verdict}: {percent(forget)} of the "
        f"samples to forget are right and {percent(retain)} of the others (before: "
        f"{percent(story.accuracies[0, 1])}), after {counted(steps, 'step')}, {ended}. The first step "
        f"alone was {_length(first)}."
    )


def _length(share: float) -> str:
    """A step beside the length of all weights."""
    return f"{f'{share:.1f} times' if share >= 1 else percent(share)} as long as all weights together"
