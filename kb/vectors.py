"""Vectors of the partitions in Chroma: embeddings and ids only, cosine.

The chromadb client is used directly: langchain-chroma's `add_texts` always stores the documents, and Chroma cannot
erase them again (chroma#3793), so the text stays in the database. A generation is written once, by the
process that holds the index lock, in a folder of its own (or under collection names of its own on a server), and only
read afterwards: two processes writing one Chroma folder lose vectors without a word, and a reader never sees another
process's new vectors in a folder it has open.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeAlias
from urllib.parse import urlsplit

from kb.errors import StoreError
from kb.model import Partition, TextId

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    FloatMatrix: TypeAlias = npt.NDArray[np.float32]
    FloatVector: TypeAlias = npt.NDArray[np.float32]

# Clients of one folder share a system inside chromadb 1.5.9, counted but not guarded: a thread that closes the last one
# stops the system another thread is just opening. Opening and closing take turns.
_TURNS = threading.RLock()
# Chroma refuses more than 5461 at once.
_BATCH = 5000
# Measured on 70 statutes: recall@20 .993, as with a graph twice as dense, which takes twice as long to build; a graph
# that is searched less widely loses some questions nearly all of their nearest texts.
_HNSW = {"space": "cosine", "ef_construction": 64, "max_neighbors": 16, "ef_search": 800, "sync_threshold": 5000}


class Vectors:
    """One partition of one generation. A partition that was never written finds nothing."""

    def __init__(self, collection: Any | None, where: str = "") -> None:
        self._collection = collection
        self._where = where

    def nearest(self, vector: FloatVector, *, limit: int) -> list[tuple[TextId, float]]:
        """The texts most similar to a unit vector, best first with their cosine; ties by id. Zeros find nothing."""
        if self._collection is None or limit < 1 or not vector.any():
            return []
        with _named_errors(self._where, "lotse doctor"):
            found = self._collection.query(query_embeddings=[vector], n_results=limit, include=["distances"])
        pairs = zip(found["ids"][0], found["distances"][0], strict=True)
        return sorted(((text_id, 1.0 - float(gap)) for text_id, gap in pairs), key=lambda hit: (-hit[1], hit[0]))

    def upsert(self, text_ids: Sequence[TextId], vectors: FloatMatrix) -> None:
        """Write rows of vectors; those that are there are replaced."""
        for start in range(0, len(text_ids), _BATCH):
            part = slice(start, start + _BATCH)
            self._written().upsert(ids=list(text_ids[part]), embeddings=vectors[part])

    def delete(self, text_ids: Iterable[TextId]) -> None:
        """Take vectors away; unknown ids are no error."""
        ids = list(text_ids)
        for start in range(0, len(ids), _BATCH):
            self._written().delete(ids=ids[start : start + _BATCH])

    def ids(self) -> list[TextId]:
        """The ids of all vectors, sorted."""
        if self._collection is None:
            return []
        ids: list[TextId] = []
        for offset in range(0, len(self), _BATCH):
            ids += self._collection.get(include=[], limit=_BATCH, offset=offset)["ids"]
        return sorted(ids)

    def get(self, text_ids: Iterable[TextId]) -> dict[TextId, FloatVector]:
        """The stored vectors by id; unknown ids are left out."""
        import numpy as np

        ids = list(text_ids)
        found: dict[TextId, FloatVector] = {}
        if self._collection is None:
            return found
        for start in range(0, len(ids), _BATCH):
            rows = self._collection.get(ids=ids[start : start + _BATCH], include=["embeddings"])
            vectors = np.asarray(rows["embeddings"], dtype=np.float32)
            found.update(zip(rows["ids"], vectors, strict=True))
        return found

    def __len__(self) -> int:
        return 0 if self._collection is None else int(self._collection.count())

    def _written(self) -> Any:
        if self._collection is None:
            raise StoreError("the vectors of this generation are only read", next="write through kb.index.update")
        return self._collection


class VectorBase:
    """All partitions of one generation, in a folder or on a server. Use as a context manager.

    Opened with `create`, partitions are made where they are missing; else they are empty.
    """

    def __init__(self, client: Any, prefix: str, *, where: str, create: bool) -> None:
        self._client = client
        names = {_name_of(collection) for collection in client.list_collections()}
        self._parts = {part: Vectors(self._collection(prefix + part.value, names, create), where) for part in Partition}

    def _collection(self, name: str, names: set[str], create: bool) -> Any | None:
        if not create:
            return self._client.get_collection(name, embedding_function=None) if name in names else None
        return self._client.get_or_create_collection(name, configuration={"hnsw": _HNSW}, embedding_function=None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __getitem__(self, partition: Partition) -> Vectors:
        return self._parts[partition]

    def close(self) -> None:
        """Let go of the files or the connection."""
        _close(self._client)


class VectorFolders:
    """Generations as folders: `<index>/<generation>/vectors`."""

    def __init__(self, index: Path) -> None:
        self._index = index

    def open(self, generation: str, *, create: bool = False) -> VectorBase:
        """The vectors of a generation. Raises StoreError where Chroma cannot read them."""
        import chromadb
        from chromadb.config import Settings

        folder = self._index / generation / "vectors"
        if not create and not (folder / "chroma.sqlite3").is_file():
            raise StoreError("the vectors are missing", where=str(folder), next="lotse doctor --rebuild")
        folder.mkdir(parents=True, exist_ok=True)
        with _TURNS, _named_errors(str(folder), "lotse doctor --rebuild"):
            client = chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False))
            return VectorBase(client, "", where=str(folder), create=create)

    def copy(self, source: str, target: str) -> None:
        """Copy a generation; nobody may have the target open."""
        folder = self._index / source / "vectors"
        if folder.is_dir():
            shutil.copytree(folder, self._index / target / "vectors")

    def generations(self) -> list[str]:
        """Nothing: the folders go with their generation."""
        return []

    def drop(self, generation: str) -> None:
        """Nothing: the folder goes with its generation."""


class VectorServer:
    """Generations as collections of a Chroma server: `lotse-<store>-<generation>-<partition>`.

    `store` tells several knowledge bases on one server apart.
    """

    def __init__(self, url: str, store: str) -> None:
        self._url = url
        self._prefix = f"lotse-{store}-"

    def open(self, generation: str, *, create: bool = False) -> VectorBase:
        """The vectors of a generation. Raises StoreError where the server does not answer."""
        with _named_errors(self._url, "start the Chroma server, or correct CHROMA_URL"):
            base = VectorBase(self._client(), f"{self._prefix}{generation}-", where=self._url, create=create)
        if not create and generation not in self.generations():
            base.close()
            raise StoreError("the vectors are missing", where=self._url, next="lotse doctor --rebuild")
        return base

    def copy(self, source: str, target: str) -> None:
        """Copy a generation through this process; the server cannot do it itself."""
        if source not in self.generations():
            return
        with self.open(source) as old, self.open(target, create=True) as new:
            for partition in Partition:
                ids = old[partition].ids()
                for start in range(0, len(ids), _BATCH):
                    rows = old[partition].get(ids[start : start + _BATCH])
                    new[partition].upsert(list(rows), _stack(rows.values()))

    def generations(self) -> list[str]:
        """The generations the server holds for this store."""
        client = self._client()
        try:
            names = [_name_of(collection) for collection in client.list_collections()]
        finally:
            _close(client)
        ours = {name.removeprefix(self._prefix).rpartition("-")[0] for name in names if name.startswith(self._prefix)}
        return sorted(ours)

    def drop(self, generation: str) -> None:
        """Delete the collections of a generation."""
        client = self._client()
        try:
            for collection in client.list_collections():
                if _name_of(collection).startswith(f"{self._prefix}{generation}-"):
                    client.delete_collection(_name_of(collection))
        finally:
            _close(client)

    def _client(self) -> Any:
        import chromadb
        from chromadb.config import Settings

        address = urlsplit(self._url)
        is_tls = address.scheme == "https"
        with _named_errors(self._url, "start the Chroma server, or correct CHROMA_URL"):
            return chromadb.HttpClient(
                host=address.hostname or "localhost",
                port=address.port or (443 if is_tls else 8000),
                ssl=is_tls,
                settings=Settings(anonymized_telemetry=False),
            )


VectorSpace: TypeAlias = VectorFolders | VectorServer


def open_space(index: Path, chroma_url: str, store: str) -> VectorSpace:
    """Where the vectors of a configuration lie."""
    return VectorServer(chroma_url, store) if chroma_url else VectorFolders(index)


@contextmanager
def _named_errors(where: str, next_step: str) -> Iterator[None]:
    """Turn what Chroma raises into StoreError: it lets errors of its HTTP client and of Rust through as they are."""
    try:
        yield
    except Exception as error:
        origin = type(error).__module__.partition(".")[0]
        if origin not in ("chromadb", "chromadb_rust_bindings", "httpx", "httpcore") and not isinstance(
            error, ValueError | RuntimeError | OSError
        ):
            raise
        raise StoreError(f"Chroma: {error}", where=where, next=next_step) from error


def _close(client: Any) -> None:
    # Closing a client of chromadb 1.5.9 leaves its HTTP sessions open, its own and that of its inner admin client.
    servers = [client._server, getattr(client._admin_client, "_server", None)]
    with _TURNS:
        client.close()
    for server in servers:
        if session := getattr(server, "_session", None):
            session.close()


def _name_of(collection: Any) -> str:
    return str(collection if isinstance(collection, str) else collection.name)


def _stack(rows: Iterable[FloatVector]) -> FloatMatrix:
    import numpy as np

    return np.stack(list(rows))
