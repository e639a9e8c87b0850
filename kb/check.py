"""Starter knowledge against texts: every reference exists, every statement has its evidence, every pin still agrees."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kb.config import Config
from kb.errors import CitationError, ConfigError
from kb.german import normal_form
from kb.laws import law
from kb.model import NormRef, StoredNorm, Stufe
from kb.normref import parse_norm_key
from kb.note import HEADINGS, read_bracket, split_statements
from kb.pins import Pin, absatz_hash, format_pins, make_pin, pin_for, place, read_pins

if TYPE_CHECKING:
    from kb.store import Store

LOCK = "norms.lock"
_FIELDS = ("id", "title", "title_en", "group", "norms", "related", "rechtsstand", "reviewed")
_LIST = re.compile(r"\[([^\]]*)\]")


@dataclass(frozen=True, slots=True)
class CheckError:
    """One finding: the file (relative to the starter folder), its line from 1, the reference it is about or ""."""

    file: str
    line: int
    ref: str
    message: str


@dataclass(frozen=True, slots=True)
class CheckReport:
    """All findings in order of file and line, and what was looked at."""

    errors: tuple[CheckError, ...]
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Use:
    """A place in the starter knowledge that rests on a Norm."""

    file: str
    line: int
    ref: NormRef


class _Reading:
    """The starter folder, read once: uses of Normen, findings on the way, counts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.uses: list[_Use] = []
        self.errors: list[CheckError] = []
        self.counts = dict.fromkeys(
            ("notes", "statements", "questions", "references", "planned", "pins", "unstored"), 0
        )
        notes = sorted(folder.glob("notes/*.md"))
        stems = {path.stem for path in notes}
        for path in notes:
            self._note(path, stems)
        self._bank(sorted(folder.glob("questions/*.jsonl")))
        self.counts["references"] = len(self.uses)

    def find(self, file: str, line: int, message: str, ref: str = "") -> None:
        """Notes one finding."""
        self.errors.append(CheckError(file, line, ref, message))

    def _note(self, path: Path, stems: set[str]) -> None:
        file = path.relative_to(self.folder).as_posix()
        lines = path.read_text(encoding="utf-8").splitlines()
        end = next((number for number, line in enumerate(lines[1:], start=1) if line.strip() == "---"), 0)
        if not lines or lines[0].strip() != "---" or not end:
            self.find(file, 1, "the note has no front matter")
            return
        self.counts["notes"] += 1
        self._front_matter(file, lines[1:end], path.stem, stems)
        headings = [(number, line[3:].strip()) for number, line in enumerate(lines, start=1) if line.startswith("## ")]
        if tuple(name for _, name in headings) != HEADINGS:
            self.find(file, headings[0][0] if headings else end + 1, f"the headings must be: {', '.join(HEADINGS)}")
        starts = [number for number, _ in headings]
        for start, after in zip(starts, [*starts[1:], len(lines) + 1], strict=True):
            self._section(file, start, "\n".join(lines[start : after - 1]))

    def _front_matter(self, file: str, lines: list[str], stem: str, stems: set[str]) -> None:
        values = {key.strip(): (number, value.strip()) for number, (key, _, value) in
                  enumerate((line.partition(":") for line in lines), start=2)}  # fmt: skip
        for name in _FIELDS:
            if name not in values:
                self.find(file, 1, f"the front matter lacks {name}")
        if "id" in values and values["id"][1] != stem:
            self.find(file, values["id"][0], f"the id must be the file name {stem}")
        number, norms = values.get("norms", (1, ""))
        for key in re.findall(r'"([^"]+)"', norms):
            self._key(file, number, key, None)
        number, related = values.get("related", (1, ""))
        listed = _LIST.search(related)
        for other in (part.strip() for part in (listed[1] if listed else "").split(",")):
            # links to notes that are planned but not written are dropped when notes are shown
            self.counts["planned"] += bool(other) and other not in stems
            if other == stem:
                self.find(file, number, "the note is related to itself")

    def _section(self, file: str, start: int, text: str) -> None:
        for number, sentence, inside in split_statements(text):
            self.counts["statements"] += 1
            line = start + 1 + number
            if not inside:
                if sentence.rstrip(".").casefold() not in ("entfällt", "keine"):
                    self.find(file, line, f"the statement ends without its reference: {sentence[:60]}")
                continue
            try:
                bracket = read_bracket(inside)
            except CitationError as error:
                self.find(file, line, f"the bracket cannot be read: {error.message}", inside)
                continue
            if not bracket.refs and not bracket.mark:
                self.find(file, line, "the bracket is empty", inside)
            self.uses += [_Use(file, line, ref) for ref in bracket.refs]

    def _bank(self, paths: list[Path]) -> None:
        seen: dict[str, str] = {}
        for path in paths:
            file = path.relative_to(self.folder).as_posix()
            for number, line in _lines(path):
                entry = self._entry(file, number, line)
                if entry is None:
                    continue
                self.counts["questions"] += 1
                key = normal_form(str(entry["question"]))
                if key in seen:
                    self.find(file, number, f"the question stands already in {seen[key]}")
                seen.setdefault(key, f"{file}:{number}")
                for place_, name in enumerate(entry.get("norms") or []):
                    self._key(file, number, str(name), entry.get("absatz") if place_ == 0 else None)

    def _entry(self, file: str, number: int, line: str) -> dict[str, Any] | None:
        try:
            entry = json.loads(line)
        except json.JSONDecodeError:
            entry = None
        if not isinstance(entry, dict) or not entry.get("question") or not entry.get("norms"):
            self.find(file, number, "the line is no question with its Normen")
            return None
        return entry

    def _key(self, file: str, line: int, key: str, absatz: str | None) -> None:
        try:
            ref = parse_norm_key(key)
        except CitationError as error:
            self.find(file, line, error.message, key)
            return
        if absatz:
            ref = NormRef(ref.gesetz, ref.einheit, ref.nummer, ((Stufe.ABSATZ, str(absatz)),))
        self.uses.append(_Use(file, line, ref))


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if line.strip():
            yield number, line


