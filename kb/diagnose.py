"""Whether the indexes say what the database says; nothing is changed here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kb.config import Config
from kb.errors import StoreError
from kb.generations import IndexReader, embedded_text, folder_name
from kb.lexical import lexical_format
from kb.model import Partition, TextId
from kb.store import IndexText, Store

if TYPE_CHECKING:
    from kb.embed import Embedder
    from kb.vectors import Vectors

# Texts of a partition that are really searched for; counts alone pass while an index is stale.
_SAMPLE = 25
# A text must be among as many neighbours of its own vector, or a twin of it: statutes repeat sentences.
_AMONG = 50
# The search is approximate, and hundreds of twins can bar the way to a text; a lost index misses nearly all.
_MISSED_SHARE = 0.2
# Cosine below which a stored vector is not the one the model gives (Chroma keeps float32).
_SAME = 0.999


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What is wrong, as lines "lexical/current: <text id>" or a sentence; all empty if nothing is.

    missing: in the database, not in the index · orphaned: in the index or among the originals, not in the database ·
    duplicate: twice in the index · wrong_model: vectors of another model · stale: changes not yet indexed, entries that
    are not found by their own words, files out of step.
    """

    missing: tuple[str, ...] = ()
    orphaned: tuple[str, ...] = ()
    duplicate: tuple[str, ...] = ()
    wrong_model: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """True if nothing is wrong."""
        return not (self.missing or self.orphaned or self.duplicate or self.wrong_model or self.stale)


@dataclass(slots=True)
class _Findings:
    missing: list[str] = field(default_factory=list)
    orphaned: list[str] = field(default_factory=list)
    duplicate: list[str] = field(default_factory=list)
    wrong_model: list[str] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)

    def frozen(self) -> Diagnosis:
        return Diagnosis(
            tuple(self.missing),
            tuple(self.orphaned),
            tuple(self.duplicate),
            tuple(self.wrong_model),
            tuple(self.stale),
        )


def diagnose(store: Store, config: Config, *, embedder: Embedder | None = None) -> Diagnosis:
    """Compare ids of database, lexical and vector index for each partition, and search for a sample of known texts."""
    if embedder is None:
        from kb.embed import open_embedder

        embedder = open_embedder(config)
    findings = _Findings()
    pointer = store.pointer()
    findings.orphaned += [f"files: {name}" for name in store.unnamed_originals()]
    if waiting := store.outbox_size():
        findings.stale.append(f"{waiting} changes are not indexed yet")
    if pointer.generation:
        if pointer.lexical != lexical_format():
            findings.stale.append("the lexical index was built by another version")
        if pointer.embedder != embedder.fingerprint:
            findings.wrong_model.append(f"indexed with {pointer.embedder}, configured is {embedder.fingerprint}")
    try:
        reader = IndexReader(store, config, pointer)
    except StoreError as error:
        findings.stale.append(f"generation {folder_name(pointer.generation)}: {error.message}")
        for partition in Partition:
            findings.missing += [f"index/{partition.value}: {each}" for each in sorted(store.text_ids(partition))]
        return findings.frozen()
    with reader:
        for partition in Partition:
            _compare(findings, store, reader, partition)
            if not findings.wrong_model:
                _search(findings, store, reader, partition, embedder)
    return findings.frozen()


def _compare(findings: _Findings, store: Store, reader: IndexReader, partition: Partition) -> None:
    """Which ids are on one side only, or twice."""
    wanted = store.text_ids(partition)
    for name, ids in (("lexical", reader.lexical(partition).ids()), ("vectors", reader.vectors(partition).ids())):
        label = f"{name}/{partition.value}"
        findings.missing += _lines(label, wanted - set(ids))
        findings.orphaned += _lines(label, set(ids) - wanted)
        findings.duplicate += _lines(label, (each for each, count in Counter(ids).items() if count > 1))


def _search(findings: _Findings, store: Store, reader: IndexReader, partition: Partition, embedder: Embedder) -> None:
    """Search for known texts by their own words and their own vectors."""
    ids = sorted(store.text_ids(partition))
    texts = store.index_texts(partition, ids[:: max(1, len(ids) // _SAMPLE)][:_SAMPLE])
    if not texts:
        return
    lexical = reader.lexical(partition)
    there = set(lexical.ids())
    lost = [text[0] for text in texts if text[0] in there and not lexical.holds(text)]
    findings.stale += _lines(f"lexical/{partition.value}", lost)
    _search_vectors(findings, reader.vectors(partition), texts, f"vectors/{partition.value}", embedder)


def _search_vectors(
    findings: _Findings, vectors: Vectors, texts: list[IndexText], label: str, embedder: Embedder
) -> None:
    rows = embedder.embed([embedded_text(text) for text in texts], role="passage")
    stored = vectors.get(text[0] for text in texts)
    other_model, changed, missed = [], [], []
    for text, row in zip(texts, rows, strict=True):
        text_id = text[0]
        if text_id not in stored or not row.any():
            continue
        if stored[text_id].shape != row.shape:
            other_model.append(text_id)
        elif float(stored[text_id] @ row) < _SAME:
            changed.append(text_id)
        elif not any(similarity > _SAME for _, similarity in vectors.nearest(row, limit=_AMONG)):
            missed.append(text_id)
    findings.wrong_model += _lines(label, other_model)
    findings.stale += _lines(label, changed)
    # All of a small index are among the nearest, so there a miss is a loss.
    if len(vectors) <= _AMONG or len(missed) > _MISSED_SHARE * len(texts):
        findings.stale += _lines(label, missed)


def _lines(label: str, ids: Iterable[TextId]) -> list[str]:
    return [f"{label}: {text_id}" for text_id in sorted(ids)]
