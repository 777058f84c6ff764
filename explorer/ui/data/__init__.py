"""Sections of the Data page: uploaded data sets and networks, and the large sets to download."""
