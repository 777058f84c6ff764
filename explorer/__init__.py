"""The Unlearning Explorer: what a sample tells a model, what is left when it is forgotten, and how the two compare."""
