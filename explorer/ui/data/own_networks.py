"""The reader's own networks: weights or a program for the data set that is chosen, checked, kept, used and removed."""

from __future__ import annotations

import weakref
from dataclasses import dataclass

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from explorer.background import Job
from explorer.data import Dataset, load_dataset
from explorer.data.class_names import plain_name
from explorer.models import architecture_of, models_for
from explorer.models.own import FILES, MOST_BYTES, bring_network, own_networks, remove_network
from explorer.settings import InputError
from explorer.ui import say
from explorer.ui.data.upload import pick_name, show_saved_name
from explorer.ui.state.available import MODEL_TITLES, first_model, models_of
from explorer.ui.state.selection import select_dataset
from explorer.ui.state.tab import tab
from explorer.ui.work import jobs

CHECKING = "bring network"  # the job
SAID = "network.said"  # what a button has done, once
ROUND = "network.round"  # a new one empties the uploader
UPLOAD = "network.upload"


@dataclass(eq=False)
class NetworkUpload:
    """A network's file, and what it was said to be."""

    file_id: str
    content: bytes
    filename: str
    model: str
    dataset: Dataset
    name: str


def bring_one(dataset: Dataset, beside: str) -> None:
    """From the uploader to a network that is kept and chosen, for the inputs and classes of this data set.

    beside: the model that is chosen at the side, whose architecture the network is taken to have at first.
    """
    _adopt_what_was_kept()
    st.markdown(
        f"For **{dataset.title}**, which is chosen at the side: inputs of {' x '.join(map(str, dataset.shape))}, "
        f"{len(dataset.classes):,} classes."
    )
    file = st.file_uploader(
        "Weights (.safetensors, .pt) of one of the architectures, or an exported program (.pt2)",
        type=[ending.removeprefix(".") for ending in FILES],
        key=f"network {st.session_state.setdefault(ROUND, 0)}",
    )
    _forget_checking_unless_of(file)
    if file is None:
        st.caption(
            "Names and shapes are checked, and nothing is unpickled but tensors. Inputs are standardised per channel "
            "as in training here. The file stays on the machine that runs this app."
        )
        return
    if file.size > MOST_BYTES:
        st.error(f"The file has more than {MOST_BYTES / 2**20:.0f} MB, which is the most allowed.")
        return
    left, middle, right = st.columns([2, 2, 1], vertical_alignment="bottom")
    name = pick_name(left, file)
    models, likely = models_for(dataset), architecture_of(beside)
    model = middle.selectbox(
        "Architecture",
        models,
        index=models.index(likely) if likely in models else 0,
        format_func=lambda model: MODEL_TITLES.get(model, model),
        disabled=file.name.lower().endswith(".pt2"),
        key=f"architecture of {file.file_id}",
    )
    if right.button("Keep and use", type="primary", icon=":material/save:", width="stretch", key="keep network"):
        _keep(file, model, dataset, name)  # not a callback, which would have the name of the page before
    show_saved_name(name)
    jobs.watch(CHECKING)


def list_own_networks(dataset: Dataset) -> None:
    """Those that are kept, each to use where it fits and to remove."""
    if (said := st.session_state.pop(SAID, None)) is not None:
        say.info(said)
    st.markdown("#### Networks that were brought")
    found = own_networks()
    if not found:
        st.caption("None yet: what you keep is listed here, and among the models of the data sets that it fits.")
    for own in found:
        fits = own.code in models_of(dataset)
        why = None if fits else f"It is of other inputs or classes than {dataset.title}."
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
        with second.popover("Remove", width="stretch"):
            st.markdown(f"Remove **{plain_name(own.title)}** for everybody? What was unlearned from it stays.")
            st.button("Remove it", key=f"remove {own.code}", type="primary", on_click=_remove, args=(own.code,))


def _keep(file: UploadedFile, model: str, dataset: Dataset, name: str) -> None:
    upload = st.session_state[UPLOAD] = NetworkUpload(file.file_id, file.getvalue(), file.name, model, dataset, name)
    held = weakref.ref(upload)  # what a job holds stays in memory after it has ended

    def check(job: Job) -> str:
        job.report(0.0)
        if (found := held()) is None:
            raise InputError("The upload was taken back before it was kept.")
        return bring_network(found.content, found.filename, found.model, found.dataset, found.name)

    jobs.start(CHECKING, f"Checking {plain_name(upload.filename)}", check)


def _adopt_what_was_kept() -> None:
    """Choose the network that has just been kept, for the data set that it was brought for, and let go of the file."""
    job = jobs.job_of(CHECKING)
    if job is None or job.state != "done":
        return
    del tab().jobs[CHECKING]
    dataset = st.session_state.pop(UPLOAD).dataset
    st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1
    st.session_state[SAID] = f"It is kept as {job.result}, and chosen at the side for {dataset.title}."
    select_dataset(dataset.code, job.result)
    st.rerun()


def _forget_checking_unless_of(file: UploadedFile | None) -> None:
    """Why another file was not kept is no news for this one."""
    job, upload = jobs.job_of(CHECKING), st.session_state.get(UPLOAD)
    if job is not None and not job.active and (file is None or upload is None or upload.file_id != file.file_id):
        del tab().jobs[CHECKING]
        st.session_state.pop(UPLOAD, None)


def _remove(code: str) -> None:
    try:
        remove_network(code)
        if st.session_state["model"] == code:
            st.session_state["model"] = first_model(load_dataset(st.session_state["dataset"]))
        st.session_state[SAID] = f"{code} is removed."
    except InputError as error:
        st.session_state[SAID] = str(error)
