"""`python -m explorer VERB`: a verb a file, each a thin layer over the engine."""
