"""M of a trained network under a forget request: measured once, then read from the store."""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn

from explorer.evaluation import Measures, evaluate
from explorer.experiments.experiment import Experiment, Trained


def stored_measures(experiment: Experiment, which: Trained, network: nn.Module) -> Measures:
    """The measures of the original or the retrained model, which is `network`; large sets take minutes the first time.

    Raises StoreError.
    """

    def make() -> tuple[dict[str, Tensor], dict[str, Any]]:
        return {}, evaluate(network, experiment.partition).as_dict()

    key = {"what": "measures", "network": experiment.key(which), "forget": experiment.forget}
    return Measures(**experiment.store.load_or_make(key, make).notes)
