"""Tab "Entropy": entropies of forget, retained and test samples under each model, without and with input noise."""

from __future__ import annotations

import numpy as np
import streamlit as st
import torch

from explorer.background import Job
from explorer.evaluation import compare_entropies
from explorer.evaluation.input_noise import NoisyEntropies, entropies_under_noise, match_sentence
from explorer.figures.entropies import Scale, describe_entropies, entropies, entropy_span
from explorer.figures.entropy_under_noise import describe_entropy_under_noise, entropy_under_noise
from explorer.figures.theme import IDENTITIES
from explorer.settings import InputError
from explorer.ui import say
from explorer.ui.compare.outputs import MOST, outputs_of
from explorer.ui.compare.trio import Trio, cached_on_trio
from explorer.ui.show.plot import current_theme, plot
from explorer.ui.show.setting_widget import parameter_widget
from explorer.ui.state import compare_view
from explorer.ui.state.persistence import PERSISTENT
from explorer.ui.work import jobs
from explorer.ui.work.cached import partition_of
from explorer.words import counted

SIGMAS = (0.0, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0, 1.4, 2.0)
"""Standardised input units; the authors' notebook uses 1."""
DRAWS = 5
SAMPLES = 2000  # forget samples at most, the same for every model
SEED = 0
FIRST = 1.0  # default sigma after the button is pressed

PARTS = {"forget": "Forget set", "retain": "Retained", "test": "Test"}


def show_entropies(trio: Trio) -> None:
    """Draw histograms of D_f, D_r and test, the paired tests of D_f as a sentence, and entropies under input noise."""
    left, right = st.columns(2, vertical_alignment="center")
    logarithmic = left.toggle("Scale -log H (as in the paper)", key=compare_view.key("minus_log"), **PERSISTENT)
    with right:
        parameter_widget(compare_view.PARAMETERS, "margin")
    scale: Scale = "minus log" if logarithmic else "linear"
    values = {part: _entropies(trio, part) for part in PARTS}
    try:
        st.markdown(_sentence(trio, compare_view.value("margin")))
    except InputError as error:
        say.warning(error)
    spans = [entropy_span(by_model, scale) for by_model in values.values()]
    span = (min(low for low, _ in spans), max(high for _, high in spans))
    for place, (part, title) in zip(st.columns(3), PARTS.items(), strict=True):
        with place:
            figure = entropies(values[part], current_theme(), scale=scale, title=title, span=span)
            plot(figure, alt=describe_entropies(values[part], title), key=f"entropies {part}")
    st.caption(
        "If the entropies of retained and test samples rise with those of the forget set, unlearning was not selective "
        f"(see Selectivity). At most {MOST:,} retained and {MOST:,} test samples are drawn, the same for every model."
    )
    show_noise(trio, compare_view.value("margin"))


@cached_on_trio
def _entropies(trio: Trio, part: str) -> dict[str, np.ndarray]:
    return {name: outputs_of(trio, part).entropies(name) for name in trio.networks}


@cached_on_trio
def _sentence(trio: Trio, margin: float) -> str:
    by_model = _entropies(trio, "forget")
    return compare_entropies(by_model["unlearned"], by_model["retrained"], margin=margin).sentence


def show_noise(trio: Trio, margin: float) -> None:
    """Draw mean entropy over sigma and the equivalence test at one sigma; before the measurement, a start button."""
    st.markdown("#### Entropy under input noise")
    noise, key, requested = noise_of(trio), _key(trio), compare_view.value("input_noise") > 0
    if noise is None:
        if requested and jobs.job_of(key) is None:
            _start(trio)  # requested by a link, or earlier for other models
        if not requested:
            st.markdown(
                "Unlearned and retrained may match at the clean inputs only. Input noise tests whether they also match "
                "near these inputs."
            )
            st.button("Add noise to the forget set's inputs", icon=":material/grain:", on_click=_request_noise)
        jobs.watch(key, retry=lambda: _start(trio))
        return
    compare_view.put(
        "input_noise", min(SIGMAS[1:], key=lambda sigma: abs(sigma - (compare_view.value("input_noise") or FIRST)))
    )
    sigma = st.select_slider(
        "Input noise sigma (standardised units)", SIGMAS[1:], key=compare_view.key("input_noise"), **PERSISTENT
    )
    try:
        clean = noise.compare(0.0, margin)
        st.markdown(match_sentence(clean, noise.compare(sigma, margin), sigma))
    except InputError as error:
        say.info(error)
        return
    samples = noise.by_model["original"].shape[2]
    sigmas, means = np.array(noise.sigmas), {name: noise.means(name) for name in IDENTITIES}
    intervals = {name: noise.intervals(name) for name in IDENTITIES}
    figure = entropy_under_noise(sigmas, means, intervals, current_theme(), sigma=sigma)
    description = describe_entropy_under_noise(sigmas, means, samples, DRAWS)
    plot(figure, alt=description, key="entropy under noise")
    st.caption(
        f"Gaussian noise, n = {counted(samples, 'forget sample')}, {DRAWS} draws with seed {SEED}, the same for every "
        "model; bars: 95 % interval over the draws. Each sample's entropy is averaged over the draws before the test."
    )


def noise_of(trio: Trio) -> NoisyEntropies | None:
    """Entropies under input noise; None if this tab has not measured them."""
    job = jobs.job_of(_key(trio))
    return job.result if job is not None and job.state == "done" else None


def _request_noise() -> None:
    compare_view.put("input_noise", FIRST)


def _start(trio: Trio) -> None:
    x = partition_of(trio.experiment).forget.x
    x = x[torch.randperm(len(x), generator=torch.Generator().manual_seed(SEED))[:SAMPLES].sort().values]

    def measure(job: Job) -> NoisyEntropies:
        return entropies_under_noise(
            trio.networks, x, SIGMAS, DRAWS, torch.Generator().manual_seed(SEED), job.report
        )  # fmt: skip

    jobs.start(_key(trio), "Adding noise to the forget set's inputs", measure)


def _key(trio: Trio) -> str:
    return f"noise {trio.job_key}"
