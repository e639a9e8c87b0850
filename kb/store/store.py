"""The one truth: sources in all their states, the question bank, and what the indexes still have to learn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from kb.config import Config
from kb.model import (
    BankQuestion,
    Changes,
    Kind,
    NormRef,
    Partition,
    Passage,
    Quelle,
    SourceId,
    SourceInfo,
    StoredNorm,
    TextId,
)
from kb.store import catalogue, codec, norms, originals, outbox, questions, sources, texts
from kb.store.engine import open_engine, reading, writing
from kb.store.outbox import IndexPointer, Pending
from kb.store.texts import IndexText

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine


def open_store(config: Config) -> Store:
    """The store of a configuration; its tables are made or brought up to date. Raises StoreError."""
    return Store(open_engine(config.database), config.files)


class Store:
    """The store, opened. Use as a context manager; readers of many threads may share one.

    Every method is one transaction. Where `stichtag` is given, the state in force on that day is meant: the newest
    that is not younger. Before the oldest state nothing is in force; `or_oldest` asks for the oldest then, and
    `SourceInfo.states[0] > stichtag` tells that it was taken.
    """

    def __init__(self, engine: Engine, files: Path) -> None:
        self._engine = engine
        self._files = files
        self._known: tuple[str, catalogue.Catalogue] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def _catalogue(self, connection: Connection) -> catalogue.Catalogue:
        """All states; read anew only after a write. Threads may read it twice, never half."""
        serial = outbox.serial(connection)
        if self._known is None or self._known[0] != serial:
            self._known = (serial, catalogue.load(connection))
        return self._known[1]

    def replace(
        self,
        quelle: Quelle,
        passages: Sequence[Passage],
        *,
        raw: bytes | None = None,
        origin: str = "",
        checked: date | None = None,
    ) -> Changes:
        """What changed. The state is stored whole in one transaction with its outbox rows; see kb.store.sources.

        `raw` are the original bytes, `origin` the path or address they came from, `checked` the day they were seen
        (the Rechtsstand where None).
        """
        units = codec.units_of(quelle, passages)
        # Written before the lock is taken, as it may take long; looked for again inside, where nobody sweeps.
        sha256 = originals.keep_original(self._files, raw) if raw is not None else ""
        with writing(self._engine) as connection:
            if raw is not None:
                originals.keep_original(self._files, raw)
            return sources.replace(
                connection, quelle, units, sha256=sha256, origin=origin, checked=checked or quelle.rechtsstand
            )

    def retire(self, source_id: SourceId) -> Changes:
        """What left the indexes; the texts stay readable by id. Raises StoreError for an unknown source."""
        with writing(self._engine) as connection:
            return sources.retire(connection, source_id)

    def touch(self, source_id: SourceId, sha256: str, checked: date) -> None:
        """Note that the same bytes were seen again on that day."""
        with writing(self._engine) as connection:
            sources.touch(connection, source_id, sha256, checked)

    def sources(self) -> list[SourceInfo]:
        """All published sources in their current state, by id."""
        with reading(self._engine) as connection:
            known = self._catalogue(connection)
            return [known.info(state) for state in known.published()]

    def source(
        self, source_id: SourceId, stichtag: date | None = None, *, or_oldest: bool = False
    ) -> SourceInfo | None:
        """A published source in the state in force; None if there is none."""
        with reading(self._engine) as connection:
            known = self._catalogue(connection)
            state = known.in_force(source_id, stichtag, or_oldest=or_oldest)
            return known.info(state) if state else None

    def quelle(self, source_id: SourceId, *, stichtag: date | None = None, or_oldest: bool = False) -> Quelle | None:
        """The whole source in the state in force, as it was stored."""
        with reading(self._engine) as connection:
            state = self._catalogue(connection).in_force(source_id, stichtag, or_oldest=or_oldest)
            return norms.rebuild_quelle(connection, state) if state else None

    def raw(self, source_id: SourceId, *, stichtag: date | None = None) -> bytes | None:
        """The original of the state in force; None where none was given. Raises StoreError where it is lost."""
        with reading(self._engine) as connection:
            state = self._catalogue(connection).in_force(source_id, stichtag)
        return originals.read_original(self._files, state.sha256) if state and state.sha256 else None

    def unnamed_originals(self) -> list[str]:
        """Files of originals that no state names: an ingest was killed, or is about to name them."""
        with reading(self._engine) as connection:
            return originals.unnamed_originals(self._files, sources.originals_named(connection))

    def sweep_originals(self) -> int:
        """How many of those were deleted. No transaction that names one can be under way meanwhile."""
        if not self.unnamed_originals():
            return 0
        with writing(self._engine) as connection:
            unnamed = originals.unnamed_originals(self._files, sources.originals_named(connection))
            for name in unnamed:
                (self._files / name).unlink(missing_ok=True)
        return len(unnamed)

    def same_raw(self, source_id: SourceId, sha256: str, *, rechtsstand: date | None = None) -> bool:
        """True if a stored state of this published source (the one of `rechtsstand`, if given) has that original."""
        with reading(self._engine) as connection:
            source = self._catalogue(connection).sources.get(source_id)
        if source is None or not source.is_published:
            return False
        return any(state.sha256 == sha256 and rechtsstand in (None, state.rechtsstand) for state in source.states)

    def norm(self, ref: NormRef, *, stichtag: date | None = None, or_oldest: bool = False) -> StoredNorm | None:
        """The Norm of a reference (its path is not looked at) in the state in force; None where it is not stored."""
        return self.norms([ref], stichtag=stichtag, or_oldest=or_oldest).get(ref)

    def norms(
        self, refs: Iterable[NormRef], *, stichtag: date | None = None, or_oldest: bool = False
    ) -> dict[NormRef, StoredNorm]:
        """The Normen by reference as given; those not stored are left out."""
        with reading(self._engine) as connection:
            known = self._catalogue(connection)
            return norms.find_norms(connection, known, refs, stichtag=stichtag, or_oldest=or_oldest)

    def norm_passages(self, ref: NormRef, *, stichtag: date | None = None, or_oldest: bool = False) -> list[Passage]:
        """The passages of a Norm in order, only those of the Absatz where the reference names one."""
        with reading(self._engine) as connection:
            known = self._catalogue(connection)
            return norms.norm_passages(connection, known, ref, stichtag=stichtag, or_oldest=or_oldest)

    def passages(self, text_ids: Iterable[TextId]) -> dict[TextId, tuple[Passage, SourceInfo]]:
        """Passages with the newest state that holds them, retired sources too; unknown ids are left out."""
        with reading(self._engine) as connection:
            return texts.find_passages(connection, self._catalogue(connection), text_ids)

    def passage_counts(self) -> dict[SourceId, int]:
        """How many passages each published source has in its current state."""
        with reading(self._engine) as connection:
            return texts.count_passages(connection)

    def passages_citing(
        self, refs: Iterable[NormRef], kinds: Sequence[Kind] = (Kind.NOTE,)
    ) -> dict[NormRef, list[TextId]]:
        """Current passages of documents of those kinds that cite the Normen."""
        with reading(self._engine) as connection:
            return texts.citing(connection, self._catalogue(connection), refs, kinds=kinds)

    def in_force(self, text_ids: Iterable[TextId], stichtag: date | None, *, or_oldest: bool = False) -> set[TextId]:
        """Which of the texts stand in the state in force of their source (None: the current one)."""
        with reading(self._engine) as connection:
            known = self._catalogue(connection)
            return texts.in_force(connection, known, text_ids, stichtag=stichtag, or_oldest=or_oldest)

    # The question bank

    def replace_bank(self, name: str, entries: Sequence[BankQuestion]) -> Changes:
        """What changed: the bank of that name now holds exactly these entries."""
        with writing(self._engine) as connection:
            return questions.replace_bank(connection, name, entries)

    def bank(self, text_ids: Iterable[TextId]) -> dict[TextId, BankQuestion]:
        """Questions by id; unknown ids are left out."""
        with reading(self._engine) as connection:
            return questions.find_questions(connection, text_ids)

    def bank_by_norm(self, refs: Iterable[NormRef]) -> dict[NormRef, list[BankQuestion]]:
        """For each Norm the questions it helps to decide, those where it is named first in front."""
        with reading(self._engine) as connection:
            return questions.find_by_norm(connection, refs)

    # For the indexes

    def text_ids(self, partition: Partition) -> set[TextId]:
        """All texts that belong into a partition."""
        with reading(self._engine) as connection:
            return texts.text_ids_in(connection, partition)

    def index_texts(self, partition: Partition, text_ids: Iterable[TextId] | None = None) -> list[IndexText]:
        """(id, context, heading, text) of those texts (all where None) that belong into the partition, by id."""
        with reading(self._engine) as connection:
            return texts.index_texts(connection, partition, text_ids)

    def pending_outbox(self, limit: int | None = None) -> Pending:
        """Texts whose index entries must be looked at again, oldest first."""
        with reading(self._engine) as connection:
            return outbox.pending(connection, limit)

    def outbox_size(self) -> int:
        """How many rows wait in the outbox."""
        with reading(self._engine) as connection:
            return outbox.count(connection)

    def publish_index(self, pointer: IndexPointer, upto: int) -> None:
        """Move the pointer and forget the outbox rows up to that number, in one transaction."""
        with writing(self._engine) as connection:
            outbox.set_pointer(connection, pointer)
            outbox.acknowledge(connection, upto)

    def pointer(self) -> IndexPointer:
        """The index generation in force."""
        with reading(self._engine) as connection:
            return outbox.pointer(connection)

    # Small named values

    def kb_version(self) -> str:
        """A value that changes whenever the content does."""
        with reading(self._engine) as connection:
            return outbox.version(connection)

    def get_meta(self, key: str) -> str | None:
        """The value of a name, None if it has none."""
        with reading(self._engine) as connection:
            return outbox.get_meta(connection, key)

    def set_meta(self, key: str, value: str | None) -> None:
        """Give a name a value; None takes it away."""
        with writing(self._engine) as connection:
            outbox.set_meta(connection, key, value)

    def meta_with_prefix(self, prefix: str) -> dict[str, str]:
        """All names that begin so, with their values."""
        with reading(self._engine) as connection:
            return outbox.meta_with_prefix(connection, prefix)
