"""Uploaded samples after reading: checks of classes and inputs, and the split into training and test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from explorer.data import limits
from explorer.data.class_names import check_names, first_few, natural, plain_name, subclass_names
from explorer.data.picture_file import Crop
from explorer.settings import LARGEST_SEED, InputError, Settings, setting

LARGEST = 1e12  # largest coordinate, so that squares do not overflow
LEAST = 2  # samples per class: one for training, one for test


class TooFewError(InputError):
    """Classes with too few samples; the option small_classes "leave-out" removes them."""


class UploadOptions(Settings):
    """Options of the conversion to a data set. Arrays keep their size and colours."""

    side: int = setting(
        32, "width and height of the resized pictures", least=limits.SIDE_LEAST, most=limits.SIDE_MOST,
        label="Side", unit="pixels",
    )  # fmt: skip
    crop: Crop = setting(
        "centre", "centre: the central square; stretch: the whole picture resized to a square", label="Crop"
    )
    colour: Literal["as-found", "grey", "colour"] = setting(
        "as-found", "as-found: grey if no picture has colour, else colour", label="Colour"
    )
    test_share: float = setting(
        0.3, "share of each class used as test samples, unless there is a test folder", least=0.05, most=0.9,
        label="Test share",
    )  # fmt: skip
    seed: int = setting(0, "seed of the split into training and test", least=0, most=LARGEST_SEED, label="Seed")
    small_classes: Literal["refuse", "leave-out"] = setting(
        "refuse", "treatment of classes with too few samples", label="Classes with too few samples"
    )


@dataclass(frozen=True, eq=False)
class UploadedData:
    """Samples that were read and are not saved yet.

    Attributes:
        kind: "plane" for points, "image" for pictures.
        x: points float64 (n, 2), or pictures uint8 (n, channels, side, side).
        y: int64 (n,), indices into `classes`.
        test: bool (n,), True for test samples.
        classes: names of the classes.
        fine: int64 (n,), indices into `subclasses`; None without sub-classes.
        subclasses: names of the sub-classes.
        remarks: sentences about files and classes that were left out.
    """

    kind: Literal["plane", "image"]
    x: np.ndarray
    y: np.ndarray
    test: np.ndarray
    classes: tuple[str, ...]
    fine: np.ndarray | None = None
    subclasses: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def complete(
    kind: Literal["plane", "image"],
    x: np.ndarray,
    labels: Sequence[tuple[str, ...]],
    options: UploadOptions,
    test: np.ndarray | None = None,
    remarks: Sequence[str] = (),
) -> UploadedData:
    """Checked samples with numbered classes and a split.

    Args:
        kind: "plane" for points, "image" for pictures.
        x: points (n, 2) or pictures (n, channels, side, side).
        labels: (class,) or (class, sub-class) of every sample.
        options: test share, seed and treatment of small classes.
        test: bool (n,), a given split; None to split at random, stratified by class.
        remarks: remarks of the reader, to which others are added.

    Raises:
        TooFewError: if classes have too few samples and `options` does not leave them out.
        InputError: if there are fewer than two classes or too many, names are too similar, or the inputs do not vary.
    """
    if len({len(names) for names in labels}) > 1:
        labels = [names[:1] for names in labels]
    plain = {names: tuple(map(plain_name, names)) for names in set(labels)}
    check_names(plain)
    groups = sorted(plain.values(), key=lambda names: [natural(name) for name in names])
    number = {names: at for at, names in enumerate(groups)}
    group = np.array([number[plain[names]] for names in labels], dtype=np.int64)  # class or sub-class of each sample
    in_training = np.bincount(group if test is None else group[~test], minlength=len(groups))
    in_test = in_training if test is None else np.bincount(group[test], minlength=len(groups))
    few = in_training < LEAST if test is None else (in_training == 0) | (in_test == 0)
    if few.any():
        sentence = _few_sentence([" / ".join(groups[at]) for at in np.flatnonzero(few)], len(groups), test is not None)
        if options.small_classes == "refuse":
            raise TooFewError(f"{sentence}: add some, or leave them out.")
        remarks = [*remarks, f"{sentence}: left out."]
        large = ~few[group]
        x, group, test = x[large], group[large], None if test is None else test[large]
        groups = [names for names, left_out in zip(groups, few, strict=True) if not left_out]
        group = (np.cumsum(~few) - 1)[group]
    classes = tuple(dict.fromkeys(names[0] for names in groups))
    if len(classes) < 2:
        raise InputError(f"The data set has {'one class' if classes else 'no classes'}; at least two are needed.")
    y = np.array([classes.index(names[0]) for names in groups], dtype=np.int64)[group]
    if test is None:
        test = split(group, options.test_share, options.seed)
    _check_inputs(x, test)
    finer = len(groups) > len(classes)
    return UploadedData(
        kind=kind,
        x=x,
        y=y,
        test=test,
        classes=classes,
        fine=group if finer else None,
        subclasses=subclass_names(groups) if finer else (),
        remarks=tuple(remarks),
    )


def split(group: np.ndarray, share: float, seed: int) -> np.ndarray:
    """Random stratified split with at least one training and one test sample per group.

    Args:
        group: int64 (n,), group of every sample; every group has at least two samples.
        share: share of test samples, 0 to 1.
        seed: seed of the draw.

    Returns:
        bool (n,), True for test samples.
    """
    draw, test = np.random.default_rng(seed), np.zeros(len(group), dtype=bool)
    for number in range(int(group.max()) + 1):
        members = draw.permutation(np.flatnonzero(group == number))
        test[members[: min(max(round(share * len(members)), 1), len(members) - 1)]] = True
    return test


def _check_inputs(x: np.ndarray, test: np.ndarray) -> None:
    """Raise InputError if inputs are not finite or are constant, because constant inputs cannot be standardised."""
    if x.ndim > 2:
        if x.min() == x.max():
            raise InputError("All pictures have the same constant brightness; at least two must differ.")
        return
    if not np.isfinite(x).all() or np.abs(x).max() > LARGEST:
        raise InputError(f"A coordinate is not a finite number from -{LARGEST:.0e} to {LARGEST:.0e}.")
    for axis, which in enumerate(("first", "second")):
        if np.ptp(x[~test, axis]) == 0:
            raise InputError(f"The {which} coordinate is the same for all training points; both must vary.")


def _few_sentence(names: Sequence[str], of: int, given: bool) -> str:
    """Sentence about classes with too few samples, without the final full stop."""
    need = "one sample in training and one in test" if given else f"{LEAST} samples"
    have = "has" if len(names) == 1 else "have"
    return f"{len(names):,} of {of:,} classes {have} fewer than {need} ({first_few(names)})"
