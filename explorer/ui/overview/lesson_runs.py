"""Stored runs of the lesson (assets/lesson.npz) and the sentences computed from them; imports no engine.

Every number of the lesson is computed from these arrays and those of the example. `make verify` recomputes them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from explorer.ui.overview.example import FILE, Example, nonbreaking_percent
from explorer.words import counted, listed, percent

TARGET = 0.2
"""Target accuracy on the forget set: that of the default rule for selected samples."""
COST, COLLAPSE = 0.05, 0.2
"""Drops in retained accuracy (0..1): above the first it is reported as a cost, above the second as a collapse."""


@dataclass(frozen=True, eq=False)
class Lesson:
    """Runs on the data of the example: three samples forgotten one at a time, and a grid of s sigmas by e etas.

    The runs of the grid forget the example's forget set. Index 0 of the first axis of their arrays is without stopping
    rule and guard, index 1 with both.

    Attributes:
        marked: (3,) positions of the three training samples.
        marked_alpha: (3,) alpha(x) of each at the radius of the example.
        marked_probability: (3, t) probability of the sample's label before the run and after each step; the last value
            fills the row.
        marked_steps: (3,) steps taken.
        marked_forgotten: (3,) whether the prediction changed from the sample's label.
        sigmas, etas: (s,) and (e,), increasing.
        first_step: (s, e) ||delta theta|| of the first step over ||theta||.
        planes: (2, s, e, h, w) probability of class 1 in 255ths, on the grid of the example.
        forget_accuracy, retain_accuracy: (2, s, e) accuracies in 0..1 of the final weights.
        steps: (2, s, e) step of the final weights.
        stopped: (2, s, e) why the run stopped early: "target", "guard", "nan", or "" if it did not.
        made_with: PyTorch version and processor that the arrays were computed with.
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
        """Probability of the label of each marked sample, (1 + its steps,) each."""
        return [path[: 1 + steps] for path, steps in zip(self.marked_probability, self.marked_steps, strict=True)]

    @property
    def hardest(self) -> int:
        """Index of the marked sample that took the most steps; one that was not forgotten comes before one that was."""
        return int(np.argmax(self.marked_steps + ~self.marked_forgotten))

    def regions(self, cell: tuple[int, int, int]) -> np.ndarray:
        """Probabilities (h, w, 2) of the final model of one run; cell: indices of rule, sigma and eta."""
        share = self.planes[cell].astype(np.float32) / 255
        return np.stack([1 - share, share], -1)


@cache
def load_lesson() -> Lesson:
    """The shipped runs; shared, read only."""
    with np.load(FILE.with_name("lesson.npz"), allow_pickle=False) as arrays:
        return Lesson(**arrays)


def model_sentence(example: Example) -> str:
    """Step 1: the samples, the model's predictions and its accuracy."""
    accuracy = np.average(example.accuracies[0, :2], weights=[example.forget.sum(), (~example.forget).sum()])
    a, b = map(str, example.classes)
    return nonbreaking_percent(
        f"The first figure shows {len(example.labels):,} training samples, each a point of class {a} or class {b}. "
        f"The second one shows the predictions of a small neural network that was trained on them: the pale colour is "
        f"the predicted class, {a} or {b}, at each point of the plane, and the line is the decision boundary between "
        f"them. The accuracy on the training samples is {percent(float(accuracy))}."
    )


def question(example: Example, lesson: Lesson) -> str:
    """Step 2, before the reader answers: which of the three marked samples is hardest to forget?"""
    name = example.classes[int(example.labels[lesson.marked[0]])]
    return (
        f"Unlearning makes a trained model forget selected samples without training it again. Three samples of class "
        f"{name} are marked. Each is now forgotten alone: the model is changed until it no longer predicts {name} for "
        f"that sample. **Which sample is hardest to forget?**"
    )


