"""The domain in frozen types; standard library only.

Offsets are `[start, end)` in characters of the text named beside them; pages, ranks and labels count from 1.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeAlias

PassageId: TypeAlias = str
TextId: TypeAlias = str
SourceId: TypeAlias = str


class Stufe(StrEnum):
    """The levels below a Norm, as they are written in a reference."""

    ABSATZ = "Abs."
    UNTERABSATZ = "UAbs."
    SATZ = "Satz"
    HALBSATZ = "Halbsatz"
    NUMMER = "Nr."
    BUCHSTABE = "Buchst."
    DOPPELBUCHSTABE = "Doppelbuchst."
    ALTERNATIVE = "Alt."
    SPIEGELSTRICH = "Spiegelstrich"


@dataclass(frozen=True, slots=True, order=True)
class NormRef:
    """A Norm of a Gesetz, or a place inside it: "§ 60c Abs. 2 Nr. 2 AufenthG".

    `gesetz` is the Kürzel people cite ("AufenthG", "SGB III", "VO (EU) 2024/1348"), `einheit` one of "§", "Art.",
    "Anlage" ("" for a Gesetz cited as a whole). `pfad` keeps the written order, since Satz may stand before or after
    Nummer. All values are strings: "2a" exists.
    """

    gesetz: str
    einheit: str
    nummer: str
    pfad: tuple[tuple[Stufe, str], ...] = ()

    def __str__(self) -> str:
        place = "".join(f" {stufe.value} {wert}" for stufe, wert in self.pfad)
        number = f" {self.nummer}" if self.nummer else ""
        return f"{self.einheit}{number}{place} {self.gesetz}".lstrip()

    @property
    def norm(self) -> NormRef:
        """The Norm itself, without the place inside it."""
        return NormRef(self.gesetz, self.einheit, self.nummer)

    @property
    def key(self) -> str:
        """The Norm as question sets write it: "AufenthG § 60c"."""
        return f"{self.gesetz} {self.einheit} {self.nummer}".rstrip()

    @property
    def absatz(self) -> str | None:
        """The number of the Absatz, if the reference names one."""
        return next((wert for stufe, wert in self.pfad if stufe is Stufe.ABSATZ), None)

    def to_absatz(self) -> NormRef:
        """The same reference, cut after its Absatz (or the Norm where it names none)."""
        if self.absatz is None:
            return self.norm
        return NormRef(self.gesetz, self.einheit, self.nummer, ((Stufe.ABSATZ, self.absatz),))

    def covers(self, other: NormRef) -> bool:
        """True if `other` names this place or one inside it (a prefix test on the path)."""
        return self.norm == other.norm and other.pfad[: len(self.pfad)] == self.pfad


@dataclass(frozen=True, slots=True)
class Fundstelle:
    """Where a Gesetz was promulgated: ("BGBl I", "2013, 1499")."""

    periodikum: str
    zitstelle: str


@dataclass(frozen=True, slots=True)
class PendingChange:
    """A change the publisher has announced but not worked in; `effective` is the first day it holds, if it is named."""

    text: str
    effective: date | None


@dataclass(frozen=True, slots=True)
class Absatz:
    """One Absatz, verbatim. `nummer` is "2a" of "(2a)", None where the Norm does not count its Absätze.

    List items stand on lines of their own in `text`, each beginning with its mark ("1. ", "a) ", "aa) "); tables are
    lines of cells joined by " | ". The number itself is part of the text, as printed.
    """

    nummer: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Norm:
    """One Norm of a Gesetz; `ref` has no path, `gliederung` are the headings above it, outermost first.

    `fussnote` are its footnotes and the publisher's remarks ("(+++ § 8: Zur Anwendung vgl. … +++)"), one a line: read
    with the Norm, but no part of its wording.
    """

    ref: NormRef
    title: str
    gliederung: tuple[str, ...]
    absaetze: tuple[Absatz, ...]
    is_weggefallen: bool = False
    fussnote: str = ""

    def __post_init__(self) -> None:
        if self.ref.pfad:
            raise ValueError(f"a Norm is a whole Norm, not a place inside it: {self.ref}")

    @property
    def text(self) -> str:
        """All Absätze, in order, one blank line between them."""
        return "\n\n".join(absatz.text for absatz in self.absaetze)


@dataclass(frozen=True, slots=True)
class Gesetz:
    """A whole statute or ordinance in one state.

    `slug` is its folder at the publisher ("aufenthg_2004") and its source id, `kuerzel` what people cite, `jurabk` the
    publisher's key. `stand` is the publisher's line, verbatim.
    """

    slug: str
    kuerzel: str
    jurabk: str
    title: str
    doknr: str
    fundstelle: Fundstelle | None
    stand: str
    rechtsstand: date
    url: str
    normen: tuple[Norm, ...]
    pending: tuple[PendingChange, ...] = ()

    @property
    def id(self) -> SourceId:
        """The source id: the slug."""
        return self.slug


class Kind(StrEnum):
    """What a source is. The order is its rank as evidence, highest first."""

    VERORDNUNG_EU = "verordnung_eu"
    GESETZ = "gesetz"
    VERORDNUNG = "verordnung"
    WEISUNG = "weisung"
    ERLASS = "erlass"
    NOTE = "note"
    STUDIE = "studie"
    ANGEBOT = "angebot"
    KONTAKT = "kontakt"
    WEBSEITE = "webseite"
    ERFAHRUNG = "erfahrung"
    FRAGE = "frage"

    @property
    def rank(self) -> int:
        """1 for the highest rank; Weisung and Erlass share one."""
        return _RANKS[self]

    @property
    def outranks_note(self) -> bool:
        """True for sources that can prove a legal statement."""
        return self.rank < _RANKS[Kind.NOTE]


_RANKS = {
    Kind.VERORDNUNG_EU: 1,
    Kind.GESETZ: 2,
    Kind.VERORDNUNG: 3,
    Kind.WEISUNG: 4,
    Kind.ERLASS: 4,
    Kind.NOTE: 5,
    Kind.STUDIE: 6,
    Kind.ANGEBOT: 7,
    Kind.KONTAKT: 7,
    Kind.WEBSEITE: 7,
    Kind.ERFAHRUNG: 8,
    Kind.FRAGE: 9,
}


class Jurisdiction(StrEnum):
    """Whose law or word it is."""

    EU = "EU"
    BUND = "Bund"
    SACHSEN = "Sachsen"
    KOMMUNE = "Kommune"
    UNBEKANNT = ""


@dataclass(frozen=True, slots=True)
class Abschnitt:
    """A piece of a Dokument: the headings above it (outermost first), its page (from 1) or None, its text."""

    headings: tuple[str, ...]
    page: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Dokument:
    """Any source that is not a Gesetz.

    `id` begins with the kind ("note:ausbildungsduldung-60c"); `stem` is the file name without its ending, the name
    under which question sets know it. `meta` are the remaining front matter fields, as (name, value) pairs.
    """

    id: SourceId
    kind: Kind
    title: str
    publisher: str
    rechtsstand: date
    url: str
    sha256: str
    abschnitte: tuple[Abschnitt, ...]
    stem: str
    lang: str = "de"
    jurisdiction: Jurisdiction = Jurisdiction.UNBEKANNT
    meta: tuple[tuple[str, str], ...] = ()
    warnings: tuple[str, ...] = ()


Quelle: TypeAlias = Gesetz | Dokument


@dataclass(frozen=True, slots=True, order=True)
class DokRef:
    """A place in a Dokument: its id, page (from 1) or None, headings."""

    dokument_id: SourceId
    page: int | None = None
    headings: tuple[str, ...] = ()

    def __str__(self) -> str:
        page = f", S. {self.page}" if self.page else ""
        headings = f", {' › '.join(self.headings)}" if self.headings else ""
        return f"{self.dokument_id.partition(':')[2] or self.dokument_id}{page}{headings}"


Locator: TypeAlias = NormRef | DokRef


def make_text_id(passage_id: PassageId, text: str) -> TextId:
    """The id of one wording at one place: 20 hex digits of SHA-256 over both.

    Statutes repeat sentences verbatim, so the text alone would not do.
    """
    return hashlib.sha256(f"{passage_id}\0{text}".encode()).hexdigest()[:20]


@dataclass(frozen=True, slots=True)
class Passage:
    """The unit that is searched and cited.

    `passage_id` is the place and survives an amendment; `text_id` is place and wording. `text` is a contiguous piece
    of one Absatz or Abschnitt, verbatim. `context` (Gliederung, title, the opening sentence of a list) is searched but
    never quoted. `refs` are the Normen it rests on: the Norm itself for statute text, the bracketed references of a
    note, the Normen of a bank question (most decisive first).
    """

    passage_id: PassageId
    text_id: TextId
    source_id: SourceId
    locator: Locator
    heading: str
    text: str
    context: tuple[str, ...] = ()
    refs: tuple[NormRef, ...] = ()

    @classmethod
    def make(
        cls,
        passage_id: PassageId,
        source_id: SourceId,
        locator: Locator,
        *,
        heading: str,
        text: str,
        context: tuple[str, ...] = (),
        refs: tuple[NormRef, ...] = (),
    ) -> Passage:
        """A passage whose `text_id` follows from place and wording."""
        text_id = make_text_id(passage_id, text)
        return cls(passage_id, text_id, source_id, locator, heading, text, context, refs)


@dataclass(frozen=True, slots=True)
class BankQuestion:
    """A question, the Normen that decide it (`absatz` of the first), its note, keys of what answers it (kb.note)."""

    question: str
    lang: str
    style: str
    norms: tuple[NormRef, ...]
    absatz: str | None = None
    note: str | None = None
    answer: tuple[str, ...] = ()

    @property
    def text_id(self) -> TextId:
        """The id under which indexes know the question."""
        return make_text_id(f"frage:{self.norms[0].key}", self.question)


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """What a Beleg shows of its source.

    `states` are the Rechtsstände stored, oldest first; `rechtsstand` is that of the state at hand.
    """

    id: SourceId
    kind: Kind
    title: str
    publisher: str
    url: str
    rechtsstand: date
    last_checked: date
    jurisdiction: Jurisdiction = Jurisdiction.UNBEKANNT
    kuerzel: str = ""
    stem: str = ""
    states: tuple[date, ...] = ()
    pending: tuple[PendingChange, ...] = ()

    @property
    def rank(self) -> int:
        """The rank of its kind as evidence, 1 the highest."""
        return self.kind.rank


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found: rank from 1, score comparable only inside one list, `found_by` (leg, rank in that leg).

    `norm` is the Norm the hit stands for (None for other documents): a bank question or a note brings a Norm whose own
    text may not be stored.
    """

    passage: Passage
    source: SourceInfo
    rank: int
    score: float
    found_by: tuple[tuple[str, int], ...]
    norm: NormRef | None = None


class Partition(StrEnum):
    """The three parts of the indexes: today's texts, older wordings, and the question bank."""

    CURRENT = "current"
    HISTORY = "history"
    BANK = "bank"


@dataclass(frozen=True, slots=True)
class Changes:
    """What one stored state changed: texts that are new, places whose wording changed or went, a count of the rest."""

    source_id: SourceId
    added: tuple[TextId, ...] = ()
    changed: tuple[PassageId, ...] = ()
    removed: tuple[PassageId, ...] = ()
    unchanged: int = 0
    became_current: bool = True


@dataclass(frozen=True, slots=True)
class StoredNorm:
    """A Norm as stored in one state of its Gesetz.

    `valid_from`/`valid_to` are proven dates only (None otherwise). `other_states` are the Rechtsstände whose wording of
    this Norm differs.
    """

    norm: Norm
    source: SourceInfo
    valid_from: date | None = None
    valid_to: date | None = None
    other_states: tuple[date, ...] = ()
