"""Domain types to JSON and back, and the hashes that say whether two texts differ. Pure."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from kb.errors import StoreError
from kb.german import normal_form
from kb.model import (
    Absatz,
    Abschnitt,
    DokRef,
    Dokument,
    Fundstelle,
    Gesetz,
    Jurisdiction,
    Kind,
    Locator,
    Norm,
    NormRef,
    Passage,
    PendingChange,
    Quelle,
    Stufe,
)

_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\ufeff"))


@dataclass(frozen=True, slots=True)
class Unit:
    """A Norm or an Abschnitt as it is stored; the hashes are described in schema.py."""

    key: str
    place: str
    wording: str
    body: str
    passages: tuple[Passage, ...]


def to_json(value: Any) -> str:
    """Compact JSON with sorted keys."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def from_json(text: str) -> Any:
    """The value of a JSON text."""
    return json.loads(text)


def digest(*parts: str) -> str:
    """SHA-256 over the parts, as 32 hex digits."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def without_layout(text: str) -> str:
    """The text without white space and soft hyphens; one blank stays between digits ("§ 1 2" is not "§ 12")."""
    parts: list[str] = []
    was_digit = False
    for part in text.translate(_INVISIBLE).split():
        if was_digit and part[0].isdigit():
            parts.append(" ")
        parts.append(part)
        was_digit = part[-1].isdigit()
    return "".join(parts)


def wording(text: str) -> str:
    """Hash of the normal form: equal for XML and Markdown of the same words."""
    return digest(normal_form(text))


def indexed_words(passage: Passage) -> str:
    """Hash of everything of a passage that the indexes see."""
    return digest(*passage.context, passage.heading, passage.text)


def ref_to_json(ref: NormRef) -> list[Any]:
    """A NormRef as a list."""
    return [ref.gesetz, ref.einheit, ref.nummer, [[stufe.value, wert] for stufe, wert in ref.pfad]]


def ref_from_json(value: list[Any]) -> NormRef:
    """The NormRef of a list."""
    gesetz, einheit, nummer, pfad = value
    return NormRef(gesetz, einheit, nummer, tuple((Stufe(stufe), wert) for stufe, wert in pfad))


def _locator_to_json(locator: Locator) -> dict[str, Any]:
    if isinstance(locator, NormRef):
        return {"norm": ref_to_json(locator)}
    return {"dok": [locator.dokument_id, locator.page, list(locator.headings)]}


def _locator_from_json(value: dict[str, Any]) -> Locator:
    if "norm" in value:
        return ref_from_json(value["norm"])
    dokument_id, page, headings = value["dok"]
    return DokRef(dokument_id, page, tuple(headings))


def passage_more(passage: Passage) -> str:
    """Locator, context and references of a passage, as JSON."""
    more = {"context": list(passage.context), "refs": [ref_to_json(ref) for ref in passage.refs]}
    return to_json(more | _locator_to_json(passage.locator))


def passage_from_row(source_id: str, row: Any) -> Passage:
    """The Passage of a row of `passages`."""
    more = json.loads(row.more)
    return Passage(
        passage_id=row.passage_id,
        text_id=row.text_id,
        source_id=source_id,
        locator=_locator_from_json(more),
        heading=row.heading,
        text=row.text,
        context=tuple(more["context"]),
        refs=tuple(ref_from_json(ref) for ref in more["refs"]),
    )


def place_of(ref: NormRef) -> str:
    """The place of a Norm inside its Gesetz: "§ 60c"."""
    return f"{ref.einheit} {ref.nummer}".rstrip()


def _norm_body(norm: Norm) -> dict[str, Any]:
    return {
        "ref": ref_to_json(norm.ref),
        "title": norm.title,
        "gliederung": list(norm.gliederung),
        "absaetze": [[absatz.nummer, absatz.text] for absatz in norm.absaetze],
        "weggefallen": norm.is_weggefallen,
        "fussnote": norm.fussnote,
    }


def norm_from_json(text: str) -> Norm:
    """The Norm of a unit's body."""
    value = json.loads(text)
    return Norm(
        ref=ref_from_json(value["ref"]),
        title=value["title"],
        gliederung=tuple(value["gliederung"]),
        absaetze=tuple(Absatz(nummer, words) for nummer, words in value["absaetze"]),
        is_weggefallen=value["weggefallen"],
        fussnote=value["fussnote"],
    )


def _abschnitt_from_json(text: str) -> Abschnitt:
    value = json.loads(text)
    return Abschnitt(tuple(value["headings"]), value["page"], value["text"])


def _unit(place: str, text: str, body: dict[str, Any], passages: Sequence[Passage]) -> Unit:
    body_json = to_json(body)
    parts = [body_json, *(f"{p.passage_id}\0{p.heading}\0{p.text}\0{passage_more(p)}" for p in passages)]
    key = digest(*(without_layout(part.replace("\\n", "\n").replace("\\t", "\t")) for part in parts))
    return Unit(key, place, wording(text), body_json, tuple(passages))


