"""A training that can be left: where it stands is kept in the store, so that the next one goes on from there.

Stopped by hand, killed or cut off, it loses what came after its last checkpoint: at most one epoch, or, where epochs
are short, the epochs of `BETWEEN` seconds.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from explorer.background.progress import Share, ignore_share
from explorer.models import Epoch, Training
from explorer.store import Key, Store

BETWEEN = 5.0  # seconds; longer epochs are kept one by one


def finish(
    training: Training,
    store: Store,
    key: Key,
    progress: Callable[[Epoch], None] = lambda epoch: None,
    pulse: Share = ignore_share,
) -> Epoch:
    """Train to the last epoch, which is returned, from the checkpoint under `key` where there is one.

    progress: called after each epoch. pulse: told before each step the share that is done. What they raise ends the
    training. Its checkpoint stays in any case, until what was trained is stored and it can be discarded.
    """
    key = _key(key)
    if (found := store.get(key)) is not None:
        training.resume(found.tensors, found.notes)
    kept = time.monotonic()
    for epoch in training.epochs(pulse):
        if epoch.index < epoch.total and time.monotonic() - kept >= BETWEEN:
            store.put(key, *training.state())
            kept = time.monotonic()
        progress(epoch)
    return epoch


def begun(store: Store, key: Key) -> bool:
    """Whether a training under this key was left, so that the next one goes on from there."""
    return store.has(_key(key))


def discard(store: Store, key: Key) -> None:
    """Remove the checkpoint under this key, if there is one."""
    if begun(store, key):
        store.remove(_key(key))


def _key(key: Key) -> Key:
    return {**key, "what": "checkpoint"}
