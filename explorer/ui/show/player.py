"""Player of a run: Run, Pause, Step, Stop, speed and progress; and the slider over its snapshots, with Rewind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from explorer.experiments import Request, Snapshot
from explorer.ui import say
from explorer.ui.show.run_sentences import describe_end, describe_request
from explorer.ui.state.method_settings import apply_request
from explorer.ui.state.persistence import PERSISTENT
from explorer.ui.state.tab import SPEEDS
from explorer.ui.work import jobs
from explorer.ui.work.run import Run
from explorer.ui.work.runs import launch, rewind_run


def show_player(run: Run | None, request: Request | None) -> None:
    """Draw the buttons of the player, and below them the run's progress or how it ended.

    Args:
        run: the run to control; None if there is none.
        request: the run that the settings describe; None if they are not compatible.
    """
    playing, resting = run is not None and run.active, run is not None and run.resting
    with st.container(horizontal=True, vertical_alignment="center", key="player"):
        if playing and run is not None:
            st.button("Pause", icon=":material/pause:", on_click=run.pause, shortcut="P", key="pause button")
        elif resting and run is not None:
            st.button(
                "Play", icon=":material/play_arrow:", type="primary", on_click=run.play, shortcut="P", key="play button"
            )
        else:
            st.button(
                "Run", icon=":material/play_arrow:", type="primary", on_click=launch, args=(request,), shortcut="P",
                key="run button", disabled=request is None,
            )  # fmt: skip
        callback: Callable[..., None] = launch
        arguments: tuple[Any, ...] = (request, 1)
        if resting and run is not None:
            callback, arguments = run.play, (1,)
        st.button(
            "Step", icon=":material/skip_next:", on_click=callback, args=arguments, shortcut="N",
            key="step button", disabled=playing or request is None, help="One step of the method.",
        )  # fmt: skip
        st.button(
            "Stop", icon=":material/stop:", on_click=None if run is None else run.stop, shortcut="X",
            key="stop button", disabled=not (playing or resting),
            help="Ends the run; the model is that of the last complete step.",
        )  # fmt: skip
        first = None if "speed" in st.session_state else "fast"
        st.segmented_control(
            "Speed", list(SPEEDS), default=first, key="speed", required=True, label_visibility="collapsed",
            **PERSISTENT, on_change=_set_speed, args=(run,),
        )  # fmt: skip
    _show_progress(run)
    if run is not None and run.request != request:
        show_other_settings(run)


def show_other_settings(run: Run) -> None:
    """Show that this tab's run has other settings than the widgets, and a button that restores them."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.info(
            f"This tab's run was {describe_request(run.request)}. The current settings differ.",
            icon=":material/tune:", width="stretch",
        )  # fmt: skip
        st.button(
            "Restore the run's settings", icon=":material/undo:", key="settings of the run", disabled=run.active,
            on_click=apply_request, args=(run.request,),
        )  # fmt: skip


def _set_speed(run: Run | None) -> None:
    if run is not None:
        run.live.delay = SPEEDS[st.session_state["speed"]]


def _show_progress(run: Run | None) -> None:
    if run is None:
        st.markdown("No run yet. Set the method's settings below, then press Run or Step.")
    elif run.active and run.job is not None:
        doing = "Pausing after the current step" if run.pausing else jobs.progress_text(run.job)
        st.progress(run.job.progress, text=doing)
    elif run.job is not None and run.job.state == "failed":
        say.error(run.job.error)
    elif run.outcome is not None:
        st.markdown(describe_end(run))
    elif run.resting:
        st.markdown(f"Paused after step {run.live.position:,}. Play continues from here; Stop ends with this model.")
    else:
        st.markdown("The run was stopped before its first step; the model did not change.")


def follow(run: Run) -> None:
    """Show the progress of a run on a page without a player; the page reruns when the run ends."""

    def poll() -> None:
        if not run.active:
            st.rerun()
        _show_progress(run)

    if run.active:
        st.fragment(poll, run_every=jobs.POLL)()
    else:
        _show_progress(run)


def snapshot_of(run: Run | None) -> Snapshot | None:
    """The snapshot to show: the newest while the run plays, otherwise that of the slider."""
    snapshots = [] if run is None else run.snapshots
    if run is None or not snapshots:
        return None
    selected = None if run.active else st.session_state.get(_slider_key(run, snapshots))
    return next((snapshot for snapshot in snapshots if snapshot.step == selected), snapshots[-1])


def frames_of(run: Run | None, snapshot: Snapshot | None) -> list[Snapshot]:
    """Snapshots to draw one after the other, `snapshot` last; while a run plays, also one since the last drawing.

    Drawing two snapshots at half the rate looks as smooth, and leaves more of the CPU to the run.
    """
    last_drawn = st.session_state.get("seen step", 0)
    st.session_state["seen step"] = 0 if snapshot is None else snapshot.step
    if snapshot is None:
        return []
    if run is None or not run.active:
        return [snapshot]
    between = [each for each in run.live.trajectory.recent() if last_drawn < each.step < snapshot.step]
    return [*between[len(between) // 2 :][:1], snapshot]


def show_scrubber(run: Run | None) -> None:
    """Draw the slider over the snapshots of a run, and the button that rewinds the run to any step."""
    snapshots = [] if run is None else run.snapshots
    if run is None or run.active or len(snapshots) < 2:
        return
    steps = [snapshot.step for snapshot in snapshots]
    key = _slider_key(run, snapshots)
    slider, number, button = st.columns([4, 1, 1], vertical_alignment="bottom")
    shown = slider.select_slider(
        f"Step ({len(steps):,} snapshots from {steps[0]:,} to {steps[-1]:,})", steps, value=steps[-1], key=key,
        help="Shows the snapshot of this step in every figure of the page.",
    )  # fmt: skip
    target = number.number_input(
        "Rewind to step", 0, max(run.live.position, shown), value=shown, key=f"back to {key} {shown}",
        help="Any step of the run, with or without a snapshot. The default is the step of the slider.",
    )  # fmt: skip
    button.button(
        "Rewind", icon=":material/undo:", key="back button", on_click=rewind_run, args=(run, int(target)),
        width="stretch", disabled=target == run.live.position, shortcut="B",
        help="Rewinds the run to this step. Play continues from there; Stop ends with its model.",
    )  # fmt: skip


def _slider_key(run: Run, snapshots: list[Snapshot]) -> str:
    """Key of the slider; it changes with the snapshots, because the slider's range does."""
    return f"moment {id(run)} {len(snapshots)} {snapshots[-1].step}"
