"""The numbers of Word's lists: they stand in no text, Word counts them when it shows the page."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docx.document import Document
    from lxml.etree import _Element

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"))
_ROMAN_SMALL = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


@dataclass(frozen=True, slots=True)
class _Level:
    """One level of a list: how it counts ("decimal", "bullet", …), the pattern of its mark ("%1.%2"), its start."""

    counts: str
    pattern: str
    start: int


@dataclass(slots=True)
class Numbering:
    """The lists of one document, counting on as their items are read in order."""

    levels: dict[str, dict[int, _Level]]  # number of a list → its levels
    roots: dict[str, str]  # number of a list → the definition it counts with
    by_style: dict[str, tuple[str, int]]  # id of a style → list and level that it brings
    counters: dict[str, dict[int, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, document: Document) -> Numbering:
        """The lists that a document defines; none where it defines none."""
        from docx.opc.constants import RELATIONSHIP_TYPE

        definitions: dict[str, dict[int, _Level]] = {}
        levels: dict[str, dict[int, _Level]] = {}
        roots: dict[str, str] = {}
        parts = [r.target_part for r in document.part.rels.values() if r.reltype == RELATIONSHIP_TYPE.NUMBERING]
        for root in (part.element for part in parts):
            for definition in root.iterfind(f"{W}abstractNum"):
                found = {int(level.get(f"{W}ilvl") or 0): _level(level) for level in definition.iterfind(f"{W}lvl")}
                definitions[definition.get(f"{W}abstractNumId") or ""] = found
            for number in root.iterfind(f"{W}num"):
                name, uses = number.get(f"{W}numId") or "", _value(number, "abstractNumId")
                roots[name], levels[name] = uses, definitions.get(uses, {})
        by_style = {}
        for style in document.styles.element.iterfind(f"{W}style"):
            properties = style.find(f"{W}pPr/{W}numPr")
            if properties is not None and (name := _value(properties, "numId")):
                by_style[style.get(f"{W}styleId") or ""] = (name, int(_value(properties, "ilvl") or 0))
        return cls(levels, roots, by_style)

    def mark(self, paragraph: _Element) -> str:
        """The mark of the paragraph ("3.", "a)", "-" for a bullet), "" if it is in no list; counts it."""
        name, depth = self._place(paragraph)
        if name in ("", "0"):  # 0 takes a paragraph out of the list of its style
            return ""
        level = self.levels.get(name, {}).get(depth)
        if level is None or level.counts == "bullet":
            return "-"
        counter = self.counters.setdefault(self.roots[name], {})
        counter[depth] = counter.get(depth, level.start - 1) + 1
        for deeper in [other for other in counter if other > depth]:
            del counter[deeper]
        if level.counts == "none":
            return ""
        mark = level.pattern
        for outer in range(depth + 1):
            known = self.levels[name].get(outer, level)
            mark = mark.replace(f"%{outer + 1}", _printed(counter.get(outer, known.start), known.counts))
        return mark.strip()

    def _place(self, paragraph: _Element) -> tuple[str, int]:
        properties = paragraph.find(f"{W}pPr/{W}numPr")
        if properties is not None and (name := _value(properties, "numId")):
            return name, int(_value(properties, "ilvl") or 0)
        style = paragraph.find(f"{W}pPr/{W}pStyle")
        return self.by_style.get((style.get(f"{W}val") or "") if style is not None else "", ("", 0))


def _level(level: _Element) -> _Level:
    start = _value(level, "start")
    return _Level(_value(level, "numFmt") or "decimal", _value(level, "lvlText"), int(start) if start.isdigit() else 1)


def _value(element: _Element, name: str) -> str:
    found = element.find(f"{W}{name}")
    return (found.get(f"{W}val") or "") if found is not None else ""


def _printed(number: int, counts: str) -> str:
    """A number as a list shows it: 3, c, C, iii or III."""
    if counts in ("lowerLetter", "upperLetter") and number > 0:
        # after z come aa, bb, cc
        letters = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letters.upper() if counts == "upperLetter" else letters
    if counts in ("lowerRoman", "upperRoman") and 0 < number < 4000:
        letters = ""
        for value, sign in (*_ROMAN, *_ROMAN_SMALL):
            letters += sign * (number // value)
            number %= value
        return letters.upper() if counts == "upperRoman" else letters
    return str(number)
