"""Stored runs of an experiment, newest first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from explorer.experiments.experiment import Experiment
from explorer.experiments.request import Request
from explorer.settings import InputError
from explorer.store import Header, address
from explorer.unlearning import METHODS, Rule

CODE = 12  # hexadecimal digits of an address: enough to tell the runs of one experiment apart


@dataclass(frozen=True)
class EarlierRun:
    """A stored run, read from the header of its file; its network is not read.

    Attributes:
        request: everything that decides the run.
        steps: steps taken.
        seconds: duration of the unlearning.
        stopped: why the run ended (`until`); None after all passes.
        written: time of storing, in seconds since 1970.
    """

    request: Request
    steps: int
    seconds: float
    stopped: str | None
    written: float

    @property
    def code(self) -> str:
        """Code of the run in links: the first `CODE` digits of its address in the store."""
        return address(self.request.key())[:CODE]


def history(experiment: Experiment) -> list[EarlierRun]:
    """Stored runs of this experiment, newest first, without those of methods or settings that no longer exist."""
    runs = (_run(experiment, header) for header in experiment.store.headers())
    return sorted((run for run in runs if run is not None), key=lambda run: run.written, reverse=True)


def nearest_preset(request: Request) -> tuple[str, dict[str, Any]]:
    """Name of the preset that differs in the fewest settings, and the differing settings by name."""
    shape, method = request.experiment.data.shape, request.method
    differing: dict[str, dict[str, Any]] = {}
    for preset in method.presets:
        default = dict(method.configure(shape, preset.name))
        differing[preset.name] = {name: value for name, value in request.settings if value != default[name]}
    return min(differing.items(), key=lambda preset: len(preset[1]))


def _run(experiment: Experiment, header: Header) -> EarlierRun | None:
    key, notes = header.key, header.notes
    if key.get("what") != "unlearned" or key.get("forget") != experiment.forget:
        return None
    try:
        request = _request(experiment, key)
        run = EarlierRun(request, notes["steps"], notes["seconds"], notes["stopped"], header.written)
    except (InputError, KeyError, TypeError):
        return None
    return run if request.key() == key else None


def _request(experiment: Experiment, key: Mapping[str, Any]) -> Request:
    method = METHODS[key["method"]]
    return Request(experiment, method, method.settings(**key["settings"]), Rule(**key["rule"]), key["noise_seed"])
