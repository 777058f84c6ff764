"""Small networks that 2 CPU cores train in seconds to minutes: the architectures of the literature, narrower."""

from __future__ import annotations

from itertools import pairwise

from torch import Tensor, nn

from explorer.models.network import Dropout, Network
from explorer.settings import Shape


def _convolution(channels_in: int, channels_out: int) -> list[nn.Module]:
    return [nn.Conv2d(channels_in, channels_out, 3, padding=1), nn.ReLU()]


def mlp(shape: Shape, classes: int) -> Network:
    """MLP with two hidden layers: 64 and 64 units for points in the plane, 256 and 128 for pictures."""
    inputs = 1
    for side in shape:
        inputs *= side
    first, second = (64, 64) if len(shape) == 1 else (256, 128)
    layers = [nn.Flatten(), nn.Linear(inputs, first), nn.ReLU(), nn.Linear(first, second), nn.ReLU()]
    return Network(nn.Sequential(*layers), second, classes)


def convnet(shape: Shape, classes: int) -> Network:
    """Two-layer CNN of the paper's entropy study: 32 and 64 channels, each with 2 x 2 pooling, then 128 units."""
    channels, height, width = shape
    layers = [*_convolution(channels, 32), nn.MaxPool2d(2), *_convolution(32, 64), nn.MaxPool2d(2)]
    flat = 64 * (height // 4) * (width // 4)
    return Network(nn.Sequential(*layers, nn.Flatten(), nn.Linear(flat, 128), nn.ReLU()), 128, classes)


def vgg_small(shape: Shape, classes: int) -> Network:
    """Narrow VGG: four convolutions in three pooled stages (32, 64, 128, 128), dropout .5, no batch norm."""
    channels, height, width = shape
    layers: list[nn.Module] = []
    for stage in ((channels, 32), (32, 64), (64, 128, 128)):
        for channels_in, channels_out in pairwise(stage):
            layers += _convolution(channels_in, channels_out)
        layers.append(nn.MaxPool2d(2))
    flat = 128 * (height // 8) * (width // 8)
    layers += [nn.Flatten(), nn.Linear(flat, 128), nn.ReLU(), Dropout(0.5)]
    return Network(nn.Sequential(*layers), 128, classes)


class Residual(nn.Module):
    """Basic block of a ResNet: relu(shortcut(x) + norm(conv(relu(norm(conv(x))))))."""

    def __init__(self, channels_in: int, channels_out: int, stride: int) -> None:
        super().__init__()
        self.path = nn.Sequential(
            nn.Conv2d(channels_in, channels_out, 3, stride, padding=1, bias=False),
            nn.BatchNorm2d(channels_out),
            nn.ReLU(),
            nn.Conv2d(channels_out, channels_out, 3, padding=1, bias=False),
            nn.BatchNorm2d(channels_out),
        )
        same = channels_in == channels_out and stride == 1
        projection = nn.Sequential(
            nn.Conv2d(channels_in, channels_out, 1, stride, bias=False), nn.BatchNorm2d(channels_out)
        )
        self.shortcut = nn.Identity() if same else projection

    def forward(self, x: Tensor) -> Tensor:
        """(n, channels_in, h, w) to (n, channels_out, h / stride, w / stride)."""
        return nn.functional.relu(self.shortcut(x) + self.path(x))


def resnet_small(shape: Shape, classes: int) -> Network:
    """Narrow ResNet: three residual blocks (16, 32, 64 channels) with batch norm, then global average pooling."""
    stem = [nn.Conv2d(shape[0], 16, 3, padding=1, bias=False), nn.BatchNorm2d(16), nn.ReLU()]
    blocks = [Residual(16, 16, 1), Residual(16, 32, 2), Residual(32, 64, 2)]
    return Network(nn.Sequential(*stem, *blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten()), 64, classes)
