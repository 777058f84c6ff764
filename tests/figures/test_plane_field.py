from __future__ import annotations

import numpy as np
import pytest

from explorer.figures.plane_field import describe_field, plane_field, shared_span

XS, YS = np.linspace(-1, 1, 5), np.linspace(0, 2, 4)
FIELD = np.arange(20.0).reshape(4, 5)
POINTS, LABELS = np.array([[0.0, 1.0], [0.5, 0.5]]), np.array([0, 1])


def test_a_model_has_its_field_and_its_boundary(theme):
    predictions = (FIELD > 9).astype(int)
    figure = plane_field(
        XS,
        YS,
        FIELD,
        POINTS,
        LABELS,
        theme,
        name="unlearned",
        span=(0.0, 30.0),
        unit="gradient norm",
        predictions=predictions,
    )
    assert np.array_equal(figure.data[0].z, FIELD.astype(np.float32))
    assert figure.data[1].line.color == theme.unlearned and len(figure.data[1].x) > 0
    assert (figure.layout.coloraxis.cmin, figure.layout.coloraxis.cmax) == (0, 30)
    assert "Unlearned" in figure.layout.annotations[0].text
    assert figure.layout.coloraxis.colorbar.title.text == "gradient norm"


def test_the_data_have_no_boundary_and_holes_where_nothing_is_known(theme):
    field = np.where(FIELD > 5, FIELD, np.nan)
    figure = plane_field(XS, YS, field, POINTS, LABELS, theme, name="The data", span=(0.5, 1.0), unit="share")
    assert len(figure.data) == 1 + 2 and np.isnan(figure.data[0].z).sum() == 6
    assert figure.layout.annotations[0].text == "The data"
    assert "from 6 to 19" in describe_field(field, "The data", "share")
    assert "no value of share" in describe_field(np.full((2, 2), np.nan), "The data", "share")


def test_one_scale_for_all_that_a_peak_does_not_flatten():
    flat, peaked = np.ones(1000), np.append(np.ones(999), 1e6)
    assert shared_span([flat, peaked]) == (0.0, pytest.approx(1.0))
    assert shared_span([np.zeros(5)])[1] > 0
    assert shared_span([np.full(3, np.nan)]) == (0.0, 1.0)
