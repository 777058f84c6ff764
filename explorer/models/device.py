"""Where networks are trained and unlearned: EXPLORER_DEVICE, or the fastest device that PyTorch finds."""

from __future__ import annotations

import os

import torch

from explorer.settings import InputError


def device() -> torch.device:
    """The device that EXPLORER_DEVICE names (auto, cpu, cuda, cuda:1, mps …); raises InputError for one not there."""
    named = os.environ.get("EXPLORER_DEVICE", "auto").strip().lower() or "auto"
    accelerator = torch.accelerator.current_accelerator(check_available=True)
    if named == "auto":
        return accelerator or torch.device("cpu")
    try:
        asked = torch.device(named)
        torch.empty(0, device=asked)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        there = "cpu" if accelerator is None else f"cpu and {accelerator.type}"
        raise InputError(f"EXPLORER_DEVICE names {named!r}, which is not here; auto, {there} are.") from error
    return asked
