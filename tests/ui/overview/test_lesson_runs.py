from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from explorer.ui.overview.example import Example, load_example
from explorer.ui.overview.lesson_runs import (
    Lesson,
    answer,
    cell_sentence,
    forget_sentence,
    load_lesson,
    model_sentence,
    question,
    reference_sentence,
)


@pytest.fixture
def example() -> Example:
    return load_example()


@pytest.fixture
def lesson() -> Lesson:
    return load_lesson()


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def test_the_lesson_is_of_the_story(example: Example, lesson: Lesson) -> None:
    assert lesson.planes.shape[-2:] == example.snapshots.shape[1:] and lesson.planes.dtype == np.uint8
    assert lesson.marked_alpha == pytest.approx(example.alpha[lesson.marked])
    assert len(set(example.labels[lesson.marked])) == 1 and not example.forget[lesson.marked[lesson.hardest]]
    shape = (2, len(lesson.sigmas), len(lesson.etas))
    for each in (
        lesson.forget_accuracy,
        lesson.retain_accuracy,
        lesson.steps,
        lesson.stopped,
        lesson.planes[..., 0, 0],
    ):
        assert each.shape == shape
    assert (np.diff(lesson.sigmas) > 0).all() and (np.diff(lesson.etas) > 0).all()
    assert str(lesson.made_with) == str(example.made_with)  # both files were written in one go


def test_the_paths_end_with_their_runs_and_the_hardest_is_the_one_not_forgotten(lesson: Lesson) -> None:
    for path, steps, lost in zip(lesson.paths, lesson.marked_steps, lesson.marked_forgotten, strict=True):
        assert len(path) == steps + 1
        assert (path[-1] < 0.5) == lost and (path[:-1] >= 0.5).all()
    assert not lesson.marked_forgotten[lesson.hardest]
    assert lesson.marked_alpha.argmax() == lesson.hardest  # the lesson's point


def test_it_teaches_that_eta_too_large_or_sigma_too_small_ruins(lesson: Lesson) -> None:
    free = lesson.retain_accuracy[0]
    row, column = np.unravel_index(free.argmax(), free.shape)
    assert free[row, column] > 0.95 and lesson.forget_accuracy[0, row, column] <= 0.2
    assert free[row, -1] < 0.7 and free[0, column] < 0.7
    assert (np.diff(lesson.first_step, axis=1) > 0).all() and (np.diff(lesson.first_step, axis=0) < 0).all()
    assert set(lesson.stopped[0].ravel()) <= {"", "nan"}  # nothing but arithmetic ends what has no rule
    assert (lesson.steps[1] <= 100).all() and "target" in lesson.stopped[1]


def test_a_cell_is_a_plane_of_probabilities(lesson: Lesson) -> None:
    regions = lesson.regions((0, 3, 1))
    assert regions.shape == (*lesson.planes.shape[-2:], 2)
    np.testing.assert_allclose(regions.sum(-1), 1, atol=1e-6)
    assert (np.round(255 * regions[..., 1]) == lesson.planes[0, 3, 1]).all()


@pytest.mark.parametrize(("guess", "verdict"), [(1, "**Correct: sample 2**"), (0, "**Not sample 1: sample 2**")])
def test_the_answer_tells_what_happened(example: Example, lesson: Lesson, guess: int, verdict: str) -> None:
    told = replace(
        lesson, marked_steps=np.array([40, 200, 9]), marked_forgotten=np.array([True, False, True]),
        marked_alpha=np.array([0.7, 1.0, 0.25]),
    )  # fmt: skip
    words = plain(answer(example, told, guess))
    assert words.startswith(
        f"{verdict} was still predicted as B after 200 steps; sample 3 took 9 and sample 1 took 40."
    )
    assert "100.0 % around sample 2, 70.0 % around sample 1 and 25.0 % around sample 3" in words


def test_a_hardest_sample_that_gave_in_is_told_with_its_steps(example: Example, lesson: Lesson) -> None:
    told = replace(lesson, marked_steps=np.array([40, 30, 200]), marked_forgotten=np.ones(3, dtype=bool))
    assert plain(answer(example, told, 2)).startswith("**Correct: sample 3** took 200 steps;")
    assert "sample 3** was still" not in answer(example, told, 2)


@pytest.mark.parametrize(
    ("forget", "retain", "stopped", "words"),
    [
        (0.0, 0.97, "target", ["**the target is reached**", "after 7 steps. End of the run: target reached."]),
        (0.9, 0.97, "", ["**the target is not reached**", "completed all passes"]),
        (0.0, 0.90, "", ["**retained accuracy falls**"]),
        (0.0, 0.50, "nan", ["**the model collapses**", "stopped at a non-finite value"]),
        (1.0, 0.50, "guard", ["**the model collapses**", "stopped by the collapse guard"]),
    ],
)
def test_a_cell_is_judged(
    example: Example, lesson: Lesson, forget: float, retain: float, stopped: str, words: list[str]
) -> None:
    shape = lesson.steps.shape
    told = replace(
        lesson, forget_accuracy=np.full(shape, forget), retain_accuracy=np.full(shape, retain),
        steps=np.full(shape, 7), stopped=np.full(shape, stopped), first_step=np.full(shape[1:], 2.5),
    )  # fmt: skip
    example = replace(example, accuracies=np.array([[1, 0.98, 1], [0, 0.98, 1], [0, 0.98, 1]]))
    said = plain(cell_sentence(example, told, (0, 1, 2)))
    assert all(part in said for part in words), said
    assert f"sigma {lesson.sigmas[1]:g} and eta {lesson.etas[2]:g}" in said
    assert (
        f"is {100 * forget:.1f} % on the forget set and {100 * retain:.1f} % on retained samples (before: 98.0 %)"
        in said
    )
    assert said.endswith("first step is 2.5 times the norm of all weights.")
    small = replace(told, first_step=np.full(shape[1:], 0.002))
    assert plain(cell_sentence(example, small, (0, 1, 2))).endswith("first step is 0.2 % of the norm of all weights.")


def test_the_other_sentences_are_computed(example: Example, lesson: Lesson) -> None:
    example = replace(
        example, labels=np.zeros(10, dtype=int), forget=np.arange(10) < 2, alpha=np.full(10, 0.5),
        steps=np.array([0, 12]), moved=np.array([0, 0.04, 0]),
        accuracies=np.array([[0.5, 1, 1], [0.5, 0.9, 1], [0, 0.8, 1]]),
    )  # fmt: skip
    assert plain(model_sentence(example)).startswith(
        "The first figure shows 10 training samples, each a point of class A or class B."
    )
    assert "accuracy on the training samples is 90.0 %" in plain(model_sentence(example))
    assert "no longer predicts A for that sample" in question(example, replace(lesson, marked=np.array([1, 2, 3])))
    said = plain(forget_sentence(example))
    assert "Now the 2 ringed samples" in said and "the 8 retained samples. In 12 steps" in said
    assert "only 50.0 % share" in said
    assert "(n = 2) falls from 50.0 % to 50.0 %" in said
    said = plain(reference_sentence(example))
    assert "forget set is 0.0 %, that of the unlearned model 50.0 %: a higher accuracy than retrained can mean" in said
    assert "accuracies are 80.0 % and 90.0 %." in said and "disagree on 4.0 % of the plane" in said
    same = replace(example, accuracies=example.accuracies[[0, 1, 1]])
    assert "does not distinguish the two" in reference_sentence(same)
    assert "can also reveal D_f" in reference_sentence(replace(example, accuracies=example.accuracies[[0, 2, 1]]))
