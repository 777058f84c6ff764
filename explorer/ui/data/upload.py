"""Upload of a data set: file, options, reading in the background, and classes with too few samples."""

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
from explorer.data.class_names import plain_name
from explorer.data.read_upload import FILES, TABLES, read_upload
from explorer.data.table import column_names
from explorer.data.uploaded import TooFewError, UploadedData, UploadOptions
from explorer.settings import InputError
from explorer.ui import say
from explorer.ui.state.tab import tab
from explorer.ui.work import jobs

READING = "bring"  # key of the job
READ = "bring.read"  # the DataUpload of that job
ROUND = "bring.round"  # part of the uploader's key; a new number empties the uploader
LEAVING_OUT = "bring.leaving_out"  # id of the file whose small classes are left out
DECLARED, DEFAULTS = UploadOptions.declarations(), UploadOptions()
COLOURS = {"as-found": "As found", "grey": "Grey", "colour": "Colour"}
CROPS = {"centre": "Square in the centre", "stretch": "All, stretched"}


@dataclass(eq=False)
class DataUpload:
    """An uploaded file and the result of reading it.

    Attributes:
        source: id of the file, options and columns; reading starts again when one of them changes.
        name: name of the file.
        content: bytes of the file.
        result: the data; or the error if classes are too small, which an option can solve; None before it is read.
    """

    source: tuple[str, UploadOptions, list[str] | None]
    name: str
    content: bytes
    result: UploadedData | TooFewError | None = None

    def read(self, progress: Share) -> None:
        """Read the file into `result`.

        Raises:
            InputError: if the file cannot be read with any options.
        """
        _, options, columns = self.source
        try:
            self.result = read_upload(io.BytesIO(self.content), self.name, options, columns, progress)
        except TooFewError as error:
            self.result = error


def pick_file() -> UploadedFile | None:
    """Draw the uploader; returns its file, or None if there is none or it is too large (with an error)."""
    file = st.file_uploader(
        "A zip with one folder of pictures per class, a CSV of points, or an npz",
        type=[ending.removeprefix(".") for ending in FILES],
        key=f"upload {st.session_state.setdefault(ROUND, 0)}",
    )
    if file is None:
        _discard_reading()
        return None
    if file.size > limits.UPLOAD:
        say.error(f"{plain_name(file.name)} is larger than {limits.UPLOAD / 2**20:.0f} MB, the largest size allowed.")
        return None
    return file


def pick_options(file: UploadedFile) -> tuple[UploadOptions, list[str] | None] | None:
    """Draw the options for this kind of file, at first the defaults.

    Returns:
        Options and, for a table, its columns; None if the table has no columns to select (with an error).
    """
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
        picked["side"] = side.number_input("Side (pixels)", least, most, DEFAULTS.side, 8, key=_key(file, "side"))
        picked["crop"] = crop.selectbox("Crop", CROPS, format_func=CROPS.__getitem__, key=_key(file, "crop"))
        picked["colour"] = colour.selectbox(
            "Colour", COLOURS, format_func=COLOURS.__getitem__, key=_key(file, "colour")
        )
        with st.expander("More", key="more of bring"):
            least, most = DECLARED["seed"].bounds
            picked["seed"] = st.number_input("Seed of the split", least, most, DEFAULTS.seed, 1, key=_key(file, "seed"))
    else:
        share = st.container()
    least, most = DECLARED["test_share"].bounds
    picked["test_share"] = share.slider(
        "Test share", least, most, DEFAULTS.test_share, 0.05, key=_key(file, "share"),
        help="Has no effect if the file contains x_test." if name.endswith(".npz") else None,
    )  # fmt: skip
    if st.session_state.get(LEAVING_OUT) == file.file_id:
        picked["small_classes"] = "leave-out"
    return UploadOptions(**picked), columns


def _key(file: UploadedFile, option: str) -> str:
    """Key of a widget. Each file has its own: a widget redrawn under an old key may start at its least value."""
    return f"{option} of {file.file_id}"


def read(file: UploadedFile, options: UploadOptions, columns: list[str] | None) -> UploadedData | None:
    """The data in the file; None while it is read (with progress) or if it cannot be used (with the reason).

    Args:
        file: the uploaded file.
        options: options of its kind.
        columns: columns of a table: first coordinate, second coordinate, label.
    """
    upload = st.session_state.get(READ)
    source = (file.file_id, options, columns)
    if upload is None or upload.source != source:
        upload = st.session_state[READ] = DataUpload(source, file.name, file.getvalue())
        _start(upload)
    job = jobs.job_of(READING) or _start(upload)
    jobs.wait_briefly(job)
    if job.state == "done" and isinstance(upload.result, UploadedData):
        return upload.result
    if isinstance(upload.result, TooFewError):
        _offer_to_leave_out(str(upload.result), file)
    else:
        jobs.watch(READING, retry=(lambda: _start(upload)) if job.state == "stopped" else None)
    return None


def _start(upload: DataUpload) -> Job:
    reference = weakref.ref(upload)  # a finished job stays in memory; it must not hold the file

    def reading(job: Job) -> None:
        job.report(0.0)
        if (held := reference()) is not None:
            held.read(job.report)

    return jobs.start(READING, f"Reading {plain_name(upload.name)}", reading)


def empty_uploader() -> None:
    """Remove the file from the uploader, after it was saved; call it before the uploader is drawn."""
    st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1
    _discard_reading()


def _offer_to_leave_out(sentence: str, file: UploadedFile) -> None:
    say.warning(sentence, icon=":material/group_off:")
    st.button("Leave these classes out", on_click=_leave_out, args=(file.file_id,), key="leave out")


def _leave_out(file_id: str) -> None:
    st.session_state[LEAVING_OUT] = file_id


def _discard_reading() -> None:
    """Stop reading and free the file, which may be large."""
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
    labels = ("First coordinate", "Second coordinate", "Label")
    defaults = (0, 1, len(names) - 1)
    picked = [
        place.selectbox(label, names, index=at, key=_key(file, label))
        for place, label, at in zip(places, labels, defaults, strict=True)
    ]
    return [str(each) for each in picked]


def pick_name(place: DeltaGenerator, file: UploadedFile) -> str:
    """Draw the field for the name, at first the file's own name."""
    return place.text_input("Name", Path(file.name).stem, max_chars=limits.NAME, key=f"name of {file.file_id}")


def show_saved_name(name: str) -> None:
    """Draw the name as it will be saved, if it differs from the typed one."""
    saved = plain_name(name)
    if saved and saved != name.strip():
        say.info(f"It will be saved as “{saved}”: a name has at most {limits.NAME} characters and no markup.")
