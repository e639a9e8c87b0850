"""The only SQL of the house: sources and their states, the question bank, the outbox."""

from kb.store.outbox import IndexPointer, Pending
from kb.store.store import Store, open_store
from kb.store.texts import IndexText

__all__ = ["IndexPointer", "IndexText", "Pending", "Store", "open_store"]
