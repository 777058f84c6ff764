"""What is measured of a network."""

from explorer.evaluation.comparison import Comparison, compare_entropies
from explorer.evaluation.correlation import RankCorrelation, rank_correlation
from explorer.evaluation.embeddings import SharedMap, shared_map, thin
from explorer.evaluation.measures import Measures, evaluate
from explorer.evaluation.membership import membership_auc, membership_share
from explorer.evaluation.predictions import accuracy, entropies, features, logits, probabilities
from explorer.evaluation.slices import PlaneGrid, boundary_slice, disagreement, plane_grid

__all__ = [
    "Comparison",
    "Measures",
    "PlaneGrid",
    "RankCorrelation",
    "SharedMap",
    "accuracy",
    "boundary_slice",
    "compare_entropies",
    "disagreement",
    "entropies",
    "evaluate",
    "features",
    "logits",
    "membership_auc",
    "membership_share",
    "plane_grid",
    "probabilities",
    "rank_correlation",
    "shared_map",
    "thin",
]
