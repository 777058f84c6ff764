from __future__ import annotations

import pytest

from explorer.words import counted, listed, nats, percent, these, unbroken


def test_numbers_have_their_decimals() -> None:
    assert (percent(0.125), percent(1), nats(0.2067)) == ("12.5 %", "100.0 %", "0.21 nats")
    assert (these(1), these(2), these(1, "point")) == ("this sample", "these 2 samples", "this point")
    assert unbroken(percent(1)) == "100.0\N{NO-BREAK SPACE}%"
    assert (counted(1), counted(6000), counted(2, "step")) == ("1 sample", "6,000 samples", "2 steps")


@pytest.mark.parametrize(
    ("parts", "sentence"), [(["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_parts_are_enumerated(parts: list[str], sentence: str) -> None:
    assert listed(parts) == sentence
