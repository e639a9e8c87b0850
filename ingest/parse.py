"""A file's bytes → Gesetz or Dokument, by what the bytes are; the ending of the name is only a hint for text."""

from __future__ import annotations

import codecs
import re
from enum import StrEnum

from ingest.archive import is_zip, names_in, open_checked
from ingest.gesetz_md import is_gesetz_md, read_gesetz_md
from ingest.gii_xml import is_gii_xml, read_gii_xml
from ingest.html import is_html, read_html
from ingest.markdown import has_front_matter, read_markdown
from ingest.plain import read_plain
from ingest.raw import Given, RawFile
from kb.errors import ParseError
from kb.model import Quelle

# No prose has such a line; a minified or binary file does, and would cost minutes.
_LONGEST_LINE = 1_000_000

_FOREIGN = (
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"II*\0", "a picture (TIFF)"),
    (b"MM\0*", "a picture (TIFF)"),
    (b"BM", "a picture (BMP)"),
    (b"RIFF", "a picture or sound (RIFF)"),
    (b"\xd0\xcf\x11\xe0", "an old Office file (.doc, .xls)"),
    (b"{\\rtf", "a rich text file"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"SQLite format", "a database"),
)


class Format(StrEnum):
    """What a file is."""

    GII_XML = "statute XML"
    GESETZ_MD = "statute Markdown"
    MARKDOWN = "Markdown"
    TEXT = "text"
    HTML = "HTML"
    PDF = "PDF"
    DOCX = "Word"
    ZIP = "zip"


def sniff(raw: RawFile) -> Format:
    """What the bytes are. Raises ParseError if no reader knows them."""
    data = raw.data
    if not data.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        raise ParseError("the file is empty", where=raw.place, next="check the file")
    if b"%PDF-" in data[:1024]:
        return Format.PDF
    if is_zip(data):
        return _sniff_zip(raw)
    if is_gii_xml(data):
        return Format.GII_XML
    if is_html(data):
        return Format.HTML
    for magic, name in _FOREIGN:
        # two letters alone ("BM", "MZ") may begin a text
        if data.startswith(magic) and (len(magic) > 2 or b"\0" in data[:512]):
            raise ParseError(
                f"it is {name}", where=raw.place, next="give PDF, Word, HTML, Markdown, text or statute XML"
            )
    text = decode(raw)
    if text.lstrip().startswith("<?xml"):
        message = "XML, but not a statute of the publisher (<dokumente> expected)"
        raise ParseError(message, where=raw.place, next="give the file of gesetze-im-internet.de")
    if is_gesetz_md(text) and not has_front_matter(text):
        return Format.GESETZ_MD
    is_markdown = has_front_matter(text) or raw.name.lower().endswith((".md", ".markdown"))
    return Format.MARKDOWN if is_markdown else Format.TEXT


def parse(raw: RawFile, given: Given, *, max_bytes: int) -> Quelle:
    """The source in a file that is no archive. Raises ParseError, which names the file and what to do."""
    kind = sniff(raw)
    if kind is Format.GII_XML:
        return read_gii_xml(raw.data, name=raw.place, stand=given.stand)
    if kind is Format.PDF:
        from ingest.pdf import read_pdf

        return read_pdf(raw, given)
    if kind is Format.HTML:
        return read_html(raw, given)
    if kind is Format.DOCX:
        from ingest.docx import read_docx

        open_checked(raw.data, raw.place, max_bytes=max_bytes)
        return read_docx(raw, given)
    if kind is Format.ZIP:
        raise ParseError("a zip inside a zip", where=raw.place, next="unpack it first")
    text = decode(raw)
    _refuse_huge_lines(text, raw)
    if kind is Format.GESETZ_MD:
        return read_gesetz_md(text, name=raw.place, stand=given.stand or given.today)
    return read_markdown(text, raw, given) if kind is Format.MARKDOWN else read_plain(text, raw, given)


def decode(raw: RawFile) -> str:
    """The text of the bytes: UTF-8, or UTF-16 with its byte order mark. Raises ParseError with the line."""
    data = raw.data
    name = "utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    try:
        text = data.decode(name)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ParseError(
            f"neither UTF-8 nor UTF-16 with a byte order mark (byte {data[error.start]:#04x})",
            where=f"{raw.place}:{line}",
            next="save it as UTF-8",
        ) from error
    if "\0" in text or len(re.findall(r"[\x00-\x08\x0e-\x1f]", text[:100_000])) > 50:
        raise ParseError("not a text: control characters in it", where=raw.place, next="check what kind of file it is")
    return text


def _sniff_zip(raw: RawFile) -> Format:
    names = names_in(raw.data, raw.place)
    if "word/document.xml" in names:
        return Format.DOCX
    if "[Content_Types].xml" in names or "mimetype" in names:
        message = "an office file that is no Word document"
        raise ParseError(message, where=raw.place, next="save it as PDF, Word, HTML or text")
    return Format.ZIP


def _refuse_huge_lines(text: str, raw: RawFile) -> None:
    start = 0
    number = 1
    while (end := text.find("\n", start)) >= 0:
        _refuse_huge(end - start, number, raw)
        start, number = end + 1, number + 1
    _refuse_huge(len(text) - start, number, raw)


def _refuse_huge(length: int, number: int, raw: RawFile) -> None:
    if length > _LONGEST_LINE:
        raise ParseError(
            f"a line of {length:,} characters is no prose", where=f"{raw.place}:{number}", next="check the file"
        )
