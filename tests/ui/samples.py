"""Made-up answers for the page's tests: a rule about boats, so that no statute stands in the repository."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from kb.evidence import Answer, Citation, CitationKind, Statement, StatementKind, Status, Verdict
from kb.model import Absatz, DokRef, Hit, Jurisdiction, Kind, Norm, NormRef, Passage, SourceInfo, StoredNorm, Stufe

DAY = date(2026, 8, 19)
URL = "https://www.gesetze-im-internet.de/bootsg/__7.html"
REF = NormRef("BootsG", "§", "7", ((Stufe.ABSATZ, "2"),))

SOURCE = SourceInfo(
    id="bootsg",
    kind=Kind.GESETZ,
    title="Gesetz über erfundene Boote",
    publisher="Niemand",
    url="https://www.gesetze-im-internet.de/bootsg/",
    rechtsstand=DAY,
    last_checked=date(2026, 8, 20),
    jurisdiction=Jurisdiction.BUND,
    kuerzel="BootsG",
)
NORM = Norm(
    ref=REF.norm,
    title="Rote Segel",
    gliederung=("Abschnitt 1",),
    absaetze=(
        Absatz("1", "(1) Ein Boot darf rote Segel führen."),
        Absatz("2", "(2) Das Segel muss\n1. aus Tuch sein und\n2. seit mindestens drei Tagen\ntrocken sein."),
    ),
)
STORED = StoredNorm(NORM, SOURCE)
NOTE_SOURCE = replace(SOURCE, id="note:rote-segel", kind=Kind.NOTE, title="Rote Segel", kuerzel="", stem="rote-segel")
NOTE_PASSAGE = Passage.make(
    "note:rote-segel/p-/1#1",
    "note:rote-segel",
    DokRef("note:rote-segel"),
    heading="Kurz gesagt",
    text="Rote Segel sind erlaubt. [§ 7 Abs. 1 BootsG]",
    refs=(REF.norm,),
)
HIT = Hit(NOTE_PASSAGE, NOTE_SOURCE, rank=1, score=1.0, found_by=(("words", 1),), norm=REF.norm)


def citation(n: int = 1, **changes: object) -> Citation:
    """A Beleg for § 7 Abs. 2 that quotes over a line break."""
    sample = Citation(
        n=n,
        kind=CitationKind.NORM,
        locator=REF,
        source_id="bootsg",
        title="Bootsgesetz",
        quote="seit mindestens drei Tagen trocken",
        url=URL,
        rechtsstand=DAY,
        verdict=Verdict.VERBATIM,
        level="Absatz",
    )
    return replace(sample, **changes)  # type: ignore[arg-type]


def statement(text: str = "Das Segel muss trocken sein.", **changes: object) -> Statement:
    """A legal statement resting on Beleg 1."""
    return replace(Statement(text, "Kurzantwort", StatementKind.LEGAL, (1,)), **changes)  # type: ignore[arg-type]


def answer(**changes: object) -> Answer:
    """An answer of one statement and one Beleg."""
    sample = Answer(
        question="Darf das Segel nass sein?",
        lang="de",
        statements=(statement(),),
        citations=(citation(),),
        hits=(HIT,),
        status=Status.ANSWERED,
        confidence=0.86,
        created_at=datetime(2026, 8, 20, 12, tzinfo=UTC),
        kb_version="1",
        oldest_rechtsstand=DAY,
    )
    return replace(sample, **changes)  # type: ignore[arg-type]


def declined(**changes: object) -> Answer:
    """No answer, with a Norm found nearby."""
    bare = answer(statements=(), citations=(), status=Status.DECLINED, confidence=0.4, oldest_rechtsstand=None)
    return replace(bare, **changes)  # type: ignore[arg-type]
