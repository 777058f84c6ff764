"""Three untrained networks side by side, which is all that the sections ask for."""

from __future__ import annotations

import torch

from explorer.evaluation import evaluate
from explorer.experiments import Experiment, Outcome, Request
from explorer.models import build_network
from explorer.ui.compare.trio import Trio
from explorer.ui.work.cached import partition_of
from explorer.unlearning import METHODS, default_rule


def trio(forget="class:0", broken=False, dataset="moons:n=60"):
    """Three untrained networks that differ: the sections ask for no more."""
    experiment = Experiment(dataset, "mlp", forget=forget)
    names = ("original", "unlearned", "retrained")
    networks = {name: build_network("mlp", experiment.data, seed).eval() for seed, name in enumerate(names)}
    if broken:
        with torch.no_grad():
            networks["unlearned"].head.bias.fill_(float("nan"))
    measures = {name: evaluate(network, partition_of(experiment)) for name, network in networks.items()}
    return Trio(
        experiment, networks, measures, request_of(experiment, 3), Outcome(networks["unlearned"], 7, 1.25, "target")
    )


def request_of(experiment, noise_seed, **values):
    method = METHODS["jit"]
    settings = method.configure(experiment.data.shape, "default", values)
    return Request(experiment, method, settings, default_rule(experiment.forget_set), noise_seed)
