"""From the outbox to the lexical and the vector index, one generation after another.

Whoever holds the file lock drains the outbox into a new folder `index/<generation>/` (a copy of the one in force) and
then moves the pointer in the database, in the transaction that also forgets the drained rows. A crash before that
leaves a folder nobody points to, which the next update deletes; a crash after it leaves an old one, deleted likewise.
Readers open the folder the pointer names and never see a folder being written.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, TypeAlias
from uuid import uuid4

from kb.config import Config
from kb.diagnose import Diagnosis, diagnose
from kb.errors import LockedError, StoreError
from kb.generations import STORE_ID, IndexReader, embedded_text, folder_name, space_of
from kb.lexical import Lexical, LexicalWriter, copy_lexical, forget_analysed, lexical_format
from kb.model import Partition, TextId
from kb.store import IndexPointer, IndexText, Store

if TYPE_CHECKING:
    from kb.embed import Embedder

__all__ = ["Diagnosis", "IndexReader", "IndexReport", "diagnose", "heal", "rebuild", "update"]

Progress: TypeAlias = Callable[[int, int], None]

_EMBED_AT_ONCE = 4000  # texts; also about what Chroma takes in one batch
# Above this share of changed texts a new index is smaller and faster than a patched one.
_REBUILD_SHARE = 0.5
# How long someone who asks for a result waits for another process, in seconds: a statute book takes about one minute.
PATIENCE = 600.0
# An update works in rounds, as other processes may enqueue meanwhile; it does not run for ever.
_MOST_ROUNDS = 10


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What an update did. `locked`: another process is at it and will find our changes, or the next update will."""

    generation: int = 0
    upserted: int = 0
    deleted: int = 0
    is_rebuilt: bool = False
    locked: bool = False


@dataclass(frozen=True, slots=True)
class _Work:
    """Texts to write and to delete in one partition, and how many it has afterwards."""

    texts: tuple[IndexText, ...]
    deletes: tuple[TextId, ...]


@dataclass(slots=True)
class _Counter:
    """Reports progress from two threads, in texts; each is counted once for either index."""

    total: int
    report: Progress | None
    done: int = 0
    lock: Lock = field(default_factory=Lock)

    def add(self, count: int) -> None:
        with self.lock:
            self.done += count
            if self.report:
                self.report(self.done, self.total)


def update(
    store: Store,
    config: Config,
    *,
    embedder: Embedder | None = None,
    progress: Progress | None = None,
    wait_seconds: float = 0.0,
    waiting: Callable[[], None] | None = None,
) -> IndexReport:
    """Drain the outbox into a new generation and point readers to it; nothing to do is no new generation.

    A changed embedder or analysis, or a generation that is missing, is noticed and built anew. `wait_seconds` is how
    long to wait for another process that is at it; `waiting` is called once if that is necessary.
    """
    with _lock(config, wait_seconds, waiting) as is_ours:
        if not is_ours:
            return IndexReport(generation=store.pointer().generation, locked=True)
        return _builder(store, config, embedder, progress).run(is_rebuild=False)


def rebuild(
    store: Store,
    config: Config,
    *,
    embedder: Embedder | None = None,
    progress: Progress | None = None,
    wait_seconds: float = PATIENCE,
    waiting: Callable[[], None] | None = None,
) -> IndexReport:
    """Build all indexes anew from the database."""
    with _lock(config, wait_seconds, waiting) as is_ours:
        if not is_ours:
            return IndexReport(generation=store.pointer().generation, locked=True)
        return _builder(store, config, embedder, progress).run(is_rebuild=True)


def heal(
    store: Store,
    config: Config,
    *,
    rebuilds: bool = False,
    progress: Progress | None = None,
    wait_seconds: float = PATIENCE,
    waiting: Callable[[], None] | None = None,
) -> Diagnosis:
    """What is still wrong after what a killed process left waiting was indexed, or all was built anew.

    Raises LockedError if another process is at it that long.
    """
    learn = rebuild if rebuilds else update
    if learn(store, config, progress=progress, wait_seconds=wait_seconds, waiting=waiting).locked:
        raise LockedError(
            "another process is still indexing", where=str(config.home), next="run the command again when it has ended"
        )
    return diagnose(store, config)


