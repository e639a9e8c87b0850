"""The text elements of the publisher's XML as lines: list items and table rows on lines of their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from ingest.gesetz import picture, squeeze, subscript, superscript
from ingest.table import Cell, table_lines

if TYPE_CHECKING:
    from lxml.etree import _Element

# Elements that begin and end a line. All others not named below run with the text (B, I, U, SP, NB, noindex …).
_BLOCKS = frozenset({"P", "DL", "LA", "Title", "Subtitle", "Ident", "TOC", "kommentar", "pre", "Footnote", "FnArea"})

Marks = Mapping[str, str]  # ID of a footnote → its mark as printed


class _Lines:
    """Collects text and ends lines; blanks are squeezed line by line, empty lines are not kept."""

    __slots__ = ("done", "marks", "open")

    def __init__(self, marks: Marks) -> None:
        self.done: list[str] = []
        self.open: list[str] = []
        self.marks = marks

    def end(self) -> None:
        if self.open:
            if line := squeeze("".join(self.open)):
                self.done.append(line)
            self.open.clear()

    def walk(self, element: _Element) -> None:
        """Writes what stands inside the element."""
        if element.text:
            self.open.append(element.text)
        for child in element:
            if isinstance(child.tag, str):  # comments and processing instructions have no text of the law
                self._element(child)
            if child.tail:
                self.open.append(child.tail)

    def _element(self, element: _Element) -> None:
        tag = element.tag
        if tag == "BR":
            self.end()
        elif tag == "DL":
            self._items(element)
        elif tag == "table":
            self.end()
            self.done.extend(_table(element, self.marks))
        elif tag == "IMG":
            self.open.append(f" {picture(element.get('alt') or '')} ")
        elif tag == "FILE":
            self.open.append(" [Anlage als Datei beim Herausgeber] ")
        elif tag == "FnR":
            self.open.append(self.marks.get(element.get("ID") or "", ""))
        elif tag == "FnArea":
            self.end()  # only says where footnotes are printed; they are kept with the Norm
        elif tag in ("SUP", "SUB"):
            raised = superscript if tag == "SUP" else subscript
            self.open.append(raised("".join(str(part) for part in element.itertext())))
        elif tag in _BLOCKS:
            self.end()
            if tag == "pre":
                self._preformatted(element)
            else:
                self.walk(element)
            self.end()
        else:
            self.walk(element)

    def _items(self, element: _Element) -> None:
        """A list: each item on a line of its own, its mark first; further lines of an item follow it."""
        self.end()
        for child in element:
            if child.tag == "DT":
                self.end()
                self.walk(child)
                self.open.append(" ")
            elif child.tag == "DD":
                self._item(child)
            elif isinstance(child.tag, str):
                self._element(child)
            if child.tail and child.tail.strip():
                self.open.append(child.tail)
        self.end()

    def _item(self, element: _Element) -> None:
        if element.text:
            self.open.append(element.text)
        for place, part in enumerate(part for part in element if isinstance(part.tag, str)):
            if part.tag == "LA":
                if place:
                    self.end()
                self.walk(part)
            else:
                self._element(part)
            if part.tail:
                self.open.append(part.tail)
        self.end()

    def _preformatted(self, element: _Element) -> None:
        inner = _Lines(self.marks)
        inner.walk(element)
        inner.open.append("\n")
        # line ends count here; BR inside has already ended lines
        for piece in "".join(inner.open).split("\n"):
            if line := squeeze(piece):
                inner.done.append(line)
        self.done.extend(inner.done)


def lines_of(element: _Element, marks: Marks) -> list[str]:
    """The lines inside the element."""
    lines = _Lines(marks)
    lines.walk(element)
    lines.end()
    return lines.done


def inline(element: _Element | None, marks: Marks | None = None) -> str:
    """All text inside the element in one line ("" for None)."""
    return " ".join(lines_of(element, marks or {})) if element is not None else ""


def blocks_of(text: _Element, marks: Marks) -> Iterator[str]:
    """The blocks of a `<text>` or `<fussnoten>`: each paragraph, title or table with its lines; footnotes left out."""
    for part in text:
        if part.tag in ("Content", "TOC"):
            whole = part.tag == "TOC"
            yield from ["\n".join(lines_of(part, marks))] if whole else _content(part, marks)
        elif isinstance(part.tag, str) and part.tag != "Footnotes":
            yield "\n".join(lines_of(part, marks))
        if part.tail and part.tail.strip():
            yield squeeze(part.tail)


def _content(content: _Element, marks: Marks) -> Iterator[str]:
    if content.text and content.text.strip():
        yield squeeze(content.text)
    for child in content:
        if isinstance(child.tag, str) and child.tag != "BR":
            lines = _Lines(marks)
            lines._element(child)
            lines.end()
            yield "\n".join(lines.done)
        if child.tail and child.tail.strip():
            yield squeeze(child.tail)


def footnotes_of(text: _Element | None) -> tuple[dict[str, str], list[str]]:
    """The marks of the footnotes by ID, and each footnote as a line that begins with its mark."""
    marks: dict[str, str] = {}
    notes: list[_Element] = list(text.iterfind("Footnotes/Footnote")) if text is not None else []
    for note in notes:
        sign = (note.get("FnZ") or "") + (note.get("Postfix") or "")
        marks[note.get("ID") or ""] = superscript(sign)
    texts = []
    for note in notes:
        sign = (note.get("FnZ") or "") + (note.get("Postfix") or "")
        texts.append(f"{sign} " + "\n".join(lines_of(note, marks)))
    return marks, texts


def _table(table: _Element, marks: Marks) -> list[str]:
    lines: list[str] = []
    for part in table:
        if part.tag == "tgroup":
            columns = _columns(part)
            rows = part.iterfind("*/row")
            lines += table_lines(
                [_cell(entry, columns, marks) for entry in row if entry.tag == "entry"] for row in rows
            )
        elif isinstance(part.tag, str):
            lines += lines_of(part, marks)
    return lines


def _columns(group: _Element) -> dict[str, int]:
    """Column names → position from 0. The publisher names columns where it needs to."""
    names: dict[str, int] = {}
    for place, spec in enumerate(group.iterfind("colspec")):
        names[spec.get("colname") or f"col{place + 1}"] = place
    return names


def _cell(entry: _Element, columns: Mapping[str, int], marks: Marks) -> Cell:
    first = columns.get(entry.get("namest") or entry.get("colname") or "")
    last = columns.get(entry.get("nameend") or "", first)
    width = last - first + 1 if first is not None and last is not None and last >= first else 1
    more = entry.get("morerows") or "0"
    text = " ".join(lines_of(entry, marks))
    return Cell(text, width, int(more) + 1 if more.isdigit() else 1, first)
