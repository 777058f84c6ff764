"""JiT, Just in Time unlearning: forget a sample by making the model flat around it (the paper's Algorithm 1).

The loss around one forget sample is l(x) = E[ ||f(x) - f(x + xi)|| / ||xi|| ], xi ~ N(0, sigma^2 I), estimated with N
perturbed copies: l = mean_j k_j. Each step perturbs, measures the slope and takes theta <- theta - eta grad l. The
settings span what the paper's text says, what its authors released, and what held up best here, as `PRESETS` name
them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from explorer.data import Split
from explorer.geometry.noise import gaussian_noise, ratios, smooth_noise
from explorer.models import Network, drawing_from, layout_for
from explorer.models.network import Dropout
from explorer.settings import InputError
from explorer.unlearning.jit_settings import PRESETS, JitSettings
from explorer.unlearning.method import INPUTS_PER_FORWARD, Method, Step


@dataclass(frozen=True)
class Perturbed:
    """What a JiT step saw of its samples: the seed that draws their noisy copies again (`noisy_copies`), and

    ratios (samples, N) k_j; calls (samples, N) the class named for each copy; clean (samples, classes) f(x); noisy
    (samples, classes) the mean of f(x + xi_j); pull (samples, classes) -dl/df(x), the noisy outputs held constant:
    mean_j (f(x + xi_j) - f(x)) / (||f(x + xi_j) - f(x)|| ||xi_j||), to which every copy adds alike, however far its
    output lies.
    """

    seed: int
    ratios: Tensor
    predictions: Tensor
    clean: Tensor
    noisy: Tensor
    pull: Tensor


def jit(network: nn.Module, forget: Split, settings: JitSettings, generator: torch.Generator) -> Iterator[Step]:
    """Smooth the given network around each forget sample, in place; yields a Step after each update.

    forget: D_f, (n, *shape). Batch norm keeps its statistics, and dropout is off unless the settings leave it on.
    """
    shape = tuple(forget.x.shape[1:])
    settings.check_shape(shape)
    network.eval().to(memory_format=layout_for(network, shape))
    parameters = moved_parameters(network, settings)
    carried: list[Tensor] = []
    batches = torch.arange(len(forget)).split(settings.batch_size if settings.update == "batch" else 1)
    total = settings.passes * len(batches)
    for index in range(total):
        samples = batches[index % len(batches)]
        seed = int(torch.randint(2**62, (), generator=generator))
        x = forget.x[samples].to(parameters[0].device)
        loss, seen, gradient = smoothing_gradient(network, parameters, x, settings, seed)
        if settings.accumulate:
            gradient = carried = _added(carried, gradient)
        _descend(parameters, gradient, settings)
        yield Step(index + 1, total, loss, samples, seen)


def moved_parameters(network: nn.Module, settings: JitSettings) -> list[nn.Parameter]:
    """theta: every parameter, or those of the last layer. Raises InputError for a network whose head is not named."""
    if settings.layers == "head" and not isinstance(network, Network):
        raise InputError("Only a network with a head of its own can move its last layer alone; set layers to all.")
    moved = network.head if settings.layers == "head" and isinstance(network, Network) else network
    return [parameter for parameter in moved.parameters() if parameter.requires_grad]


def smoothing_gradient(
    network: nn.Module, parameters: list[nn.Parameter], x: Tensor, settings: JitSettings, seed: int
) -> tuple[float, Perturbed, list[Tensor]]:
    """The loss of inputs x (n, *shape), what was seen of each, and the gradient of the loss for each parameter."""
    masks = torch.Generator().manual_seed(seed + 1)
    share = 1 / len(x) if settings.reduction == "mean" else 1.0
    loss, seen = 0.0, []
    gradient: list[Tensor] = []
    for part, noisy in noisy_copies(x, settings, seed):
        with _dropout_as_set(network, settings, masks):
            if settings.gradient == "clean":
                with torch.no_grad():
                    moved = outputs(network, noisy.flatten(0, 1), settings)
            else:
                moved = outputs(network, noisy.flatten(0, 1), settings)
            clean = outputs(network, part, settings)
        moved = moved.unflatten(0, noisy.shape[:2])
        k = ratios(clean, moved, noisy - part.unsqueeze(1))
        part_loss = share * k.mean(1).sum()
        *part_gradient, away = torch.autograd.grad(
            part_loss, [*parameters, clean], allow_unused=True, materialize_grads=True
        )
        gradient = _added(gradient, part_gradient)
        loss += float(part_loss.detach())
        part_seen = k, moved.argmax(-1).short(), clean, moved.mean(1), away / -share
        seen.append([each.detach().cpu() for each in part_seen])
    return loss, Perturbed(seed, *map(torch.cat, zip(*seen, strict=True))), gradient


def _added(sums: list[Tensor], new: list[Tensor]) -> list[Tensor]:
    """The sums with the new terms; the first terms are the sums, which spares a pass over every weight."""
    return [one + other for one, other in zip(sums, new, strict=True)] if sums else new


def noisy_copies(x: Tensor, settings: JitSettings, seed: int) -> Iterator[tuple[Tensor, Tensor]]:
    """A step's inputs (n, *shape), a part at a time, each with the copies (part, N, *shape) that its seed draws."""
    generator = torch.Generator().manual_seed(seed)
    low, high = (x.min(), x.max()) if settings.clamp else (None, None)
    for part in x.split(max(1, INPUTS_PER_FORWARD // settings.perturbations)):
        yield part, perturb(part, settings, generator, low, high)


def perturb(
    x: Tensor, settings: JitSettings, generator: torch.Generator, low: Tensor | None = None, high: Tensor | None = None
) -> Tensor:
    """x + xi: N noisy copies (n, N, *shape) of inputs (n, *shape), clamped to low..high where these are given."""
    shape = (len(x), settings.perturbations, *x.shape[1:])
    if settings.noise == "smooth":
        xi = smooth_noise(shape, settings.sigma, settings.smoothing, generator)
    else:
        xi = gaussian_noise(shape, settings.sigma, generator)
    noisy = x.unsqueeze(1) + xi.to(x)
    return noisy if low is None else noisy.clamp(low, high)


def outputs(network: nn.Module, x: Tensor, settings: JitSettings) -> Tensor:
    """f(x): what of the network is to become flat, logits or probabilities, (n, classes)."""
    logits = network(x)
    return logits if settings.outputs == "logits" else logits.softmax(-1)


@torch.no_grad()
def _descend(parameters: list[nn.Parameter], gradient: list[Tensor], settings: JitSettings) -> None:
    """theta <- theta - eta grad l, or the same direction with a step of fixed length."""
    scale = settings.eta
    if settings.step == "length":
        norm = torch.linalg.vector_norm(torch.stack([torch.linalg.vector_norm(part) for part in gradient]))
        scale = settings.length / max(float(norm), torch.finfo(norm.dtype).tiny)
    for parameter, direction in zip(parameters, gradient, strict=True):
        parameter.sub_(direction, alpha=scale)


@contextmanager
def _dropout_as_set(network: nn.Module, settings: JitSettings, generator: torch.Generator) -> Iterator[None]:
    if not settings.dropout:
        yield
        return
    drops = [module for module in network.modules() if isinstance(module, Dropout)]
    for drop in drops:
        drop.train()
    try:
        with drawing_from(network, generator):
            yield
    finally:
        for drop in drops:
            drop.eval()


JIT = Method(
    name="jit",
    title="JiT",
    help="Just in Time unlearning: make the model flat around each forget sample, from D_f and the model alone.",
    settings=JitSettings,
    run=jit,
    presets=PRESETS,
    detail=Perturbed,
)
