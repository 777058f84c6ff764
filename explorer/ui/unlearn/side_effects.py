"""Retained samples whose prediction changed during the run, nearest to the forget set first (tab Side effects)."""

from __future__ import annotations

import numpy as np
import streamlit as st

from explorer.experiments import Experiment, Snapshot
from explorer.ui.show.pictures import picture_link
from explorer.ui.work.run import Run

SHOWN = 24  # changed samples in the table, at most


def show_side_effects(experiment: Experiment, run: Run | None, snapshot: Snapshot | None) -> None:
    """Table of the tracked retained samples whose prediction differs between the first snapshot and this one.

    Args:
        experiment: data set and forget set.
        run: the run; None before the first one.
        snapshot: the snapshot that the page shows; None before the first one.
    """
    if run is None or snapshot is None:
        st.info(
            "After the first step, the retained samples whose prediction changed are listed here.",
            icon=":material/group:",
        )
        return
    before, now = run.snapshots[0].retain_predictions, snapshot.retain_predictions
    trajectory, data = run.live.trajectory, experiment.data
    tracked = trajectory.tracked
    changed = np.flatnonzero(before != now)
    labels = tracked.y.numpy()
    lost = int(((before == labels) & (now != labels)).sum())
    gained = int(((before != labels) & (now == labels)).sum())
    st.markdown(
        f"The prediction changed for **{len(changed):,}** of the {len(tracked):,} tracked retained samples: {lost:,} "
        f"were correct before and are wrong now, {gained:,} were wrong before and are correct now."
    )
    if not len(changed):
        return
    distances = trajectory.distances[changed]
    order = np.argsort(distances)[:SHOWN]
    listed = changed[order]
    names = data.classes
    rows: dict[str, object] = {
        "sample": np.delete(np.arange(len(data.train)), experiment.forget_set.indices)[
            trajectory.tracked_positions[listed]
        ],
        "class": [names[labels[at]] for at in listed],
        "predicted before": [names[before[at]] for at in listed],
        "predicted now": [names[now[at]] for at in listed],
        "to the forget set": distances[order],
    }
    if data.kind == "image":
        rows = {"picture": [picture_link(picture) for picture in data.picture(tracked.x[listed])], **rows}
    st.dataframe(
        rows, hide_index=True, height=min(38 + 35 * len(listed), 300),
        column_config={
            "picture": st.column_config.ImageColumn("picture", width="small"),
            "to the forget set": st.column_config.NumberColumn(
                "distance to the forget set", format="%.3g", help="To the nearest forget sample, in standardised units."
            ),
        },
    )  # fmt: skip
    if len(changed) > SHOWN:
        st.caption(f"The table shows the {SHOWN} changed samples nearest to the forget set, of {len(changed):,}.")
