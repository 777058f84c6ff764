"""Leave-one-out information log p(y|x; D) - log p(y|x; D without x) of every training sample.

This tests the paper's claim that removing a sample changes little if its neighbours determine its label. The full model
and the n models without one sample start from the same weights and see the same batches; the model without x gives x
weight 0. So the weights of all models are stacked and trained together.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.func import functional_call, stack_module_state, vmap
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.modules.dropout import _DropoutNd

from explorer.data import Split
from explorer.models import FitSettings
from explorer.models.network import Dropout
from explorer.models.training import batches, make_optimiser, make_scheduler
from explorer.settings import InputError

LIMIT = 400  # samples; weights, gradients and Adam's two moments of every model are in memory
POINTS = 256  # points of the plane per forward pass of all models
FULL_MODEL = -1  # index of the left-out sample of the model that leaves none out
UNLABELLED = -100  # label of a sample without weight (ignore_index of cross_entropy)


class LeaveOneOut(NamedTuple):
    """Effect of removing each sample.

    Attributes:
        information: log p(y|x) of the full model minus that of the model without x, in nats, float64, (n,). Negative if
            the model without x predicts y better.
        moved: share of the plane's points with different predictions, float64, (n,); None without a plane.
    """

    information: np.ndarray
    moved: np.ndarray | None


def leave_one_out(
    network: nn.Module,
    split: Split,
    settings: FitSettings,
    generator: torch.Generator,
    plane: Tensor | None = None,
    progress: Callable[[float], None] | None = None,
) -> LeaveOneOut:
    """Train the full model and a model without each sample, and compare their predictions.

    The full model equals that of `fit` with the same network, settings and generator, up to rounding. For the model
    without x, the loss of a batch is the mean over its other samples; a batch of x alone has zero gradient.

    Args:
        network: untrained network, inputs to logits (n, classes), each sample independent of the others. Not changed.
        split: n training samples.
        settings: optimiser and schedule, without augmentation.
        generator: CPU generator that shuffles the samples.
        plane: points (g, *shape) at which predictions are compared.
        progress: called after every step with the share of the steps that is done, and with 1 while predictions on the
            plane are computed; may raise to stop.

    Raises:
        InputError: for a network with batch norm or dropout, settings with augmentation, fewer than 2 or more than
            LIMIT samples, inputs that are not finite, or a plane with another shape of points.
    """
    _check(network, split, plane)
    if settings.augment != "none":
        raise InputError("Leave-one-out models must be trained without augmentation.")
    report, n = progress or (lambda share: None), len(split)
    stack = _Stack(network, 1 + n)
    _train(stack, split, torch.tensor([FULL_MODEL, *range(n)]), settings, generator, report)
    with torch.no_grad():
        log_p = stack(split.x).double().log_softmax(-1)[:, torch.arange(n), split.y]
        information = log_p[0] - log_p[1:].diagonal()
        moved = None if plane is None else _disagreement(stack, plane, report).cpu().numpy()
    return LeaveOneOut(information.cpu().numpy(), moved)


class _Stack:
    """Stacked copies of a network: inputs (b, *shape) to logits (models, b, classes)."""

    def __init__(self, network: nn.Module, models: int) -> None:
        self.network = copy.deepcopy(network).train()
        self.parameters, self.buffers = stack_module_state([self.network] * models)
        self.together = vmap(self.single, in_dims=(0, 0, None))

    def single(self, parameters: dict[str, Tensor], buffers: dict[str, Tensor], x: Tensor) -> Tensor:
        return functional_call(self.network, (parameters, buffers), (x,))

    def __call__(self, x: Tensor) -> Tensor:
        return self.together(self.parameters, self.buffers, x)


def _train(
    stack: _Stack,
    split: Split,
    left_out: Tensor,
    settings: FitSettings,
    generator: torch.Generator,
    report: Callable[[float], None],
) -> None:
    """The steps of `fit` for all models at once, which works as the optimisers are element-wise."""
    steps = settings.epochs * len(batches(torch.arange(len(split)), settings.batch_size))
    optimiser = make_optimiser(stack.parameters.values(), settings)
    scheduler = make_scheduler(optimiser, settings, steps)
    done = 0
    for _ in range(settings.epochs):
        order = torch.randperm(len(split), generator=generator)
        for batch in batches(order, settings.batch_size):
            with torch.enable_grad():
                loss = _losses(stack(split.x[batch]), split.y[batch], left_out[:, None] != batch).sum()
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            optimiser.step()
            scheduler.step()
            done += 1
            report(done / steps)


def _losses(logits: Tensor, y: Tensor, included: Tensor) -> Tensor:
    """Mean cross-entropy (models,) of logits (models, b, classes) over the samples (b,) that each model includes."""
    labels = torch.where(included.to(y.device), y, UNLABELLED)
    losses = nn.functional.cross_entropy(
        logits.flatten(0, 1), labels.flatten(), ignore_index=UNLABELLED, reduction="none"
    )
    return losses.view(labels.shape).sum(1) / (labels != UNLABELLED).sum(1).clamp(min=1)


def _disagreement(stack: _Stack, plane: Tensor, report: Callable[[float], None]) -> Tensor:
    """Share of the plane's points at which each model's prediction differs from the first model's, (models - 1,)."""
    differing = torch.zeros((), dtype=torch.float64)
    for points in plane.split(POINTS):
        predictions = stack(points).argmax(-1)
        differing = differing + (predictions[1:] != predictions[0]).sum(1)
        report(1.0)
    return differing / len(plane)


def _check(network: nn.Module, split: Split, plane: Tensor | None) -> None:
    for module in network.modules():
        if isinstance(module, _BatchNorm | _DropoutNd | Dropout):
            name = type(module).__name__
            raise InputError(f"Leave-one-out models cannot have batch norm or dropout, and this network has {name}.")
    if len(split) < 2:
        raise InputError(f"Leaving one sample out needs at least 2 samples, not {len(split)}.")
    if not split.x.isfinite().all():
        raise InputError("The samples contain NaN or infinity; they must be finite.")
    if len(split) > LIMIT:
        raise InputError(f"At most {LIMIT} samples can be left out in turn, not {len(split)}.")
    if plane is not None and (not len(plane) or plane.shape[1:] != split.x.shape[1:]):
        raise InputError(
            f"The plane must have points of shape {tuple(split.x.shape[1:])} like the samples; its shape is "
            f"{tuple(plane.shape)}."
        )
