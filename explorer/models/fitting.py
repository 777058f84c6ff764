"""Whether named weights are those of one of our networks, by our names or by torchvision's, and what does not fit."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from torch import Tensor, nn

from explorer.models.torchvision_networks import HEADS, INSIDE
from explorer.settings import InputError, Shape

Naming = Callable[[str], str]
COUNTER = "num_batches_tracked"  # of batch norm; nothing reads it, and old files have none


def torchvision_name(architecture: str, ours: str) -> str:
    """What torchvision calls the weight that we call `ours`: backbone.torchvision.conv1.weight is its conv1.weight."""
    if ours.startswith("head."):
        return HEADS[architecture] + ours.removeprefix("head")
    return ours.removeprefix(INSIDE)


def fitted(found: Mapping[str, Shape], network: nn.Module, architecture: str) -> dict[str, str]:
    """For each of the network's weights the name that it has in a file whose shapes are `found`.

    Names may be ours or torchvision's, with the `module.` that training on several devices puts before them or without.
    Raises InputError with the first things that do not fit.
    """
    wanted = network.state_dict()
    namings: list[Naming] = [lambda ours: ours]
    if architecture in HEADS:
        namings.append(lambda ours: torchvision_name(architecture, ours))
    namings += [lambda ours, inner=inner: f"module.{inner(ours)}" for inner in [*namings]]  # type: ignore[misc]
    naming = max(namings, key=lambda naming: sum(naming(ours) in found for ours in wanted))
    names = {ours: naming(ours) for ours in wanted if naming(ours) in found or not ours.endswith(COUNTER)}
    faults = _faults(found, wanted, names)
    if faults:
        rest = len(faults) - 2
        more = f" ({rest} more name{'s do' if rest > 1 else ' does'} not fit)" if rest > 0 else ""
        raise InputError(f"This file is of another network than {architecture}: {', and '.join(faults[:2])}{more}.")
    return names


def _faults(found: Mapping[str, Shape], wanted: Mapping[str, Tensor], names: Mapping[str, str]) -> list[str]:
    missing = [f"it has no {theirs}" for theirs in names.values() if theirs not in found]
    other = [
        f"{theirs} is {in_words(found[theirs])} where {in_words(tuple(wanted[ours].shape))} is needed"
        for ours, theirs in names.items()
        if theirs in found and found[theirs] != tuple(wanted[ours].shape)
    ]
    known = {*names.values()}
    extra = [f"it also holds {theirs[:80]}" for theirs in found if theirs not in known]
    # One of each kind says more than the first two of one kind.
    return [fault for faults in (missing, other, extra) for fault in faults[:1]] + [
        fault for faults in (missing, other, extra) for fault in faults[1:]
    ]


def in_words(shape: Shape) -> str:
    """A shape as people write it: 10 x 128."""
    return " x ".join(map(str, shape)) or "a single number"
