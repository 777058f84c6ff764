"""What the run cost: retained samples that are called something else than before, nearest to the forget set first."""

from __future__ import annotations

import numpy as np
import streamlit as st

from explorer.experiments import Experiment, Snapshot
from explorer.ui.show.pictures import picture_link
from explorer.ui.work.run import Run

SHOWN = 24  # changed samples in the list


def show_side_effects(experiment: Experiment, run: Run | None, snapshot: Snapshot | None) -> None:
    """The watched retained samples whose prediction changed between the first moment and this one."""
    if run is None or snapshot is None:
        st.info("After the first step, the retained samples that changed are listed here.", icon=":material/group:")
        return
    before, now = run.snapshots[0].retain_predictions, snapshot.retain_predictions
    trajectory, data = run.live.trajectory, experiment.data
    tracked = trajectory.tracked
    changed = np.flatnonzero(before != now)
    right = tracked.y.numpy()
    lost = int(((before == right) & (now != right)).sum())
    won = int(((before != right) & (now == right)).sum())
    st.markdown(
        f"**{len(changed):,}** of the {len(tracked):,} retained samples that are watched changed what the model calls "
        f"them: {lost:,} right before and wrong now, {won:,} the other way round."
    )
    if not len(changed):
        return
    far = trajectory.distances[changed]
    order = np.argsort(far)[:SHOWN]
    chosen = changed[order]
    names = data.classes
    rows: dict[str, object] = {
        "sample": np.delete(np.arange(len(data.train)), experiment.forget_set.indices)[
            trajectory.tracked_positions[chosen]
        ],
        "class": [names[right[at]] for at in chosen],
        "was called": [names[before[at]] for at in chosen],
        "is called": [names[now[at]] for at in chosen],
        "to the forget set": far[order],
    }
    if data.kind == "image":
        rows = {"picture": [picture_link(picture) for picture in data.picture(tracked.x[chosen])], **rows}
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
