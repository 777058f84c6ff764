"""JitSettings: sigma, N, eta, and the choices on which the paper's text and its authors' code differ, with presets."""

from __future__ import annotations

from typing import Literal

from explorer.settings import InputError, Settings, Shape, setting
from explorer.unlearning.method import Preset


def _is_picture(shape: Shape) -> bool:
    return len(shape) == 3


class JitSettings(Settings):
    """Settings of JiT. Some defaults depend on the shape of an input: pictures or points of a plane."""

    sigma: float = setting(
        1.0, "standard deviation of the noise added to each forget sample", least=1e-3, most=10.0, log=True,
        label="sigma", unit="standardised units", for_shape=lambda shape: 1.0 if _is_picture(shape) else 0.2,
    )  # fmt: skip
    perturbations: int = setting(
        4, "number N of noisy copies of each forget sample in a step", least=1, most=1000, log=True,
        label="Noisy copies N", for_shape=lambda shape: 4 if _is_picture(shape) else 16,
    )  # fmt: skip
    passes: int = setting(200, "maximum number of passes through the forget set", least=1, most=10_000, log=True)
    outputs: Literal["logits", "probabilities"] = setting("probabilities", "output f(x) that JiT smooths")
    gradient: Literal["clean", "both"] = setting(
        "clean", "differentiate only f(x), with the noisy outputs held constant (clean), or both"
    )
    update: Literal["sample", "batch"] = setting("batch", "one step for each forget sample, or for each batch of them")
    batch_size: int = setting(
        128, "forget samples in one step", least=1, most=4096, log=True, applies=lambda s: s.update == "batch"
    )
    reduction: Literal["mean", "sum"] = setting(
        "mean", "mean or sum of the losses of a batch", applies=lambda s: s.update == "batch"
    )
    layers: Literal["all", "head"] = setting(
        "all", "update all parameters, as the paper does, or only the last, linear layer (head)",
        for_shape=lambda shape: "head" if _is_picture(shape) else "all",
    )  # fmt: skip
    step: Literal["gradient", "length"] = setting(
        "length", "change theta by eta times the gradient, or by a fixed length along it"
    )
    eta: float = setting(
        3e-4, "step size: theta changes by eta times the gradient", least=1e-7, most=10.0, log=True,
        label="Step size eta", applies=lambda s: s.step == "gradient",
    )  # fmt: skip
    length: float = setting(
        0.02, "length of the change of theta in a step", least=1e-4, most=1.0, log=True,
        label="Step size eta (||delta theta||)", unit="||delta theta||",
        for_shape=lambda shape: 0.02 if _is_picture(shape) else 0.01,
        applies=lambda s: s.step == "length",
    )  # fmt: skip
    noise: Literal["gaussian", "smooth"] = setting(
        "gaussian", "independent for each pixel (gaussian), or blurred (smooth, pictures only)",
        for_shape=lambda shape: "smooth" if _is_picture(shape) else "gaussian",
    )  # fmt: skip
    smoothing: int = setting(
        3, "width of the box filter that blurs the noise", least=1, most=64, unit="pixels",
        for_shape=lambda shape: 2 * round(0.14 * shape[-1]) + 1 if _is_picture(shape) else 3,
        applies=lambda s: s.noise == "smooth",
    )  # fmt: skip
    clamp: bool = setting(False, "clamp noisy inputs to the range of the batch, as the authors' code does")
    accumulate: bool = setting(
        False, "sum the gradients of all steps, without a reset between them: an error in the authors' code"
    )
    dropout: bool = setting(False, "leave dropout active, as the authors' code does")

    def check_shape(self, shape: Shape) -> None:
        """Raises InputError if the noise is smooth and inputs are not pictures."""
        if self.noise == "smooth" and not _is_picture(shape):
            raise InputError("noise must be gaussian for points of a plane; smooth noise needs pictures.")


PRESETS = (
    Preset(
        "default",
        "default of this app (studies/README.md): probabilities and steps of fixed length; for pictures also "
        "smooth noise, and updates of the last layer only, which leave the features unchanged",
    ),
    Preset("all-layers", "as default, but updates all parameters, as the paper does", {"layers": "all"}),
    Preset(
        "algorithm-1",
        "Algorithm 1 of the paper: logits, gradient of both outputs, one step for each sample, one pass",
        {
            "sigma": 0.5,
            "perturbations": 25,
            "passes": 1,
            "outputs": "logits",
            "gradient": "both",
            "update": "sample",
            "layers": "all",
            "step": "gradient",
            "eta": 3e-4,
            "noise": "gaussian",
        },
        stops=False,
    ),
    Preset(
        "authors-code",
        "the authors' released code, including its missing gradient reset and active dropout",
        {
            "sigma": 0.5,
            "perturbations": 25,
            "passes": 1,
            "outputs": "logits",
            "gradient": "clean",
            "update": "batch",
            "batch_size": 128,
            "reduction": "sum",
            "layers": "all",
            "step": "gradient",
            "eta": 3e-4,
            "noise": "gaussian",
            "clamp": True,
            "accumulate": True,
            "dropout": True,
        },
        stops=False,
    ),
    Preset(
        "entropy-study",
        "the paper's entropy study on a two-layer CNN: authors' code with N = 100, smaller steps and gradient reset",
        {
            "sigma": 0.8,
            "perturbations": 100,
            "passes": 1,
            "outputs": "logits",
            "gradient": "clean",
            "update": "batch",
            "batch_size": 64,
            "reduction": "sum",
            "layers": "all",
            "step": "gradient",
            "eta": 2e-5,
            "noise": "gaussian",
            "clamp": True,
        },
        stops=False,
    ),
)
