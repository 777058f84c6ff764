"""Overview: one story of forgetting, drawn from stored arrays before the engine is even imported."""

import streamlit as st

from explorer.figures.boundary import boundary, describe_boundary
from explorer.figures.story import describe_story, story
from explorer.ui.navigation import PAGES, page_of
from explorer.ui.plot import current_theme, plot
from explorer.ui.story import headline, honest_sentence, load_story, numbers, together

HEIGHT = 340  # of each plane

told, theme = load_story(), current_theme()
samples = (told.points, told.labels, told.forget)
size, kept = int(told.forget.sum()), int((~told.forget).sum())
classes = [str(name) for name in told.classes]


def show_plane(name: str, right: float) -> None:
    """The plane of the original or of the retrained model, with its share of the forget set."""
    regions = told.regions(name)
    figure = boundary(
        told.xs, told.ys, regions, *samples, name, theme, classes=classes, note=f"forget {100 * right:.1f} %",
        hollow_forget=name == "retrained", height=HEIGHT,
    )  # fmt: skip
    plot(figure, alt=describe_boundary(regions, told.labels, told.forget, name, classes), key=f"overview {name}")


st.markdown(f"## {headline(told)}")
left, middle, right = st.columns(3)
with left:
    show_plane("original", told.accuracies[0, 0])
    st.caption(f"Trained on all {len(told.forget):,} samples. The {size:,} ringed ones are to be forgotten.")
with middle:
    film = story(
        told.xs,
        told.ys,
        told.snapshots,
        told.steps,
        told.forget_accuracy,
        *samples,
        theme,
        classes=classes,
        height=HEIGHT,
    )
    plot(film, alt=describe_story(told.steps, told.forget_accuracy, told.forget), key="overview film")
with right:
    show_plane("retrained", told.accuracies[2, 0])
    st.caption(
        f"Trained anew on the other {kept:,}: it never saw the empty rings. This is what forgetting is meant to be."
    )

measured, said = st.columns([3, 2], gap="large", vertical_alignment="center")
measured.markdown(numbers(told))
said.caption(honest_sentence(told))

walk = f"""
#### In five steps

To unlearn is to make a trained model forget chosen samples without training it anew.

1. **A model and its samples.** {len(told.forget):,} points of two classes. Pale colour is what the model calls a place;
   the line is where it changes its mind.
2. **Some samples matter more.** Of the samples within {told.radius:g} of a ringed one, itself included,
   {100 * told.alpha[told.forget].mean():.0f} % share its label; over all samples it is
   {100 * told.alpha.mean():.0f} %. Its neighbours do not give its label away, so the model had to learn it from the
   sample itself: it is informative.
3. **Press Play.** JiT adds noise to each ringed sample and makes the model answer the sample as it answers its noisy
   copies. In these {told.steps[-1]} steps it never looks at the other {kept:,}.
4. **Compare with never having seen them.** The retrained model is the reference. It gets
   {100 * told.accuracies[2, 0]:.1f} % of the {size:,} right; the unlearned one should answer like it, there and
   everywhere else.
5. **What can go wrong.** With too long a step the model collapses and calls everything one class. With samples deep
   inside their class little happens, since their neighbours tell their label too. And a wrong answer does not prove
   that the weights hold nothing any more.
"""
st.markdown(together(walk))

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
{classes[int(told.labels[told.forget][0])]} with the lowest **alpha(x)** at r = {told.radius:g} (Definition 4.1), the
share of the samples within r that have the label of x. **Plane on another side**: the share of a grid over this plane
on which the model and the retrained one disagree. {size:,} samples are few: one of them is {100 / size:.1f} points. And
this story was chosen because it shows the idea; others end worse, and the sidebar leads to them.
"""
    )
