"""Trainings that continue from a checkpoint in the store.

A training that is stopped, killed or cut off loses at most one epoch, or `INTERVAL` seconds of shorter epochs.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from explorer.background.progress import Share, ignore_share
from explorer.models import Epoch, Training
from explorer.store import Key, Store

INTERVAL = 5.0  # seconds between two checkpoints at least; longer epochs have one each


def finish(
    training: Training,
    store: Store,
    key: Key,
    progress: Callable[[Epoch], None] = lambda epoch: None,
    pulse: Share = ignore_share,
) -> Epoch:
    """Train to the last epoch, from the checkpoint if there is one, and return that epoch.

    The checkpoint stays in the store until `discard`, also after the last epoch.

    Args:
        training: a new training; its state is replaced by that of the checkpoint.
        store: holds the checkpoint.
        key: store key of the trained network.
        progress: called after each epoch; an exception ends the training.
        pulse: called before each step with the share done; an exception ends the training.
    """
    key = _key(key)
    if (checkpoint := store.get(key)) is not None:
        training.resume(checkpoint.tensors, checkpoint.notes)
    saved = time.monotonic()
    for epoch in training.epochs(pulse):
        if epoch.index < epoch.total and time.monotonic() - saved >= INTERVAL:
            store.put(key, *training.state())
            saved = time.monotonic()
        progress(epoch)
    return epoch


def has_checkpoint(store: Store, key: Key) -> bool:
    """Whether there is a checkpoint of the network with this key."""
    return store.has(_key(key))


def discard(store: Store, key: Key) -> None:
    """Remove the checkpoint of the network with this key, if there is one."""
    if has_checkpoint(store, key):
        store.remove(_key(key))


def _key(key: Key) -> Key:
    return {**key, "what": "checkpoint"}