def check(store: Store, config: Config, *, write_lock: bool = False) -> CheckReport:
    """The findings on the starter knowledge against the stored texts and norms.lock.

    A reference is good if its Norm and Absatz (and its Nummer, where the text shows one) are stored, or, where the
    statute is not stored, if they are pinned. With `write_lock` the pins are written anew from the stored texts first.
    """
    folder = config.starter_folder
    if not folder.is_dir():
        raise ConfigError("the starter knowledge is not there", where=str(folder), next="correct the setting starter")
    reading = _Reading(folder)
    stored = store.norms({use.ref.norm for use in reading.uses})
    pins = read_pins(folder / LOCK)
    if write_lock:
        pins = _write(folder / LOCK, reading, stored, pins)
    for use in reading.uses:
        if message := _objection(use.ref, stored.get(use.ref.norm), pins):
            reading.find(use.file, use.line, message, str(use.ref))
    for number, pin in enumerate(sorted(pins.values(), key=lambda pin: str(pin.ref)), start=1):
        _check_pin(reading, number, pin, store, stored)
    reading.counts["pins"] = len(pins)
    return CheckReport(tuple(sorted(reading.errors, key=lambda e: (e.file, e.line, e.message))), reading.counts)


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


def _check_pin(reading: _Reading, number: int, pin: Pin, store: Store, stored: Mapping[NormRef, StoredNorm]) -> None:
    current = stored.get(pin.ref.norm) or store.norm(pin.ref.norm)
    if current is None or current.source.rechtsstand < pin.rechtsstand:
        # nothing to compare with, or only a text older than the one that was checked
        reading.counts["unstored"] += 1
        return
    found = place(current.norm, pin.ref)
    if found is None or absatz_hash(found[1]) != pin.sha256:
        message = (
            f"changed since it was checked on {pin.rechtsstand}: the stored text is of {current.source.rechtsstand}"
        )
        reading.find(LOCK, number, message, str(pin.ref))


def _write(
    path: Path, reading: _Reading, stored: Mapping[NormRef, StoredNorm], before: Mapping[NormRef, Pin]
) -> dict[NormRef, Pin]:
    """Pins for all uses whose text is stored; those of statutes not stored here stay as they were."""
    pins: dict[NormRef, Pin] = {}
    for use in reading.uses:
        known = stored.get(use.ref.norm)
        if known is None:
            if (old := pin_for(use.ref, before)) is not None and law(use.ref.gesetz) is not None:
                pins[old.ref] = old
        elif (pin := make_pin(known.norm, use.ref, known.source.rechtsstand)) is not None:
            pins[pin.ref] = pin
    path.write_text(format_pins(pins.values()), encoding="utf-8")
    return pins
