"""Forget sets D_f: the training samples to forget, and their codes in links and on the command line."""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor

from explorer.data.dataset import Dataset
from explorer.settings import InputError

FORMS = "class:3, subclass:sneaker, random:100@7 (count@seed), near:12@4 (count@sample) or samples:4,17,90"
LONGEST_QUOTE = 40  # characters of a code quoted in a message
LONGEST_LIST = 40  # longer lists of samples are packed, to keep links short


@dataclass(frozen=True, eq=False)
class ForgetSet:
    """A forget set: indices into the training split, and its canonical code.

    Codes:
        `class:3`: a class, by number or name.
        `subclass:sneaker`: a sub-class, by name or number.
        `random:100@7`: count@seed, random samples.
        `near:12@4`: count@sample, sample 4 and its nearest neighbours, 12 in all.
        `samples:4,17,90`: listed samples; long lists are packed.

    Attributes:
        code: canonical code.
        indices: sorted int64 (m,), 0 < m < n.
    """

    code: str
    indices: Tensor
    kinds: ClassVar[tuple[str, ...]] = ("class", "subclass", "random", "near", "samples")

    @property
    def kind(self) -> str:
        """Kind of the code, one of `kinds`."""
        return self.code.partition(":")[0]

    @property
    def whole_class(self) -> int | None:
        """Number of the class if D_f is a whole class, else None."""
        return int(self.code.partition(":")[2]) if self.kind == "class" else None

    def whole_subclass(self, dataset: Dataset) -> int | None:
        """Number of the sub-class if D_f is a whole sub-class, else None."""
        return dataset.subclasses.index(self.code.partition(":")[2]) if self.kind == "subclass" else None

    def __len__(self) -> int:
        return len(self.indices)

    @classmethod
    def parse(cls, code: str, dataset: Dataset) -> ForgetSet:
        """The forget set with this code.

        Args:
            code: one of the forms listed above; class names ignore case.
            dataset: data set whose training samples the code refers to.

        Raises:
            InputError: if the code is malformed, or D_f would be empty or the whole training split.
        """
        kind, _, rest = code.partition(":")
        kind = kind.strip().lower()
        readers = {"class": _class, "subclass": _subclass, "random": _random, "near": _near, "samples": _samples}
        if kind not in readers:
            raise InputError(f"{_quoted(code)} is not a forget set; write {FORMS}.")
        canonical, indices = readers[kind](rest.strip(), dataset)
        if not 0 < len(indices) < len(dataset.train):
            size = "nothing" if len(indices) == 0 else "every training sample"
            raise InputError(f"{_quoted(code)} forgets {size}; a forget set has 1 to {len(dataset.train) - 1} samples.")
        return cls(canonical, indices)

    @classmethod
    def of_samples(cls, indices: Iterable[int], dataset: Dataset) -> ForgetSet:
        """The forget set of the training samples with these indices, in any order."""
        return cls.parse("samples:" + ",".join(str(int(index)) for index in indices), dataset)


def _quoted(text: str) -> str:
    """The text in quotes, shortened to LONGEST_QUOTE characters."""
    return repr(text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE]}…")


def _class(text: str, dataset: Dataset) -> tuple[str, Tensor]:
    names = dataset.classes
    number = _numbered(text, names)
    if number is None:  # numbers have priority, because canonical codes contain them
        number = _named(text, names)
    if number is None:
        allowed = f"a number below {len(names)} or {', '.join(names)}"
        raise InputError(f"{dataset.code} has no class {_quoted(text)}; write {allowed}.")
    return f"class:{number}", torch.nonzero(dataset.train.y == number).flatten()


def _subclass(text: str, dataset: Dataset) -> tuple[str, Tensor]:
    if dataset.train.fine is None:
        raise InputError(f"{dataset.code} has no sub-classes; fashion-mini-coarse and cifar20 have.")
    names = dataset.subclasses
    number = _named(text, names)
    if number is None:
        number = _numbered(text, names)
    if number is None:
        raise InputError(f"{dataset.code} has no sub-class {_quoted(text)}; its sub-classes are {', '.join(names)}.")
    return f"subclass:{names[number]}", torch.nonzero(dataset.train.fine == number).flatten()


