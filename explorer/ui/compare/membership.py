"""Tab "Membership": membership attack on the entropy of the output, with a threshold to set."""

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
from explorer.ui.state.persistence import PERSISTENT
from explorer.words import counted, nats, percent, unbroken

STEPS = 60
FALLBACK = 0.1  # nats; default threshold if the published attack has none


def thresholds_of(trio: Trio) -> list[float]:
    """Thresholds of the slider in nats, evenly spaced on a log scale up to the largest possible entropy."""
    most = math.log(max(2, len(trio.experiment.data.classes)))
    return [float(f"{value:.3g}") for value in np.geomspace(1e-6, most, STEPS)]


def threshold_of(trio: Trio) -> float:
    """The current threshold in nats: the user's, else the one nearest to `published_on_original`, else FALLBACK."""
    options, published = thresholds_of(trio), published_on_original(trio)
    return compare_view.threshold_among(
        options, min(max(FALLBACK if published is None else published, options[0]), options[-1])
    )


@cached_on_trio
def published_on_original(trio: Trio) -> float | None:
    """Decision threshold of the published attack in nats; None if it has none.

    It is fitted on the original model, so that it does not change when another run is compared.
    """
    retain, test = (outputs_of(trio, part).entropies("original") for part in ("retain", "test"))
    return published_threshold(retain, test)


def show_membership(trio: Trio) -> None:
    """Draw the threshold slider, the definition of the attack, its ROC curves, and the table of predicted members."""
    forget, peers = outputs_of(trio, "forget"), outputs_of(trio, "peers_test")
    if not (len(forget) and len(peers)):
        st.info("There are no test samples of the forget set's classes, so the attack has no non-members to compare.")
        return
    threshold_of(trio)  # resets the slider if it holds a value of another experiment
    threshold = st.select_slider(
        "Membership threshold (nats)", thresholds_of(trio), key=compare_view.key("threshold"), **PERSISTENT,
        format_func="{:.2g}".format,
        help="Default: the threshold of the published attack, fitted on the original model."
        if published_on_original(trio) is not None
        else f"Default: near {nats(FALLBACK)}, because the published attack has no threshold on the original model.",
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
        cells = [percent(inside), percent(outside), f"{auc:.2f}", "-" if published is None else percent(published)]
        rows.append(f"| {name.capitalize()} | {' | '.join(map(unbroken, cells))} |")
    st.markdown(
        "The attack uses only the entropy of the output: **a sample whose entropy is below the threshold is predicted "
        f"to be a member of the training set**. It is applied to the {counted(len(forget), 'forget sample')} and to "
        f"{counted(len(peers), 'test sample')} of the same classes, which are not members. If it predicts members at "
        "the same rate in both, it carries no information."
    )
    if not curves:
        st.info("No model has finite outputs for both groups, so the attack cannot be drawn.")
        return
    picture, table = st.columns(2)
    with picture:
        plot(membership(curves, points, current_theme()), alt=describe_membership(points, threshold), key="membership")
    with table:
        head = f"| Predicted members | D_f ({len(forget):,}) | Test ({len(peers):,}) | AUC | Published attack |"
        st.markdown("\n".join([head, "|:--|--:|--:|--:|--:|", *rows]))
        st.caption(
            "AUC is taken over all thresholds: .5 means no information, below .5 the forget samples have higher "
            "entropies than unseen samples. Published attack: share of D_f that the paper's attack predicts as "
            "members, a logistic regression on the same entropy, fitted for each model on D_r against the whole test "
            "set; its chance level is not 50 %."
        )
