"""The player of a run: play, pause, one step, slow motion, stop; and the slider that moves the page to any moment."""

from __future__ import annotations

import streamlit as st

from explorer.experiments import Request, Snapshot
from explorer.ui import say
from explorer.ui.show.run_sentences import request_in_words, stop_sentence
from explorer.ui.state.method_settings import apply_request
from explorer.ui.state.parameters import PERSISTENT
from explorer.ui.state.tab import SPEEDS
from explorer.ui.work import jobs
from explorer.ui.work.run import Run
from explorer.ui.work.runs import launch, take_back


def show_player(run: Run | None, request: Request | None) -> None:
    """The buttons with their keys, and beside them how far the run is or how it ended."""
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
        stepping = (run.play, (1,)) if resting and run is not None else (launch, (request, 1))
        st.button(
            "Step", icon=":material/skip_next:", on_click=stepping[0], args=stepping[1], shortcut="N",
            key="step button", disabled=playing or request is None, help="One step of the method.",
        )  # fmt: skip
        st.button(
            "Stop", icon=":material/stop:", on_click=None if run is None else run.stop, shortcut="X",
            key="stop button", disabled=not (playing or resting),
            help="Ends the run; the model is that of the last whole step.",
        )  # fmt: skip
        first = None if "speed" in st.session_state else "fast"
        st.segmented_control(
            "Pace", list(SPEEDS), default=first, key="speed", required=True, label_visibility="collapsed",
            **PERSISTENT, on_change=_set_speed, args=(run,),
        )  # fmt: skip
    _say(run)
    if run is not None and run.request != request:
        show_other_settings(run)


def show_other_settings(run: Run) -> None:
    """Say that this tab's run is not what the settings ask for, and offer its own."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.info(
            f"This tab's run was {request_in_words(run.request)}. The settings now ask for another.",
            icon=":material/tune:", width="stretch",
        )  # fmt: skip
        st.button(
            "Back to its settings", icon=":material/undo:", key="settings of the run", disabled=run.active,
            on_click=apply_request, args=(run.request,),
        )  # fmt: skip


def _set_speed(run: Run | None) -> None:
    if run is not None:
        run.live.pace = SPEEDS[st.session_state["speed"]]


def _say(run: Run | None) -> None:
    if run is None:
        st.markdown("Nothing has run yet: choose sigma, N and eta below, then press Run, or Step.")
    elif run.active and run.job is not None:
        doing = "Pausing after the step that is under way" if run.pausing else jobs.progress_text(run.job)
        st.progress(run.job.progress, text=doing)
    elif run.job is not None and run.job.state == "failed":
        say.error(run.job.error)
    elif run.outcome is not None:
        st.markdown(stop_sentence(run))
    elif run.resting:
        st.markdown(f"Paused after step {run.live.position:,}. Play goes on from here; Stop keeps this model.")
    else:
        st.markdown("The run was stopped before its first step; nothing was lost.")


def follow(run: Run) -> None:
    """A run on a page that does not show it: how far it is, until the page can show what it left."""

    def poll() -> None:
        if not run.active:
            st.rerun()
        _say(run)

    if run.active:
        st.fragment(poll, run_every=jobs.POLL)()
    else:
        _say(run)


def snapshot_of(run: Run | None) -> Snapshot | None:
    """The moment to look at: the newest while the run plays, else the one where the slider stands."""
    snapshots = [] if run is None else run.snapshots
    if run is None or not snapshots:
        return None
    wanted = None if run.active else st.session_state.get(_slider(run, snapshots))
    return next((snapshot for snapshot in snapshots if snapshot.step == wanted), snapshots[-1])


def frames_of(run: Run | None, snapshot: Snapshot | None) -> list[Snapshot]:
    """The moments to draw one after the other, the last of them `moment`: while a run plays, one from on the way too.

    A page that is made half as often, with two pictures each time, moves as smoothly and leaves the run more of the
    machine.
    """
    seen, st.session_state["seen step"] = st.session_state.get("seen step", 0), 0 if snapshot is None else snapshot.step
    if run is None or snapshot is None or not run.active:
        return [] if snapshot is None else [snapshot]
    between = [each for each in run.live.trajectory.recent() if seen < each.step < snapshot.step]
    return [*between[len(between) // 2 :][:1], snapshot]


def show_scrubber(run: Run | None) -> None:
    """The slider over the recorded moments, and the button that takes the run back: there, or to any other step."""
    snapshots = [] if run is None else run.snapshots
    if run is None or run.active or len(snapshots) < 2:
        return
    steps = [snapshot.step for snapshot in snapshots]
    slider, number, back = st.columns([4, 1, 1], vertical_alignment="bottom")
    at = slider.select_slider(
        f"Step: {len(steps):,} of {steps[-1] + 1:,} moments were recorded", steps, value=steps[-1],
        key=_slider(run, snapshots), help="Moves every picture of the page to that moment.",
    )  # fmt: skip
    to = number.number_input(
        "Go back to step", 0, max(run.live.position, at), value=at, key=f"back to {_slider(run, snapshots)} {at}",
        help="Any step that was taken, recorded or not; at first the one where the slider stands.",
    )  # fmt: skip
    back.button(
        "Go back", icon=":material/undo:", key="back button", on_click=take_back, args=(run, int(to)), width="stretch",
        disabled=to == run.live.position, shortcut="B",
        help="Takes the run itself back to this step. Play then goes on from it; Stop keeps its model.",
    )  # fmt: skip


def _slider(run: Run, snapshots: list[Snapshot]) -> str:
    """A slider of its own for every record: its ends are part of what it says."""
    return f"moment {id(run)} {len(snapshots)} {snapshots[-1].step}"
