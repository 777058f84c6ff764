"""Background work: jobs, the queue that runs them, work shared by several tabs, and progress callbacks."""

from explorer.background.job import Job, Jobs

__all__ = ["Job", "Jobs"]
