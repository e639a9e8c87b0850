"""What an answer claims and what its check found, in frozen types; standard library only.

A citation is claimed (`Claim`), checked (`Citation` with its `Verdict`) and shown; an `Answer` refuses to call itself
ANSWERED while a legal statement is unproven.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from kb.model import Hit, Jurisdiction, Kind, Locator, SourceId, TextId


class Verdict(StrEnum):
    """What a program found when it checked a citation. Never a bool: the reader sees which."""

    VERBATIM = "VERBATIM"  # the statement is a quotation that stands in the text
    NORM_IN_CONTEXT = "NORM_IN_CONTEXT"  # the text was read, its numbers, deadlines and modality agree
    NORM_PINNED = "NORM_PINNED"  # the text is not stored here; our note was checked at this hash
    NORM_CHANGED = "NORM_CHANGED"  # the stored text differs from the one our note was checked against
    NOT_IN_CONTEXT = "NOT_IN_CONTEXT"  # the source exists, but was not read for this answer or disagrees
    QUOTE_NOT_FOUND = "QUOTE_NOT_FOUND"  # the quotation is not in the text
    UNKNOWN_NORM = "UNKNOWN_NORM"  # no such Norm is known

    @property
    def is_proof(self) -> bool:
        """True if a legal statement may rest on it."""
        return self in (Verdict.VERBATIM, Verdict.NORM_IN_CONTEXT, Verdict.NORM_PINNED)


class CitationKind(StrEnum):
    """What a Beleg points to."""

    NORM = "norm"
    NOTE = "note"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class Citation:
    """A Beleg with its verdict. `n` counts from 1 in the answer; `reason` says what the check saw, in one line.

    `quote` is verbatim text of the source ("" where the text is not stored). `level` is how deep the check could read:
    "Norm" or "Absatz" (statute XML does not mark sentences).
    """

    n: int
    kind: CitationKind
    locator: Locator
    source_id: SourceId
    title: str
    quote: str
    url: str
    rechtsstand: date
    verdict: Verdict
    text_id: TextId = ""
    source_kind: Kind = Kind.GESETZ
    jurisdiction: Jurisdiction = Jurisdiction.BUND
    level: str = ""
    reason: str = ""

    @property
    def proves_law(self) -> bool:
        """True if a legal statement may rest on it: a Norm, or a document ranked above notes, that holds."""
        return self.verdict.is_proof and (self.kind is CitationKind.NORM or self.source_kind.outranks_note)


class StatementKind(StrEnum):
    """What a statement claims, and so what it must show."""

    LEGAL = "legal"  # states law: needs a norm (or higher-ranked document) Beleg that is proof
    PRACTICE = "practice"  # advice or administrative practice: a note may stand for it
    UNVERIFIED = "unverified"  # the note itself says the source was not seen
    POINTER = "pointer"  # names where the law stands, claims nothing about it


@dataclass(frozen=True, slots=True)
class Claim:
    """A citation as it is claimed, before the check: where, and the words quoted ("" for a paraphrase)."""

    locator: Locator
    quote: str = ""
    text_id: TextId = ""


@dataclass(frozen=True, slots=True)
class DraftStatement:
    """A sentence with the evidence it claims. `origin` is the note it was taken from, if any; `lang` is its own."""

    text: str
    heading: str
    kind: StatementKind
    claims: tuple[Claim, ...]
    origin: SourceId = ""
    lang: str = "de"


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer before its check: statements, what is still open, who wrote it."""

    statements: tuple[DraftStatement, ...]
    open_points: tuple[str, ...] = ()
    mode: str = "extractive"
    model: str = ""
    prompt_hash: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of an answer; `citations` are numbers `n` of the answer's citations.

    `lang` is that of the sentence: an English answer may quote German, and says so.
    """

    text: str
    heading: str
    kind: StatementKind
    citations: tuple[int, ...]
    lang: str = "de"


class Status(StrEnum):
    """ANSWERED: all legal statements proven. PARTIAL: something is missing, and said. DECLINED: handed to a human."""

    ANSWERED = "ANSWERED"
    PARTIAL = "PARTIAL"
    DECLINED = "DECLINED"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a mentor reads, with everything needed to check it later.

    `confidence` is the calibrated probability (0 to 1) that the Norm that decides is among those cited. `notices` are
    lines that limit the answer (pending change, old wording, changed Norm), shown above it.
    """

    question: str
    lang: str
    statements: tuple[Statement, ...]
    citations: tuple[Citation, ...]
    hits: tuple[Hit, ...]
    status: Status
    confidence: float
    created_at: datetime
    kb_version: str
    open_points: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    oldest_rechtsstand: date | None = None
    stichtag: date | None = None
    mode: str = "extractive"
    model: str = ""
    prompt_hash: str = ""

    def __post_init__(self) -> None:
        numbers = {citation.n for citation in self.citations}
        for statement in self.statements:
            if missing := set(statement.citations) - numbers:
                raise ValueError(f"statement cites {sorted(missing)}, which the answer does not have")
        if self.status is Status.ANSWERED:
            for statement in self.statements:
                if statement.kind is StatementKind.LEGAL and not self.is_proven(statement):
                    raise ValueError(f"ANSWERED with an unproven legal statement: {statement.text!r}")

    def is_proven(self, statement: Statement) -> bool:
        """True if the statement has a Beleg that can prove law."""
        return any(citation.proves_law for citation in self.citations if citation.n in statement.citations)
