"""What is measured of a network."""

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
from explorer.evaluation.selectivity import Answers, Selectivity, selectivity, verdict
from explorer.evaluation.slices import (
    CORNERS,
    PlaneGrid,
    boundary_slice,
    disagreement,
    grid_through,
    plane_grid,
    telling_corners,
)
from explorer.evaluation.thinning import thinned

__all__ = [
    "CORNERS",
    "Answers",
    "AttackCurve",
    "Calibration",
    "Comparison",
    "Drift",
    "Measures",
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
    "plane_grid",
    "predicted_members",
    "prediction_matrix",
    "probabilities",
    "published_threshold",
    "rank_correlation",
    "selectivity",
    "shared_map",
    "telling_corners",
    "thinned",
    "verdict",
]
