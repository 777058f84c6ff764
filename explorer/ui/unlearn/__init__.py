"""The Unlearn page: what is shown of a run."""
