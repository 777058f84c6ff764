"""Running time of a JiT step against a plain loop of N forwards, as in the authors' code, and against its parts.

1. One sample per step, its N copies in one forward: the same numbers as the plain loop.
2. The same step against the sum of its necessary parts: one batched forward of the noisy copies, one forward and
   backward of the clean sample, one update.
3. One step of many samples against one step per sample; growth of the cost with N, |D_f| and parameters; peak memory.
"""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Iterator
from time import perf_counter

import numpy as np
import torch
from torch import Tensor, nn

from benchmarks.timing import Ratio, alternate
from explorer.data import Split
from explorer.models.architectures import meta_network
from explorer.models.initialisation import initialise
from explorer.unlearning import JitSettings, jit

COLOUR, DIGIT = (3, 32, 32), (1, 8, 8)
PLAIN = {  # input shape, N, lowest speed-up allowed, steps timed together
    "vgg16": (COLOUR, 8, 1.3, 1),
    "resnet18": (COLOUR, 8, 1.6, 1),
    "convnet": (DIGIT, 25, 2.0, 20),
}
PARTS_BAR = 1.1
ROUNDS = 7
MEMORY = ("vgg16", 128, 25)
MEMORY_BAR = 4.0  # GB


def network(name: str, shape: tuple[int, ...]) -> nn.Module:
    net = meta_network(name, shape, 10).to_empty(device="cpu")
    initialise(net, torch.Generator().manual_seed(0))
    return net.eval()


def settings(perturbations: int, **others: object) -> JitSettings:
    """Settings of the authors' code: one step per sample."""
    given = {"perturbations": perturbations, "sigma": 0.5, "eta": 1e-6, "outputs": "logits", "gradient": "clean"}
    return JitSettings(
        **given | {"update": "sample", "step": "gradient", "noise": "gaussian", "layers": "all"} | others
    )


def samples(count: int, shape: tuple[int, ...], seed: int = 0) -> Split:
    draw = torch.Generator().manual_seed(seed)
    return Split(torch.randn(count, *shape, generator=draw), torch.zeros(count, dtype=torch.int64))


def one_step(net: nn.Module, forget: Split, jit_settings: JitSettings) -> float:
    """Loss of the first step of a run."""
    return next(jit(net, forget, jit_settings, torch.Generator().manual_seed(1))).loss


def noise_of(forget: Split, jit_settings: JitSettings) -> Tensor:
    """Noise that `one_step` draws, (N, *shape)."""
    seed = int(torch.randint(2**62, (), generator=torch.Generator().manual_seed(1)))
    shape = (1, jit_settings.perturbations, *forget.x.shape[1:])
    return jit_settings.sigma * torch.randn(shape, generator=torch.Generator().manual_seed(seed))[0]


def plain_step(net: nn.Module, forget: Split, jit_settings: JitSettings) -> float:
    """Loss of the same step, computed with N forwards of one copy each and plain gradient descent."""
    clean = net(forget.x)
    slopes = []
    for xi in noise_of(forget, jit_settings):
        with torch.no_grad():
            moved = net(forget.x + xi)
        slopes.append((clean - moved).norm(dim=1) / xi.flatten().norm())
    loss = torch.stack(slopes).mean()
    net.zero_grad()
    loss.backward()
    with torch.no_grad():
        for parameter in net.parameters():
            if parameter.grad is not None:
                parameter -= jit_settings.eta * parameter.grad
    return float(loss.detach())


def parts(net: nn.Module, forget: Split, jit_settings: JitSettings) -> float:
    """Run the necessary parts of a step and nothing else."""
    with torch.no_grad():
        net(torch.randn(jit_settings.perturbations, *forget.x.shape[1:]))
    parameters = list(net.parameters())
    loss = net(forget.x).norm(dim=1).mean()
    gradients = torch.autograd.grad(loss, parameters)
    with torch.no_grad():
        for parameter, gradient in zip(parameters, gradients, strict=True):
            parameter.sub_(gradient, alpha=jit_settings.eta)
    return float(loss.detach())


def faster(name: str, ratio: Ratio, bar: float) -> str:
    """Line of the report: speed-up of the second over the first, and whether it reaches the bar."""
    return f"{name}: {ratio} times as fast, bar {bar:g}: {'held' if ratio.median >= bar else 'MISSED'}"


