"""The question bank: questions people ask, each with the Normen that decide it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select

from kb.model import BankQuestion, Changes, NormRef, Partition, TextId
from kb.store import codec, outbox
from kb.store.schema import bank, bank_norms

if TYPE_CHECKING:
    from sqlalchemy import Connection


def replace_bank(connection: Connection, name: str, entries: Sequence[BankQuestion]) -> Changes:
    """What changed: the bank of that name now holds exactly these entries (the first of two with one id)."""
    new = {entry.text_id: entry for entry in reversed(entries)}
    old = {row.text_id: _from_row(row) for row in connection.execute(select(bank).where(bank.c.name == name))}
    gone = sorted(old.keys() - new.keys())
    added = sorted(new.keys() - old.keys())
    changed = sorted(text_id for text_id in new.keys() & old.keys() if new[text_id] != old[text_id])
    for some in outbox.chunks([*gone, *changed]):
        connection.execute(delete(bank_norms).where(bank_norms.c.name == name, bank_norms.c.text_id.in_(some)))
        connection.execute(delete(bank).where(bank.c.name == name, bank.c.text_id.in_(some)))
    rows = [_to_row(name, new[text_id]) for text_id in [*added, *changed]]
    if rows:
        connection.execute(insert(bank), rows)
        connection.execute(
            insert(bank_norms),
            [
                {"name": name, "text_id": text_id, "position": position, "norm": ref.key}
                for text_id in [*added, *changed]
                for position, ref in enumerate(new[text_id].norms, 1)
            ],
        )
    # Another bank may hold the same question: whether it leaves the index is decided when the row is drained.
    outbox.enqueue(connection, [(Partition.BANK.value, text_id) for text_id in [*added, *gone]])
    if rows or gone:
        outbox.bump(connection, f"bank:{name}", *added, *gone, *(row["norms"] + row["question"] for row in rows))
    return Changes(
        f"bank:{name}",
        added=tuple(added),
        changed=tuple(changed),
        removed=tuple(gone),
        unchanged=len(new) - len(added) - len(changed),
    )


def find_questions(connection: Connection, text_ids: Iterable[TextId]) -> dict[TextId, BankQuestion]:
    """The questions by id; unknown ids are left out, of two banks the first by name counts."""
    found: dict[TextId, BankQuestion] = {}
    for some in outbox.chunks(dict.fromkeys(text_ids)):
        for row in connection.execute(select(bank).where(bank.c.text_id.in_(some)).order_by(bank.c.name)):
            found.setdefault(row.text_id, _from_row(row))
    return found


def find_by_norm(connection: Connection, refs: Iterable[NormRef]) -> dict[NormRef, list[BankQuestion]]:
    """For each Norm the questions it decides or helps to decide: those where it is named first come first."""
    by_key: dict[str, list[BankQuestion]] = {}
    asked = list(dict.fromkeys(refs))
    for some in outbox.chunks(dict.fromkeys(ref.key for ref in asked)):
        rows = connection.execute(
            select(bank, bank_norms.c.norm)
            .join(bank_norms, (bank_norms.c.name == bank.c.name) & (bank_norms.c.text_id == bank.c.text_id))
            .where(bank_norms.c.norm.in_(some))
            .order_by(bank_norms.c.norm, bank_norms.c.position, bank.c.name, bank.c.text_id)
        )
        for row in rows:
            by_key.setdefault(row.norm, []).append(_from_row(row))
    return {ref: by_key.get(ref.key, []) for ref in asked}


def _to_row(name: str, entry: BankQuestion) -> dict[str, Any]:
    return {
        "name": name,
        "text_id": entry.text_id,
        "question": entry.question,
        "lang": entry.lang,
        "style": entry.style,
        "norms": codec.to_json([codec.ref_to_json(ref) for ref in entry.norms]),
        "absatz": entry.absatz,
        "note": entry.note,
        "answer": codec.to_json(list(entry.answer)) if entry.answer else None,
    }


def _from_row(row: Any) -> BankQuestion:
    norms = tuple(codec.ref_from_json(ref) for ref in codec.from_json(row.norms))
    answer = tuple(codec.from_json(row.answer)) if row.answer else ()
    return BankQuestion(row.question, row.lang, row.style, norms, row.absatz, row.note, answer)
