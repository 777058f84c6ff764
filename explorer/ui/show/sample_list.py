"""List of the samples selected in any figure, with their readings; they can be downloaded and forgotten."""

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

OFFERED = 6  # samples with a button; further ones are in a select box
SHOWN = 200  # rows of the table; the file has all samples


def offer_samples(experiment: Experiment, named: Mapping[str, int]) -> None:
    """Draw buttons that select notable samples: the first `OFFERED` as buttons, the rest in a select box.

    Args:
        experiment: the selected experiment.
        named: sample indices by label.
    """
    names = list(named)
    first, others = names[:OFFERED], names[OFFERED:]
    with st.container(horizontal=True):
        for name in first:
            st.button(name, key=f"offer {name}", on_click=select_samples, args=(experiment, [named[name]]))
        if others:
            with st.popover(f"{len(others):,} more"):
                st.selectbox(
                    "Sample", others, index=None, key="offer others", placeholder="Select a sample",
                    on_change=_select_offered, args=(experiment, named),
                )  # fmt: skip


def show_selected(
    experiment: Experiment,
    readings: Mapping[str, np.ndarray],
    on_select: Callable[[list[int]], None] | None = None,
) -> None:
    """Draw the table of the selected samples, and buttons to forget them, download them and clear the selection.

    Args:
        experiment: the selected experiment.
        readings: columns of the table by name, each (n,) for all training samples.
        on_select: callback for a selection made here; needed if other parts of the page must be redrawn too.
    """
    selected, data = selected_samples(experiment), experiment.data
    if not selected:
        st.info("Select samples with the lasso or a click in any figure: they are listed here and can be forgotten.")
        return
    forgotten = selected == experiment.forget_set.indices.tolist()
    classes = [data.classes[int(data.train.y[sample])] for sample in selected]
    table: dict[str, object] = {"sample": selected, "class": classes}
    table |= {name: np.asarray(values)[selected] for name, values in readings.items()}
    with st.container(horizontal=True):
        pressed = st.button(
            f"Forget these {len(selected):,}" if len(selected) > 1 else "Forget this sample", type="primary",
            icon=":material/ink_eraser:", key="forget chosen", on_click=forget_samples, args=(selected, experiment),
            disabled=forgotten or len(selected) >= len(data.train),
        )  # fmt: skip
        offer_to_forget(experiment)
        st.download_button(
            "Download as CSV", _as_csv(table), f"{data.code.partition(':')[0]}-samples.csv", "text/csv",
            icon=":material/download:", on_click="ignore", key="download chosen",
        )  # fmt: skip
        clear: Callable[..., None] = on_select or partial(select_samples, experiment)
        st.button("Clear selection", key="choose none", on_click=clear, args=([],))
    if pressed:
        st.rerun()  # the whole page, because sidebar and link change
    if forgotten:
        subject = f"These {len(selected):,} samples are" if len(selected) > 1 else "This sample is"
        st.markdown(f"{subject} the forget set now.")
    rows: dict[str, Any] = {name: np.asarray(values)[:SHOWN] for name, values in table.items()}
    if data.kind == "image":
        rows = {"picture": [picture_link(picture) for picture in data.picture(data.train.x[selected[:SHOWN]])], **rows}
    st.dataframe(
        rows, hide_index=True, height=min(38 + 35 * len(selected), 300),
        column_config={
            "picture": st.column_config.ImageColumn("picture", width="small"),
            **{name: st.column_config.NumberColumn(format="%.3g") for name, row in rows.items() if _is_float(row)},
        },
    )  # fmt: skip
    if len(selected) > SHOWN:
        st.caption(f"The first {SHOWN} of {len(selected):,} samples; the file has all of them.")


def _select_offered(experiment: Experiment, named: Mapping[str, int]) -> None:
    name = st.session_state["offer others"]
    if name is not None:
        select_samples(experiment, [named[name]])


def offer_to_forget(experiment: Experiment, key: str = "forget and run") -> None:
    """Draw the button that makes the selected samples the forget set, starts the run and opens Unlearn."""
    selected = selected_samples(experiment)
    if not 0 < len(selected) < len(experiment.data.train):
        return
    pressed = st.button(
        f"Forget {len(selected):,} and run" if len(selected) > 1 else "Forget this sample and run",
        icon=":material/play_arrow:", key=key, on_click=_forget_and_run, args=(selected, experiment),
    )  # fmt: skip
    if pressed:
        select_samples(experiment, [])
        st.switch_page(page_of("unlearn"))


@unless_removed
def _forget_and_run(samples: list[int], experiment: Experiment) -> None:
    forget_samples(samples, experiment)
    code = ForgetSet.of_samples(samples, experiment.data).code
    changed = experiment_of(experiment.dataset, experiment.model, experiment.seed, code)
    request = method_settings.request_or_none(changed)
    if request is None:
        link.notify("The settings are not compatible, so no run was started; the samples are the forget set now.")
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
