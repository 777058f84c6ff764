"""Compare: original, unlearned and retrained, side by side in every figure."""

import streamlit as st

from explorer.models import is_own
from explorer.models.building import can_be_retrained
from explorer.ui.compare.boundaries import show_boundaries
from explorer.ui.compare.earlier_runs import stand_in_for
from explorer.ui.compare.maps import show_maps
from explorer.ui.compare.measures_table import show_measures
from explorer.ui.compare.sections import show_sections
from explorer.ui.compare.trio import entropy_sentence, headline, load_trio
from explorer.ui.compare.without_retrained import offer_run, show_two
from explorer.ui.show import controls
from explorer.ui.show.explanation import show_explanation
from explorer.ui.state.parts import publish
from explorer.ui.state.selection import selected_experiment
from explorer.ui.work.runs import latest_outcome
from explorer.ui.work.training import ensure_trained
from explorer.words import counted

experiment = selected_experiment()
if not ensure_trained(experiment, "original", "retrained"):
    if not can_be_retrained(experiment.model):
        show_two(experiment)
    st.stop()
request = controls.requested(experiment)
top = st.container()
stand_in = stand_in_for(experiment, request)
publish(experiment)
outcome = latest_outcome(experiment, request)
if stand_in is not None and stand_in.place == "unlearned":
    request, outcome = stand_in.run.request, stand_in.outcome
if request is None or outcome is None:
    top.markdown("## Comparison of the original, the unlearned and the retrained model")
    offer_run(experiment, request)
    st.stop()

trio = load_trio(request, outcome, stand_in)
if trio is None:
    top.markdown("## Comparison of the original, the unlearned and the retrained model")
    st.stop()
top.markdown(f"## {headline(trio)}")
uploaded = " You uploaded the original. The retrained model has its architecture but was trained by this app."
top.caption(
    f"{entropy_sentence(trio)} {counted(outcome.steps, 'step')} in {outcome.seconds:.1f} s of unlearning. The models "
    f"have one training seed, so no intervals are shown.{uploaded if is_own(experiment.model) else ''}"
)

show_boundaries(trio)
show_measures(trio.measures)
show_sections(trio)
show_maps(trio)
show_explanation("compare")
