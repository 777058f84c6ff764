"""The paper's Fig. 2 for one sample: JiT and greedy mislabelling beside retraining (tab Forget one sample)."""

from __future__ import annotations

import numpy as np
import streamlit as st

from explorer.background import Job
from explorer.evaluation import disagreement
from explorer.experiments import Experiment, Request, stored_outcome, unlearn
from explorer.experiments.derived.removal import without_sample
from explorer.figures.boundary import boundary, describe_boundary
from explorer.ui.show.plot import current_theme, plot
from explorer.ui.work import jobs
from explorer.ui.work.cached import boundary_of, grid_of, network_of, outcome_of
from explorer.unlearning import METHODS, default_rule

METHOD_NAMES = ("jit", "mislabel")


def show_one_sample(experiment: Experiment, sample: int) -> None:
    """Decision boundaries of the original, both unlearned models and the model retrained without the sample."""
    single = without_sample(experiment, sample)
    requests = {name: _request(single, name) for name in METHOD_NAMES}
    ready = single.stored("retrained") and all(outcome_of(request) is not None for request in requests.values())
    if not ready:
        key = f"one sample {single}"
        title = f"Forgetting sample {sample}"
        job = jobs.job_of(key)
        if job is None or not job.active:

            def begin() -> None:
                jobs.start(key, title, lambda job: _run(single, requests, job), shared=True)

            pressed = st.button(
                f"Forget sample {sample} by retraining, JiT and mislabelling", icon=":material/play_arrow:",
                key="one sample", on_click=begin,
            )  # fmt: skip
            if pressed:
                st.rerun()
        jobs.watch(key)
        return
    networks = {"original": ("original", "", network_of(single, "original"))}
    for name, request in requests.items():
        outcome = outcome_of(request)
        assert outcome is not None
        networks[name] = ("unlearned", request.method.title, outcome.network)
    networks["retrained"] = ("retrained", "", network_of(single, "retrained"))
    regions = {name: boundary_of(network, single) for name, (_, _, network) in networks.items()}
    disagreements = {name: 100 * disagreement(region, regions["retrained"]) for name, region in regions.items()}
    nearer = "closer to" if disagreements["jit"] < disagreements["mislabel"] else "no closer to"
    st.markdown(
        f"After forgetting sample {sample}, **JiT** is {nearer} the retrained model than **mislabelling**: "
        f"disagreement with retrained is {disagreements['jit']:.1f} % of the plane for JiT, "
        f"{disagreements['mislabel']:.1f} % for mislabelling and {disagreements['original']:.1f} % for the original. "
        "Another training seed would change these numbers too."
    )
    for place, (name, (identity, note, _)) in zip(st.columns(4), networks.items(), strict=True):
        with place:
            _draw(single, regions[name], identity, note, sample, key=f"one sample {name}")
    st.caption(
        "Both methods use their default settings. JiT smooths the model around the sample until its prediction "
        "changes, for at most 200 passes. Mislabelling trains the sample towards a wrong label until its prediction "
        "changes (the greedy contrast in Fig. 2)."
    )


def _request(single: Experiment, name: str) -> Request:
    method = METHODS[name]
    settings = method.configure(single.data.shape, method.presets[0].name)
    return Request(single, method, settings, default_rule(single.forget_set))


def _run(single: Experiment, requests: dict[str, Request], job: Job) -> None:
    """Retrain without the sample, then unlearn it with each method; every result is stored at once."""
    single.train("retrained", pulse=lambda share: job.report(0.6 * share, "Retraining without this sample"))
    for turn, request in enumerate(requests.values()):

        def report_step(step: object, turn: int = turn, title: str = request.method.title) -> None:
            share = step.index / step.total  # type: ignore[attr-defined]
            job.report(0.6 + 0.2 * (turn + share), f"{title}, step {step.index}")  # type: ignore[attr-defined]

        if stored_outcome(request) is None:
            unlearn(request, watch=report_step)


def _draw(single: Experiment, regions: np.ndarray, identity: str, note: str, sample: int, key: str) -> None:
    train, grid, classes = single.data.train, grid_of(single), single.data.classes
    forget = np.arange(len(train)) == sample
    figure = boundary(
        grid.xs, grid.ys, regions, train.x.numpy(), train.y.numpy(), forget, identity, current_theme(),
        classes=classes, note=note, hollow_forget=identity == "retrained", height=300,
    )  # fmt: skip
    plot(figure, alt=describe_boundary(regions, train.y.numpy(), forget, note or identity, classes), key=key)
