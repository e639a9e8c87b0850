"""Reading passages by text id: for hits, for the indexes, for what is in force."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, TypeAlias

from sqlalchemy import func, select

from kb.model import Kind, NormRef, Partition, Passage, SourceId, SourceInfo, TextId
from kb.store import codec, outbox
from kb.store.catalogue import Catalogue
from kb.store.schema import bank, members, mentions, passages, version_units

if TYPE_CHECKING:
    from sqlalchemy import Connection

# id, context, heading, text
IndexText: TypeAlias = tuple[TextId, tuple[str, ...], str, str]

_OF_MEMBER = (members.c.unit_id == passages.c.unit_id) & (members.c.ordinal == passages.c.ordinal)


def find_passages(
    connection: Connection, catalogue: Catalogue, text_ids: Iterable[TextId]
) -> dict[TextId, tuple[Passage, SourceInfo]]:
    """The passages with the newest state that holds them; unknown ids are left out."""
    found: dict[TextId, tuple[Passage, SourceInfo]] = {}
    infos: dict[int, SourceInfo] = {}
    for some in outbox.chunks(dict.fromkeys(text_ids)):
        rows = connection.execute(
            select(passages, members.c.source_id, members.c.version_id)
            .join(members, _OF_MEMBER)
            .where(members.c.text_id.in_(some))
        )
        for row in rows:
            if row.version_id not in infos:
                infos[row.version_id] = catalogue.info(catalogue.state(row.version_id))
            found[row.text_id] = (codec.passage_from_row(row.source_id, row), infos[row.version_id])
    return found


def text_ids_in(connection: Connection, partition: Partition) -> set[TextId]:
    """All texts of a partition."""
    if partition is Partition.BANK:
        return set(connection.execute(select(bank.c.text_id).distinct()).scalars())
    return set(connection.execute(select(members.c.text_id).where(members.c.partition == partition.value)).scalars())


def count_passages(connection: Connection) -> dict[SourceId, int]:
    """How many current texts each published source has."""
    current = members.c.partition == Partition.CURRENT.value
    rows = connection.execute(select(members.c.source_id, func.count()).where(current).group_by(members.c.source_id))
    return {row.source_id: row[1] for row in rows}


def index_texts(connection: Connection, partition: Partition, text_ids: Iterable[TextId] | None) -> list[IndexText]:
    """What the indexes read of those texts (of all where None), by id; ids not in the partition are left out."""
    wanted = sorted(text_ids_in(connection, partition) if text_ids is None else set(text_ids))
    found: list[IndexText] = []
    for some in outbox.chunks(wanted):
        if partition is Partition.BANK:
            questions = connection.execute(
                select(bank.c.text_id, bank.c.question).where(bank.c.text_id.in_(some)).distinct()
            )
            found += [(row.text_id, (), "", row.question) for row in questions]
            continue
        rows = connection.execute(
            select(passages, members.c.source_id)
            .join(members, _OF_MEMBER)
            .where(members.c.text_id.in_(some), members.c.partition == partition.value)
        )
        for row in rows:
            passage = codec.passage_from_row(row.source_id, row)
            found.append((passage.text_id, passage.context, passage.heading, passage.text))
    return sorted(found)


def in_force(
    connection: Connection,
    catalogue: Catalogue,
    text_ids: Iterable[TextId],
    *,
    stichtag: date | None,
    or_oldest: bool,
) -> set[TextId]:
    """Which of the texts stand in the state in force of their source (None: the current one)."""
    found: set[TextId] = set()
    for some in outbox.chunks(dict.fromkeys(text_ids)):
        if stichtag is None:
            # The partition is compared here: SQLite would go through all current texts by its index instead.
            rows = connection.execute(select(members.c.text_id, members.c.partition).where(members.c.text_id.in_(some)))
            found.update(row.text_id for row in rows if row.partition == Partition.CURRENT.value)
            continue
        rows = connection.execute(
            select(passages.c.text_id, version_units.c.version_id)
            .join(version_units, version_units.c.unit_id == passages.c.unit_id)
            .where(passages.c.text_id.in_(some))
        )
        for row in rows:
            state = catalogue.state(row.version_id)
            if catalogue.in_force(state.source_id, stichtag, or_oldest=or_oldest) is state:
                found.add(row.text_id)
    return found


def citing(
    connection: Connection, catalogue: Catalogue, refs: Iterable[NormRef], *, kinds: Sequence[Kind]
) -> dict[NormRef, list[TextId]]:
    """Current passages of documents of those kinds that cite the Normen, in the order of the documents.

    A reference to an Absatz finds those that cite the Absatz, a place inside it, or the whole Norm.
    """
    asked = list(dict.fromkeys(refs))
    found: dict[NormRef, list[TextId]] = {ref: [] for ref in asked}
    for some in outbox.chunks(dict.fromkeys(ref.key for ref in asked)):
        rows = connection.execute(
            select(members.c.text_id, members.c.version_id, mentions.c.norm, mentions.c.ref)
            .join(mentions, (members.c.unit_id == mentions.c.unit_id) & (members.c.ordinal == mentions.c.ordinal))
            .where(mentions.c.norm.in_(some), members.c.partition == Partition.CURRENT.value)
            .order_by(members.c.source_id, members.c.unit_id, members.c.ordinal, mentions.c.position)
        ).all()
        for ref in asked:
            for row in rows:
                if row.norm != ref.key or catalogue.state(row.version_id).kind not in kinds:
                    continue
                cited = codec.ref_from_json(codec.from_json(row.ref))
                if (ref.covers(cited) or cited.covers(ref)) and row.text_id not in found[ref]:
                    found[ref].append(row.text_id)
    return found
