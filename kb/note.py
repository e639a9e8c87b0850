"""What a note says: its sentences, list items and table rows with the references they end in; pure.

A statement ends in square brackets (`Satz. [§ 60c Abs. 2 Nr. 2 AufenthG; § 2 Abs. 12a AufenthG]`); several brackets
in a row belong to one statement. Inside, parts are separated by semicolons: references, or one of the marks `Praxis`,
`rechnerisch: how`, `nicht geprüft: source`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kb.errors import CitationError
from kb.german import normal_form
from kb.model import Dokument, NormRef
from kb.normref import find_norm_refs, parse_norm_refs

PRACTICE = "Praxis"
COMPUTED = "rechnerisch"
UNCHECKED = "nicht geprüft"

HEADINGS = (
    "Kurz gesagt",
    "Voraussetzungen",
    "Ausnahmen und Ausschlussgründe",
    "Fristen und Dauer",
    "So geht es in der Praxis",
    "Was sich geändert hat",
    "Was offen bleibt",
    "Typische Fehler",
    "In English",
)
LEAD, OPEN, MYTHS, ENGLISH = HEADINGS[0], HEADINGS[6], HEADINGS[7], HEADINGS[8]
# The group of what is no note on a topic but a table or list across them.
OVERVIEW = "Übersicht"

# "[…]" but not a Markdown link "[words](address)"
_BRACKET = re.compile(r"\[([^\[\]]+)\](?!\()")
_ITEM = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s+")
_RULE_ROW = re.compile(r"^\s*\|?[\s:|-]+\|?\s*$")
_REFERENCE_COLUMNS = frozenset({"norm", "normen", "beleg", "grundlage", "rechtsgrundlage", "fundstelle"})


@dataclass(frozen=True, slots=True)
class NoteStatement:
    """One statement of a note.

    `text` is the sentence without its brackets, `heading` the section it stands in, `refs` the Normen it rests on
    (those of a computed figure included, those of an unchecked source not), `mark` "" or the marks as written,
    `ordinal` counts from 1 in the note, `bracket` is the inside of the brackets as written, "" for a bare sentence.
    """

    text: str
    heading: str
    refs: tuple[NormRef, ...]
    mark: str
    lang: str
    ordinal: int
    bracket: str = ""

    @property
    def is_practice(self) -> bool:
        """True if it claims no law: advice or administrative practice."""
        return not self.refs and self.mark == PRACTICE

    @property
    def is_unchecked(self) -> bool:
        """True if the note itself says that a source was not seen."""
        return UNCHECKED in self.mark

    @property
    def is_computed(self) -> bool:
        """True if it follows from a calculation or a comparison of texts, not from one wording."""
        return COMPUTED in self.mark


def statement_key(text: str) -> str:
    """What names a statement in the question bank: the first eight hex digits of SHA-256 of its normal form.

    A statement that is reworded gets another key; `lotse check` finds the questions that still name the old one.
    """
    return hashlib.sha256(normal_form(text).encode()).hexdigest()[:8]


@dataclass(frozen=True, slots=True)
class Bracket:
    """The inside of a bracket, read: references and marks."""

    refs: tuple[NormRef, ...]
    mark: str


def read_bracket(inside: str) -> Bracket:
    """References and marks of "§ 60 Abs. 3 SGB III; rechnerisch: …". Raises CitationError if a part is neither."""
    refs: list[NormRef] = []
    marks: list[str] = []
    plain: list[str] = []
    for part in _parts(inside):
        if part == PRACTICE or part.startswith((f"{COMPUTED}:", f"{UNCHECKED}:")):
            marks.append(part)
            if part.startswith(COMPUTED):
                refs += [ref for _, ref in find_norm_refs(part)]
        else:
            plain.append(part)
    own = parse_norm_refs("; ".join(plain)) if plain else ()
    return Bracket(tuple(dict.fromkeys((*own, *refs))), "; ".join(marks))


def _parts(inside: str) -> list[str]:
    """The parts between semicolons; a mark keeps what follows it up to the next reference or mark."""
    result: list[str] = []
    for raw in inside.split(";"):
        part = raw.strip()
        follows_mark = bool(result) and result[-1].startswith((COMPUTED, UNCHECKED))
        if follows_mark and not part.startswith(("§", "Art", "Anlage", PRACTICE, COMPUTED, UNCHECKED)):
            result[-1] += f"; {part}"
        elif part:
            result.append(part)
    return result


def bracket_refs(text: str) -> tuple[NormRef, ...]:
    """The Normen named in the brackets of a text, in order, each once; a bracket that cannot be read adds none."""
    refs: list[NormRef] = []
    for match in _BRACKET.finditer(text):
        try:
            refs += read_bracket(match[1]).refs
        except CitationError:
            continue
    return tuple(dict.fromkeys(refs))


def note_statements(dokument: Dokument) -> tuple[NoteStatement, ...]:
    """All statements of a note, in order. A bracket that cannot be read leaves its statement without references."""
    result: list[NoteStatement] = []
    for abschnitt in dokument.abschnitte:
        heading = _section(abschnitt.headings)
        for _, text, inside in split_statements(abschnitt.text):
            try:
                bracket = read_bracket(inside) if inside else Bracket((), "")
            except CitationError:
                bracket = Bracket((), "")
            lang = "en" if heading == ENGLISH else "de"
            result.append(NoteStatement(text, heading, bracket.refs, bracket.mark, lang, len(result) + 1, inside))
    return tuple(result)


def _section(headings: Sequence[str]) -> str:
    """The section a text belongs to: one of the nine, however deep below it, else its own heading."""
    return next((heading for heading in headings if heading in HEADINGS), headings[-1] if headings else "")


def split_statements(text: str) -> Iterator[tuple[int, str, str]]:
    """Each statement of a section as (line from 0, sentence, inside of its brackets); headings are skipped.

    Sentences without a bracket at the end of a line come with "": whoever checks notes wants to know.
    """
    header: list[str] = []
    for number, line in enumerate(text.splitlines()):
        if not line.strip() or line.lstrip().startswith("#"):
            header = []
        elif "|" in line and (line.lstrip().startswith("|") or " | " in line):
            if _RULE_ROW.match(line):
                continue
            cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
            if not header and not _BRACKET.search(line):
                header = cells
                continue
            yield (number, *_row(header, cells))
        else:
            yield from ((number, *pair) for pair in _sentences(_ITEM.sub("", line.strip())))


def _sentences(line: str) -> Iterator[tuple[str, str]]:
    start = 0
    matches = list(_BRACKET.finditer(line))
    index = 0
    while index < len(matches):
        insides = [matches[index][1].strip()]
        end = matches[index].end()
        while index + 1 < len(matches) and not line[end : matches[index + 1].start()].strip():
            index += 1
            insides.append(matches[index][1].strip())
            end = matches[index].end()
        sentence = line[start : matches[index - len(insides) + 1].start()].strip()
        if sentence:
            yield sentence, "; ".join(insides)
        start = end
        index += 1
    if line[start:].strip(" ."):
        yield line[start:].strip(), ""


def _row(header: list[str], cells: list[str]) -> tuple[str, str]:
    """A table row as one sentence that can stand alone: "Antrag – Frist: frühestens sieben Monate vor Beginn"."""
    insides = [match[1].strip() for cell in cells for match in _BRACKET.finditer(cell)]
    values: list[str] = []
    for index, cell in enumerate(cells):
        name = header[index] if index < len(header) else ""
        words = _BRACKET.sub("", cell).strip()
        if words and not (name.casefold() in _REFERENCE_COLUMNS and not words.strip("-–")):
            values.append(words if index == 0 or not name else f"{name}: {words}")
    first, rest = values[0] if values else "", values[1:]
    return (f"{first} – {'; '.join(rest)}" if rest else first), "; ".join(insides)
