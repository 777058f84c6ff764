from __future__ import annotations

import numpy as np
import pytest

from explorer.figures.alpha_profile import alpha_bands, alpha_profile, describe_alpha
from explorer.figures.theme import LIGHT, Theme

DRAWS = np.random.default_rng(0)
RADII = np.linspace(0.1, 2, 20)
ALPHA = DRAWS.random((50, 20))
ALONE = np.linspace(0.8, 0, 20)
BANDS = alpha_bands(ALPHA)


def test_lines_and_bands_are_the_quantiles(theme: Theme) -> None:
    picture = alpha_profile(RADII, BANDS, ALONE, theme, radius=0.5, tau=0.75, noise_length=0.3)
    wide, narrow, median, alone = picture.data
    np.testing.assert_allclose(median.y, np.median(ALPHA, axis=0), rtol=1e-6)
    np.testing.assert_allclose(alone.y, ALONE, rtol=1e-6)
    for band, low, high in ((wide, 0.1, 0.9), (narrow, 0.25, 0.75)):
        np.testing.assert_allclose(band.y[:20], np.quantile(ALPHA, low, axis=0), rtol=1e-5)
        np.testing.assert_allclose(band.y[20:][::-1], np.quantile(ALPHA, high, axis=0), rtol=1e-5)
    assert picture.layout.xaxis.title.text == "radius r (standardised units)"
    assert picture.layout.yaxis.title.text == "alpha(x), share"


def test_what_was_chosen_is_marked_where_it_lies() -> None:
    layout = alpha_profile(RADII, BANDS, ALONE, LIGHT, radius=0.5, tau=0.75, noise_length=0.3).layout
    at = {(shape.x0, shape.y0) for shape in layout.shapes}
    assert at == {(0.5, 0), (0.3, 0), (0, 0.75)}
    assert [note.text for note in layout.annotations] == ["r = 0.5", "σ√d = 0.3", "τ = 0.75"]


@pytest.mark.parametrize(("length", "words"), [(5.0, "σ√d = 5 →"), (0.01, "← σ√d = 0.01")])
def test_a_noise_length_beyond_the_axis_says_where(length: float, words: str) -> None:
    layout = alpha_profile(RADII, BANDS, ALONE, LIGHT, radius=0.5, tau=0.75, noise_length=length).layout
    assert words in [note.text for note in layout.annotations]
    assert len(layout.shapes) == 2
    assert layout.xaxis.range == pytest.approx((0.1, 2))


def test_chosen_samples_have_their_lines_and_names(theme: Theme) -> None:
    picture = alpha_profile(RADII, BANDS, ALONE, theme, radius=0.5, tau=0.75,
        highlighted=ALPHA[[3, 9]], names=["sample 3", "sample 9"], labels=[1, 0],
    )  # fmt: skip
    one, other = picture.data[-2:]
    np.testing.assert_allclose(one.y, ALPHA[3], rtol=1e-6)
    assert (one.line.color, other.line.color) == (theme.class_color(1), theme.class_color(0))
    assert {"sample 3", "sample 9"} <= {note.text for note in picture.layout.annotations}


def test_empty_balls_are_left_out_and_one_radius_is_enough() -> None:
    gaps = ALPHA.copy()
    gaps[:, 0], gaps[:10, 1] = np.nan, np.nan
    median = alpha_profile(RADII, alpha_bands(gaps), ALONE, LIGHT, radius=0.5, tau=0.75).data[2].y
    assert np.isnan(median[0]) and median[1] == np.float32(np.median(ALPHA[10:, 1]))
    assert alpha_profile(RADII[:1], BANDS[:, :1], ALONE[:1], LIGHT, radius=0.1, tau=0.75).to_json()


def test_the_sentence_is_that_of_the_chosen_radius() -> None:
    words = describe_alpha(50, RADII, BANDS, ALONE, 0.52, 0.75, 0.3)
    low, median, high = np.quantile(ALPHA[:, 4], [0.1, 0.5, 0.9])
    assert (
        f"At r = 0.5, the median alpha of 50 samples is {median:.2f} (80 % lie between {low:.2f} and {high:.2f})"
        in words
    )
    assert (
        f"{100 * ALONE[4]:.1f} % of the samples have no neighbours within r" in words and "length of about 0.3" in words
    )
