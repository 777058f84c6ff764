"""The reader's own data sets: brought, looked at before they are kept, used, and removed."""

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
from explorer.ui.data.preview import in_words, show_preview
from explorer.ui.data.upload import empty_uploader, pick_file, pick_name, pick_options, read, show_saved_name
from explorer.ui.state.selection import DEFAULTS, select_dataset
from explorer.ui.state.tab import tab
from explorer.ui.work import jobs
from explorer.words import counted

KEEPING = "keep"  # the job
SAID = "data.said"  # what a button has done, once


def headline(dataset: Dataset) -> str:
    """What is chosen now, and how much of what can be chosen was brought."""
    n, sets, networks = len(dataset.train) + len(dataset.test), len(own_sets()), len(own_networks())
    brought = [counted(number, noun) for number, noun in ((sets, "data set"), (networks, "network")) if number]
    own = f"{' and '.join(brought)} of your own to choose" if brought else "nothing of your own is here yet"
    return f"{dataset.title} is chosen, {n:,} samples in {len(dataset.classes):,} classes; {own}"


def bring_one() -> None:
    """From the uploader by way of the preview to a set that is kept and chosen."""
    _adopt_what_was_kept()
    file = pick_file()
    if file is None:
        _forget_keeping()
        st.caption(
            "A zip holds class/picture or class/sub-class/picture; train and test folders are taken as the split. A "
            "CSV has two coordinates and a label, an npz x and y. What you upload stays on the machine that runs this "
            "app; what you keep can be chosen and removed by everybody who uses it."
        )
        return
    picked = pick_options(file)
    if picked is None:
        return
    options, columns = picked
    brought = read(file, options, columns)
    if brought is None:
        return
    st.markdown(f"#### {in_words(brought)}")
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    name = pick_name(left, file)
    # Not a callback, which would have the name of the page before: a name is often typed just before the click.
    if right.button("Keep and use", type="primary", icon=":material/save:", width="stretch"):
        _keep(brought, name)
    show_saved_name(name)
    jobs.watch(KEEPING)
    show_preview(brought, columns)


def list_own_sets() -> None:
    """Those that are kept, each to use or to remove."""
    if (said := st.session_state.pop(SAID, None)) is not None:
        say.info(said)
    found = own_sets()
    st.markdown("#### What was brought")
    if not found:
        st.caption("Nothing yet: what you keep is listed here, and among the data sets at the side.")
    for own in found:
        text, first, second = st.columns([5, 1, 1], vertical_alignment="center")
        size = "points" if own.kind == "plane" else f"pictures of {' x '.join(map(str, own.shape[1:]))}"
        samples = f"{own.train:,} + {own.test:,} {size} in {len(own.classes):,} classes"
        text.markdown(f"**{own.title}** &nbsp; {samples}  \n`{own.code}`")
        first.button("Use", key=f"use {own.code}", width="stretch", on_click=select_dataset, args=(own.code,))
        with second.popover("Remove", width="stretch"):
            st.markdown(f"Remove **{own.title}**, and every model that was trained on it, for everybody?")
            st.button("Remove it", key=f"remove {own.code}", type="primary", on_click=_remove, args=(own.code,))


def _keep(brought: UploadedData, name: str) -> None:
    held = weakref.ref(brought)  # what a job holds stays in memory after it has ended

    def keeping(job: Job) -> str:
        job.report(0.0)
        if (found := held()) is None:
            raise InputError("The upload was taken back before it was kept.")
        return save(found, name)

    jobs.start(KEEPING, "Keeping the data set", keeping)


def _adopt_what_was_kept() -> None:
    """Choose the set that has just been kept, and let go of the upload."""
    job = jobs.job_of(KEEPING)
    if job is None or job.state != "done":
        return
    _forget_keeping()
    select_dataset(job.result)
    empty_uploader()
    st.session_state[SAID] = f"It is kept as {job.result}, and chosen at the side: go on with Information or Unlearn."
    st.rerun()


def _forget_keeping() -> None:
    """How an earlier upload was kept, or why not, is no news for the next one."""
    job = jobs.job_of(KEEPING)
    if job is not None and not job.active:
        del tab().jobs[KEEPING]


def _remove(code: str) -> None:
    try:
        remove(code)
        if st.session_state["dataset"] == code:
            select_dataset(DEFAULTS["dataset"])
        st.session_state[SAID] = f"{code} and the models that were trained on it are removed."
    except InputError as error:
        st.session_state[SAID] = str(error)
