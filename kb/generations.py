"""One generation of the indexes, opened for reading."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Self

from kb.config import Config
from kb.errors import StoreError
from kb.lexical import Lexical
from kb.model import Partition
from kb.store import IndexPointer, IndexText, Store
from kb.vectors import Vectors, VectorSpace, open_space

STORE_ID = "store_id"


class IndexReader:
    """All partitions of one generation, opened for reading. Generation 0 finds nothing.

    Raises StoreError if the generation is not there.
    """

    def __init__(self, store: Store, config: Config, pointer: IndexPointer) -> None:
        self.pointer = pointer
        self._base = None
        self._lexical: dict[Partition, Lexical] = {}
        if pointer.generation:
            folder = config.index / folder_name(pointer.generation)
            if not (folder / "lexical").is_dir():
                raise StoreError("the index is missing", where=str(folder), next="lotse doctor --rebuild")
            self._base = space_of(store, config).open(folder_name(pointer.generation))
            self._lexical = {part: Lexical(folder / "lexical" / part.value) for part in Partition}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def lexical(self, partition: Partition) -> Lexical:
        """Words and n-grams of a partition."""
        return self._lexical.get(partition) or Lexical(Path())

    def vectors(self, partition: Partition) -> Vectors:
        """Vectors of a partition."""
        return self._base[partition] if self._base else Vectors(None)

    def close(self) -> None:
        """Let go of files and connections."""
        if self._base:
            self._base.close()
            self._base = None


def folder_name(generation: int) -> str:
    """The name of a generation's folder."""
    return f"{generation:08d}"


def space_of(store: Store, config: Config) -> VectorSpace:
    """Where the vectors of this store lie."""
    return open_space(config.index, config.chroma_url, store.get_meta(STORE_ID) or "new")


def embedded_text(text: IndexText) -> str:
    """What the embedder reads of a text: heading and words; the context is alike for whole chapters and would blur."""
    _, _, heading, words = text
    return f"{heading}\n{words}" if heading else words
