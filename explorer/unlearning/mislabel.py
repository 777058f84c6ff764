"""Greedy mislabelling, the baseline of the paper's Fig. 2: train forget samples until they are misclassified."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import nn

from explorer.data import Split
from explorer.settings import Settings, setting
from explorer.unlearning.method import INPUTS_PER_FORWARD, Method, Preset, Step


class MislabelSettings(Settings):
    """Settings of mislabelling: size and number of steps."""

    eta: float = setting(
        1e-2, "step size of gradient descent on the wrong label", least=1e-6, most=1.0, log=True, label="Step size eta"
    )
    passes: int = setting(200, "maximum number of passes through the forget set", least=1, most=10_000, log=True)
    batch_size: int = setting(128, "forget samples in one step", least=1, most=4096, log=True)


def mislabel(
    network: nn.Module, forget: Split, settings: MislabelSettings, generator: torch.Generator
) -> Iterator[Step]:
    """Gradient descent (SGD) on the cross-entropy of each forget sample with a wrong label.

    Args:
        network: network to update, in place.
        forget: D_f, (n, *shape), and its labels.
        settings: settings of the method.
        generator: draws a wrong label for each sample, once.

    Yields:
        A Step after each update.
    """
    network.eval()
    device = next(network.parameters()).device
    with torch.no_grad():
        classes = network(forget.x[:1].to(device)).shape[1]
    shift = torch.randint(1, classes, (len(forget),), generator=generator)
    wrong = (forget.y + shift) % classes
    optimiser = torch.optim.SGD(network.parameters(), lr=settings.eta)
    batches = torch.arange(len(forget)).split(settings.batch_size)
    total = settings.passes * len(batches)
    for index in range(total):
        samples = batches[index % len(batches)]
        loss = 0.0
        for part in samples.split(INPUTS_PER_FORWARD):
            mean = nn.functional.cross_entropy(network(forget.x[part].to(device)), wrong[part].to(device))
            part_loss = mean * (len(part) / len(samples))
            part_loss.backward()
            loss += float(part_loss.detach())
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        yield Step(index + 1, total, loss, samples)


MISLABEL = Method(
    name="mislabel",
    title="Mislabel",
    help="Train each forget sample on a wrong label until it is predicted as another class (baseline of the paper's "
    "Fig. 2).",
    settings=MislabelSettings,
    run=mislabel,
    presets=(Preset("default", "gradient descent with step size 0.01"),),
)
