"""Hits → Draft without a language model: sentences that stand in our notes or in the law, chosen, never edited; pure.

The notebook says which statements of our notes are near the question; here is decided which of them, with which words
of the law, make an answer: only what is near enough, nothing twice, within the limits a reader can take in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from kb.context import NoteSource, normen_of
from kb.evidence import Claim, Draft, DraftStatement, StatementKind
from kb.focus import Focus, focus, leads, refocused
from kb.german import index_words
from kb.groups import Asked
from kb.model import DokRef, Hit, Kind, NormRef, StoredNorm, Stufe
from kb.note import ENGLISH, LEAD, MYTHS, OPEN, NoteStatement
from kb.notebook import ASKED_GAIN, Notebook, Ranked
from kb.pins import Pin, pin_for, place
from kb.relevance import Similarity, relevance
from kb.sentences import units

SHORT = "Kurzantwort"
BASIS = "Rechtsgrundlage"
PRACTICE = "Praxis"
_HEADINGS = {
    LEAD: SHORT,
    "Voraussetzungen": "Voraussetzungen",
    "Ausnahmen und Ausschlussgründe": "Ausnahmen",
    "Fristen und Dauer": "Fristen",
    "So geht es in der Praxis": PRACTICE,
    "Typische Fehler": SHORT,
    "Was sich geändert hat": "Fristen",
    OPEN: "Ausnahmen",
    ENGLISH: SHORT,
}
ORDER = (SHORT, "Voraussetzungen", "Ausnahmen", "Fristen", BASIS, PRACTICE)

# Which section a sentence belongs to that its note does not say: the first that its words tell.
_TELLS = (
    (
        "Fristen",
        re.compile(
            r"\b(?:months?|weeks?|days?|years?|deadline|frühestens|spätestens|innerhalb|binnen|dauert|Frist)\b", re.I
        ),
    ),
    (
        "Ausnahmen",
        re.compile(r"\b(?:not?|nor|never|unless|except|excluded|keine?[mnrs]?|nicht|ausgeschlossen)\b", re.I),
    ),
)

MAX_WORDS = 250
MAX_NORMEN = 8
MAX_BELEGE = 12
_SHORT_STATEMENTS = 3
_BASIS_WORDS = 60  # of them for the law's own words beside a note
_BASIS_QUOTES = 2
_LONG_QUOTE = 110
_NOTE_NORMEN = 3  # a note must rest on one of the first Normen found, or the statement on any of them
_FITS = 0.12  # least share of a note's sentences that rest on those Normen
_GAP = 1.0  # a statement this much less near than the best one is not shown, beside what that one gained by answering
_NEAREST = 150  # statements looked at
_LAW_GAP = 1.0
_OTHER_MATTER, _OTHER_STAY = 3.0, 1.0  # in standard deviations of relevance
_ENOUGH_ENGLISH = 90  # words; an English answer below it also quotes German sentences
_GERMAN_BESIDE = 3
_PLACE_BONUS = (1.6, 0.8, 0.5)  # for standing in the first, second, third Norm, in standard deviations of relevance
_ABSATZ_BONUS = 1.0
_SAME = 0.6  # shared words from which two sentences say the same
_OPEN_POINTS = 3

_NOT_LOADED = {
    "de": "Der Gesetzestext ist hier noch nicht geladen; „lotse sync“ holt ihn.",
    "en": "The text of the statute is not loaded here yet; “lotse sync” fetches it.",
}
_POINTER = {"de": "Das regelt {norm}.", "en": "This is governed by {norm}."}
_IN_GERMAN = "The sentences that answer this are stored in German only; they are quoted in the original."
_OPEN_IN_GERMAN = "To be cleared up first (German original): {text}"


@dataclass(frozen=True, slots=True)
class _Scored:
    score: float
    order: int
    draft: DraftStatement

    @property
    def words(self) -> int:
        return len(self.draft.text.split())

    @property
    def normen(self) -> set[NormRef]:
        return {ref.norm for ref in self.places}

    @property
    def belege(self) -> set[object]:
        """What the statement needs as Belege: Absätze, each with the kind of claim, and notes."""
        notes = {claim.locator.dokument_id for claim in self.draft.claims if not isinstance(claim.locator, NormRef)}
        return {(place, self.draft.kind is StatementKind.LEGAL) for place in self.places} | notes

    @property
    def places(self) -> set[NormRef]:
        return {claim.locator.to_absatz() for claim in self.draft.claims if isinstance(claim.locator, NormRef)}


def extract(
    question: str,
    hits: Sequence[Hit],
    *,
    notebook: Notebook,
    known: Mapping[NormRef, StoredNorm],
    pins: Mapping[NormRef, Pin],
    lang: str = "de",
    similarity: Similarity | None = None,
    refs: Sequence[NormRef] = (),
    asked: Sequence[Asked] = (),
) -> Draft:
    """The answer the hits hold: sentences of fitting notes, then the law's own; a pointer where neither is stored.

    `refs` are the places the question names: their Absatz is read, whatever the search found best in that Norm. `asked`
    are the nearest questions of the bank, of which we may know what answers them.
    """
    normen = normen_of(hits)
    nearest = notebook.rank(question, hits, lang=lang, limit=_NEAREST, asked=asked)
    others = notebook.rank(question, hits, lang="de", limit=_NEAREST, asked=asked) if lang != "de" else []
    about = focus(question, hits, others or nearest, notebook)
    ranked = refocused([each for each in nearest if _rests(each, normen)], about)
    beside = refocused([each for each in others if _rests(each, normen)], about)
    short = leads(ranked or beside, about, question, similarity=similarity)
    law = _law_statements(question, hits, known, {ref.norm: ref for ref in refs}, about, similarity=similarity)
    statements = _compose(ranked, beside, _of_the_answer(law, short, normen), short)
    notes = [each.entry.note for each in (ranked or beside)[:1]]
    open_points = _open_points(question, notes, lang, similarity)
    if not statements:
        statements = _pointers(normen, pins, lang)
        open_points = (_NOT_LOADED[lang], *open_points) if statements else open_points
    return Draft(tuple(statements), open_points[:_OPEN_POINTS])


def _of_the_answer(law: Sequence[_Scored], short: Sequence[Ranked], normen: Sequence[NormRef]) -> Sequence[_Scored]:
    """The quotations that stand in the Normen of the short answer or in the first one found; all if none does.

    What is quoted as the basis must be the basis of what was said, not a neighbour whose words are nearer.
    """
    said = {ref.norm for each in short for ref in each.entry.statement.refs}
    leading = said.union(normen[:1])
    return [entry for entry in law if not said or entry.normen & leading] or law


def _rests(ranked: Ranked, normen: Sequence[NormRef]) -> bool:
    """True if a statement rests on what was found, or its note mainly does: a note is never forced."""
    entry = ranked.entry
    if any(ref.norm in normen for ref in entry.statement.refs):
        return True
    return any(entry.note.centrality.get(norm, 0.0) >= _FITS for norm in normen[:_NOTE_NORMEN])


def _draft(note: NoteSource, statement: NoteStatement, heading: str) -> DraftStatement:
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
    return DraftStatement(statement.text, heading, kind, tuple(claims), note.source.id, statement.lang)


def _law_statements(
    question: str,
    hits: Sequence[Hit],
    known: Mapping[NormRef, StoredNorm],
    asked: Mapping[NormRef, NormRef],
    about: Focus,
    *,
    similarity: Similarity | None,
) -> list[_Scored]:
    """What can be quoted of the Normen found, verbatim: all Absätze of the first, of others the one found."""
    found: list[tuple[float, NormRef, str]] = []
    named = [hit for hit in hits if hit.norm is not None and hit.norm.norm in asked]
    for rank, hit in enumerate((named or hits)[:_NOTE_NORMEN]):
        if hit.source.kind in (Kind.NOTE, Kind.FRAGE) or hit.norm is None:
            continue
        stored = known.get(hit.norm.norm)
        if stored is None:
            continue
        for bonus, ref, text in _absaetze(hit, stored, asked.get(hit.norm.norm), is_first=rank == 0):
            found += [(_PLACE_BONUS[rank] + bonus, ref, unit.text) for unit in units(text)]
    readable = [each for each in found if 5 <= len(each[2].split()) <= _LONG_QUOTE]
    found = readable or found[:1]
    scores = relevance(question, [text for _, _, text in found], similarity=similarity)
    result = []
    for index, ((bonus, ref, text), score) in enumerate(zip(found, scores, strict=True)):
        draft = DraftStatement(text, BASIS, StatementKind.LEGAL, (Claim(ref, quote=text),))
        aside = _OTHER_MATTER * about.distance(index_words(text)) + (_OTHER_STAY if about.is_other_stay(text) else 0.0)
        result.append(_Scored(score + bonus - aside, index, draft))
    return sorted(result, key=lambda each: (-each.score, each.order))


def _absaetze(
    hit: Hit, stored: StoredNorm, named: NormRef | None, *, is_first: bool
) -> Iterator[tuple[float, NormRef, str]]:
    """The Absätze of a Norm worth reading, with what each gains for being the one found or named."""
    locator = hit.passage.locator
    best = locator.to_absatz() if isinstance(locator, NormRef) else stored.norm.ref
    if named is not None and named.absatz:
        best, is_first = named.to_absatz(), False
    at = place(stored.norm, best)
    if at is None:
        return
    yield _ABSATZ_BONUS, at[0], at[1]
    numbers = {absatz.nummer for absatz in stored.norm.absaetze if absatz.nummer}
    if is_first and at[0].absatz and len(numbers) > 1:
        for number in dict.fromkeys(absatz.nummer for absatz in stored.norm.absaetze):
            whole = stored.norm.ref
            other = NormRef(whole.gesetz, whole.einheit, whole.nummer, ((Stufe.ABSATZ, number),)) if number else None
            if other is not None and other != at[0] and (text := place(stored.norm, other)):
                yield 0.0, *text


def _compose(
    ranked: Sequence[Ranked], beside: Sequence[Ranked], law: Sequence[_Scored], short: Sequence[Ranked]
) -> list[DraftStatement]:
    """The best sentences within the limits, in the order a reader expects; the law's own words always have a place."""
    has_notes = bool(ranked or beside)
    quotes = _take_law(law, _BASIS_WORDS if has_notes else MAX_WORDS, _BASIS_QUOTES if has_notes else 2 * _BASIS_QUOTES)
    budget = MAX_WORDS - sum(entry.words for entry in quotes)
    taking = _Taking(budget, quotes, [each.order for each in short])
    taking.add(ranked)
    lead: list[DraftStatement] = []
    if beside and taking.words < _ENOUGH_ENGLISH:
        if not taking.taken:
            lead = [DraftStatement(_IN_GERMAN, SHORT, StatementKind.POINTER, (), lang="en")]
        taking.add(beside, limit=_GERMAN_BESIDE if taking.taken else 2 * _GERMAN_BESIDE)
    basis = [entry.draft for entry in quotes]
    own = sorted(taking.taken, key=lambda entry: (ORDER.index(entry.draft.heading), entry.order))
    before = [entry.draft for entry in own if ORDER.index(entry.draft.heading) < ORDER.index(BASIS)]
    after = [entry.draft for entry in own if ORDER.index(entry.draft.heading) > ORDER.index(BASIS)]
    return [*lead, *before, *basis, *after]