def against_the_plain_loop() -> None:
    """Print the ratios that have a bar, after a check that both give the same numbers."""
    for name, (shape, many, bar, steps) in PLAIN.items():
        net, jit_settings = network(name, shape), settings(many)
        twin, split = network(name, shape), samples(1, shape)
        same = one_step(net, split, jit_settings), plain_step(twin, split, jit_settings)
        torch.testing.assert_close(*same, rtol=1e-4, atol=0)
        for mine, theirs in zip(net.parameters(), twin.parameters(), strict=True):
            torch.testing.assert_close(mine, theirs, rtol=1e-4, atol=1e-6)

        running = jit(net, samples(64, shape), settings(many, passes=1000), torch.Generator())

        def plain(other: Split, steps=steps, twin=twin, jit_settings=jit_settings) -> None:
            for _ in range(steps):
                plain_step(twin, other, jit_settings)

        def ours(other: Split, steps=steps, running=running) -> None:
            for _ in range(steps):
                next(running)

        def least(other: Split, steps=steps, net=net, jit_settings=jit_settings) -> None:
            for _ in range(steps):
                parts(net, other, jit_settings)

        def fresh(turn: int, shape=shape) -> tuple[Split]:
            return (samples(1, shape, turn + 2),)

        ratio = alternate(plain, ours, ROUNDS, fresh)
        print(faster(f"{name}, N {many}: a step beside {many} separate forwards", ratio, bar), flush=True)
        line = f"{name}, N {many}: a step / the sum of its parts"
        print(alternate(ours, least, ROUNDS, fresh).beside(line, PARTS_BAR), flush=True)


def many_in_one_step() -> None:
    """Print the speed-up of one update for many samples over one update per sample."""
    for name, shape, many in (("convnet", DIGIT, 25), ("resnet18", COLOUR, 8)):
        count = 128 if shape is DIGIT else 16
        net, split = network(name, shape), samples(count, shape)

        def alone(net: nn.Module, split: Split, many: int = many) -> None:
            list(jit(net, split, settings(many, passes=1), torch.Generator().manual_seed(0)))

        def together(net: nn.Module, split: Split, many: int = many, count: int = count) -> None:
            jit_settings = settings(many, passes=1, update="batch", batch_size=count)
            list(jit(net, split, jit_settings, torch.Generator().manual_seed(0)))

        ratio = alternate(alone, together, 3, lambda _, net=net, split=split: (net, split))
        print(f"{name}, N {many}: one step of {count} samples beside {count} steps: {ratio} times as fast", flush=True)


def growth() -> Iterator[str]:
    """Lines of a table: seconds of one pass against N, |D_f| and parameters, with the R2 of a straight line."""
    yield "| variable | value | s | s of the fitted line |"
    yield "|:--|--:|--:|--:|"
    net = network("convnet", DIGIT)
    sweeps: dict[str, list[tuple[float, float]]] = {"N, |D_f| 64": [], "|D_f|, N 25": [], "parameters, one sample": []}
    for many in (5, 25, 50, 100):
        sweeps["N, |D_f| 64"].append((many, _pass(net, 64, DIGIT, many)))
    for count in (16, 64, 128, 256):
        sweeps["|D_f|, N 25"].append((count, _pass(net, count, DIGIT, 25)))
    for name in ("convnet", "resnet18", "vgg16"):
        large = network(name, COLOUR)
        weights = sum(parameter.numel() for parameter in large.parameters())
        sweeps["parameters, one sample"].append((weights, _pass(large, 1, COLOUR, 8)))
    for name, points in sweeps.items():
        x, y = np.array(points).T
        line = np.polynomial.Polynomial.fit(x, y, 1)
        straight = 1 - np.square(y - line(x)).sum() / np.square(y - y.mean()).sum()
        for size, seconds in points:
            yield f"| {name} | {size:,.0f} | {seconds:.3g} | {line(size):.3g} |"
        yield f"| {name} | | | R2 {straight:.3f} |"


def _pass(net: nn.Module, count: int, shape: tuple[int, ...], many: int) -> float:
    """Median seconds of three passes through `count` samples, one step each, after a warm-up pass."""
    took = []
    for _ in range(4):
        began = perf_counter()
        list(jit(net, samples(count, shape), settings(many, passes=1), torch.Generator().manual_seed(0)))
        took.append(perf_counter() - began)
    return float(np.median(took[1:]))


def peak_memory() -> float:
    """Peak memory of one step of `MEMORY` in a process of its own, GB."""
    process = subprocess.run(
        [sys.executable, "-m", "benchmarks.bench_jit", "one-large-step"], capture_output=True, text=True, check=True
    )
    return float(process.stdout)


def one_large_step() -> float:
    """Peak memory of this process after one step of `MEMORY`, GB."""
    name, count, many = MEMORY
    one_step(network(name, COLOUR), samples(count, COLOUR), settings(many, update="batch", batch_size=count))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def main() -> None:
    if sys.argv[1:] == ["one-large-step"]:
        print(one_large_step())
        return
    against_the_plain_loop()
    many_in_one_step()
    for line in growth():
        print(line, flush=True)
    most = peak_memory()
    name, count, many = MEMORY
    verdict = "held" if most <= MEMORY_BAR else "MISSED"
    print(f"{name}, {count} samples, N {many}: {most:.2f} GB peak memory, bar {MEMORY_BAR:g}: {verdict}")


if __name__ == "__main__":
    main()
