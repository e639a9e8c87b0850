"""The opened seams, and that a reader moves on while another process writes."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from kb.config import Config
from kb.index import diagnose, update
from kb.knowledge_base import open_kb
from kb.model import Partition
from kb.store import open_store
from tests.kb.made_up import APRIL, FakeEmbedder, make_gesetz

EMBEDDER = FakeEmbedder()


def test_opening_indexes_what_waits(config: Config) -> None:
    with open_store(config) as store:
        store.replace(*make_gesetz({"1": ["Wer probt, braucht Geduld."]}))
    with open_kb(config, embedder=EMBEDDER) as kb:
        assert kb.store.outbox_size() == 0
        assert len(kb.reader().lexical(Partition.CURRENT).search("Geduld", limit=5)) == 1
        assert kb.refresh() is False


def test_empty_home_opens_and_finds_nothing(config: Config) -> None:
    with open_kb(config, embedder=EMBEDDER) as kb:
        assert kb.reader().lexical(Partition.CURRENT).search("Geduld", limit=5) == []
        assert kb.reader().vectors(Partition.BANK).nearest(EMBEDDER.embed(["x"], role="query")[0], limit=5) == []


def test_reader_sees_old_or_new_while_another_writes(config: Config) -> None:
    """Every answer is of one whole state, and none fails, while a second store ingests and indexes."""
    days = 8
    normen = [{"1": [f"Geduld vorn {n}."], "2": [f"Geduld hinten {n}."]} for n in range(days)]
    with open_store(config) as store:
        store.replace(*make_gesetz(normen[0]))
    failures: list[BaseException] = []
    answers: list[set[str]] = []
    done = threading.Event()

    with open_kb(config, embedder=EMBEDDER) as kb:

        def ask() -> None:
            try:
                while not done.is_set():
                    kb.refresh()
                    reader = kb.reader()
                    hits = [each for each, _ in reader.lexical(Partition.CURRENT).search("Geduld", limit=9)]
                    row = EMBEDDER.embed(["Geduld"], role="query")[0]
                    near = {each for each, _ in reader.vectors(Partition.CURRENT).nearest(row, limit=9)}
                    assert near == set(hits)
                    answers.append({p.text.split()[-1] for p, _ in kb.store.passages(hits).values()})
            except BaseException as error:  # noqa: BLE001
                failures.append(error)

        readers = [threading.Thread(target=ask) for _ in range(2)]
        for reader in readers:
            reader.start()
        with open_store(config) as writer:
            for n in range(1, days):
                writer.replace(*make_gesetz(normen[n], stand=APRIL + timedelta(days=n)))
                update(writer, config, embedder=EMBEDDER)
        done.set()
        for reader in readers:
            reader.join()
        assert failures == []
        assert all(len(numbers) == 1 for numbers in answers)
        kb.refresh()
        assert diagnose(kb.store, config, embedder=EMBEDDER).ok
        assert kb.reader().pointer == kb.store.pointer()


def test_failure_while_opening_closes_the_store(config: Config) -> None:
    class Broken(FakeEmbedder):
        def embed(self, texts: Sequence[str], *, role: str) -> Any:
            raise OSError("gone")

    with open_store(config) as store:
        store.replace(*make_gesetz({"1": ["Wer probt, braucht Geduld."]}))
    with pytest.raises(OSError, match="gone"):
        open_kb(config, embedder=Broken())
