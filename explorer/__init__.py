"""Unlearning Explorer: JiT unlearning of neural networks and its information-theoretic basis, with visualisations."""

import os

# By default, waiting OpenMP threads of torch spin and occupy a core, which slows every other process on the machine.
# "passive" makes them sleep. OpenMP reads the variable once, so it is set before torch is first imported.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
