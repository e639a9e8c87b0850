"""PDF files: pages from 1, repairs and doubtful pages told, encryption."""

from __future__ import annotations

from datetime import date

import pytest

from ingest.pdf import read_pdf
from ingest.raw import Given, RawFile
from kb.errors import ParseError
from kb.model import Abschnitt, Dokument, Kind
from tests.ingest.files import pdf

GIVEN = Given(date(2026, 8, 19), Kind.WEISUNG, date(2026, 8, 1))


def read(data: bytes) -> Dokument:
    return read_pdf(RawFile("ba/weisung.pdf", data), GIVEN)


def test_pages_repairs_and_warnings() -> None:
    pages = ("Die erste Seite über den Aufent-\nhalt. Ende hier.", "", "Die dritte Seite (mit Klammer).")
    dokument = read(pdf(pages, title="Weisung  7"))
    assert (dokument.id, dokument.title) == ("weisung:ba/weisung", "Weisung 7")
    assert dokument.abschnitte == (
        Abschnitt((), 1, "Die erste Seite über den Aufenthalt. Ende hier."),
        Abschnitt((), 3, "Die dritte Seite (mit Klammer)."),
    )
    assert dokument.warnings == ("page 2: no text on it (a picture or a scan?)", "repaired hyphens: 1 on page 1")


def test_running_heads_are_reported_once_for_the_document() -> None:
    bodies = ("Erstens gilt dies.\nUnd so fort.", "Es folgt anderes.\nDas ist es.", "Zuletzt dies.\nDann Schluss.")
    dokument = read(pdf([f"Amt\n{body}\nSeite {number} von 3" for number, body in enumerate(bodies, 1)]))
    assert [part.text for part in dokument.abschnitte] == [body.replace("\n", " ") for body in bodies]
    assert dokument.warnings == ("repaired running heads: 6 on pages 1–3",)


@pytest.mark.parametrize("owner", ["", "nur der Besitzer"])
def test_restrictions_without_a_password_do_not_hinder_reading(owner: str) -> None:
    data = pdf(["Der Text ist zu lesen."], password="", owner=owner)
    assert b"/Encrypt" in data
    assert read(data).abschnitte == (Abschnitt((), 1, "Der Text ist zu lesen."),)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(pdf(["Der Text ist zu lesen."], password="geheim"), "the PDF is encrypted", id="encrypted"),
        pytest.param(pdf(["", ""]), "no text on its 2 pages: a scan or a picture", id="scanned"),
        pytest.param(pdf([]), "the PDF has no pages", id="no pages"),
        pytest.param(pdf(["Der Text ist zu lesen."])[:150], "the PDF cannot be read", id="truncated"),
        pytest.param(b"%PDF-1.7\n" + b"\0\xff" * 500, "the PDF cannot be read", id="garbage"),
    ],
)
def test_bad_file_is_named(data: bytes, message: str) -> None:
    with pytest.raises(ParseError) as error:
        read(data)
    assert error.value.message.startswith(message)
    assert (error.value.where, bool(error.value.next)) == ("ba/weisung.pdf", True)
