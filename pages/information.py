"""Information: alpha(x) and the input gradient of every sample, and whether they go together."""

import numpy as np
import streamlit as st

from explorer.figures.alpha_profile import alpha_profile, describe_alpha
from explorer.figures.gradient_against_alpha import describe_gradient, gradient_against_alpha
from explorer.figures.samples_map import describe_map, samples_map
from explorer.geometry import alone, low_information
from explorer.settings import InputError
from explorer.ui import method_settings, work
from explorer.ui.choice import chosen, forget_samples
from explorer.ui.information import OUTPUTS, information, positions_of, relation
from explorer.ui.plot import current_theme, plot, selection
from explorer.ui.stage import forget_mask

experiment = chosen()
if not work.trained(experiment, "original"):
    st.stop()
data, theme = experiment.data, current_theme()
labels, forget, indices = data.train.y.numpy(), forget_mask(experiment), np.arange(len(data.train))

headline = st.container()
first, second, third, fourth = st.columns(4)
with first:
    spaces = {"inputs": "Inputs", "features": "Features of the model"}
    space = st.selectbox("Distances between", list(spaces), format_func=spaces.__getitem__, key="space")
found = information(experiment, space)
if found is None:
    st.stop()
with second:
    default = float(found.radii[len(found.radii) // 3])
    key = f"radius {experiment.dataset} {experiment.model} {experiment.seed} {space}"
    stops = [float(radius) for radius in found.radii]
    radius = st.select_slider("Radius r", stops, default, format_func=lambda r: f"{r:.3g}", key=key)
with third:
    tau = st.slider("tau, low information from", 0.0, 1.0, 0.9, 0.01, key="tau")
with fourth:
    of = st.selectbox("Gradient of", OUTPUTS, key="gradient of")
position = found.at(radius)
alpha, counts, gradient = found.alpha[:, position], found.counts[:, position], found.gradients[of]
lonely = alone(counts)
low = low_information(alpha, tau) & ~lonely
high = ~low & ~lonely
with headline:
    st.markdown(
        f"## {100 * low.mean():.1f} % of the samples carry little information: at least {100 * tau:g} % of their "
        f"neighbours within {radius:.3g} share their label"
    )
    st.caption(
        f"n = {len(alpha):,}: {low.sum():,} low information, {high.sum():,} high, and {lonely.sum():,} alone in their "
        "ball, of which alpha says nothing (a ball that holds x alone gives alpha = 1 though nothing was inferred)."
    )

try:
    sigma = getattr(method_settings.request_of(experiment).settings, "sigma", None)
except InputError:
    sigma = None
length = None if sigma is None or space != "inputs" else sigma * float(np.sqrt(np.prod(data.shape)))
picked = sorted({index for plotted in ("information map", "information scatter") for index in selection(plotted)})
picked = [index for index in picked if index < len(labels)]
left, right = st.columns(2)
with left:
    colour = st.segmented_control(
        "Colour by", ["alpha", "gradient", "class"], default="alpha", key="colour by", required=True
    )
    fields = {"alpha": (alpha, "alpha", (0.0, 1.0)), "gradient": (gradient, f"||gradient|| of {of}", None)}
    values, field, span = fields.get(colour or "alpha", (None, "", None))
    figure = samples_map(
        positions_of(experiment, space), labels, forget, theme, classes=data.classes, values=values, field=field,
        span=span, alone=lonely, indices=indices,
    )  # fmt: skip
    plot(figure, alt=describe_map(forget, values, field, lonely), key="information map", selectable=True)
    place = "the plane itself" if data.kind == "plane" else "the first two principal components, one view of many"
    st.caption(f"Each sample on {place}; ringed: the forget set. Draw a lasso to choose samples.")
with right:
    rho, interval = relation(alpha[~lonely], gradient[~lonely])
    relation_sentence = describe_gradient(alpha, gradient, lonely, tau=tau, rho=rho, interval=interval)
    st.markdown(relation_sentence)
    figure = gradient_against_alpha(
        alpha, gradient, labels, forget, lonely, theme, tau=tau, classes=data.classes, indices=indices,
        measure=f"gradient norm of the {of}",
    )  # fmt: skip
    plot(figure, alt=relation_sentence, key="information scatter", selectable=True)

few = picked[:5]
figure = alpha_profile(
    found.radii, found.alpha, found.alone, theme, radius=radius, tau=tau, noise_length=length,
    highlighted=found.alpha[few] if few else None, names=[f"sample {index}" for index in few],
    labels=labels[few].tolist(),
)  # fmt: skip
plot(figure, alt=describe_alpha(found.radii, found.alpha, found.alone, radius, tau, length), key="alpha profile")
st.caption(describe_alpha(found.radii, found.alpha, found.alone, radius, tau, length))

if picked:
    st.markdown(f"#### {len(picked):,} samples chosen")
    st.button(
        f"Forget these {len(picked):,}", icon=":material/ink_eraser:", type="primary", on_click=forget_samples,
        args=(picked, experiment), disabled=len(picked) >= len(labels),
    )  # fmt: skip
    table = {
        "sample": picked,
        "class": [data.classes[labels[index]] for index in picked],
        "alpha": np.where(lonely[picked], np.nan, alpha[picked]),
        "neighbours": counts[picked] - 1,
        "gradient": gradient[picked],
    }
    st.dataframe(table, hide_index=True, height=260)
else:
    st.info("Draw a lasso around samples, or click one, to list them here and make them the forget set.")

with st.expander("What am I looking at?"):
    st.markdown(
        """
**alpha(x)** is the share of the samples within distance *r* of *x* (x itself included) that have the label of *x*
(Definition 4.1). Where it reaches **tau** the neighbours already tell the label: the sample carries little information
(Definition 4.2). The paper fixes neither *r* nor *tau*, so move both. **sigma sqrt(d)** is how far JiT's noise reaches
in *d* dimensions: its neighbourhood is a shell of about that radius. The **gradient** is the Frobenius norm of the
input Jacobian of the original model, exact. A rank correlation is not a cause, and it says nothing of single samples.
"""
    )
