"""sigma, N, eta, and the choices on which JiT's paper and its authors' code differ (METHOD section 3), with presets."""

from __future__ import annotations

from typing import Literal

from explorer.settings import InputError, Settings, Shape, setting
from explorer.unlearning.method import Preset


def _is_picture(shape: Shape) -> bool:
    return len(shape) == 3


class JitSettings(Settings):
    """What a JiT run is made of; the defaults depend on the shape of an input."""

    sigma: float = setting(
        1.0, "deviation of the noise around each forget sample", least=1e-3, most=10.0, log=True,
        label="sigma", unit="standardised units", for_shape=lambda shape: 1.0 if _is_picture(shape) else 0.2,
    )  # fmt: skip
    perturbations: int = setting(
        4, "N, noisy copies of each forget sample in a step", least=1, most=1000, log=True, label="N, noisy copies",
        for_shape=lambda shape: 4 if _is_picture(shape) else 16,
    )  # fmt: skip
    passes: int = setting(200, "how often to go through the forget set at most", least=1, most=10_000, log=True)
    outputs: Literal["logits", "probabilities"] = setting("probabilities", "what of the network is to become flat")
    gradient: Literal["clean", "both"] = setting(
        "clean", "differentiate f(x) alone, the noisy outputs held constant, or both"
    )
    update: Literal["sample", "batch"] = setting("batch", "one step a forget sample, or one a batch of them")
    batch_size: int = setting(
        128, "forget samples in one step", least=1, most=4096, log=True, applies=lambda s: s.update == "batch"
    )
    reduction: Literal["mean", "sum"] = setting(
        "mean", "average or add up the losses of a batch", applies=lambda s: s.update == "batch"
    )
    layers: Literal["all", "head"] = setting(
        "all", "move every parameter, as the paper does, or only the last, linear layer",
        for_shape=lambda shape: "head" if _is_picture(shape) else "all",
    )  # fmt: skip
    step: Literal["gradient", "length"] = setting(
        "length", "step by eta times the gradient, or by a fixed length along it"
    )
    eta: float = setting(
        3e-4, "step size: theta moves by eta times the gradient", least=1e-7, most=10.0, log=True, label="eta",
        applies=lambda s: s.step == "gradient",
    )  # fmt: skip
    length: float = setting(
        0.02, "how far theta moves in a step", least=1e-4, most=1.0, log=True,
        label="eta, as a length", unit="||delta theta||",
        for_shape=lambda shape: 0.02 if _is_picture(shape) else 0.01,
        applies=lambda s: s.step == "length",
    )  # fmt: skip
    noise: Literal["gaussian", "smooth"] = setting(
        "gaussian", "independent at each pixel, or blurred into blotches (pictures only)",
        for_shape=lambda shape: "smooth" if _is_picture(shape) else "gaussian",
    )  # fmt: skip
    smoothing: int = setting(
        3, "width of the box that blurs the noise", least=1, most=64, unit="pixels",
        for_shape=lambda shape: 2 * round(0.14 * shape[-1]) + 1 if _is_picture(shape) else 3,
        applies=lambda s: s.noise == "smooth",
    )  # fmt: skip
    clamp: bool = setting(False, "keep noisy inputs within the range of the batch, as the authors' code does")
    accumulate: bool = setting(False, "never reset the gradient between steps: a slip in the authors' code")
    dropout: bool = setting(False, "leave dropout active, as the authors' code does")

    def check_shape(self, shape: Shape) -> None:
        """Smooth noise needs pixels that have neighbours."""
        if self.noise == "smooth" and not _is_picture(shape):
            raise InputError("noise must be gaussian for points of a plane; smooth noise needs pictures.")


PRESETS = (
    Preset(
        "default",
        "what held up best here: probabilities, steps of fixed length, on pictures blurred noise and the last layer "
        "alone, whose features still hold the class; stop when forgotten",
    ),
    Preset("all-layers", "the default, moving every parameter as the paper does", {"layers": "all"}),
    Preset(
        "algorithm-1",
        "the paper's text: logits, both branches, one step a sample, one pass",
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
        "what the authors released, with its missing gradient reset and active dropout",
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
        "the paper's entropy study: as released, but N 100 and small steps, the gradient reset, on a two-layer CNN",
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
