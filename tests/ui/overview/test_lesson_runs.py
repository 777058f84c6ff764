from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

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
from explorer.ui.overview.story import Story, load_story


@pytest.fixture
def story() -> Story:
    return load_story()


@pytest.fixture
def lesson() -> Lesson:
    return load_lesson()


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def test_the_lesson_is_of_the_story(story: Story, lesson: Lesson) -> None:
    assert lesson.planes.shape[-2:] == story.snapshots.shape[1:] and lesson.planes.dtype == np.uint8
    assert lesson.marked_alpha == pytest.approx(story.alpha[lesson.marked])
    assert len(set(story.labels[lesson.marked])) == 1 and not story.forget[lesson.marked[lesson.hardest]]
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
    assert str(lesson.made_with) == str(story.made_with)  # both files were written in one go


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


@pytest.mark.parametrize(("guess", "verdict"), [(1, "**You were right: sample 2**"), (0, "**It was not 1: sample 2**")])
def test_the_answer_tells_what_happened(story: Story, lesson: Lesson, guess: int, verdict: str) -> None:
    told = replace(
        lesson, marked_steps=np.array([40, 200, 9]), marked_forgotten=np.array([True, False, True]),
        marked_alpha=np.array([0.7, 1.0, 0.25]),
    )  # fmt: skip
    words = plain(answer(story, told, guess))
    assert words.startswith(f"{verdict} was still called B after 200 steps; sample 3 took 9 and sample 1 took 40.")
    assert "100.0 % around sample 2, 70.0 % around sample 1 and 25.0 % around sample 3" in words


def test_a_hardest_sample_that_gave_in_is_told_with_its_steps(story: Story, lesson: Lesson) -> None:
    told = replace(lesson, marked_steps=np.array([40, 30, 200]), marked_forgotten=np.ones(3, dtype=bool))
    assert plain(answer(story, told, 2)).startswith("**You were right: sample 3** took 200 steps;")
    assert "sample 3** was still" not in answer(story, told, 2)


@pytest.mark.parametrize(
    ("forget", "retain", "stopped", "words"),
    [
        (0.0, 0.97, "target", ["**it works**", "after 7 steps, stopped because they were forgotten"]),
        (0.9, 0.97, "", ["**too little is forgotten**", "not stopped by anything"]),
        (0.0, 0.90, "", ["**the other samples pay for it**"]),
        (0.0, 0.50, "nan", ["**the model is ruined**", "numbers too large to compute with"]),
        (1.0, 0.50, "guard", ["**the model is ruined**", "stopped by the guard"]),
    ],
)
def test_a_cell_is_judged(
    story: Story, lesson: Lesson, forget: float, retain: float, stopped: str, words: list[str]
) -> None:
    shape = lesson.steps.shape
    told = replace(
        lesson, forget_accuracy=np.full(shape, forget), retain_accuracy=np.full(shape, retain),
        steps=np.full(shape, 7), stopped=np.full(shape, stopped), first_step=np.full(shape[1:], 2.5),
    )  # fmt: skip
    story = replace(story, accuracies=np.array([[1, 0.98, 1], [0, 0.98, 1], [0, 0.98, 1]]))
    said = plain(cell_sentence(story, told, (0, 1, 2)))
    assert all(part in said for part in words), said
    assert f"sigma {lesson.sigmas[1]:g} and eta {lesson.etas[2]:g}" in said
    assert f"{100 * forget:.1f} % of the samples to forget are right and {100 * retain:.1f} % of the others" in said
    assert said.endswith("2.5 times as long as all weights together.")
    small = replace(told, first_step=np.full(shape[1:], 0.002))
    assert plain(cell_sentence(story, small, (0, 1, 2))).endswith("0.2 % as long as all weights together.")


def test_the_other_sentences_are_computed(story: Story, lesson: Lesson) -> None:
    story = replace(
        story, labels=np.zeros(10, dtype=int), forget=np.arange(10) < 2, alpha=np.full(10, 0.5),
        steps=np.array([0, 12]), moved=np.array([0, 0.04, 0]),
        accuracies=np.array([[0.5, 1, 1], [0.5, 0.9, 1], [0, 0.8, 1]]),
    )  # fmt: skip
    assert plain(model_sentence(story)).startswith("First 10 samples, each a point of class A or class B.")
    assert "90.0 % of its samples right" in plain(model_sentence(story))
    assert "no longer calls that sample A" in question(story, replace(lesson, marked=np.array([1, 2, 3])))
    said = plain(forget_sentence(story))
    assert "Now the 2 ringed samples" in said and "the other 8. In 12 steps" in said and "only 50.0 % share" in said
    said = plain(reference_sentence(story))
    assert (
        "gets 0.0 % of them right, the unlearned one 50.0 %: what it still gets right beyond that may be memory" in said
    )
    assert "80.0 % and 90.0 % right" in said and "4.0 % of the plane" in said
    same = replace(story, accuracies=story.accuracies[[0, 1, 1]])
    assert "cannot be told apart" in reference_sentence(same)
    assert "is a trace too" in reference_sentence(replace(story, accuracies=story.accuracies[[0, 2, 1]]))
