"""HTML as a Dokument: one Abschnitt a heading; navigation, scripts and footers left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.html_text import lines_of
from ingest.raw import Given, Head, RawFile, make_dokument
from kb.errors import ParseError
from kb.model import Abschnitt, Dokument

if TYPE_CHECKING:
    from lxml.etree import _Element

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
# What is never the text of a page, by element, by its declared role, or because it is not shown.
_LEFT_OUT = (
    "//script|//style|//noscript|//template|//iframe|//svg|//object|//select|//textarea"
    "|//nav|//dialog|//body/header[not(.//h1)]|//aside[not(ancestor::main)]"
    "|//footer[not(ancestor::main) and not(ancestor::article)]"
    "|//*[@role='navigation' or @role='banner' or @role='contentinfo' or @role='search' or @role='dialog'"
    " or @role='alertdialog' or @role='menu' or @role='menubar']|//*[@hidden]"
)
# A search box; a form around the whole page (some servers make one) holds paragraphs.
_BOXES = "//form[not(.//p or .//li or .//table or .//h1 or .//h2 or .//h3)]"
# Questions that fold out are buttons inside their heading; every other button only does something.
_FOLDING = "//h1//button|//h2//button|//h3//button|//h4//button|//h5//button|//h6//button|//summary//button"
_HAS_HEADING = ".//h1|.//h2|.//h3|.//h4|.//h5|.//h6"
# Headings inside these belong to their text.
_ATOMS = ("table", "ul", "ol", "dl")


def is_html(data: bytes) -> bool:
    """True if the bytes begin like a page of HTML."""
    head = data[:2048].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    if head.startswith((b"<!doctype html", b"<html")):
        return True
    return head.startswith((b"<?xml", b"<!--", b"<head", b"<body", b"<h1", b"<p>", b"<div")) and (
        b"<html" in head or b"<body" in head or b"</p>" in head or b"</h1>" in head
    )


def read_html(raw: RawFile, given: Given) -> Dokument:
    """The Dokument of a page. Raises ParseError if there is no text or the encoding is not what the page declares."""
    root = _root(raw)
    title = " ".join((root.findtext(".//title") or "").split())
    lang = (root.get("lang") or "")[:2].lower()
    for element in root.xpath(_FOLDING):
        element.drop_tag()
    for element in root.xpath(f"{_LEFT_OUT}|{_BOXES}|//button|//comment()"):
        if element.getparent() is not None:  # a comment before <html> has none
            element.drop_tree()
    mains = root.xpath("//main|//*[@role='main']")
    body = mains[0] if len(mains) == 1 else root.find("body") if root.find("body") is not None else root
    abschnitte = tuple(_abschnitte(body))
    if not abschnitte:
        raise ParseError("no text in the page", where=raw.place, next="save the page with its content, not its frame")
    head = Head(title=title or next((a.headings[0] for a in abschnitte if a.headings), ""), lang=lang)
    return make_dokument(raw, given, abschnitte, head=head)


def _root(raw: RawFile) -> _Element:
    from lxml import etree, html

    if b"<!entity" in raw.data[:65_536].replace(b"\0", b"").lower().partition(b"<html")[0]:
        raise ParseError("the page declares entities, which no browser reads", where=raw.place, next="save it anew")
    encoding = _encoding(raw)
    parser = html.HTMLParser(encoding=encoding, no_network=True, huge_tree=False)
    try:
        root = (
            html.document_fromstring(raw.data.decode(encoding), parser=html.HTMLParser(no_network=True))
            if (encoding.startswith("utf-16"))
            else html.document_fromstring(raw.data, parser=parser)
        )
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, UnicodeDecodeError) as error:
        raise ParseError(f"the HTML cannot be read: {error}", where=raw.place, next="save the page anew") from error
    return root


def _encoding(raw: RawFile) -> str:
    """The declared encoding, UTF-8 if none. Raises ParseError if the bytes are not in it."""
    import codecs
    import re

    data = raw.data
    declared = re.search(
        rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w-]+)|<\?xml[^>]+encoding=[\"']([\w-]+)", data[:4096], re.I
    )
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        name = "utf-16"
    elif data.startswith(codecs.BOM_UTF8) or not declared:
        name = "utf-8"
    else:
        name = (declared[1] or declared[2]).decode("ascii").lower()
        # browsers read Latin-1 as cp1252, and so do those who write it
        name = "cp1252" if name in ("iso-8859-1", "latin1", "latin-1", "windows-1252") else name
    try:
        data.decode(name)
    except (LookupError, UnicodeDecodeError) as error:
        raise ParseError(
            f"the page is not in the encoding it declares ({name}): {error}", where=raw.place, next="save it as UTF-8"
        ) from error
    return name


def _abschnitte(body: _Element) -> list[Abschnitt]:
    """The text under each heading. Headings inside a table or list belong to its text."""
    from lxml import etree

    found: list[Abschnitt] = []
    headings: list[tuple[int, str]] = []
    holder = etree.Element("div")

    def finish() -> None:
        text = "\n".join(lines_of(holder))
        if text:
            found.append(Abschnitt(tuple(title for _, title in headings), None, text))
        holder.clear()

    def walk(element: _Element) -> None:
        _add_text(holder, element.text)
        for child in list(element):
            if not isinstance(child.tag, str):
                continue
            tail = child.tail
            if child.tag in _HEADINGS:
                finish()
                level = _HEADINGS[child.tag]
                title = " ".join(lines_of(child))
                headings[:] = [*(known for known in headings if known[0] < level), (level, title)]
            elif child.tag not in _ATOMS and child.xpath(_HAS_HEADING):
                # a container: its headings count
                holder.append(etree.Element("p"))
                walk(child)
                holder.append(etree.Element("p"))
            else:
                child.tail = None
                holder.append(child)
            _add_text(holder, tail)

    walk(body)
    finish()
    return found


def _add_text(holder: _Element, text: str | None) -> None:
    if not text or not text.strip():
        return
    if len(holder):
        holder[-1].tail = (holder[-1].tail or "") + text
    else:
        holder.text = (holder.text or "") + text
