"""Matching of the tensor names in a weights file to a network's parameters, by our names or torchvision's."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from torch import Tensor, nn

from explorer.models.torchvision_networks import HEADS, INSIDE
from explorer.settings import InputError, Shape

Naming = Callable[[str], str]
COUNTER = "num_batches_tracked"  # of batch norm; unused here and missing in old files


def torchvision_name(architecture: str, ours: str) -> str:
    """torchvision's name of our parameter `ours`: conv1.weight for backbone.torchvision.conv1.weight."""
    if ours.startswith("head."):
        return HEADS[architecture] + ours.removeprefix("head")
    return ours.removeprefix(INSIDE)


def match_names(shapes: Mapping[str, Shape], network: nn.Module, architecture: str) -> dict[str, str]:
    """Name in a weights file of each tensor of a network.

    Names may be ours or torchvision's, with or without the prefix `module.` of DataParallel.

    Args:
        shapes: shape of each tensor in the file, by name.
        network: its state_dict gives the expected names and shapes.
        architecture: a name in `MODELS`.

    Returns:
        The file's name for each of the network's names; batch norm counters may be missing.

    Raises:
        InputError: with the first two mismatches.
    """
    expected = network.state_dict()
    namings: list[Naming] = [lambda ours: ours]
    if architecture in HEADS:
        namings.append(lambda ours: torchvision_name(architecture, ours))
    namings += [lambda ours, inner=inner: f"module.{inner(ours)}" for inner in [*namings]]  # type: ignore[misc]
    naming = max(namings, key=lambda naming: sum(naming(ours) in shapes for ours in expected))
    names = {ours: naming(ours) for ours in expected if naming(ours) in shapes or not ours.endswith(COUNTER)}
    faults = _faults(shapes, expected, names)
    if faults:
        rest = len(faults) - 2
        more = f" ({rest} more name{'s do' if rest > 1 else ' does'} not fit)" if rest > 0 else ""
        raise InputError(f"The weights in this file do not fit {architecture}: {', and '.join(faults[:2])}{more}.")
    return names


def _faults(shapes: Mapping[str, Shape], expected: Mapping[str, Tensor], names: Mapping[str, str]) -> list[str]:
    missing = [f"{theirs} is missing" for theirs in names.values() if theirs not in shapes]
    other = [
        f"{theirs} is {shape_text(shapes[theirs])} and must be {shape_text(tuple(expected[ours].shape))}"
        for ours, theirs in names.items()
        if theirs in shapes and shapes[theirs] != tuple(expected[ours].shape)
    ]
    known = {*names.values()}
    extra = [f"{theirs[:80]} is unexpected" for theirs in shapes if theirs not in known]
    # The first fault of each kind informs more than two of the same kind.
    return [fault for faults in (missing, other, extra) for fault in faults[:1]] + [
        fault for faults in (missing, other, extra) for fault in faults[1:]
    ]


def shape_text(shape: Shape) -> str:
    """A shape as text, such as "10 x 128"."""
    return " x ".join(map(str, shape)) or "a single number"
