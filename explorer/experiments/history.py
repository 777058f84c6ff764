"""The history of an experiment: the runs that its store holds, newest first, each with its request and its outcome."""

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
    """A stored run: what was asked for, and what the notes of its outcome say; the network itself was not read.

    stopped: why it ended (`until`); written: when it was stored, in seconds since 1970.
    """

    request: Request
    steps: int
    seconds: float
    stopped: str | None
    written: float

    @property
    def code(self) -> str:
        """Names the run in a link: the beginning of its address in the store."""
        return address(self.request.key())[:CODE]


def history(experiment: Experiment) -> list[EarlierRun]:
    """The stored runs of this experiment, newest first.

    Runs of a method or of settings that no longer exist are left out, since nobody could repeat them.
    """
    found = (_run(experiment, header) for header in experiment.store.headers())
    return sorted((run for run in found if run is not None), key=lambda run: run.written, reverse=True)


def nearest_preset(request: Request) -> tuple[str, dict[str, Any]]:
    """The preset that the settings are nearest to, and those settings that differ from it, by name."""
    shape, method = request.experiment.data.shape, request.method
    differing: dict[str, dict[str, Any]] = {}
    for preset in method.presets:
        usual = dict(method.configure(shape, preset.name))
        differing[preset.name] = {name: value for name, value in request.settings if value != usual[name]}
    return min(differing.items(), key=lambda found: len(found[1]))


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
