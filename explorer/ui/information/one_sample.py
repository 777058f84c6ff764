"""The paper's Fig. 2, live: forget one sample by JiT and by greedy mislabelling, beside never having seen it."""

from __future__ import annotations

import numpy as np
import streamlit as st

from explorer.background import Job
from explorer.evaluation import disagreement
from explorer.experiments import Experiment, Request, stored_outcome, unlearn
from explorer.experiments.derived.removal import without
from explorer.figures.boundary import boundary, describe_boundary
from explorer.ui.show.plot import current_theme, plot
from explorer.ui.work import jobs
from explorer.ui.work.cached import boundary_of, grid_of, network_of, outcome_of
from explorer.unlearning import METHODS, default_rule

METHOD_NAMES = ("jit", "mislabel")


def show_one_sample(experiment: Experiment, sample: int) -> None:
    """Four planes: the original, what both methods leave, and the model retrained without the sample."""
    story = without(experiment, sample)
    requests = {name: _request(story, name) for name in METHOD_NAMES}
    ready = story.stored("retrained") and all(outcome_of(request) is not None for request in requests.values())
    if not ready:
        key = f"one sample {story}"
        title = f"Forgetting sample {sample}"
        job = jobs.job_of(key)
        if job is None or not job.active:

            def begin() -> None:
                jobs.start(key, title, lambda job: _run(story, requests, job), together=True)

            pressed = st.button(
                f"Forget sample {sample} three ways: retrained, JiT, mislabel", icon=":material/play_arrow:",
                key="one sample", on_click=begin,
            )  # fmt: skip
            if pressed:
                st.rerun()
        jobs.watch(key)
        return
    networks = {"original": ("original", "", network_of(story, "original"))}
    for name, request in requests.items():
        outcome = outcome_of(request)
        assert outcome is not None
        networks[name] = ("unlearned", request.method.title, outcome.network)
    networks["retrained"] = ("retrained", "", network_of(story, "retrained"))
    regions = {name: boundary_of(network, story) for name, (_, _, network) in networks.items()}
    far = {name: 100 * disagreement(found, regions["retrained"]) for name, found in regions.items()}
    nearer = "nearer to" if far["jit"] < far["mislabel"] else "no nearer to"
    st.markdown(
        f"Without sample {sample}, **JiT** ends {nearer} the retrained model than **mislabelling** does: "
        f"{far['jit']:.1f} % of the plane lies on another side, against {far['mislabel']:.1f} % "
        f"(the original: {far['original']:.1f} %; another training seed would move it too)."
    )
    for place, (name, (identity, note, _)) in zip(st.columns(4), networks.items(), strict=True):
        with place:
            _draw(story, regions[name], identity, note, sample, key=f"one sample {name}")
    st.caption(
        "Both methods with their defaults: JiT smooths the model around the sample until it is called something else, "
        "or 200 passes are over; mislabelling trains it toward the wrong label until it is (Fig. 2's greedy contrast)."
    )


def _request(story: Experiment, name: str) -> Request:
    method = METHODS[name]
    settings = method.configure(story.data.shape, method.presets[0].name)
    return Request(story, method, settings, default_rule(story.forget_set))


def _run(story: Experiment, requests: dict[str, Request], job: Job) -> None:
    """Retrain without the sample, then let each method forget it; each is stored as soon as it is there."""
    story.train("retrained", pulse=lambda share: job.report(0.6 * share, "Retraining without this sample"))
    for turn, request in enumerate(requests.values()):

        def told(step: object, turn: int = turn, title: str = request.method.title) -> None:
            share = step.index / step.total  # type: ignore[attr-defined]
            job.report(0.6 + 0.2 * (turn + share), f"{title}, step {step.index}")  # type: ignore[attr-defined]

        if stored_outcome(request) is None:
            unlearn(request, watch=told)


def _draw(story: Experiment, regions: np.ndarray, identity: str, note: str, sample: int, key: str) -> None:
    train, grid, classes = story.data.train, grid_of(story), story.data.classes
    forget = np.arange(len(train)) == sample
    figure = boundary(
        grid.xs, grid.ys, regions, train.x.numpy(), train.y.numpy(), forget, identity, current_theme(),
        classes=classes, note=note, hollow_forget=identity == "retrained", height=300,
    )  # fmt: skip
    plot(figure, alt=describe_boundary(regions, train.y.numpy(), forget, note or identity, classes), key=key)
