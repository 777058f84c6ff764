"""The Unlearning Explorer: JiT unlearning, and the information-theoretic idea behind it, made visible."""

import os

# Threads of torch that wait for each other do so without holding a core. Spinning, as they do by default, they take it
# from whatever else the machine does, and wait the longer. OpenMP reads this once, when torch is first imported.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
