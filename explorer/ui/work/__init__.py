"""Background jobs, runs, trainings and cached values, as used by pages."""
