from __future__ import annotations

import numpy as np

from explorer.figures.entropy_under_noise import describe_entropy_under_noise, entropy_under_noise
from explorer.figures.theme import DASHES, IDENTITIES, LIGHT, Theme

SIGMAS = np.array([0.0, 0.5, 1.0])
MEANS = {"retrained": np.array([0.5, 0.4, 0.3]), "original": np.zeros(3), "unlearned": np.array([0.5, 0.2, 0.02])}
INTERVALS = {name: np.stack([mean - 0.01, mean + 0.03]) for name, mean in MEANS.items()}


def test_a_line_a_model_with_its_interval(theme: Theme) -> None:
    picture = entropy_under_noise(SIGMAS, MEANS, INTERVALS, theme, sigma=1.0)
    assert [trace.name for trace in picture.data] == list(IDENTITIES)
    for trace in picture.data:
        assert (trace.line.color, trace.line.dash) == (theme.identity(trace.name), DASHES[trace.name])
        np.testing.assert_allclose(trace.y, MEANS[trace.name], atol=1e-6)
        np.testing.assert_allclose(trace.error_y.array, 0.03, atol=1e-6)
        np.testing.assert_allclose(trace.error_y.arrayminus, 0.01, atol=1e-6)
    assert "nats" in picture.layout.yaxis.title.text and "standardised" in picture.layout.xaxis.title.text


def test_the_chosen_sigma_is_marked() -> None:
    picture = entropy_under_noise(SIGMAS, MEANS, INTERVALS, LIGHT, sigma=0.5)
    (line,) = picture.layout.shapes
    assert line.x0 == line.x1 == 0.5
    assert picture.layout.annotations[0].text == "σ = 0.5"


def test_the_sentence_says_where_each_begins_and_ends() -> None:
    assert describe_entropy_under_noise(SIGMAS, MEANS, 128, 8) == (
        "Mean entropy of 128 forget samples for noise from sigma 0 to 1, 8 draws: original from 0.00 nats to 0.00 "
        "nats, unlearned from 0.50 nats to 0.02 nats and retrained from 0.50 nats to 0.30 nats."
    )