def units_of(quelle: Quelle, passages: Sequence[Passage]) -> list[Unit]:
    """The units of a source with their passages, in order. Raises StoreError for a passage that fits none."""
    if isinstance(quelle, Gesetz):
        by_ref: dict[NormRef, list[Passage]] = {norm.ref: [] for norm in quelle.normen}
        for passage in passages:
            ref = passage.locator.norm if isinstance(passage.locator, NormRef) else None
            if ref is None or ref not in by_ref:
                raise _stray(passage)
            by_ref[ref].append(passage)
        # A Gesetz may print one number twice; the passages of both then belong to the first.
        return [_unit(place_of(n.ref), n.text, _norm_body(n), by_ref.pop(n.ref, [])) for n in quelle.normen]
    by_number: dict[int, list[Passage]] = {number: [] for number in range(1, len(quelle.abschnitte) + 1)}
    for passage in passages:
        found = re.search(r"/(\d+)#\d+$", passage.passage_id)
        if found is None or int(found[1]) not in by_number:
            raise _stray(passage)
        by_number[int(found[1])].append(passage)
    return [
        _unit("", a.text, {"headings": list(a.headings), "page": a.page, "text": a.text}, by_number[number])
        for number, a in enumerate(quelle.abschnitte, 1)
    ]


def _stray(passage: Passage) -> StoreError:
    return StoreError(
        "a passage belongs to no Norm or Abschnitt of its source",
        where=passage.passage_id,
        next="split the source again and store both together",
    )


def _pending_to_json(pending: tuple[PendingChange, ...]) -> list[Any]:
    return [[change.text, change.effective.isoformat() if change.effective else None] for change in pending]


def pending_from_json(value: list[Any]) -> tuple[PendingChange, ...]:
    """The pending changes of a head."""
    return tuple(PendingChange(text, date.fromisoformat(day) if day else None) for text, day in value)


def head_of(quelle: Quelle) -> dict[str, Any]:
    """All of a source but its units, as JSON values."""
    if isinstance(quelle, Gesetz):
        fundstelle = quelle.fundstelle
        return {
            "type": "gesetz",
            "slug": quelle.slug,
            "kuerzel": quelle.kuerzel,
            "jurabk": quelle.jurabk,
            "title": quelle.title,
            "doknr": quelle.doknr,
            "fundstelle": [fundstelle.periodikum, fundstelle.zitstelle] if fundstelle else None,
            "stand": quelle.stand,
            "rechtsstand": quelle.rechtsstand.isoformat(),
            "url": quelle.url,
            "pending": _pending_to_json(quelle.pending),
        }
    return {
        "type": "dokument",
        "id": quelle.id,
        "kind": quelle.kind.value,
        "title": quelle.title,
        "publisher": quelle.publisher,
        "rechtsstand": quelle.rechtsstand.isoformat(),
        "url": quelle.url,
        "sha256": quelle.sha256,
        "stem": quelle.stem,
        "lang": quelle.lang,
        "jurisdiction": quelle.jurisdiction.value,
        "meta": [list(pair) for pair in quelle.meta],
        "warnings": list(quelle.warnings),
    }


def content_of(quelle: Quelle, units: Sequence[Unit]) -> str:
    """Hash over head and units; the bytes of the file do not count, nor does the date it states."""
    head = head_of(quelle)
    head.pop("rechtsstand")
    head.pop("sha256", None)
    return digest(without_layout(to_json(head)), *(unit.key for unit in units))


def quelle_from_json(head: str, bodies: Sequence[str]) -> Quelle:
    """The source of a head and the bodies of its units, in order."""
    value = json.loads(head)
    rechtsstand = date.fromisoformat(value["rechtsstand"])
    if value["type"] == "gesetz":
        return Gesetz(
            slug=value["slug"],
            kuerzel=value["kuerzel"],
            jurabk=value["jurabk"],
            title=value["title"],
            doknr=value["doknr"],
            fundstelle=Fundstelle(*value["fundstelle"]) if value["fundstelle"] else None,
            stand=value["stand"],
            rechtsstand=rechtsstand,
            url=value["url"],
            normen=tuple(norm_from_json(body) for body in bodies),
            pending=pending_from_json(value["pending"]),
        )
    return Dokument(
        id=value["id"],
        kind=Kind(value["kind"]),
        title=value["title"],
        publisher=value["publisher"],
        rechtsstand=rechtsstand,
        url=value["url"],
        sha256=value["sha256"],
        abschnitte=tuple(_abschnitt_from_json(body) for body in bodies),
        stem=value["stem"],
        lang=value["lang"],
        jurisdiction=Jurisdiction(value["jurisdiction"]),
        meta=tuple((name, text) for name, text in value["meta"]),
        warnings=tuple(value["warnings"]),
    )
