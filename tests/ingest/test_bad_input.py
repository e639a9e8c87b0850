"""Bad input gives an error that names the file and what to do, and leaves the store as it was."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path

import pytest

from ingest.build import ingest_paths
from kb.config import Config
from kb.store import open_store

TODAY = date(2026, 8, 19)
GOOD = "---\ntitle: Gut\nnorms: []\nrechtsstand: 2026-08-19\n---\n## Kurz gesagt\n\nEin Satz steht hier. [Praxis]\n"


def pdf(pages: list[str], *, password: str = "") -> bytes:
    """A PDF with one line of text a page ("" = an empty page)."""
    from pypdf import PdfWriter
    from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

    writer = PdfWriter()
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
            NameObject("/Encoding"): NameObject("/WinAnsiEncoding"),
        }
    )
    for text in pages:
        page = writer.add_blank_page(595, 842)
        stream = DecodedStreamObject()
        stream.set_data(f"BT /F1 12 Tf 50 700 Td ({text}) Tj ET".encode("cp1252") if text else b"")
        page[NameObject("/Contents")] = writer._add_object(stream)
        fonts = DictionaryObject({NameObject("/F1"): writer._add_object(font)})
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def zipped(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        pytest.param("leer.md", b"", "is empty", id="empty file"),
        pytest.param("bild.pdf", b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "a picture", id="picture named pdf"),
        pytest.param("alt.txt", "für".encode("cp1252"), "neither UTF-8", id="cp1252 undeclared"),
        pytest.param("scan.pdf", pdf(["", ""]), "no text on its 2 pages", id="scanned pdf"),
        pytest.param("geheim.pdf", pdf(["Text genug hier"], password="x"), "encrypted", id="encrypted pdf"),
        pytest.param("kaputt.pdf", b"%PDF-1.4\nnothing", "cannot be read", id="damaged pdf"),
        pytest.param("aus.zip", zipped(**{"../x": b"x"}), "leaves it", id="path traversal"),
        pytest.param("bombe.zip", zipped(**{"x.txt": b"0" * 3_000_000}), "unpack to", id="zip bomb"),
        pytest.param("zip.zip", zipped(**{"a.zip": zipped(b=b"x")}), "inside a zip", id="nested zip"),
        pytest.param("rest.zip", zipped(a=b"x" * 999)[:60], "damaged", id="truncated zip"),
        pytest.param("zeile.txt", b"x" * 1_000_001, "no prose", id="huge line"),
        pytest.param("kopf.md", b"---\ntitle: [\n---\n## A\nText.\n", "front matter", id="broken front matter"),
        pytest.param("andere.xml", b"<?xml version='1.0'?><rss/>", "not a statute", id="foreign XML"),
    ],
)
def test_bad_file_is_named_and_changes_nothing(
    name: str, data: bytes, message: str, config: Config, tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "gut.md").write_text(GOOD, encoding="utf-8")
    limited = Config(home=config.home, max_unzipped_bytes=2_000_000)
    with open_store(limited) as store:
        ingest_paths([folder], store=store, config=limited, today=TODAY)
        before = store.sources()
        (folder / name).write_bytes(data)
        report = ingest_paths([folder], store=store, config=limited, today=TODAY)
        assert store.sources() == before
    assert [(result.source_id, result.unchanged) for result in report.results] == [("note:gut", 1)]
    (error,) = report.errors
    assert message in str(error)
    assert name in error.where  # type: ignore[attr-defined]
    assert error.next  # type: ignore[attr-defined]


def test_pdf_pages_count_from_one_and_an_empty_page_is_a_warning(config: Config, tmp_path: Path) -> None:
    path = tmp_path / "weisung.pdf"
    path.write_bytes(pdf(["Die erste Seite sagt etwas.", "", "Die dritte Seite auch."]))
    with open_store(config) as store:
        report = ingest_paths([path], store=store, config=config, today=TODAY, stand=TODAY)
        quelle = store.quelle("webseite:weisung")
    assert [abschnitt.page for abschnitt in quelle.abschnitte] == [1, 3]  # type: ignore[union-attr]
    assert any(warning.startswith("page 2: no text") for warning in report.results[0].warnings)
