"""Information: alpha(x), input gradient and leave-one-out information of every training sample."""

import numpy as np
import streamlit as st

from explorer.experiments.derived.gradients import GRADIENT_KINDS
from explorer.ui.information import argument
from explorer.ui.information.evidence import Evidence, information
from explorer.ui.information.fields import show_fields
from explorer.ui.information.noise_ball import show_noise_ball
from explorer.ui.information.one_sample import show_one_sample
from explorer.ui.information.removal import offer_removal, removal
from explorer.ui.show.explanation import show_explanation
from explorer.ui.show.sample_list import offer_samples, show_selected
from explorer.ui.show.setting_widget import parameter_widget
from explorer.ui.state import information_view, method_settings
from explorer.ui.state.parts import publish
from explorer.ui.state.persistence import PERSISTENT
from explorer.ui.state.selection import rerun_if_removed, selected_experiment, selected_samples
from explorer.ui.work.training import ensure_trained

experiment = selected_experiment()
if not ensure_trained(experiment, "original"):
    st.stop()


@st.fragment
def page() -> None:
    """Draw the page as a fragment, so that a slider does not rerun the rest of the app."""
    rerun_if_removed(experiment)
    headline, (first, second, third, fourth) = st.container(), st.columns(4)
    first.selectbox(
        "Space of the distances",
        ["inputs", "features"],
        key=information_view.key("space"),
        on_change=information_view.reset_radius,
        **PERSISTENT,
    )
    measured = information(experiment, information_view.current().space)
    if measured is None:
        return
    radii = measured.neighbours.radii.tolist()
    information_view.radius_among(radii)
    second.select_slider(
        "Radius r", radii, format_func=lambda r: f"{r:.3g}", key=information_view.key("radius"), **PERSISTENT
    )
    with third:
        parameter_widget(information_view.PARAMETERS, "tau")
    fourth.selectbox("Gradient of", GRADIENT_KINDS, key=information_view.key("gradient_of"), **PERSISTENT)
    view = information_view.current()
    publish(experiment)
    evidence = Evidence(experiment, measured, removal(experiment), view.space, view.radius, view.tau, view.gradient_of)
    with headline:
        argument.headline(evidence)

    left, right = st.columns(2)
    with left:
        st.markdown("#### 1 Do the neighbours have the same label?")
        argument.show_neighbours(evidence, method_settings.jit_settings(experiment).sigma)
    with right:
        st.markdown("#### 2 Where are these samples?")
        st.segmented_control(
            "Colour by",
            information_view.COLOURS,
            key=information_view.key("colour"),
            required=True,
            format_func=lambda colour: "low or high" if colour == "low" else colour,
            **PERSISTENT,
            label_visibility="collapsed",
        )
        argument.show_map(evidence, view.colour)
    left, right = st.columns([1, 2])
    with left:
        st.markdown("#### 3 Is the model flat around the sample?")
        argument.show_flatness(evidence)
    with right:
        st.markdown("#### 4 Does removing the sample change the model?")
        offer_removal(experiment, selected_samples(experiment))
        argument.show_removal(evidence)

    selected = selected_samples(experiment)
    st.markdown("#### Selected samples")
    offer_samples(experiment, evidence.notable_samples)
    readings = {
        "alpha": evidence.alpha_or_nan,
        "level": evidence.information_level,
        "neighbours": evidence.counts - 1,
        "gradient": evidence.gradient,
        "information": evidence.removal.information,
        "changed predictions": evidence.removal.moved,
    }
    show_selected(experiment, readings)
    sample = selected[0] if selected else int(np.argmax(evidence.gradient))
    if not selected:
        st.caption(f"No sample is selected: the tabs below show sample {sample}, which has the largest gradient.")
    names = ["Noise ball"]
    if experiment.data.kind == "plane":
        names += ["Forget one sample", "Gradient norm"]
    tabs = dict(zip(names, st.tabs(names, on_change="rerun", key="information tabs"), strict=True))
    for name, tab in tabs.items():
        if not tab.open:
            continue
        with tab:
            if name == "Noise ball":
                show_noise_ball(experiment, sample)
            elif name == "Forget one sample":
                show_one_sample(experiment, sample)
            else:
                show_fields(experiment, view.radius, view.gradient_of)


page()
show_explanation("information")
