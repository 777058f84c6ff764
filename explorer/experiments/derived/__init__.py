"""What is computed once from an experiment, kept in its store and read from there."""
