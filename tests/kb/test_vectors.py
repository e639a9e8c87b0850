"""The vector contract, for Chroma in a folder and Chroma as a server."""

from __future__ import annotations

import socket
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from kb.errors import StoreError
from kb.model import Partition
from kb.vectors import VectorServer, VectorSpace, open_space

DIM = 8


def unit(*numbers: float) -> np.ndarray:
    row = np.zeros(DIM, dtype=np.float32)
    row[: len(numbers)] = numbers
    return row / np.linalg.norm(row)


@pytest.fixture(params=["folder", "server"])
def space(request: pytest.FixtureRequest, tmp_path: Path) -> VectorSpace:
    """A place for vectors of each variant, empty."""
    url = request.getfixturevalue("chroma_server") if request.param == "server" else ""
    return open_space(tmp_path, url, tmp_path.name.replace("_", "-").strip("-"))


def test_nearest_is_by_cosine_best_first(space: VectorSpace) -> None:
    with space.open("00000001", create=True) as base:
        vectors = base[Partition.CURRENT]
        vectors.upsert(["c", "a", "b", "far"], np.stack([unit(1, 1), unit(1), unit(1), unit(-1)]))
        hits = vectors.nearest(unit(1), limit=3)
        assert [(text_id, round(score, 4)) for text_id, score in hits] == [("a", 1.0), ("b", 1.0), ("c", 0.7071)]
        assert len(vectors.nearest(unit(1), limit=100)) == 4
        assert vectors.nearest(unit(1), limit=0) == []
        assert vectors.nearest(np.zeros(DIM, dtype=np.float32), limit=3) == []
        assert base[Partition.HISTORY].nearest(unit(1), limit=3) == []


def test_upsert_replaces_and_unknown_ids_are_no_error(space: VectorSpace) -> None:
    with space.open("00000001", create=True) as base:
        vectors = base[Partition.BANK]
        vectors.upsert(["a", "b"], np.stack([unit(1), unit(0, 1)]))
        vectors.upsert(["b"], np.stack([unit(0, 0, 1)]))
        vectors.delete(["a", "unknown"])
        vectors.delete([])
        assert (vectors.ids(), len(vectors)) == (["b"], 1)
        assert {text_id: row.tolist() for text_id, row in vectors.get(["a", "b"]).items()} == {
            "b": unit(0, 0, 1).tolist()
        }


def test_more_than_chroma_takes_at_once(space: VectorSpace) -> None:
    ids = [f"{n:05d}" for n in range(6000)]
    rows = np.random.default_rng(1).normal(size=(6000, DIM)).astype(np.float32)
    with space.open("00000001", create=True) as base:
        base[Partition.CURRENT].upsert(ids, rows)
        assert base[Partition.CURRENT].ids() == ids
        assert len(base[Partition.CURRENT].get(ids)) == 6000
        base[Partition.CURRENT].delete(ids[:5500])
        assert base[Partition.CURRENT].ids() == ids[5500:]


def test_generations_are_copied_and_stay_apart(space: VectorSpace) -> None:
    with space.open("00000001", create=True) as base:
        base[Partition.CURRENT].upsert(["a"], np.stack([unit(1)]))
    space.copy("00000001", "00000002")
    with space.open("00000002", create=True) as new:
        new[Partition.CURRENT].upsert(["b"], np.stack([unit(0, 1)]))
        assert new[Partition.CURRENT].ids() == ["a", "b"]
    with space.open("00000001") as old:
        assert old[Partition.CURRENT].ids() == ["a"]
        assert [text_id for text_id, _ in old[Partition.CURRENT].nearest(unit(1), limit=5)] == ["a"]
    with space.open("00000002") as new:
        assert [text_id for text_id, _ in new[Partition.CURRENT].nearest(unit(0, 1), limit=1)] == ["b"]
    assert space.generations() == (["00000001", "00000002"] if isinstance(space, VectorServer) else [])
    space.drop("00000001")
    assert space.generations() == (["00000002"] if isinstance(space, VectorServer) else [])


def test_missing_generation_is_said(space: VectorSpace) -> None:
    with pytest.raises(StoreError, match="the vectors are missing"):
        space.open("00000009")
    space.copy("00000009", "00000010")
    with pytest.raises(StoreError, match="the vectors are missing"):
        space.open("00000010")


def test_no_text_reaches_chroma(space: VectorSpace) -> None:
    with space.open("00000001", create=True) as base:
        base[Partition.CURRENT].upsert(["a"], np.stack([unit(1)]))
        rows = base[Partition.CURRENT]._collection.get(include=["documents", "metadatas"])
        assert (rows["documents"], rows["metadatas"]) == ([None], [None])


def test_server_that_does_not_answer_is_said(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(StoreError, match="Chroma") as caught:
        open_space(tmp_path, url, "x").open("00000001")
    assert caught.value.where == url


def test_threads_open_and_close_one_folder_without_stopping_each_other(tmp_path: Path) -> None:
    space = open_space(tmp_path, "", "home")
    with space.open("00000001", create=True) as base:
        base[Partition.CURRENT].upsert(["a"], np.stack([unit(1)]))

    def ask(_: int) -> list[str]:
        with space.open("00000001") as base:
            return [text_id for text_id, _ in base[Partition.CURRENT].nearest(unit(1), limit=1)]

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)  # threads change places often enough to meet between chromadb's count and its stop
    try:
        with ThreadPoolExecutor(8) as threads:
            assert list(threads.map(ask, range(300))) == [["a"]] * 300
    finally:
        sys.setswitchinterval(interval)
