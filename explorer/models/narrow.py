"""The networks that 2 cores can train while somebody waits; names as in the literature, widths smaller."""

from __future__ import annotations

from itertools import pairwise

from torch import Tensor, nn

from explorer.models.network import Dropout, Network
from explorer.settings import Shape


def _convolution(wide: int, out: int) -> list[nn.Module]:
    return [nn.Conv2d(wide, out, 3, padding=1), nn.ReLU()]


def mlp(shape: Shape, classes: int) -> Network:
    """Two hidden layers: 64 and 64 units on the plane, 256 and 128 on pictures."""
    inputs = 1
    for side in shape:
        inputs *= side
    first, second = (64, 64) if len(shape) == 1 else (256, 128)
    layers = [nn.Flatten(), nn.Linear(inputs, first), nn.ReLU(), nn.Linear(first, second), nn.ReLU()]
    return Network(nn.Sequential(*layers), second, classes)


def convnet(shape: Shape, classes: int) -> Network:
    """The two-layer CNN of the paper's entropy study: 32 and 64 channels, each halved by pooling, then 128 units."""
    channels, height, width = shape
    layers = [*_convolution(channels, 32), nn.MaxPool2d(2), *_convolution(32, 64), nn.MaxPool2d(2)]
    flat = 64 * (height // 4) * (width // 4)
    return Network(nn.Sequential(*layers, nn.Flatten(), nn.Linear(flat, 128), nn.ReLU()), 128, classes)


def vgg_small(shape: Shape, classes: int) -> Network:
    """Four convolutions in three pooled stages (32, 64, 128, 128), no batch norm, dropout before the head: a VGG."""
    channels, height, width = shape
    layers: list[nn.Module] = []
    for stage in ((channels, 32), (32, 64), (64, 128, 128)):
        for wide, out in pairwise(stage):
            layers += _convolution(wide, out)
        layers.append(nn.MaxPool2d(2))
    flat = 128 * (height // 8) * (width // 8)
    layers += [nn.Flatten(), nn.Linear(flat, 128), nn.ReLU(), Dropout(0.5)]
    return Network(nn.Sequential(*layers), 128, classes)


class Residual(nn.Module):
    """relu(shortcut(x) + norm(conv(relu(norm(conv(x)))))): the basic block of a ResNet."""

    def __init__(self, wide: int, out: int, stride: int) -> None:
        super().__init__()
        self.path = nn.Sequential(
            nn.Conv2d(wide, out, 3, stride, padding=1, bias=False),
            nn.BatchNorm2d(out),
            nn.ReLU(),
            nn.Conv2d(out, out, 3, padding=1, bias=False),
            nn.BatchNorm2d(out),
        )
        same = wide == out and stride == 1
        projection = nn.Sequential(nn.Conv2d(wide, out, 1, stride, bias=False), nn.BatchNorm2d(out))
        self.shortcut = nn.Identity() if same else projection

    def forward(self, x: Tensor) -> Tensor:
        """(n, wide, h, w) to (n, out, h / stride, w / stride)."""
        return nn.functional.relu(self.shortcut(x) + self.path(x))


def resnet_small(shape: Shape, classes: int) -> Network:
    """Three residual blocks (16, 32, 64 channels) with batch norm, then the mean over the picture."""
    stem = [nn.Conv2d(shape[0], 16, 3, padding=1, bias=False), nn.BatchNorm2d(16), nn.ReLU()]
    blocks = [Residual(16, 16, 1), Residual(16, 32, 2), Residual(32, 64, 2)]
    return Network(nn.Sequential(*stem, *blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten()), 64, classes)
