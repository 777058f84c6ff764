"""Work in the background: jobs, the queue that runs them, work that several tabs share, and progress."""

from explorer.background.job import Job, Jobs

__all__ = ["Job", "Jobs"]
