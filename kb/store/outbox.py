"""What the indexes still have to learn, the pointer to the generation in force, and small named values."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import delete, func, insert, select, update

from kb.model import Partition, TextId
from kb.store import codec
from kb.store.schema import meta, outbox

if TYPE_CHECKING:
    from sqlalchemy import Connection

T = TypeVar("T")

# SQLite takes 32,766 values in one statement; smaller pieces are no slower.
_CHUNK = 2000
_POINTER = "index"
_VERSION = "kb_version"
_SERIAL = "serial"


@dataclass(frozen=True, slots=True)
class IndexPointer:
    """The generation readers use: its number (0 = none yet), the embedder and the lexical format it was built with."""

    generation: int = 0
    embedder: str = ""
    lexical: str = ""


@dataclass(frozen=True, slots=True)
class Pending:
    """Texts to look at again by partition, and the number up to which the outbox was read."""

    upto: int
    texts: dict[Partition, tuple[TextId, ...]]

    def __bool__(self) -> bool:
        return any(self.texts.values())

    def __len__(self) -> int:
        return sum(len(ids) for ids in self.texts.values())


def chunks(items: Iterable[T]) -> Iterator[list[T]]:
    """The items in pieces that fit into one statement."""
    some: list[T] = []
    for item in items:
        some.append(item)
        if len(some) == _CHUNK:
            yield some
            some = []
    if some:
        yield some


def enqueue(connection: Connection, rows: Sequence[tuple[str, str]]) -> None:
    """Queue (partition, text_id) pairs."""
    if rows:
        connection.execute(insert(outbox), [{"partition": part, "text_id": text_id} for part, text_id in rows])


def pending(connection: Connection, limit: int | None = None) -> Pending:
    """The oldest `limit` rows of the outbox (all where None), each text once."""
    query = select(outbox.c.seq, outbox.c.partition, outbox.c.text_id).order_by(outbox.c.seq)
    texts: dict[Partition, dict[TextId, None]] = {partition: {} for partition in Partition}
    upto = 0
    for row in connection.execute(query.limit(limit) if limit is not None else query):
        texts[Partition(row.partition)][row.text_id] = None
        upto = row.seq
    return Pending(upto, {partition: tuple(ids) for partition, ids in texts.items()})


def count(connection: Connection) -> int:
    """How many rows wait."""
    return int(connection.execute(select(func.count()).select_from(outbox)).scalar_one())


def acknowledge(connection: Connection, upto: int) -> None:
    """Forget the rows up to that number: the indexes know."""
    connection.execute(delete(outbox).where(outbox.c.seq <= upto))


def get_meta(connection: Connection, key: str) -> str | None:
    """The value of a name, None if it has none."""
    value: str | None = connection.execute(select(meta.c.value).where(meta.c.key == key)).scalar_one_or_none()
    return value


def set_meta(connection: Connection, key: str, value: str | None) -> None:
    """Give a name a value; None takes it away."""
    if value is None:
        connection.execute(delete(meta).where(meta.c.key == key))
    elif not connection.execute(update(meta).where(meta.c.key == key).values(value=value)).rowcount:
        connection.execute(insert(meta).values(key=key, value=value))


def meta_with_prefix(connection: Connection, prefix: str) -> dict[str, str]:
    """All names that begin so, with their values."""
    rows = connection.execute(
        select(meta.c.key, meta.c.value).where(meta.c.key.startswith(prefix, autoescape=True)).order_by(meta.c.key)
    )
    return {row.key: row.value for row in rows}


def pointer(connection: Connection) -> IndexPointer:
    """The generation in force."""
    stored = get_meta(connection, _POINTER)
    return IndexPointer(**json.loads(stored)) if stored else IndexPointer()


def set_pointer(connection: Connection, new: IndexPointer) -> None:
    """Move the pointer."""
    value = {"generation": new.generation, "embedder": new.embedder, "lexical": new.lexical}
    set_meta(connection, _POINTER, codec.to_json(value))


def serial(connection: Connection) -> str:
    """A value that changes with every write, for caches."""
    return get_meta(connection, _SERIAL) or "0"


def version(connection: Connection) -> str:
    """The version of the content: the same changes in the same order give the same version."""
    return get_meta(connection, _VERSION) or "0"


def bump(connection: Connection, *changed: str) -> None:
    """Note a write; with `changed` also that the content is another now."""
    set_meta(connection, _SERIAL, str(int(serial(connection)) + 1))
    if changed:
        set_meta(connection, _VERSION, codec.digest(version(connection), *changed)[:12])
