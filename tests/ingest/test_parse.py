"""What a file is follows from its bytes; its ending is only a hint."""

from __future__ import annotations

import pytest

from ingest.parse import Format, sniff
from ingest.raw import RawFile
from kb.errors import ParseError
from tests.ingest.files import pdf, zipped

WORD = zipped(**{"word/document.xml": b"x", "[Content_Types].xml": b"y"})


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("a.txt", b"Nur Text.", Format.TEXT),
        ("a", b"Nur Text.", Format.TEXT),
        ("BM.txt", b"BMAS teilt mit.", Format.TEXT),
        ("a.md", b"## Kopf\nText.", Format.MARKDOWN),
        ("a.txt", b"---\ntitle: x\n---\nText.", Format.MARKDOWN),
        ("a.md", "# § 1 – Zweck\n\nText.".encode(), Format.GESETZ_MD),
        ("a.md", "---\ntitle: x\n---\n# § 1 – Zweck\n".encode(), Format.MARKDOWN),
        ("a.txt", b"<?xml version='1.0'?><dokumente><norm/></dokumente>", Format.GII_XML),
        ("a.xml", "\ufeff<dokumente/>".encode("utf-16"), Format.GII_XML),
        ("a.txt", b"<!DOCTYPE html><html><body><p>x</p></body></html>", Format.HTML),
        ("a.php", b"<?xml version='1.0'?><html><body/></html>", Format.HTML),
        ("a.html", b"Kein Markup", Format.TEXT),
        ("a.docx", pdf(["Text"]), Format.PDF),
        ("a.pdf", WORD, Format.DOCX),
        ("a.docx", zipped(a=b"x"), Format.ZIP),
    ],
)
def test_sniff(name: str, data: bytes, expected: Format) -> None:
    assert sniff(RawFile(name, data)) is expected


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\x89PNG\r\n\x1a\n", "it is a picture (PNG)"),
        (b"\xff\xd8\xff\xe0", "it is a picture (JPEG)"),
        (b"BM\0\0\0", "it is a picture (BMP)"),
        (b"\xd0\xcf\x11\xe0\0", "it is an old Office file (.doc, .xls)"),
        (b"{\\rtf1 x}", "it is a rich text file"),
        (zipped(mimetype=b"x"), "an office file that is no Word document"),
        (b"<?xml version='1.0'?><rss>x</rss>", "XML, but not a statute of the publisher (<dokumente> expected)"),
        (b"\xef\xbb\xbf\n", "the file is empty"),
        (b"x\x01\x02" * 60, "not a text: control characters in it"),
    ],
)
def test_what_nobody_reads_is_named(data: bytes, message: str) -> None:
    with pytest.raises(ParseError) as error:
        sniff(RawFile("ordner/datei.pdf", data))
    assert (error.value.message, error.value.where) == (message, "ordner/datei.pdf")
    assert error.value.next