class _Taking:
    """Statements of notes being taken, best first, within words, Normen and Belege; nothing said twice.

    `short` are the statements of the short answer by their order: they come first, and only they stand there.
    """

    def __init__(self, budget: int, quotes: Sequence[_Scored], short: Sequence[int]) -> None:
        self.budget = budget
        self.normen: set[NormRef] = set().union(*(entry.normen for entry in quotes))
        self.short = list(short)
        self.taken: list[_Scored] = []
        self._belege: set[object] = {entry.draft.text for entry in quotes}
        self._said: list[Ranked] = []
        self._leads = 0

    @property
    def words(self) -> int:
        return sum(entry.words for entry in self.taken)

    def add(self, ranked: Sequence[Ranked], *, limit: int = 100) -> None:
        """Takes what is near enough to the best of these."""
        if not ranked:
            return
        before = len(self.taken)
        by_order = {each.order: each for each in ranked}
        first = [by_order[order] for order in self.short if order in by_order]
        for each in [*first, *ranked]:
            is_lead = each in first and self._leads < _SHORT_STATEMENTS
            if each in self._said:
                continue
            is_far = not is_lead and each.score < ranked[0].score - _GAP - ASKED_GAIN * ranked[0].answers
            if is_far or len(self.taken) - before >= limit or any(_repeats(each, other) for other in self._said):
                continue
            heading = SHORT if is_lead else _section(each.entry.statement)
            entry = _Scored(each.score, len(self.taken), _draft(each.entry.note, each.entry.statement, heading))
            belege = self._belege | entry.belege
            if entry.words > self.budget or len(self.normen | entry.normen) > MAX_NORMEN or len(belege) > MAX_BELEGE:
                continue
            self.taken.append(entry)
            self._said.append(each)
            self._leads += is_lead
            self.budget -= entry.words
            self.normen |= entry.normen
            self._belege = belege


