"""Running time of `jacobian_norms` (||J(x)||_F of every sample) against plain methods, for three networks.

The plain methods are one backward pass per class over a batch, and two vectorised methods: autograd's batched gradients
and functorch's jacrev under vmap. Each uses the batch size that was its fastest in a trial from 8 to 1,024. The bar
applies to the fastest of the three, and so to each. A loop over single samples, the simplest code, is much slower.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from benchmarks.timing import alternate
from explorer.geometry import jacobian_norms
from explorer.models.architectures import ARCHITECTURES

SHAPE, CLASSES = (1, 28, 28), 10  # as fashion-mini
BAR, ROUNDS = 1.1, 5
SAMPLES = {"mlp": 1024, "convnet": 64, "resnet-small": 64}
LOOPED = 32


def class_by_class(net: nn.Module, x: Tensor) -> Tensor:
    x = x.clone().requires_grad_()
    outputs = net(x)
    squares = outputs.new_zeros(len(x))
    for index in range(CLASSES):
        (gradient,) = torch.autograd.grad(outputs[:, index].sum(), x, retain_graph=index < CLASSES - 1)
        squares += gradient.flatten(1).square().sum(1)
    return squares.sqrt()


def batched_gradients(net: nn.Module, x: Tensor) -> Tensor:
    x = x.clone().requires_grad_()
    outputs = net(x)
    each = torch.eye(CLASSES).unsqueeze(1).expand(CLASSES, len(x), CLASSES)
    (gradients,) = torch.autograd.grad(outputs, x, each, is_grads_batched=True)
    return gradients.flatten(2).square().sum((0, 2)).sqrt()


def jacrev_under_vmap(net: nn.Module, x: Tensor) -> Tensor:
    with torch.no_grad():
        jacobians = torch.func.vmap(torch.func.jacrev(lambda sample: net(sample[None])[0]))(x)
    return jacobians.flatten(1).norm(dim=1)


WAYS = {
    class_by_class: (1024, 128),
    batched_gradients: (1024, 32),
    jacrev_under_vmap: (1024, 16),
}  # batch sizes: mlp, other


def main() -> None:
    generator = torch.Generator().manual_seed(0)
    for name, n in SAMPLES.items():
        net = ARCHITECTURES[name](SHAPE, CLASSES).eval()

        def fresh(_: int, n: int = n) -> tuple[Tensor]:
            return (torch.randn(n, *SHAPE, generator=generator),)

        def ours(x: Tensor, net: nn.Module = net) -> Tensor:
            return jacobian_norms(net, x)

        ratios = {}
        for way, sizes in WAYS.items():
            size = sizes[name != "mlp"]

            def plain(x: Tensor, net: nn.Module = net, way=way, size: int = size) -> Tensor:
                return torch.cat([way(net, batch) for batch in x.split(size)])

            torch.testing.assert_close(ours(*(x := fresh(0))), plain(*x), rtol=1e-4, atol=0)
            ratios[way] = alternate(ours, plain, ROUNDS, fresh)
        fastest = max(ratios, key=lambda way: ratios[way].median)
        for way, ratio in ratios.items():
            line = f"{name}, ours / {way.__name__.replace('_', ' ')}"
            print(ratio.beside(line, BAR) if way is fastest else f"{line}: {ratio}", flush=True)

        def loop(x: Tensor, net: nn.Module = net) -> Tensor:
            return torch.cat([class_by_class(net, sample) for sample in x.split(1)])

        against_loop = alternate(ours, loop, 3, lambda _: fresh(_, LOOPED))
        print(f"{name}, ours / a loop over samples: {against_loop}", flush=True)


if __name__ == "__main__":
    main()
