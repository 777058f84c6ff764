"""Runs of a method, played step by step in this process or in the run server, and their recorded trajectories."""