@contextmanager
def _lock(config: Config, wait_seconds: float, waiting: Callable[[], None] | None) -> Iterator[bool]:
    """The one lock of all who write the indexes; False if another process keeps it that long."""
    from filelock import FileLock, Timeout

    config.home.mkdir(parents=True, exist_ok=True)
    lock = FileLock(config.home / "index.lock")
    try:
        try:
            lock.acquire(timeout=0)
        except Timeout:
            if wait_seconds <= 0:
                raise
            if waiting:
                waiting()
            lock.acquire(timeout=wait_seconds)
    except Timeout:
        yield False
        return
    try:
        yield True
    finally:
        lock.release()


def _builder(store: Store, config: Config, embedder: Embedder | None, progress: Progress | None) -> _Builder:
    if embedder is None:
        from kb.embed import open_embedder

        embedder = open_embedder(config)
    return _Builder(store, config, embedder, progress)


class _Builder:
    """One update, by the process that holds the lock."""

    def __init__(self, store: Store, config: Config, embedder: Embedder, progress: Progress | None) -> None:
        if store.get_meta(STORE_ID) is None:
            store.set_meta(STORE_ID, uuid4().hex[:8])
        self._store = store
        self._config = config
        self._embedder = embedder
        self._progress = progress
        self._space = space_of(store, config)

    def run(self, *, is_rebuild: bool) -> IndexReport:
        self._sweep()
        self._store.sweep_originals()
        report = IndexReport(generation=self._store.pointer().generation)
        for _ in range(_MOST_ROUNDS):
            done = self._round(is_rebuild=is_rebuild)
            if done is None:
                break
            report = IndexReport(
                done.generation,
                report.upserted + done.upserted,
                report.deleted + done.deleted,
                report.is_rebuilt or done.is_rebuilt,
            )
            is_rebuild = False
            self._sweep()
        forget_analysed()
        return report

    def _round(self, *, is_rebuild: bool) -> IndexReport | None:
        """One new generation, or None where nothing is to be done."""
        store = self._store
        pointer = store.pointer()
        pending = store.pending_outbox()
        is_whole = self._is_whole(pointer)
        fresh_lexical = is_rebuild or not is_whole or pointer.lexical != lexical_format()
        fresh_vectors = is_rebuild or not is_whole or pointer.embedder != self._embedder.fingerprint
        if not pending and not fresh_lexical and not fresh_vectors:
            return None
        sizes = {part: len(store.text_ids(part)) for part in Partition}
        if len(pending) > _REBUILD_SHARE * sum(sizes.values()):
            fresh_lexical = fresh_vectors = True
        if not pending and not any(sizes.values()) and pointer.generation == 0 and not is_rebuild:
            return None
        changed = {part: self._work(part, pending.texts[part]) for part in Partition}
        everything = (
            {part: _Work(tuple(store.index_texts(part)), ()) for part in Partition}
            if fresh_lexical or fresh_vectors
            else changed
        )
        generation = max([pointer.generation, *self._present()]) + 1
        lexical, vectors = (everything if fresh else changed for fresh in (fresh_lexical, fresh_vectors))
        counter = _Counter(sum(len(w.texts) for side in (lexical, vectors) for w in side.values()), self._progress)
        # tantivy and Chroma both leave Python while they work, so two threads use two cores.
        with ThreadPoolExecutor(max_workers=2) as pool:
            jobs = [
                pool.submit(self._build_lexical, pointer, generation, lexical, counter, is_fresh=fresh_lexical),
                pool.submit(self._build_vectors, pointer, generation, vectors, counter, is_fresh=fresh_vectors),
            ]
            for job in jobs:
                job.result()
        new = IndexPointer(generation, embedder=self._embedder.fingerprint, lexical=lexical_format())
        store.publish_index(new, pending.upto)
        return IndexReport(
            generation,
            upserted=max(sum(len(w.texts) for w in side.values()) for side in (lexical, vectors)),
            deleted=sum(len(work.deletes) for work in changed.values()),
            is_rebuilt=fresh_lexical or fresh_vectors,
        )

    def _work(self, partition: Partition, text_ids: Sequence[TextId]) -> _Work:
        """What stands in the partition is written, what does not (any more) is deleted."""
        texts = tuple(self._store.index_texts(partition, text_ids)) if text_ids else ()
        there = {text[0] for text in texts}
        return _Work(texts, tuple(text_id for text_id in text_ids if text_id not in there))

    def _build_lexical(
        self, old: IndexPointer, new: int, work: dict[Partition, _Work], counter: _Counter, *, is_fresh: bool
    ) -> None:
        for partition, todo in work.items():
            folder = self._folder(new) / "lexical" / partition.value
            if not is_fresh:
                copy_lexical(self._folder(old.generation) / "lexical" / partition.value, folder)
            with LexicalWriter(folder) as writer:
                writer.apply((), todo.deletes)
                for start in range(0, len(todo.texts), _EMBED_AT_ONCE):
                    counter.add(writer.apply(todo.texts[start : start + _EMBED_AT_ONCE], ()))
            if is_fresh:
                self._expect(len(Lexical(folder)), partition, todo, what="lexical")

    def _build_vectors(
        self, old: IndexPointer, new: int, work: dict[Partition, _Work], counter: _Counter, *, is_fresh: bool
    ) -> None:
        if not is_fresh:
            self._space.copy(folder_name(old.generation), folder_name(new))
        with self._space.open(folder_name(new), create=True) as base:
            for partition, todo in work.items():
                vectors = base[partition]
                vectors.delete(todo.deletes)
                for start in range(0, len(todo.texts), _EMBED_AT_ONCE):
                    some = todo.texts[start : start + _EMBED_AT_ONCE]
                    rows = self._embedder.embed([embedded_text(text) for text in some], role="passage")
                    vectors.upsert([text[0] for text in some], rows)
                    counter.add(len(some))
                arrived = len(vectors) if is_fresh else len(vectors.get(text[0] for text in todo.texts))
                self._expect(arrived, partition, todo, what="vectors")

    def _expect(self, count: int, partition: Partition, todo: _Work, *, what: str) -> None:
        """Chroma keeps silent about ids it ignored, so what was just built is counted."""
        if count != len(todo.texts):
            raise StoreError(
                f"{what}: {count} of {len(todo.texts)} texts of {partition.value} arrived",
                where=str(self._config.index),
                next="run `lotse doctor --rebuild`; the index in force is untouched",
            )

    def _folder(self, generation: int) -> Path:
        return self._config.index / folder_name(generation)

    def _present(self) -> list[int]:
        """Numbers of all generations there are, finished or not."""
        folders = self._config.index.iterdir() if self._config.index.is_dir() else ()
        names = [*(path.name for path in folders), *self._space.generations()]
        return sorted({int(name) for name in names if name.isdigit()})

    def _is_whole(self, pointer: IndexPointer) -> bool:
        """True if the generation in force can be opened, so that it may be copied."""
        if not pointer.generation:
            return False
        try:
            IndexReader(self._store, self._config, pointer).close()
        except StoreError:
            return False
        return True

    def _sweep(self) -> None:
        """Delete generations that are half built or out of use; the one before stays for readers not yet moved on."""
        current = self._store.pointer().generation
        present = self._present()
        before = max((number for number in present if number < current), default=current)
        for number in present:
            if number not in (current, before):
                self._space.drop(folder_name(number))
                shutil.rmtree(self._folder(number), ignore_errors=True)
