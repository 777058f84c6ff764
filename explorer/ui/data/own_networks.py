"""Uploaded networks: check weights or an exported program for the selected data set, save, use and delete them."""

from __future__ import annotations

import weakref
from dataclasses import dataclass

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from explorer.background import Job
from explorer.data import Dataset, load_dataset
from explorer.data.class_names import plain_name
from explorer.models import architecture_of, models_for
from explorer.models.own import FILES, MOST_BYTES, import_network, own_networks, remove_network
from explorer.settings import InputError
from explorer.ui import say
from explorer.ui.data.upload import pick_name, show_saved_name
from explorer.ui.state.available import MODEL_TITLES, default_model, models_of
from explorer.ui.state.selection import select_dataset
from explorer.ui.state.tab import tab
from explorer.ui.work import jobs

CHECKING = "bring network"  # key of the job
MESSAGE = "network.message"  # result of a button, shown once
ROUND = "network.round"  # part of the uploader's key; a new number empties the uploader
UPLOAD = "network.upload"


@dataclass(eq=False)
class NetworkUpload:
    """An uploaded network file and the options that it is imported with.

    Attributes:
        file_id: Streamlit's id of the upload.
        content: bytes of the file.
        filename: name of the file.
        model: architecture; not used for an exported program.
        dataset: data set whose inputs and classes the network must fit.
        name: name to save it under.
    """

    file_id: str
    content: bytes
    filename: str
    model: str
    dataset: Dataset
    name: str


def show_network_upload(dataset: Dataset, selected_model: str) -> None:
    """Draw the uploader and its options, and save and select the network when it has been checked.

    Args:
        dataset: the selected data set, whose inputs and classes the network must fit.
        selected_model: the model selected in the sidebar; its architecture is the default option.
    """
    _select_saved_network()
    st.markdown(
        f"For **{dataset.title}**, the data set selected in the sidebar: inputs of "
        f"{' x '.join(map(str, dataset.shape))}, {len(dataset.classes):,} classes."
    )
    file = st.file_uploader(
        "Weights (.safetensors, .pt) of one of the architectures, or an exported program (.pt2)",
        type=[ending.removeprefix(".") for ending in FILES],
        key=f"network {st.session_state.setdefault(ROUND, 0)}",
    )
    _discard_check_of_other_file(file)
    if file is None:
        st.caption(
            "Names and shapes of the tensors are checked; nothing but tensors is unpickled. Inputs are standardised "
            "per channel, as in training here. The file stays on the machine that runs this app."
        )
        return
    if file.size > MOST_BYTES:
        st.error(f"The file is larger than {MOST_BYTES / 2**20:.0f} MB, the largest size allowed.")
        return
    left, middle, right = st.columns([2, 2, 1], vertical_alignment="bottom")
    name = pick_name(left, file)
    models, likely = models_for(dataset), architecture_of(selected_model)
    model = middle.selectbox(
        "Architecture",
        models,
        index=models.index(likely) if likely in models else 0,
        format_func=lambda model: MODEL_TITLES.get(model, model),
        disabled=file.name.lower().endswith(".pt2"),
        key=f"architecture of {file.file_id}",
    )
    if right.button("Save and use", type="primary", icon=":material/save:", width="stretch", key="keep network"):
        _save(file, model, dataset, name)  # not a callback: there the name would be that of the previous run
    show_saved_name(name)
    jobs.watch(CHECKING)


def list_own_networks(dataset: Dataset) -> None:
    """Draw the saved networks, each with buttons to use it (if it fits the data set) and to delete it.

    Args:
        dataset: the selected data set.
    """
    if (message := st.session_state.pop(MESSAGE, None)) is not None:
        say.info(message)
    st.markdown("#### Your networks")
    networks = own_networks()
    if not networks:
        st.caption("None yet. Saved networks are listed here and among the models of the data sets that they fit.")
    for own in networks:
        fits = own.code in models_of(dataset)
        why = None if fits else f"Its inputs or classes differ from those of {dataset.title}."
        text, first, second = st.columns([5, 1, 1], vertical_alignment="center")
        kind = MODEL_TITLES.get(own.architecture, own.architecture)
        shape = " x ".join(map(str, own.shape))
        text.markdown(
            f"**{plain_name(own.title)}** &nbsp; {kind} for {shape}, {len(own.classes):,} classes  \n`{own.code}`"
        )
        first.button(
            "Use", key=f"use {own.code}", width="stretch", disabled=not fits, on_click=select_dataset,
            args=(dataset.code, own.code), help=why,
        )  # fmt: skip
        with second.popover("Delete", width="stretch"):
            st.markdown(
                f"Delete **{plain_name(own.title)}** for all users of this app? Models unlearned from it stay stored."
            )
            st.button("Delete it", key=f"remove {own.code}", type="primary", on_click=_delete, args=(own.code,))


def _save(file: UploadedFile, model: str, dataset: Dataset, name: str) -> None:
    upload = st.session_state[UPLOAD] = NetworkUpload(file.file_id, file.getvalue(), file.name, model, dataset, name)
    reference = weakref.ref(upload)  # a finished job stays in memory; it must not hold the file

    def check(job: Job) -> str:
        job.report(0.0)
        if (held := reference()) is None:
            raise InputError("The file was removed before it was saved.")
        return import_network(held.content, held.filename, held.model, held.dataset, held.name)

    jobs.start(CHECKING, f"Checking {plain_name(upload.filename)}", check)


def _select_saved_network() -> None:
    """Select the network that has just been saved, for the data set it was uploaded for, and empty the uploader."""
    job = jobs.job_of(CHECKING)
    if job is None or job.state != "done":
        return
    del tab().jobs[CHECKING]
    dataset = st.session_state.pop(UPLOAD).dataset
    st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1
    st.session_state[MESSAGE] = f"Saved as {job.result} and selected in the sidebar for {dataset.title}."
    select_dataset(dataset.code, job.result)
    st.rerun()


def _discard_check_of_other_file(file: UploadedFile | None) -> None:
    """Remove the finished check of an earlier file, so that its error is not shown for this one."""
    job, upload = jobs.job_of(CHECKING), st.session_state.get(UPLOAD)
    if job is not None and not job.active and (file is None or upload is None or upload.file_id != file.file_id):
        del tab().jobs[CHECKING]
        st.session_state.pop(UPLOAD, None)


def _delete(code: str) -> None:
    try:
        remove_network(code)
        if st.session_state["model"] == code:
            st.session_state["model"] = default_model(load_dataset(st.session_state["dataset"]))
        st.session_state[MESSAGE] = f"{code} has been deleted."
    except InputError as error:
        st.session_state[MESSAGE] = str(error)