def _section(statement: NoteStatement) -> str:
    """Where a statement stands that is not part of the short answer; English ones are told by their words."""
    heading = _HEADINGS.get(statement.heading, SHORT)
    if statement.heading == MYTHS:
        return "Ausnahmen"
    if heading != SHORT:
        return heading
    return next((name for name, pattern in _TELLS if pattern.search(statement.text)), "Voraussetzungen")


def _repeats(one: Ranked, other: Ranked) -> bool:
    """True if two statements say the same; those of one section of a note do not, however alike their words."""
    if one.entry.note is other.entry.note and one.entry.statement.heading == other.entry.statement.heading:
        return False
    if one.entry.statement.lang != other.entry.statement.lang:
        return False
    return _says_same(set(one.entry.words), set(other.entry.words))


def _take_law(ranked: Sequence[_Scored], budget: int, limit: int) -> list[_Scored]:
    """The best quotations, best first; at least one, even if it is long."""
    taken: list[_Scored] = []
    for entry in ranked:
        if taken and (entry.words > budget or entry.score < ranked[0].score - _LAW_GAP or len(taken) >= limit):
            continue
        new = set(index_words(entry.draft.text))
        if any(_says_same(new, set(index_words(other.draft.text))) for other in taken):
            continue
        taken.append(entry)
        budget -= entry.words
    return taken


