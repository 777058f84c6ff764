"""torchvision's VGG, ResNet and ViT, adapted to pictures much smaller than the 224 x 224 of ImageNet.

torchvision's module is `backbone.torchvision`, with torchvision's parameter names; its last linear layer is our head.
Dropout is replaced by ours, so that masks are reproducible. torchvision takes seconds to import, so only the builders
import it.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from torch import nn

from explorer.models.network import Dropout, Network
from explorer.settings import Shape

if TYPE_CHECKING:
    from torchvision.models import VGG

VGG_LEAST = 32  # smallest side: five poolings of factor 2
SMALL = 64  # largest side for which the ResNet's stem keeps the resolution
INSIDE = "backbone.torchvision."  # prefix of torchvision's names
HEADS = {
    "vgg11": "classifier.6", "vgg16": "classifier.6", "resnet18": "fc",
    "vit-small": "heads.head", "vit-b16": "heads.head",
}  # fmt: skip
"""torchvision's name of the last layer, our `head`."""


def vgg11(shape: Shape, classes: int) -> Network:
    """VGG11 without batch norm (named VGG16 in the paper): 9.2 million weights in 8 convolutions, dropout .5.

    Pictures smaller than 32 x 32 are zero-padded. The 7 x 7 pooling is removed and the two hidden layers have 512
    units instead of 4,096: 9.8 million weights for 32 x 32 pictures instead of 129 million.
    """
    from torchvision.models import vgg11

    return _vgg(vgg11(), shape, classes)


def vgg16(shape: Shape, classes: int) -> Network:
    """VGG16 without batch norm: 14.7 million weights in 13 convolutions, dropout .5; adapted like vgg11."""
    from torchvision.models import vgg16

    return _vgg(vgg16(), shape, classes)


def resnet18(shape: Shape, classes: int) -> Network:
    """ResNet18 with batch norm, 11.2 million weights.

    Up to 64 x 64 the stem is a 3 x 3 convolution of stride 1 without pooling, as is common for CIFAR-10; above, it is
    torchvision's 7 x 7 convolution of stride 2 with pooling.
    """
    from torchvision.models import resnet18

    net = resnet18()
    if max(shape[1:]) <= SMALL:
        net.conv1 = nn.Conv2d(shape[0], 64, 3, padding=1, bias=False)
        net.maxpool = nn.Identity()
    elif shape[0] != 3:
        net.conv1 = nn.Conv2d(shape[0], 64, 7, 2, padding=3, bias=False)
    net.fc = nn.Identity()
    return _adapted(nn.Identity(), net, 512, classes, deep_relu=True)


def vit_b16(shape: Shape, classes: int) -> Network:
    """ViT-B, 12 layers of width 768, 85 million weights, with patches smaller than 16 x 16 for small pictures.

    The patch side is the smallest of 2, 4, 8 and 16 that gives at most 8 x 8 tokens: 4 for 28 x 28 (49 tokens) and
    32 x 32 (64), 8 for 64 x 64 (64), 16 above (196 for 224 x 224). Pictures are zero-padded to a square of patches.
    """
    return _transformer(shape, classes, width=768, layers=12, heads=12, hidden=3072)


def vit_small(shape: Shape, classes: int) -> Network:
    """Narrow ViT, 4 layers of width 64 with 4 heads: 140 thousand weights, patches and padding as in vit-b16."""
    return _transformer(shape, classes, width=64, layers=4, heads=4, hidden=128)


def _vgg(net: VGG, shape: Shape, classes: int) -> Network:
    channels, height, width = shape
    height, width = max(height, VGG_LEAST), max(width, VGG_LEAST)
    if channels != 3:
        net.features[0] = nn.Conv2d(channels, 64, 3, padding=1)
    net.avgpool = nn.Identity()
    layers = [nn.Linear(512 * (height // 32) * (width // 32), 512), nn.ReLU(), nn.Dropout(0.5)]
    net.classifier = nn.Sequential(*layers, nn.Linear(512, 512), nn.ReLU(), nn.Dropout(0.5))
    return _adapted(_padding(shape, height, width), net, 512, classes, deep_relu=True)


def _transformer(shape: Shape, classes: int, width: int, layers: int, heads: int, hidden: int) -> Network:
    from torchvision.models import VisionTransformer

    patch = next((side for side in (2, 4, 8) if max(shape[1:]) <= 8 * side), 16)
    side = -(-max(shape[1:]) // patch) * patch
    net = VisionTransformer(side, patch, layers, heads, width, hidden)
    if shape[0] != 3:
        net.conv_proj = nn.Conv2d(shape[0], width, patch, patch)
    net.heads = nn.Identity()
    return _adapted(_padding(shape, side, side), net, width, classes)


def _padding(shape: Shape, height: int, width: int) -> nn.Module:
    """Zero padding to this size; zero is the mean of standardised inputs."""
    down, right = height - shape[1], width - shape[2]
    borders = (right // 2, right - right // 2, down // 2, down - down // 2)
    return nn.ZeroPad2d(borders) if any(borders) else nn.Identity()


def _adapted(border: nn.Module, net: nn.Module, width: int, classes: int, deep_relu: bool = False) -> Network:
    for module in [*net.modules()]:
        for name, part in [*module.named_children()]:
            if isinstance(part, nn.Dropout):
                setattr(module, name, Dropout(part.p) if part.p else nn.Identity())
    return Network(nn.Sequential(OrderedDict(border=border, torchvision=net)), width, classes, deep_relu)
