"""Hits → Draft without a language model: sentences that stand in our notes or in the law, chosen, never edited; pure.

Which note fits is decided by the Normen the search found: a note must rest on them. Which of its sentences answer is
decided by the question's words and meaning, and by the place in the law the search found.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kb.context import NoteSource
from kb.evidence import Claim, Draft, DraftStatement, StatementKind
from kb.german import index_words
from kb.model import DokRef, Hit, Kind, NormRef, StoredNorm
from kb.note import ENGLISH, NoteStatement
from kb.pins import Pin, pin_for, place
from kb.relevance import Similarity, relevance
from kb.sentences import Piece, pieces

SHORT = "Kurzantwort"
BASIS = "Rechtsgrundlage"
PRACTICE = "Praxis"
_HEADINGS = {
    "Kurz gesagt": SHORT,
    "Voraussetzungen": "Voraussetzungen",
    "Ausnahmen und Ausschlussgründe": "Ausnahmen",
    "Fristen und Dauer": "Fristen",
    "So geht es in der Praxis": PRACTICE,
    "Typische Fehler": SHORT,
    "Was sich geändert hat": "Fristen",
    "Was offen bleibt": "Ausnahmen",
    ENGLISH: SHORT,
}
ORDER = (SHORT, "Voraussetzungen", "Ausnahmen", "Fristen", BASIS, PRACTICE)

MAX_WORDS = 250
MAX_NORMEN = 8
_BASIS_WORDS = 75  # of them for the law's own words beside a note
_NOTE_NORMEN = 3  # a sentence must rest on one of the first Normen found
_FITS = 0.12  # least share of a note's sentences that rest on those Normen
_PLACE_BONUS = (1.6, 0.8, 0.5)  # for resting on the first, second, third Norm, in standard deviations of relevance
_ABSATZ_BONUS = 0.8
_SAME = 0.75  # shared words from which two sentences say the same
_OPEN_POINTS = 3

_NOT_LOADED = {
    "de": "Der Gesetzestext ist hier noch nicht geladen; „lotse sync“ holt ihn.",
    "en": "The text of the statute is not loaded here yet; “lotse sync” fetches it.",
}
_POINTER = {"de": "Das regelt {norm}.", "en": "This is governed by {norm}."}


@dataclass(frozen=True, slots=True)
class _Scored:
    score: float
    order: int
    draft: DraftStatement
    source: str = ""

    @property
    def words(self) -> int:
        return len(self.draft.text.split())

    @property
    def normen(self) -> set[NormRef]:
        return {claim.locator.norm for claim in self.draft.claims if isinstance(claim.locator, NormRef)}


def extract(
    question: str,
    hits: Sequence[Hit],
    *,
    notes: Sequence[NoteSource] = (),
    known: Mapping[NormRef, StoredNorm],
    pins: Mapping[NormRef, Pin],
    lang: str = "de",
    similarity: Similarity | None = None,
    refs: Sequence[NormRef] = (),
) -> Draft:
    """The answer the hits hold: sentences of fitting notes, then the law's own; a pointer where neither is stored.

    `refs` are the places the question names: their Absatz is read, whatever the search found best in that Norm.
    """
    normen = _normen(hits)
    chosen_notes = fitting_notes(question, notes, normen, similarity=similarity)
    from_notes = _note_statements(question, chosen_notes, hits, normen, lang=lang, similarity=similarity)
    from_law = _law_statements(question, hits, known, {ref.norm: ref for ref in refs}, similarity=similarity)
    statements = _compose(from_notes, from_law)
    open_points = _open_points(question, chosen_notes, lang, similarity)
    if not statements:
        statements = _pointers(normen, pins, lang)
        open_points = (_NOT_LOADED[lang], *open_points) if statements else open_points
    return Draft(tuple(statements), open_points[:_OPEN_POINTS])


def _normen(hits: Sequence[Hit]) -> list[NormRef]:
    """The Normen of the hits, best first, each once."""
    return list(dict.fromkeys(hit.norm.norm for hit in hits if hit.norm is not None))


def fitting_notes(
    question: str, notes: Sequence[NoteSource], normen: Sequence[NormRef], *, similarity: Similarity | None = None
) -> list[NoteSource]:
    """The notes that rest on the Normen found, best first, at most two; [] if none does: a note is never forced."""
    scored: list[tuple[float, str, NoteSource]] = []
    for note in notes:
        centrality = note.centrality
        shares = [centrality.get(norm, 0.0) / rank for rank, norm in enumerate(normen[:_NOTE_NORMEN], start=1)]
        if max(shares, default=0.0) >= _FITS:
            scored.append((sum(shares), note.source.id, note))
    if not scored:
        return []
    titles = relevance(question, [_profile(note) for _, _, note in scored], similarity=similarity)
    ranked = sorted(zip(scored, titles, strict=True), key=lambda pair: (-(pair[0][0] + 0.15 * pair[1]), pair[0][1]))
    return [entry[2] for entry, _ in ranked[:2]]


def _profile(note: NoteSource) -> str:
    return " ".join([note.source.title, *(s.text for s in note.statements if s.heading in ("Kurz gesagt", ENGLISH))])


def _note_statements(
    question: str,
    notes: Sequence[NoteSource],
    hits: Sequence[Hit],
    normen: Sequence[NormRef],
    *,
    lang: str,
    similarity: Similarity | None,
) -> list[_Scored]:
    pool: list[tuple[NoteSource, NoteStatement]] = []
    for note in notes:
        central = note.centrality.get(normen[0], 0.0) >= 2 * _FITS if normen else False
        for statement in note.statements:
            rests = any(ref.norm in normen[:_NOTE_NORMEN] for ref in statement.refs)
            if statement.lang == lang and (rests or central) and not _is_question(statement):
                pool.append((note, statement))
    places = _places(hits)
    scores = relevance(question, [statement.text for _, statement in pool], similarity=similarity)
    return [
        _Scored(score + _bonus(statement, normen, places), index, _draft(note, statement), note.source.id)
        for index, ((note, statement), score) in enumerate(zip(pool, scores, strict=True))
    ]


def _is_question(statement: NoteStatement) -> bool:
    """True for what a note asks or leaves open (it belongs to the open points), and for "Entfällt."."""
    return not statement.bracket or (statement.heading == "Was offen bleibt" and not statement.refs)


def _places(hits: Sequence[Hit]) -> set[NormRef]:
    """The Absätze the search found, of the first hits."""
    locators = [hit.passage.locator for hit in hits[:_NOTE_NORMEN]]
    return {ref.to_absatz() for ref in locators if isinstance(ref, NormRef) and ref.absatz}


def _bonus(statement: NoteStatement, normen: Sequence[NormRef], places: set[NormRef]) -> float:
    own = {ref.norm for ref in statement.refs}
    by_norm = [bonus for norm, bonus in zip(normen, _PLACE_BONUS, strict=False) if norm in own]
    by_place = _ABSATZ_BONUS if any(ref.to_absatz() in places for ref in statement.refs) else 0.0
    return max(by_norm, default=0.0) + by_place


def _draft(note: NoteSource, statement: NoteStatement) -> DraftStatement:
    if statement.is_unchecked:
        kind = StatementKind.UNVERIFIED
    elif statement.is_computed or not statement.refs:
        kind = StatementKind.PRACTICE
    else:
        kind = StatementKind.LEGAL
    passage = note.passage_of(statement)
    locator = DokRef(note.source.id, None, (statement.heading,))
    if passage is not None and isinstance(passage.locator, DokRef):
        locator = passage.locator
    claims = [Claim(ref) for ref in statement.refs]
    if passage is not None:
        claims.append(Claim(locator, text_id=passage.text_id))
    heading = _HEADINGS.get(statement.heading, SHORT)
    return DraftStatement(statement.text, heading, kind, tuple(claims), note.source.id)


def _law_statements(
    question: str,
    hits: Sequence[Hit],
    known: Mapping[NormRef, StoredNorm],
    asked: Mapping[NormRef, NormRef],
    *,
    similarity: Similarity | None,
) -> list[_Scored]:
    """Sentences and list items of the Absätze the first hits found, verbatim, an item after its opening sentence."""
    found: list[tuple[int, NormRef, str, Piece]] = []
    openings: dict[int, int] = {}
    for rank, hit in enumerate(hits[:_NOTE_NORMEN]):
        locator = hit.passage.locator
        if hit.source.kind in (Kind.NOTE, Kind.FRAGE) or hit.norm is None:
            continue
        ref = locator.to_absatz() if isinstance(locator, NormRef) else hit.norm
        named = asked.get(ref.norm)
        ref = named.to_absatz() if named is not None and named.absatz else ref
        stored = known.get(ref.norm)
        at = place(stored.norm, ref) if stored else None
        if at is None:
            continue
        base = len(found)
        for piece in pieces(at[1]):
            if piece.opening is not None:
                openings[len(found)] = base + piece.opening
            found.append((rank, at[0], at[1], piece))
    scores = relevance(question, [_readable(entry, found, openings.get(i)) for i, entry in enumerate(found)],
                       similarity=similarity)  # fmt: skip
    result: list[_Scored] = []
    for index, ((rank, ref, _, piece), score) in enumerate(zip(found, scores, strict=True)):
        claim = Claim(ref, quote=piece.text)
        draft = DraftStatement(piece.text, BASIS, StatementKind.LEGAL, (claim,))
        source = str(openings.get(index, ""))
        result.append(_Scored(score + _PLACE_BONUS[rank], index, draft, source))
    return result


def _readable(
    entry: tuple[int, NormRef, str, Piece], found: Sequence[tuple[int, NormRef, str, Piece]], opening: int | None
) -> str:
    return f"{found[opening][3].text} {entry[3].text}" if opening is not None else entry[3].text


def _compose(from_notes: Sequence[_Scored], from_law: Sequence[_Scored]) -> list[DraftStatement]:
    """The best sentences within the limits, in the order a reader expects; the law's own words always have a place."""
    law_budget = _BASIS_WORDS if from_notes else MAX_WORDS
    law = _take_law(from_law, law_budget)
    spent = sum(entry.words for entry in law)
    normen: set[NormRef] = set().union(*(entry.normen for entry in law)) if law else set()
    taken = _take_notes(from_notes, MAX_WORDS - spent, normen)
    ordered = sorted(taken, key=lambda entry: (ORDER.index(entry.draft.heading), -entry.score, entry.order))
    basis = [entry.draft for entry in law]
    before = [entry.draft for entry in ordered if ORDER.index(entry.draft.heading) < ORDER.index(BASIS)]
    after = [entry.draft for entry in ordered if ORDER.index(entry.draft.heading) > ORDER.index(BASIS)]
    return [*before, *basis, *after]


