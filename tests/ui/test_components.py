"""What the pieces say, and that nothing stored becomes markup."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from kb.evidence import CitationKind, StatementKind, Status, Verdict
from kb.model import DokRef, Kind, NormRef
from tests.ui.samples import HIT, NOTE_SOURCE, REF, SOURCE, STORED, answer, citation, declined, statement
from ui import components
from ui.beleg import BelegText, Piece, norm_text
from ui.sources import table
from ui.texts import DE, EN

ATTACK = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'><b onmouseover=x>"

# Every element and attribute our own pieces use; a script attempt that gets through adds another.
TAGS = {"a", "article", "button", "div", "h1", "h2", "h3", "img", "li", "mark", "ol", "p", "section", "span"} | {
    *("dl", "dt", "dd", "strong", "ul", "table", "caption", "thead", "tbody", "tr", "th", "td", "progress")
}


class _Reader(HTMLParser):
    """Collects elements, attributes and visible text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]

    def handle_data(self, data: str) -> None:
        self.text += data.replace("\u00a0", " ")


def read(html: str) -> _Reader:
    """The pieces of `html`, as a browser would see them."""
    return _Reader(html)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("<script>", "&lt;script&gt;", id="an element"),
        pytest.param("a & b", "a &amp; b", id="an ampersand"),
        pytest.param("\"x\" 'y'", "&quot;x&quot; &#x27;y&#x27;", id="quotes: the text may stand in an attribute"),
        pytest.param(REF, "§ 7 Abs. 2 BootsG", id="a reference"),
        pytest.param(7, "7", id="a number"),
    ],
)
def test_escape(text: object, expected: str) -> None:
    assert components.escape(text) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        pytest.param("https://a.de/x?a=1&b=2", "https://a.de/x?a=1&amp;b=2", id="web address"),
        pytest.param("http://127.0.0.1:8000/x", "http://127.0.0.1:8000/x", id="a publisher of one's own"),
        pytest.param("javascript:alert(1)", "", id="script"),
        pytest.param("data:text/html,x", "", id="data"),
        pytest.param("file:///etc/passwd", "", id="file"),
        pytest.param("//a.de/x", "", id="no scheme"),
        pytest.param("https://[x", "", id="not an address"),
        pytest.param("", "", id="none"),
    ],
)
def test_safe_url(url: str, expected: str) -> None:
    assert components.safe_url(url) == expected


def _attacked_card() -> str:
    beleg = BelegText(ATTACK, (Piece(f"a {ATTACK} b", is_cited=True, marks=((2, 2 + len(ATTACK)),)),), SOURCE)
    hit = replace(HIT, norm=NormRef(ATTACK, "§", ATTACK))
    cited = citation(
        locator=NormRef(ATTACK, "§", ATTACK), title=ATTACK, quote=ATTACK, reason=ATTACK, url=f"https://a.de/{ATTACK}"
    )
    said = statement(ATTACK, heading=ATTACK)
    full = answer(
        question=ATTACK,
        statements=(said,),
        citations=(cited,),
        notices=(ATTACK,),
        open_points=(ATTACK,),
        model=ATTACK,
    )
    less = declined(question=ATTACK, statements=(said,), citations=(cited,), open_points=(ATTACK,), hits=(hit,))
    return "".join(
        components.answer_card(each, {1: beleg}, turn=1, words=words) for each in (full, less) for words in (DE, EN)
    )


@pytest.mark.parametrize(
    "html",
    [
        pytest.param(_attacked_card(), id="answer, Beleg, declined answer"),
        pytest.param(components.question(ATTACK, 1, DE), id="question"),
        pytest.param(components.notice(ATTACK, ATTACK, where=ATTACK, next_step=ATTACK, words=DE), id="error"),
        pytest.param(
            table(
                [replace(SOURCE, title=ATTACK, kuerzel=ATTACK, url=ATTACK), replace(NOTE_SOURCE, title=ATTACK)], {}, DE
            ),
            id="list of sources",
        ),
    ],
)
def test_a_script_in_stored_text_stays_text(html: str) -> None:
    seen = read(html)
    assert seen.tags <= TAGS
    assert not {name for name in seen.attributes if name.startswith("on")}
    assert all(link.startswith(("https://", "data:image/svg+xml;base64,")) for link in seen.links)
    assert ATTACK in seen.text


