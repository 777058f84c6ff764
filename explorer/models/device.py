"""Device for training and unlearning, from the environment variable EXPLORER_DEVICE."""

from __future__ import annotations

import os

import torch

from explorer.settings import InputError


def device() -> torch.device:
    """The device in EXPLORER_DEVICE (auto, cpu, cuda, cuda:1, mps, ...); auto is the accelerator if there is one.

    Raises:
        InputError: if the device is not available.
    """
    name = os.environ.get("EXPLORER_DEVICE", "auto").strip().lower() or "auto"
    accelerator = torch.accelerator.current_accelerator(check_available=True)
    if name == "auto":
        return accelerator or torch.device("cpu")
    try:
        requested = torch.device(name)
        torch.empty(0, device=requested)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        available = "cpu" if accelerator is None else f"cpu and {accelerator.type}"
        raise InputError(
            f"EXPLORER_DEVICE is {name!r}, which is not available; auto, {available} are available."
        ) from error
    return requested
