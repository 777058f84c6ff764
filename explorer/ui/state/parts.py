"""Registry of link parts: the modules that read parameters from a link and write them into it.

A part is a module with `adopt` and `as_link`. To add link parameters for a new page, write its part in this package and
add it to `PARTS`; the sidebar and the other pages do not change.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from explorer.data import Dataset, ForgetSet
from explorer.experiments import Experiment
from explorer.ui.state import compare_view, information_view, lesson_step, link, method_settings, selection, tab


class Part(Protocol):
    """One part of the app's state, and its parameters in a link."""

    def adopt(self, arrived: Mapping[str, str], dataset: Dataset, forget: ForgetSet) -> set[str]:
        """Set this part from a link's parameters; parameters that are not in the link get their defaults.

        Returns the names of the parameters that belong to this part. Values that cannot be used are reported with
        `link.drop`.
        """

    def as_link(self, experiment: Experiment) -> dict[str, Any]:
        """Parameters of this part that differ from their defaults."""


PARTS: tuple[Part, ...] = (method_settings, information_view, compare_view, tab, lesson_step)


def adopt(arrived: Mapping[str, str]) -> None:
    """Set the whole state from a link's parameters, and report those that could not be used."""
    dataset, forget = selection.adopt(arrived)
    known = set(selection.DEFAULTS)
    for part in PARTS:
        known |= part.adopt(arrived, dataset, forget)
    for name in sorted(set(arrived) - known):
        link.drop(f"there is no parameter {name!r}; it was left out.")


def reset_for_dataset() -> None:
    """Reset settings of the pages that have no meaning for another data set: the radius, whose unit it changes."""
    information_view.reset_radius()


def publish(experiment: Experiment) -> None:
    """Write the whole state into the browser's address."""
    parameters = selection.as_link(experiment)
    for part in PARTS:
        parameters |= part.as_link(experiment)
    link.publish(parameters)
