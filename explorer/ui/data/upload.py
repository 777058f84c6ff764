"""An upload on its way to a data set: its options, its reading in the background, and what to do with small classes."""

from __future__ import annotations

import io
import weakref
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.uploaded_file_manager import UploadedFile

from explorer.background import Job
from explorer.background.progress import Share
from explorer.data import limits
from explorer.data.bring import FILES, TABLES, bring
from explorer.data.class_names import plain_name
from explorer.data.table import column_names
from explorer.data.uploaded import BringOptions, TooFewError, UploadedData
from explorer.settings import InputError
from explorer.ui import say
from explorer.ui.state.tab import tab
from explorer.ui.work import jobs

READING = "bring"  # the job
READ = "bring.read"  # the DataUpload that the job is of
ROUND = "bring.round"  # a new one empties the uploader
LEAVING_OUT = "bring.leaving_out"  # the id of the file whose small classes are to be left out
DECLARED, USUAL = BringOptions.declarations(), BringOptions()
COLOURS = {"as-found": "As found", "grey": "Grey", "colour": "Colour"}
CROPS = {"centre": "Square in the centre", "stretch": "All, stretched"}


@dataclass(eq=False)
class DataUpload:
    """A file that was put into the uploader, the options that it is read with, and what it was found to hold."""

    asked: tuple[str, BringOptions, list[str] | None]
    name: str
    content: bytes
    found: UploadedData | TooFewError | None = None

    def read(self, progress: Share) -> None:
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
        say.error(f"{plain_name(file.name)} has more than {limits.UPLOAD / 2**20:.0f} MB, which is the most allowed.")
        return None
    return file


def pick_options(file: UploadedFile) -> tuple[BringOptions, list[str] | None] | None:
    """The options that this kind of file has, at first the usual ones; None, with the reason, where it has none."""
    name, columns = file.name.lower(), None
    picked: dict[str, Any] = {}
    if name.endswith(TABLES):
        *places, share = st.columns(4)
        columns = _pick_columns(file, places)
        if columns is None:
            return None
    elif name.endswith(".zip"):
        side, crop, colour, share = st.columns(4)
        least, most = DECLARED["side"].bounds
        picked["side"] = side.number_input("Side in pixels", least, most, USUAL.side, 8, key=_key(file, "side"))
        picked["crop"] = crop.selectbox(
            "What of each picture", CROPS, format_func=CROPS.__getitem__, key=_key(file, "crop")
        )
        picked["colour"] = colour.selectbox(
            "Colours", COLOURS, format_func=COLOURS.__getitem__, key=_key(file, "colour")
        )
        with st.expander("More", key="more of bring"):
            least, most = DECLARED["seed"].bounds
            picked["seed"] = st.number_input("Seed of the split", least, most, USUAL.seed, 1, key=_key(file, "seed"))
    else:
        share = st.container()
    label = "Share for testing, without x_test" if name.endswith(".npz") else "Share for testing"
    least, most = DECLARED["test_share"].bounds
    picked["test_share"] = share.slider(label, least, most, USUAL.test_share, 0.05, key=_key(file, "share"))
    if st.session_state.get(LEAVING_OUT) == file.file_id:
        picked["small_classes"] = "leave-out"
    return BringOptions(**picked), columns


def _key(file: UploadedFile, option: str) -> str:
    """Each file has widgets of its own: one that is drawn anew under an old key may begin at its least value."""
    return f"{option} of {file.file_id}"


def read(file: UploadedFile, options: BringOptions, columns: list[str] | None) -> UploadedData | None:
    """What the file holds; None while it is read or where it is of no use, with progress or the reason on the page."""
    upload = st.session_state.get(READ)
    asked = (file.file_id, options, columns)
    if upload is None or upload.asked != asked:
        upload = st.session_state[READ] = DataUpload(asked, file.name, file.getvalue())
        _start(upload)
    job = jobs.job_of(READING) or _start(upload)
    jobs.wait_briefly(job)
    if job.state == "done" and isinstance(upload.found, UploadedData):
        return upload.found
    if isinstance(upload.found, TooFewError):
        _offer_to_leave_out(str(upload.found), file)
    else:
        jobs.watch(READING, retry=(lambda: _start(upload)) if job.state == "stopped" else None)
    return None


def _start(upload: DataUpload) -> Job:
    held = weakref.ref(upload)  # what a job holds stays in memory after it has ended

    def reading(job: Job) -> None:
        job.report(0.0)
        if (one := held()) is not None:
            one.read(job.report)

    return jobs.start(READING, f"Reading {plain_name(upload.name)}", reading)


def empty_uploader() -> None:
    """Let go of the file: it is kept now, or no longer wanted. Call it from a callback."""
    st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1
    _leave_reading()


def _offer_to_leave_out(sentence: str, file: UploadedFile) -> None:
    say.warning(sentence, icon=":material/group_off:")
    st.button("Leave these classes out", on_click=_leave_out, args=(file.file_id,), key="leave out")


def _leave_out(file_id: str) -> None:
    st.session_state[LEAVING_OUT] = file_id


def _leave_reading() -> None:
    """A large file must not stay in memory because it was once read."""
    job = tab().jobs.get(READING)
    if job is not None:
        jobs.stop(READING)
        tab().jobs.pop(READING, None)
    st.session_state.pop(READ, None)


def _pick_columns(file: UploadedFile, places: list[DeltaGenerator]) -> list[str] | None:
    try:
        names = column_names(file.getvalue(), plain_name(file.name))
    except InputError as error:
        say.error(error)
        return None
    words = ("First coordinate", "Second coordinate", "Label")
    usual = (0, 1, len(names) - 1)
    picked = [
        place.selectbox(word, names, index=at, key=_key(file, word))
        for place, word, at in zip(places, words, usual, strict=True)
    ]
    return [str(each) for each in picked]


def pick_name(place: DeltaGenerator, file: UploadedFile) -> str:
    """The field, at first with the file's own name."""
    return place.text_input("Name", Path(file.name).stem, max_chars=limits.NAME, key=f"name of {file.file_id}")


def show_saved_name(name: str) -> None:
    """How a name will be kept, where that is not as it was typed."""
    kept = plain_name(name)
    if kept and kept != name.strip():
        say.info(f"It will be called “{kept}”: a name has at most {limits.NAME} letters and no markup.")
