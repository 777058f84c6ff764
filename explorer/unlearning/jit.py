"""JiT (Just in Time) unlearning, Algorithm 1 of the paper (Foster et al., arXiv 2402.01401):

    for x in D_f:                                    # one pass
        xi_j ~ N(0, sigma^2 I), j = 1..N             # N noisy copies x + xi_j
        k_j = ||f(x) - f(x + xi_j)|| / ||xi_j||      # slope of f toward each copy
        l = mean_j k_j                               # estimate of E[k], the loss
        theta <- theta - eta grad l                  # smooths f around x

`jit` is the loop over D_f, `perturb` draws x + xi, `ratios` computes k, `smoothing_gradient` computes l and grad l, and
`_descend` updates theta. The settings cover the paper's text, the authors' released code and this project's
default; see `PRESETS`.
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
class JitDetail:
    """Values of one JiT step, for figures.

    Attributes:
        seed: seed with which `noisy_copies` draws the noisy copies again.
        ratios: k_j, (samples, N).
        predictions: class predicted for each noisy copy, (samples, N).
        clean: f(x), (samples, classes).
        noisy: mean_j f(x + xi_j), (samples, classes).
        pull: -dl/df(x) with the noisy outputs held constant, (samples, classes). It is
            mean_j (f(x + xi_j) - f(x)) / (||f(x + xi_j) - f(x)|| ||xi_j||), so the distance of a copy's output does not
            matter, only its direction.
    """

    seed: int
    ratios: Tensor
    predictions: Tensor
    clean: Tensor
    noisy: Tensor
    pull: Tensor


def jit(network: nn.Module, forget: Split, settings: JitSettings, generator: torch.Generator) -> Iterator[Step]:
    """Run JiT: smooth a network around each forget sample, in place.

    Batch norm keeps its statistics, and dropout is off unless the settings leave it on.

    Example:
        for step in jit(network, forget, JitSettings.for_shape(dataset.shape), torch.Generator().manual_seed(0)):
            print(step.index, step.loss)

    Args:
        network: network to update, in place.
        forget: D_f, (n, *shape).
        settings: sigma, N, eta and the variant of the algorithm.
        generator: draws the noise and the dropout masks.

    Yields:
        A Step after each update; its `detail` is a JitDetail.

    Raises:
        InputError: if the settings do not suit the inputs or the network.
    """
    shape = tuple(forget.x.shape[1:])
    settings.check_shape(shape)
    network.eval().to(memory_format=layout_for(network, shape))
    parameters = updated_parameters(network, settings)
    accumulated: list[Tensor] = []
    batches = torch.arange(len(forget)).split(settings.batch_size if settings.update == "batch" else 1)
    total = settings.passes * len(batches)
    for index in range(total):
        samples = batches[index % len(batches)]
        seed = int(torch.randint(2**62, (), generator=generator))
        x = forget.x[samples].to(parameters[0].device)
        loss, detail, gradient = smoothing_gradient(network, parameters, x, settings, seed)
        if settings.accumulate:
            gradient = accumulated = _added(accumulated, gradient)
        _descend(parameters, gradient, settings)
        yield Step(index + 1, total, loss, samples, detail)


def updated_parameters(network: nn.Module, settings: JitSettings) -> list[nn.Parameter]:
    """theta: all parameters, or those of the last layer. Raises InputError if the network does not name its head."""
    if settings.layers == "head" and not isinstance(network, Network):
        raise InputError("Only a network with a head can update its last layer alone; set layers to all.")
    updated = network.head if settings.layers == "head" and isinstance(network, Network) else network
    return [parameter for parameter in updated.parameters() if parameter.requires_grad]


def smoothing_gradient(
    network: nn.Module, parameters: list[nn.Parameter], x: Tensor, settings: JitSettings, seed: int
) -> tuple[float, JitDetail, list[Tensor]]:
    """Loss l of a batch, and its gradient.

    Args:
        network: f.
        parameters: theta.
        x: forget samples, (n, *shape).
        settings: settings of the run.
        seed: seed of the noise; seed + 1 is that of the dropout masks.

    Returns:
        l, the values behind it, and grad l by parameter.
    """
    masks = torch.Generator().manual_seed(seed + 1)
    share = 1 / len(x) if settings.reduction == "mean" else 1.0
    loss, details = 0.0, []
    gradient: list[Tensor] = []
    for part, noisy in noisy_copies(x, settings, seed):
        with _dropout_as_set(network, settings, masks):
            if settings.gradient == "clean":
                with torch.no_grad():
                    f_noisy = outputs(network, noisy.flatten(0, 1), settings)
            else:
                f_noisy = outputs(network, noisy.flatten(0, 1), settings)
            f_clean = outputs(network, part, settings)
        f_noisy = f_noisy.unflatten(0, noisy.shape[:2])
        k = ratios(f_clean, f_noisy, noisy - part.unsqueeze(1))
        part_loss = share * k.mean(1).sum()
        *part_gradient, output_gradient = torch.autograd.grad(
            part_loss, [*parameters, f_clean], allow_unused=True, materialize_grads=True
        )
        gradient = _added(gradient, part_gradient)
        loss += float(part_loss.detach())
        part_details = k, f_noisy.argmax(-1).short(), f_clean, f_noisy.mean(1), output_gradient / -share
        details.append([tensor.detach().cpu() for tensor in part_details])
    return loss, JitDetail(seed, *map(torch.cat, zip(*details, strict=True))), gradient


def _added(sums: list[Tensor], new: list[Tensor]) -> list[Tensor]:
    """Sums plus new terms, tensor by tensor; without sums, the new terms themselves, which saves an addition."""
    return [total + term for total, term in zip(sums, new, strict=True)] if sums else new


def noisy_copies(x: Tensor, settings: JitSettings, seed: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Inputs of a step with their noisy copies, in parts that bound memory.

    Args:
        x: forget samples of the step, (n, *shape).
        settings: settings of the run.
        seed: seed of the noise (`JitDetail.seed` for a past step).

    Yields:
        Samples (part, *shape) and their noisy copies (part, N, *shape).
    """
    generator = torch.Generator().manual_seed(seed)
    low, high = (x.min(), x.max()) if settings.clamp else (None, None)
    for part in x.split(max(1, INPUTS_PER_FORWARD // settings.perturbations)):
        yield part, perturb(part, settings, generator, low, high)


def perturb(
    x: Tensor, settings: JitSettings, generator: torch.Generator, low: Tensor | None = None, high: Tensor | None = None
) -> Tensor:
    """N noisy copies x + xi of inputs x.

    Args:
        x: inputs, (n, *shape).
        settings: N (`perturbations`), sigma and the kind of noise.
        generator: draws xi.
        low: with `high`, the range to which copies are clamped; None: no clamping.
        high: see `low`.

    Returns:
        (n, N, *shape).
    """
    shape = (len(x), settings.perturbations, *x.shape[1:])
    if settings.noise == "smooth":
        xi = smooth_noise(shape, settings.sigma, settings.smoothing, generator)
    else:
        xi = gaussian_noise(shape, settings.sigma, generator)
    noisy = x.unsqueeze(1) + xi.to(x)
    return noisy if low is None else noisy.clamp(low, high)


def outputs(network: nn.Module, x: Tensor, settings: JitSettings) -> Tensor:
    """Output f(x) that JiT smooths, (n, classes): logits or probabilities of inputs x (n, *shape)."""
    logits = network(x)
    return logits if settings.outputs == "logits" else logits.softmax(-1)


@torch.no_grad()
def _descend(parameters: list[nn.Parameter], gradient: list[Tensor], settings: JitSettings) -> None:
    """theta <- theta - eta grad l, or a step of fixed length in the same direction."""
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
    help="Just in Time unlearning: smooth the model around each forget sample. It needs only the model and D_f.",
    settings=JitSettings,
    run=jit,
    presets=PRESETS,
    detail=JitDetail,
)
