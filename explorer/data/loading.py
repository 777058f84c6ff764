"""Loading of data sets by code, such as "digits" or "moons:n=400,noise=.25"."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from explorer.data.dataset import Dataset
from explorer.data.images import IMAGES
from explorer.data.own import OWN, load_own
from explorer.data.planes import PLANES, PlaneOptions, load_plane
from explorer.data.torchvision_sets import TORCHVISION_SETS, load_torchvision
from explorer.settings import InputError

DATASETS = (*PLANES, *IMAGES)


def load_dataset(code: str) -> Dataset:
    """The data set with this code.

    Args:
        code: a name ("digits"), a synthetic set with options ("moons:n=400,noise=.25,seed=0"), or the code of an
            uploaded set ("own:NAME-xxxxxxxx").

    Returns:
        The same object for equal codes, shared between all callers.

    Raises:
        InputError: if the name or an option is unknown, or the set cannot be read.
    """
    if code.strip().startswith(OWN):
        return load_own(code.strip())
    name, options = (part.strip() for part in code.partition(":")[::2])
    if name in PLANES:
        return _load_plane(name, PLANES[name].options(**_parse_options(options, code)))
    if name in IMAGES and not options:
        return _load_image(name)
    if name in TORCHVISION_SETS and not options:
        return load_torchvision(name)
    if name in IMAGES or name in TORCHVISION_SETS:
        raise InputError(f"The data set {name} has no options: write {name!r}, not {code!r}.")
    raise InputError(
        f"There is no data set {name[:40]!r}; "
        f"the data sets are {', '.join((*DATASETS, *TORCHVISION_SETS))}, and your data sets (own:...)."
    )


def _parse_options(text: str, code: str) -> dict[str, Any]:
    pairs = [part.partition("=") for part in text.split(",")] if text else []
    if any(not name or not sign or not value for name, sign, value in pairs):
        raise InputError(f"The options in {code!r} must have the form moons:n=400,noise=.25,seed=0.")
    options = {name.strip(): value.strip() for name, _, value in pairs}
    if len(options) < len(pairs):
        raise InputError(f"An option is given twice in {code!r}; write each once.")
    return options


@lru_cache(maxsize=16)
def _load_plane(name: str, options: PlaneOptions) -> Dataset:
    given = [f"{key}={value}" for key, value in options if value != options.declarations()[key].default]
    return load_plane(name, options, f"{name}:{','.join(given)}" if given else name)


@lru_cache(maxsize=8)
def _load_image(name: str) -> Dataset:
    return IMAGES[name](name)
