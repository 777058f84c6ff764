"""Compare without all three models: before the run, or if a retrained model cannot be trained."""

from __future__ import annotations

import numpy as np
import streamlit as st

from explorer.background import Job
from explorer.evaluation import Measures, logits
from explorer.evaluation import entropies as of_outputs
from explorer.experiments import Experiment, Request
from explorer.figures.entropies import describe_entropies, entropies
from explorer.ui.compare.measures_table import show_measures
from explorer.ui.compare.trio import accuracy_change, measures_of_run
from explorer.ui.show import controls
from explorer.ui.show.player import follow, show_other_settings
from explorer.ui.show.plot import current_theme, plot
from explorer.ui.state.parts import publish
from explorer.ui.state.tab import current_run
from explorer.ui.work import jobs
from explorer.ui.work.cached import forget_entropies, measures_of, partition_of
from explorer.ui.work.runs import latest_outcome, launch
from explorer.words import these


def offer_run(experiment: Experiment, request: Request | None) -> None:
    """Draw the button that starts a run with these settings, and the progress of the current run.

    Args:
        experiment: the experiment of the page.
        request: the settings; None: they are invalid and the button is disabled.
    """
    st.info("Nothing has been unlearned with these settings yet.", icon=":material/compare:")
    run = current_run(experiment)
    st.button(
        "Run it now", type="primary", icon=":material/play_arrow:", on_click=launch, args=(request,),
        disabled=request is None or (run is not None and run.active),
    )  # fmt: skip
    if run is not None and run.request != request:
        show_other_settings(run)
    if run is not None and (run.active or run.request == request):
        follow(run)


def show_two(experiment: Experiment) -> None:
    """Draw measures and entropies on D_f of original and unlearned only, for networks that cannot be retrained."""
    request = controls.requested(experiment)
    publish(experiment)
    outcome = latest_outcome(experiment, request)
    if request is None or outcome is None:
        offer_run(experiment, request)
        return

    def measure(job: Job) -> tuple[dict[str, Measures], np.ndarray]:
        job.report(0.0)
        measures = {"original": measures_of(experiment, "original"), "unlearned": measures_of_run(request, outcome)}
        job.report(0.8)
        return measures, of_outputs(logits(outcome.network, partition_of(experiment).forget.x)).numpy()

    both = jobs.quick_result(f"two measures {experiment} {outcome.number}", "Measuring the two models", measure)
    if both is None:
        return
    measures, unlearned_entropies = both
    before, after = (measures[name].retain_test_accuracy for name in ("original", "unlearned"))
    samples = these(len(experiment.forget_set))
    if before is None or after is None:
        st.markdown(f"## Results after unlearning {samples}")
    else:
        st.markdown(f"## After unlearning {samples}, retained test accuracy {accuracy_change(before, after)}")
    show_measures(measures)
    values = {"original": forget_entropies(experiment, "original"), "unlearned": unlearned_entropies}
    plot(
        entropies(values, current_theme(), title="Forget set"), alt=describe_entropies(values, "Forget set"),
        key="two entropies",
    )  # fmt: skip
