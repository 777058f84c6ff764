"""Jobs, runs, trainings and cached values as a page sees them."""
