"""The lesson: five steps in plain words, with pictures that respond, all of them drawn from stored arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from explorer.figures.boundary import boundary, describe_boundary
from explorer.figures.forgotten_alone import describe_forgotten_alone, forgotten_alone
from explorer.figures.numbered import number
from explorer.figures.samples_alone import describe_samples, samples_alone
from explorer.figures.settings_map import describe_settings_map, settings_map
from explorer.figures.story import describe_story
from explorer.ui.overview import lesson_runs as runs
from explorer.ui.overview.story import film, load_story, plane
from explorer.ui.show.plot import current_theme, plot
from explorer.ui.state import lesson_step, link
from explorer.ui.state.lesson_step import STEP, STEPS
from explorer.ui.state.parameters import PERSISTENT

GUESS, SIGMA, ETA, STOP = (f"lesson.{name}" for name in ("guess", "sigma", "eta", "stop"))
HEIGHT = 360


@st.fragment
def show_lesson() -> None:
    """The step that the reader is on: its words, what to answer or set, its pictures, and the way to the next one."""
    lesson_step.settle()
    st.segmented_control(
        "Step", range(len(STEPS)), key=STEP, required=True, format_func=lambda step: f"{step + 1} {STEPS[step]}",
        label_visibility="collapsed", **PERSISTENT,
    )  # fmt: skip
    at = st.session_state[STEP]
    link.amend({lesson_step.NAME: None, **lesson_step.as_link()})
    words, left, right = st.container(), *st.columns(2, gap="medium")
    (_model, _predict, _forget, _compare, _ruin)[at](words, left, right)
    if at + 1 < len(STEPS):
        st.button(f"Next: {STEPS[at + 1]}", key="lesson next", on_click=_go_on, icon=":material/arrow_forward:")


def _go_on() -> None:
    st.session_state[STEP] += 1


def _model(words: Any, left: Any, right: Any) -> None:
    told = load_story()
    words.markdown(runs.model_sentence(told))
    with left:
        figure = samples_alone(
            told.xs, told.ys, told.points, told.labels, current_theme(), classes=told.names, height=HEIGHT
        )
        plot(figure, alt=describe_samples(told.labels, told.names), key="lesson plane")
    with right:
        _show_regions(told.regions("original"), "original", (), "", "lesson beside")


def _predict(words: Any, left: Any, right: Any) -> None:
    told, lesson = load_story(), runs.load_lesson()
    words.markdown(runs.question(told, lesson))
    guess = words.segmented_control(
        "Sample", range(len(lesson.marked)), key=GUESS, format_func=lambda at: f"Sample {at + 1}",
        label_visibility="collapsed", **PERSISTENT,
    )  # fmt: skip
    with left:
        _show_regions(told.regions("original"), "original", lesson.marked, "", "lesson plane", numbered=True)
    with right:
        if guess is None:
            st.info("Choose one, and this place shows what really happened to all three.")
            return
        figure = forgotten_alone(lesson.paths, current_theme(), classes=len(told.classes), height=HEIGHT)
        plot(figure, alt=describe_forgotten_alone(lesson.paths), key="lesson lines")
    words.markdown(runs.answer(told, lesson, guess))


def _forget(words: Any, left: Any, right: Any) -> None:
    told = load_story()
    words.markdown(runs.forget_sentence(told))
    with left:
        _show_model("original", "lesson plane")
    with right:
        alt = describe_story(told.steps, told.forget_accuracy, told.forget)
        plot(film(current_theme(), HEIGHT, start=0, button="Forget"), alt=alt, key="lesson film")


def _compare(words: Any, left: Any, right: Any) -> None:
    told = load_story()
    words.markdown(runs.reference_sentence(told))
    for place, name, key in ((left, "unlearned", "lesson plane"), (right, "retrained", "lesson beside")):
        with place:
            _show_model(name, key)


def _ruin(words: Any, left: Any, right: Any) -> None:
    told, lesson = load_story(), runs.load_lesson()
    st.session_state.setdefault(SIGMA, float(lesson.sigmas[3]))
    st.session_state.setdefault(ETA, float(lesson.etas[1]))
    words.markdown(
        "The film took steps of one length. Plain JiT steps by **eta** times a slope that is measured over a distance "
        "of about **sigma**: ten times eta, or a tenth of sigma, and steps get about ten times as long. Ruin the model."
    )
    first, second, third = words.columns(3, gap="medium", vertical_alignment="bottom")
    first.select_slider(
        "sigma, reach of the noise", lesson.sigmas.tolist(), key=SIGMA, format_func=_plain, **PERSISTENT
    )
    second.select_slider("eta, step size", lesson.etas.tolist(), key=ETA, format_func=_plain, **PERSISTENT)
    stop = third.toggle("Stop as soon as it is forgotten", key=STOP, **PERSISTENT)
    row = lesson.sigmas.tolist().index(st.session_state[SIGMA])
    column = lesson.etas.tolist().index(st.session_state[ETA])
    cell = (int(stop), row, column)
    words.markdown(runs.cell_sentence(told, lesson, cell))
    rings = np.flatnonzero(told.forget)
    with left:
        note = f"sigma {lesson.sigmas[row]:g}, eta {lesson.etas[column]:g}"
        _show_regions(lesson.regions(cell), "unlearned", rings, note, "lesson plane")
    with right:
        title = f"Right of the other {(~told.forget).sum():,}"
        table = lesson.retain_accuracy[cell[0]]
        values = [_plain(value) for value in lesson.sigmas], [_plain(value) for value in lesson.etas]
        figure = settings_map(
            table, *values, cell[1:], current_theme(), title=title, row_title="sigma", column_title="eta",
            floor=1 / len(told.classes), height=HEIGHT,
        )  # fmt: skip
        plot(figure, alt=describe_settings_map(table, *values, cell[1:], title), key="lesson settings")


def _plain(value: float) -> str:
    return f"{value:g}"


def _show_model(name: str, key: str) -> None:
    """The plane of one of the story's models, with the forget set ringed."""
    told = load_story()
    alt = describe_boundary(told.regions(name), told.labels, told.forget, name, told.names)
    plot(plane(name, current_theme(), HEIGHT), alt=alt, key=key)


def _show_regions(regions: np.ndarray, name: str, ringed: Any, note: str, key: str, numbered: bool = False) -> None:
    """A plane with these samples ringed, and numbered where the words speak of them one by one."""
    told, theme = load_story(), current_theme()
    forget = np.isin(np.arange(len(told.points)), ringed)
    figure = boundary(
        told.xs, told.ys, regions, told.points, told.labels, forget, name, theme,
        classes=told.names, note=note, hollow_forget=name == "retrained", height=HEIGHT,
    )  # fmt: skip
    if numbered:
        number(figure, told.points[ringed], theme)
    plot(figure, alt=describe_boundary(regions, told.labels, forget, name, told.names), key=key)
