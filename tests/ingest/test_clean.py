"""Text from PDF pages: what is put together, what stays, and what the curator is told."""

from __future__ import annotations

import pytest

from ingest.clean import clean_pages, repair


@pytest.mark.parametrize(
    ("text", "repaired"),
    [
        pytest.param("Erg änzungen f ür Gesch äftsf ührer", "Ergänzungen für Geschäftsführer", id="blank before"),
        pytest.param("Erg ä nzung, f ü r alle", "Ergänzung, für alle", id="umlaut alone"),
        pytest.param("Tä tigkeit", "Tätigkeit", id="blank after"),
        pytest.param("Ver änderung", "Veränderung", id="after a prefix"),
        pytest.param("Ausl änder, L änder, ausl ändische", "Ausländer, Länder, ausländische", id="words of our field"),
        pytest.param("Der Ü bergang", "Der Übergang", id="first letter"),
        pytest.param("er übt aus, und üblich, der Öffnung, die ältere", None, id="words that begin so stay"),
        pytest.param("Gruppe Ä und Gruppe Ö oder", None, id="letters that are names stay"),
        pytest.param("u\u00a8ber a\u0308ndern", "über ändern", id="dots beside the letter"),
        pytest.param("gro ß und stra ße, Stra ß enbau", "groß und straße, Straßenbau", id="sharp s"),
        pytest.param("ﬁndet oﬃziell", "findet offiziell", id="ligatures"),
        pytest.param("\uf001nden \uf0b7 Punkt \uf02d", "finden • Punkt -", id="private use"),
        pytest.param("Aufent-\nhalts-\n  erlaubnis", "Aufenthaltserlaubnis", id="hyphens at line ends"),
        pytest.param("Auf\u00adent\u00ad\nhalt", "Aufenthalt", id="soft hyphens"),
        pytest.param("Aus-\nund Weiterbildung", "Aus- und Weiterbildung", id="hyphen before und"),
        pytest.param("BA-\nZustimmung 2024-\n2025", "BA-Zustimmung 2024-2025", id="hyphen of the word"),
        pytest.param("a\u00a0b\u202fc\u200bd", "a b cd", id="blanks"),
    ],
)
def test_repair(text: str, repaired: str | None) -> None:
    assert repair(text) == (text if repaired is None else repaired)


def test_repairs_are_counted_by_kind() -> None:
    (page,) = clean_pages(["Ein Satz ﬁndet f ür den Aufent-\nhalt statt."])
    assert page.text == "Ein Satz findet für den Aufenthalt statt."
    assert {kind: count for kind, count in page.repairs.items() if count} == {
        "ligatures": 1,
        "umlauts": 1,
        "hyphens": 1,
    }


BODIES = ("Erstens gilt dies.\nZweitens nicht.", "Drittens kommt anderes.\nEs ist lang.", "Zuletzt ein Satz.\nEnde so.")


def test_running_heads_feet_and_page_numbers_go() -> None:
    pages = [f"Amt für Beispiele\nWeisung 7\n{body}\nSeite {n} von 3" for n, body in enumerate(BODIES, 1)]
    found = clean_pages(pages)
    assert [page.text for page in found] == [body.replace("\n", " ") for body in BODIES]
    assert [page.repairs["running heads"] for page in found] == [3, 3, 3]


@pytest.mark.parametrize(
    "pages",
    [
        pytest.param(("Kopf\n" + BODIES[0], "Kopf\n" + BODIES[1]), id="two pages prove nothing"),
        pytest.param(tuple(f"{body}\nKopf\n{body}" for body in BODIES), id="same words in the middle"),
    ],
)
def test_what_may_be_text_stays(pages: tuple[str, ...]) -> None:
    assert all("Kopf" in page.text for page in clean_pages(pages))


@pytest.mark.parametrize(
    ("page", "warning"),
    [
        pytest.param("", "page 2: no text on it (a picture or a scan?)", id="empty"),
        pytest.param("– 7 –", "page 2: no text on it (a picture or a scan?)", id="only a number"),
        pytest.param(
            "Wort \ue000\ue001\ufffd\ufffd wort wort",
            "page 2: 25% of its characters are unreadable; compare it with the original",
            id="garbled",
        ),
    ],
)
def test_doubtful_pages_are_named_from_one(page: str, warning: str) -> None:
    found = clean_pages(["Ein ganzer Satz steht hier.", page])
    assert [entry.warnings for entry in found] == [(), (warning,)]
    assert [entry.page for entry in found] == [1, 2]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param(
            "Der Antrag ist rechtzeitig vor dem Beginn\nder Ausbildung zu stellen.\nDie Behörde prüft ihn dann.",
            "Der Antrag ist rechtzeitig vor dem Beginn der Ausbildung zu stellen.\nDie Behörde prüft ihn dann.",
            id="short last line ends the paragraph",
        ),
        pytest.param(
            "Es braucht:\n1. den Vertrag\n2. den Ausweis", "Es braucht:\n1. den Vertrag\n2. den Ausweis", id="list"
        ),
        pytest.param("Das gilt.\n\nUnd das.", "Das gilt.\nUnd das.", id="blank line"),
    ],
)
def test_paragraphs(lines: str, expected: str) -> None:
    (page,) = clean_pages([lines])
    assert page.text == expected
