"""An upload on its way to a data set: its options, its reading in the background, and what to do with small classes."""

from __future__ import annotations

import io
import time
import weakref
from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from explorer.data import limits
from explorer.data.bring import FILES, TABLES, bring
from explorer.data.brought import BringOptions, Brought, TooFewError
from explorer.data.class_names import plain_name
from explorer.data.table import column_names
from explorer.experiments import Job
from explorer.settings import InputError
from explorer.ui import work
from explorer.ui.offered import KEPT
from explorer.ui.parameters import Parameters

READING = "bring"  # the job
READ = "bring.read"  # the Upload that the job is of
ROUND = "bring.round"  # a new one empties the uploader
OPTIONS = Parameters(BringOptions, "bring")
COLUMNS = "bring.columns"
COLOURS = {"as-found": "As found", "grey": "Grey", "colour": "Colour"}
CROPS = {"centre": "Square in the centre", "stretch": "All, stretched"}


@dataclass(eq=False)
class Upload:
    """A file that was put into the uploader, the options that it is read with, and what it was found to hold."""

    asked: tuple[str, BringOptions, list[str] | None]
    name: str
    content: bytes
    found: Brought | TooFewError | None = None

    def read(self, progress: Callable[[float], None]) -> None:
        """Find out; raises InputError for what no option would help."""
        _, options, columns = self.asked
        try:
            self.found = bring(io.BytesIO(self.content), self.name, options, columns, progress)
        except TooFewError as error:
            self.found = error


def pick_file() -> UploadedFile | None:
    """The uploader, and what was put into it; None, with the reason on the page, where that is too large."""
    file = st.file_uploader(
        "A zip with one folder of pictures per class, a CSV of points, or an npz",
        type=[ending.removeprefix(".") for ending in FILES],
        key=f"upload {st.session_state.setdefault(ROUND, 0)}",
    )
    if file is None:
        _leave_reading()
        return None
    if file.size > limits.UPLOAD:
        st.error(f"{plain_name(file.name)} has more than {limits.UPLOAD / 2**20:.0f} MB, which is the most allowed.")
        return None
    return file


def pick_options(file: UploadedFile) -> tuple[BringOptions, list[str] | None] | None:
    """The options that this kind of file has; None, with the reason on the page, where it can have none."""
    columns = None
    if file.name.lower().endswith(TABLES):
        columns = _pick_columns(file)
        if columns is None:
            return None
    elif file.name.lower().endswith(".zip"):
        side, crop, colour, share = st.columns(4)
        side.number_input(
            "Side in pixels", limits.SIDE_LEAST, limits.SIDE_MOST, step=8, key=OPTIONS.key("side"), **KEPT
        )
        crop.selectbox("What of each picture", CROPS, format_func=CROPS.__getitem__, key=OPTIONS.key("crop"), **KEPT)
        colour.selectbox("Colours", COLOURS, format_func=COLOURS.__getitem__, key=OPTIONS.key("colour"), **KEPT)
        share.slider("Share for testing", 0.05, 0.9, step=0.05, key=OPTIONS.key("test_share"), **KEPT)
        with st.expander("More", key="more of bring"):
            st.number_input("Seed of the split", 0, 2**31 - 1, step=1, key=OPTIONS.key("seed"), **KEPT)
    else:
        st.slider("Share for testing, without x_test", 0.05, 0.9, step=0.05, key=OPTIONS.key("test_share"), **KEPT)
    return OPTIONS.current(), columns


def read(file: UploadedFile, options: BringOptions, columns: list[str] | None) -> Brought | None:
    """What the file holds; None while it is read or where it is of no use, with progress or the reason on the page."""
    upload = st.session_state.get(READ)
    asked = (file.file_id, options, columns)
    if upload is None or upload.asked != asked:
        upload = st.session_state[READ] = Upload(asked, file.name, file.getvalue())
        _start(upload)
    job, began = work.job_of(READING) or _start(upload), time.monotonic()
    while job.active and time.monotonic() - began < work.SOON:
        time.sleep(0.01)
    if job.state == "done" and isinstance(upload.found, Brought):
        return upload.found
    if isinstance(upload.found, TooFewError):
        _offer_to_leave_out(str(upload.found))
    else:
        work.watch(READING, retry=(lambda: _start(upload)) if job.state == "stopped" else None)
    return None


def _start(upload: Upload) -> Job:
    held = weakref.ref(upload)  # what a job holds stays in memory after it has ended

    def reading(job: Job) -> None:
        job.report(0.0)
        if (one := held()) is not None:
            one.read(job.report)

    return work.start(READING, f"Reading {plain_name(upload.name)}", reading)


def empty_uploader() -> None:
    """Let go of the file: it is kept now, or no longer wanted. Call it from a callback."""
    st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1
    OPTIONS.put("small_classes", "refuse")
    _leave_reading()


def _offer_to_leave_out(sentence: str) -> None:
    st.warning(sentence, icon=":material/group_off:")
    st.button("Leave these classes out", on_click=OPTIONS.put, args=("small_classes", "leave-out"), key="leave out")


def _leave_reading() -> None:
    """A large file must not stay in memory because it was once read."""
    job = work.tab().jobs.get(READING)
    if job is not None:
        work.stop(READING)
        work.tab().jobs.pop(READING, None)
    st.session_state.pop(READ, None)


def _pick_columns(file: UploadedFile) -> list[str] | None:
    try:
        names = column_names(file.getvalue(), plain_name(file.name))
    except InputError as error:
        st.error(str(error), icon=":material/error:")
        return None
    *places, share = st.columns(4)
    words = ("First coordinate", "Second coordinate", "Label")
    usual = (0, 1, len(names) - 1)
    picked = [
        place.selectbox(word, names, index=at, key=f"{COLUMNS} {file.file_id} {word}")
        for place, word, at in zip(places, words, usual, strict=True)
    ]
    share.slider("Share for testing", 0.05, 0.9, step=0.05, key=OPTIONS.key("test_share"), **KEPT)
    return [str(each) for each in picked]
