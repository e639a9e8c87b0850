"""Quelle → Passages; pure.

A passage is a contiguous, verbatim piece of one Absatz or Abschnitt, at most `max_words` words where the structure
allows. It never crosses an Absatz or a page. A list stays with the sentence that opens it, a table with its heading and
first row: where a passage begins inside one, these stand in its `context`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kb.model import DokRef, Dokument, Gesetz, Kind, Norm, NormRef, Passage, Quelle, Stufe
from kb.note import bracket_refs

CELL = " | "
# A table is a whole up to this many times the words of a passage; beyond, its rows are grouped.
WHOLE_TABLE = 2

# Tables of contents repeat every heading, which each passage carries already; nobody cites them.
_CONTENTS = frozenset({"Inhaltsübersicht", "Inhaltsverzeichnis", "Inhalt", "Gliederung"})

_MARK = re.compile(
    r"(?:(?P<number>\d{1,3}[a-z]{0,2}(?:\.\d{1,3}[a-z]?)*)[.)](?=\s)|(?P<decimal>\d{1,3}(?:\.\d{1,3}[a-z]?)+)(?=\s)"
    r"|(?P<letter>[a-z]|[a-z]{2,3}(?=\)))\)(?=\s|$)|(?P<big>[A-Z])[.)](?=\s)|(?P<roman>[IVX]{1,5})[.)](?=\s)"
    r"|\((?P<bracket>\d{1,3}|[a-z]{1,3})\)(?=\s)|(?P<dash>[-–—•*·])(?=\s))"
)
_WORD = re.compile(r"\S+")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Ends of words that end no sentence. Lower case; each without its last full stop.
_ABBREVIATIONS = _words(
    "abs abschn abt al allg alt amtl anh anl anm art artt aufl az bd bek beschl best betr bez bgbl abl buchst bzgl bzw"
    " ca co d dergl dgl doppelbuchst dr einschl etc evtl f ff fn g gem ges gez ggf ggü halbs hrsg hs i idf inkl insb"
    " insbes jh kap kl lfd lit m max mind mio mrd n nr nrn o od prof rdnr rn rspr s sog sp st str t tel teilw u ua uabs"
    " unterabs urt usf v vgl vo vom z zb zit ziff zzgl zul amtsbl gbl gvbl mwv eg kons hr fr"
)
_BEFORE_NUMBER = _words(
    "absatz absätze absätzen absatzes satz sätze sätzen satzes nummer nummern nummer artikel artikels artikeln anlage"
    " anlagen § §§ buchstabe kapitel abschnitt teil stufe klasse klassen jahr jahre jahres euro prozent punkt punkten"
    " punkte uhr seite"
)
_MONTHS = _words(
    "januar februar märz april mai juni juli august september oktober november dezember jan feb apr jun jul aug sept"
    " sep okt nov dez"
)
# a sentence ends at . ! ? with closing quotes; the brackets of a note and a footnote mark belong to it
_END = re.compile(
    r"[.!?…][\"“”»«’)\]⁾]*[⁰¹²³⁴⁵⁶⁷⁸⁹]*⁾?(?:\s*\[[^\[\]]*\])*(?=\s+[\"„“»«(§⁰¹²³⁴⁵⁶⁷⁸⁹A-ZÄÖÜ0-9-])"
    r"|\](?=\s+[\"„“»A-ZÄÖÜ])"
)

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Unit:
    """What is not cut: a sentence, a list item's sentence, a table or its row; offsets into the text.

    `level` is the depth of lists around it, `before` how bad a passage's beginning here is (0 = no harm), `opening`
    what a passage that begins here must say in its context.
    """

    start: int
    end: int
    words: int
    before: float
    opening: tuple[str, ...]


def split(quelle: Quelle, *, max_words: int = 100) -> tuple[Passage, ...]:
    """All passages of a source, in its order. Ids follow from the place, so that they survive an amendment."""
    if isinstance(quelle, Gesetz):
        return tuple(passage for norm in quelle.normen for passage in _of_norm(norm, quelle.slug, max_words))
    return tuple(_of_dokument(quelle, max_words))


def sentences(text: str) -> list[Span]:
    """The sentences of a running text as [start, end) without blanks around them; brackets of a note stay with theirs.

    German abbreviations, ordinals ("am 1. August") and "Nr. 2" end no sentence.
    """
    spans: list[Span] = []
    start = len(text) - len(text.lstrip())
    for match in _END.finditer(text):
        if text[match.start()] == "." and _is_abbreviated(text, start, match):
            continue
        spans.append((start, match.end()))
        start = _after_blanks(text, match.end())
    end = len(text.rstrip())
    if start < end:
        spans.append((start, end))
    return spans


def _after_blanks(text: str, place: int) -> int:
    while place < len(text) and text[place].isspace():
        place += 1
    return place


def _is_abbreviated(text: str, start: int, match: re.Match[str]) -> bool:
    """True if the full stop belongs to the word before it ("Nr.", "1. August") and no bracket closes the sentence."""
    if match.end() > match.start() + 1:
        return False
    words = text[max(start, match.start() - 60) : match.start()].split()
    if not words:
        return True
    word = words[-1].lstrip('(„"»[').casefold()
    following = text[match.end() : match.end() + 40].split(maxsplit=1)[0].strip(",.;)").casefold()
    if word.isdigit():
        if len(word) > 3 or following in _MONTHS:
            return following in _MONTHS
        return not (len(words) > 1 and words[-2].casefold().lstrip("(") in _BEFORE_NUMBER)
    last = re.split(r"[./(\-]", word)[-1]
    return last in _ABBREVIATIONS or (len(last) == 1 and last.isalpha())


def pieces(text: str, max_words: int) -> list[tuple[Span, tuple[str, ...]]]:
    """The passages of one text as spans into it, each with what its context must repeat (openings, header row)."""
    units = _units(text, max_words)
    if not units:
        return []
    # The cheapest way to cut: one for each passage, plus the harm of each beginning, plus something for scraps.
    costs = [0.0] + [float("inf")] * len(units)
    came_from = [0] * (len(units) + 1)
    for end in range(1, len(units) + 1):
        words = 0
        for first in range(end - 1, -1, -1):
            words += units[first].words
            if words > max_words and first < end - 1:
                break
            cost = costs[first] + 1 + (units[first].before if first else 0) + (0.3 if words < max_words / 8 else 0)
            if cost < costs[end]:
                costs[end], came_from[end] = cost, first
    cuts: list[tuple[Span, tuple[str, ...]]] = []
    end = len(units)
    while end:
        first = came_from[end]
        cuts.append(((units[first].start, units[end - 1].end), units[first].opening))
        end = first
    return cuts[::-1]


def _units(text: str, max_words: int) -> list[_Unit]:
    """What is not cut, in order."""
    units: list[_Unit] = []
    lists = _Lists()
    rows: list[Span] = []
    heading: Span | None = None
    for line in _lines(text):
        start, end = line
        # a first cell that goes on from the row above is empty: " | 5", without the blank at its beginning
        if CELL in text[start:end] or text.startswith(CELL.lstrip(), start):
            rows.append(line)
            continue
        if rows:
            units += _table(text, rows, heading, max_words, units, lists)
            rows = []
        units += lists.read(text, start, end)
        heading = line
    if rows:
        units += _table(text, rows, heading, max_words, units, lists)
    return units


def _lines(text: str) -> Iterator[Span]:
    for match in re.finditer(r"[^\n]+", text):
        line = match[0]
        if line.strip():
            yield match.start() + len(line) - len(line.lstrip()), match.start() + len(line.rstrip())


def _table(
    text: str, rows: list[Span], heading: Span | None, max_words: int, units: list[_Unit], lists: _Lists
) -> list[_Unit]:
    """The rows as one unit, or as one each where the table is long; its heading is taken into it."""
    opening = lists.openings
    title = text[heading[0] : heading[1]] if heading and heading[1] < rows[0][0] else ""
    is_heading = bool(title) and len(title.split()) <= 20 and not title.endswith((".", ";"))
    begin = rows[0][0]
    if is_heading and units and units[-1].start == heading[0]:  # type: ignore[index]
        taken = units.pop()
        begin, opening = taken.start, taken.opening
    words = _count(text[begin : rows[-1][1]])
    if words <= WHOLE_TABLE * max_words:
        return [_Unit(begin, rows[-1][1], words, 0.1, opening)]
    first = [_Unit(begin, rows[0][1], _count(text[begin : rows[0][1]]), 0.1, opening)]
    header = text[rows[0][0] : rows[0][1]]
    # a first row as long as a passage is no header
    repeated = (*opening, *([title] if is_heading else []), *([header] if _count(header) <= max_words / 2 else []))
    return first + [
        _Unit(start, end, _count(text[start:end]), 1.5 if place == 0 else 0.2, repeated)
        for place, (start, end) in enumerate(rows[1:])
    ]


class _Lists:
    """The lists open at a place of a text: the kind of mark of each, and the words that opened it."""

    def __init__(self) -> None:
        self.open: list[tuple[str, str]] = []
        self.last = ""  # the sentence that a list beginning now is opened by
        self.is_fresh = False  # True right after the sentence that may open a list

    @property
    def openings(self) -> tuple[str, ...]:
        return tuple(opening for _, opening in self.open if opening)

    def read(self, text: str, start: int, end: int) -> list[_Unit]:
        """The units of one line that is no table row."""
        line = text[start:end]
        mark = _MARK.match(line)
        if not mark or (mark.lastgroup == "bracket" and not self.open and not self.last):
            return self._running(line, start)
        is_first = self._enter(_kind(mark, self.open))
        spans = sentences(line) if mark[0].strip() != line.strip() else [(0, len(line))]
        spans = _joined_mark(spans, mark.end())
        harm = 1.4 if is_first else 0.2 + 0.2 * len(self.open)
        units = []
        for place, (first, last) in enumerate(spans):
            opening = self.openings
            if place:
                opening, harm = (*opening, line[: spans[0][1]]), 0.8
            units.append(_Unit(start + first, start + last, _count(line[first:last]), harm, opening))
        self.last = line[spans[-1][0] : spans[-1][1]]
        return units

    def _running(self, line: str, start: int) -> list[_Unit]:
        """A line without a mark: a new sentence closes all lists, the rest of one only the innermost."""
        continues = bool(self.open) and (line[0].islower() or line[0] in ",;")
        opening: tuple[str, ...] = self.openings if continues else ()
        self.open = self.open[:-1] if continues else []
        units = []
        for place, (first, last) in enumerate(sentences(line)):
            harm = (0.9 if continues else 0.05) if not place else 0.1
            shown = opening if not place else ()
            units.append(_Unit(start + first, start + last, _count(line[first:last]), harm, shown))
            self.last = line[first:last]
        return units

    def _enter(self, kind: str) -> bool:
        """Goes to the list of that kind of mark; True if it begins here."""
        for depth, (known, _) in enumerate(self.open):
            if known == kind:
                del self.open[depth + 1 :]
                return False
        self.open.append((kind, self.last))
        return True


def _kind(mark: re.Match[str], open_lists: Sequence[tuple[str, str]]) -> str:
    """The kind of a mark: lists nest by changing it ("1." – "a)" – "aa)")."""
    name = mark.lastgroup or ""
    value = mark[name]
    if name in ("number", "decimal"):
        return f"number{value.count('.')}"
    if name == "letter":
        return f"letter{len(value)}" if len(set(value)) == 1 else "letter1"
    if name == "big" and value in "IVX" and not any(kind == "big" for kind, _ in open_lists):
        return "roman"
    return name


def _joined_mark(spans: list[Span], mark_end: int) -> list[Span]:
    """The sentences of an item with its mark in the first one ("1." is no sentence)."""
    while len(spans) > 1 and spans[0][1] <= mark_end:
        spans[:2] = [(spans[0][0], spans[1][1])]
    return spans


def _count(text: str) -> int:
    return sum(1 for _ in _WORD.finditer(text))


def _of_norm(norm: Norm, slug: str, max_words: int) -> Iterator[Passage]:
    if norm.ref.einheit in _CONTENTS:
        return
    place = f"{slug}/{norm.ref.einheit}{norm.ref.nummer}"
    heading = norm.title or f"{norm.ref.einheit} {norm.ref.nummer}".strip()
    seen: dict[str | None, int] = {}
    for absatz in norm.absaetze:
        seen[absatz.nummer] = count = seen.get(absatz.nummer, 0) + 1
        name = (absatz.nummer or "-") + (f"~{count}" if count > 1 else "")
        path = ((Stufe.ABSATZ, absatz.nummer),) if absatz.nummer else ()
        locator = NormRef(norm.ref.gesetz, norm.ref.einheit, norm.ref.nummer, path)
        for part, ((start, end), opening) in enumerate(pieces(absatz.text, max_words), start=1):
            yield Passage.make(
                f"{place}/{name}#{part}",
                slug,
                locator,
                heading=heading,
                text=absatz.text[start:end],
                context=(*norm.gliederung, *opening),
                refs=(norm.ref,),
            )


def _of_dokument(dokument: Dokument, max_words: int) -> Iterator[Passage]:
    for ordinal, abschnitt in enumerate(dokument.abschnitte, start=1):
        place = f"{dokument.id}/p{abschnitt.page or '-'}/{ordinal}"
        locator = DokRef(dokument.id, abschnitt.page, abschnitt.headings)
        for part, ((start, end), opening) in enumerate(pieces(abschnitt.text, max_words), start=1):
            text = abschnitt.text[start:end]
            if not any(character.isalnum() for character in text):
                continue
            yield Passage.make(
                f"{place}#{part}",
                dokument.id,
                locator,
                heading=abschnitt.headings[-1] if abschnitt.headings else dokument.title,
                text=text,
                context=(dokument.title, *abschnitt.headings[:-1], *opening),
                refs=bracket_refs(text) if dokument.kind is Kind.NOTE else (),
            )