def _says_same(first: set[str], second: set[str]) -> bool:
    smaller = min(len(first), len(second))
    return bool(smaller) and len(first & second) / smaller >= _SAME


def _open_points(
    question: str, notes: Sequence[NoteSource], lang: str, similarity: Similarity | None
) -> tuple[str, ...]:
    """What the nearest note asks first and leaves open; what it says with a Norm is a statement, no open point."""
    if not notes:
        return ()
    found = [each.text for each in notes[0].statements if each.heading == OPEN and not each.refs and each.bracket]
    if lang != "de":
        return tuple(_OPEN_IN_GERMAN.format(text=text) for text in found if text.startswith("Kläre"))[:1]
    scores = relevance(question, found, similarity=similarity)
    by_score = sorted(zip(found, scores, strict=True), key=lambda pair: (not pair[0].startswith("Kläre"), -pair[1]))
    return tuple(text for text, _ in by_score)


def _pointers(normen: Sequence[NormRef], pins: Mapping[NormRef, Pin], lang: str) -> list[DraftStatement]:
    """Where the law stands, for a Norm whose text is not stored here but pinned; claims nothing about it."""
    pinned = [norm for norm in normen if pin_for(norm, pins) or any(pin.ref.norm == norm for pin in pins.values())]
    result: list[DraftStatement] = []
    for norm in pinned[:1]:
        ref = norm if norm in pins else next(pin.ref for pin in pins.values() if pin.ref.norm == norm)
        text = _POINTER[lang].format(norm=norm)
        result.append(DraftStatement(text, BASIS, StatementKind.POINTER, (Claim(ref),), lang=lang))
    return result
