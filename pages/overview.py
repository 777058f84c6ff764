"""Overview: one story of forgetting, drawn from stored arrays before the engine is even imported."""

import streamlit as st

from explorer.figures.boundary import describe_boundary
from explorer.figures.story import describe_story
from explorer.ui.overview.lesson import show_lesson
from explorer.ui.overview.story import film, headline, honest_sentence, load_story, numbers, plane
from explorer.ui.show.plot import current_theme, fetch_library, plot
from explorer.ui.state.navigation import PAGES, page_of

HEIGHT = 340  # of each plane

fetch_library()
told, theme = load_story(), current_theme()
size, kept = int(told.forget.sum()), int((~told.forget).sum())


def show_plane(name: str) -> None:
    """The plane of the original or of the retrained model."""
    alt = describe_boundary(told.regions(name), told.labels, told.forget, name, told.names)
    plot(plane(name, theme, HEIGHT), alt=alt, key=f"overview {name}")


st.markdown(f"## {headline(told)}")
left, middle, right = st.columns(3)
with left:
    show_plane("original")
    st.caption(f"Trained on all {len(told.forget):,} samples. The {size:,} ringed ones are to be forgotten.")
with middle:
    alt = describe_story(told.steps, told.forget_accuracy, told.forget)
    plot(film(theme, HEIGHT), alt=alt, key="overview film")
with right:
    show_plane("retrained")
    st.caption(
        f"Trained anew on the other {kept:,}: it never saw the empty rings. This is what forgetting is meant to be."
    )

measured, said = st.columns([3, 2], gap="large", vertical_alignment="center")
measured.markdown(numbers(told))
said.caption(honest_sentence(told))

st.markdown("#### The idea in five steps")
show_lesson()

st.markdown("#### Where to go next")
invitations = {
    "information": "See which samples are informative",
    "unlearn": "Run it yourself",
    "compare": "Compare the three models",
}
for place, (name, words) in zip(st.columns(3), invitations.items(), strict=True):
    with place:
        st.page_link(page_of(name), label=words, icon=f":material/{PAGES[name][1]}:", query_params=told.link)
        st.caption(PAGES[name][2])

with st.expander("What am I looking at?"):
    st.markdown(
        f"""
Two moons, a multilayer perceptron, training seed {told.codes[2]}. Each picture is the input space; the line is where
both probabilities are one half. The film shows {len(told.steps):,} snapshots of one real run of **JiT** (the paper's
Algorithm 1) with the explorer's default settings, drawn from stored arrays; *Run it yourself* computes it before your
eyes. The forget set: the {size:,} correctly classified samples of class
{told.names[int(told.labels[told.forget][0])]} with the lowest **alpha(x)** at r = {told.radius:g} (Definition 4.1), the
share of the samples within r that have the label of x. **Plane on another side**: the share of a grid over this plane
on which the model and the retrained one disagree. {size:,} samples are few: one of them is {100 / size:.1f} points. And
this story was chosen because it shows the idea; others end worse, and the sidebar leads to them. The lesson's
**Predict** forgets each sample with the same settings, in 200 steps at most. Its **Ruin it** takes the gradient as it
comes: the loss on logits with the noisy outputs held constant, 100 steps over all {size:,} samples; a cell is one run.
"""
    )
