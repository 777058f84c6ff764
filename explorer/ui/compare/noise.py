"""Away from the clean input: does the match of unlearned and retrained on the forget set hold under input noise?"""

from __future__ import annotations

import numpy as np
import streamlit as st
import torch

from explorer.evaluation.input_noise import NoisyEntropies, entropies_under_noise, match_sentence
from explorer.experiments import Job
from explorer.figures.entropy_under_noise import describe_entropy_under_noise, entropy_under_noise
from explorer.figures.theme import IDENTITIES
from explorer.settings import InputError
from explorer.ui import say, work
from explorer.ui.compare import view
from explorer.ui.compare.trio import Trio
from explorer.ui.kept import KEPT
from explorer.ui.models import partition_of
from explorer.ui.plot import current_theme, plot
from explorer.words import counted

SIGMAS = (0.0, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0, 1.4, 2.0)
"""Standardised input units; the authors' notebook looks at 1."""
DRAWS = 5
SAMPLES = 2000  # forget samples at most, the same ones for every model
SEED = 0
FIRST = 1.0  # sigma, once noise is asked for


def show_noise(trio: Trio, margin: float) -> None:
    """The curve over sigma and its sentence; before it is measured, what it would say and the button that measures."""
    st.markdown("#### Away from the clean input")
    found, key, asked = noise_of(trio), _key(trio), view.value("input_noise") > 0
    if found is None:
        if asked and work.job_of(key) is None:
            _start(trio)  # by a link, or for other models
        if not asked:
            st.markdown("A match at the clean inputs may be a match there alone: noise on the same inputs tells.")
            st.button("Add noise to the forget set's inputs", icon=":material/grain:", on_click=_ask)
        work.watch(key, retry=lambda: _start(trio))
        return
    view.put("input_noise", min(SIGMAS[1:], key=lambda sigma: abs(sigma - (view.value("input_noise") or FIRST))))
    sigma = st.select_slider(
        "sigma of the noise, standardised input units", SIGMAS[1:], key=view.key("input_noise"), **KEPT
    )
    try:
        clean = found.compare(0.0, margin)
        st.markdown(match_sentence(clean, found.compare(sigma, margin), sigma))
    except InputError as error:
        say.info(error)
        return
    samples = found.by_model["original"].shape[2]
    sigmas, means = np.array(found.sigmas), {name: found.means(name) for name in IDENTITIES}
    intervals = {name: found.intervals(name) for name in IDENTITIES}
    figure = entropy_under_noise(sigmas, means, intervals, current_theme(), chosen=sigma)
    words = describe_entropy_under_noise(sigmas, means, samples, DRAWS)
    plot(figure, alt=words, key="entropy under noise")
    st.caption(
        f"Gaussian noise, n = {counted(samples, 'forget sample')}, {DRAWS} draws with seed {SEED}, the same for every "
        "model; bars: 95 % interval over the draws. Each sample's entropy is averaged over the draws before the test."
    )


def noise_of(trio: Trio) -> NoisyEntropies | None:
    """Entropies under noise where this tab has measured them."""
    job = work.job_of(_key(trio))
    return job.result if job is not None and job.state == "done" else None


def _ask() -> None:
    view.put("input_noise", FIRST)


def _start(trio: Trio) -> None:
    x = partition_of(trio.experiment).forget.x
    x = x[torch.randperm(len(x), generator=torch.Generator().manual_seed(SEED))[:SAMPLES].sort().values]

    def measure(job: Job) -> NoisyEntropies:
        return entropies_under_noise(
            trio.networks, x, SIGMAS, DRAWS, torch.Generator().manual_seed(SEED), job.report
        )  # fmt: skip

    work.start(_key(trio), "Adding noise to the forget set's inputs", measure)


def _key(trio: Trio) -> str:
    return f"noise {trio.request_key}"
