"""Answers without a language model: sentences chosen, never edited."""

from __future__ import annotations

from dataclasses import replace

from kb.evidence import Draft, StatementKind
from kb.extract import MAX_WORDS, extract
from kb.model import DokRef, Hit
from kb.normref import parse_norm_ref
from kb.notebook import Notebook
from kb.verify import contains_quote
from tests.kb import small_law

EMPTY = Notebook([])
QUESTION = "Wann geht der Antrag auf die Duldung zur Lehre?"


def test_note_first_then_the_laws_own_words() -> None:
    draft = extract(
        QUESTION, [small_law.hit()], notebook=Notebook([small_law.note()]), known=small_law.KNOWN, pins=small_law.pins()
    )
    headings = list(dict.fromkeys(statement.heading for statement in draft.statements))
    assert headings == ["Kurzantwort", "Rechtsgrundlage"]
    assert "Der Antrag auf die Duldung zur Lehre geht sieben Monate vor Beginn." in texts_of(draft, "Kurzantwort")
    assert draft.open_points == ("Kläre zuerst: Seit wann läuft die Lehre?",)
    assert sum(len(statement.text.split()) for statement in draft.statements) <= MAX_WORDS


def texts_of(draft: Draft, heading: str) -> list[str]:
    return [statement.text for statement in draft.statements if statement.heading == heading]


def test_a_quoted_sentence_stands_in_the_law_word_for_word() -> None:
    draft = extract(QUESTION, [small_law.hit()], notebook=EMPTY, known=small_law.KNOWN, pins={})
    quotes = [(statement.text, claim.quote) for statement in draft.statements for claim in statement.claims]
    assert quotes
    assert all(text == quote and contains_quote(small_law.NORM.text, quote) for text, quote in quotes)


def test_a_list_item_comes_with_its_opening_sentence() -> None:
    draft = extract("Lehre fortsetzen", [small_law.hit(1)], notebook=EMPTY, known=small_law.KNOWN, pins={})
    texts = [statement.text for statement in draft.statements]
    assert (
        texts[0] == "Die Duldung zur Lehre ist zu geben, wenn der Lehrling 1. eine Lehre beginnt oder 2. sie fortsetzt."
    )


def test_the_place_a_question_names_is_read() -> None:
    named = parse_norm_ref("§ 60c Abs. 1 AufenthG")
    draft = extract(
        "§ 60c Abs. 1 AufenthG", [small_law.hit(2)], notebook=EMPTY, known=small_law.KNOWN, pins={}, refs=[named]
    )
    assert {claim.locator for statement in draft.statements for claim in statement.claims} == {named}


def test_english_answers_come_from_the_english_section() -> None:
    draft = extract(
        "When do I get it?",
        [small_law.hit()],
        notebook=Notebook([small_law.note()]),
        known={},
        pins=small_law.pins(),
        lang="en",
    )
    assert draft.statements[0].text == "Whoever begins an apprenticeship gets the toleration."
    assert [statement.lang for statement in draft.statements] == ["en", "de", "de", "de"][: len(draft.statements)]


def test_without_text_or_note_a_pinned_norm_is_only_pointed_to() -> None:
    draft = extract(QUESTION, [small_law.hit()], notebook=EMPTY, known={}, pins=small_law.pins())
    assert [statement.kind for statement in draft.statements] == [StatementKind.POINTER]
    assert "lotse sync" in draft.open_points[0]


def test_a_note_on_other_normen_is_not_forced() -> None:
    hit = small_law.hit()
    other = Hit(hit.passage, hit.source, 1, 1.0, hit.found_by, parse_norm_ref("§ 1 MiLoG"))
    draft = extract(QUESTION, [other], notebook=Notebook([small_law.note()]), known={}, pins={})
    assert draft.statements == ()


def test_an_english_question_without_english_sentences_quotes_the_german_ones() -> None:
    note = small_law.note()
    german = replace(note, statements=tuple(each for each in note.statements if each.lang == "de"))
    draft = extract(
        "When do I get it?", [small_law.hit()], notebook=Notebook([german]), known={}, pins=small_law.pins(), lang="en"
    )
    assert draft.statements[0].text.startswith("The sentences that answer this are stored in German only")
    assert {statement.lang for statement in draft.statements[1:]} == {"de"}
    assert any(isinstance(claim.locator, DokRef) for claim in draft.statements[1].claims)
