"""The stored text behind a Beleg, with the quotation located in it. Reads the store, draws nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kb.evidence import Answer, Citation
from kb.model import NormRef, Passage, SourceInfo, StoredNorm

if TYPE_CHECKING:
    from kb.knowledge_base import KnowledgeBase

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Piece:
    """One Absatz (or document passage) as shown. `marks` are the quotations in `text`, in order, apart."""

    text: str
    is_cited: bool
    marks: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class BelegText:
    """What opens behind a number: the whole Norm, or the passage of a document, and the source it comes from."""

    title: str
    pieces: tuple[Piece, ...]
    source: SourceInfo
    is_weggefallen: bool = False

    @property
    def is_marked(self) -> bool:
        """True if the quotation was found."""
        return any(piece.marks for piece in self.pieces)


def locate(quote: str, text: str) -> Span | None:
    """Where `quote` stands in `text`, or None. Only white space may differ.

    Line breaks move between XML and Markdown of the same wording; anything else that differs is another wording, and
    marking it would show a quotation the text does not contain.
    """
    words = quote.split()
    if not words:
        return None
    found = re.search(r"\s+".join(re.escape(word) for word in words), text)
    return found.span() if found else None


def locate_runs(quote: str, text: str) -> tuple[Span, ...]:
    """Where the runs of a quotation with marked omissions stand in `text`; () unless all do, in their order."""
    spans: list[Span] = []
    at = 0
    for run in quote.split("[…]"):
        span = locate(run, text[at:])
        if span is None:
            return ()
        spans.append((at + span[0], at + span[1]))
        at += span[1]
    return tuple(spans)


def norm_text(citation: Citation, stored: StoredNorm) -> BelegText:
    """The whole Norm; the cited Absatz is flagged and the quotation marked, in the cited Absatz first."""
    norm = stored.norm
    wanted = citation.locator.absatz if isinstance(citation.locator, NormRef) else None
    order = sorted(range(len(norm.absaetze)), key=lambda i: (norm.absaetze[i].nummer != wanted, i))
    marked = next(((i, spans) for i in order if (spans := locate_runs(citation.quote, norm.absaetze[i].text))), None)
    pieces = tuple(
        Piece(
            text=absatz.text,
            is_cited=(wanted is not None and absatz.nummer == wanted) or (marked is not None and marked[0] == i),
            marks=marked[1] if marked is not None and marked[0] == i else (),
        )
        for i, absatz in enumerate(norm.absaetze)
    )
    title = f"{norm.ref} – {norm.title}" if norm.title else str(norm.ref)
    return BelegText(title, pieces, stored.source, norm.is_weggefallen)


def passage_text(quotes: Iterable[str], passage: Passage, source: SourceInfo) -> BelegText:
    """The passage of a document, the quotations marked."""
    marks: list[Span] = []
    for start, end in sorted(span for quote in quotes if (span := locate(quote, passage.text))):
        if not marks or start >= marks[-1][1]:
            marks.append((start, end))
    piece = Piece(passage.text, is_cited=True, marks=tuple(marks))
    return BelegText(passage.heading or source.title, (piece,), source)


def read_belege(answer: Answer, *, kb: KnowledgeBase) -> dict[int, BelegText]:
    """The stored text of each citation, by its number; numbers whose text is not stored are absent.

    Two batch reads whatever the answer cites, so that opening a Beleg later needs no further one.
    """
    refs = {c.locator.norm for c in answer.citations if isinstance(c.locator, NormRef)}
    norms = kb.store.norms(sorted(refs), stichtag=answer.stichtag, or_oldest=True) if refs else {}
    rest = [c.text_id for c in answer.citations if c.text_id and not _is_stored(c, norms)]
    passages = kb.store.passages(rest) if rest else {}
    belege: dict[int, BelegText] = {}
    for citation in answer.citations:
        if isinstance(citation.locator, NormRef) and citation.locator.norm in norms:
            belege[citation.n] = norm_text(citation, norms[citation.locator.norm])
        elif citation.text_id in passages:
            # a sentence taken from a note stands in it word for word, though the Beleg names no quotation
            taken = [each.text for each in answer.statements if citation.n in each.citations]
            quotes = [citation.quote] if citation.quote else taken
            belege[citation.n] = passage_text(quotes, *passages[citation.text_id])
    return belege


def _is_stored(citation: Citation, norms: dict[NormRef, StoredNorm]) -> bool:
    return isinstance(citation.locator, NormRef) and citation.locator.norm in norms
