"""DOCX as a Dokument: one Abschnitt a heading; lists, tables and footnotes as lines.

Text in content controls, text boxes and tracked insertions counts as text; tracked deletions do not. Heads and feet of
pages are left out.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ingest.docx_lists import Numbering
from ingest.gesetz import superscript
from ingest.raw import Given, Head, RawFile, make_dokument
from ingest.table import Cell, table_lines
from kb.errors import ParseError
from kb.model import Abschnitt, Dokument

if TYPE_CHECKING:
    from docx.document import Document
    from lxml.etree import _Element

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_FOOTNOTES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
_SIGNS = {f"{W}tab": " ", f"{W}br": " ", f"{W}cr": " ", f"{W}noBreakHyphen": "-"}
# Struck out by a tracked change, said a second time for old programs, or codes of fields ("PAGEREF …").
_NEVER = frozenset({f"{W}del", f"{W}moveFrom", f"{W}instrText", f"{W}delText", _FALLBACK, f"{W}pPr", f"{W}rPr"})
_NESTED = (f"{W}p", f"{W}tbl")


def read_docx(raw: RawFile, given: Given) -> Dokument:
    """The Dokument of a Word file. Raises ParseError if it is damaged or empty."""
    from docx import Document
    from docx.opc.exceptions import PackageNotFoundError
    from lxml import etree

    try:
        document = Document(io.BytesIO(raw.data))
        reader = _Reader(_style_names(document), Numbering.of(document), _footnotes(document))
        reader.read(document.element.body)
        # what stands on the page is true more often than what Word keeps of the file this one was copied from
        title = reader.title or document.core_properties.title or ""
    except (
        PackageNotFoundError,
        zipfile.BadZipFile,
        etree.XMLSyntaxError,
        KeyError,
        ValueError,
        AttributeError,
        EOFError,
        OSError,
    ) as error:
        message = f"the Word file cannot be read: {error or type(error).__name__}"
        raise ParseError(message, where=raw.place, next="open it in Word and save it anew") from error
    found = reader.finish()
    if not found:
        raise ParseError("no text in the Word file", where=raw.place, next="check the file")
    first = next((abschnitt.headings[0] for abschnitt in found if abschnitt.headings), "")
    return make_dokument(raw, given, found, head=Head(title=" ".join(title.split()) or first))


@dataclass(slots=True)
class _Reader:
    """Collects the Abschnitte, block by block."""

    styles: dict[str, str]  # id of a style → its name, small letters
    numbering: Numbering
    footnotes: dict[str, _Element]
    found: list[Abschnitt] = field(default_factory=list)
    headings: list[tuple[int, str]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    noted: int = 0
    title: str = ""

    def read(self, parent: _Element) -> None:
        """Takes the paragraphs and tables in an element, also those wrapped in something else."""
        for element in _blocks(parent):
            if element.tag == f"{W}tbl":
                self.lines += self._rows(element)
                continue
            text, level = self._text(element), self._level(element)
            if text and not self.title and self._style(element) in ("title", "titel"):
                self.title = text
            elif level and text:
                self._end()
                mark = self._mark(element)
                title = text if mark in ("", "-") else f"{mark} {text}"
                self.headings = [*(known for known in self.headings if known[0] < level), (level, title)]
            elif text:
                mark = self._mark(element)
                self.lines.append(f"{mark} {text}" if mark else text)
            for box in element.iter(f"{W}txbxContent"):
                if not any(above.tag == _FALLBACK for above in box.iterancestors()):
                    self.read(box)

    def finish(self) -> tuple[Abschnitt, ...]:
        """All Abschnitte."""
        self._end()
        return tuple(self.found)

    def _end(self) -> None:
        """Closes the Abschnitt; its footnotes follow its text."""
        lines = self.lines + self.notes
        if lines:
            self.found.append(Abschnitt(tuple(title for _, title in self.headings), None, "\n".join(lines)))
        self.lines, self.notes = [], []

    def _text(self, paragraph: _Element) -> str:
        return " ".join("".join(self._pieces(paragraph)).split())

    def _pieces(self, element: _Element) -> Iterator[str]:
        for child in element:
            if child.tag in _NEVER or child.tag == f"{W}txbxContent":
                continue
            if child.tag == f"{W}t":
                yield child.text or ""
            elif child.tag in _SIGNS:
                yield _SIGNS[child.tag]
            elif child.tag == f"{W}footnoteReference":
                yield self._note(child.get(f"{W}id") or "")
            else:
                yield from self._pieces(child)

    def _note(self, number: str) -> str:
        """The mark of a footnote; its text is kept for the end of the Abschnitt."""
        note = self.footnotes.get(number)
        if note is None:
            return ""
        self.noted += 1
        mark = superscript(str(self.noted))
        self.notes.append(f"{mark} " + " ".join(self._text(part) for part in note.iter(f"{W}p")))
        return mark

    def _rows(self, table: _Element) -> list[str]:
        """The rows of a table; what a cell holds, tables too, stands in its place on one line."""
        rows = []
        for row in _inside(table, f"{W}tr"):
            cells = []
            column = _number(row, "trPr/gridBefore")
            for cell in _inside(row, f"{W}tc"):
                width = max(_number(cell, "tcPr/gridSpan"), 1)
                # a cell that goes on from above says nothing of its own
                merge = cell.find(f"{W}tcPr/{W}vMerge")
                goes_on = merge is not None and merge.get(f"{W}val") != "restart"
                cells.append(Cell("" if goes_on else self._cell(cell), width, column=column))
                column += width
            rows.append(cells)
        return table_lines(rows)

    def _cell(self, cell: _Element) -> str:
        parts = []
        for block in _blocks(cell):
            if block.tag == f"{W}tbl":
                parts += self._rows(block)
            elif text := self._text(block):
                mark = self._mark(block)
                parts.append(f"{mark} {text}" if mark else text)
        return " ".join(parts)

    def _style(self, paragraph: _Element) -> str:
        style = paragraph.find(f"{W}pPr/{W}pStyle")
        return self.styles.get(style.get(f"{W}val") or "", "") if style is not None else ""

    def _level(self, paragraph: _Element) -> int:
        """The level of a heading from 1, 0 for other paragraphs; German Word calls the style "Überschrift"."""
        word, _, number = self._style(paragraph).partition(" ")
        return int(number) if word in ("heading", "überschrift") and number.isdigit() else 0

    def _mark(self, paragraph: _Element) -> str:
        """The mark of a list item: its number as Word counts it, "-" for a bullet, "" for no item."""
        style = self._style(paragraph)
        if mark := self.numbering.mark(paragraph):
            return mark
        return "-" if style.startswith(("list bullet", "aufzählung")) else ""


def _blocks(parent: _Element) -> Iterator[_Element]:
    """The paragraphs and tables of an element in order; content controls and insertions are opened."""
    for child in parent:
        if child.tag in _NESTED:
            yield child
        elif child.tag not in _NEVER and isinstance(child.tag, str):
            yield from _blocks(child)


def _inside(parent: _Element, tag: str) -> Iterator[_Element]:
    """The rows of a table or cells of a row; controls around them are opened, tables inside them are not."""
    for child in parent:
        if child.tag == tag:
            yield child
        elif isinstance(child.tag, str) and child.tag not in _NEVER and child.tag not in _NESTED:
            yield from _inside(child, tag)


def _number(element: _Element, path: str) -> int:
    found = element.find("/".join(f"{W}{step}" for step in path.split("/")))
    value = found.get(f"{W}val") or "" if found is not None else ""
    return min(int(value), 1000) if value.isdigit() else 0


def _style_names(document: Document) -> dict[str, str]:
    return {style.style_id: (style.name or "").casefold() for style in document.styles}


def _footnotes(document: Document) -> dict[str, _Element]:
    """The footnotes by number, without the lines that Word draws above them."""
    from lxml import etree

    for relation in document.part.rels.values():
        if relation.reltype == _FOOTNOTES and not relation.is_external:
            parser = etree.XMLParser(resolve_entities=False, no_network=True)
            root = etree.fromstring(relation.target_part.blob, parser)
            return {note.get(f"{W}id") or "": note for note in root.iter(f"{W}footnote") if not note.get(f"{W}type")}
    return {}
