"""The large picture sets: which are here, and their download, which only a click starts."""

from __future__ import annotations

import streamlit as st

from explorer.background import Job
from explorer.data.download import download
from explorer.data.torchvision_sets import TORCHVISION_SETS, found
from explorer.ui.state.selection import select_dataset
from explorer.ui.work import jobs


def list_large_sets() -> None:
    """Each with its size and what can be done about it: use it, or fetch it."""
    st.caption("Looked for in the folder EXPLORER_DATA; fetched from where their makers keep them when you ask for it.")
    for name, one in TORCHVISION_SETS.items():
        text, button = st.columns([6, 1], vertical_alignment="center")
        side = " x ".join(map(str, one.shape[1:]))
        size = f"{one.train:,} + {one.test:,} {'grey' if one.shape[0] == 1 else 'colour'} pictures of {side}"
        here = "here" if found(name) else f"{one.bytes / 1e6:.0f} MB to download"
        text.markdown(f"**{one.title}** &nbsp; {size} in {one.classes} classes, {here}")
        key = f"download {name}"
        job = jobs.job_of(key)
        if found(name):
            button.button("Use", key=f"use {name}", width="stretch", on_click=select_dataset, args=(name,))
        elif job is None or not job.active:
            button.button("Download", key=f"fetch {name}", width="stretch", on_click=_fetch, args=(name,))
        if job is not None and job.state != "done":
            jobs.watch(key)


def _fetch(name: str) -> None:
    def fetching(job: Job) -> None:
        download(name, job.report)

    jobs.start(f"download {name}", f"Downloading {TORCHVISION_SETS[name].title}", fetching, together=True)
