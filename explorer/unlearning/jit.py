"""JiT, Just in Time unlearning: forget a sample by making the model flat around it (the paper's Algorithm 1).

The loss around one forget sample is l(x) = E[ ||f(x) - f(x + xi)|| / ||xi|| ], xi ~ N(0, sigma^2 I), estimated with N
perturbed copies: l = mean_j k_j. Each step perturbs, measures the slope and takes theta <- theta - eta grad l. The settings
span what the paper's text says, what its authors released, and what held up best here; `PRESETS` names the three.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn

from explorer.data import Split
from explorer.geometry.noise import gaussian_noise, ratios, smooth_noise
from explorer.models import Network, drawing_from
from explorer.models.network import Dropout
from explorer.settings import InputError, Settings, Shape, setting
from explorer.unlearning.method import Method, Preset, Step

INPUTS_PER_FORWARD = 256  # noisy copies go through the network in parts: memory stays bounded, and caches are used


class JitSettings(Settings):
    """sigma, N, eta, and the choices on which the paper's text and its authors' code differ (METHOD section 3)."""

    sigma: float = setting(
        1.0, "deviation of the noise around each forget sample", least=1e-3, most=10.0, log=True,
        label="sigma", unit="standardised units", for_shape=lambda shape: 1.0 if _is_picture(shape) else 0.2,
    )  # fmt: skip
    perturbations: int = setting(
        4, "N, noisy copies of each forget sample in a step", least=1, most=1000, log=True, label="N, noisy copies",
        for_shape=lambda shape: 4 if _is_picture(shape) else 16,
    )  # fmt: skip
    passes: int = setting(200, "how often to go through the forget set at most", least=1, most=10_000, log=True)
    outputs: Literal["logits", "probabilities"] = setting("probabilities", "what of the network is to become flat")
    gradient: Literal["clean", "both"] = setting(
        "clean", "differentiate f(x) alone, the noisy outputs held constant, or both"
    )
    update: Literal["sample", "batch"] = setting("batch", "one step a forget sample, or one a batch of them")
    batch_size: int = setting(
        128, "forget samples in one step", least=1, most=4096, log=True, applies=lambda s: s.update == "batch"
    )
    reduction: Literal["mean", "sum"] = setting(
        "mean", "average or add up the losses of a batch", applies=lambda s: s.update == "batch"
    )
    layers: Literal["all", "head"] = setting(
        "all", "move every parameter, as the paper does, or only the last, linear layer",
        for_shape=lambda shape: "head" if _is_picture(shape) else "all",
    )  # fmt: skip
    step: Literal["gradient", "length"] = setting("length", "step by eta times the gradient, or by a fixed length along it")
    eta: float = setting(
        3e-4, "step size: theta moves by eta times the gradient", least=1e-7, most=10.0, log=True, label="eta",
        applies=lambda s: s.step == "gradient",
    )  # fmt: skip
    length: float = setting(
        0.02, "how far theta moves in a step", least=1e-4, most=1.0, log=True,
        label="eta, as a length", unit="||delta theta||",
        for_shape=lambda shape: 0.02 if _is_picture(shape) else 0.01,
        applies=lambda s: s.step == "length",
    )  # fmt: skip
    noise: Literal["gaussian", "smooth"] = setting(
        "gaussian", "independent at each pixel, or blurred into blotches (pictures only)",
        for_shape=lambda shape: "smooth" if _is_picture(shape) else "gaussian",
    )  # fmt: skip
    smoothing: int = setting(
        3, "width of the box that blurs the noise", least=1, most=64, unit="pixels",
        for_shape=lambda shape: 2 * round(0.14 * shape[-1]) + 1 if _is_picture(shape) else 3,
        applies=lambda s: s.noise == "smooth",
    )  # fmt: skip
    clamp: bool = setting(False, "keep noisy inputs within the range of the batch, as the authors' code does")
    accumulate: bool = setting(False, "never reset the gradient between steps: a slip in the authors' code")
    dropout: bool = setting(False, "leave dropout active, as the authors' code does")

    def check_shape(self, shape: Shape) -> None:
        """Smooth noise needs pixels that have neighbours."""
        if self.noise == "smooth" and not _is_picture(shape):
            raise InputError("noise must be gaussian for points of a plane; smooth noise needs pictures.")


@dataclass(frozen=True)
class Perturbed:
    """What a JiT step saw: the seed that draws its noisy copies again, and k of each copy, (samples, N)."""

    seed: int
    ratios: Tensor


def jit(network: nn.Module, forget: Split, settings: JitSettings, generator: torch.Generator) -> Iterator[Step]:
    """Smooth the given network around each forget sample, in place; yields a Step after each update.

    forget: D_f, (n, *shape). Batch norm keeps its statistics, and dropout is off unless the settings leave it on.
    """
    settings.check_shape(tuple(forget.x.shape[1:]))
    network.eval()
    parameters = moved_parameters(network, settings)
    carried = [torch.zeros_like(parameter) for parameter in parameters]
    batches = torch.arange(len(forget)).split(settings.batch_size if settings.update == "batch" else 1)
    total = settings.passes * len(batches)
    for index in range(total):
        samples = batches[index % len(batches)]
        seed = int(torch.randint(2**62, (), generator=generator))
        loss, slopes, gradient = smoothing_gradient(network, parameters, forget.x[samples], settings, seed)
        if settings.accumulate:
            gradient = carried = [old + new for old, new in zip(carried, gradient, strict=True)]
        _descend(parameters, gradient, settings)
        yield Step(index + 1, total, loss, samples, Perturbed(seed, slopes))


def moved_parameters(network: nn.Module, settings: JitSettings) -> list[nn.Parameter]:
    """theta: every parameter, or those of the last layer. Raises InputError for a network whose head is not named."""
    if settings.layers == "head" and not isinstance(network, Network):
        raise InputError("Only a network with a head of its own can move its last layer alone; set layers to all.")
    moved = network.head if settings.layers == "head" and isinstance(network, Network) else network
    return [parameter for parameter in moved.parameters() if parameter.requires_grad]


def smoothing_gradient(
    network: nn.Module, parameters: list[nn.Parameter], x: Tensor, settings: JitSettings, seed: int
) -> tuple[float, Tensor, list[Tensor]]:
    """The loss of inputs x (n, *shape), k of each copy (n, N), and the gradient of the loss for each parameter."""
    draws = torch.Generator().manual_seed(seed)
    low, high = (x.min(), x.max()) if settings.clamp else (None, None)
    share = 1 / len(x) if settings.reduction == "mean" else 1.0
    loss, slopes, gradient = 0.0, [], [torch.zeros_like(parameter) for parameter in parameters]
    for part in x.split(max(1, INPUTS_PER_FORWARD // settings.perturbations)):
        noisy = perturb(part, settings, draws, low, high)
        with _dropout_as_set(network, settings, draws):
            if settings.gradient == "clean":
                with torch.no_grad():
                    moved = _outputs(network, noisy.flatten(0, 1), settings)
            else:
                moved = _outputs(network, noisy.flatten(0, 1), settings)
            clean = _outputs(network, part, settings)
        k = ratios(clean, moved.unflatten(0, noisy.shape[:2]), noisy - part.unsqueeze(1))
        part_loss = share * k.mean(1).sum()
        part_gradient = torch.autograd.grad(part_loss, parameters, allow_unused=True, materialize_grads=True)
        gradient = [sum_ + new for sum_, new in zip(gradient, part_gradient, strict=True)]
        loss += float(part_loss.detach())
        slopes.append(k.detach())
    return loss, torch.cat(slopes), gradient


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


def _outputs(network: nn.Module, x: Tensor, settings: JitSettings) -> Tensor:
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
    drops = [module for module in network.modules() if isinstance(module, Dropout)] if settings.dropout else []
    for drop in drops:
        drop.train()
    with drawing_from(network, generator):
        yield
    for drop in drops:
        drop.eval()


def _is_picture(shape: Shape) -> bool:
    return len(shape) == 3


JIT = Method(
    name="jit",
    title="JiT",
    help="Just in Time unlearning: make the model flat around each forget sample, from D_f and the model alone.",
    settings=JitSettings,
    run=jit,
    presets=(
        Preset("default", "what held up best here: probabilities, steps of fixed length, stop when forgotten"),
        Preset(
            "algorithm-1",
            "the paper's text: logits, both branches, one step a sample, one pass",
            {
                "sigma": 0.5, "perturbations": 25, "passes": 1, "outputs": "logits", "gradient": "both",
                "update": "sample", "layers": "all", "step": "gradient", "eta": 3e-4, "noise": "gaussian",
            },  # fmt: skip
            stops=False,
        ),
        Preset(
            "authors-code",
            "what the authors released, with its missing gradient reset and active dropout",
            {
                "sigma": 0.5, "perturbations": 25, "passes": 1, "outputs": "logits", "gradient": "clean",
                "update": "batch", "batch_size": 128, "reduction": "sum", "layers": "all", "step": "gradient", "eta": 3e-4,
                "noise": "gaussian", "clamp": True, "accumulate": True, "dropout": True,
            },  # fmt: skip
            stops=False,
        ),
    ),
)
