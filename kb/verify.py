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
from functools import lru_cache

from kb.context import Context, ContextSource
from kb.evidence import Citation, CitationKind, Claim, Draft, DraftStatement, Statement, StatementKind, Verdict
from kb.german import index_words
from kb.laws import law, norm_url
from kb.model import DokRef, Jurisdiction, Kind, NormRef, StoredNorm
from kb.normref import find_norm_refs
from kb.pins import Pin, absatz_hash, pin_for, place
from kb.quantities import Modality, asserted, denies, missing_dates, missing_quantities, modalities
from kb.sentences import OMISSION, Piece, Unit, pieces, place_pieces, units

_SPACE = re.compile(r"\s+")
_HYPHEN_AT_LINE_END = re.compile(r"(?<=\w)[-\u00ad]\s*\n\s*(?=[a-zäöüß])")
_QUOTES = str.maketrans(
    dict.fromkeys("„“”«»‚‘’'`´", '"') | {"\u00ad": None, "\u00a0": " ", "–": "-", "—": "-", "‑": "-"}
)
# What the check saw, in the reader's language: the key stands in the verdict, what follows a colon is kept.
_REASONS = {
    "verbatim": {"de": "Die Worte stehen so im Text.", "en": "The words stand in the text."},
    "omission": {
        "de": "Die Worte stehen so im Text; […] zeigt, wo etwas ausgelassen ist.",
        "en": "The words stand in the text; […] marks what is left out.",
    },
    "quote": {"de": "Die Worte stehen nicht im Text.", "en": "The words are not in the text."},
    "exists": {"de": "Die Stelle gibt es.", "en": "The place exists."},
    "checked": {
        "de": "Wortlaut wie geprüft; Zahlen und Daten stimmen überein.",
        "en": "Wording as checked; numbers and dates agree.",
    },
    "agrees": {
        "de": "Zahlen, Normen und Verbindlichkeit stimmen überein.",
        "en": "Numbers, Normen and modality agree.",
    },
    "changed": {
        "de": "Der Wortlaut ist nicht mehr der geprüfte vom",
        "en": "The wording differs from the one checked on",
    },
    "disagrees": {"de": "Der Text stützt den Satz nicht:", "en": "The text does not support the sentence:"},
    "no absatz": {"de": "Diesen Absatz gibt es nicht im Text vom", "en": "There is no such Absatz in the text of"},
    "unknown": {
        "de": "Diese Norm ist weder gespeichert noch geprüft.",
        "en": "No such Norm is stored or pinned.",
    },
    "pinned": {
        "de": "Der Text ist hier nicht gespeichert; das Merkblatt wurde an diesem Wortlaut geprüft.",
        "en": "The text is not stored here; our note was checked at this wording.",
    },
    "unread": {
        "de": "Diese Stelle wurde für die Antwort nicht gelesen.",
        "en": "This passage was not read for the answer.",
    },
    "read": {"de": "Für diese Antwort gelesen.", "en": "Read for this answer."},
}
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
    draft: Draft,
    context: Context,
    known: Mapping[NormRef, StoredNorm],
    pins: Mapping[NormRef, Pin],
    *,
    lang: str = "de",
) -> tuple[tuple[Statement, ...], tuple[Citation, ...]]:
    """Statements and numbered citations of a draft, each with its verdict; `known` are stored Normen by whole Norm.

    Claims of one place with one verdict share a citation, so that an answer shows each Absatz and each note once.
    `lang` is that of the reasons.
    """
    shared: dict[tuple[object, ...], list[Citation]] = {}
    used: list[list[tuple[object, ...]]] = []
    for statement in draft.statements:
        judged = [_judge(statement, claim, context, known, pins) for claim in statement.claims]
        found = [citation for citation in judged if citation is not None]
        for citation in found:
            shared.setdefault(_place_key(citation), []).append(citation)
        used.append(list(dict.fromkeys(_place_key(citation) for citation in found)))
    numbers = {key: number for number, key in enumerate(shared, start=1)}
    citations = tuple(
        replace(_shared(same), n=number, reason=reason_text(same[0].reason, lang))
        for number, same in enumerate(shared.values(), start=1)
    )
    statements = tuple(
        Statement(each.text, each.heading, each.kind, tuple(numbers[key] for key in keys), each.lang)
        for each, keys in zip(draft.statements, used, strict=True)
    )
    return statements, citations


def _place_key(citation: Citation) -> tuple[object, ...]:
    """What makes two claims one Beleg: the note; or the Absatz with verdict, reason and, of a quotation, its words."""
    ref = citation.locator
    if not isinstance(ref, NormRef):
        return citation.source_id, citation.verdict, citation.quote or citation.kind
    quoted = citation.quote if citation.verdict in (Verdict.VERBATIM, Verdict.QUOTE_NOT_FOUND) else ""
    return ref.to_absatz(), citation.verdict, citation.reason, quoted


