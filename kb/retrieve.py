"""Question and Stichtag → Hits: references looked up, four legs searched, fused, collapsed to Normen and Dokumente.

Legs: words with n-grams and vectors, each over passages and over the question bank. A Norm's score in a leg is its best
passage's, or its best bank question's; a note's passage brings the Normen it cites. Each leg is standardised per
question, then summed. A Norm the question names comes first, whatever the search says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import log
from typing import TYPE_CHECKING, TypeAlias

from kb import german
from kb.calibration import Evidence, confidence
from kb.fuse import best_per_group, fuse, standardise
from kb.groups import Asked, Group, absatz_of, known_groups
from kb.model import BankQuestion, DokRef, Hit, Kind, NormRef, Partition, Passage, SourceInfo, TextId
from kb.normref import find_norm_refs

if TYPE_CHECKING:
    from kb.generations import IndexReader
    from kb.knowledge_base import KnowledgeBase

Scored: TypeAlias = list[tuple[TextId, float]]

REFERENCE, WORDS, VECTORS, BANK_WORDS, BANK_VECTORS = "reference", "words", "vectors", "bank_words", "bank_vectors"
LEGS = (WORDS, VECTORS, BANK_WORDS, BANK_VECTORS)
# Chosen on the traps and the FAQ of the domain folder, which neither the bank nor the embedding has seen (mrr@10 .75
# against .72 with RETRIEVAL.md's 1, 1, 2, 4, found before there were notes); flat around these values.
WEIGHTS = {WORDS: 1.5, VECTORS: 1.5, BANK_WORDS: 1.0, BANK_VECTORS: 2.0}
FETCHED = 100  # of each leg; 60 and 200 find the same
ASKED = 30  # bank questions handed on to whoever chooses what is said
# Below the lower cosine the nearest bank question is about something else and says nothing, above the upper all.
BANK_TRUST = (0.25, 0.5)
# The Absatz a matching bank question names is worth this many standard deviations when a Norm's passage is chosen.
ABSATZ_BONUS = 1.5


@dataclass(frozen=True, slots=True)
class Retrieval:
    """What a question found: hits best first, the references it names (known or not), its language.

    `confidence` is the calibrated probability (0 to 1) that the Norm that decides is among the first five hits, `asked`
    the nearest questions of the bank, best first.
    """

    hits: list[Hit]
    confidence: float
    refs: tuple[NormRef, ...]
    lang: str
    evidence: Evidence
    asked: tuple[Asked, ...] = ()


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
    hits = found.hits(named, ranked, legs, limit)
    evidence = found.evidence(hits, has_reference=bool(named))
    return Retrieval(hits, confidence(evidence), refs, german.language(question), evidence, found.asked())


class _Search:
    """One question, its raw results and what they stand for."""

    def __init__(self, question: str, kb: KnowledgeBase, stichtag: date | None) -> None:
        self.question = question
        self.kb = kb
        self.stichtag = stichtag
        reader = kb.reader()
        self.reader = reader
        self.vector = kb.embedder.embed([question], role="query")[0]
        self.raw = self._raw(reader)
        self.known = known_groups(kb, reader)
        texts = {text_id for leg in (WORDS, VECTORS) for text_id, _ in self.raw[leg]}
        questions = {text_id for leg in (BANK_WORDS, BANK_VECTORS) for text_id, _ in self.raw[leg]}
        if stichtag is not None:
            texts = kb.store.in_force(texts, stichtag)
            for leg in (WORDS, VECTORS):
                self.raw[leg] = [hit for hit in self.raw[leg] if hit[0] in texts]
        self.groups = {**self.known.of_passages(kb, texts), **self.known.of_questions(kb, questions)}

    def _raw(self, reader: IndexReader) -> dict[str, Scored]:
        vector = self.vector
        partitions = [Partition.CURRENT] + ([Partition.HISTORY] if self.stichtag is not None else [])
        words: Scored = []
        vectors: Scored = []
        for partition in partitions:
            words += reader.lexical(partition).search(self.question, limit=FETCHED)
            vectors += reader.vectors(partition).nearest(vector, limit=FETCHED)
        return {
            WORDS: _best_first(words),
            VECTORS: _best_first(vectors),
            BANK_WORDS: reader.lexical(Partition.BANK).search(self.question, limit=FETCHED),
            BANK_VECTORS: reader.vectors(Partition.BANK).nearest(vector, limit=FETCHED),
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

    def asked(self) -> tuple[Asked, ...]:
        """The questions of the bank nearest in meaning."""
        nearest = [(self.known.questions.get(text_id), cosine) for text_id, cosine in self.raw[BANK_VECTORS][:ASKED]]
        return tuple(Asked(question, cosine) for question, cosine in nearest if question is not None)

    def evidence(self, hits: Sequence[Hit], *, has_reference: bool) -> Evidence:
        """What the confidence is read from: the bank where there is one, else the texts found."""
        bank = self.reader.lexical(Partition.BANK)
        # A document of the user's own may answer what the bank has never heard of.
        from_texts = not len(bank) or bool(hits and hits[0].norm is None and hits[0].source.kind is not Kind.NOTE)
        others = self.known.unanswerable
        return Evidence(
            subject=others.subject(self.vector, [cosine for _, cosine in self.raw[BANK_VECTORS]]),
            word_odds=others.word_odds(self.question, bank),
            coverage=self._coverage(hits[:3]) if from_texts else 0.0,
            text_cosine=self._top(VECTORS),
            words=len(set(german.words(self.question))),
            has_reference=has_reference,
            from_texts=from_texts,
        )

    def _coverage(self, hits: Sequence[Hit]) -> float:
        """The share of the question's words, rare ones counting more, that the best of these passages has (0 to 1)."""
        words = sorted(set(german.words(self.question)))
        texts = self.reader.lexical(Partition.CURRENT)
        counts = texts.document_counts(words)
        rarity = {word: log((len(texts) + 1) / (count + 0.5)) for word, count in zip(words, counts, strict=True)}
        total = sum(rarity.values())
        if not total:
            return 0.0
        passages = ["\n".join((*hit.passage.context, hit.passage.heading, hit.passage.text)) for hit in hits]
        held = [sum(rarity.get(word, 0.0) for word in set(german.index_words(text))) for text in passages]
        return max(held, default=0.0) / total

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
        shown = _Shown(self, [group for group, _ in order[: limit + 10]], limit)
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

    def __init__(self, search: _Search, groups: Sequence[Group], limit: int) -> None:
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
        nearest = {group: self._nearest_stored(group) for group in groups[:limit]}
        self.stored = {group: text_id for group, text_id in nearest.items() if text_id}
        chosen = [text_id for best in (self.own, self.notes) for _, text_id in best.values()]
        chosen += self.stored.values()
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

    def _needs_stored(self, group: Group) -> bool:
        """True if the search did not bring a text of the Norm, or brought another Absatz than the one that decides."""
        own = self.own.get(group)
        place = self.known.places.get(own[1]) if own else None
        return group in self.known.norms and (place is None or self._absatz_of(group) not in (None, place.absatz))

    def _nearest_stored(self, group: Group) -> TextId | None:
        """The text of today's Norm to show where the search brought none that will do."""
        if self.search.stichtag is not None or not self._needs_stored(group):
            return None
        texts = self.known.texts(self.kb, group)
        return texts.nearest(self.search.vector, self._absatz_of(group)) if texts else None

    def passage(self, group: Group) -> tuple[Passage, SourceInfo] | None:
        """Passage and source; None if nothing is in force for it."""
        own = self.passages.get(self.own.get(group, (0.0, ""))[1])
        norm = self.known.norms.get(group)
        if norm is None:
            return own
        if own and not self._needs_stored(group):
            return own
        stored = self.passages.get(self.stored.get(group, "")) or self._stored(norm, self._absatz_of(group))
        return stored or own or self._instead(norm)

    def _stored(self, norm: NormRef, absatz: str | None) -> tuple[Passage, SourceInfo] | None:
        """The passage of the stored Norm (of that Absatz, if it has one) nearest to the question."""
        store, stichtag = self.kb.store, self.search.stichtag
        passages = store.norm_passages(norm, stichtag=stichtag)
        if not passages:
            return None
        passages = [passage for passage in passages if absatz and absatz_of(passage) == absatz] or passages
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


def _best_first(scored: Scored) -> Scored:
    """Each text once, with its best score."""
    best: dict[TextId, float] = {}
    for text_id, score in scored:
        best[text_id] = max(score, best.get(text_id, score))
    return sorted(best.items(), key=lambda item: (-item[1], item[0]))


def _ranks(scores: dict[Group, float]) -> dict[Group, int]:
    order = sorted(scores, key=lambda group: (-scores[group], str(group)))
    return {group: rank for rank, group in enumerate(order, start=1)}
