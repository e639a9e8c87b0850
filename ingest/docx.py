"""DOCX as a Dokument: one Abschnitt a heading; lists and tables as lines."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

from ingest.raw import Given, Head, RawFile, make_dokument
from ingest.table import Cell, table_lines
from kb.errors import ParseError
from kb.model import Abschnitt, Dokument

if TYPE_CHECKING:
    from docx.table import Table
    from docx.text.paragraph import Paragraph


def read_docx(raw: RawFile, given: Given) -> Dokument:
    """The Dokument of a Word file. Raises ParseError if it is damaged or empty."""
    from docx import Document
    from docx.opc.exceptions import PackageNotFoundError
    from docx.text.paragraph import Paragraph
    from lxml import etree

    try:
        document = Document(io.BytesIO(raw.data))
        blocks = list(document.iter_inner_content())
        title = document.core_properties.title or ""
    except (
        PackageNotFoundError,
        zipfile.BadZipFile,
        etree.XMLSyntaxError,
        KeyError,
        ValueError,
        AttributeError,
    ) as error:
        message = f"the Word file cannot be read: {error or type(error).__name__}"
        raise ParseError(message, where=raw.place, next="open it in Word and save it anew") from error
    found: list[Abschnitt] = []
    headings: list[tuple[int, str]] = []
    lines: list[str] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            level = _level(block)
            text = " ".join(block.text.split())
            if level and text:
                _finish(found, headings, lines)
                headings = [*(known for known in headings if known[0] < level), (level, text)]
            elif text:
                lines.append(f"- {text}" if _is_item(block) else text)
        else:
            lines += _rows(block)
    _finish(found, headings, lines)
    if not found:
        raise ParseError("no text in the Word file", where=raw.place, next="check the file")
    head = Head(title=" ".join(title.split()) or next((a.headings[0] for a in found if a.headings), ""))
    return make_dokument(raw, given, tuple(found), head=head)


def _finish(found: list[Abschnitt], headings: list[tuple[int, str]], lines: list[str]) -> None:
    if lines:
        found.append(Abschnitt(tuple(title for _, title in headings), None, "\n".join(lines)))
    lines.clear()


def _level(paragraph: Paragraph) -> int:
    """The level of a heading from 1, 0 for other paragraphs; German Word calls the style "Überschrift"."""
    name = (paragraph.style.name or "").casefold() if paragraph.style is not None else ""
    if name in ("title", "titel"):
        return 1
    word, _, number = name.partition(" ")
    return int(number) if word in ("heading", "überschrift") and number.isdigit() else 0


def _is_item(paragraph: Paragraph) -> bool:
    name = (paragraph.style.name or "").casefold() if paragraph.style is not None else ""
    properties = paragraph._p.pPr
    return name.startswith(("list", "liste", "aufzählung")) or (properties is not None and properties.numPr is not None)


def _rows(table: Table) -> list[str]:
    """The rows of a table; a cell that spans is given once, its further places stay empty."""
    rows = []
    seen: set[object] = set()
    for row in table.rows:
        cells = []
        for cell in row.cells:
            is_new = cell._tc not in seen
            seen.add(cell._tc)
            cells.append(Cell(" ".join(cell.text.split()) if is_new else ""))
        rows.append(cells)
    return table_lines(rows)
