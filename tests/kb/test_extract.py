"""Answers without a language model: sentences chosen, never edited."""

from __future__ import annotations

from kb.evidence import StatementKind
from kb.extract import MAX_WORDS, extract, fitting_notes
from kb.model import NormRef
from kb.normref import parse_norm_ref
from kb.verify import contains_quote
from tests.kb import small_law

QUESTION = "Wann geht der Antrag auf die Duldung zur Lehre?"


def test_note_first_then_the_laws_own_words() -> None:
    draft = extract(QUESTION, [small_law.hit()], notes=[small_law.note()], known=small_law.KNOWN, pins=small_law.pins())
    headings = list(dict.fromkeys(statement.heading for statement in draft.statements))
    assert headings == ["Kurzantwort", "Voraussetzungen", "Fristen", "Rechtsgrundlage", "Praxis"]
    assert draft.open_points == ("Kläre zuerst: Seit wann läuft die Lehre?",)
    assert sum(len(statement.text.split()) for statement in draft.statements) <= MAX_WORDS


def test_a_quoted_sentence_stands_in_the_law_word_for_word() -> None:
    draft = extract(QUESTION, [small_law.hit()], known=small_law.KNOWN, pins={})
    quotes = [(statement.text, claim.quote) for statement in draft.statements for claim in statement.claims]
    assert quotes
    assert all(text == quote and contains_quote(small_law.NORM.text, quote) for text, quote in quotes)


def test_a_list_item_comes_with_its_opening_sentence() -> None:
    draft = extract("Lehre fortsetzen", [small_law.hit(1)], known=small_law.KNOWN, pins={})
    texts = [statement.text for statement in draft.statements]
    assert texts[0] == "Die Duldung zur Lehre ist zu geben, wenn der Lehrling"
    assert "2. sie fortsetzt." in texts


def test_the_place_a_question_names_is_read() -> None:
    named = parse_norm_ref("§ 60c Abs. 1 AufenthG")
    draft = extract("§ 60c Abs. 1 AufenthG", [small_law.hit(2)], known=small_law.KNOWN, pins={}, refs=[named])
    assert {claim.locator for statement in draft.statements for claim in statement.claims} == {named}


def test_english_answers_come_from_the_english_section() -> None:
    draft = extract(
        "When do I get it?",
        [small_law.hit()],
        notes=[small_law.note()],
        known={},
        pins=small_law.pins(),
        lang="en",
    )
    assert [statement.text for statement in draft.statements] == [
        "Whoever begins an apprenticeship gets the toleration."
    ]


def test_without_text_or_note_a_pinned_norm_is_only_pointed_to() -> None:
    draft = extract(QUESTION, [small_law.hit()], known={}, pins=small_law.pins())
    assert [statement.kind for statement in draft.statements] == [StatementKind.POINTER]
    assert "lotse sync" in draft.open_points[0]


def test_a_note_on_other_normen_is_not_forced() -> None:
    other: list[NormRef] = [parse_norm_ref("§ 1 MiLoG")]
    assert fitting_notes(QUESTION, [small_law.note()], other) == []
