"""The story of one forget request: specification, artefacts on disk, runs, and work in the background."""

from explorer.experiments.experiment import Experiment
from explorer.experiments.job import Job, Jobs
from explorer.experiments.run import Outcome, Request, stored_outcome, unlearn
from explorer.experiments.store import Store, StoreError
from explorer.experiments.trajectory import Snapshot, Trajectory

__all__ = [
    "Experiment",
    "Job",
    "Jobs",
    "Outcome",
    "Request",
    "Snapshot",
    "Store",
    "StoreError",
    "Trajectory",
    "stored_outcome",
    "unlearn",
]
