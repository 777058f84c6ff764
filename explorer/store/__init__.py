"""What the explorer keeps on disk: artefacts, each found again by what made it."""

from explorer.store.artefact import Artefact, Header, Key, address
from explorer.store.store import SHIPPED, Store, StoreError

__all__ = ["SHIPPED", "Artefact", "Header", "Key", "Store", "StoreError", "address"]
