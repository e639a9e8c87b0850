"""The opened seams, bundled: what answering needs. `open_kb` is the only builder."""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock
from types import TracebackType
from typing import TYPE_CHECKING, Self

from kb.config import Config
from kb.curated import Curated, read_curated
from kb.errors import StoreError
from kb.generations import IndexReader
from kb.index import update
from kb.model import NormRef
from kb.pins import Pin, read_pins
from kb.store import Store, open_store

if TYPE_CHECKING:
    from kb.embed import Embedder


class KnowledgeBase:
    """Store, embedder, pins, curated tables and the index generation in force.

    Use as a context manager; threads may share it.
    """

    def __init__(
        self,
        store: Store,
        embedder: Embedder,
        reader: IndexReader,
        *,
        pins: Mapping[NormRef, Pin],
        curated: Curated,
        config: Config,
    ) -> None:
        self.store = store
        self.embedder = embedder
        self.pins = pins
        self.curated = curated
        self.config = config
        self._reader = reader
        # The generation before may still be in use by another thread's question.
        self._before: IndexReader | None = None
        self._moving = Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def reader(self) -> IndexReader:
        """The index generation last noticed; take it once a question, so that all legs see the same."""
        return self._reader

    def refresh(self) -> bool:
        """True if another generation is in force now; call it before each question (one small query)."""
        if self.store.pointer() == self._reader.pointer:
            return False
        with self._moving:
            pointer = self.store.pointer()
            if pointer == self._reader.pointer:
                return False
            new = _open_newest(self.store, self.config)
            if self._before is not None:
                self._before.close()
            self._before, self._reader = self._reader, new
            return True

    def close(self) -> None:
        """Let go of everything."""
        for reader in (self._before, self._reader):
            if reader is not None:
                reader.close()
        self._before = None
        self.store.close()


def open_kb(config: Config, *, embedder: Embedder | None = None) -> KnowledgeBase:
    """The knowledge base of a configuration, healed after a crash: what waits in the outbox is indexed first.

    Raises StoreError, ModelError.
    """
    store = open_store(config)
    try:
        if embedder is None:
            from kb.embed import open_embedder

            embedder = open_embedder(config)
        pins = read_pins(config.starter_folder / "norms.lock")
        curated = read_curated(config.starter_folder)
        update(store, config, embedder=embedder)
        reader = _open_newest(store, config)
    except BaseException:
        store.close()
        raise
    return KnowledgeBase(store, embedder, reader, pins=pins, curated=curated, config=config)


def _open_newest(store: Store, config: Config) -> IndexReader:
    """The generation in force, even if others take its place and delete it while it is being opened."""
    while True:
        pointer = store.pointer()
        try:
            return IndexReader(store, config, pointer)
        except StoreError:
            if store.pointer() == pointer:
                raise
