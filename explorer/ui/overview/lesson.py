"""The lesson of the Overview page: five interactive steps, drawn from stored arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from explorer.figures.boundary import boundary, describe_boundary
from explorer.figures.boundary_animation import describe_boundary_animation
from explorer.figures.numbered import number_points
from explorer.figures.samples_on_plane import describe_samples, samples_on_plane
from explorer.figures.settings_map import describe_settings_map, settings_map
from explorer.figures.single_sample_forgetting import describe_single_sample_forgetting, single_sample_forgetting
from explorer.ui.overview import lesson_runs as runs
from explorer.ui.overview.example import animation, load_example, plane
from explorer.ui.show.plot import current_theme, plot
from explorer.ui.state import lesson_step, link
from explorer.ui.state.lesson_step import STEP, STEPS
from explorer.ui.state.persistence import PERSISTENT

GUESS, SIGMA, ETA, STOP = (f"lesson.{name}" for name in ("guess", "sigma", "eta", "stop"))
HEIGHT = 360


@st.fragment
def show_lesson() -> None:
    """The current step: its text, controls and figures, and the button to the next step."""
    lesson_step.initialise()
    st.segmented_control(
        "Step", range(len(STEPS)), key=STEP, required=True, format_func=lambda step: f"{step + 1} {STEPS[step]}",
        label_visibility="collapsed", **PERSISTENT,
    )  # fmt: skip
    at = st.session_state[STEP]
    link.update({lesson_step.NAME: None, **lesson_step.as_link()})
    text, left, right = st.container(), *st.columns(2, gap="medium")
    (_model, _predict, _forget, _compare, _collapse)[at](text, left, right)
    if at + 1 < len(STEPS):
        st.button(f"Next: {STEPS[at + 1]}", key="lesson next", on_click=_go_on, icon=":material/arrow_forward:")


def _go_on() -> None:
    st.session_state[STEP] += 1


def _model(text: Any, left: Any, right: Any) -> None:
    example = load_example()
    text.markdown(runs.model_sentence(example))
    with left:
        figure = samples_on_plane(
            example.xs, example.ys, example.points, example.labels, current_theme(),
            classes=example.names, height=HEIGHT,
        )  # fmt: skip
        plot(figure, alt=describe_samples(example.labels, example.names), key="lesson plane")
    with right:
        _show_regions(example.regions("original"), "original", (), "", "lesson beside")


def _predict(text: Any, left: Any, right: Any) -> None:
    example, lesson = load_example(), runs.load_lesson()
    text.markdown(runs.question(example, lesson))
    guess = text.segmented_control(
        "Sample", range(len(lesson.marked)), key=GUESS, format_func=lambda at: f"Sample {at + 1}",
        label_visibility="collapsed", **PERSISTENT,
    )  # fmt: skip
    with left:
        _show_regions(example.regions("original"), "original", lesson.marked, "", "lesson plane", numbered=True)
    with right:
        if guess is None:
            st.info("Select a sample to see the results of the three runs here.")
            return
        figure = single_sample_forgetting(lesson.paths, current_theme(), classes=len(example.classes), height=HEIGHT)
        plot(figure, alt=describe_single_sample_forgetting(lesson.paths), key="lesson lines")
    text.markdown(runs.answer(example, lesson, guess))


def _forget(text: Any, left: Any, right: Any) -> None:
    example = load_example()
    text.markdown(runs.forget_sentence(example))
    with left:
        _show_model("original", "lesson plane")
    with right:
        alt = describe_boundary_animation(example.steps, example.forget_accuracy, example.forget)
        plot(animation(current_theme(), HEIGHT, start=0, button="Forget"), alt=alt, key="lesson film")


def _compare(text: Any, left: Any, right: Any) -> None:
    example = load_example()
    text.markdown(runs.reference_sentence(example))
    for place, name, key in ((left, "unlearned", "lesson plane"), (right, "retrained", "lesson beside")):
        with place:
            _show_model(name, key)


def _collapse(text: Any, left: Any, right: Any) -> None:
    example, lesson = load_example(), runs.load_lesson()
    st.session_state.setdefault(SIGMA, float(lesson.sigmas[3]))
    st.session_state.setdefault(ETA, float(lesson.etas[1]))
    text.markdown(
        "In **3 Forget**, every step changed the weights by the same length. Plain JiT changes them by **eta** times a "
        "gradient, which grows when the noise **sigma** gets smaller. With ten times the eta, or a tenth of the "
        "sigma, a step is about ten times as long. Find settings at which the model collapses."
    )
    first, second, third = text.columns(3, gap="medium", vertical_alignment="bottom")
    first.select_slider(
        "Noise sigma (standardised units)", lesson.sigmas.tolist(), key=SIGMA, format_func=_plain, **PERSISTENT
    )
    second.select_slider("Step size eta", lesson.etas.tolist(), key=ETA, format_func=_plain, **PERSISTENT)
    stop = third.toggle("Stopping rule and collapse guard", key=STOP, **PERSISTENT)
    row = lesson.sigmas.tolist().index(st.session_state[SIGMA])
    column = lesson.etas.tolist().index(st.session_state[ETA])
    cell = (int(stop), row, column)
    text.markdown(runs.cell_sentence(example, lesson, cell))
    rings = np.flatnonzero(example.forget)
    with left:
        note = f"sigma {lesson.sigmas[row]:g}, eta {lesson.etas[column]:g}"
        _show_regions(lesson.regions(cell), "unlearned", rings, note, "lesson plane")
    with right:
        title = f"Accuracy, retained samples (n = {(~example.forget).sum():,})"
        table = lesson.retain_accuracy[cell[0]]
        values = [_plain(value) for value in lesson.sigmas], [_plain(value) for value in lesson.etas]
        figure = settings_map(
            table, *values, cell[1:], current_theme(), title=title, row_title="sigma", column_title="eta",
            floor=1 / len(example.classes), height=HEIGHT,
        )  # fmt: skip
        plot(figure, alt=describe_settings_map(table, *values, cell[1:], title), key="lesson settings")


def _plain(value: float) -> str:
    return f"{value:g}"


def _show_model(name: str, key: str) -> None:
    """The plane of one of the three models, with the forget set ringed."""
    example = load_example()
    alt = describe_boundary(example.regions(name), example.labels, example.forget, name, example.names)
    plot(plane(name, current_theme(), HEIGHT), alt=alt, key=key)


def _show_regions(regions: np.ndarray, name: str, ringed: Any, note: str, key: str, numbered: bool = False) -> None:
    """A plane with these samples ringed; numbered: with the numbers that the text uses."""
    example, theme = load_example(), current_theme()
    forget = np.isin(np.arange(len(example.points)), ringed)
    figure = boundary(
        example.xs, example.ys, regions, example.points, example.labels, forget, name, theme,
        classes=example.names, note=note, hollow_forget=name == "retrained", height=HEIGHT,
    )  # fmt: skip
    if numbered:
        number_points(figure, example.points[ringed], theme)
    plot(figure, alt=describe_boundary(regions, example.labels, forget, name, example.names), key=key)
