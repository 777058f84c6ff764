"""Local geometry at each sample: label homogeneity, input gradients, and leave-one-out information."""

from explorer.geometry.jacobian import jacobian_norms
from explorer.geometry.leave_one_out import LeaveOneOut, leave_one_out
from explorer.geometry.loss_gradient import loss_gradient_norms
from explorer.geometry.neighbourhoods import Neighbourhoods, alone, low_information, neighbourhoods, radius_grid
from explorer.geometry.projections import Projected, projected_norms

__all__ = [
    "LeaveOneOut",
    "Neighbourhoods",
    "Projected",
    "alone",
    "jacobian_norms",
    "leave_one_out",
    "loss_gradient_norms",
    "low_information",
    "neighbourhoods",
    "projected_norms",
    "radius_grid",
]
