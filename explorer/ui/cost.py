"""What the run cost: retained samples that are called something else than before, nearest to the forget set first."""

from __future__ import annotations

import numpy as np
import streamlit as st

from explorer.experiments import Experiment, Snapshot
from explorer.figures.calls import calls, describe_calls
from explorer.ui.models import calls_of, entropies_on_test, forget_entropies
from explorer.ui.pictures import picture_link
from explorer.ui.plot import current_theme, plot
from explorer.ui.run import Run

SHOWN = 24  # changed samples in the list


def show_calls(experiment: Experiment, moment: Snapshot | None) -> None:
    """What the forget samples are called, under the models that are there."""
    found = {"original": calls_of(experiment, "original")}
    if moment is not None:
        found["unlearned"] = moment.forget_calls
    if experiment.stored("retrained"):
        found["retrained"] = calls_of(experiment, "retrained")
    classes = experiment.data.classes
    plot(calls(found, current_theme(), classes=classes), alt=describe_calls(found, classes), key="forget calls")


def show_cost(experiment: Experiment, run: Run | None, moment: Snapshot | None) -> None:
    """The watched retained samples whose prediction changed between the first moment and this one."""
    if run is None or moment is None or run.live.trajectory is None:
        st.info("After the first step, the retained samples that changed are listed here.", icon=":material/group:")
        return
    before, now = run.moments[0].retain_calls, moment.retain_calls
    trajectory, data = run.live.trajectory, experiment.data
    watched = trajectory.watched
    changed = np.flatnonzero(before != now)
    right = watched.y.numpy()
    lost = int(((before == right) & (now != right)).sum())
    won = int(((before != right) & (now == right)).sum())
    st.markdown(
        f"Of the {len(watched):,} retained samples that are watched, **{len(changed):,}** are called something else "
        f"than before: {lost:,} were right and are wrong now, {won:,} the other way round."
    )
    if not len(changed):
        return
    far = trajectory.distances[changed]
    order = np.argsort(far)[:SHOWN]
    chosen = changed[order]
    names = data.classes
    rows: dict[str, object] = {
        "sample": np.delete(np.arange(len(data.train)), experiment.forget_set.indices)[trajectory.watched_at[chosen]],
        "class": [names[right[at]] for at in chosen],
        "was called": [names[before[at]] for at in chosen],
        "is called": [names[now[at]] for at in chosen],
        "to the forget set": far[order],
    }
    if data.kind == "image":
        rows = {"picture": [picture_link(picture) for picture in data.picture(watched.x[chosen])], **rows}
    st.dataframe(
        rows, hide_index=True, height=min(38 + 35 * len(chosen), 300),
        column_config={
            "picture": st.column_config.ImageColumn("picture", width="small"),
            "to the forget set": st.column_config.NumberColumn(
                "distance to the forget set", format="%.3g", help="To its nearest forget sample, in input units."
            ),
        },
    )  # fmt: skip
    if len(changed) > SHOWN:
        st.caption(f"The {SHOWN} nearest to the forget set of {len(changed):,}.")


def warn_if_loud(experiment: Experiment, moment: Snapshot | None) -> None:
    """A warning where the forget set is forgotten too loudly: less sure of it than a model that never saw it."""
    if moment is None or moment.step == 0:
        return
    mean = float(moment.forget_entropies.mean())
    if experiment.stored("retrained"):
        limit, whose = float(forget_entropies(experiment, "retrained").mean()), "the retrained model's"
    else:
        limit, whose = float(entropies_on_test(experiment).mean()), "the original's on test samples"
    if mean > max(limit, float(forget_entropies(experiment, "original").mean())):
        st.warning(
            f"Forgotten too loudly: the mean entropy of the forget set is {mean:.2f} nats, above {whose} "
            f"({limit:.2f}). A model less sure of them than one that never saw them gives away which they were.",
            icon=":material/volume_up:",
        )