def test_a_card_says_status_confidence_and_rechtsstand() -> None:
    text = read(components.answer_card(answer(), {}, turn=1, words=DE)).text
    assert text.startswith("beantwortetEinschätzung: sicherRechtsstand 19.08.2026Kurzantwort")


def test_statements_keep_their_order_under_their_headings() -> None:
    said = (
        statement("A."),
        statement("B.", heading="Voraussetzungen"),
        statement("C.", heading="Voraussetzungen"),
        statement("D.", heading="Praxis", kind=StatementKind.PRACTICE, citations=()),
    )
    card = components.answer_card(answer(statements=said, open_points=("E?",)), {}, turn=1, words=DE)
    order = re.findall(r"<h3>(.*?)</h3>|\b([A-E])[.?]", card.split('class="belege"')[0])
    assert ["".join(pair) for pair in order] == [
        "Kurzantwort",
        "A",
        "Voraussetzungen",
        "B",
        "C",
        "Praxis",
        "D",
        "Was noch zu klären ist",
        "E",
        "Wer hilft weiter",
    ]


@pytest.mark.parametrize(
    ("said", "verdict", "tag"),
    [
        pytest.param(statement(), Verdict.VERBATIM, "", id="proven"),
        pytest.param(statement(), Verdict.NORM_CHANGED, DE.verdict[Verdict.NORM_CHANGED].label, id="changed since"),
        pytest.param(statement(), Verdict.NOT_IN_CONTEXT, "nicht belegt", id="not proven"),
        pytest.param(statement(kind=StatementKind.PRACTICE), Verdict.VERBATIM, "Praxis", id="practice"),
        pytest.param(statement(kind=StatementKind.UNVERIFIED), Verdict.VERBATIM, "nicht geprüft", id="source not seen"),
        pytest.param(
            statement(kind=StatementKind.PRACTICE, heading="Praxis"), Verdict.VERBATIM, "", id="the heading says it"
        ),
    ],
)
def test_what_limits_a_statement_stands_beside_it(said: object, verdict: Verdict, tag: str) -> None:
    partial = answer(statements=(said,), citations=(citation(verdict=verdict),), status=Status.PARTIAL)
    card = components.answer_card(partial, {}, turn=1, words=DE)
    assert re.findall(r'<span class="tag[^"]*">(.*?)</span>', card) == ([tag] if tag else [])


@pytest.mark.parametrize("verdict", list(Verdict))
def test_a_number_tells_its_verdict_without_colour(verdict: Verdict) -> None:
    partial = answer(citations=(citation(verdict=verdict),), status=Status.PARTIAL)
    card = components.answer_card(partial, {}, turn=1, words=DE)
    sign = "" if verdict.is_proof else DE.verdict[verdict].mark
    assert f">[1]{sign}</button>" in card
    assert f'aria-label="Beleg 1: § 7 Abs. 2 BootsG, {DE.verdict[verdict].label}"' in card


def test_a_panel_shows_verdict_rank_date_text_and_the_way_to_the_publisher() -> None:
    cited = citation()
    html = components.beleg_panel(cited, norm_text(cited, STORED), turn=3, words=DE)
    assert 'id="beleg-3-1"' in html
    assert "<mark>seit mindestens drei Tagen\ntrocken</mark>" in html
    seen = read(html)
    for part in (
        "Beleg 1§ 7 Abs. 2 BootsG",
        "✓ Wörtlich zitiert",
        "Rang2 · Gesetz",
        "EbeneBund",
        "Rechtsstand19.08.2026",
        "(1) Ein Boot darf rote Segel führen.",
    ):
        assert part in seen.text
    assert seen.links == ["https://www.gesetze-im-internet.de/bootsg/__7.html"]


