"""The analysis every index and question shares."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb import german


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        pytest.param("Führung", "fuhrung", id="umlaut"),
        pytest.param("FUEHRUNG", "fuhrung", id="spelt out, capitals"),
        pytest.param("Fuhrung", "fuhrung", id="dots left out"),
        pytest.param("Straße", "strasse", id="sharp s"),
        pytest.param("Fu\u0308hrung", "fuhrung", id="decomposed, as PDFs have it"),
        pytest.param("neue Frauen, Quelle", "neue frauen, quelle", id="ue after a vowel or q is no umlaut"),
        pytest.param("rent due", "rent due", id="ue at the end of an English word stays"),
        pytest.param("Café Łódź Işık", "cafe lodz isik", id="foreign names"),
        pytest.param("ﬁnanziell", "finanziell", id="ligature"),
        pytest.param("", "", id="empty"),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert german.fold(text) == folded


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Wann bekommt er eine Duldung?", ["bekommt", "duldung"], id="question and stop words go"),
        pytest.param("Arbeiten, Arbeit, arbeitet", ["arbeit", "arbeit", "arbeit"], id="stems"),
        pytest.param("Can he work during training?", ["work", "training"], id="English subjects survive"),
        pytest.param("§ 60c Abs. 2 Nr. 3", ["60c", "abs", "2", "nr", "3"], id="numbers survive"),
        pytest.param("Ausländer Auslaender Auslander", ["ausland"] * 3, id="one stem for three spellings"),
        pytest.param("§§ – …", [], id="nothing to find"),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert german.words(text) == expected


def test_words_are_stemmed_alike_in_every_thread() -> None:
    found: list[list[str]] = []
    threads = [threading.Thread(target=lambda: found.append(german.words("Ausbildungen " * 50))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [["ausbild"] * 50] * 8


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Ausbildungsduldung", ["ausbildungsduld", "ausbild", "duldung"], id="parts are added"),
        pytest.param("Ausländerbehörde", ["auslanderbehord", "ausland", "behord"], id="umlauts"),
        pytest.param("Auslaenderbehoerde", ["auslanderbehord", "ausland", "behord"], id="spelt out"),
        pytest.param("Sprachkursplatz", ["sprachkursplatz", "sprach", "kur", "platz"], id="three parts"),
        pytest.param("Duldung Meldung verboten", ["duldung", "meldung", "verbot"], id="no compounds"),
    ],
)
def test_index_words(text: str, expected: list[str]) -> None:
    assert german.index_words(text) == expected


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        pytest.param("abcdefgh", ("abcd", "efgh"), id="without a link"),
        pytest.param("abcdsefgh", ("abcd", "efgh"), id="the linking s belongs to neither"),
        pytest.param("abcdefghijkl", ("abcdefgh", "ijkl"), id="the more frequent parts win"),
        pytest.param("abcd", (), id="a known word alone is no compound"),
        pytest.param("abcdxxefgh", (), id="nothing may be left over"),
    ],
)
def test_split_compound(word: str, parts: tuple[str, ...]) -> None:
    known = {"abcd": 10, "efgh": 10, "ijkl": 1000, "abcdefgh": 1000}
    assert german.split_compound(word, known) == parts


def test_ngrams_know_the_ends_of_words() -> None:
    assert german.ngrams("Die Duldung ab") == ["_duld", "duldu", "uldun", "ldung", "dung_", "_ab_"]
    assert german.ngrams("abc", n=3) == ["_ab", "abc", "bc_"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("1. die Identität\n geklärt ist,", "1.die Identität geklärt ist", id="white space, punctuation"),
        pytest.param("Bundes­gebiet", "Bundesgebiet", id="soft hyphen"),
        pytest.param("Straße", "STRASSE", id="case"),
    ],
)
def test_normal_form_sees_the_same_wording(one: str, other: str) -> None:
    assert german.normal_form(one) == german.normal_form(other)


def test_normal_form_keeps_umlauts_apart() -> None:
    assert german.normal_form("Büsse") != german.normal_form("Busse")


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("Darf mein Mentee arbeiten?", "de"),
        ("Can my mentee work?", "en"),
        ("Duldung", "de"),
        ("", "de"),
        ("Who pays for the Berufsschule if he has a Duldung?", "en"),
        ("Was heißt work permit?", "de"),
    ],
)
def test_language(text: str, lang: str) -> None:
    assert german.language(text) == lang


def test_english_words_have_english_stems() -> None:
    assert german.english_words("He notified the offices; the Duldung requires notifying") == (
        german.english_words("notify office Duldung require notifies")
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("drei Monate", ["3"], id="word"),
        pytest.param(
            "achtzehnmonatige Frist, zweijährig, 18-jährig", ["18", "2", "18"], id="number and unit in one word"
        ),
        pytest.param("1.200,50 Euro und 3,5 %", ["1200.5", "3.5"], id="German decimals"),
        pytest.param("1,000 euros", ["1000"], id="English thousands"),
        pytest.param("§ 60c Abs. 2", ["60c", "2"], id="letter of a Norm"),
        pytest.param("19. August 2026 / 19.08.2026", ["19", "8", "2026"] * 2, id="dates"),
        pytest.param("im Mai 2020", ["2020"], id="a month without a day is no number"),
        pytest.param("ein Betrieb, einen Monat, a year, a permit", ["1", "1"], id="one, not the article"),
        pytest.param("fünfunddreißig, einhundertzwanzig, anderthalb", ["35", "120", "1.5"], id="long words"),
        pytest.param("twenty-one days, two hundred", ["21", "200"], id="English compounds"),
        pytest.param("section 60b: one hundred euros", ["60b", "100"], id="one hundred after the letter of a Norm"),
        pytest.param("Zweifel, Achtung, einfach, einmal, Dreieck", [], id="words that only look like numbers"),
    ],
)
def test_numbers(text: str, expected: list[str]) -> None:
    assert german.numbers(text) == expected


@given(st.text(max_size=80))
def test_any_text_is_analysed_without_complaint(text: str) -> None:
    for tokens in (german.words(text), german.index_words(text), german.ngrams(text)):
        assert all(token and " " not in token for token in tokens)
    assert german.normal_form(german.normal_form(text)) == german.normal_form(text)
    assert german.words(text) == german.words(text)
    german.numbers(text)
    assert german.language(text) in ("de", "en")
