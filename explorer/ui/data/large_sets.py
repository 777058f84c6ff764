"""List of the large picture sets, with their downloads; a download starts only on a click."""

from __future__ import annotations

import streamlit as st

from explorer.background import Job
from explorer.data.download import download
from explorer.data.torchvision_sets import TORCHVISION_SETS, is_available
from explorer.ui.state.selection import select_dataset
from explorer.ui.work import jobs


def list_large_sets() -> None:
    """Draw each set with its size and a button: Use if it is on this machine, else Download."""
    st.caption("Files are read from the folder EXPLORER_DATA. Download fetches a set from its publisher.")
    for name, entry in TORCHVISION_SETS.items():
        text, button = st.columns([6, 1], vertical_alignment="center")
        side = " x ".join(map(str, entry.shape[1:]))
        size = f"{entry.train:,} + {entry.test:,} {'grey' if entry.shape[0] == 1 else 'colour'} pictures of {side}"
        here = "on this machine" if is_available(name) else f"{entry.bytes / 1e6:.0f} MB to download"
        text.markdown(f"**{entry.title}** &nbsp; {size} in {entry.classes} classes, {here}")
        key = f"download {name}"
        job = jobs.job_of(key)
        if is_available(name):
            button.button("Use", key=f"use {name}", width="stretch", on_click=select_dataset, args=(name,))
        elif job is None or not job.active:
            button.button("Download", key=f"fetch {name}", width="stretch", on_click=_fetch, args=(name,))
        if job is not None and job.state != "done":
            jobs.watch(key)


def _fetch(name: str) -> None:
    def fetching(job: Job) -> None:
        download(name, job.report)

    jobs.start(f"download {name}", f"Downloading {TORCHVISION_SETS[name].title}", fetching, shared=True)
