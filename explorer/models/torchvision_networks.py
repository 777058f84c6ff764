"""VGG, ResNet and ViT in torchvision's own code, fitted to pictures far smaller than the 224 x 224 of ImageNet.

What is torchvision's stands in `backbone.torchvision` under torchvision's names; the last linear layer is our head.
Dropout is ours, so that its masks can be drawn again. torchvision takes seconds to import: only these builders do.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from torch import nn

from explorer.models.network import Dropout, Network
from explorer.settings import Shape

if TYPE_CHECKING:
    from torchvision.models import VGG

VGG_LEAST = 32  # five poolings leave one pixel of 32
SMALL = 64  # sides up to which a ResNet keeps the whole resolution
INSIDE = "backbone.torchvision."  # before each of torchvision's names
HEADS = {
    "vgg11": "classifier.6", "vgg16": "classifier.6", "resnet18": "fc",
    "vit-small": "heads.head", "vit-b16": "heads.head",
}  # fmt: skip
"""What torchvision calls the last layer, our `head`."""


def vgg11(shape: Shape, classes: int) -> Network:
    """VGG11 without batch norm (what the paper calls VGG16): 9.2 million weights in 8 convolutions, dropout .5.

    Pictures under 32 x 32 get a border. The 7 x 7 pooling is left out and the two hidden layers have 512 units, not
    4,096, so that 32 x 32 pictures take 9.8 million weights in all instead of 129 million.
    """
    from torchvision.models import vgg11

    return _vgg(vgg11(), shape, classes)


def vgg16(shape: Shape, classes: int) -> Network:
    """VGG16 without batch norm: 14.7 million weights in 13 convolutions, dropout .5; fitted as vgg11 is."""
    from torchvision.models import vgg16

    return _vgg(vgg16(), shape, classes)


def resnet18(shape: Shape, classes: int) -> Network:
    """ResNet18 with batch norm, 11.2 million weights.

    Up to 64 x 64 its stem is a 3 x 3 convolution of stride 1 without pooling, the usual one for CIFAR-10; larger
    pictures get torchvision's, 7 x 7 of stride 2 with pooling.
    """
    from torchvision.models import resnet18

    net = resnet18()
    if max(shape[1:]) <= SMALL:
        net.conv1 = nn.Conv2d(shape[0], 64, 3, padding=1, bias=False)
        net.maxpool = nn.Identity()
    elif shape[0] != 3:
        net.conv1 = nn.Conv2d(shape[0], 64, 7, 2, padding=3, bias=False)
    net.fc = nn.Identity()
    return _fitted(nn.Identity(), net, 512, classes, deep_relu=True)


def vit_b16(shape: Shape, classes: int) -> Network:
    """ViT-B, 12 layers of width 768, 85 million weights; patches of 16 x 16 only where pictures are large.

    A patch has a side of 2, 4, 8 or 16, the smallest that makes at most 8 x 8 tokens: 4 for 28 x 28 (49 tokens) and
    32 x 32 (64), 8 for 64 x 64 (64), 16 above (196 for 224 x 224). Pictures get a border up to a square of patches.
    """
    return _transformer(shape, classes, width=768, layers=12, heads=12, hidden=3072)


def vit_small(shape: Shape, classes: int) -> Network:
    """A narrow ViT, 4 layers of width 64 with 4 heads: 140 thousand weights, patches and border as in vit-b16."""
    return _transformer(shape, classes, width=64, layers=4, heads=4, hidden=128)


def _vgg(net: VGG, shape: Shape, classes: int) -> Network:
    channels, height, width = shape
    height, width = max(height, VGG_LEAST), max(width, VGG_LEAST)
    if channels != 3:
        net.features[0] = nn.Conv2d(channels, 64, 3, padding=1)
    net.avgpool = nn.Identity()
    layers = [nn.Linear(512 * (height // 32) * (width // 32), 512), nn.ReLU(), nn.Dropout(0.5)]
    net.classifier = nn.Sequential(*layers, nn.Linear(512, 512), nn.ReLU(), nn.Dropout(0.5))
    return _fitted(_border(shape, height, width), net, 512, classes, deep_relu=True)


def _transformer(shape: Shape, classes: int, width: int, layers: int, heads: int, hidden: int) -> Network:
    from torchvision.models import VisionTransformer

    patch = next((side for side in (2, 4, 8) if max(shape[1:]) <= 8 * side), 16)
    side = -(-max(shape[1:]) // patch) * patch
    net = VisionTransformer(side, patch, layers, heads, width, hidden)
    if shape[0] != 3:
        net.conv_proj = nn.Conv2d(shape[0], width, patch, patch)
    net.heads = nn.Identity()
    return _fitted(_border(shape, side, side), net, width, classes)


def _border(shape: Shape, height: int, width: int) -> nn.Module:
    """Zeros, the mean of standardised inputs, around a picture up to this size."""
    down, right = height - shape[1], width - shape[2]
    borders = (right // 2, right - right // 2, down // 2, down - down // 2)
    return nn.ZeroPad2d(borders) if any(borders) else nn.Identity()


def _fitted(border: nn.Module, net: nn.Module, width: int, classes: int, deep_relu: bool = False) -> Network:
    for module in [*net.modules()]:
        for name, part in [*module.named_children()]:
            if isinstance(part, nn.Dropout):
                setattr(module, name, Dropout(part.p) if part.p else nn.Identity())
    return Network(nn.Sequential(OrderedDict(border=border, torchvision=net)), width, classes, deep_relu)
