"""Measured studies of the methods; README.md holds their result tables."""
