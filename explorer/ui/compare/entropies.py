"""How sure each model is: entropies of forgotten, retained and test samples, tested, at the clean input and away."""

from __future__ import annotations

import numpy as np
import streamlit as st

from explorer.evaluation import compare_entropies
from explorer.figures.entropies import Scale, describe_entropies, entropies, entropy_span
from explorer.settings import InputError
from explorer.ui import say
from explorer.ui.compare import view
from explorer.ui.compare.kept_with_trio import kept_with_trio
from explorer.ui.compare.noise import show_noise
from explorer.ui.compare.outputs import MOST, outputs_of
from explorer.ui.compare.trio import Trio
from explorer.ui.kept import KEPT
from explorer.ui.plot import current_theme, plot

PARTS = {"forget": "Forget set", "retain": "Retained", "test": "Test"}


def show_entropies(trio: Trio) -> None:
    """Histograms of D_f with D_r and test beside them, the paired tests in a sentence, and the same under noise."""
    left, right = st.columns(2, vertical_alignment="center")
    logarithmic = left.toggle("As in the paper: -log H", key=view.key("minus_log"), **KEPT)
    with right:
        view.widget("margin")
    scale: Scale = "minus log" if logarithmic else "linear"
    values = {part: _entropies(trio, part) for part in PARTS}
    try:
        st.markdown(_sentence(trio, view.value("margin")))
    except InputError as error:
        say.warning(error)
    spans = [entropy_span(found, scale) for found in values.values()]
    span = (min(low for low, _ in spans), max(high for _, high in spans))
    for place, (part, title) in zip(st.columns(3), PARTS.items(), strict=True):
        with place:
            figure = entropies(values[part], current_theme(), scale=scale, title=title, span=span)
            plot(figure, alt=describe_entropies(values[part], title), key=f"entropies {part}")
    st.caption(
        "If the entropies of retained and test samples rise with those of the forget set, everything was forgotten "
        f"alike (see Selectivity). At most {MOST:,} retained and test samples are asked, drawn once for all."
    )
    show_noise(trio, view.value("margin"))


@kept_with_trio
def _entropies(trio: Trio, part: str) -> dict[str, np.ndarray]:
    return {name: outputs_of(trio, part).entropies(name) for name in trio.networks}


@kept_with_trio
def _sentence(trio: Trio, margin: float) -> str:
    found = _entropies(trio, "forget")
    return compare_entropies(found["unlearned"], found["retrained"], margin=margin).sentence
