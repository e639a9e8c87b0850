"""Bad input gives an error that names the file and what to do, and leaves the store as it was."""

from __future__ import annotations

import sqlite3
from datetime import date
from pathlib import Path

import pytest

from ingest.build import ingest_paths
from kb.config import Config
from kb.store import open_store
from tests.ingest.files import pdf, zipped
from tests.ingest.test_gii_xml import norm, statute

TODAY = date(2026, 8, 19)
GOOD = "---\ntitle: Gut\nnorms: []\nrechtsstand: 2026-08-19\n---\n## Kurz gesagt\n\nEin Satz steht hier. [Praxis]\n"


BOMB = '<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><dokumente><norm>&b;</norm></dokumente>'
OUTSIDE = '<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/hostname">]><dokumente><norm>&a;</norm></dokumente>'
HTML_OUTSIDE = (
    '<!DOCTYPE html [<!ENTITY a SYSTEM "file:///etc/hostname">]><html><head><meta charset="utf-8"></head>'
    "<body><nav>&a;</nav></body></html>"
)


def lying_zip() -> bytes:
    """A zip whose head says that its member has ten bytes."""
    data = zipped(**{"x.txt": b"0" * 3_000})
    return data.replace((3_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))


def dump(config: Config) -> tuple[list[str], list[str]]:
    """Every row of every table, and the names of the originals that are kept."""
    with sqlite3.connect(config.home / "lotse.db") as connection:
        rows = list(connection.iterdump())
    connection.close()
    return rows, sorted(path.name for path in config.files.rglob("*"))


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        pytest.param("leer.md", b"", "is empty", id="empty file"),
        pytest.param("gesetz.xml", statute(norm("§ 1", "<P>x</P>"))[:-60], "the XML is broken", id="truncated XML"),
        pytest.param("ohne.xml", b"<dokumente></dokumente>", "not a statute", id="statute without a Norm"),
        pytest.param("bombe.xml", BOMB.encode(), "declares entities", id="entity bomb"),
        pytest.param("bombe16.xml", BOMB.encode("utf-16"), "declares entities", id="entity bomb in UTF-16"),
        pytest.param("aussen.xml", OUTSIDE.encode(), "declares entities", id="external entity"),
        pytest.param("aussen.html", HTML_OUTSIDE.encode(), "declares entities", id="external entity in HTML"),
        pytest.param("bild.pdf", b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "a picture", id="picture named pdf"),
        pytest.param("alt.txt", "für".encode("cp1252"), "neither UTF-8", id="cp1252 undeclared"),
        pytest.param("scan.pdf", pdf(["", ""]), "no text on its 2 pages", id="scanned pdf"),
        pytest.param("geheim.pdf", pdf(["Text genug hier"], password="x"), "encrypted", id="encrypted pdf"),
        pytest.param("leer.pdf", pdf([]), "no pages", id="empty pdf"),
        pytest.param("kaputt.pdf", b"%PDF-1.4\nnothing", "cannot be read", id="damaged pdf"),
        pytest.param("aus.zip", zipped(**{"../x": b"x"}), "leaves it", id="path traversal"),
        pytest.param("bombe.zip", zipped(**{"x.txt": b"0" * 3_000_000}), "unpack to", id="zip bomb"),
        pytest.param("zip.zip", zipped(**{"a.zip": zipped(b=b"x")}), "inside a zip", id="nested zip"),
        pytest.param("rest.zip", zipped(a=b"x" * 999)[:60], "damaged", id="truncated zip"),
        pytest.param("zeile.txt", b"x" * 1_000_001, "no prose", id="huge line"),
        pytest.param("luege.zip", lying_zip(), "damaged", id="zip that lies about its size"),
        pytest.param("leer.zip", zipped(), "nothing to read", id="empty zip"),
        pytest.param("wort.docx", zipped(**{"word/document.xml": b"<w"}), "cannot be read", id="broken docx"),
        pytest.param("tabelle.xlsx", zipped(**{"[Content_Types].xml": b""}), "no Word document", id="spreadsheet"),
        pytest.param("binaer.txt", b"abc\0\1\2" * 50, "control characters", id="binary named txt"),
        pytest.param("alt.doc", b"\xd0\xcf\x11\xe0" + b"\0" * 90, "an old Office file", id="old Word"),
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
        before = dump(limited)
        (folder / name).write_bytes(data)
        report = ingest_paths([folder], store=store, config=limited, today=TODAY)
        assert dump(limited) == before
    assert [(result.source_id, result.unchanged) for result in report.results] == [("note:gut", 1)]
    (error,) = report.errors
    assert message in str(error)
    assert name in error.where
    assert error.next


def test_pdf_pages_count_from_one_and_an_empty_page_is_a_warning(config: Config, tmp_path: Path) -> None:
    path = tmp_path / "weisung.pdf"
    path.write_bytes(pdf(["Die erste Seite sagt etwas.", "", "Die dritte Seite auch."]))
    with open_store(config) as store:
        report = ingest_paths([path], store=store, config=config, today=TODAY, stand=TODAY)
        quelle = store.quelle("webseite:weisung")
    assert [abschnitt.page for abschnitt in quelle.abschnitte] == [1, 3]  # type: ignore[union-attr]
    assert any(warning.startswith("page 2: no text") for warning in report.results[0].warnings)
