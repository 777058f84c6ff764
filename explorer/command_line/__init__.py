"""`python -m explorer list | prepare | measure | unlearn`: a verb a file, each a thin layer over the engine."""
