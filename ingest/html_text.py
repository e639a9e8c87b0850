"""HTML elements as lines of text: paragraphs, list items and table rows on lines of their own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ingest.gesetz import picture, squeeze, subscript, superscript
from ingest.table import Cell, table_lines

if TYPE_CHECKING:
    from lxml.etree import _Element

SKIPPED = frozenset({"script", "style", "noscript", "template", "head", "svg", "iframe", "object", "select", "button"})
_BLOCKS = (
    " address article aside blockquote body caption center dd details div dl dt fieldset figcaption figure footer form"
    " h1 h2 h3 h4 h5 h6 header hr html legend li main nav ol p pre section summary table ul "
)


def html_lines(source: str) -> list[str]:
    """The lines of a piece of HTML."""
    from lxml import html

    return lines_of(html.fragment_fromstring(source, create_parent="div"))


def lines_of(element: _Element) -> list[str]:
    """The lines inside an element: list items begin with their mark, cells of a row are joined by " | "."""
    lines: list[str] = []
    open_text: list[str] = []
    _walk(element, lines, open_text)
    _end(lines, open_text)
    return lines


def _end(lines: list[str], open_text: list[str]) -> None:
    if line := squeeze("".join(open_text)):
        lines.append(line)
    open_text.clear()


def _walk(element: _Element, lines: list[str], open_text: list[str]) -> None:
    if element.text:
        open_text.append(element.text)
    for child in element:
        if isinstance(child.tag, str) and child.tag not in SKIPPED:
            _enter(child, lines, open_text)
        if child.tail:
            open_text.append(child.tail)


def _enter(element: _Element, lines: list[str], open_text: list[str]) -> None:
    tag = element.tag
    if tag == "br":
        _end(lines, open_text)
    elif tag == "table":
        _end(lines, open_text)
        lines += table(element)
    elif tag == "img":
        open_text.append(f" {picture(element.get('alt') or '')} " if element.get("alt") else " ")
    elif tag in ("sup", "sub"):
        raised = superscript if tag == "sup" else subscript
        open_text.append(raised("".join(str(part) for part in element.itertext())))
    elif tag == "dd" and open_text:
        # the mark before it (<dt>) stays on the item's line
        open_text.append(" ")
        _walk(element, lines, open_text)
        _end(lines, open_text)
    elif tag == "dt":
        _end(lines, open_text)
        _walk(element, lines, open_text)
    elif tag == "li":
        _end(lines, open_text)
        open_text.append(_mark(element))
        _walk(element, lines, open_text)
        _end(lines, open_text)
    elif f" {tag} " in _BLOCKS:
        if not (tag == "p" and element.getparent() is not None and _is_first_in_item(element, open_text)):
            _end(lines, open_text)
        _walk(element, lines, open_text)
        _end(lines, open_text)
    else:
        _walk(element, lines, open_text)


def _is_first_in_item(element: _Element, open_text: list[str]) -> bool:
    parent = element.getparent()
    return parent is not None and parent.tag in ("li", "dd") and parent.index(element) == 0 and bool(open_text)


def _mark(item: _Element) -> str:
    parent = item.getparent()
    if parent is None or parent.tag != "ol":
        return "- "
    start = parent.get("start") or "1"
    place = sum(1 for other in item.itersiblings("li", preceding=True))
    return f"{(int(start) if start.isdigit() else 1) + place}. "


def table(element: _Element) -> list[str]:
    """The caption and the rows of a table as lines."""
    captions = [line for caption in element.iterfind("caption") for line in lines_of(caption)]
    return captions + table_lines(_cells(row) for row in _rows(element))


def _rows(element: _Element) -> Iterable[_Element]:
    for child in element:
        if child.tag == "tr":
            yield child
        elif child.tag in ("thead", "tbody", "tfoot"):
            yield from child.iterfind("tr")


def _cells(row: _Element) -> list[Cell]:
    return [
        Cell(" ".join(lines_of(cell)), _span(cell, "colspan"), _span(cell, "rowspan"))
        for cell in row
        if cell.tag in ("td", "th")
    ]


def _span(cell: _Element, name: str) -> int:
    value = cell.get(name) or "1"
    return min(max(int(value), 1), 1000) if value.isdigit() else 1
