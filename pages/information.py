"""Information: do the neighbours tell the label, is the model flat there, does removing the sample change little?"""

import numpy as np
import streamlit as st

from explorer.experiments.gradients import GRADIENTS
from explorer.ui import argument, method_state, view
from explorer.ui.choice import chosen, publish, rerun_if_gone
from explorer.ui.chosen import chosen_samples, offer_samples, show_chosen
from explorer.ui.evidence import Evidence
from explorer.ui.fields import show_fields
from explorer.ui.information import information
from explorer.ui.kept import KEPT
from explorer.ui.noise_ball import show_noise_ball
from explorer.ui.one_sample import show_one_sample
from explorer.ui.removal import offer_removal, removal
from explorer.ui.training import trained

experiment = chosen()
if not trained(experiment, "original"):
    st.stop()


@st.fragment
def page() -> None:
    """All of it, so that a slider redraws what it changes and nothing else of the app."""
    rerun_if_gone(experiment)
    headline, (first, second, third, fourth) = st.container(), st.columns(4)
    first.selectbox(
        "Distances between", ["inputs", "features"], key=view.key("space"), on_change=view.forget_radius, **KEPT
    )
    found = information(experiment, view.current().space)
    if found is None:
        return
    radii = found.neighbours.radii.tolist()
    view.radius_among(radii)
    second.select_slider("Radius r", radii, format_func=lambda r: f"{r:.3g}", key=view.key("radius"), **KEPT)
    with third:
        view.widget("tau")
    fourth.selectbox("Gradient of", GRADIENTS, key=view.key("gradient_of"), **KEPT)
    now = view.current()
    publish(experiment)
    evidence = Evidence(experiment, found, removal(experiment), now.space, now.radius, now.tau, now.gradient_of)
    with headline:
        argument.headline(evidence)

    left, right = st.columns(2)
    with left:
        st.markdown("#### 1 Do the neighbours tell the label?")
        argument.show_neighbours(evidence, method_state.jit_settings(experiment).sigma)
    with right:
        st.markdown("#### 2 Where are they?")
        st.segmented_control(
            "Colour by",
            view.COLOURS,
            key=view.key("colour"),
            required=True,
            format_func=lambda colour: "low or high" if colour == "low" else colour,
            **KEPT,
            label_visibility="collapsed",
        )
        argument.show_map(evidence, now.colour)
    left, right = st.columns([1, 2])
    with left:
        st.markdown("#### 3 Is the model flat there?")
        argument.show_flatness(evidence)
    with right:
        st.markdown("#### 4 Does removing a sample change little?")
        offer_removal(experiment, chosen_samples(experiment))
        argument.show_removal(evidence)

    picked = chosen_samples(experiment)
    st.markdown("#### The samples that you chose")
    offer_samples(experiment, evidence.telling_samples)
    readings = {
        "alpha": evidence.told,
        "carries": evidence.amount,
        "neighbours": evidence.counts - 1,
        "gradient": evidence.gradient,
    }
    show_chosen(
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
