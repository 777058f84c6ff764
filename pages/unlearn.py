"""Unlearn: run a method live with your own settings, watch the model change, stop it, take it back."""

from contextlib import suppress

import streamlit as st

from explorer.experiments import Request
from explorer.settings import InputError
from explorer.ui.show import controls
from explorer.ui.show.player import frames_of, show_player, show_scrubber, snapshot_of
from explorer.ui.state import method_settings
from explorer.ui.state.parts import publish
from explorer.ui.state.selection import rerun_if_removed, selected_experiment
from explorer.ui.unlearn.noisy_copies import show_copies
from explorer.ui.unlearn.one_step import show_one_step
from explorer.ui.unlearn.predictions import show_predictions
from explorer.ui.unlearn.side_effects import show_side_effects
from explorer.ui.unlearn.stage import headline, readings, show_planes, warn_if_over_forgotten, what_stands_still
from explorer.ui.work import jobs
from explorer.ui.work.run import Run
from explorer.ui.work.runs import current_run, process, run_to_show, show_run_elsewhere
from explorer.ui.work.training import ensure_outputs, ensure_trained

DETAILS = ["What the noise shows", "Inside a step", "What it cost", "What they are called"]

experiment = selected_experiment()
if not ensure_trained(experiment, "original") or not ensure_outputs(experiment):
    st.stop()

retrained = experiment.stored("retrained")
run = run_to_show(experiment)
running = run is not None and run.active
show_run_elsewhere(experiment)


def changed(run: Run | None) -> bool:
    """Whether the run, or the retrained model, is in another state than the page that shows it."""
    return running != (run is not None and run.active) or retrained != experiment.stored("retrained")


@st.fragment(run_every=2 * jobs.FRAME if running else None)
def moving(request: Request | None) -> None:
    """What moves with the run: headline, pictures and player; reruns by itself while the run goes on."""
    rerun_if_removed(experiment)
    run = current_run(experiment)
    if changed(run):
        st.rerun()  # the whole page: the polling goes with it
    snapshot, plane = snapshot_of(run), experiment.data.kind == "plane"
    frames = frames_of(run, snapshot)
    read = readings(experiment, run, frames)
    with st.container(key="moving"):
        st.markdown(f"## {headline(experiment, run, snapshot)}")
        if plane:
            show_planes(experiment, run, frames)
        else:
            read.show()
        show_player(run, request)
        warn_if_over_forgotten(experiment, snapshot)
        if plane:
            read.show()


moves = running and st.session_state.get("stage tabs", DETAILS[0]) != DETAILS[0]


@st.fragment(run_every=1.0 if moves else None)
def details(request: Request | None) -> None:
    """One moment from nearer by; of the tabs only the open one is computed, and only what moves is computed again."""
    rerun_if_removed(experiment)
    run = current_run(experiment)
    snapshot = snapshot_of(run)
    noise, inside, cost, predictions = st.tabs(DETAILS, on_change="rerun", key="stage tabs")
    if running and moves == noise.open:
        st.rerun()
    with noise:
        if noise.open and request is not None:
            show_copies(experiment, request)
    with inside:
        if inside.open:
            show_one_step(experiment, run, snapshot)
    with cost:
        if cost.open:
            show_side_effects(experiment, run, snapshot)
    with predictions:
        if predictions.open:
            show_predictions(experiment, snapshot)


@st.fragment
def stage() -> None:
    """The run, and below it what the reader sets: the moment that is looked at, and the settings of the next run."""
    rerun_if_removed(experiment)
    run = run_to_show(experiment)
    moving(method_settings.request_or_none(experiment))
    show_scrubber(run)
    controls.controls(experiment, disabled=run is not None and (run.active or run.resting))
    request = controls.requested(experiment)
    publish(experiment)
    if request is not None:
        st.caption(what_stands_still(request))
    details(request)


stage()
with suppress(InputError):  # whoever presses Run is told
    process().start()  # so that it is there by then

if not retrained:
    st.markdown("#### The retrained model, to compare with")
    if ensure_trained(experiment, "retrained"):
        st.rerun()

with st.expander("What am I looking at?"):
    st.markdown(
        """
**JiT** makes the model flat around each forget sample. It adds noise of deviation *sigma* to the sample *N* times and
measures how far the output moves for how far the input moved:

$$\\ell(x) = \\frac1N \\sum_j \\frac{\\lVert f(x) - f(x + \\xi_j) \\rVert}{\\lVert \\xi_j \\rVert}, \\qquad
\\xi_j \\sim \\mathcal N(0, \\sigma^2 I), \\qquad \\theta \\leftarrow \\theta - \\eta \\nabla \\ell .$$

It sees the forget samples and the model alone (the paper's Algorithm 1). The default differs from the paper: it works
on probabilities, holds the noisy outputs constant, takes steps of a fixed length over several passes, on pictures blurs
the noise and moves the last layer alone, so that the features still hold the class; and it stops when the model gets
little of the forget set right: 5 % of a class, 20 % of a neighbourhood or of chosen samples, 80 % of random ones, of
which a model that never saw them gets many right too. The presets `algorithm-1` and `authors-code` are the paper's text
and its released code. *The others* are up to 250 retained samples (500 on a plane), measured as the run goes on and
never shown to the method. A reload finds the run again by its link; one that no tab has watched for a minute is stopped
at its last whole step. Low accuracy on the forget set says nothing about what the weights still hold.
"""
    )
