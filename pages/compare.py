"""Compare: original, unlearned and retrained, in this order, in every picture."""

import streamlit as st

from explorer.models import is_own
from explorer.models.building import can_be_retrained
from explorer.ui.compare.boundaries import show_boundaries
from explorer.ui.compare.earlier_runs import stand_in_for
from explorer.ui.compare.maps import show_maps
from explorer.ui.compare.measures_table import show_measures
from explorer.ui.compare.sections import show_sections
from explorer.ui.compare.trio import headline, load_trio
from explorer.ui.compare.without_retrained import offer_run, show_two
from explorer.ui.show import controls
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
    top.markdown("## Here the original, the unlearned and the retrained model stand side by side")
    offer_run(experiment, request)
    st.stop()

trio = load_trio(request, outcome, stand_in)
if trio is None:
    top.markdown("## Here the original, the unlearned and the retrained model stand side by side")
    st.stop()
top.markdown(f"## {headline(trio)}")
whence = " The original was brought: retrained is of its architecture, by this app's training."
top.caption(
    f"{counted(outcome.steps, 'step')} in {outcome.seconds:.1f} s of unlearning. One training seed: no interval is "
    f"shown.{whence if is_own(experiment.model) else ''}"
)

show_boundaries(trio)
show_measures(trio.measures)

show_sections(trio)
show_maps(trio)
with st.expander("What am I looking at?"):
    st.markdown(
        """
**Retrained** was initialised anew and trained without the forget set: what forgetting is meant to look like.
**Entropy** is $H(x) = -\\sum_i p_i \\log p_i$ in nats. The paper compares the entropies of unlearned and retrained
with a paired Wilcoxon test; a difference that was not found is not equality. **Called members** is the paper's
membership attack, a logistic regression on the entropy alone: its share is not centred on one half, so the AUC stands
beside it. A **slice** is one plane through three pictures: elsewhere the boundaries may differ more or less. The
**map** is a projection, made of the original's features or logits, into which the other models' are placed; an arrow
leads from where the original has a sample to where the unlearned model has it, and its length is only roughly that of
the way between the features. An **earlier run** of the same experiment may stand in the place of any of the three.
"""
    )