def _shared(same: Sequence[Citation]) -> Citation:
    """One citation for several claims: their common place, and the first sentence that was read there."""
    first = same[0]
    places = {citation.locator for citation in same}
    if len(places) == 1:
        return first
    if isinstance(first.locator, NormRef):
        return replace(first, locator=first.locator.to_absatz())
    return replace(first, locator=DokRef(first.locator.dokument_id))


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
        reason = f"no absatz: {stored.source.rechtsstand}"
        return replace(base, verdict=Verdict.UNKNOWN_NORM, reason=reason)
    where, text = found
    base = replace(base, level="Absatz" if where.absatz else "Norm", text_id=claim.text_id)
    if claim.quote:
        if contains_quote(text, claim.quote):
            how = "omission" if OMISSION in claim.quote else "verbatim"
            return replace(base, verdict=Verdict.VERBATIM, quote=claim.quote, reason=how)
        return replace(base, verdict=Verdict.QUOTE_NOT_FOUND, quote=claim.quote, reason="quote")
    if statement.kind is StatementKind.POINTER:
        return replace(base, verdict=Verdict.NORM_IN_CONTEXT, quote=_first(text), reason="exists")
    quote = closest_sentence(statement.text, text, ref)
    if statement.origin and pin is not None and absatz_hash(text) != _hash_at(pin, stored, text, where):
        reason = f"changed: {pin.rechtsstand}"
        return replace(base, verdict=Verdict.NORM_CHANGED, quote=quote, reason=reason)
    checked = bool(statement.origin) and pin is not None
    cited = _all_cited(statement, known)
    finding = check_statement(statement.text, cited, strict=not checked, cited_refs=_refs(statement))
    if finding.agrees or (checked and statement.kind is not StatementKind.LEGAL):
        how = "checked" if checked else "agrees"
        return replace(base, verdict=Verdict.NORM_IN_CONTEXT, quote=quote, reason=how)
    reason = f"disagrees: {'; '.join(finding.contradictions)}"
    return replace(base, verdict=Verdict.NOT_IN_CONTEXT, quote=quote, reason=reason)


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
            source_kind=kind, reason="unknown",
        )  # fmt: skip
    return Citation(
        0, CitationKind.NORM, ref, source_id, title, "", norm_url(ref), pin.rechtsstand, Verdict.NORM_PINNED,
        source_kind=kind, level="Absatz" if pin.ref.absatz else "Norm",
        reason="pinned",
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
        return replace(base, verdict=Verdict.NOT_IN_CONTEXT, reason="unread")
    if claim.quote and not contains_quote(entry.passage.text, claim.quote):
        return replace(base, verdict=Verdict.QUOTE_NOT_FOUND, reason="quote")
    return replace(base, verdict=Verdict.VERBATIM if claim.quote else Verdict.NORM_IN_CONTEXT, reason="read")


def _document_citation(ref: DokRef, entry: ContextSource, claim: Claim) -> Citation:
    source = entry.source
    kind = CitationKind.NOTE if source.kind is Kind.NOTE else CitationKind.DOCUMENT
    return Citation(
        0, kind, ref, source.id, source.title, claim.quote, source.url, source.rechtsstand, Verdict.NOT_IN_CONTEXT,
        text_id=claim.text_id or entry.passage.text_id, source_kind=source.kind, jurisdiction=source.jurisdiction,
    )  # fmt: skip


@lru_cache(maxsize=8192)
def normalise_quote(text: str) -> str:
    """The text with one kind of white space, quotation mark and dash, and without hyphens at line ends."""
    return _SPACE.sub(" ", _HYPHEN_AT_LINE_END.sub("", text).translate(_QUOTES)).strip()


def contains_quote(text: str, quote: str) -> bool:
    """True if the quoted words stand in the text in one run; with a marked omission, each run and in this order."""
    runs = [normalise_quote(run) for run in quote.split(OMISSION.strip())]
    # a hyphen at a line's end may part a word ("Berufs-/ausbildung") or join two ("Haupt-/und Realschule")
    return any(_in_order(runs, whole) for whole in (normalise_quote(text), normalise_quote(" ".join(text.split()))))


def _in_order(runs: Sequence[str], whole: str) -> bool:
    at = 0
    for run in runs:
        found = whole.find(run, at)
        if not run or found < 0:
            return False
        at = found + len(run)
    return True


def closest_sentence(statement: str, text: str, ref: NormRef) -> str:
    """The sentence (or opening and item) of the cited place that shares most words with the statement, verbatim."""
    found = units(text)
    places = place_pieces(text, ref)
    inside = [unit for unit in found if any(unit.spans[0][0] <= p.start and p.end <= unit.spans[-1][1] for p in places)]
    named = [unit for unit in found if _is_named(unit, places)] or inside or list(found)
    if not named:
        return _first(text)
    wanted = _words_of(statement)
    return max(named, key=lambda unit: (len(wanted & _words_of(unit.text)), -len(unit.text))).text


@lru_cache(maxsize=20_000)
def _words_of(text: str) -> frozenset[str]:
    # the same Absätze and statements come back with every question
    return frozenset(index_words(text))


def _is_named(unit: Unit, places: Sequence[Piece]) -> bool:
    """True if the unit holds an item of the named place, not only its opening."""
    own = [piece for piece in places if piece.opening is not None and not piece.is_tail]
    return any(start <= piece.start and piece.end <= end for piece in own for start, end in unit.spans)


def reason_text(reason: str, lang: str) -> str:
    """A reason in "de" or "en"; what follows its key stays."""
    key, _, rest = reason.partition(": ")
    told = _REASONS.get(key)
    return reason if told is None else f"{told[lang]} {rest}".strip()


def _first(text: str) -> str:
    found = units(text)
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
    wanted = _words_of(statement)
    if not wanted:
        return None
    found = pieces(text)
    best, best_share = None, 0.0
    for piece in found:
        whole = f"{found[piece.opening].text} {piece.text}" if piece.opening is not None else piece.text
        share = len(wanted & _words_of(whole)) / len(wanted)
        if share > best_share:
            best, best_share = whole, share
    return best if best_share >= _ALIGNED else None
