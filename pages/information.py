"""Information: do the neighbours tell the label, is the model flat there, does removing the sample change little?"""

import numpy as np
import streamlit as st

from explorer.experiments.derived.gradients import GRADIENTS
from explorer.ui.information import argument
from explorer.ui.information.evidence import Evidence, information
from explorer.ui.information.fields import show_fields
from explorer.ui.information.noise_ball import show_noise_ball
from explorer.ui.information.one_sample import show_one_sample
from explorer.ui.information.removal import offer_removal, removal
from explorer.ui.show.sample_list import offer_samples, show_selected
from explorer.ui.show.setting_widget import parameter_widget
from explorer.ui.state import information_view, method_settings
from explorer.ui.state.parameters import PERSISTENT
from explorer.ui.state.parts import publish
from explorer.ui.state.selection import rerun_if_removed, selected_experiment, selected_samples
from explorer.ui.work.training import ensure_trained

experiment = selected_experiment()
if not ensure_trained(experiment, "original"):
    st.stop()


@st.fragment
def page() -> None:
    """All of it, so that a slider redraws what it changes and nothing else of the app."""
    rerun_if_removed(experiment)
    headline, (first, second, third, fourth) = st.container(), st.columns(4)
    first.selectbox(
        "Distances between",
        ["inputs", "features"],
        key=information_view.key("space"),
        on_change=information_view.reset_radius,
        **PERSISTENT,
    )
    found = information(experiment, information_view.current().space)
    if found is None:
        return
    radii = found.neighbours.radii.tolist()
    information_view.radius_among(radii)
    second.select_slider(
        "Radius r", radii, format_func=lambda r: f"{r:.3g}", key=information_view.key("radius"), **PERSISTENT
    )
    with third:
        parameter_widget(information_view.PARAMETERS, "tau")
    fourth.selectbox("Gradient of", GRADIENTS, key=information_view.key("gradient_of"), **PERSISTENT)
    now = information_view.current()
    publish(experiment)
    evidence = Evidence(experiment, found, removal(experiment), now.space, now.radius, now.tau, now.gradient_of)
    with headline:
        argument.headline(evidence)

    left, right = st.columns(2)
    with left:
        st.markdown("#### 1 Do the neighbours tell the label?")
        argument.show_neighbours(evidence, method_settings.jit_settings(experiment).sigma)
    with right:
        st.markdown("#### 2 Where are they?")
        st.segmented_control(
            "Colour by",
            information_view.COLOURS,
            key=information_view.key("colour"),
            required=True,
            format_func=lambda colour: "low or high" if colour == "low" else colour,
            **PERSISTENT,
            label_visibility="collapsed",
        )
        argument.show_map(evidence, now.colour)
    left, right = st.columns([1, 2])
    with left:
        st.markdown("#### 3 Is the model flat there?")
        argument.show_flatness(evidence)
    with right:
        st.markdown("#### 4 Does removing a sample change little?")
        offer_removal(experiment, selected_samples(experiment))
        argument.show_removal(evidence)

    picked = selected_samples(experiment)
    st.markdown("#### The samples that you chose")
    offer_samples(experiment, evidence.telling_samples)
    readings = {
        "alpha": evidence.told,
        "carries": evidence.amount,
        "neighbours": evidence.counts - 1,
        "gradient": evidence.gradient,
    }
    show_selected(
        experiment, {**readings, "information": evidence.removal.information, "changes": evidence.removal.moved}
    )
    sample = picked[0] if picked else int(np.argmax(evidence.gradient))
    if not picked:
        st.caption(f"Until you choose, what follows is about sample {sample}, where the gradient is largest.")
    names = ["The noise ball", "Forget one sample", "Fields"] if experiment.data.kind == "plane" else ["The noise ball"]
    tabs = dict(zip(names, st.tabs(names, on_change="rerun", key="information tabs"), strict=True))
    for name, tab in tabs.items():
        if not tab.open:
            continue
        with tab:
            if name == "The noise ball":
                show_noise_ball(experiment, sample)
            elif name == "Forget one sample":
                show_one_sample(experiment, sample)
            else:
                show_fields(experiment, now.radius, now.gradient_of)


page()
with st.expander("What am I looking at?"):
    st.markdown(
        """
**alpha(x)** is the share of the samples within distance *r* of *x* (x itself included) that have the label of *x*
(Definition 4.1). Where it reaches **tau** the neighbours already tell the label: low information (Definition 4.2). The
paper fixes neither *r* nor *tau*, so move both. **sigma sqrt(d)** is how far JiT's noise reaches in *d* dimensions. The
**gradient** is the Frobenius norm of the original's input Jacobian, or the norm of the loss's gradient, exact.
**Information** is log p(y|x) of the model minus that of one trained without *x*, trained by the same steps: the
truth that alpha and the gradient only hint at, for one training seed. **Changes** is the share of the plane, or of the
test samples, that the model without *x* calls something else. A rank correlation is not a cause.
"""
    )
