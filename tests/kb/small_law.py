"""A statute and a note made up for these tests; their sentences stand in no law."""

from __future__ import annotations

from datetime import date

from kb.context import NoteSource
from kb.model import (
    Absatz,
    Abschnitt,
    Dokument,
    Gesetz,
    Hit,
    Kind,
    Norm,
    NormRef,
    Passage,
    SourceInfo,
    StoredNorm,
)
from kb.normref import parse_norm_ref
from kb.pins import Pin, make_pin
from kb.split import split

STAND = date(2026, 8, 19)
REF = parse_norm_ref("§ 60c AufenthG")
ABSATZ_1 = "(1) Die Duldung zur Lehre ist zu geben, wenn der Lehrling\n1. eine Lehre beginnt oder\n2. sie fortsetzt."
ABSATZ_2 = "(2) Der Antrag ist sieben Monate vor dem Beginn der Lehre möglich. Eile hilft hier nicht."
NORM = Norm(REF, "Duldung zur Lehre", (), (Absatz("1", ABSATZ_1), Absatz("2", ABSATZ_2)))
NOTE_MD = """---
id: lehre-60c
title: Duldung zur Lehre
title_en: Toleration for an apprenticeship
group: Test
norms: ["AufenthG § 60c"]
related: []
rechtsstand: 2026-08-19
reviewed: 2026-11-22
---
## Kurz gesagt
Wer eine Lehre beginnt, bekommt die Duldung zur Lehre. [§ 60c Abs. 1 AufenthG]

## Voraussetzungen
- Der Lehrling beginnt oder setzt die Lehre fort. [§ 60c Abs. 1 Nr. 1 AufenthG]

## Ausnahmen und Ausschlussgründe
Keine.

## Fristen und Dauer
- Der Antrag auf die Duldung zur Lehre geht sieben Monate vor Beginn. [§ 60c Abs. 2 AufenthG]

## So geht es in der Praxis
- Reiche den Lehrvertrag mit ein. [Praxis]

## Was sich geändert hat
Keine.

## Was offen bleibt
Kläre zuerst: Seit wann läuft die Lehre? [Praxis]

## Typische Fehler
Keine.

## In English
Whoever begins an apprenticeship gets the toleration. [§ 60c Abs. 1 AufenthG]
"""


def statute(rechtsstand: date = STAND, second: str = ABSATZ_2) -> Gesetz:
    """The statute; `second` is the wording of its Absatz 2."""
    norm = Norm(REF, "Duldung zur Lehre", (), (Absatz("1", ABSATZ_1), Absatz("2", second)))
    return Gesetz(
        "aufenthg_2004", "AufenthG", "AufenthG 2004", "Aufenthaltsgesetz", "", None, "", rechtsstand, "", (norm,)
    )


LAW = SourceInfo("aufenthg_2004", Kind.GESETZ, "Aufenthaltsgesetz", "", "", STAND, STAND, states=(STAND,))
KNOWN: dict[NormRef, StoredNorm] = {REF: StoredNorm(NORM, LAW)}


def pins() -> dict[NormRef, Pin]:
    """The pins of both Absätze."""
    made = [make_pin(NORM, parse_norm_ref(f"§ 60c Abs. {number} AufenthG"), STAND) for number in "12"]
    return {pin.ref: pin for pin in made if pin is not None}


def note() -> NoteSource:
    """The note as answers use it."""
    body = NOTE_MD.split("---\n", 2)[2]
    sections = [part.partition("\n") for part in body.split("## ")[1:]]
    abschnitte = tuple(Abschnitt((heading.strip(),), None, text.strip()) for heading, _, text in sections)
    dokument = Dokument("note:lehre-60c", Kind.NOTE, "Duldung zur Lehre", "", STAND, "", "", abschnitte, "lehre-60c")
    source = SourceInfo(dokument.id, Kind.NOTE, dokument.title, "", "", STAND, STAND, stem=dokument.stem)
    return NoteSource.read(source, dokument, lambda: split(dokument))


def hit(absatz: int = 2) -> Hit:
    """The statute's passage as search finds it."""
    passages: tuple[Passage, ...] = tuple(
        passage
        for passage in split(statute())
        if isinstance(passage.locator, NormRef) and passage.locator.absatz == str(absatz)
    )
    return Hit(passages[0], LAW, 1, 1.0, (("words", 1),), REF)