@pytest.mark.parametrize(
    ("beleg", "quote", "hint"),
    [
        pytest.param(None, "", DE.text_missing, id="text not stored"),
        pytest.param(norm_text(citation(quote="x"), STORED), "x", DE.quote_not_marked, id="quotation not found"),
        pytest.param(replace(norm_text(citation(), STORED), is_weggefallen=True), "", DE.weggefallen, id="repealed"),
    ],
)
def test_a_panel_says_what_it_cannot_show(beleg: BelegText | None, quote: str, hint: str) -> None:
    html = components.beleg_panel(citation(quote=quote), beleg, turn=1, words=DE)
    assert hint in read(html).text
    assert "<mark>" not in html or beleg is not None


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [
        pytest.param(Verdict.NORM_IN_CONTEXT, True, id="read: what the check saw"),
        pytest.param(Verdict.QUOTE_NOT_FOUND, True, id="not found: why"),
        pytest.param(Verdict.NORM_PINNED, False, id="pinned: its explanation says it all"),
    ],
)
def test_what_the_check_saw_is_shown_where_it_adds_something(verdict: Verdict, expected: bool) -> None:
    for words in (DE, EN):
        html = components.beleg_panel(citation(verdict=verdict, reason="read so"), None, turn=1, words=words)
        assert ("read so" in html) is expected


def test_every_number_opens_a_panel_that_exists_and_ids_differ_between_turns() -> None:
    cards = [components.answer_card(answer(), {}, turn=turn, words=DE) for turn in (1, 2)]
    for card in cards:
        assert set(re.findall(r'popovertarget="([^"]+)"', card)) == set(re.findall(r'popover id="([^"]+)"', card))
    assert not set(re.findall(r' id="([^"]+)"', cards[0])) & set(re.findall(r' id="([^"]+)"', cards[1]))


def test_a_declined_question_gets_a_reason_steps_and_what_lies_near() -> None:
    known = replace(HIT, norm=NormRef("AufenthG", "§", "60c"))
    seen = read(components.answer_card(declined(hits=(known, known)), {}, turn=1, words=DE))
    for part in (DE.status[Status.DECLINED], DE.declined_title, *DE.declined_steps, "§ 60c AufenthG"):
        assert seen.text.count(part) == 1
    assert "Einschätzung" not in seen.text
    assert seen.links == ["https://www.gesetze-im-internet.de/aufenthg_2004/__60c.html"]


def test_a_note_names_its_rank_and_never_looks_like_proof() -> None:
    cited = citation(
        kind=CitationKind.NOTE,
        source_kind=Kind.NOTE,
        locator=DokRef("note:rote-segel", None, ("Fristen",)),
        title="Rote Segel",
        verdict=Verdict.NORM_IN_CONTEXT,
    )
    html = components.beleg_panel(cited, None, turn=1, words=DE)
    for part in ("Beleg 1Rote Segel, Fristen", "Rang5 · Notiz", DE.note_verdict.explanation):
        assert part in read(html).text
    assert "✓" not in html


def test_a_question_far_from_all_law_is_sent_to_no_norm() -> None:
    card = components.answer_card(declined(confidence=0.2), {}, turn=1, words=DE)
    assert DE.declined_near not in card


def test_belege_are_listed_by_norm_in_the_order_they_are_cited() -> None:
    cited = (citation(1), citation(2, locator=NormRef("BootsG", "§", "9")), citation(3, locator=REF.norm))
    card = components.answer_card(answer(citations=cited), {}, turn=1, words=DE)
    rows = [read(row).text for row in card.split('class="belege"')[1].split("<li>")[1:]]
    assert [row.split("Bootsgesetz")[0] for row in rows] == ["§ 7 BootsG", "§ 9 BootsG"]
    assert "[1] Abs. 2[3]" in rows[0]


def test_headings_and_helpers_speak_the_language_of_the_page() -> None:
    said = (statement(), statement("B.", heading="Fristen"), statement("C.", heading="Neues"))
    text = read(components.answer_card(answer(statements=said), {}, turn=1, words=EN)).text
    for part in ("Short answer", "Deadlines and duration", "Neues", EN.who_helps_text):
        assert part in text
