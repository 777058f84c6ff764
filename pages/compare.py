"""Compare: original, unlearned and retrained, in this order, in every picture."""

import streamlit as st

from explorer.ui import method_settings, work
from explorer.ui.choice import chosen, publish
from explorer.ui.compare_calibration import show_calibration
from explorer.ui.compare_classes import show_classes
from explorer.ui.compare_entropies import show_entropies
from explorer.ui.compare_maps import show_maps
from explorer.ui.compare_membership import show_membership
from explorer.ui.compare_numbers import show_numbers
from explorer.ui.compare_selectivity import show_selectivity
from explorer.ui.compare_slices import show_boundaries
from explorer.ui.comparison import Trio, compared, headline, latest_outcome
from explorer.ui.earlier_runs import stand_in_for
from explorer.ui.measures_table import show_measures
from explorer.ui.outputs import asked
from explorer.ui.player import follow
from explorer.ui.run import current, launch

experiment = chosen()
if not work.trained(experiment, "original", "retrained"):
    st.stop()
request = method_settings.asked(experiment)
top = st.container()
stand_in = stand_in_for(experiment, request)
publish(experiment)
replaced = stand_in is not None and stand_in.place == "unlearned"
outcome = stand_in.outcome if stand_in is not None and replaced else latest_outcome(experiment, request)
if outcome is None:
    top.markdown("## Here the original, the unlearned and the retrained model stand side by side")
    st.info("Nothing has been unlearned with these settings yet.", icon=":material/compare:")
    run = current(experiment)
    st.button(
        "Run it now",
        type="primary",
        icon=":material/play_arrow:",
        on_click=launch,
        args=(request,),
        disabled=request is None or (run is not None and run.active),
    )
    if run is not None:
        follow(run)
    st.stop()

trio = compared(experiment, outcome, stand_in)
if trio is None:
    top.markdown("## Here the original, the unlearned and the retrained model stand side by side")
    st.stop()
top.markdown(f"## {headline(trio)}")
top.caption(
    f"{outcome.steps:,} steps in {outcome.seconds:.1f} s of unlearning. One training seed: no interval is shown."
)

show_boundaries(trio)
show_measures(trio.measures)

SECTIONS = {
    "How sure": show_entropies,
    "Selectivity": show_selectivity,
    "Classes": show_classes,
    "Membership": show_membership,
    "Calibration": show_calibration,
    "All numbers": lambda trio: show_numbers(trio, None if replaced else request),
}


@st.fragment
def sections(trio: Trio) -> None:
    """One open at a time, and only that one computed."""
    for tab, show in zip(
        st.tabs(list(SECTIONS), on_change="rerun", key="compare tabs"), SECTIONS.values(), strict=True
    ):
        if tab.open:
            with tab:
                if asked(trio):
                    show(trio)


sections(trio)
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
