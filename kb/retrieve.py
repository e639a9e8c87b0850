"""Question and Stichtag → Hits: references looked up, four legs searched, fused, collapsed to Normen and Dokumente.

Legs: words with n-grams and vectors, each over passages and over the question bank. A Norm's score in a leg is its best
passage's, or its best bank question's; a note's passage brings the Normen it cites. Each leg is standardised per
question, then summed. A Norm the question names comes first, whatever the search says.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, TypeAlias
from weakref import WeakKeyDictionary

from kb import german
from kb.calibration import Evidence, confidence
from kb.fuse import best_per_group, fuse, standardise
from kb.model import BankQuestion, DokRef, Hit, Kind, NormRef, Partition, Passage, SourceInfo, TextId
from kb.normref import find_norm_refs

if TYPE_CHECKING:
    from kb.generations import IndexReader
    from kb.knowledge_base import KnowledgeBase

# The key of a Norm ("AufenthG § 60c"), or the id of a Dokument that cites none. Strings keep their hash; a NormRef
# would compute it anew in each of the thousand look-ups a question makes.
Group: TypeAlias = str
Scored: TypeAlias = list[tuple[TextId, float]]

REFERENCE, WORDS, VECTORS, BANK_WORDS, BANK_VECTORS = "reference", "words", "vectors", "bank_words", "bank_vectors"
LEGS = (WORDS, VECTORS, BANK_WORDS, BANK_VECTORS)
# RETRIEVAL.md; found by hand on the bank, flat around these values.
WEIGHTS = {WORDS: 1.0, VECTORS: 1.0, BANK_WORDS: 2.0, BANK_VECTORS: 4.0}
SECOND_NORM = 0.8  # what a bank question says about the Normen it names second
NOTE_NORM = 0.9  # what a note's passage says about the Normen it cites: less than their own text
PASSAGES_FETCHED = 200
QUESTIONS_FETCHED = 100
# Below the lower cosine the nearest bank question is about something else and says nothing, above the upper all.
BANK_TRUST = (0.25, 0.5)
# The Absatz a matching bank question names is worth this many standard deviations when a Norm's passage is chosen.
ABSATZ_BONUS = 1.5


@dataclass(frozen=True, slots=True)
class Retrieval:
    """What a question found: hits best first, the references it names (known or not), its language.

    `confidence` is the calibrated probability (0 to 1) that the Norm that decides is among the first five hits.
    """

    hits: list[Hit]
    confidence: float
    refs: tuple[NormRef, ...]
    lang: str
    evidence: Evidence


def retrieve(question: str, *, kb: KnowledgeBase, limit: int = 10, stichtag: date | None = None) -> list[Hit]:
    """The hits for a question, best first, one for each Norm or Dokument."""
    return search(question, kb=kb, limit=limit, stichtag=stichtag).hits


def search(question: str, *, kb: KnowledgeBase, limit: int = 10, stichtag: date | None = None) -> Retrieval:
    """The hits with how sure they are. `stichtag` also searches older wordings and leaves out what was not in force."""
    kb.refresh()
    refs = tuple(dict.fromkeys(ref for _, ref in find_norm_refs(question)))
    found = _Search(question, kb, stichtag)
    legs = [found.scores(leg) for leg in LEGS]
    ranked = fuse(legs, weights=found.weights())
    named = found.named(refs)
    evidence = found.evidence(legs, ranked, has_reference=bool(named))
    hits = found.hits(named, ranked, legs, limit)
    return Retrieval(hits, confidence(evidence), refs, german.language(question), evidence)


class _Search:
    """One question, its raw results and what they stand for."""

    def __init__(self, question: str, kb: KnowledgeBase, stichtag: date | None) -> None:
        self.question = question
        self.kb = kb
        self.stichtag = stichtag
        reader = kb.reader()
        self.raw = self._raw(reader)
        self.known = _known_groups(kb, reader)
        texts = {text_id for leg in (WORDS, VECTORS) for text_id, _ in self.raw[leg]}
        questions = {text_id for leg in (BANK_WORDS, BANK_VECTORS) for text_id, _ in self.raw[leg]}
        if stichtag is not None:
            texts = kb.store.in_force(texts, stichtag)
            for leg in (WORDS, VECTORS):
                self.raw[leg] = [hit for hit in self.raw[leg] if hit[0] in texts]
        self.groups = {**self.known.of_passages(kb, texts), **self.known.of_questions(kb, questions)}

    def _raw(self, reader: IndexReader) -> dict[str, Scored]:
        vector = self.kb.embedder.embed([self.question], role="query")[0]
        partitions = [Partition.CURRENT] + ([Partition.HISTORY] if self.stichtag is not None else [])
        words: Scored = []
        vectors: Scored = []
        for partition in partitions:
            words += reader.lexical(partition).search(self.question, limit=PASSAGES_FETCHED)
            vectors += reader.vectors(partition).nearest(vector, limit=PASSAGES_FETCHED)
        return {
            WORDS: _best_first(words),
            VECTORS: _best_first(vectors),
            BANK_WORDS: reader.lexical(Partition.BANK).search(self.question, limit=QUESTIONS_FETCHED),
            BANK_VECTORS: reader.vectors(Partition.BANK).nearest(vector, limit=QUESTIONS_FETCHED),
        }

    def scores(self, leg: str) -> dict[Group, float]:
        """The best score of each Norm and Dokument in a leg."""
        return best_per_group(self.raw[leg], self.groups)

    def weights(self) -> list[float]:
        """The weights of the legs, those of the bank lowered where its nearest question is far away."""
        low, high = BANK_TRUST
        nearest = self.raw[BANK_VECTORS][0][1] if self.raw[BANK_VECTORS] else 0.0
        trust = min(1.0, max(0.0, (nearest - low) / (high - low)))
        return [WEIGHTS[leg] * (trust if leg in (BANK_WORDS, BANK_VECTORS) else 1.0) for leg in LEGS]

    def named(self, refs: Sequence[NormRef]) -> list[NormRef]:
        """The Normen among the references that are stored or that the bank or a note knows, in their order."""
        norms = list(dict.fromkeys(ref.norm for ref in refs))
        if not norms:
            return []
        stored = self.kb.store.norms(norms, stichtag=self.stichtag)
        asked = self.kb.store.bank_by_norm(norms)
        cited = self.kb.store.passages_citing(norms)
        return [norm for norm in norms if norm in stored or asked.get(norm) or cited.get(norm)]

    def evidence(
        self, legs: Sequence[dict[Group, float]], ranked: Sequence[tuple[Group, float]], *, has_reference: bool
    ) -> Evidence:
        """What the confidence is read from."""
        words = len(set(german.words(self.question)))
        tops = [max(scores, key=lambda group: (scores[group], str(group))) for scores in legs if scores]
        best = [group for group, _ in ranked[:5]]
        totals = [total for _, total in ranked]
        return Evidence(
            bank_cosine=self._top(BANK_VECTORS),
            text_cosine=self._top(VECTORS),
            bank_words=self._top(BANK_WORDS) / max(words, 1),
            text_words=self._top(WORDS) / max(words, 1),
            agreement=sum(top in best for top in tops) / len(LEGS),
            lead=totals[0] - totals[min(5, len(totals) - 1)] if totals else 0.0,
            support=sum(cosine > 0.85 * self._top(BANK_VECTORS) for _, cosine in self.raw[BANK_VECTORS][:20]) / 20,
            words=words,
            has_reference=has_reference,
        )

    def _top(self, leg: str) -> float:
        return self.raw[leg][0][1] if self.raw[leg] else 0.0

    def hits(
        self,
        named: Sequence[NormRef],
        ranked: Sequence[tuple[Group, float]],
        legs: Sequence[dict[Group, float]],
        limit: int,
    ) -> list[Hit]:
        """The named Normen, then the best of the ranking, each with the passage that shows it."""
        ceiling = ranked[0][1] if ranked else 0.0
        first = [self.known.name(norm) for norm in named]
        order = [(group, ceiling + len(first) - place) for place, group in enumerate(first)]
        order += [(group, total) for group, total in ranked if group not in first]
        ranks = [_ranks(scores) for scores in legs]
        shown = _Shown(self, [group for group, _ in order[: limit + 10]])
        hits: list[Hit] = []
        for group, total in order:
            if len(hits) == limit:
                break
            picked = shown.passage(group)
            if picked is None:
                continue
            found_by = [(REFERENCE, first.index(group) + 1)] if group in first else []
            found_by += [(leg, rank[group]) for leg, rank in zip(LEGS, ranks, strict=True) if group in rank]
            hits.append(
                Hit(picked[0], picked[1], len(hits) + 1, round(total, 4), tuple(found_by), self.known.norms.get(group))
            )
        return hits


class _Shown:
    """Chooses for each Norm or Dokument the passage that shows it best."""

    def __init__(self, search: _Search, groups: Sequence[Group]) -> None:
        self.search = search
        self.kb = search.kb
        self.known = search.known
        self.question_of = self._questions(set(groups))
        standard = [standardise(dict(search.raw[leg])) for leg in (WORDS, VECTORS)]
        floors = [min(scores.values(), default=0.0) for scores in standard]
        # For each group its best text of its own and its best note, as (score, text id).
        self.own: dict[Group, tuple[float, TextId]] = {}
        self.notes: dict[Group, tuple[float, TextId]] = {}
        wanted = set(groups)
        for text_id in {*standard[0], *standard[1]}:
            place = self.known.places.get(text_id)
            score = sum(scores.get(text_id, low) for scores, low in zip(standard, floors, strict=True))
            for group, _ in search.groups.get(text_id, ()):
                if group not in wanted or place is None:
                    continue
                bonus = ABSATZ_BONUS if place.absatz and place.absatz == self._absatz_of(group) else 0.0
                best = self.notes if place.is_note and group in self.known.norms else self.own
                best[group] = max(best.get(group, (float("-inf"), "")), (score + bonus, text_id))
        chosen = [text_id for best in (self.own, self.notes) for _, text_id in best.values()]
        # The index may be a moment behind the database: a text that is gone is no evidence.
        present = self.kb.store.in_force(chosen, search.stichtag)
        self.passages = self.kb.store.passages(present)

    def _questions(self, groups: set[Group]) -> dict[Group, BankQuestion]:
        """For each Norm the nearest bank question that names it first, else one that names it at all."""
        result: dict[Group, BankQuestion] = {}
        found = [self.known.questions.get(hit[0]) for leg in (BANK_VECTORS, BANK_WORDS) for hit in self.search.raw[leg]]
        entries = [entry for entry in found if entry]
        for entry in entries:
            if entry.norms[0].key in groups:
                result.setdefault(entry.norms[0].key, entry)
        for entry in entries:
            for norm in entry.norms[1:]:
                if norm.key in groups:
                    result.setdefault(norm.key, entry)
        return result

    def _absatz_of(self, group: Group) -> str | None:
        """The Absatz its nearest bank question names."""
        question = self.question_of.get(group)
        return question.absatz if question and question.norms[0].key == group else None

    def passage(self, group: Group) -> tuple[Passage, SourceInfo] | None:
        """Passage and source; None if nothing is in force for it."""
        own = self.passages.get(self.own.get(group, (0.0, ""))[1])
        norm = self.known.norms.get(group)
        if norm is None:
            return own
        absatz = self._absatz_of(group)
        if own and absatz in (None, _absatz(own[0])):
            return own
        return self._stored(norm, absatz) or own or self._instead(norm)

    def _stored(self, norm: NormRef, absatz: str | None) -> tuple[Passage, SourceInfo] | None:
        """The passage of the stored Norm (of that Absatz, if it has one) nearest to the question."""
        store, stichtag = self.kb.store, self.search.stichtag
        passages = store.norm_passages(norm, stichtag=stichtag)
        if not passages:
            return None
        passages = [passage for passage in passages if absatz and _absatz(passage) == absatz] or passages
        source = store.source(passages[0].source_id, stichtag)
        if source is None:
            return None
        if len(passages) == 1:
            return passages[0], source
        rows = self.kb.embedder.embed([self.search.question, *(p.text for p in passages)], role="passage")
        scores = (rows[1:] @ rows[0]).tolist()
        return passages[scores.index(max(scores))], source

    def _instead(self, norm: NormRef) -> tuple[Passage, SourceInfo] | None:
        """Where the Norm's text is not stored: the note that cites it and fits best, else the bank question itself."""
        if note := self.passages.get(self.notes.get(norm.key, (0.0, ""))[1]):
            return note
        citing = self.kb.store.passages_citing([norm]).get(norm, [])
        if citing:
            found = self.kb.store.passages(citing[:20])
            present = [found[text_id] for text_id in citing[:20] if text_id in found]
            first = [item for item in present if item[0].refs and item[0].refs[0].norm == norm]
            if present:
                return (first or present)[0]
        question = self.question_of.get(norm.key)
        if question is None:
            asked = self.kb.store.bank_by_norm([norm]).get(norm, [])
            question = asked[0] if asked else None
        return _as_passage(question, norm) if question else None


