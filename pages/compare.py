"""Compare: original, unlearned and retrained, in this order, in every picture."""

import streamlit as st

from explorer.evaluation import compare_entropies, disagreement
from explorer.figures.entropies import Scale, describe_entropies, entropies, entropy_span
from explorer.figures.shared_map import describe_shared_map, shared_map, shared_spans
from explorer.figures.theme import IDENTITIES
from explorer.settings import InputError
from explorer.ui import method_settings, work
from explorer.ui.choice import chosen
from explorer.ui.comparison import entropies_of, headline, latest_outcome, pca_of, trio_of, umap_job
from explorer.ui.measures_table import show_measures
from explorer.ui.models import boundary_of
from explorer.ui.plot import current_theme, plot
from explorer.ui.run import JOB, current, launch
from explorer.ui.stage import forget_mask, show_plane

experiment, theme = chosen(), current_theme()
if not work.trained(experiment, "original", "retrained"):
    st.stop()
request = method_settings.asked(experiment)
outcome = latest_outcome(experiment, request)
if outcome is None:
    st.markdown("## Here the original, the unlearned and the retrained model stand side by side")
    st.info("Nothing has been unlearned with these settings yet.", icon=":material/compare:")
    run = current(experiment)
    st.button(
        "Run it now",
        type="primary",
        icon=":material/play_arrow:",
        on_click=launch,
        args=(request,),
        disabled=request is None or (run is not None and run.job.active),
    )
    if run is not None:
        work.watch(JOB)
    st.stop()

trio = trio_of(experiment, outcome)
st.markdown(f"## {headline(trio)}")
st.caption(
    f"{outcome.steps:,} steps in {outcome.seconds:.1f} s of unlearning. One training seed: no interval is shown."
)

if experiment.data.kind == "plane":
    regions = {name: boundary_of(network, experiment) for name, network in trio.networks.items()}
    for place, name in zip(st.columns(3), IDENTITIES, strict=True):
        with place:
            show_plane(experiment, regions[name], name)
    moved = {name: 100 * disagreement(regions[name], regions["retrained"]) for name in ("original", "unlearned")}
    st.caption(
        f"Of the plane, {moved['original']:.1f} % lies on another side in the original than in the retrained model, "
        f"and {moved['unlearned']:.1f} % in the unlearned one. Training seeds move it too."
    )

show_measures(trio.measures)

st.markdown("#### How sure each model is")
logarithmic = st.toggle("As in the paper: -log H", key="entropy scale")
scale: Scale = "minus log" if logarithmic else "linear"
parts = {"forget": "Forget set", "retain": "Retained", "test": "Test"}
values = {part: entropies_of(trio, part) for part in parts}
spans = [entropy_span(found, scale) for found in values.values()]
span = (min(low for low, _ in spans), max(high for _, high in spans))
for place, (part, title) in zip(st.columns(3), parts.items(), strict=True):
    with place:
        figure = entropies(values[part], theme, scale=scale, title=title, span=span)
        plot(figure, alt=describe_entropies(values[part], title), key=f"entropies {part}")
try:
    st.markdown(compare_entropies(values["forget"]["unlearned"], values["forget"]["retrained"]).sentence)
except InputError as error:
    st.warning(str(error))
st.caption(
    "If the entropies of retained and test samples rise with those of the forget set, everything was forgotten alike."
)

st.markdown("#### One map of all three")


waiting = umap_job(trio).active


@st.fragment(run_every=1.0 if waiting else None)
def maps() -> None:
    """PCA at once, UMAP when it is there; which one is shown is said."""
    job = umap_job(trio)
    if waiting and not job.active:
        st.rerun()  # the whole page, which ends the polling
    chosen = st.segmented_control(
        "Map", ["UMAP", "PCA"], default="UMAP", key="map", required=True, label_visibility="collapsed"
    )
    ready = chosen == "UMAP" and job.state == "done"
    placed, method = (job.result, "UMAP") if ready else (pca_of(trio), "PCA")
    if chosen == "UMAP" and job.active:
        st.caption("PCA, while UMAP is computed in the background (the first one takes about half a minute).")
    elif chosen == "UMAP" and job.state == "failed":
        st.caption(f"PCA: {job.error}")
    coordinates, indices = placed.shared.coordinates, placed.indices
    labels, forget = experiment.data.train.y.numpy()[indices], forget_mask(experiment)[indices]
    for place, name in zip(st.columns(3), IDENTITIES, strict=True):
        with place:
            figure = shared_map(
                coordinates[name], labels, forget, name, theme, classes=experiment.data.classes,
                spans=shared_spans(coordinates), indices=indices, hollow_forget=name == "retrained",
            )  # fmt: skip
            plot(figure, alt=describe_shared_map(coordinates, forget, method), key=f"map {name}")
    trust = ", ".join(f"{name} {100 * placed.shared.trustworthiness[name]:.1f} %" for name in IDENTITIES)
    st.caption(
        f"{method} of {len(indices):,} training samples, fitted on the original's features; the retrained model's were "
        f"rotated onto them (orthogonal Procrustes on retained samples). Neighbours kept (trustworthiness): {trust}."
    )


maps()

with st.expander("What am I looking at?"):
    st.markdown(
        """
**Retrained** was initialised anew and trained without the forget set: what forgetting is meant to look like.
**Entropy** is $H(x) = -\\sum_i p_i \\log p_i$ in nats. The paper compares the entropies of unlearned and retrained
with a paired Wilcoxon test; a difference that was not found is not equality. **Called members** is the paper's
membership attack, a logistic regression on the entropy alone: its share is not centred on one half, so the AUC stands
beside it.
"""
    )
