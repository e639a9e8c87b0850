"""Pages: what is text and what is the site around it, headings, lists, tables, encodings."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ingest.html import read_html
from ingest.raw import Given, RawFile
from kb.errors import ParseError
from kb.model import Abschnitt, Kind

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
GIVEN = Given(date(2026, 8, 19), Kind.WEBSEITE, date(2026, 8, 1))
H1 = "Erlaubnis zur Beschäftigung"


def parts(html: str | bytes) -> tuple[tuple[tuple[str, ...], str], ...]:
    """Headings and text of each Abschnitt of a page."""
    data = html.encode() if isinstance(html, str) else html
    return tuple((part.headings, part.text) for part in read_html(RawFile("seite.html", data), GIVEN).abschnitte)


def test_page_of_an_office() -> None:
    dokument = read_html(RawFile("amt/erlaubnis.html", (FIXTURES / "amt.html").read_bytes()), GIVEN)
    assert (dokument.id, dokument.title) == (
        "webseite:amt/erlaubnis",
        "Amt für Beispiele - Erlaubnis zur Beschäftigung",
    )
    assert (dokument.lang, dokument.rechtsstand, dokument.warnings) == ("de", date(2026, 8, 1), ())
    assert dokument.abschnitte == (
        Abschnitt((H1,), None, "Die Erlaubnis kommt vom Amt.\nSie kostet nichts und gilt einmal."),
        Abschnitt(
            (H1, "Was Sie brauchen"),
            None,
            "Bringen Sie mit:\n- den Vertrag,\n- den Ausweis\n- im Original\n3. Antrag stellen\n4. warten",
        ),
        Abschnitt((H1, "Was Sie brauchen", "Wie lange dauert es?"), None, "Drei Wochen.\nUnd die Kosten?\nKeine."),
        Abschnitt(
            (H1, "Gebühren"),
            None,
            "Gebühren im Jahr\nArt | Betrag\nAntrag | neu | 10 €\n | erneut | 5 €\nJe m² mehr.",
        ),
    )


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        pytest.param(
            "<html><body><p>aussen</p><main><h1>T</h1><p>innen</p><footer>Stand: 2026</footer></main></body></html>",
            (((("T",)), "innen\nStand: 2026"),),
            id="main alone counts, with its own footer",
        ),
        pytest.param(
            "<html><body><article><p>eins</p></article><article><p>zwei</p></article></body></html>",
            (((), "eins\nzwei"),),
            id="every article",
        ),
        pytest.param(
            "<html><body>lose<div>im Kasten</div>danach</body></html>",
            (((), "lose\nim Kasten\ndanach"),),
            id="text in no paragraph",
        ),
        pytest.param(
            "<html><body><h2>A</h2><p>a</p><h1>B</h1><p>b</p><h3>C</h3><p>c</p></body></html>",
            ((("A",), "a"), (("B",), "b"), (("B", "C"), "c")),
            id="levels that jump",
        ),
        pytest.param(
            "<html><body><x-box><section><h2>A</h2><p>a</p></section></x-box>Ende</body></html>",
            ((("A",), "a\nEnde"),),
            id="headings in elements nobody knows",
        ),
        pytest.param(
            "<html><body><p>unge<b>schlossen<p>zwei</body>", (((), "ungeschlossen\nzwei"),), id="broken markup"
        ),
        pytest.param(
            "<html><body><dl><dt>Frist</dt><dd>drei Monate</dd></dl></body></html>",
            (((), "Frist drei Monate"),),
            id="terms",
        ),
        pytest.param(
            "<html><body><p>&sect;&nbsp;60c &amp; &#8222;x&#8220; &lt;b&gt;</p></body></html>",
            (((), "§ 60c & „x“ <b>"),),
            id="entities",
        ),
    ],
)
def test_structure(html: str, expected: tuple[tuple[tuple[str, ...], str], ...]) -> None:
    assert parts(html) == expected


PAGE = "<html><head><meta charset='{}'></head><body><p>für „§“</p></body></html>"


@pytest.mark.parametrize(
    ("declared", "written"),
    [("utf-8", "utf-8"), ("iso-8859-1", "cp1252"), ("windows-1252", "cp1252"), ("utf-8", "utf-8-sig")],
)
def test_declared_encodings(declared: str, written: str) -> None:
    assert parts(PAGE.format(declared).encode(written)) == (((), "für „§“"),)


def test_utf16_by_its_mark() -> None:
    assert parts("<html><body><p>für „§“</p></body></html>".encode("utf-16")) == (((), "für „§“"),)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(PAGE.format("utf-8").encode("cp1252"), "encoding it declares (utf-8)", id="not what it says"),
        pytest.param(PAGE.format("klingon").encode(), "encoding it declares (klingon)", id="unknown encoding"),
        pytest.param(b"<html><body><nav>x</nav><script>y</script></body></html>", "no text in the page", id="no text"),
    ],
)
def test_bad_page_is_named(data: bytes, message: str) -> None:
    with pytest.raises(ParseError) as error:
        parts(data)
    assert message in error.value.message
    assert (error.value.where, bool(error.value.next)) == ("seite.html", True)


def test_title_of_a_page_without_one_is_its_first_heading() -> None:
    page = b"<html><body><h1>Kopf</h1><p>x</p></body></html>"
    assert read_html(RawFile("a_b.html", page), GIVEN).title == "Kopf"
    assert read_html(RawFile("a_b.html", b"<html><body><p>x</p></body></html>"), GIVEN).title == "a b"
