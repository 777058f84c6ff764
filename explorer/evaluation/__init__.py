"""Measures of networks: accuracy, entropy, membership attack, calibration, selectivity, boundary slices and maps."""

from explorer.evaluation.calibration import Calibration, calibration
from explorer.evaluation.classes import class_accuracies, prediction_matrix
from explorer.evaluation.comparison import Comparison, compare_entropies
from explorer.evaluation.correlation import RankCorrelation, rank_correlation
from explorer.evaluation.embeddings import Drift, SharedMap, drift, shared_map
from explorer.evaluation.measures import Measures, evaluate
from explorer.evaluation.membership import (
    AttackCurve,
    attack_curve,
    membership_auc,
    membership_share,
    predicted_members,
    published_threshold,
)
from explorer.evaluation.predictions import accuracy, entropies, features, logits, probabilities
from explorer.evaluation.selectivity import ModelOutputs, Selectivity, selectivity, verdict
from explorer.evaluation.slices import (
    CORNERS,
    PlaneGrid,
    boundary_slice,
    disagreement,
    grid_through,
    nearest_corners,
    plane_grid,
)
from explorer.evaluation.thinning import thinned

__all__ = [
    "CORNERS",
    "AttackCurve",
    "Calibration",
    "Comparison",
    "Drift",
    "Measures",
    "ModelOutputs",
    "PlaneGrid",
    "RankCorrelation",
    "Selectivity",
    "SharedMap",
    "accuracy",
    "attack_curve",
    "boundary_slice",
    "calibration",
    "class_accuracies",
    "compare_entropies",
    "disagreement",
    "drift",
    "entropies",
    "evaluate",
    "features",
    "grid_through",
    "logits",
    "membership_auc",
    "membership_share",
    "nearest_corners",
    "plane_grid",
    "predicted_members",
    "prediction_matrix",
    "probabilities",
    "published_threshold",
    "rank_correlation",
    "selectivity",
    "shared_map",
    "thinned",
    "verdict",
]
