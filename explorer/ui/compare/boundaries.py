"""Decision boundaries of the three models: of a plane, that plane; of pictures, one slice through three of them."""

from __future__ import annotations

import streamlit as st

from explorer.evaluation import disagreement
from explorer.figures.theme import IDENTITIES
from explorer.ui.choice import rerun_if_gone
from explorer.ui.compare import linked
from explorer.ui.compare.slices import show_slice
from explorer.ui.compare.trio import Trio
from explorer.ui.models import boundary_of
from explorer.ui.stage import show_plane


def show_boundaries(trio: Trio) -> None:
    """The three models' boundaries side by side, and how much of what is seen they call by another name."""
    st.fragment(_show, key=linked.BOUNDARIES)(trio)


def _show(trio: Trio) -> None:
    rerun_if_gone(trio.experiment)
    if trio.experiment.data.kind == "plane":
        _show_planes(trio)
    else:
        show_slice(trio)
    linked.offer_here(trio.experiment)


def _show_planes(trio: Trio) -> None:
    regions = {name: boundary_of(network, trio.experiment) for name, network in trio.networks.items()}
    for place, name in zip(st.columns(3), IDENTITIES, strict=True):
        with place:
            show_plane(trio.experiment, [regions[name]], name, [trio.note(name)], linked.choose_in(trio.experiment))
    moved = {name: 100 * disagreement(regions[name], regions["retrained"]) for name in ("original", "unlearned")}
    st.caption(
        f"Of the plane, {moved['original']:.1f} % lies on another side in the original than in the retrained model, "
        f"and {moved['unlearned']:.1f} % in the unlearned one. Training seeds move it too. "
        "A lasso or a click chooses samples in every picture."
    )