def _take_notes(pool: Sequence[_Scored], budget: int, normen: set[NormRef]) -> list[_Scored]:
    taken: list[_Scored] = []
    ranked = sorted(pool, key=lambda entry: (-entry.score, entry.order))
    # the short answer comes first, whatever else is near: a reader may stop after it
    first = [entry for entry in ranked if entry.draft.heading == SHORT][:1]
    for entry in [*first, *(entry for entry in ranked if entry not in first)]:
        short_full = entry.draft.heading == SHORT and sum(e.draft.heading == SHORT for e in taken) >= 6
        if short_full or entry.words > budget or len(normen | entry.normen) > MAX_NORMEN:
            continue
        if any(_says_same(entry.draft.text, other.draft.text) for other in taken):
            continue
        taken.append(entry)
        normen |= entry.normen
        budget -= entry.words
    return taken


def _take_law(pool: Sequence[_Scored], budget: int) -> list[_Scored]:
    """The best pieces with their openings, in the order of the text; at least one, even if it is long."""
    by_index = {entry.order: entry for entry in pool}
    taken: dict[int, _Scored] = {}
    # an opening ("Die Duldung wird nicht erteilt, wenn") says nothing alone: it comes with one of its items
    openings = {entry.source for entry in pool}
    leaves = [entry for entry in pool if str(entry.order) not in openings]
    for entry in sorted(leaves, key=lambda entry: (-entry.score, entry.order)):
        chain = [entry]
        while chain[-1].source:
            chain.append(by_index[int(chain[-1].source)])
        new = [link for link in chain if link.order not in taken]
        cost = sum(link.words for link in new)
        fits = cost <= budget and len({norm for e in (*taken.values(), *new) for norm in e.normen}) <= MAX_NORMEN
        if not fits and taken:
            continue
        taken.update((link.order, link) for link in new)
        budget -= cost
        if not fits:
            break
    return [taken[index] for index in sorted(taken)]


