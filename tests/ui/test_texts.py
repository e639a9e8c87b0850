"""Both languages say the same things."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from string import Formatter

import pytest

from kb.evidence import StatementKind, Status, Verdict
from kb.model import Jurisdiction, Kind
from ui.texts import DE, EN, Texts, confidence_word, format_date, texts

NAMES = [field.name for field in fields(Texts)]


def _holes(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in Formatter().parse(text) if name)


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_have_every_text_with_the_same_holes(name: str) -> None:
    german, english = getattr(DE, name), getattr(EN, name)
    assert type(german) is type(english)
    assert german
    assert english
    if isinstance(german, str):
        assert _holes(german) == _holes(english)
    elif isinstance(german, dict | tuple):
        assert len(german) == len(english)


@pytest.mark.parametrize("words", [DE, EN], ids=["de", "en"])
def test_every_value_of_an_enum_has_words(words: Texts) -> None:
    assert set(words.verdict) == set(Verdict)
    assert set(words.status) == set(Status)
    assert set(words.kind) == set(Kind)
    assert set(words.jurisdictions) == set(Jurisdiction)
    assert set(words.statement_marks) == set(StatementKind)


@pytest.mark.parametrize("verdict", list(Verdict))
def test_only_a_verdict_that_proves_carries_a_tick(verdict: Verdict) -> None:
    assert (DE.verdict[verdict].mark == "✓") is verdict.is_proof
    assert DE.verdict[verdict].mark == EN.verdict[verdict].mark


@pytest.mark.parametrize(
    ("confidence", "german", "english"),
    [
        pytest.param(1.0, "sicher", "certain", id="full"),
        pytest.param(0.8, "sicher", "certain", id="four of five"),
        pytest.param(0.79, "wahrscheinlich", "likely", id="below four of five"),
        pytest.param(0.5, "wahrscheinlich", "likely", id="half"),
        pytest.param(0.49, "unsicher", "uncertain", id="fewer than half"),
    ],
)
def test_confidence_in_words(confidence: float, german: str, english: str) -> None:
    assert confidence_word(confidence, "de") == german
    assert confidence_word(confidence, "en") == english


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        pytest.param("de", "03.08.2026", id="German, two digits"),
        pytest.param("en", "3 Aug 2026", id="English, month as a word: 08/03 would be read two ways"),
    ],
)
def test_dates(lang: str, expected: str) -> None:
    assert format_date(date(2026, 8, 3), lang) == expected


def test_a_language_we_do_not_speak_is_answered_in_german() -> None:
    assert texts("fr") is DE
