"""Unlearn: run a method live with your own settings, watch the model change, stop it whenever you like."""

import streamlit as st

from explorer.ui import method_settings, work
from explorer.ui.choice import chosen
from explorer.ui.copies import show_copies
from explorer.ui.run import JOB, current, launch, stop_sentence
from explorer.ui.stage import frozen_sentence, headline, show_stage
from explorer.unlearning import JitSettings

experiment = chosen()
if not work.trained(experiment, "original"):
    st.stop()

run = current(experiment)
running = run is not None and run.job.active
request = method_settings.asked(experiment)


@st.fragment(run_every=0.3 if running else None)
def stage() -> None:
    """The headline, the pictures and the progress of the run; runs again by itself while the run goes on."""
    shown = current(experiment)
    if running != (shown is not None and shown.job.active):
        st.rerun()  # the whole page: sliders and polling go with it
    st.markdown(f"## {headline(experiment, shown)}")
    show_stage(experiment, shown)
    start, stop, progress = st.columns([1, 1, 5], vertical_alignment="center")
    start.button(
        "Run", type="primary", icon=":material/play_arrow:", width="stretch", disabled=running or request is None,
        on_click=launch, args=(request,), key="run button",
    )  # fmt: skip
    stop.button(
        "Stop", icon=":material/stop:", width="stretch", disabled=not running, key="stop button",
        on_click=shown.job.stop if shown is not None else None,
    )  # fmt: skip
    with progress:
        if shown is not None and shown.job.active:
            st.progress(shown.job.progress, text=work.progress_text(shown.job))
        elif shown is not None and shown.outcome is not None:
            st.markdown(stop_sentence(shown))
        elif shown is not None:
            work.watch(JOB)
        else:
            st.markdown("Nothing has run yet: choose sigma, N and eta below, then press Run.")


stage()
method_settings.controls(experiment, disabled=running)

if request is not None and isinstance(request.settings, JitSettings):
    st.markdown("#### What the noise shows the model")
    show_copies(experiment, request.settings, request.noise_seed)
if sentence := frozen_sentence(experiment):
    st.caption(sentence)

if not experiment.stored("retrained"):
    st.markdown("#### The retrained model, to compare with")
    if work.trained(experiment, "retrained"):
        st.rerun()

with st.expander("What am I looking at?"):
    st.markdown(
        """
**JiT** makes the model flat around each forget sample. It adds noise of deviation *sigma* to the sample *N* times and
measures how far the output moves for how far the input moved:

$$\\ell(x) = \\frac1N \\sum_j \\frac{\\lVert f(x) - f(x + \\xi_j) \\rVert}{\\lVert \\xi_j \\rVert}, \\qquad
\\xi_j \\sim \\mathcal N(0, \\sigma^2 I), \\qquad \\theta \\leftarrow \\theta - \\eta \\nabla \\ell .$$

It sees the forget samples and the model alone (the paper's Algorithm 1). The default differs from the paper: it works
on probabilities, takes steps of a fixed length, and stops as soon as the forget set is forgotten; the presets
`algorithm-1` and `authors-code` are the paper's text and its released code. *The others* are up to 500 retained
samples, measured as the run goes on and never shown to the method. Low accuracy on the forget set says nothing about
what the weights still hold.
"""
    )