def _random(text: str, dataset: Dataset) -> tuple[str, Tensor]:
    count, seed = _pair(text, "random:100@7 (count@seed)")
    _check_count(count, dataset)
    if seed >= 2**63:
        raise InputError(f"The seed of random:{text} is too large; it must stay below 2^63.")
    order = torch.randperm(len(dataset.train), generator=torch.Generator().manual_seed(seed))
    return f"random:{count}@{seed}", order[:count].sort().values


def _near(text: str, dataset: Dataset) -> tuple[str, Tensor]:
    count, index = _pair(text, "near:12@4 (count@sample)")
    _check_count(count, dataset)
    _check_index(index, dataset)
    centre = dataset.train.x[index].double()
    parts = [(part.double() - centre).flatten(1).square().sum(1) for part in dataset.train.x.split(1024)]
    distances = torch.cat(parts)
    distances[index] = -1  # the sample itself comes first, even if it has a duplicate
    return f"near:{count}@{index}", distances.argsort(stable=True)[:count].sort().values


def _samples(text: str, dataset: Dataset) -> tuple[str, Tensor]:
    if text.startswith("~"):
        indices = _unpack(text[1:], len(dataset.train))
    else:
        numbers = [_whole(part.strip()) for part in text.split(",")] if text else []
        if None in numbers:
            raise InputError(f"{_quoted(text)} is not a list of sample numbers; write samples:4,17,90.")
        indices = sorted({index for index in numbers if index is not None})
    if indices:
        _check_index(indices[-1], dataset)
    listed = ",".join(map(str, indices)) if len(indices) <= LONGEST_LIST else "~" + _pack(indices)
    return f"samples:{listed}", torch.tensor(indices, dtype=torch.int64)


def _whole(text: str) -> int | None:
    """The whole number that the text is; None for any other text."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else None


def _numbered(text: str, names: tuple[str, ...]) -> int | None:
    """The index that the text is, if it is an index of a name."""
    number = _whole(text)
    return number if number is not None and number < len(names) else None


def _named(text: str, names: tuple[str, ...]) -> int | None:
    """Index of the name, ignoring case and the difference between spaces and hyphens; None if there is none."""
    plain = ["-".join(name.lower().split()) for name in (text, *names)]
    return plain.index(plain[0], 1) - 1 if plain[0] in plain[1:] else None


def _pair(text: str, form: str) -> tuple[int, int]:
    first, _, second = text.partition("@")
    left, right = _whole(first.strip()), _whole(second.strip())
    if left is None or right is None:
        raise InputError(f"{_quoted(text)} must be two whole numbers joined by @; write {form}.")
    return left, right


def _check_count(count: int, dataset: Dataset) -> None:
    if not 0 < count < len(dataset.train):
        raise InputError(f"{count} samples cannot be forgotten here; write 1 to {len(dataset.train) - 1}.")


def _check_index(index: int, dataset: Dataset) -> None:
    if index >= len(dataset.train):
        last = len(dataset.train) - 1
        raise InputError(f"{dataset.code} has no training sample {index}; they are numbered 0 to {last}.")


def _pack(indices: list[int]) -> str:
    """A bit mask of the samples, deflated and encoded in URL-safe base64."""
    mask = np.zeros(indices[-1] + 1, dtype=bool)
    mask[indices] = True
    return base64.urlsafe_b64encode(zlib.compress(np.packbits(mask).tobytes(), 9)).decode().rstrip("=")


def _unpack(text: str, samples: int) -> list[int]:
    """Sample indices of a packed list."""
    longest = samples // 8 + 2  # bytes; limits the memory that a manipulated link can take
    try:
        packed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        inflating = zlib.decompressobj()
        bits = inflating.decompress(packed, longest)
        if not inflating.eof or inflating.unused_data:  # truncated, too long or followed by other data
            raise ValueError
    except (binascii.Error, ValueError, zlib.error):
        raise InputError(
            "The packed list of samples in this code is damaged or belongs to another data set; copy the whole code."
        ) from None
    return np.flatnonzero(np.unpackbits(np.frombuffer(bits, dtype=np.uint8))).tolist()
