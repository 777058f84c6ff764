"""log p(y|x; D) - log p(y|x; D without x): what a model knows of a sample only because it was trained on it.

The other side of the paper's claim, neighbours tell the label <=> removing the sample changes little: retrain without
each sample and look. All these models and the full one start from the same weights, see the same batches and differ in
one thing: the model without x gives x no weight. So their weights are stacked and every step trains all of them.
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
from explorer.models.training import batches, optimiser_of, schedule_of
from explorer.settings import InputError

LIMIT = 400  # models beside the full one; weights, gradients and Adam's two moments of each are in memory
POINTS = 256  # of the plane, shown to all models at once
NOBODY = -1  # whom the full model leaves out
UNLABELLED = -100  # cross_entropy's mark for a sample without weight


class LeaveOneOut(NamedTuple):
    """What the removal of each sample changes, float64 (n,).

    information: log p(y|x) of the full model minus that of the model without x, in nats; negative where the model does
    better on x without it. moved: share of the plane's points that the two call differently; None without a plane.
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
    """Train the full model and one without each sample together, and compare them.

    network: untrained, inputs to logits (n, classes), each sample on its own; it is left untouched. split: n samples.
    The full model is the one that `fit` makes of this network, these settings and this generator, up to rounding. In
    the model without x the loss of a batch is the mean over its other samples; a batch of x alone gives no gradient.
    plane: points (g, *shape) of the inputs' space. progress is called after every step with the share of the steps that
    is done, and while the plane is coloured; what it raises stops the work.
    Raises InputError for a network with batch norm or dropout, settings that augment, fewer than 2 samples, more than
    LIMIT of them, inputs that are not finite, and a plane of other inputs than the samples'.
    """
    _check(network, split, plane)
    if settings.augment != "none":
        raise InputError("Models that are trained together see the samples as they are, without augmentation.")
    report, n = progress or (lambda share: None), len(split)
    stack = _Stack(network, 1 + n)
    _train(stack, split, torch.tensor([NOBODY, *range(n)]), settings, generator, report)
    with torch.no_grad():
        log_p = stack(split.x).double().log_softmax(-1)[:, torch.arange(n), split.y]
        information = log_p[0] - log_p[1:].diagonal()
        moved = None if plane is None else _moved(stack, plane, report).cpu().numpy()
    return LeaveOneOut(information.cpu().numpy(), moved)


class _Stack:
    """Copies of one network: inputs (b, *shape) that all of them see, to logits (models, b, classes)."""

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
    """The steps of `fit`, for every model of the stack at once: the optimiser works on each weight by itself."""
    steps = settings.epochs * len(batches(torch.arange(len(split)), settings.batch_size))
    optimiser = optimiser_of(stack.parameters.values(), settings)
    cosine = schedule_of(optimiser, settings, steps)
    done = 0
    for _ in range(settings.epochs):
        order = torch.randperm(len(split), generator=generator)
        for batch in batches(order, settings.batch_size):
            with torch.enable_grad():
                loss = _losses(stack(split.x[batch]), split.y[batch], left_out[:, None] != batch).sum()
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            optimiser.step()
            cosine.step()
            done += 1
            report(done / steps)


def _losses(logits: Tensor, y: Tensor, kept: Tensor) -> Tensor:
    """Mean cross-entropy (models,) of logits (models, b, classes) over the samples of y (b,) that each model keeps."""
    labels = torch.where(kept.to(y.device), y, UNLABELLED)
    each = nn.functional.cross_entropy(
        logits.flatten(0, 1), labels.flatten(), ignore_index=UNLABELLED, reduction="none"
    )
    return each.view(labels.shape).sum(1) / (labels != UNLABELLED).sum(1).clamp(min=1)


def _moved(stack: _Stack, plane: Tensor, report: Callable[[float], None]) -> Tensor:
    """Share (models - 1,) of the plane's points that a model calls differently from the first one."""
    differing = torch.zeros((), dtype=torch.float64)
    for points in plane.split(POINTS):
        called = stack(points).argmax(-1)
        differing = differing + (called[1:] != called[0]).sum(1)
        report(1.0)
    return differing / len(plane)


def _check(network: nn.Module, split: Split, plane: Tensor | None) -> None:
    for module in network.modules():
        if isinstance(module, _BatchNorm | _DropoutNd | Dropout):
            name = type(module).__name__
            raise InputError(
                f"Models that are trained together cannot have batch norm or dropout, and this has {name}."
            )
    if len(split) < 2:
        raise InputError(f"Leaving one sample out takes at least 2 samples, not {len(split)}.")
    if not split.x.isfinite().all():
        raise InputError("The samples hold NaN or infinity; every number must be finite.")
    if len(split) > LIMIT:
        raise InputError(f"At most {LIMIT} samples can be left out in one go, not {len(split)}.")
    if plane is not None and (not len(plane) or plane.shape[1:] != split.x.shape[1:]):
        raise InputError(
            f"The plane must be points of shape {tuple(split.x.shape[1:])} like the samples, not {tuple(plane.shape)}."
        )
