"""The local shape of a model around a sample."""

from explorer.geometry.jacobian import jacobian_norms
from explorer.geometry.neighbourhoods import Neighbourhoods, alone, low_information, neighbourhoods, radius_grid

__all__ = ["Neighbourhoods", "alone", "jacobian_norms", "low_information", "neighbourhoods", "radius_grid"]
