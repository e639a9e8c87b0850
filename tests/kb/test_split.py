"""Passages: verbatim pieces of one Absatz, lists with their opening, tables whole, abbreviations unharmed."""

from __future__ import annotations

from datetime import date

import pytest

from kb.model import Absatz, Abschnitt, Dokument, Gesetz, Kind, Norm, NormRef
from kb.split import pieces, sentences, split

REF = NormRef("TestG", "§", "1")


def gesetz(*texts: tuple[str | None, str]) -> Gesetz:
    norm = Norm(REF, "Titel", ("Kapitel 1 Allgemeines",), tuple(Absatz(number, text) for number, text in texts))
    return Gesetz("testg", "TestG", "TestG", "Testgesetz", "", None, "", date(2026, 8, 19), "", (norm,))


def dokument(*texts: str) -> Dokument:
    parts = tuple(Abschnitt(("Kurz gesagt",), page, text) for page, text in enumerate(texts, 1))
    return Dokument("note:x", Kind.NOTE, "Notiz", "", date(2026, 8, 19), "", "", parts, "x")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Das gilt. Das auch.", ["Das gilt.", "Das auch."]),
        ("Nach § 2 Abs. 1 Nr. 3 gilt es. Ende.", ["Nach § 2 Abs. 1 Nr. 3 gilt es.", "Ende."]),
        ("Am 1. August beginnt es. So ist es.", ["Am 1. August beginnt es.", "So ist es."]),
        ("Das folgt aus Satz 1. Die Frist läuft.", ["Das folgt aus Satz 1.", "Die Frist läuft."]),
        ("Es gilt z. B. Deutsch i. V. m. Englisch.", ["Es gilt z. B. Deutsch i. V. m. Englisch."]),
        ("Seit 2020. Danach nicht.", ["Seit 2020.", "Danach nicht."]),
        ("Ein Satz. [§ 1 TestG] Noch einer. [Praxis]", ["Ein Satz. [§ 1 TestG]", "Noch einer. [Praxis]"]),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in sentences(text)] == expected


def test_small_absatz_is_one_passage_with_gliederung() -> None:
    (passage,) = split(gesetz(("2a", "(2a) Das gilt.")))
    assert (passage.passage_id, passage.heading) == ("testg/§1/2a#1", "Titel")
    assert (passage.context, passage.refs, str(passage.locator)) == (
        ("Kapitel 1 Allgemeines",),
        (REF,),
        "§ 1 Abs. 2a TestG",
    )


def test_list_repeats_its_opening_in_context_never_in_text() -> None:
    items = "\n".join(f"{number}. {'wort ' * 20}ende {number}," for number in range(1, 6))
    text = f"(1) Es wird nicht erteilt, wenn\n{items}"
    passages = split(gesetz(("1", text)), max_words=60)
    assert len(passages) > 1
    assert all(passage.text in text for passage in passages)
    assert all(passage.context[-1] == "(1) Es wird nicht erteilt, wenn" for passage in passages[1:])


def test_repeated_absatz_and_pages_stay_apart() -> None:
    assert [p.passage_id for p in split(gesetz(("1", "(1) A."), ("1", "(1) B.")))] == [
        "testg/§1/1#1",
        "testg/§1/1~2#1",
    ]
    assert [p.passage_id for p in split(dokument("Seite eins.", "Seite zwei."))] == [
        "note:x/p1/1#1",
        "note:x/p2/2#1",
    ]


def test_table_stays_whole_with_its_heading_and_long_ones_repeat_it() -> None:
    small = "Beträge\nStufe | Euro\n1 | 100\n2 | 200"
    assert [small[a:b] for (a, b), _ in pieces(small, 10)] == [small]
    rows = "\n".join(f"{number} | {'wort ' * 9}{number}" for number in range(40))
    long = f"Beträge\nStufe | Euro\n{rows}"
    cut = pieces(long, 50)
    assert len(cut) > 4
    assert all(opening == ("Beträge", "Stufe | Euro") for _, opening in cut[1:])


def test_row_with_an_empty_first_cell_stays_in_its_table() -> None:
    table = "Antrag | 10 Euro\n | 5 Euro\nRest | 1 Euro"
    assert [table[a:b] for (a, b), _ in pieces(table, 6)] == [table]


def test_long_table_is_cut_between_rows_only_and_loses_none() -> None:
    header, note = "Art | Betrag", "Die Beträge gelten je Monat."
    rows = [f"Zeile {number} | {'wort ' * 7}Ende{number}" for number in range(30)]
    text = "\n".join(("Gebühren", header, *rows, note))
    cut = [text[start:end] for (start, end), _ in pieces(text, 40)]
    assert "\n".join(cut) == text
    assert all(line in {"Gebühren", header, *rows, note} for piece in cut for line in piece.split("\n"))
    assert [opening for _, opening in pieces(text, 40)][1:-1] == [("Gebühren", header)] * (len(cut) - 2)


def test_table_of_a_dokument_keeps_to_its_page() -> None:
    first, second = (p for p in split(dokument("A | B\n1 | 2", "3 | 4")))
    assert (first.text, second.text) == ("A | B\n1 | 2", "3 | 4")
    assert [p.locator.page for p in (first, second)] == [1, 2]  # type: ignore[union-attr]


def test_note_passages_rest_on_their_brackets() -> None:
    (passage,) = split(dokument("Das gilt. [§ 60c Abs. 2 Nr. 2 AufenthG; § 1 AsylbLG]"))
    assert [str(ref) for ref in passage.refs] == ["§ 60c Abs. 2 Nr. 2 AufenthG", "§ 1 AsylbLG"]
