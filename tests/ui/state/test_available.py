"""The models that the sidebar offers."""

from __future__ import annotations

from explorer.data import load_dataset
from explorer.models import models_for
from explorer.models.pretrained import weights_path
from explorer.ui.state.available import models_of


def test_a_start_from_imagenet_is_offered_where_its_weights_are(tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setenv("EXPLORER_HOME", str(tmp_path))
    digits = load_dataset("digits")
    assert list(models_of(digits)) == list(models_for(digits))
    weights_path("resnet18").parent.mkdir(parents=True)
    weights_path("resnet18").touch()
    offered = models_of(digits)
    assert offered["pretrained:resnet18"] == "ResNet-18, from ImageNet"
    assert list(offered)[:-1] == list(models_for(digits))