def answer(example: Example, lesson: Lesson, guess: int) -> str:
    """Step 2, after the reader selected sample `guess` (from 0): the steps and the alpha of each sample."""
    hardest, name = lesson.hardest, example.classes[int(example.labels[lesson.marked[0]])]
    steps, forgotten = lesson.marked_steps, lesson.marked_forgotten
    others = [at for at in np.argsort(lesson.marked_steps) if at != hardest]
    end = f"took {steps[hardest]} steps"
    if not forgotten[hardest]:
        end = f"was still predicted as {name} after {steps[hardest]} steps"
    alphas = [f"{percent(float(lesson.marked_alpha[at]))} around sample {at + 1}" for at in [hardest, *others[::-1]]]
    return nonbreaking_percent(
        f"**{'Correct' if guess == hardest else f'Not sample {guess + 1}'}: sample {hardest + 1}** {end}; "
        f"{listed(f'sample {at + 1} took {steps[at]}' for at in others)}. The share of the samples within "
        f"{example.radius:g} that have the same label (the paper's alpha) is {listed(alphas)}. Among samples of its "
        f"own class, the noisy copies of a sample get the same prediction as the sample itself, so there is no other "
        f"class to move it to. One run each."
    )


def forget_sentence(example: Example) -> str:
    """Step 3: the forget set, the method, and accuracy on the forget set before and after."""
    size, retained = int(example.forget.sum()), int((~example.forget).sum())
    return nonbreaking_percent(
        f"Now the {size:,} ringed samples are forgotten together. Of the samples around them only "
        f"{percent(float(example.alpha[example.forget].mean()))} share their label. Press **Forget**: JiT adds noise "
        f"to each ringed sample and changes the model so that its output for the sample matches its outputs for the "
        f"noisy copies. It does not use the {retained:,} retained samples. In {example.steps[-1]} steps the decision "
        f"boundary moves, and accuracy on the forget set (n = {size:,}) falls from "
        f"{percent(example.accuracies[0, 0])} to {percent(example.accuracies[1, 0])}."
    )


def reference_sentence(example: Example) -> str:
    """Step 4: the unlearned model beside the retrained one, which never saw the forget set."""
    size = int(example.forget.sum())
    _, unlearned, retrained = example.accuracies
    trace = {
        1: "a higher accuracy than retrained can mean that the model still contains information on D_f",
        0: "this accuracy does not distinguish the two models",
        -1: "a lower accuracy than retrained can also reveal D_f",
    }[int(np.sign(unlearned[0] - retrained[0]))]
    return nonbreaking_percent(
        f"The retrained model was trained from the start without the {size:,} samples: it is the result that "
        f"unlearning aims for. Its accuracy on the forget set is {percent(retrained[0])}, that of the unlearned model "
        f"{percent(unlearned[0])}: {trace}. On retained samples the accuracies are {percent(retrained[1])} and "
        f"{percent(unlearned[1])}. The two models disagree on {percent(example.moved[1])} of the plane."
    )


def cell_sentence(example: Example, lesson: Lesson, cell: tuple[int, int, int]) -> str:
    """Step 5: accuracies, steps and end of the run with these settings; cell: indices of rule, sigma and eta."""
    _, row, column = cell
    forget, retain = float(lesson.forget_accuracy[cell]), float(lesson.retain_accuracy[cell])
    drop = float(example.accuracies[0, 1]) - retain
    if drop > COST:
        verdict = "**the model collapses**" if drop > COLLAPSE else "**retained accuracy falls**"
    else:
        verdict = "**the target is reached**" if forget <= TARGET else "**the target is not reached**"
    end = {
        "target": "target reached",
        "guard": "stopped by the collapse guard, which restored the last good weights",
        "nan": "stopped at a non-finite value, and the last good weights were restored",
    }.get(str(lesson.stopped[cell]), "completed all passes")
    steps, first = int(lesson.steps[cell]), float(lesson.first_step[row, column])
    return nonbreaking_percent(
        f"With sigma {lesson.sigmas[row]:g} and eta {lesson.etas[column]:g} {verdict}: accuracy is {percent(forget)} "
        f"on the forget set and {percent(retain)} on retained samples (before: {percent(example.accuracies[0, 1])}) "
        f"after {counted(steps, 'step')}. End of the run: {end}. The length of the first step is "
        f"{_relative_length(first)} the norm of all weights."
    )


def _relative_length(ratio: float) -> str:
    """The length of a step relative to the norm of all weights: "2.5 times" or "0.2 % of"."""
    return f"{ratio:.1f} times" if ratio >= 1 else f"{percent(ratio)} of"
