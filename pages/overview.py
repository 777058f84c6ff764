"""Overview: one example of unlearning and a lesson, drawn from stored arrays before the engine is imported."""

import streamlit as st

from explorer.figures.boundary import describe_boundary
from explorer.figures.boundary_animation import describe_boundary_animation
from explorer.ui.overview.example import animation, caveats, headline, load_example, plane, results_table
from explorer.ui.overview.lesson import show_lesson
from explorer.ui.show.explanation import show_explanation
from explorer.ui.show.plot import current_theme, fetch_library, plot
from explorer.ui.state.navigation import PAGES, page_of

HEIGHT = 340  # of each plane, pixels

fetch_library()
example, theme = load_example(), current_theme()
size, retained = int(example.forget.sum()), int((~example.forget).sum())


def show_plane(name: str) -> None:
    """Draw the decision regions of the original or the retrained model."""
    alt = describe_boundary(example.regions(name), example.labels, example.forget, name, example.names)
    plot(plane(name, theme, HEIGHT), alt=alt, key=f"overview {name}")


st.markdown(f"## {headline(example)}")
left, middle, right = st.columns(3)
with left:
    show_plane("original")
    st.caption(f"Trained on all {len(example.forget):,} samples. The {size:,} ringed samples are to be forgotten.")
with middle:
    alt = describe_boundary_animation(example.steps, example.forget_accuracy, example.forget)
    plot(animation(theme, HEIGHT), alt=alt, key="overview film")
with right:
    show_plane("retrained")
    st.caption(
        f"Trained from the start on the {retained:,} retained samples; empty rings mark the left-out samples: the "
        "reference for unlearning."
    )

table, notes = st.columns([3, 2], gap="large", vertical_alignment="center")
table.markdown(results_table(example))
notes.caption(caveats(example))

st.markdown("#### The idea in five steps")
show_lesson()

st.markdown("#### Next pages")
labels = {
    "information": "See which samples are informative",
    "unlearn": "Run it yourself",
    "compare": "Compare the three models",
}
for column, (name, label) in zip(st.columns(3), labels.items(), strict=True):
    with column:
        st.page_link(page_of(name), label=label, icon=f":material/{PAGES[name][1]}:", query_params=example.link)
        st.caption(PAGES[name][2])

show_explanation(
    "overview",
    seed=example.codes[2],
    snapshots=f"{len(example.steps):,}",
    size=f"{size:,}",
    forget_class=example.names[int(example.labels[example.forget][0])],
    radius=f"{example.radius:g}",
    points=f"{100 / size:.1f}",
)
