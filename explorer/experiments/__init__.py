"""Experiments on one forget request: their specification, stored artefacts, derived values and runs."""

from explorer.background.job import Job, Jobs
from explorer.experiments.experiment import Experiment
from explorer.experiments.history import EarlierRun, history, nearest_preset
from explorer.experiments.request import Outcome, Request, stored_outcome
from explorer.experiments.runs.local import LiveRun, unlearn
from explorer.experiments.runs.process import RunProcess
from explorer.experiments.runs.remote import RemoteRun
from explorer.experiments.runs.trajectory import Snapshot, Trajectory

__all__ = [
    "EarlierRun",
    "Experiment",
    "Job",
    "Jobs",
    "LiveRun",
    "Outcome",
    "RemoteRun",
    "Request",
    "RunProcess",
    "Snapshot",
    "Trajectory",
    "history",
    "nearest_preset",
    "stored_outcome",
    "unlearn",
]
