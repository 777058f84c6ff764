"""Networks and their training."""

from explorer.models.architectures import MODELS, models_for
from explorer.models.building import architecture_of, build_network, check_model, is_own, untrained
from explorer.models.device import device
from explorer.models.network import Network, drawing_from, evaluation_mode, layout_for
from explorer.models.pretrained import pretrained_for
from explorer.models.schedules import schedule
from explorer.models.training import Epoch, FitSettings, Training, fit

__all__ = [
    "MODELS",
    "Epoch",
    "FitSettings",
    "Network",
    "Training",
    "architecture_of",
    "build_network",
    "check_model",
    "device",
    "drawing_from",
    "evaluation_mode",
    "fit",
    "is_own",
    "layout_for",
    "models_for",
    "pretrained_for",
    "schedule",
    "untrained",
]
