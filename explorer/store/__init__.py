"""Persistent store of artefacts on disk, addressed by content keys."""

from explorer.store.artefact import Artefact, Header, Key, address
from explorer.store.store import SHIPPED, Store, StoreError

__all__ = ["SHIPPED", "Artefact", "Header", "Key", "Store", "StoreError", "address"]
