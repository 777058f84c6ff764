"""Noise has the deviation, width and shape that its formula states; ratios equal a plain loop."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from explorer.geometry.noise import gaussian_noise, ratios, smooth_noise


def drawing(seed=0):
    return torch.Generator().manual_seed(seed)


def box_correlation(width, side):
    """Correlation along one side of white noise that two boxes have blurred, wrapped around: by plain sums."""
    box = np.zeros(side)
    for offset in range(width):
        box[offset % side] += 1
    kernel = np.array([sum(box[i] * box[(at - i) % side] for i in range(side)) for at in range(side)])
    moved = np.array([sum(kernel[i] * kernel[(i + lag) % side] for i in range(side)) for lag in range(side)])
    return moved / moved[0]


def measured_correlation(noise):
    """Mean of noise times noise moved by every lag down and across, over its variance: (height, width)."""
    power = torch.fft.rfft2(noise.double()).abs().square().flatten(0, -3).mean(0)
    found = torch.fft.irfft2(power, s=noise.shape[-2:])
    return (found / found[0, 0]).numpy()


def test_gaussian_noise_is_standard_normal_times_sigma():
    noise = gaussian_noise((200, 3, 8, 8), 1.0, drawing())
    assert noise.mean().abs() < 0.02 and (noise.std() - 1).abs() < 0.02
    assert (noise.square().square().mean() - 3).abs() < 0.15  # a normal distribution's kurtosis
    found = measured_correlation(noise)
    assert np.abs(found.flatten()[1:]).max() < 0.05
    torch.testing.assert_close(gaussian_noise((200, 3, 8, 8), 0.3, drawing()), 0.3 * noise)


@pytest.mark.parametrize(("width", "height", "across"), [(1, 8, 8), (3, 16, 16), (4, 16, 16), (5, 28, 20), (9, 8, 8)])
def test_smooth_noise_has_unit_variance_and_the_stated_width(width, height, across):
    noise = smooth_noise((4000, 1, height, across), 1.0, width, drawing())
    assert noise.dtype == torch.float32 and noise.mean().abs() < 0.05
    deviations = noise.std(0)  # at every pixel, the edges like the middle
    assert (deviations - 1).abs().max() < 0.06
    expected = np.outer(box_correlation(width, height), box_correlation(width, across))
    assert np.abs(measured_correlation(noise) - expected).max() < 0.03


def test_smooth_noise_ends_where_the_docstring_says():
    side, width = 28, 5
    along = box_correlation(width, side)
    assert along[2 * (width - 1)] > 0 and np.all(along[2 * (width - 1) + 1 : side // 2 + 1] == 0)
    found = measured_correlation(smooth_noise((4000, 1, side, side), 1.0, width, drawing()))
    assert found[0, 1] > 0.8 and np.abs(found[0, 2 * width - 1 : side - 2 * width + 2]).max() < 0.03


def test_smooth_noise_equals_a_blur_by_hand():
    side, width, sigma = 6, 3, 0.7
    white = torch.randn(1, 1, side, side, generator=drawing(5)).double().numpy()[0, 0]
    blurred = white
    for _ in range(2):
        blurred = sum(np.roll(blurred, (down, over), axis=(0, 1)) for down in range(width) for over in range(width))
    blurred = blurred / (np.sqrt(19) ** 2)  # the triangle 1 2 3 2 1 has norm sqrt(19), along each side
    found = smooth_noise((1, 1, side, side), sigma, width, drawing(5))[0, 0]
    np.testing.assert_allclose(found, sigma * blurred, atol=1e-5)


def test_a_box_of_one_pixel_leaves_white_noise():
    shape = (3, 2, 7, 5)
    torch.testing.assert_close(smooth_noise(shape, 1.0, 1, drawing()), gaussian_noise(shape, 1.0, drawing()))


def test_sigma_scales_and_the_seed_decides():
    shape = (5, 4, 1, 8, 8)
    one = smooth_noise(shape, 1.0, 3, drawing())
    torch.testing.assert_close(smooth_noise(shape, 2.5, 3, drawing()), 2.5 * one)
    assert not torch.equal(smooth_noise(shape, 1.0, 3, drawing(1)), one)


def test_samples_copies_and_channels_have_draws_of_their_own():
    noise = smooth_noise((2000, 2, 3, 8, 8), 1.0, 3, drawing()).double()
    several = noise.flatten(1, 2).flatten(2)  # (2000, copies and channels, pixels)
    between = torch.einsum("nap,nbp->ab", several, several) / (2000 * 64)
    assert (between - torch.eye(6)).abs().max() < 0.05
    assert (noise[:-1] * noise[1:]).mean().abs() < 0.05


def test_global_randomness_is_left_alone():
    before = torch.get_rng_state()
    smooth_noise((2, 1, 8, 8), 1.0, 3, drawing())
    gaussian_noise((2, 2), 1.0, drawing())
    assert torch.equal(torch.get_rng_state(), before)


def test_ratios_equal_a_loop_over_the_copies():
    clean, noisy = torch.randn(3, 5, generator=drawing()), torch.randn(3, 4, 5, generator=drawing(1))
    xi = torch.randn(3, 4, 2, 6, 6, generator=drawing(2))
    found = ratios(clean, noisy, xi)
    assert found.shape == (3, 4)
    for i in range(3):
        for j in range(4):
            expected = sum((clean[i] - noisy[i, j]) ** 2) ** 0.5 / sum(xi[i, j].flatten() ** 2) ** 0.5
            torch.testing.assert_close(found[i, j], expected)


def test_noise_that_clamping_took_away_moves_nothing():
    clean = torch.ones(1, 3, requires_grad=True)
    found = ratios(clean, torch.ones(1, 2, 3), torch.zeros(1, 2, 4))
    assert found.tolist() == [[0, 0]]
    assert torch.autograd.grad(found.sum(), clean)[0].tolist() == [[0, 0, 0]]
