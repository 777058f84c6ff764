"""An exported program gives the logits of its module, can be trained, and executes no code from the file."""

from __future__ import annotations

import copy
import io
import json
import pickle

import pytest
import torch
from torch import nn

from explorer.data import load_dataset
from explorer.models import Network, build_network, layout_for, untrained
from explorer.models.exported import exported_network
from explorer.models.own import import_network, own_networks
from explorer.models.program_file import open_program
from explorer.settings import InputError
from tests.models.files import repacked, torch_file

DIGITS = load_dataset("digits")
X = DIGITS.train.x[:5]


class Pictures(nn.Module):
    """Module with a buffer, batch norm, dropout, a skip connection, in-place steps, sizes and a list of tensors."""

    def __init__(self):
        super().__init__()
        self.convolution, self.norm = nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4)
        self.drop, self.hidden, self.head = nn.Dropout(0.5), nn.Linear(64, 12), nn.Linear(24, 10)
        self.register_buffer("scale", torch.linspace(0.5, 1.5, 4).view(1, 4, 1, 1))
        nn.init.uniform_(self.norm.running_mean)

    def forward(self, x):
        x = torch.relu_(self.norm(self.convolution(x)))
        x = nn.functional.max_pool2d(x * self.scale + x, 2)
        x = self.hidden(self.drop(x.reshape(x.shape[0], -1)))
        return self.head(torch.cat([nn.functional.gelu(x), x.tanh()], dim=1))


def made(module=Pictures):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return module().eval()


def program(module, x=X[:2], dynamic=True):
    shapes = ({0: torch.export.Dim("batch")},) if dynamic else None
    written = io.BytesIO()
    torch.export.save(torch.export.export(module, (x,), dynamic_shapes=shapes), written)
    return written.getvalue()


MODULE = made()
CONTENT = program(MODULE)


def bring(content=CONTENT):
    return import_network(content, "mine.pt2", "", DIGITS, "mine")


def test_it_gives_the_logits_and_features_of_the_module():
    network = build_network(bring(), DIGITS)
    assert isinstance(network, Network) and not network.training
    torch.testing.assert_close(network(X), MODULE(X))
    inputs = []
    with MODULE.head.register_forward_pre_hook(lambda _, given: inputs.append(given[0])):
        MODULE(X)
    torch.testing.assert_close(network.features(X), inputs[0])
    assert torch.equal(network.head.weight, MODULE.head.weight)
    assert {tuple(p.shape) for p in network.parameters()} == {tuple(p.shape) for p in MODULE.parameters()}
    assert own_networks()[0].architecture == "exported"


def test_it_can_be_copied_and_trained_and_its_inputs_stay_as_they_are():
    network, x = build_network(bring(), DIGITS), X.clone()
    copied = copy.deepcopy(network)
    copied(X).square().sum().backward()
    MODULE.zero_grad()
    MODULE(X).square().sum().backward()
    expected = sorted(float(p.grad.norm()) for p in MODULE.parameters())
    assert sorted(float(p.grad.norm()) for p in copied.parameters()) == pytest.approx(expected, rel=1e-4)
    with torch.no_grad():
        for parameter in copied.parameters():
            parameter.sub_(parameter.grad)
    assert not torch.equal(copied(X), network(X)) and torch.equal(X, x)
    torch.testing.assert_close(network(X), MODULE(X))
    other = build_network(bring(), DIGITS)
    other.load_state_dict(copied.state_dict())
    assert torch.equal(other(X), copied(X))


