"""Writing sources: a state is stored whole, in one transaction with the outbox rows that follow from it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, insert, select, update

from kb.errors import StoreError
from kb.model import Changes, Dokument, Partition, Quelle, SourceId
from kb.store import codec, outbox
from kb.store.catalogue import kind_of
from kb.store.codec import Unit
from kb.store.schema import members, mentions, passages, sources, units, version_units, versions

if TYPE_CHECKING:
    from sqlalchemy import Connection

RETIRED = ""


def replace(
    connection: Connection, quelle: Quelle, given: Sequence[Unit], *, sha256: str, origin: str, checked: date
) -> Changes:
    """What changed against the state before (the one replaced, else its predecessor, else its successor).

    An equal state only gets a new `last_checked`; an equal `rechtsstand` with other content replaces that state; an
    older one goes to history.
    """
    source_id = quelle.id
    was_published = _ensure_source(connection, source_id, checked)
    states = {
        row.rechtsstand: row
        for row in connection.execute(
            select(versions.c.id, versions.c.rechtsstand, versions.c.content, versions.c.sha256).where(
                versions.c.source_id == source_id
            )
        )
    }
    content = codec.content_of(quelle, given)
    same = states.get(quelle.rechtsstand)
    newest = max([quelle.rechtsstand, *states])
    if same is not None and same.content == content and was_published:
        _checked(connection, quelle, same, sha256=sha256 or same.sha256, origin=origin, checked=checked)
        outbox.bump(connection)
        count = sum(len(unit.passages) for unit in given)
        return Changes(source_id, unchanged=count, became_current=quelle.rechtsstand == newest)
    base = _base(states, quelle.rechtsstand) if was_published else None
    before = _wordings(connection, base) if base is not None else {}
    unit_ids = _ensure_units(connection, source_id, given, with_mentions=isinstance(quelle, Dokument))
    version_id = _put_version(connection, quelle, same, content=content, sha256=sha256, origin=origin, checked=checked)
    rows = [
        {"version_id": version_id, "ordinal": ordinal, "unit_id": unit_ids[unit.key]}
        for ordinal, unit in enumerate(given, 1)
    ]
    if rows:
        connection.execute(insert(version_units), rows)
    refresh_members(connection, source_id, is_published=True)
    if same is not None:
        _drop_orphans(connection, source_id)
    outbox.bump(connection, source_id, quelle.rechtsstand.isoformat(), content)
    return _changes(source_id, before, given, became_current=quelle.rechtsstand == newest)


def retire(connection: Connection, source_id: SourceId) -> Changes:
    """What left the indexes. The texts stay for Belege that name them, but are searched no more."""
    found = connection.execute(select(sources.c.is_published).where(sources.c.id == source_id)).first()
    if found is None:
        raise StoreError("no such source", where=source_id, next="`lotse sources` lists them")
    if not found.is_published:
        return Changes(source_id)
    gone = connection.execute(
        select(passages.c.passage_id)
        .join(members, (members.c.unit_id == passages.c.unit_id) & (members.c.ordinal == passages.c.ordinal))
        .where(members.c.source_id == source_id, members.c.partition == Partition.CURRENT.value)
        .order_by(passages.c.passage_id)
    ).scalars()
    removed = tuple(gone)
    connection.execute(update(sources).where(sources.c.id == source_id).values(is_published=False))
    refresh_members(connection, source_id, is_published=False)
    outbox.bump(connection, source_id, "retired")
    return Changes(source_id, removed=removed)


def touch(connection: Connection, source_id: SourceId, sha256: str, checked: date) -> None:
    """Note that the state with these bytes was seen again."""
    rows = connection.execute(
        select(versions.c.id).where(versions.c.source_id == source_id, versions.c.sha256 == sha256)
    ).scalars()
    ids = list(rows)
    connection.execute(
        update(versions).where(versions.c.id.in_(ids), versions.c.last_checked < checked).values(last_checked=checked)
    )
    connection.execute(
        update(sources).where(sources.c.id == source_id, sources.c.last_checked < checked).values(last_checked=checked)
    )
    outbox.bump(connection)


def originals_named(connection: Connection) -> set[str]:
    """The SHA-256 of every original that a state names."""
    return set(connection.execute(select(versions.c.sha256).where(versions.c.sha256 != "").distinct()).scalars())


def refresh_members(connection: Connection, source_id: SourceId, *, is_published: bool) -> None:
    """Work out anew where each text of the source lies, and queue what that changes for the indexes."""
    before = {
        row.text_id: (row.partition, row.indexed)
        for row in connection.execute(
            select(members.c.text_id, members.c.partition, members.c.indexed).where(members.c.source_id == source_id)
        )
    }
    after = _placed(connection, source_id, is_published=is_published)
    queue: list[tuple[str, str]] = []
    for text_id in sorted(before.keys() | after.keys()):
        old_partition, old_words = before.get(text_id, (RETIRED, ""))
        new = after.get(text_id)
        new_partition, new_words = (new["partition"], new["indexed"]) if new else (RETIRED, "")
        if old_partition != new_partition:
            queue += [(partition, text_id) for partition in (old_partition, new_partition) if partition]
        elif new_partition and old_words != new_words:
            queue.append((new_partition, text_id))
    connection.execute(delete(members).where(members.c.source_id == source_id))
    if after:
        connection.execute(insert(members), list(after.values()))
    outbox.enqueue(connection, queue)


def _placed(connection: Connection, source_id: SourceId, *, is_published: bool) -> dict[str, dict[str, Any]]:
    """A row of `members` for each text: it lies in the newest state that holds it."""
    newest_of_unit = (
        select(version_units.c.unit_id, func.max(versions.c.rechtsstand).label("rechtsstand"))
        .join(versions, versions.c.id == version_units.c.version_id)
        .where(versions.c.source_id == source_id)
        .group_by(version_units.c.unit_id)
        .subquery()
    )
    state_ids = {
        row.rechtsstand: row.id
        for row in connection.execute(
            select(versions.c.rechtsstand, versions.c.id).where(versions.c.source_id == source_id)
        )
    }
    newest = max(state_ids, default=None)
    rows = connection.execute(
        select(
            passages.c.text_id,
            passages.c.unit_id,
            passages.c.ordinal,
            passages.c.indexed,
            newest_of_unit.c.rechtsstand,
        )
        .join(newest_of_unit, newest_of_unit.c.unit_id == passages.c.unit_id)
        .order_by(newest_of_unit.c.rechtsstand.desc(), passages.c.unit_id, passages.c.ordinal)
    )
    placed: dict[str, dict[str, Any]] = {}
    for row in rows:
        if row.text_id in placed:
            continue
        partition = Partition.CURRENT if row.rechtsstand == newest else Partition.HISTORY
        placed[row.text_id] = {
            "text_id": row.text_id,
            "source_id": source_id,
            "partition": partition.value if is_published else RETIRED,
            "version_id": state_ids[row.rechtsstand],
            "unit_id": row.unit_id,
            "ordinal": row.ordinal,
            "indexed": row.indexed,
        }
    return placed


def _ensure_source(connection: Connection, source_id: SourceId, checked: date) -> bool:
    """True if the source is there and published; it is afterwards."""
    found = connection.execute(select(sources).where(sources.c.id == source_id)).first()
    if found is None:
        connection.execute(insert(sources).values(id=source_id, is_published=True, last_checked=checked))
        return False
    connection.execute(
        update(sources)
        .where(sources.c.id == source_id)
        .values(is_published=True, last_checked=max(found.last_checked, checked))
    )
    return bool(found.is_published)


def _checked(connection: Connection, quelle: Quelle, state: Any, *, sha256: str, origin: str, checked: date) -> None:
    values: dict[str, Any] = {"sha256": sha256, "head": codec.to_json(codec.head_of(quelle))}
    if origin:
        values["origin"] = origin
    connection.execute(update(versions).where(versions.c.id == state.id).values(**values))
    connection.execute(
        update(versions)
        .where(versions.c.id == state.id, versions.c.last_checked < checked)
        .values(last_checked=checked)
    )


def _base(states: dict[date, Any], rechtsstand: date) -> int | None:
    older = [day for day in states if day <= rechtsstand]
    newer = [day for day in states if day > rechtsstand]
    if older:
        return int(states[max(older)].id)
    return int(states[min(newer)].id) if newer else None


def _wordings(connection: Connection, version_id: int) -> dict[str, str]:
    rows = connection.execute(
        select(passages.c.passage_id, passages.c.wording)
        .join(version_units, version_units.c.unit_id == passages.c.unit_id)
        .where(version_units.c.version_id == version_id)
        .order_by(version_units.c.ordinal, passages.c.ordinal)
    )
    return {row.passage_id: row.wording for row in rows}


def _ensure_units(
    connection: Connection, source_id: SourceId, given: Sequence[Unit], *, with_mentions: bool
) -> dict[str, int]:
    """The row ids of the units by key; those not yet there are inserted with their passages."""
    known = {
        row.key: row.id
        for row in connection.execute(select(units.c.key, units.c.id).where(units.c.source_id == source_id))
    }
    new = {unit.key: unit for unit in given if unit.key not in known}
    if not new:
        return known
    rows = [
        {"source_id": source_id, "key": u.key, "place": u.place, "wording": u.wording, "body": u.body}
        for u in new.values()
    ]
    for row in connection.execute(insert(units).returning(units.c.id, units.c.key), rows):
        known[row.key] = row.id
    texts: list[dict[str, Any]] = []
    named: list[dict[str, Any]] = []
    for unit in new.values():
        for ordinal, passage in enumerate(unit.passages, 1):
            place = {"unit_id": known[unit.key], "ordinal": ordinal}
            texts.append(
                place
                | {
                    "text_id": passage.text_id,
                    "passage_id": passage.passage_id,
                    "heading": passage.heading,
                    "text": passage.text,
                    "more": codec.passage_more(passage),
                    "indexed": codec.indexed_words(passage),
                    "wording": codec.wording(passage.text),
                }
            )
            if with_mentions:
                named += [
                    place | {"position": position, "norm": ref.key, "ref": codec.to_json(codec.ref_to_json(ref))}
                    for position, ref in enumerate(passage.refs, 1)
                ]
    if texts:
        connection.execute(insert(passages), texts)
    if named:
        connection.execute(insert(mentions), named)
    return known


def _put_version(
    connection: Connection, quelle: Quelle, same: Any, *, content: str, sha256: str, origin: str, checked: date
) -> int:
    """The row id of the state, without units yet."""
    values = {
        "source_id": quelle.id,
        "rechtsstand": quelle.rechtsstand,
        "kind": kind_of(quelle).value,
        "kuerzel": "" if isinstance(quelle, Dokument) else quelle.kuerzel,
        "head": codec.to_json(codec.head_of(quelle)),
        "content": content,
        "sha256": sha256,
        "origin": origin,
        "last_checked": checked,
    }
    if same is None:
        return int(connection.execute(insert(versions).values(**values).returning(versions.c.id)).scalar_one())
    connection.execute(delete(version_units).where(version_units.c.version_id == same.id))
    connection.execute(update(versions).where(versions.c.id == same.id).values(**values))
    return int(same.id)


def _drop_orphans(connection: Connection, source_id: SourceId) -> None:
    """Delete the units no state holds any more."""
    held = select(version_units.c.unit_id)
    orphans = list(
        connection.execute(select(units.c.id).where(units.c.source_id == source_id, units.c.id.not_in(held))).scalars()
    )
    for some in outbox.chunks(orphans):
        connection.execute(delete(mentions).where(mentions.c.unit_id.in_(some)))
        connection.execute(delete(passages).where(passages.c.unit_id.in_(some)))
        connection.execute(delete(units).where(units.c.id.in_(some)))


def _changes(source_id: SourceId, before: dict[str, str], given: Sequence[Unit], *, became_current: bool) -> Changes:
    after = {passage.passage_id: passage for unit in given for passage in unit.passages}
    added: list[str] = []
    changed: list[str] = []
    for passage_id, passage in after.items():
        if passage_id not in before:
            added.append(passage.text_id)
        elif before[passage_id] != codec.wording(passage.text):
            changed.append(passage_id)
    return Changes(
        source_id,
        added=tuple(added),
        changed=tuple(changed),
        removed=tuple(passage_id for passage_id in before if passage_id not in after),
        unchanged=len(after) - len(added) - len(changed),
        became_current=became_current,
    )
