"""Uploaded data sets: preview before saving, then save, use and delete them."""

from __future__ import annotations

import weakref

import streamlit as st

from explorer.background import Job
from explorer.data import Dataset
from explorer.data.own import own_sets, remove, save
from explorer.data.uploaded import UploadedData
from explorer.models.own import own_networks
from explorer.settings import InputError
from explorer.ui import say
from explorer.ui.data.preview import describe_upload, show_preview
from explorer.ui.data.upload import empty_uploader, pick_file, pick_name, pick_options, read, show_saved_name
from explorer.ui.state.selection import DEFAULTS, select_dataset
from explorer.ui.state.tab import tab
from explorer.ui.work import jobs
from explorer.words import counted

SAVING = "keep"  # key of the job
MESSAGE = "data.message"  # result of a button, shown once


def headline(dataset: Dataset) -> str:
    """The selected data set, its size, and the number of uploaded data sets and networks."""
    n, sets, networks = len(dataset.train) + len(dataset.test), len(own_sets()), len(own_networks())
    counts = [counted(number, noun) for number, noun in ((sets, "data set"), (networks, "network")) if number]
    uploaded = f"{' and '.join(counts)} uploaded" if counts else "nothing uploaded yet"
    return f"{dataset.title} is selected, {n:,} samples in {len(dataset.classes):,} classes; {uploaded}"


def show_data_upload() -> None:
    """Draw the uploader, its options and the preview; a saved set becomes the selected data set."""
    _select_saved_set()
    file = pick_file()
    if file is None:
        _discard_finished_saving()
        st.caption(
            "A zip has folders class/picture or class/sub-class/picture; folders named train and test are used as the "
            "split. A CSV has two coordinates and a label, an npz has x and y. Uploads stay on the machine that runs "
            "this app. All users of this app can select and delete saved data sets."
        )
        return
    picked = pick_options(file)
    if picked is None:
        return
    options, columns = picked
    upload = read(file, options, columns)
    if upload is None:
        return
    st.markdown(f"#### {describe_upload(upload)}")
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    name = pick_name(left, file)
    # Not a callback: there the name would be that of the previous run, and it is often typed just before the click.
    if right.button("Save and use", type="primary", icon=":material/save:", width="stretch"):
        _save(upload, name)
    show_saved_name(name)
    jobs.watch(SAVING)
    show_preview(upload, columns)


def list_own_sets() -> None:
    """Draw the saved data sets, each with buttons to use and to delete it."""
    if (message := st.session_state.pop(MESSAGE, None)) is not None:
        say.info(message)
    sets = own_sets()
    st.markdown("#### Your data sets")
    if not sets:
        st.caption("None yet. Saved data sets are listed here and among the data sets in the sidebar.")
    for own in sets:
        text, first, second = st.columns([5, 1, 1], vertical_alignment="center")
        size = "points" if own.kind == "plane" else f"pictures of {' x '.join(map(str, own.shape[1:]))}"
        samples = f"{own.train:,} + {own.test:,} {size} in {len(own.classes):,} classes"
        text.markdown(f"**{own.title}** &nbsp; {samples}  \n`{own.code}`")
        first.button("Use", key=f"use {own.code}", width="stretch", on_click=select_dataset, args=(own.code,))
        with second.popover("Delete", width="stretch"):
            st.markdown(f"Delete **{own.title}** and every model trained on it for all users of this app?")
            st.button("Delete it", key=f"remove {own.code}", type="primary", on_click=_delete, args=(own.code,))


def _save(upload: UploadedData, name: str) -> None:
    reference = weakref.ref(upload)  # a finished job stays in memory; it must not hold the data

    def saving(job: Job) -> str:
        job.report(0.0)
        if (held := reference()) is None:
            raise InputError("The file was removed before it was saved.")
        return save(held, name)

    jobs.start(SAVING, "Saving the data set", saving)


def _select_saved_set() -> None:
    """Select the set that has just been saved and empty the uploader."""
    job = jobs.job_of(SAVING)
    if job is None or job.state != "done":
        return
    _discard_finished_saving()
    select_dataset(job.result)
    empty_uploader()
    st.session_state[MESSAGE] = (
        f"Saved as {job.result} and selected in the sidebar. Continue with Information or Unlearn."
    )
    st.rerun()


def _discard_finished_saving() -> None:
    """Remove the job of an earlier upload, so that its result or error is not shown for the next one."""
    job = jobs.job_of(SAVING)
    if job is not None and not job.active:
        del tab().jobs[SAVING]


def _delete(code: str) -> None:
    try:
        remove(code)
        if st.session_state["dataset"] == code:
            select_dataset(DEFAULTS["dataset"])
        st.session_state[MESSAGE] = f"{code} and the models trained on it have been deleted."
    except InputError as error:
        st.session_state[MESSAGE] = str(error)
