"""Studies of the quality of unlearning, run by hand; README.md shows their result tables."""
