"""What the texts and questions of the indexes stand for: Normen and Dokumente, remembered between questions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, TypeAlias
from weakref import WeakKeyDictionary

from kb.model import BankQuestion, Kind, NormRef, Passage, TextId
from kb.unanswerable import FILE, Unanswerable, read_unanswerable

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from kb.generations import IndexReader
    from kb.knowledge_base import KnowledgeBase

# The key of a Norm ("AufenthG § 60c"), or the id of a Dokument that cites none. Strings keep their hash; a NormRef
# would compute it anew in each of the thousand look-ups a question makes.
Group: TypeAlias = str
Groups: TypeAlias = tuple[tuple[Group, float], ...]

SECOND_NORM = 0.8  # what a bank question says about the Normen it names second
NOTE_NORM = 0.9  # what a note's passage says about the Normen it cites: less than their own text


@dataclass(frozen=True, slots=True)
class Place:
    """What is remembered of a passage: its groups with their factors, its Absatz, whether it is from a note."""

    groups: Groups
    absatz: str | None
    is_note: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of the bank near to the one at hand; `cosine` is how near in meaning (-1 to 1)."""

    question: BankQuestion
    cosine: float


@dataclass(frozen=True, slots=True)
class NormTexts:
    """The passages of a Norm as today's text has them: ids, Absätze, vectors (one row each)."""

    text_ids: tuple[TextId, ...]
    absaetze: tuple[str | None, ...]
    vectors: npt.NDArray[np.float32]

    def nearest(self, vector: npt.NDArray[np.float32], absatz: str | None) -> TextId:
        """The passage nearest to the question, of that Absatz if the Norm has it."""
        rows = [row for row, name in enumerate(self.absaetze) if absatz and name == absatz]
        rows = rows or list(range(len(self.text_ids)))
        if len(rows) == 1:
            return self.text_ids[rows[0]]
        scores: list[float] = (self.vectors[rows] @ vector).tolist()
        return self.text_ids[rows[scores.index(max(scores))]]


class Known:
    """What is known of one index generation. Threads may fill it twice alike."""

    def __init__(self, kb: KnowledgeBase, generation: int) -> None:
        self.generation = generation
        self.places: dict[TextId, Place] = {}
        self.questions: dict[TextId, BankQuestion] = {}
        self.norms: dict[Group, NormRef] = {}
        self.unanswerable: Unanswerable = read_unanswerable(kb.config.starter_folder / FILE, kb.embedder)
        self._texts: dict[Group, NormTexts | None] = {}

    def of_passages(self, kb: KnowledgeBase, text_ids: Iterable[TextId]) -> dict[TextId, Groups]:
        """Groups and factors of passages."""
        ids = list(text_ids)
        missing = [text_id for text_id in ids if text_id not in self.places]
        for text_id, (passage, source) in kb.store.passages(missing).items() if missing else ():
            factor = NOTE_NORM if source.kind is Kind.NOTE else 1.0
            norms = self._norms(passage.refs if source.kind is Kind.NOTE else _norms_of(passage))
            groups = tuple((norm, factor) for norm in norms) or ((passage.source_id, 1.0),)
            self.places[text_id] = Place(groups, absatz_of(passage), source.kind is Kind.NOTE)
        return {text_id: self.places[text_id].groups for text_id in ids if text_id in self.places}

    def of_questions(self, kb: KnowledgeBase, text_ids: Iterable[TextId]) -> dict[TextId, Groups]:
        """Normen and factors of bank questions."""
        ids = list(text_ids)
        missing = [text_id for text_id in ids if text_id not in self.questions]
        self.questions.update(kb.store.bank(missing) if missing else {})
        result: dict[TextId, Groups] = {}
        for text_id in ids:
            if entry := self.questions.get(text_id):
                norms = self._norms(entry.norms)
                result[text_id] = tuple((norm, SECOND_NORM if place else 1.0) for place, norm in enumerate(norms))
        return result

    def texts(self, kb: KnowledgeBase, group: Group) -> NormTexts | None:
        """Today's passages of a Norm; None where it is not stored."""
        if group not in self._texts:
            passages = kb.store.norm_passages(self.norms[group])
            self._texts[group] = _norm_texts(kb, passages) if passages else None
        return self._texts[group]

    def name(self, norm: NormRef) -> Group:
        """The key of a Norm, remembered."""
        return self._norms((norm,))[0]

    def _norms(self, refs: Iterable[NormRef]) -> list[Group]:
        """The keys of the Normen, each once, in order; remembers what they stand for."""
        keys: list[Group] = []
        for ref in refs:
            key = ref.key
            self.norms.setdefault(key, ref.norm)
            if key not in keys:
                keys.append(key)
        return keys


_KNOWN: WeakKeyDictionary[KnowledgeBase, Known] = WeakKeyDictionary()
_OPENING = Lock()


def known_groups(kb: KnowledgeBase, reader: IndexReader) -> Known:
    """What is known; a new generation begins anew, as texts and entries of the bank may have changed."""
    with _OPENING:
        known = _KNOWN.get(kb)
        if known is None or known.generation != reader.pointer.generation:
            known = _KNOWN[kb] = Known(kb, reader.pointer.generation)
        return known


def absatz_of(passage: Passage) -> str | None:
    """The Absatz a passage of a Norm belongs to."""
    return passage.locator.absatz if isinstance(passage.locator, NormRef) else None


def _norm_texts(kb: KnowledgeBase, passages: Sequence[Passage]) -> NormTexts:
    return NormTexts(
        tuple(passage.text_id for passage in passages),
        tuple(absatz_of(passage) for passage in passages),
        kb.embedder.embed([passage.text for passage in passages], role="passage"),
    )


def _norms_of(passage: Passage) -> tuple[NormRef, ...]:
    return (passage.locator.norm,) if isinstance(passage.locator, NormRef) else ()
