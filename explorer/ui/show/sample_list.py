"""The samples that the reader has chosen, in whichever picture: listed with what is known of them, and forgotten."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from explorer.data import ForgetSet
from explorer.experiments import Experiment
from explorer.ui.show.pictures import picture_link
from explorer.ui.state import link, method_settings
from explorer.ui.state.navigation import page_of
from explorer.ui.state.selection import experiment_of, forget_samples, select_samples, selected_samples, unless_removed
from explorer.ui.work import runs

OFFERED = 6  # samples that have a button of their own
SHOWN = 200  # rows with a picture; the file has them all


def offer_samples(experiment: Experiment, named: Mapping[str, int]) -> None:
    """A button for each sample that is worth a look, by name; of many the first `OFFERED`, the others in a list."""
    names = list(named)
    first, others = names[:OFFERED], names[OFFERED:]
    with st.container(horizontal=True):
        for name in first:
            st.button(name, key=f"offer {name}", on_click=select_samples, args=(experiment, [named[name]]))
        if others:
            with st.popover(f"{len(others):,} more"):
                st.selectbox(
                    "A sample worth a look", others, index=None, key="offer others", placeholder="Choose one",
                    on_change=_choose_offered, args=(experiment, named),
                )  # fmt: skip


def show_selected(
    experiment: Experiment,
    readings: Mapping[str, np.ndarray],
    on_choose: Callable[[list[int]], None] | None = None,
) -> None:
    """The chosen samples with their pictures, labels and readings (n,) by name; as a file; and as the forget set.

    on_choose: what a choice made here calls, where more than this part of the page shows what is chosen.
    """
    chosen, data = selected_samples(experiment), experiment.data
    if not chosen:
        st.info("Draw a lasso around samples in any picture, or click one: they are listed here and can be forgotten.")
        return
    forgotten = chosen == experiment.forget_set.indices.tolist()
    table: dict[str, object] = {"sample": chosen, "class": [data.classes[int(data.train.y[at])] for at in chosen]}
    table |= {name: np.asarray(values)[chosen] for name, values in readings.items()}
    with st.container(horizontal=True):
        pressed = st.button(
            f"Forget these {len(chosen):,}" if len(chosen) > 1 else "Forget this sample", type="primary",
            icon=":material/ink_eraser:", key="forget chosen", on_click=forget_samples, args=(chosen, experiment),
            disabled=forgotten or len(chosen) >= len(data.train),
        )  # fmt: skip
        offer_to_forget(experiment)
        st.download_button(
            "Download as CSV", _as_csv(table), f"{data.code.partition(':')[0]}-samples.csv", "text/csv",
            icon=":material/download:", on_click="ignore", key="download chosen",
        )  # fmt: skip
        none: Callable[..., None] = on_choose or partial(select_samples, experiment)
        st.button("Choose none", key="choose none", on_click=none, args=([],))
    if pressed:
        st.rerun()  # the whole page: the sidebar and the link follow
    if forgotten:
        those = f"These {len(chosen):,} samples are" if len(chosen) > 1 else "This sample is"
        st.markdown(f"{those} the forget set now.")
    rows: dict[str, Any] = {name: np.asarray(values)[:SHOWN] for name, values in table.items()}
    if data.kind == "image":
        rows = {"picture": [picture_link(picture) for picture in data.picture(data.train.x[chosen[:SHOWN]])], **rows}
    st.dataframe(
        rows, hide_index=True, height=min(38 + 35 * len(chosen), 300),
        column_config={
            "picture": st.column_config.ImageColumn("picture", width="small"),
            **{name: st.column_config.NumberColumn(format="%.3g") for name, kept in rows.items() if _is_float(kept)},
        },
    )  # fmt: skip
    if len(chosen) > SHOWN:
        st.caption(f"The first {SHOWN} of {len(chosen):,}; the file has them all.")


def _choose_offered(experiment: Experiment, named: Mapping[str, int]) -> None:
    name = st.session_state["offer others"]
    if name is not None:
        select_samples(experiment, [named[name]])


def offer_to_forget(experiment: Experiment, key: str = "forget and run") -> None:
    """The button that makes the chosen samples the forget set and starts the run, to be watched on Unlearn."""
    chosen = selected_samples(experiment)
    if not 0 < len(chosen) < len(experiment.data.train):
        return
    pressed = st.button(
        f"Forget {len(chosen):,} and watch" if len(chosen) > 1 else "Forget it and watch", icon=":material/play_arrow:",
        key=key, on_click=_forget_and_run, args=(chosen, experiment),
    )  # fmt: skip
    if pressed:
        select_samples(experiment, [])
        st.switch_page(page_of("unlearn"))


@unless_removed
def _forget_and_run(samples: list[int], experiment: Experiment) -> None:
    forget_samples(samples, experiment)
    code = ForgetSet.of_samples(samples, experiment.data).code
    story = experiment_of(experiment.dataset, experiment.model, experiment.seed, code)
    request = method_settings.request_or_none(story)
    if request is None:
        link.miss("the settings of the run do not go together, so it was not started; the samples are the forget set.")
    else:
        runs.launch(request)


def _is_float(values: Any) -> bool:
    return np.asarray(values).dtype.kind == "f"


def _as_csv(table: Mapping[str, object]) -> str:
    file = io.StringIO()
    rows = csv.writer(file, lineterminator="\n")
    rows.writerow(table)
    rows.writerows(zip(*(np.asarray(values).tolist() for values in table.values()), strict=True))
    return file.getvalue()
