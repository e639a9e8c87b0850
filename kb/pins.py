"""norms.lock: which wording our notes and questions were checked against, as hashes; no text.

One line a Norm, cut to the Absatz: `AufenthG § 60c Abs. 2<TAB>2026-08-19<TAB>sha256`, sorted. A reference to a whole
Norm, or to one that does not count its Absätze, pins the whole Norm.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kb.errors import CitationError, StoreError
from kb.german import normal_form
from kb.model import Norm, NormRef, Stufe
from kb.normref import parse_norm_key

_ABSATZ = re.compile(r"(?P<norm>.+?)(?: Abs\. (?P<absatz>\d+[a-z]*))?")


@dataclass(frozen=True, slots=True)
class Pin:
    """The wording of one Absatz (or of a whole Norm) at one Rechtsstand, as SHA-256 of its normal form."""

    ref: NormRef
    rechtsstand: date
    sha256: str


def absatz_hash(text: str) -> str:
    """SHA-256 (hex) of letters and digits only, casefolded: XML and Markdown of one wording agree."""
    return hashlib.sha256(normal_form(text).encode()).hexdigest()


def place(norm: Norm, ref: NormRef) -> tuple[NormRef, str] | None:
    """Where a reference is pinned and the text there: its Absatz, or the whole Norm; None if no such Absatz exists.

    A Norm without numbered Absätze is pinned whole, even for "Abs. 1": lawyers cite its only Absatz so.
    """
    number = ref.absatz
    if number is None:
        return norm.ref, norm.text
    texts = [absatz.text for absatz in norm.absaetze if absatz.nummer == number]
    if texts:
        return ref.to_absatz(), "\n\n".join(texts)
    if number == "1" and not any(absatz.nummer for absatz in norm.absaetze):
        return norm.ref, norm.text
    return None


def make_pin(norm: Norm, ref: NormRef, rechtsstand: date) -> Pin | None:
    """The pin of a reference in a stored Norm; None if the Norm has no such Absatz."""
    found = place(norm, ref)
    return None if found is None else Pin(found[0], rechtsstand, absatz_hash(found[1]))


def pin_for(ref: NormRef, pins: Mapping[NormRef, Pin]) -> Pin | None:
    """The pin that covers a reference: that of its Absatz, else that of the whole Norm."""
    return pins.get(ref.to_absatz()) or pins.get(ref.norm)


def read_pins(path: Path) -> dict[NormRef, Pin]:
    """The pins of a file, {} if there is none. Raises StoreError for a line that cannot be read."""
    if not path.is_file():
        return {}
    pins: dict[NormRef, Pin] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            name, day, sha256 = line.split("\t")
            ref = _parse(name)
            pins[ref] = Pin(ref, date.fromisoformat(day), sha256)
        except (ValueError, CitationError) as error:
            raise StoreError(
                "a line of norms.lock cannot be read", where=f"{path}:{number}", next="run lotse check --write-lock"
            ) from error
    return pins


def format_pins(pins: Iterable[Pin]) -> str:
    """The file: one line a pin, sorted as people count (§ 2 before § 10, Abs. 2 before Abs. 2a)."""
    lines = sorted((_order(pin.ref), f"{_name(pin.ref)}\t{pin.rechtsstand}\t{pin.sha256}\n") for pin in pins)
    return "".join(line for _, line in lines)


def _name(ref: NormRef) -> str:
    return f"{ref.key} Abs. {ref.absatz}" if ref.absatz else ref.key


def _parse(name: str) -> NormRef:
    match = _ABSATZ.fullmatch(name)
    if match is None:
        raise CitationError(f"not a pinned place: {name}")
    norm = parse_norm_key(match["norm"])
    number = match["absatz"]
    return NormRef(norm.gesetz, norm.einheit, norm.nummer, ((Stufe.ABSATZ, number),)) if number else norm


def _order(ref: NormRef) -> tuple[str, str, list[tuple[int, str]], list[tuple[int, str]]]:
    return ref.gesetz, ref.einheit, _natural(ref.nummer), _natural(ref.absatz or "")


def _natural(number: str) -> list[tuple[int, str]]:
    return [(int(digits or 0), letters) for digits, letters in re.findall(r"(\d*)(\D*)", number) if digits or letters]
