"""Pictures: arrays in, a plotly Figure out, one file a picture, all drawn against one Theme."""