def _says_same(one: str, other: str) -> bool:
    first, second = set(index_words(one)), set(index_words(other))
    smaller = min(len(first), len(second))
    return bool(smaller) and len(first & second) / smaller >= _SAME


def _open_points(
    question: str, notes: Sequence[NoteSource], lang: str, similarity: Similarity | None
) -> tuple[str, ...]:
    """What the first note leaves open, nearest to the question first; the facts to clear up lead. German notes only."""
    if not notes or lang != "de":
        return ()
    found = [statement.text for statement in notes[0].statements if statement.heading == "Was offen bleibt"]
    scores = relevance(question, found, similarity=similarity)
    ranked = sorted(zip(found, scores, strict=True), key=lambda pair: (not pair[0].startswith("Kläre"), -pair[1]))
    return tuple(text for text, _ in ranked)


def _pointers(normen: Sequence[NormRef], pins: Mapping[NormRef, Pin], lang: str) -> list[DraftStatement]:
    """Where the law stands, for a Norm whose text is not stored here but pinned; claims nothing about it."""
    pinned = [norm for norm in normen if pin_for(norm, pins) or any(pin.ref.norm == norm for pin in pins.values())]
    result: list[DraftStatement] = []
    for norm in pinned[:1]:
        ref = norm if norm in pins else next(pin.ref for pin in pins.values() if pin.ref.norm == norm)
        text = _POINTER[lang].format(norm=norm)
        result.append(DraftStatement(text, BASIS, StatementKind.POINTER, (Claim(ref),)))
    return result
