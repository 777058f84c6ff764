"""Runs of a method: played step by step in this process or in the run server, and what was recorded of them."""
