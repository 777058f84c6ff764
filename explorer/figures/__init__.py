"""Figures: functions that take arrays and a Theme and return a plotly Figure, one file a figure."""
