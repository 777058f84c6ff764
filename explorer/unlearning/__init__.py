"""Unlearning methods, their registry, and stopping rules."""

from explorer.unlearning.interruption import Interrupted, interruptible
from explorer.unlearning.jit import jit
from explorer.unlearning.jit_settings import JitSettings
from explorer.unlearning.method import Method, Preset, Step
from explorer.unlearning.mislabel import MislabelSettings, mislabel
from explorer.unlearning.noise_ball import NoiseBall, noise_ball
from explorer.unlearning.registry import METHODS, method_named
from explorer.unlearning.stopping import Reading, Reason, Rule, default_rule, until

__all__ = [
    "METHODS",
    "Interrupted",
    "JitSettings",
    "Method",
    "MislabelSettings",
    "NoiseBall",
    "Preset",
    "Reading",
    "Reason",
    "Rule",
    "Step",
    "default_rule",
    "interruptible",
    "jit",
    "method_named",
    "mislabel",
    "noise_ball",
    "until",
]
