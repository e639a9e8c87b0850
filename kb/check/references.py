"""References against stored texts and pins: does the place exist, do the numbers of the sentence stand in it?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from kb.check.findings import Findings, Said, Use
from kb.laws import law
from kb.model import NormRef, StoredNorm, Stufe
from kb.pins import Pin, absatz_hash, format_pins, make_pin, pin_for, place
from kb.verify import check_statement

if TYPE_CHECKING:
    from kb.store import Store


def check_uses(found: Findings, stored: Mapping[NormRef, StoredNorm], pins: Mapping[NormRef, Pin]) -> None:
    """A reference is good if its Norm and Absatz (and its Nummer, where the text shows one) are stored, or pinned."""
    found.counts["references"] = len(found.uses)
    for use in found.uses:
        if message := _objection(use.ref, stored.get(use.ref.norm), pins):
            found.find(use.file, use.line, message, str(use.ref))


def check_sentences(found: Findings, stored: Mapping[NormRef, StoredNorm]) -> None:
    """Every number of a legal sentence stands in a text it cites.

    A sentence that says how it was computed, or that a source was not seen, names where its number comes from.
    """
    for said in found.said:
        if not said.bracket.refs or said.bracket.mark:
            continue
        texts = _texts(said, stored)
        if texts is None:
            found.counts["unread"] += 1
            continue
        finding = check_statement(said.text, "\n".join(texts), strict=False)
        for contradiction in finding.contradictions:
            found.find(said.file, said.line, f"{contradiction} of {'; '.join(map(str, said.bracket.refs))}")


def check_pins(
    found: Findings, file: str, pins: Mapping[NormRef, Pin], store: Store, stored: Mapping[NormRef, StoredNorm]
) -> None:
    """A pin is good while the stored text is the one it was made from, or older, or not stored."""
    found.counts["pins"] = len(pins)
    for number, pin in enumerate(sorted(pins.values(), key=lambda pin: str(pin.ref)), start=1):
        current = stored.get(pin.ref.norm) or store.norm(pin.ref.norm)
        if current is None or current.source.rechtsstand < pin.rechtsstand:
            # nothing to compare with, or only a text older than the one that was checked
            found.counts["unstored"] += 1
            continue
        at = place(current.norm, pin.ref)
        if at is None or absatz_hash(at[1]) != pin.sha256:
            stand = current.source.rechtsstand
            message = f"changed since it was checked on {pin.rechtsstand}: the stored text is of {stand}"
            found.find(file, number, message, str(pin.ref))


def write_pins(
    path: Path, uses: Iterable[Use], stored: Mapping[NormRef, StoredNorm], before: Mapping[NormRef, Pin]
) -> dict[NormRef, Pin]:
    """Pins for all uses whose text is stored; those of statutes not stored here stay as they were."""
    pins: dict[NormRef, Pin] = {}
    for use in uses:
        known = stored.get(use.ref.norm)
        if known is None:
            if (old := pin_for(use.ref, before)) is not None and law(use.ref.gesetz) is not None:
                pins[old.ref] = old
        elif (pin := make_pin(known.norm, use.ref, known.source.rechtsstand)) is not None:
            pins[pin.ref] = pin
    path.write_text(format_pins(pins.values()), encoding="utf-8")
    return pins


def _objection(ref: NormRef, stored: StoredNorm | None, pins: Mapping[NormRef, Pin]) -> str:
    """What is wrong with a reference, "" if nothing."""
    if stored is None:
        if pin_for(ref, pins) or (ref.absatz is None and any(pin.ref.norm == ref.norm for pin in pins.values())):
            return ""
        return "the Norm is neither stored nor pinned"
    found = place(stored.norm, ref)
    if found is None:
        return f"the Norm has no Absatz {ref.absatz} in the text of {stored.source.rechtsstand}"
    number = next((wert for stufe, wert in ref.pfad if stufe is Stufe.NUMMER), None)
    if number is not None and not re.search(rf"(?m)(?:^|\s){re.escape(number)}\.\s", found[1]):
        return f"the text of {stored.source.rechtsstand} shows no Nummer {number} there"
    return ""


def _texts(said: Said, stored: Mapping[NormRef, StoredNorm]) -> list[str] | None:
    """The texts a sentence cites; None if one of them is not stored."""
    texts: list[str] = []
    for ref in said.bracket.refs:
        known = stored.get(ref.norm)
        at = place(known.norm, ref) if known else None
        if at is None:
            return None
        texts.append(at[1])
    return texts