def _as_passage(question: BankQuestion, norm: NormRef) -> tuple[Passage, SourceInfo]:
    """A bank question in the place of a text: it names the Norm, it proves nothing."""
    source_id = "frage:bank"
    passage = Passage(
        passage_id=f"frage:{question.norms[0].key}",
        text_id=question.text_id,
        source_id=source_id,
        locator=DokRef(source_id),
        heading=norm.key,
        text=question.question,
        refs=question.norms,
    )
    source = SourceInfo(source_id, Kind.FRAGE, "Fragensammlung", "Lotse", "", date.min, date.min)
    return passage, source


@dataclass(frozen=True, slots=True)
class _Place:
    """What is remembered of a passage: its groups with their factors, its Absatz, whether it is from a note."""

    groups: tuple[tuple[Group, float], ...]
    absatz: str | None
    is_note: bool


class _Known:
    """What texts stand for, kept between questions of one index generation."""

    def __init__(self, generation: int) -> None:
        self.generation = generation
        self.places: dict[TextId, _Place] = {}
        self.questions: dict[TextId, BankQuestion] = {}
        self.norms: dict[Group, NormRef] = {}

    def of_passages(
        self, kb: KnowledgeBase, text_ids: Iterable[TextId]
    ) -> dict[TextId, tuple[tuple[Group, float], ...]]:
        """Groups and factors of passages."""
        ids = list(text_ids)
        missing = [text_id for text_id in ids if text_id not in self.places]
        for text_id, (passage, source) in kb.store.passages(missing).items() if missing else ():
            factor = NOTE_NORM if source.kind is Kind.NOTE else 1.0
            norms = self._norms(passage.refs if source.kind is Kind.NOTE else _norms_of(passage))
            groups = tuple((norm, factor) for norm in norms) or ((passage.source_id, 1.0),)
            self.places[text_id] = _Place(groups, _absatz(passage), source.kind is Kind.NOTE)
        return {text_id: self.places[text_id].groups for text_id in ids if text_id in self.places}

    def of_questions(
        self, kb: KnowledgeBase, text_ids: Iterable[TextId]
    ) -> dict[TextId, tuple[tuple[Group, float], ...]]:
        """Normen and factors of bank questions."""
        ids = list(text_ids)
        missing = [text_id for text_id in ids if text_id not in self.questions]
        self.questions.update(kb.store.bank(missing) if missing else {})
        result: dict[TextId, tuple[tuple[Group, float], ...]] = {}
        for text_id in ids:
            if entry := self.questions.get(text_id):
                norms = self._norms(entry.norms)
                result[text_id] = tuple((norm, SECOND_NORM if place else 1.0) for place, norm in enumerate(norms))
        return result

    def _norms(self, refs: Iterable[NormRef]) -> list[Group]:
        """The keys of the Normen, each once, in order; remembers what they stand for."""
        keys: list[Group] = []
        for ref in refs:
            key = ref.key
            self.norms.setdefault(key, ref.norm)
            if key not in keys:
                keys.append(key)
        return keys

    def name(self, norm: NormRef) -> Group:
        """The key of a Norm, remembered."""
        return self._norms((norm,))[0]


_KNOWN: WeakKeyDictionary[KnowledgeBase, _Known] = WeakKeyDictionary()


def _known_groups(kb: KnowledgeBase, reader: IndexReader) -> _Known:
    """Threads may fill it twice alike; a new generation begins anew, as entries of the bank may have changed."""
    known = _KNOWN.get(kb)
    if known is None or known.generation != reader.pointer.generation:
        known = _KNOWN[kb] = _Known(reader.pointer.generation)
    return known


def _norms_of(passage: Passage) -> tuple[NormRef, ...]:
    return (passage.locator.norm,) if isinstance(passage.locator, NormRef) else ()


def _absatz(passage: Passage) -> str | None:
    return passage.locator.absatz if isinstance(passage.locator, NormRef) else None


def _best_first(scored: Scored) -> Scored:
    """Each text once, with its best score."""
    best: dict[TextId, float] = {}
    for text_id, score in scored:
        best[text_id] = max(score, best.get(text_id, score))
    return sorted(best.items(), key=lambda item: (-item[1], item[0]))


def _ranks(scores: dict[Group, float]) -> dict[Group, int]:
    order = sorted(scores, key=lambda group: (-scores[group], str(group)))
    return {group: rank for rank, group in enumerate(order, start=1)}
