"""The measures of geometry on torchvision's networks: equal to a plain loop over samples and classes."""

from __future__ import annotations

import pytest
import torch

from explorer.data import load_dataset
from explorer.geometry import jacobian_norms, loss_gradient_norms
from explorer.models import build_network

SAMPLES = 3


@pytest.mark.parametrize("name", ["vit-small", "resnet18"])
def test_gradients_are_those_of_a_plain_loop(name):
    dataset = load_dataset("digits")
    network, x, y = build_network(name, dataset).eval(), dataset.train.x[:SAMPLES], dataset.train.y[:SAMPLES]
    rows, losses = [], []
    for index in range(SAMPLES):
        sample = x[index : index + 1].clone().requires_grad_()
        logits = network(sample)[0]
        rows.append(torch.stack([torch.autograd.grad(one, sample, retain_graph=True)[0].flatten() for one in logits]))
        losses.append(torch.autograd.grad(-logits.log_softmax(0)[y[index]], sample)[0].norm())
    whole = torch.stack(rows)
    close = {"rtol": 1e-3, "atol": 1e-6}
    torch.testing.assert_close(jacobian_norms(network, x), whole.flatten(1).norm(dim=1), **close)
    torch.testing.assert_close(loss_gradient_norms(network, x, y), torch.stack(losses), **close)
