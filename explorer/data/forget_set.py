"""D_f: the training samples to forget, and the code that names them in a link and on the command line."""

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
LONGEST_QUOTE = 40  # letters of a code that a sentence repeats
LONGEST_LIST = 40  # more samples than this are packed, so that a link stays short


@dataclass(frozen=True, eq=False)
class ForgetSet:
    """Sorted indices int64 (m,) into the training split, 0 < m < n, and the code that made them.

    Codes: `class:3` (a class by number or name), `subclass:sneaker`, `random:100@7` (count@seed), `near:12@4`
    (count@sample: sample 4 and those nearest to it, 12 in all), `samples:4,17,90` (long lists are packed).
    """

    code: str
    indices: Tensor
    kinds: ClassVar[tuple[str, ...]] = ("class", "subclass", "random", "near", "samples")

    @property
    def kind(self) -> str:
        """Which of `kinds` the code is."""
        return self.code.partition(":")[0]

    @property
    def whole_class(self) -> int | None:
        """The class that is forgotten whole, as `Split.y` numbers it; None for any other forget set."""
        return int(self.code.partition(":")[2]) if self.kind == "class" else None

    def whole_subclass(self, dataset: Dataset) -> int | None:
        """The sub-class that is forgotten whole, as `Split.fine` numbers it; None for any other forget set."""
        return dataset.subclasses.index(self.code.partition(":")[2]) if self.kind == "subclass" else None

    def __len__(self) -> int:
        return len(self.indices)

    @classmethod
    def parse(cls, code: str, dataset: Dataset) -> ForgetSet:
        """The forget set that a code names in this data set. Raises InputError for a code that names none."""
        kind, _, rest = code.partition(":")
        kind = kind.strip().lower()
        readers = {"class": _class, "subclass": _subclass, "random": _random, "near": _near, "samples": _samples}
        if kind not in readers:
            raise InputError(f"{_begun(code)} is not a forget set; write {FORMS}.")
        canonical, indices = readers[kind](rest.strip(), dataset)
        if not 0 < len(indices) < len(dataset.train):
            size = "nothing" if len(indices) == 0 else "every training sample"
            raise InputError(f"{_begun(code)} forgets {size}; a forget set has 1 to {len(dataset.train) - 1} samples.")
        return cls(canonical, indices)

    @classmethod
    def of_samples(cls, indices: Iterable[int], dataset: Dataset) -> ForgetSet:
        """The forget set of chosen training samples, in any order."""
        return cls.parse("samples:" + ",".join(str(int(index)) for index in indices), dataset)


def _begun(text: str) -> str:
    """What was written, quoted, as far as a sentence has room for it."""
    return repr(text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE]}…")


def _class(text: str, dataset: Dataset) -> tuple[str, Tensor]:
    names = dataset.classes
    number = _numbered(text, names)
    if number is None:  # a number comes first, because it is what the canonical code says
        number = _named(text, names)
    if number is None:
        allowed = f"a number below {len(names)} or {', '.join(names)}"
        raise InputError(f"{dataset.code} has no class {_begun(text)}; write {allowed}.")
    return f"class:{number}", torch.nonzero(dataset.train.y == number).flatten()


def _subclass(text: str, dataset: Dataset) -> tuple[str, Tensor]:
    if dataset.train.fine is None:
        raise InputError(f"{dataset.code} has no sub-classes; fashion-mini-coarse and cifar20 have.")
    names = dataset.subclasses
    number = _named(text, names)
    if number is None:
        number = _numbered(text, names)
    if number is None:
        raise InputError(f"{dataset.code} has no sub-class {_begun(text)}; its sub-classes are {', '.join(names)}.")
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
    own = dataset.train.x[index].double()
    parts = [(part.double() - own).flatten(1).square().sum(1) for part in dataset.train.x.split(1024)]
    distances = torch.cat(parts)
    distances[index] = -1  # the sample itself comes first even where it has a twin
    return f"near:{count}@{index}", distances.argsort(stable=True)[:count].sort().values


def _samples(text: str, dataset: Dataset) -> tuple[str, Tensor]:
    if text.startswith("~"):
        indices = _unpack(text[1:], len(dataset.train))
    else:
        found = [_whole(part.strip()) for part in text.split(",")] if text else []
        if None in found:
            raise InputError(f"{_begun(text)} is not a list of sample numbers; write samples:4,17,90.")
        indices = sorted({index for index in found if index is not None})
    if indices:
        _check_index(indices[-1], dataset)
    listed = ",".join(map(str, indices)) if len(indices) <= LONGEST_LIST else "~" + _pack(indices)
    return f"samples:{listed}", torch.tensor(indices, dtype=torch.int64)


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else None


def _numbered(text: str, names: tuple[str, ...]) -> int | None:
    number = _whole(text)
    return number if number is not None and number < len(names) else None


def _named(text: str, names: tuple[str, ...]) -> int | None:
    """The place of a name, whatever its case, and with spaces for its hyphens."""
    plain = ["-".join(name.lower().split()) for name in (text, *names)]
    return plain.index(plain[0], 1) - 1 if plain[0] in plain[1:] else None


def _pair(text: str, form: str) -> tuple[int, int]:
    first, _, second = text.partition("@")
    left, right = _whole(first.strip()), _whole(second.strip())
    if left is None or right is None:
        raise InputError(f"{_begun(text)} does not say how many and which; write {form}.")
    return left, right


def _check_count(count: int, dataset: Dataset) -> None:
    if not 0 < count < len(dataset.train):
        raise InputError(f"{count} samples cannot be forgotten here; write 1 to {len(dataset.train) - 1}.")


def _check_index(index: int, dataset: Dataset) -> None:
    if index >= len(dataset.train):
        last = len(dataset.train) - 1
        raise InputError(f"{dataset.code} has no training sample {index}; they are numbered 0 to {last}.")


def _pack(indices: list[int]) -> str:
    """A bit for each sample, deflated, in the letters that a link may hold."""
    chosen = np.zeros(indices[-1] + 1, dtype=bool)
    chosen[indices] = True
    return base64.urlsafe_b64encode(zlib.compress(np.packbits(chosen).tobytes(), 9)).decode().rstrip("=")


def _unpack(text: str, samples: int) -> list[int]:
    longest = samples // 8 + 2  # bytes; a link must not inflate to more than the split has samples
    try:
        packed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        inflating = zlib.decompressobj()
        bits = inflating.decompress(packed, longest)
        if not inflating.eof or inflating.unused_data:  # cut short, too long, or followed by something else
            raise ValueError
    except (binascii.Error, ValueError, zlib.error):
        raise InputError(
            "The packed list of samples in this forget set is damaged or of another data set; copy the whole code."
        ) from None
    return np.flatnonzero(np.unpackbits(np.frombuffer(bits, dtype=np.uint8))).tolist()
