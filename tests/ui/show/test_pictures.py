"""A data link contains the picture, and an enlarged picture has the same pixels."""

from __future__ import annotations

import base64
import io

import numpy as np
import pytest
from PIL import Image

from explorer.ui.show.pictures import LEAST, enlarged, picture_link


@pytest.mark.parametrize("shape", [(8, 8), (28, 28), (5, 9, 3), (200, 200)])
def test_enlarging_repeats_pixels_and_the_link_holds_them_all(shape):
    picture = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    large = enlarged(picture)
    times = large.shape[1] // picture.shape[1]
    assert large.shape[1] >= LEAST and (times == 1 or (times - 1) * shape[1] < LEAST)
    np.testing.assert_array_equal(large[times // 2 :: times, times // 2 :: times], picture)
    kind, _, data = picture_link(large).partition(",")
    assert kind == "data:image/png;base64"
    np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(base64.b64decode(data)))), large)