@pytest.mark.parametrize("name", ["resnet-small", "vit-small"])
def test_our_own_networks_exported_are_what_they_were(name):
    network = build_network(name, DIGITS, seed=3).eval()
    found = build_network(bring(program(network)), DIGITS)
    torch.testing.assert_close(found(X), network(X), rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(found.features(X), network.features(X), rtol=1e-4, atol=1e-5)


def test_a_program_of_colour_pictures_keeps_its_layout():
    """Its views assume the memory layout of the export."""
    assert layout_for(build_network(bring(), DIGITS), (3, 16, 16)) == torch.contiguous_format


def test_it_cannot_be_initialised_anew():
    code = bring()
    with pytest.raises(InputError, match=rf"^{code} is an exported program: .* cannot be retrained"):
        untrained(code, DIGITS)


class Softmax(Pictures):
    def forward(self, x):
        return super().forward(x).softmax(1)


class Uses(nn.Module):
    """A linear network with some other step before it."""

    def __init__(self, step):
        super().__init__()
        self.step, self.head = step, nn.Linear(64, 10)

    def forward(self, x):
        return self.head(self.step(x.flatten(1)))


def uses(step):
    return program(made(lambda: Uses(step)))


def edited(change):
    """The program with another graph."""

    def change_part(path, part):
        if not path.endswith("models/model.json"):
            return part
        found = json.loads(part)
        change(found["graph_module"])
        return json.dumps(found).encode()

    return repacked(CONTENT, change_part)


def targeted(target):
    return edited(lambda graph: graph["graph"]["nodes"][3].update(target=target))


def resized(graph):
    graph["graph"]["nodes"].insert(
        0,
        {
            "target": "torch.ops.aten.expand.default",
            "inputs": [
                {"name": "self", "arg": {"as_tensor": {"name": "x"}}, "kind": 1},
                {"name": "size", "arg": {"as_ints": [-1, 2**20, 8, 8]}, "kind": 1},
            ],
            "outputs": [{"as_tensor": {"name": "huge"}}],
        },
    )


class OfPoints(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = nn.Linear(3, 10)

    def forward(self, x):
        return self.head(x)


REFUSED = {
    "softmax at the end": (lambda: program(made(Softmax)), "must end in a linear layer that gives the logits"),
    "one size of batch": (lambda: program(MODULE, dynamic=False), "does not accept batches of 3 inputs of 1 x 8 x 8"),
    "other inputs": (
        lambda: program(made(OfPoints), torch.zeros(2, 3)),
        "was exported for inputs of 3, and inputs of 1 x 8 x 8 are needed here; export it with a batch of 2 or more",
    ),
    "smaller pictures": (
        lambda: program(made(lambda: nn.Sequential(nn.Flatten(), nn.Linear(36, 10))), torch.zeros(2, 1, 6, 6)),
        "was exported for inputs of 1 x 6 x 6, and inputs of 1 x 8 x 8 are needed",
    ),
    "training mode": (lambda: program(made().train()), "exported in training mode; export it after .eval"),
    "dropout that drops": (lambda: uses(lambda x: nn.functional.dropout(x, 0.5, True)), "in training mode; export it"),
    "randomness": (lambda: uses(lambda x: x + torch.rand_like(x)), "uses aten.rand_like.default"),
    "other classes": (
        lambda: program(made(lambda: nn.Sequential(nn.Flatten(), nn.Linear(64, 7)))),
        "give 10 logits",
    ),
    "a function of Python": (lambda: targeted("torch._utils.os.system"), "uses _utils.os.system|uses torch"),
    "an operator that opens files": (
        lambda: targeted("torch.ops.aten.from_file.default"),
        "uses aten.from_file.default",
    ),
    "a way around the list": (
        lambda: targeted("torch.ops.aten.relu.default.__class__"),
        "uses aten.relu.default.__class",
    ),
    "a huge value": (lambda: edited(resized), "more than 67,108,864 values per sample"),
    "no graph": (lambda: repacked(CONTENT, lambda path, part: None if "model.json" in path else part), "not a program"),
    "a graph that is none": (
        lambda: repacked(CONTENT, lambda p, part: b"[" * 9**5 if "model.json" in p else part),
        "not a",
    ),
    "no weights": (
        lambda: repacked(CONTENT, lambda p, part: None if p.endswith("weight_0") else part),
        "not a program",
    ),
    "few weights": (
        lambda: repacked(CONTENT, lambda p, part: part[:4] if p.endswith("weight_0") else part),
        "larger than its stored data",
    ),
    "NaN": (lambda: repacked(CONTENT, lambda p, part: b"\xff" * len(part) if p.endswith("weight_0") else part), "NaN"),
    "weights alone": (lambda: torch_file(MODULE.state_dict()), "not a program"),
}


@pytest.mark.parametrize("what", REFUSED)
@pytest.mark.filterwarnings("ignore")
def test_unsupported_programs_are_refused_in_one_sentence(what):
    make, sentence = REFUSED[what]
    content = make()
    with pytest.raises(InputError, match=sentence) as caught:
        bring(content)
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 300 and own_networks() == []


class Harm:
    def __reduce__(self):
        return exec, ("raise SystemExit('executed')",)


def test_pickles_in_it_are_never_opened():
    """Pickles that torch.export.load would execute: sample inputs, and weights and constants marked as pickled."""
    harm = pickle.dumps(Harm())
    content = repacked(CONTENT, lambda path, part: harm if path.endswith((".pt", "constant_0")) else part)
    assert torch.equal(build_network(bring(content), DIGITS)(X), build_network(bring(), DIGITS)(X))

    def pickled(path, part):
        if path.endswith("weight_0"):
            return harm
        return part.replace(b'"use_pickle": false', b'"use_pickle": true') if "weights_config" in path else part

    with pytest.raises(InputError, match=r"contains .* as a pickle; pickles are never opened\.$"):
        bring(repacked(CONTENT, pickled))


def test_it_is_read_without_its_network_too():
    found = open_program(CONTENT, "mine.pt2")
    network = exported_network(found, DIGITS.shape, 10)
    torch.testing.assert_close(network(X), MODULE(X))
    assert json.loads(json.dumps(found.graph)) == found.graph
