"""EXPLORER_DEVICE: auto, a device that is here, or one sentence."""

from __future__ import annotations

import pytest
import torch

from explorer.models import device
from explorer.settings import InputError


@pytest.mark.parametrize("named", ["cpu", " CPU "])
def test_a_device_that_is_here(monkeypatch, named):
    monkeypatch.setenv("EXPLORER_DEVICE", named)
    assert device() == torch.device("cpu")


@pytest.mark.parametrize("named", [None, "auto", ""])
def test_auto_is_one_that_holds_tensors(monkeypatch, named):
    monkeypatch.delenv("EXPLORER_DEVICE", raising=False)
    if named is not None:
        monkeypatch.setenv("EXPLORER_DEVICE", named)
    assert torch.zeros(2, device=device()).sum() == 0


@pytest.mark.parametrize("named", ["abacus", "cuda:99", "cpu:x", "meta:"])
def test_any_other_is_one_sentence(monkeypatch, named):
    monkeypatch.setenv("EXPLORER_DEVICE", named)
    with pytest.raises(InputError, match="is not available; auto, cpu") as said:
        device()
    assert "\n" not in str(said.value)
