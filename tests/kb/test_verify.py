"""The verdicts: what a program may say about a claimed citation."""

from __future__ import annotations

from datetime import date

import pytest

from kb.context import Context, ContextSource
from kb.evidence import Claim, Draft, DraftStatement, StatementKind, Verdict
from kb.model import Absatz, DokRef, Kind, Norm, NormRef, Passage, SourceInfo, StoredNorm
from kb.normref import parse_norm_ref
from kb.pins import Pin, make_pin
from kb.verify import check_statement, contains_quote, verify

STAND = date(2026, 8, 19)
LAW = SourceInfo("aufenthg_2004", Kind.GESETZ, "Aufenthaltsgesetz", "", "", STAND, STAND)
NOTE = SourceInfo("note:x", Kind.NOTE, "Merkblatt", "", "", STAND, STAND, stem="x")
TEXT = (
    "(2) Der Antrag kann frühestens sieben Monate vor Beginn gestellt werden. Er wird nicht erteilt, wenn\n"
    "1. Gründe vorliegen oder\n2. die Duldung keine drei Monate besteht."
)
NORM = Norm(parse_norm_ref("§ 60c AufenthG"), "", (), (Absatz("2", TEXT),))
KNOWN = {NORM.ref: StoredNorm(NORM, LAW)}
REF = parse_norm_ref("§ 60c Abs. 2 AufenthG")
PASSAGE = Passage.make(
    "note:x/p-/1#1", "note:x", DokRef("note:x"), heading="", text="Sieben Monate vorher. [§ 60c Abs. 2 AufenthG]"
)
CONTEXT = Context((ContextSource(1, PASSAGE, NOTE),))


def pins(ref: NormRef = REF, sha256: str = "") -> dict[NormRef, Pin]:
    pin = make_pin(NORM, ref, STAND)
    assert pin is not None
    return {pin.ref: Pin(pin.ref, STAND, sha256 or pin.sha256)}


def judge(
    text: str, claim: Claim, *, known: bool = True, pinned: dict[NormRef, Pin] | None = None, origin: str = "note:x"
) -> Verdict:
    statement = DraftStatement(text, "Kurzantwort", StatementKind.LEGAL, (claim,), origin)
    _, citations = verify(Draft((statement,)), CONTEXT, KNOWN if known else {}, pins() if pinned is None else pinned)
    return citations[0].verdict


@pytest.mark.parametrize(
    ("text", "claim", "options", "expected"),
    [
        pytest.param(
            "Der Antrag geht sieben Monate vorher.",
            Claim(REF),
            {},
            Verdict.NORM_IN_CONTEXT,
            id="checked wording, number agrees",
        ),
        pytest.param(
            "Der Antrag geht 7 Monate vorher.", Claim(REF), {}, Verdict.NORM_IN_CONTEXT, id="words are digits"
        ),
        pytest.param(
            "Der Antrag geht acht Monate vorher.", Claim(REF), {}, Verdict.NOT_IN_CONTEXT, id="another number"
        ),
        pytest.param(
            "Der Antrag geht sieben Monate vorher.",
            Claim(REF),
            {"pinned": pins(sha256="0")},
            Verdict.NORM_CHANGED,
            id="another wording",
        ),
        pytest.param(
            "Der Antrag geht sieben Monate vorher.",
            Claim(REF),
            {"known": False},
            Verdict.NORM_PINNED,
            id="not stored but pinned",
        ),
        pytest.param(
            "Irgendwas gilt.", Claim(parse_norm_ref("§ 999 AufenthG")), {}, Verdict.UNKNOWN_NORM, id="no such Norm"
        ),
        pytest.param(
            "Irgendwas gilt.",
            Claim(parse_norm_ref("§ 60c Abs. 9 AufenthG")),
            {},
            Verdict.UNKNOWN_NORM,
            id="no such Absatz",
        ),
        pytest.param(
            "x", Claim(REF, quote="Er wird nicht erteilt,  wenn"), {}, Verdict.VERBATIM, id="quoted, white space aside"
        ),
        pytest.param("x", Claim(REF, quote="Er wird erteilt, wenn"), {}, Verdict.QUOTE_NOT_FOUND, id="misquoted"),
        pytest.param(
            "Sieben Monate.",
            Claim(DokRef("note:x"), text_id=PASSAGE.text_id),
            {},
            Verdict.NORM_IN_CONTEXT,
            id="a note that was read",
        ),
        pytest.param(
            "Sieben Monate.",
            Claim(DokRef("note:x"), text_id="unread"),
            {},
            Verdict.NOT_IN_CONTEXT,
            id="a passage nobody read",
        ),
        pytest.param(
            "Die Duldung ist sieben Monate vorher zu beantragen.",
            Claim(REF),
            {"pinned": {}, "origin": ""},
            Verdict.NORM_IN_CONTEXT,
            id="unpinned, nothing against it",
        ),
        pytest.param(
            "Der Antrag soll frühestens sieben Monate vor Beginn gestellt werden.",
            Claim(REF),
            {"pinned": {}, "origin": ""},
            Verdict.NOT_IN_CONTEXT,
            id="unpinned, other modality",
        ),
    ],
)
def test_verdicts(text: str, claim: Claim, options: dict[str, object], expected: Verdict) -> None:
    assert judge(text, claim, **options) is expected  # type: ignore[arg-type]


def test_a_claim_made_twice_is_one_citation() -> None:
    one = DraftStatement(
        "Sieben Monate vorher.", "Kurzantwort", StatementKind.LEGAL, (Claim(REF, quote="sieben Monate"),)
    )
    two = DraftStatement("Noch ein Satz.", "Fristen", StatementKind.LEGAL, (Claim(REF, quote="sieben Monate"),))
    statements, citations = verify(Draft((one, two)), CONTEXT, KNOWN, {})
    assert [statement.citations for statement in statements] == [(1,), (1,)]
    assert [citation.n for citation in citations] == [1]


@pytest.mark.parametrize(
    ("statement", "agrees"),
    [
        ("Nach drei Monaten Duldung ist der Antrag möglich.", True),
        ("Nach vier Monaten Duldung ist der Antrag möglich.", False),
        ("Falsch ist „Es geht nach zehn Monaten“: Drei Monate genügen.", True),
        ("Bis zum 31.12.2019 galt etwas.", False),
    ],
)
def test_numbers_and_dates(statement: str, agrees: bool) -> None:
    assert check_statement(statement, TEXT, strict=False).agrees is agrees


@pytest.mark.parametrize(
    ("text", "quote", "expected"),
    [
        ("die „Duldung“ gilt", 'die "Duldung" gilt', True),
        ("Ausbildungs-\nduldung gilt", "Ausbildungsduldung gilt", True),
        ("sechs Monate", "sechs Wochen", False),
        ("sechs Monate", "", False),
    ],
)
def test_a_quotation_is_found_whatever_its_setting(text: str, quote: str, expected: bool) -> None:
    assert contains_quote(text, quote) is expected
