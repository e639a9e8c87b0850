"""Every claimed citation against stored text or norms.lock; pure.

A program can see that a place exists, was read and says certain words, numbers and dates. It cannot see that a
paraphrase is right: that a human has checked, and the pin says at which wording. Hence the rule for paraphrases:

- the stored wording is the one our note was checked against (its hash equals the pin): NORM_IN_CONTEXT, unless a
  number or date of the statement is missing from the text, which is NOT_IN_CONTEXT; figures a note computes (kind
  PRACTICE) need not stand there;
- the wording differs: NORM_CHANGED, whatever the statement says;
- nobody checked it (no pin): Normen, modality and negation must agree as well.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from kb.context import Context, ContextSource
from kb.evidence import Citation, CitationKind, Claim, Draft, DraftStatement, Statement, StatementKind, Verdict
from kb.german import index_words
from kb.laws import law, norm_url
from kb.model import DokRef, Jurisdiction, Kind, NormRef, StoredNorm
from kb.normref import find_norm_refs
from kb.pins import Pin, absatz_hash, pin_for, place
from kb.quantities import Modality, asserted, denies, missing_dates, missing_quantities, modalities
from kb.sentences import Piece, pieces, place_pieces

_SPACE = re.compile(r"\s+")
_HYPHEN_AT_LINE_END = re.compile(r"(?<=\w)[-\u00ad]\s*\n\s*(?=[a-zäöüß])")
_QUOTES = str.maketrans(
    dict.fromkeys("„“”«»‚‘’'`´", '"') | {"\u00ad": None, "\u00a0": " ", "–": "-", "—": "-", "‑": "-"}
)
_ALIGNED = 0.6  # share of a statement's words found in one sentence, from which that sentence is its source


@dataclass(frozen=True, slots=True)
class Finding:
    """What the check of a statement against a text saw: empty `contradictions` means nothing speaks against it."""

    contradictions: tuple[str, ...] = ()

    @property
    def agrees(self) -> bool:
        """True if nothing in the text speaks against the statement."""
        return not self.contradictions


def verify(
    draft: Draft, context: Context, known: Mapping[NormRef, StoredNorm], pins: Mapping[NormRef, Pin]
) -> tuple[tuple[Statement, ...], tuple[Citation, ...]]:
    """Statements and numbered citations of a draft, each with its verdict; `known` are stored Normen by whole Norm.

    A claim appears once in the list of citations, however many statements make it.
    """
    citations: list[Citation] = []
    numbers: dict[Citation, int] = {}
    statements: list[Statement] = []
    for statement in draft.statements:
        own: list[int] = []
        for claim in statement.claims:
            citation = _judge(statement, claim, context, known, pins)
            if citation is None:
                continue
            if citation not in numbers:
                numbers[citation] = len(citations) + 1
                citations.append(replace(citation, n=len(citations) + 1))
            own.append(numbers[citation])
        statements.append(Statement(statement.text, statement.heading, statement.kind, tuple(dict.fromkeys(own))))
    return tuple(statements), tuple(citations)


def _judge(
    statement: DraftStatement,
    claim: Claim,
    context: Context,
    known: Mapping[NormRef, StoredNorm],
    pins: Mapping[NormRef, Pin],
) -> Citation | None:
    if isinstance(claim.locator, NormRef):
        return _judge_norm(statement, claim, claim.locator, known, pins)
    return _judge_document(claim, claim.locator, context)


def _judge_norm(
    statement: DraftStatement,
    claim: Claim,
    ref: NormRef,
    known: Mapping[NormRef, StoredNorm],
    pins: Mapping[NormRef, Pin],
) -> Citation:
    stored = known.get(ref.norm)
    pin = pin_for(ref, pins)
    if stored is None:
        return _unstored(ref, pin)
    found = place(stored.norm, ref)
    base = _norm_citation(ref, stored)
    if found is None:
        reason = f"{ref.norm} has no Absatz {ref.absatz} in the text of {stored.source.rechtsstand}"
        return replace(base, verdict=Verdict.UNKNOWN_NORM, reason=reason)
    where, text = found
    base = replace(base, level="Absatz" if where.absatz else "Norm", text_id=claim.text_id)
    if claim.quote:
        if contains_quote(text, claim.quote):
            return replace(base, verdict=Verdict.VERBATIM, quote=claim.quote, reason="the words stand in the text")
        return replace(base, verdict=Verdict.QUOTE_NOT_FOUND, quote=claim.quote, reason="the words are not in the text")
    if statement.kind is StatementKind.POINTER:
        return replace(base, verdict=Verdict.NORM_IN_CONTEXT, quote=_first(text), reason="the place exists")
    quote = closest_sentence(statement.text, text, ref)
    if statement.origin and pin is not None and absatz_hash(text) != _hash_at(pin, stored, text, where):
        reason = f"the wording differs from the one checked on {pin.rechtsstand}"
        return replace(base, verdict=Verdict.NORM_CHANGED, quote=quote, reason=reason)
    checked = bool(statement.origin) and pin is not None
    cited = _all_cited(statement, known)
    finding = check_statement(statement.text, cited, strict=not checked, cited_refs=_refs(statement))
    if finding.agrees or (checked and statement.kind is not StatementKind.LEGAL):
        how = "wording as checked; numbers and dates agree" if checked else "numbers, Normen and modality agree"
        return replace(base, verdict=Verdict.NORM_IN_CONTEXT, quote=quote, reason=how)
    return replace(base, verdict=Verdict.NOT_IN_CONTEXT, quote=quote, reason="; ".join(finding.contradictions))


def _hash_at(pin: Pin, stored: StoredNorm, text: str, where: NormRef) -> str:
    """The pinned hash for `text`; a pin of the whole Norm vouches for its Absätze only while the whole is unchanged."""
    if pin.ref == where:
        return pin.sha256
    return absatz_hash(text) if absatz_hash(stored.norm.text) == pin.sha256 else ""


def _unstored(ref: NormRef, pin: Pin | None) -> Citation:
    known_law = law(ref.gesetz)
    source_id = known_law.slug if known_law else ref.gesetz
    title = known_law.title if known_law else ref.gesetz
    kind = known_law.kind if known_law else Kind.GESETZ
    if pin is None:
        from datetime import date

        return Citation(
            0, CitationKind.NORM, ref, source_id, title, "", "", date.min, Verdict.UNKNOWN_NORM,
            source_kind=kind, reason="no such Norm is stored or pinned",
        )  # fmt: skip
    return Citation(
        0, CitationKind.NORM, ref, source_id, title, "", norm_url(ref), pin.rechtsstand, Verdict.NORM_PINNED,
        source_kind=kind, level="Absatz" if pin.ref.absatz else "Norm",
        reason="the text is not stored here; our note was checked at this wording",
    )  # fmt: skip


def _norm_citation(ref: NormRef, stored: StoredNorm) -> Citation:
    source = stored.source
    jurisdiction = source.jurisdiction if source.jurisdiction is not Jurisdiction.UNBEKANNT else Jurisdiction.BUND
    return Citation(
        0, CitationKind.NORM, ref, source.id, source.title, "", norm_url(ref), source.rechtsstand,
        Verdict.NOT_IN_CONTEXT, source_kind=source.kind, jurisdiction=jurisdiction,
    )  # fmt: skip


def _judge_document(claim: Claim, ref: DokRef, context: Context) -> Citation | None:
    entry = context.passage(claim.text_id) if claim.text_id else context.of(ref.dokument_id)
    fallback = entry or context.of(ref.dokument_id)
    if fallback is None:
        return None
    base = _document_citation(ref, fallback, claim)
    if entry is None or entry.source.id != ref.dokument_id:
        return replace(base, verdict=Verdict.NOT_IN_CONTEXT, reason="this passage was not read for the answer")
    if claim.quote and not contains_quote(entry.passage.text, claim.quote):
        return replace(base, verdict=Verdict.QUOTE_NOT_FOUND, reason="the words are not in the text")
    return replace(base, verdict=Verdict.VERBATIM if claim.quote else Verdict.NORM_IN_CONTEXT, reason="read")


def _document_citation(ref: DokRef, entry: ContextSource, claim: Claim) -> Citation:
    source = entry.source
    kind = CitationKind.NOTE if source.kind is Kind.NOTE else CitationKind.DOCUMENT
    return Citation(
        0, kind, ref, source.id, source.title, claim.quote, source.url, source.rechtsstand, Verdict.NOT_IN_CONTEXT,
        text_id=claim.text_id or entry.passage.text_id, source_kind=source.kind, jurisdiction=source.jurisdiction,
    )  # fmt: skip


def normalise_quote(text: str) -> str:
    """The text with one kind of white space, quotation mark and dash, and without hyphens at line ends."""
    return _SPACE.sub(" ", _HYPHEN_AT_LINE_END.sub("", text).translate(_QUOTES)).strip()


def contains_quote(text: str, quote: str) -> bool:
    """True if the quoted words stand in the text, in one run."""
    wanted = normalise_quote(quote)
    return bool(wanted) and wanted in normalise_quote(text)


def closest_sentence(statement: str, text: str, ref: NormRef) -> str:
    """The sentence or list item of the cited place that shares most words with the statement, verbatim; for display."""
    places: Sequence[Piece] = place_pieces(text, ref) or pieces(text)
    if not places:
        return _first(text)
    wanted = set(index_words(statement))
    return max(places, key=lambda piece: (len(wanted & set(index_words(piece.text))), -piece.start)).text


def _first(text: str) -> str:
    found = pieces(text)
    return found[0].text if found else text.strip()


def _refs(statement: DraftStatement) -> tuple[NormRef, ...]:
    return tuple(claim.locator for claim in statement.claims if isinstance(claim.locator, NormRef))


def _all_cited(statement: DraftStatement, known: Mapping[NormRef, StoredNorm]) -> str:
    """The text of all places a statement cites: a sentence may take its number from one and its rule from another.

    A cited place that is not stored cannot be read, so its part stays empty.
    """
    texts: list[str] = []
    for ref in _refs(statement):
        if (stored := known.get(ref.norm)) and (found := place(stored.norm, ref)):
            texts.append(found[1])
    return "\n".join(dict.fromkeys(texts))


def check_statement(statement: str, text: str, *, strict: bool = True, cited_refs: Sequence[NormRef] = ()) -> Finding:
    """What in the text speaks against a statement: amounts, periods, dates; if strict, Normen, modality, negation.

    Not strict is for statements a human has checked at this very wording: "§ 16g" may then stand for "the title" in a
    rule that never names it.
    """
    claimed = asserted(statement)
    found = [f"{missing} is not in the text" for missing in missing_quantities(claimed, text, strict=strict)]
    found += [f"{missing} is not in the text" for missing in missing_dates(claimed, text)]
    if strict:
        found += _missing_norms(claimed, text, cited_refs)
        found += _disagreements(claimed, text)
    return Finding(tuple(found))


def _missing_norms(statement: str, text: str, cited_refs: Sequence[NormRef]) -> list[str]:
    default = cited_refs[0].gesetz if cited_refs else None
    cited = {ref.norm for ref in cited_refs}
    numbers = {ref.nummer for ref in cited}
    result: list[str] = []
    for _, ref in find_norm_refs(statement, default_gesetz=default):
        if ref.norm in cited or ref.nummer in numbers:
            continue
        if not re.search(rf"(?<![\w.]){re.escape(ref.nummer)}(?!\w)", text):
            result.append(f"{ref.norm} is neither cited nor named in the text")
    return result


def _disagreements(statement: str, text: str) -> list[str]:
    sentence = _aligned(statement, text)
    if sentence is None:
        return []
    claimed, given = modalities(statement), modalities(sentence)
    result: list[str] = []
    if Modality.SHOULD in claimed and Modality.SHOULD not in modalities(text):
        result.append("the text does not say soll")
    elif claimed == {Modality.MUST} and given and Modality.MUST not in given:
        result.append("the text does not oblige")
    elif claimed == {Modality.MAY} and given and Modality.MAY not in given:
        result.append("the text leaves no choice")
    if denies(statement) != denies(sentence):
        result.append("one of statement and text denies, the other does not")
    return result


def _aligned(statement: str, text: str) -> str | None:
    """The sentence (with the opening of its list) that holds most of the statement's words, if it holds enough."""
    wanted = set(index_words(statement))
    if not wanted:
        return None
    found = pieces(text)
    best, best_share = None, 0.0
    for piece in found:
        whole = f"{found[piece.opening].text} {piece.text}" if piece.opening is not None else piece.text
        share = len(wanted & set(index_words(whole))) / len(wanted)
        if share > best_share:
            best, best_share = whole, share
    return best if best_share >= _ALIGNED else None
