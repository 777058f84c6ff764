"""What somebody brings, once it is read: samples with names for their classes, and a split that really is one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from explorer.data import limits
from explorer.data.class_names import check_names, first_few, natural, plain_name, subclass_names
from explorer.data.picture_file import Crop
from explorer.settings import LARGEST_SEED, InputError, Settings, setting

LARGEST = 1e12  # of a coordinate: squares must not run over
LEAST = 2  # samples of a class: training and test need one each


class TooFewError(InputError):
    """Classes with too few samples, which may be left out when somebody says so."""


class BringOptions(Settings):
    """How what is brought becomes a data set. Arrays keep the size and the colours that they have."""

    side: int = setting(
        32, "pictures become squares of this many pixels a side", least=limits.SIDE_LEAST, most=limits.SIDE_MOST,
        label="Side", unit="pixels",
    )  # fmt: skip
    crop: Crop = setting("centre", "which part: the square in the centre, or all of it stretched", label="Crop")
    colour: Literal["as-found", "grey", "colour"] = setting(
        "as-found", "grey or colour; as-found: grey where no picture has colour", label="Colour"
    )
    test_share: float = setting(
        0.3, "share of each class that is kept for testing, unless there is a test folder", least=0.05, most=0.9,
        label="Test share",
    )  # fmt: skip
    seed: int = setting(0, "seed of the split into training and test", least=0, most=LARGEST_SEED, label="Seed")
    small_classes: Literal["refuse", "leave-out"] = setting(
        "refuse", "what becomes of classes with too few samples", label="Classes with too few samples"
    )


@dataclass(frozen=True, eq=False)
class UploadedData:
    """Samples that were read and are not kept yet.

    x: points float64 (n, 2), or pictures uint8 (n, channels, side, side); y: int64 (n,), into classes; fine: int64 (n,)
    into subclasses, or None; test: bool (n,). remarks: sentences on what was left out, and why.
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
    options: BringOptions,
    test: np.ndarray | None = None,
    remarks: Sequence[str] = (),
) -> UploadedData:
    """Samples with the names of their class and, where there is a second name, sub-class; split unless `test` says how.

    Raises InputError for fewer than two classes, too many, names that look alike, (unless options say to leave them
    out) classes or sub-classes that have too few samples for training and test, and inputs that do not vary.
    """
    if len({len(names) for names in labels}) > 1:
        labels = [names[:1] for names in labels]
    plain = {names: tuple(map(plain_name, names)) for names in set(labels)}
    check_names(plain)
    groups = sorted(plain.values(), key=lambda names: [natural(name) for name in names])
    number = {names: at for at, names in enumerate(groups)}
    group = np.array([number[plain[names]] for names in labels], dtype=np.int64)
    in_training = np.bincount(group if test is None else group[~test], minlength=len(groups))
    in_test = in_training if test is None else np.bincount(group[test], minlength=len(groups))
    few = in_training < LEAST if test is None else (in_training == 0) | (in_test == 0)
    if few.any():
        sentence = _too_few([" / ".join(groups[at]) for at in np.flatnonzero(few)], len(groups), test is not None)
        if options.small_classes == "refuse":
            raise TooFewError(f"{sentence}: add some, or leave them out.")
        remarks = [*remarks, f"{sentence}: left out."]
        kept = ~few[group]
        x, group, test = x[kept], group[kept], None if test is None else test[kept]
        groups = [names for names, left_out in zip(groups, few, strict=True) if not left_out]
        group = (np.cumsum(~few) - 1)[group]
    classes = tuple(dict.fromkeys(names[0] for names in groups))
    if len(classes) < 2:
        raise InputError(
            f"There {'is one class' if classes else 'are no classes'} here; a data set needs at least two."
        )
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
    """bool (n,): which samples are for testing, this share of each group drawn at random, and in each at least one."""
    draw, test = np.random.default_rng(seed), np.zeros(len(group), dtype=bool)
    for number in range(int(group.max()) + 1):
        members = draw.permutation(np.flatnonzero(group == number))
        test[members[: min(max(round(share * len(members)), 1), len(members) - 1)]] = True
    return test


def _check_inputs(x: np.ndarray, test: np.ndarray) -> None:
    """Only what varies in training can be standardised."""
    if x.ndim > 2:
        if x.min() == x.max():
            raise InputError("All pictures are of one and the same brightness; there is nothing to tell them apart.")
        return
    if not np.isfinite(x).all() or np.abs(x).max() > LARGEST:
        raise InputError(f"A coordinate is not a number or beyond {LARGEST:.0e}; give finite, moderate ones.")
    for axis, which in enumerate(("first", "second")):
        if np.ptp(x[~test, axis]) == 0:
            raise InputError(f"The {which} coordinate is the same for all training points; both must vary.")


def _too_few(names: Sequence[str], of: int, given: bool) -> str:
    need = "one sample in training and one in test" if given else f"{LEAST} samples"
    have = "has" if len(names) == 1 else "have"
    return f"{len(names):,} of {of:,} classes {have} fewer than {need} ({first_few(names)})"
