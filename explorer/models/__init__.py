"""Networks and their training."""

from explorer.models.building import MODELS, build_network, models_for
from explorer.models.network import Network, drawing_from, measuring
from explorer.models.training import Epoch, FitSettings, fit, schedule

__all__ = [
    "MODELS",
    "Epoch",
    "FitSettings",
    "Network",
    "build_network",
    "drawing_from",
    "fit",
    "measuring",
    "models_for",
    "schedule",
]
