"""The story of one forget request: specification, artefacts on disk, runs, and work in the background."""

from explorer.experiments.experiment import Experiment
from explorer.experiments.history import EarlierRun, history, nearest_preset
from explorer.experiments.job import Job, Jobs
from explorer.experiments.live_run import LiveRun, unlearn
from explorer.experiments.remote_run import RemoteRun
from explorer.experiments.run import Outcome, Request, stored_outcome
from explorer.experiments.run_process import RunProcess
from explorer.experiments.trajectory import Snapshot, Trajectory

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
