import pytest
import torch
from torch import nn

from explorer.unlearning import JitSettings, noise_ball

POINT = torch.tensor([0.3, -0.2])


def settings(**values):
    return JitSettings(**{"sigma": 0.5, "perturbations": 40, "outputs": "logits", **values})


@pytest.fixture
def curved():
    generator = torch.Generator().manual_seed(0)
    network = nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Dropout(0.5), nn.Linear(16, 3))
    for parameter in network.parameters():
        nn.init.normal_(parameter, generator=generator)
    return network.train()


@pytest.mark.parametrize("of", ["logits", "probabilities"])
def test_every_copy_as_in_a_plain_loop(curved, of):
    ball = noise_ball(curved, POINT, settings(outputs=of), seed=4)
    curved.eval()

    def f(x):
        logits = curved(x[None])[0].detach()
        return logits if of == "logits" else logits.softmax(0)

    clean = f(POINT)
    prediction, rival, _ = sorted(range(3), key=lambda c: -clean[c])
    assert ball.prediction == prediction

    def margin(values):
        return values[prediction] - max(values[c] for c in range(3) if c != prediction)

    for j, copy in enumerate(ball.copies):
        noisy, xi = f(copy), copy - POINT
        assert ball.predictions[j] == noisy.argmax()
        assert ball.input_moves[j].item() == pytest.approx(xi.norm().item(), rel=1e-4)
        assert ball.output_moves[j].item() == pytest.approx((clean - noisy).norm().item(), rel=1e-4)
        assert ball.ratios[j].item() == pytest.approx(((clean - noisy).norm() / xi.norm()).item(), rel=1e-4)
        assert ball.margins[j].item() == pytest.approx((margin(noisy) - margin(clean)).item(), abs=1e-5)
        pull = (noisy - clean) / ((noisy - clean).norm() * xi.norm())
        assert ball.pulls[j].item() == pytest.approx((pull[prediction] - pull[rival]).item(), rel=1e-3, abs=1e-5)


def test_pulls_are_how_descending_the_loss_moves_the_margin(curved):
    curved.eval()
    ball = noise_ball(curved, POINT, settings(perturbations=1), seed=2)
    clean = curved(POINT[None])[0].detach().double().requires_grad_()
    noisy = curved(ball.copies).detach().double()[0]
    k = (clean - noisy).norm() / ball.input_moves[0]
    (gradient,) = torch.autograd.grad(k, clean)
    moved = (clean - 1e-6 * gradient).detach()
    others = [c for c in range(3) if c != ball.prediction]
    margin = [float(at[ball.prediction] - at[others].max()) for at in (clean.detach(), moved)]
    assert (margin[1] - margin[0]) / 1e-6 == pytest.approx(ball.pulls.mean().item(), rel=1e-3)


def test_small_sigma_tends_to_the_directional_norm_of_the_jacobian(curved):
    ball = noise_ball(curved, POINT, settings(sigma=1e-3, perturbations=1000), seed=0)
    error = ball.ratios.std() / len(ball.ratios) ** 0.5
    assert abs(ball.ratios.mean() - ball.directional) < 4 * (error**2 + ball.directional_error**2) ** 0.5
    assert ball.directional < ball.frobenius
    linear = nn.Linear(2, 3)
    found = noise_ball(linear, POINT, settings(), seed=1)
    assert found.frobenius == pytest.approx(linear.weight.norm().item(), rel=1e-6)
    assert found.largest == pytest.approx(torch.linalg.matrix_norm(linear.weight, 2).item(), rel=1e-6)
    expected = (linear.weight @ (found.copies - POINT).T).norm(dim=0) / (found.copies - POINT).norm(dim=1)
    torch.testing.assert_close(found.ratios.float(), expected.detach(), rtol=1e-4, atol=1e-6)


def test_same_seed_same_ball_and_the_network_is_left_as_it_was(curved):
    before = {name: value.clone() for name, value in curved.state_dict().items()}
    one, other = (noise_ball(curved, POINT, settings(), seed=7) for _ in range(2))
    assert torch.equal(one.ratios, other.ratios) and one.directional == other.directional
    assert not torch.equal(one.ratios, noise_ball(curved, POINT, settings(), seed=8).ratios)
    assert curved.training and all(parameter.grad is None for parameter in curved.parameters())
    assert all(torch.equal(value, before[name]) for name, value in curved.state_dict().items())


def test_smooth_noise_of_pictures():
    network = nn.Sequential(nn.Flatten(), nn.Linear(64, 5))
    chosen = settings(noise="smooth", perturbations=6)
    ball = noise_ball(network, torch.zeros(1, 8, 8), chosen, seed=0)
    assert ball.copies.shape == (6, 1, 8, 8) and ball.pulls.shape == (6,)
