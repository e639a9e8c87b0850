"""Markdown notes: front matter that is read or named with its line, headings, lists, tables."""

from __future__ import annotations

from datetime import date

import pytest

from ingest.markdown import has_front_matter, read_markdown
from ingest.raw import Given, RawFile
from kb.errors import ParseError
from kb.model import Abschnitt, Dokument, Jurisdiction, Kind

TODAY = date(2026, 8, 19)
GIVEN = Given(TODAY)
FRONT = """---
title: Duldung und  Lehre
kind: note
norms: [AufenthG § 60c, "AsylG § 61"]
rechtsstand: 2026-06-12
publisher: Amt
jurisdiction: Sachsen
reviewed: 2026-08-01
---
"""


def read(text: str, given: Given = GIVEN) -> Dokument:
    return read_markdown(text, RawFile("notes/lehre.md", text.encode()), given)


def test_whole_note() -> None:
    body = (
        "# Überschrift\n\n## Kurz gesagt\nEin Satz,\nder weitergeht. [§ 60c AufenthG]\n\n- Punkt\n  weiter\n- zwei\n\n"
        "### Beträge\n\n| Art | Euro |\n|-----|-----:|\n| neu | 10 |\n\n## Code\n```\n# kein Kopf\n```\n"
    )
    note = read(FRONT + body)
    assert note.abschnitte == (
        Abschnitt(
            ("Überschrift", "Kurz gesagt"),
            None,
            "Ein Satz, der weitergeht. [§ 60c AufenthG]\n\n- Punkt weiter\n- zwei",
        ),
        Abschnitt(("Überschrift", "Kurz gesagt", "Beträge"), None, "Art | Euro\nneu | 10"),
        Abschnitt(("Überschrift", "Code"), None, "``` # kein Kopf ```"),
    )
    assert (note.id, note.kind, note.title, note.publisher) == (
        "note:notes/lehre",
        Kind.NOTE,
        "Duldung und Lehre",
        "Amt",
    )
    assert (note.rechtsstand, note.jurisdiction, note.warnings) == (date(2026, 6, 12), Jurisdiction("Sachsen"), ())
    assert note.meta == (("norms", "AufenthG § 60c"), ("norms", "AsylG § 61"), ("reviewed", "2026-08-01"))


def test_what_the_caller_gives_wins() -> None:
    note = read(FRONT + "Text.", Given(TODAY, Kind.STUDIE, date(2020, 1, 1)))
    assert (note.id, note.rechtsstand) == ("studie:notes/lehre", date(2020, 1, 1))


def test_norms_make_a_note_and_the_first_heading_a_title() -> None:
    assert read("---\nnorms: []\n---\nText.").kind is Kind.NOTE
    assert read("# Der Titel #\n\nText.").title == "Der Titel"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("---\na: 1\n---\nx", True),
        ("\ufeff---\na: 1\n...\nx", True),
        ("---\r\na: 1\r\n---\r\nx", True),
        ("a\n---\n", False),
    ],
)
def test_has_front_matter(text: str, expected: bool) -> None:
    assert has_front_matter(text) is expected


@pytest.mark.parametrize(
    ("front", "where", "message"),
    [
        pytest.param("title: x\nnorms: [a\nkind: note", ":4", "expected ',' or ']'", id="bracket left open"),
        pytest.param("title: x\n\tkind: note", ":3", "cannot start any token", id="tab"),
        pytest.param("title: a: b", ":2", "mapping values are not allowed", id="two colons"),
        pytest.param("rechtsstand: 2026-13-40", "", "month must be in", id="no such month"),
        pytest.param("rechtsstand: Sommer", "", "rechtsstand 'Sommer' is no date", id="no date"),
        pytest.param("kind: buch", "", "'buch' is not a valid Kind", id="unknown kind"),
        pytest.param("jurisdiction: Mond", "", "'Mond' is not a valid", id="unknown jurisdiction"),
        pytest.param("- a\n- b", "", "no list of fields", id="a list"),
        pytest.param("a: &x [1]\nb: *x", "", "YAML aliases", id="alias"),
        pytest.param("a: " + "x" * 70_000, "", "over 64 kB", id="too long"),
    ],
)
def test_bad_front_matter_names_file_and_line(front: str, where: str, message: str) -> None:
    with pytest.raises(ParseError) as error:
        read(f"---\n{front}\n---\nText.")
    assert message in error.value.message
    assert (error.value.where, bool(error.value.next)) == (f"notes/lehre.md{where}", True)


def test_note_without_text_is_named() -> None:
    with pytest.raises(ParseError, match="no text in it"):
        read(FRONT + "## Nur ein Kopf\n")
