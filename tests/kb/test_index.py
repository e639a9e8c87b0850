"""From the outbox to the indexes and back from any damage."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock

from kb.config import Config
from kb.generations import space_of
from kb.index import Diagnosis, IndexReader, IndexReport, diagnose, rebuild, update
from kb.knowledge_base import open_kb
from kb.lexical import LexicalWriter
from kb.model import Partition
from kb.store import Store, open_store
from kb.vectors import VectorFolders
from tests.kb.made_up import APRIL, AUGUST, FakeEmbedder, make_gesetz, make_note, make_question, ref

OLD = {"1": ["Wer probt, braucht Geduld."], "2": ["Alles bleibt ruhig."], "3": ["Die Ausnahme endet."]}
NEW = {"1": ["Wer probt, braucht Mut."], "2": ["Alles bleibt ruhig."]}
EMBEDDER = FakeEmbedder()
CLEAN = Diagnosis()


@pytest.fixture
def store(config: Config) -> Iterator[Store]:
    """A store with one Gesetz, one note and one question, nothing indexed."""
    with open_store(config) as opened:
        opened.replace(*make_gesetz(OLD))
        opened.replace(*make_note([f"Erst {n} lesen, dann proben." for n in range(6)], refs=[ref("1")]))
        opened.replace_bank("starter", [make_question("Wann darf ich proben?", ref("1"))])
        yield opened


def generations(config: Config) -> list[str]:
    return sorted(path.name for path in config.index.iterdir())


def found(store: Store, config: Config, query: str, partition: Partition = Partition.CURRENT) -> list[str]:
    """The texts found by words, after a look at what is found by vectors."""
    with IndexReader(store, config, store.pointer()) as reader:
        hits = reader.lexical(partition).search(query, limit=5)
        assert reader.vectors(partition).ids() == reader.lexical(partition).ids()
    return [passage.text for text_id, _ in hits for passage, _ in [store.passages([text_id])[text_id]]]


def test_update_drains_the_outbox_once(store: Store, config: Config) -> None:
    steps: list[tuple[int, int]] = []
    report = update(store, config, embedder=EMBEDDER, progress=lambda done, total: steps.append((done, total)))
    assert report == IndexReport(generation=1, upserted=10, is_rebuilt=True)
    assert steps[-1] == (20, 20)
    assert update(store, config, embedder=EMBEDDER) == IndexReport(generation=1)
    assert diagnose(store, config, embedder=EMBEDDER) == CLEAN
    assert store.outbox_size() == 0


def test_update_of_an_empty_store_makes_no_generation(config: Config) -> None:
    with open_store(config) as empty:
        assert update(empty, config, embedder=EMBEDDER) == IndexReport()
        assert diagnose(empty, config, embedder=EMBEDDER) == CLEAN
        assert not config.index.exists()


def test_changed_source_changes_both_indexes(store: Store, config: Config) -> None:
    update(store, config, embedder=EMBEDDER)
    store.replace(*make_gesetz(NEW, stand=AUGUST))
    assert [line.partition(":")[0] for line in diagnose(store, config, embedder=EMBEDDER).stale] == [
        "5 changes are not indexed yet"
    ]
    report = update(store, config, embedder=EMBEDDER)
    assert (report.generation, report.upserted, report.deleted) == (2, 3, 2)
    assert diagnose(store, config, embedder=EMBEDDER) == CLEAN
    assert found(store, config, "Mut") == ["(1) Wer probt, braucht Mut."]
    assert found(store, config, "Geduld", Partition.HISTORY) == ["(1) Wer probt, braucht Geduld."]
    assert found(store, config, "Ausnahme") == []


def test_old_generations_go_the_last_but_one_stays(store: Store, config: Config) -> None:
    for day in range(4):
        store.replace(*make_gesetz(OLD | {"2": [f"Stand {day}."]}, stand=APRIL + timedelta(days=day)))
        update(store, config, embedder=EMBEDDER)
    assert generations(config) == ["00000003", "00000004"]


def test_reader_of_the_generation_before_still_answers(store: Store, config: Config) -> None:
    update(store, config, embedder=EMBEDDER)
    with IndexReader(store, config, store.pointer()) as before:
        store.replace(*make_gesetz(NEW, stand=AUGUST))
        update(store, config, embedder=EMBEDDER)
        assert len(before.lexical(Partition.CURRENT).search("Geduld", limit=5)) == 1
        row = EMBEDDER.embed(["Geduld"], role="query")[0]
        assert len(before.vectors(Partition.CURRENT).nearest(row, limit=99)) == 9


def test_changed_model_is_noticed_and_never_mixed(store: Store, config: Config) -> None:
    update(store, config, embedder=EMBEDDER)
    other = FakeEmbedder("fake:2", dim=24)
    assert diagnose(store, config, embedder=other) == Diagnosis(
        wrong_model=("indexed with fake:1, configured is fake:2",)
    )
    assert update(store, config, embedder=other) == IndexReport(generation=2, upserted=10, is_rebuilt=True)
    assert diagnose(store, config, embedder=other) == CLEAN
    with IndexReader(store, config, store.pointer()) as reader:
        for partition in (Partition.CURRENT, Partition.BANK):
            vectors = reader.vectors(partition)
            assert {row.shape for row in vectors.get(vectors.ids()).values()} == {(24,)}


def test_changed_analysis_is_noticed(store: Store, config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    update(store, config, embedder=EMBEDDER)
    for module in ("kb.index", "kb.diagnose"):
        monkeypatch.setattr(f"{module}.lexical_format", lambda: "later")
    assert diagnose(store, config, embedder=EMBEDDER).stale == ("the lexical index was built by another version",)
    assert update(store, config, embedder=EMBEDDER).is_rebuilt
    assert diagnose(store, config, embedder=EMBEDDER) == CLEAN


def test_held_lock_leaves_changes_enqueued(store: Store, config: Config) -> None:
    waiting = store.outbox_size()
    with FileLock(config.home / "index.lock"):
        assert update(store, config, embedder=EMBEDDER) == IndexReport(locked=True)
    assert store.outbox_size() == waiting
    update(store, config, embedder=EMBEDDER)
    assert diagnose(store, config, embedder=EMBEDDER) == CLEAN


def test_a_lock_soon_released_is_waited_for(store: Store, config: Config) -> None:
    lock, told = FileLock(config.home / "index.lock", thread_local=False), []
    lock.acquire()

    def waiting() -> None:
        told.append("waiting")
        lock.release()

    assert update(store, config, embedder=EMBEDDER, wait_seconds=60, waiting=waiting).upserted == 10
    assert rebuild(store, config, embedder=EMBEDDER, waiting=waiting).is_rebuilt
    assert told == ["waiting"], "nothing is said when there is nothing to wait for"


def test_crashed_build_leaves_no_trace(store: Store, config: Config) -> None:
    update(store, config, embedder=EMBEDDER)
    store.replace(*make_gesetz(NEW, stand=AUGUST))

    class Crash(FakeEmbedder):
        def embed(self, texts: list[str], *, role: str) -> np.ndarray:  # type: ignore[override]
            raise MemoryError

    with pytest.raises(MemoryError):
        update(store, config, embedder=Crash())
    assert generations(config) == ["00000001", "00000002"]
    assert store.pointer().generation == 1
    assert found(store, config, "Geduld") == ["(1) Wer probt, braucht Geduld."]
    assert update(store, config, embedder=EMBEDDER).generation == 2
    assert diagnose(store, config, embedder=EMBEDDER) == CLEAN


def _drop_lexical(config: Config, ids: list[str]) -> None:
    with LexicalWriter(config.index / "00000001" / "lexical" / "current") as writer:
        writer.apply((), ids[:1])


def _add_lexical(config: Config, ids: list[str]) -> None:
    with LexicalWriter(config.index / "00000001" / "lexical" / "current") as writer:
        writer.apply([("f" * 20, (), "", "niemand kennt mich")], ())


def _other_words(config: Config, ids: list[str]) -> None:
    with LexicalWriter(config.index / "00000001" / "lexical" / "current") as writer:
        writer.apply([(ids[0], (), "", "etwas ganz anderes")], ())


def _drop_vector(config: Config, ids: list[str]) -> None:
    with VectorFolders(config.index).open("00000001", create=True) as base:
        base[Partition.CURRENT].delete(ids[:1])


def _add_vector(config: Config, ids: list[str]) -> None:
    with VectorFolders(config.index).open("00000001", create=True) as base:
        base[Partition.CURRENT].upsert(["f" * 20], EMBEDDER.embed(["x"], role="passage"))


def _other_vector(config: Config, ids: list[str]) -> None:
    with VectorFolders(config.index).open("00000001", create=True) as base:
        base[Partition.CURRENT].upsert(ids[:1], EMBEDDER.embed(["x"], role="passage"))


@pytest.mark.parametrize(
    ("damage", "kind", "line"),
    [
        (_drop_lexical, "missing", "lexical/current: {0}"),
        (_add_lexical, "orphaned", "lexical/current: " + "f" * 20),
        (_other_words, "stale", "lexical/current: {0}"),
        (_drop_vector, "missing", "vectors/current: {0}"),
        (_add_vector, "orphaned", "vectors/current: " + "f" * 20),
        (_other_vector, "stale", "vectors/current: {0}"),
    ],
)
def test_damage_is_found_and_rebuilt(store: Store, config: Config, damage, kind: str, line: str) -> None:  # type: ignore[no-untyped-def]
    update(store, config, embedder=EMBEDDER)
    ids = sorted(store.text_ids(Partition.CURRENT))
    damage(config, ids)
    assert diagnose(store, config, embedder=EMBEDDER) == Diagnosis(**{kind: (line.format(*ids),)})
    assert rebuild(store, config, embedder=EMBEDDER) == IndexReport(generation=2, upserted=10, is_rebuilt=True)
    assert diagnose(store, config, embedder=EMBEDDER) == CLEAN


def test_twins_are_no_finding(store: Store, config: Config) -> None:
    """Hundreds of Normen say the same in the same words; a search by vector returns any of them."""
    store.replace(*make_gesetz({str(n): ["(weggefallen)"] for n in range(300)}, kuerzel="LeerG"))

    class ReadsTheTextOnly(FakeEmbedder):
        def embed(self, texts: list[str], *, role: str) -> np.ndarray:  # type: ignore[override]
            return super().embed([text.rpartition("\n")[2] for text in texts], role=role)

    update(store, config, embedder=ReadsTheTextOnly())
    assert diagnose(store, config, embedder=ReadsTheTextOnly()) == CLEAN


def test_originals_nobody_names_are_found_and_swept(store: Store, config: Config) -> None:
    gesetz, passages = make_gesetz(OLD)
    store.replace(gesetz, passages, raw=b"<first/>")
    store.replace(gesetz, passages, raw=b"<the same in other bytes/>")
    left = hashlib.sha256(b"<first/>").hexdigest()
    (config.files / ".half-written").touch()
    update(store, config, embedder=EMBEDDER)
    assert diagnose(store, config, embedder=EMBEDDER) == CLEAN
    (config.files / left).write_bytes(b"<first/>")
    assert diagnose(store, config, embedder=EMBEDDER) == Diagnosis(orphaned=(f"files: {left}",))
    update(store, config, embedder=EMBEDDER)
    assert diagnose(store, config, embedder=EMBEDDER) == CLEAN
    assert store.raw("testg") == b"<the same in other bytes/>"
    assert (config.files / ".half-written").exists(), "it may still be being written"
    os.utime(config.files / ".half-written", (0, 0))
    update(store, config, embedder=EMBEDDER)
    assert not (config.files / ".half-written").exists()


@pytest.mark.parametrize("lost", ["00000001", "00000001/vectors", "00000001/lexical", ""])
def test_lost_folder_is_found_and_healed(store: Store, config: Config, lost: str) -> None:
    update(store, config, embedder=EMBEDDER)
    shutil.rmtree(config.index / lost)
    diagnosis = diagnose(store, config, embedder=EMBEDDER)
    assert (len(diagnosis.missing), len(diagnosis.stale), diagnosis.ok) == (10, 1, False)
    assert update(store, config, embedder=EMBEDDER).is_rebuilt
    assert diagnose(store, config, embedder=EMBEDDER) == CLEAN


def test_vectors_on_a_server(chroma_server: str, home: Path) -> None:
    """The whole way with CHROMA_URL: two homes share a server, generations come and go, a lost one is healed."""
    config, other = (Config(home=home / name, chroma_url=chroma_server) for name in ("ours", "theirs"))
    with open_store(config) as store, open_store(other) as neighbour:
        neighbour.replace(*make_gesetz(NEW))
        update(neighbour, other, embedder=EMBEDDER)
        for day in range(4):
            store.replace(*make_gesetz(OLD | {"2": [f"Stand {day}."]}, stand=APRIL + timedelta(days=day)))
            assert update(store, config, embedder=EMBEDDER).generation == day + 1
            assert diagnose(store, config, embedder=EMBEDDER) == CLEAN
        assert found(store, config, "Stand") == ["(1) Stand 3."]
        space = space_of(store, config)
        assert space.generations() == ["00000003", "00000004"]
        assert not (config.index / "00000004" / "vectors").exists()
        space.drop("00000004")
        assert not diagnose(store, config, embedder=EMBEDDER).ok
        assert update(store, config, embedder=EMBEDDER).is_rebuilt
        with open_kb(config, embedder=EMBEDDER) as kb:
            vectors = kb.reader().vectors(Partition.CURRENT)
            assert len(vectors.nearest(EMBEDDER.embed(["Stand"], role="query")[0], limit=99)) == 3
            assert not kb.refresh()
        assert diagnose(store, config, embedder=EMBEDDER) == CLEAN
        assert diagnose(neighbour, other, embedder=EMBEDDER) == CLEAN


def test_originals_and_database_suffice(store: Store, config: Config, tmp_path: Path) -> None:
    """The indexes are derived: a home with the database alone is complete after an update."""
    update(store, config, embedder=EMBEDDER)
    before = found(store, config, "ruhig")
    shutil.rmtree(config.index)
    update(store, config, embedder=EMBEDDER)
    assert found(store, config, "ruhig") == before != []
