"""Command line `python -m explorer VERB`: one module per verb, each a thin layer over the engine."""
