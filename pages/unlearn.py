"""Unlearn: run a method live with your own settings, watch the model change, pause, rewind and stop the run."""

from contextlib import suppress

import streamlit as st

from explorer.experiments import Request
from explorer.settings import InputError
from explorer.ui.show import controls
from explorer.ui.show.explanation import show_explanation
from explorer.ui.show.player import frames_of, show_player, show_scrubber, snapshot_of
from explorer.ui.state import method_settings
from explorer.ui.state.parts import publish
from explorer.ui.state.selection import rerun_if_removed, selected_experiment
from explorer.ui.state.tab import current_run
from explorer.ui.unlearn.noisy_copies import show_copies
from explorer.ui.unlearn.one_step import show_one_step
from explorer.ui.unlearn.predictions import show_predictions
from explorer.ui.unlearn.side_effects import show_side_effects
from explorer.ui.unlearn.stage import frozen_sentence, headline, run_charts, show_planes, warn_if_over_forgotten
from explorer.ui.work import jobs
from explorer.ui.work.run import Run
from explorer.ui.work.runs import process, run_to_show, show_run_elsewhere
from explorer.ui.work.training import ensure_outputs, ensure_trained

DETAILS = ["Noisy copies", "One step", "Side effects", "Predictions"]

experiment = selected_experiment()
if not ensure_trained(experiment, "original") or not ensure_outputs(experiment):
    st.stop()

retrained = experiment.stored("retrained")
run = run_to_show(experiment)
running = run is not None and run.active
show_run_elsewhere(experiment)


def changed(run: Run | None) -> bool:
    """Whether the state of the run or of the retrained model changed since the page was drawn."""
    return running != (run is not None and run.active) or retrained != experiment.stored("retrained")


@st.fragment(run_every=2 * jobs.FRAME if running else None)
def moving(request: Request | None) -> None:
    """Draw what changes during a run: headline, figures and player; reruns every two frames while the run plays."""
    rerun_if_removed(experiment)
    run = current_run(experiment)
    if changed(run):
        st.rerun()  # the whole page, which also starts or ends the polling
    snapshot, plane = snapshot_of(run), experiment.data.kind == "plane"
    frames = frames_of(run, snapshot)
    charts = run_charts(experiment, run, frames)
    with st.container(key="moving"):
        st.markdown(f"## {headline(experiment, run, snapshot)}")
        if plane:
            show_planes(experiment, run, frames)
        else:
            charts.show()
        show_player(run, request)
        warn_if_over_forgotten(experiment, snapshot)
        if plane:
            charts.show()


# Noisy copies do not change during a run; the other tabs do.
follows_run = running and st.session_state.get("stage tabs", DETAILS[0]) != DETAILS[0]


@st.fragment(run_every=1.0 if follows_run else None)
def details(request: Request | None) -> None:
    """Draw the tabs below the settings; only the open one is computed, and it follows the run if it depends on it."""
    rerun_if_removed(experiment)
    run = current_run(experiment)
    snapshot = snapshot_of(run)
    noise, one_step, effects, predictions = st.tabs(DETAILS, on_change="rerun", key="stage tabs")
    if running and follows_run == noise.open:
        st.rerun()
    with noise:
        if noise.open and request is not None:
            show_copies(experiment, request)
    with one_step:
        if one_step.open:
            show_one_step(experiment, run, snapshot)
    with effects:
        if effects.open:
            show_side_effects(experiment, run, snapshot)
    with predictions:
        if predictions.open:
            show_predictions(experiment, snapshot)


@st.fragment
def stage() -> None:
    """Draw the run, the slider over its snapshots, the settings of the next run and the tabs."""
    rerun_if_removed(experiment)
    run = run_to_show(experiment)
    moving(method_settings.request_or_none(experiment))
    show_scrubber(run)
    controls.show_controls(experiment, disabled=run is not None and (run.active or run.resting))
    request = controls.requested(experiment)
    publish(experiment)
    if request is not None:
        st.caption(frozen_sentence(request))
    details(request)


stage()
with suppress(InputError):  # an error is shown when Run is pressed
    process().start()  # in advance, as it takes seconds

if not retrained:
    st.markdown("#### Retrained model, for comparison")
    if ensure_trained(experiment, "retrained"):
        st.rerun()

show_explanation("unlearn")
