"""What a note says, statement by statement."""

from __future__ import annotations

from datetime import date

import pytest

from kb.errors import CitationError
from kb.model import Abschnitt, Dokument, Kind
from kb.normref import parse_norm_ref
from kb.note import bracket_refs, note_statements, read_bracket, split_statements


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "Erste Regel. [§ 1 A] Zweite. [Praxis]",
            [(0, "Erste Regel.", "§ 1 A"), (0, "Zweite.", "Praxis")],
            id="two statements on a line",
        ),
        pytest.param(
            "- Ein Punkt. [§ 1 A]\n- Noch einer. [§ 2 A]",
            [(0, "Ein Punkt.", "§ 1 A"), (1, "Noch einer.", "§ 2 A")],
            id="list items lose their mark",
        ),
        pytest.param("3. Gezählt. [§ 1 A]", [(0, "Gezählt.", "§ 1 A")], id="numbered item"),
        pytest.param("Satz. [§ 1 A] [§ 2 B]", [(0, "Satz.", "§ 1 A; § 2 B")], id="brackets in a row belong together"),
        pytest.param("Belegt. [§ 1 A] Unbelegt.", [(0, "Belegt.", "§ 1 A"), (0, "Unbelegt.", "")], id="bare sentence"),
        pytest.param(
            "Siehe [hier](https://example.org). [Praxis]",
            [(0, "Siehe [hier](https://example.org).", "Praxis")],
            id="a link is no bracket",
        ),
        pytest.param(
            "| Punkt | Frist | Norm |\n|---|---|---|\n| Antrag | sieben Monate vorher | [§ 1 A] |",
            [(2, "Antrag – Frist: sieben Monate vorher", "§ 1 A")],
            id="a row reads with its header",
        ),
        pytest.param(
            "| Fall | Norm |\n|---|---|\n| Ein Fall liegt vor. | [§ 1 A] |",
            [(2, "Ein Fall liegt vor.", "§ 1 A")],
            id="a row of one value",
        ),
        pytest.param(
            "| Frage | § 1 | § 2 | Norm |\n|---|---|---|---|\n| BAB | ja | nein | [§ 3 A] |",
            [(2, "BAB – § 1: ja; § 2: nein", "§ 3 A")],
            id="a row of two values",
        ),
    ],
)
def test_statements_of_a_section(text: str, expected: list[tuple[int, str, str]]) -> None:
    assert list(split_statements(text)) == expected


@pytest.mark.parametrize(
    ("inside", "refs", "mark"),
    [
        ("Praxis", [], "Praxis"),
        ("§ 60c Abs. 2 Nr. 2 AufenthG", ["§ 60c Abs. 2 Nr. 2 AufenthG"], ""),
        ("§ 60 Abs. 3 Satz 2 SGB III; § 56 Abs. 1 SGB III", ["§ 60 Abs. 3 Satz 2 SGB III", "§ 56 Abs. 1 SGB III"], ""),
        ("nicht geprüft: § 32 BZRG", [], "nicht geprüft: § 32 BZRG"),
        ("rechnerisch: § 61 Abs. 1 SGB III", ["§ 61 Abs. 1 SGB III"], "rechnerisch: § 61 Abs. 1 SGB III"),
        ("§ 10 AsylbLG; nicht geprüft: SächsFlüAG", ["§ 10 AsylbLG"], "nicht geprüft: SächsFlüAG"),
    ],
)
def test_inside_of_a_bracket(inside: str, refs: list[str], mark: str) -> None:
    bracket = read_bracket(inside)
    assert (bracket.refs, bracket.mark) == (tuple(parse_norm_ref(ref) for ref in refs), mark)


def test_a_bracket_that_is_neither_reference_nor_mark_is_an_error() -> None:
    with pytest.raises(CitationError):
        read_bracket("irgendwo gelesen")


def test_unreadable_brackets_add_no_reference() -> None:
    assert bracket_refs("A. [siehe oben] B. [§ 2 Abs. 1 AsylbLG]") == (parse_norm_ref("§ 2 Abs. 1 AsylbLG"),)


def test_a_note_knows_heading_language_and_order() -> None:
    sections = (
        Abschnitt(("Kurz gesagt",), None, "Regel. [§ 60c Abs. 1 AufenthG]"),
        Abschnitt(("In English",), None, "Rule. [§ 60c Abs. 1 AufenthG] Advice. [Praxis]"),
    )
    note = Dokument("note:x", Kind.NOTE, "X", "", date(2026, 8, 19), "", "", sections, "x")
    read = [(s.ordinal, s.heading, s.lang, s.text, s.is_practice) for s in note_statements(note)]
    assert read == [
        (1, "Kurz gesagt", "de", "Regel.", False),
        (2, "In English", "en", "Rule.", False),
        (3, "In English", "en", "Advice.", True),
    ]
