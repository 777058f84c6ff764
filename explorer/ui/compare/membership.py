"""Was it a training sample? The attack on the output's entropy, a threshold to drag, and the published one beside."""

from __future__ import annotations

import math

import numpy as np
import streamlit as st

from explorer.evaluation import attack_curve, membership_auc, predicted_members, published_threshold
from explorer.figures.membership import describe_membership, membership
from explorer.figures.theme import IDENTITIES
from explorer.ui.compare.outputs import outputs_of
from explorer.ui.compare.trio import Trio, cached_on_trio
from explorer.ui.show.plot import current_theme, plot
from explorer.ui.state import compare_view
from explorer.ui.state.parameters import PERSISTENT
from explorer.words import counted, nats, percent, unbroken

STEPS = 60
USUAL = 0.1  # nats


def thresholds_of(trio: Trio) -> list[float]:
    """The thresholds that can be chosen, nats, evenly spread on a log scale up to the largest entropy there is."""
    most = math.log(max(2, len(trio.experiment.data.classes)))
    return [float(f"{value:.3g}") for value in np.geomspace(1e-6, most, STEPS)]


def threshold_of(trio: Trio) -> float:
    """The threshold in use: what was chosen, else the one nearest to `published_on_original`, or else to USUAL."""
    options, published = thresholds_of(trio), published_on_original(trio)
    return compare_view.threshold_among(
        options, min(max(USUAL if published is None else published, options[0]), options[-1])
    )


@cached_on_trio
def published_on_original(trio: Trio) -> float | None:
    """Where the published attack has its threshold by itself, nats; None where it has none.

    Fitted on the original model, so that it stays where it is when another run is compared.
    """
    retain, test = (outputs_of(trio, part).entropies("original") for part in ("retain", "test"))
    return published_threshold(retain, test)


def show_membership(trio: Trio) -> None:
    """The slider, the sentence that defines the attack, the table with the published attack, and the curves."""
    forget, peers = outputs_of(trio, "forget"), outputs_of(trio, "peers_test")
    if not (len(forget) and len(peers)):
        st.info("There are no test samples like those of the forget set, so the attack has nothing to tell them from.")
        return
    threshold_of(trio)  # sets the slider, which may hold another experiment's
    threshold = st.select_slider(
        "Called a member below (nats)", thresholds_of(trio), key=compare_view.key("threshold"), **PERSISTENT,
        format_func="{:.2g}".format,
        help="It begins where the published attack, fitted on the original model, has its own threshold."
        if published_on_original(trio) is not None
        else f"It begins near {nats(USUAL)}: the published attack, fitted on the original model, has none here.",
    )  # fmt: skip
    curves, points, rows = {}, {}, []
    for name in IDENTITIES:
        of_forget, of_peers = forget.entropies(name), peers.entropies(name)
        curve, auc = attack_curve(of_forget, of_peers), membership_auc(of_forget, of_peers)
        inside, outside = predicted_members(of_forget, threshold), predicted_members(of_peers, threshold)
        if curve is None or auc is None or inside is None or outside is None:
            rows.append(f"| {name.capitalize()} | - | - | - | - |")
            continue
        curves[name], points[name] = (curve.peers, curve.forget), (outside, inside)
        published = trio.measures[name].membership_share
        said = [percent(inside), percent(outside), f"{auc:.2f}", "-" if published is None else percent(published)]
        rows.append(f"| {name.capitalize()} | {' | '.join(map(unbroken, said))} |")
    st.markdown(
        "The attack sees only how sure a model is: **a sample whose output has an entropy below the threshold is "
        f"called a member of the training set**. It is tried on the {counted(len(forget), 'forget sample')} and on "
        f"{counted(len(peers), 'test sample')} of the same classes, never members; where it calls both alike, it "
        "tells nothing."
    )
    if not curves:
        st.info("No model has finite outputs for both, so there is no attack to draw.")
        return
    picture, table = st.columns(2)
    with picture:
        plot(membership(curves, points, current_theme()), alt=describe_membership(points, threshold), key="membership")
    with table:
        head = f"| Called members | D_f ({len(forget):,}) | Test ({len(peers):,}) | AUC | Published |"
        st.markdown("\n".join([head, "|:--|--:|--:|--:|--:|", *rows]))
        st.caption(
            "AUC is over all thresholds: .5 tells nothing, below it the forget samples look stranger than unseen ones. "
            "Published: the share of D_f that the paper's attack calls members, a logistic regression on the same "
            "entropy, fitted anew on each model's D_r against its whole test set; it is not centred on one half."
        )
