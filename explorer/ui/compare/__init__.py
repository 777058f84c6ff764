"""Sections of the Compare page: original, unlearned and retrained side by side."""
