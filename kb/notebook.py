"""All notes, read once: which of their statements answer a question, best first.

A statement is near a question by its words (weighted by rarity over all notes) and by its meaning; it gains from
resting on the Normen and Absätze the search found, from a note that is about them, and from the section it stands in:
a question about a deadline wants deadlines. Scores are comparable inside one question only.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kb.context import NoteSource, normen_of
from kb.german import index_words, words
from kb.groups import Asked
from kb.model import Hit, NormRef
from kb.note import ENGLISH, LEAD, MYTHS, OPEN, NoteStatement, statement_key

if TYPE_CHECKING:
    from kb.embed import Embedder

# Found by hand on questions of our own and the false premises of the question sets; flat around these values.
_MEANING, _WORDS, _NORM, _ABSATZ, _CENTRE, _TITLE, _NOTE = 1.5, 1.0, 0.5, 0.35, 0.3, 0.2, 0.5
# What a note gains by being that of the nearest bank questions: so many of them, from that cosine on.
_VOTE, _VOTERS, _VOTE_FROM = 1.0, 15, 0.3
_BESIDE = 0.3  # what a statement gains from each of its neighbours
# What a statement gains by answering bank questions that are near: each counts with the power of its nearness above the
# lower cosine, what it answers second a little less than what it answers first; all of it where the nearest question
# with an answer lies at the upper cosine.
ASKED_GAIN = 3.0
_ASKED_FROM, _POWER, _LATER = (0.3, 0.6), 3, 0.9
_LEADS = 0.3  # what "Kurz gesagt" says answers most questions
_FITS_SECTION = 0.15
_MYTH = 0.25
_NEAR_PLACES = 3
_CENTRAL_NORMEN = 4
_BEST_OF_NOTE = 3

# What a question asks for, told from its words, and the section that holds it.
_ASKS_FOR: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (heading, re.compile("|".join(patterns), re.I))
    for heading, patterns in (
        (
            "Fristen und Dauer",
            (
                r"\bwann\b",
                r"\bwie lange\b",
                r"\bfrist",
                r"\bdauer",
                r"\bwie viele? (?:tage|wochen|monate|jahre)\b",
                r"rechtzeitig",
                r"\bzu (?:früh|spät)\b",
            ),
        ),
        (
            "Ausnahmen und Ausschlussgründe",
            ("ausschl", "ausgeschlossen", "ausnahme", "verbot", "versag", "verweiger", "straf", "trotz", "obwohl"),
        ),
        (
            "So geht es in der Praxis",
            (
                r"\bwie (?:stell|beantrag|geht|mach|läuft|komm)",
                r"\bwo\b",
                r"\bwelche (?:unterlagen|behörde|stelle)",
                r"formular",
                r"zuständig",
                r"\bwer (?:entscheidet|zahlt|hilft)",
            ),
        ),
        ("Voraussetzungen", ("voraussetz", r"\bbekomm", r"\bkrieg", r"\bwer (?:kann|darf)", r"\bdarf\b", "bedingung")),
        ("Was sich geändert hat", ("geändert", "änderung", r"\bneu", "immer noch", "noch immer", "inzwischen")),
    )
)
_DOUBTS = re.compile(
    r"\bstimmt\b|\boder\?|\brichtig\b|gehört|angeblich|heißt es|behaupt|\bmeint\b|\bsagt\b|reicht|\bdoch\b|immer noch|"
    r"\bautomatisch\b",
    re.I,
)
_COMPARES = re.compile(
    r"unterschied|vergleich|\bbesser\b|\bvorteil|\boder\b.*§|§.*\boder\b|difference|compare|versus|\bvs\b", re.I
)
_ROW = re.compile(r" – [^;]+: [^;]+; ")
_COMPARED = 0.35
# "After that …", "no such period": a sentence that leans on the one before it reads badly alone.
_LEANS = re.compile(
    r"^(?:After that|It (?!is wrong)|This |They |Then |Danach|Dann |Dies|Das gilt|Sie |Er )|"
    r"\bno such\b|\bsolche Frist\b"
)
_LEANING = 0.25
ROW = "row"
_RARELY = 4  # statements
_TOPIC_SHARE = 0.02
_STATUSES = {
    "duldung": re.compile(r"duldung|geduldet|duldung|toleration|tolerated", re.I),
    "gestattung": re.compile(
        r"gestattung|gestattete|asylbewerber(?!leist)|asylum[- ](?:seeker|procedure)|im asylverfahren", re.I
    ),
    "titel": re.compile(r"aufenthaltserlaubnis|aufenthaltstitel|residence (?:permit|title)", re.I),
}
_OTHER_STATUS = 0.25


@dataclass(frozen=True, slots=True)
class Entry:
    """A statement of a note with its words."""

    note: NoteSource
    statement: NoteStatement
    words: tuple[str, ...]
    keys: tuple[str, ...] = ()  # of the Normen it rests on; strings keep their hash
    leans: bool = False
    is_row: bool = False
    statuses: frozenset[str] = frozenset()

    @classmethod
    def read(cls, note: NoteSource, statement: NoteStatement) -> Entry:
        """The statement with what is told from its words once and for all."""
        return cls(
            note,
            statement,
            tuple(index_words(statement.text)),
            tuple(dict.fromkeys(ref.key for ref in statement.refs)),
            _LEANS.search(statement.text) is not None,
            _ROW.search(statement.text) is not None,
            statuses(statement.text),
        )

    @property
    def is_claim(self) -> bool:
        """False for what a note only asks or leaves open, and for "Entfällt."."""
        is_open = self.statement.heading == OPEN and not self.statement.refs
        return bool(self.statement.bracket) and not is_open


@dataclass(frozen=True, slots=True)
class Ranked:
    """An entry with its score for one question; `order` is its place in the notebook.

    `answers` is what it gained by answering a bank question near to this one (0 to 1).
    """

    score: float
    order: int
    entry: Entry
    answers: float = 0.0


class Notebook:
    """The notes of one state of the knowledge base; threads may share it.

    What does not depend on the question is turned into arrays here, once: a question is a few sums over them.
    """

    def __init__(self, notes: Sequence[NoteSource], embedder: Embedder | None = None) -> None:
        import numpy as np

        self.notes = tuple(notes)
        self.entries = tuple(Entry.read(note, statement) for note in notes for statement in note.statements)
        self._embedder = embedder
        spoken = [entry.statement.lang if entry.is_claim else "" for entry in self.entries]
        self._spoken = _postings([(lang,) for lang in spoken])
        self._in_section = _postings([(entry.statement.heading,) for entry in self.entries])
        self._keyed = _postings([(statement_key(entry.statement.text),) for entry in self.entries])
        self._citing = _postings([entry.keys for entry in self.entries])
        self._at_place = _postings([{str(ref.to_absatz()) for ref in e.statement.refs} for e in self.entries])
        self._about = _postings([entry.statuses for entry in self.entries])
        self._having = _postings([set(entry.words) for entry in self.entries])
        self.topics = self._topics()
        self.rare = frozenset(word for word, held in self._having.items() if len(held) <= _RARELY and len(word) >= 10)
        self._rows_of_tables = self._where(lambda entry: entry.is_row)
        self._leaning = self._where(lambda entry: entry.leans)
        lengths = np.array([len(entry.words) for entry in self.entries], dtype=np.float32)
        mean = float(lengths.mean()) if len(lengths) else 1.0
        self._weight = 2.2 / (1.6 + 0.6 * lengths / (mean or 1.0))
        place = {note.source.id: number for number, note in enumerate(self.notes)}
        self._named = {note.source.stem: number for number, note in enumerate(self.notes)}
        self._note_of = np.array([place[entry.note.source.id] for entry in self.entries], dtype=np.int64)
        self._meanings: Any = None
        self._titles: Any = None
        if embedder is not None and self.entries:
            self._meanings = embedder.embed([entry.statement.text for entry in self.entries], role="passage")
            titles = [f"{note.source.title} {note.title_en}".strip() for note in notes]
            self._titles = embedder.embed(titles, role="passage")

    def rank(
        self,
        question: str,
        hits: Sequence[Hit],
        *,
        lang: str,
        limit: int | None = None,
        asked: Sequence[Asked] = (),
    ) -> list[Ranked]:
        """The statements in a language, best first, at most `limit`; `asked` are the nearest questions of the bank."""
        import numpy as np

        spoken = self._spoken.get(lang)
        if spoken is None or not len(spoken):
            return []
        normen = normen_of(hits)
        centre = np.array([_centre(note, normen) for note in self.notes], dtype=np.float32)
        meaning, title = self._meaning(question)
        of_note = _CENTRE * centre + _TITLE * title
        total = _MEANING * meaning + _WORDS * self._word_scores(question) + of_note[self._note_of]
        answers = self._by_asked(asked)
        total += self._by_place(normen, _places(hits)) + self._by_form(question) + ASKED_GAIN * answers
        total += _VOTE * self._votes(asked)[self._note_of] + _BESIDE * self._beside(meaning)
        scores = total[spoken]
        of = self._note_of[spoken]
        scores = scores + _NOTE * self._fit(scores, of)[of]
        order = np.lexsort((spoken, -scores))[:limit]
        chosen = [(float(scores[at]), int(spoken[at])) for at in order]
        return [Ranked(score, place, self.entries[place], float(answers[place])) for score, place in chosen]

    def _topics(self) -> frozenset[str]:
        """The words that name the matter of one note, two at most, and are not everywhere."""
        titled = Counter(word for note in self.notes for word in set(words(f"{note.source.title} {note.title_en}")))
        often = _TOPIC_SHARE * len(self.entries)
        named = [word for word, held in titled.items() if held <= 2 and len(word) >= 4 and word.isalpha()]
        return frozenset(word for word in named if len(self._having.get(word, ())) <= often)

    def _where(self, holds: Callable[[Entry], bool]) -> Any:
        import numpy as np

        return np.array([index for index, entry in enumerate(self.entries) if holds(entry)], dtype=np.int64)

    def _by_place(self, normen: Sequence[NormRef], places: Set[NormRef]) -> Any:
        """What each statement gains by resting on the Normen found, the first most, and on their very Absatz."""
        import numpy as np

        gain = np.zeros(len(self.entries), dtype=np.float32)
        # the first Norm last, so that it counts where a statement rests on several
        for rank, norm in reversed(list(enumerate(normen, start=1))):
            citing = self._citing.get(norm.key)
            if citing is not None:
                gain[citing] = _NORM / rank
        for place in places:
            if (there := self._at_place.get(str(place))) is not None:
                gain[there] += _ABSATZ
        return gain

    def _by_asked(self, asked: Sequence[Asked]) -> Any:
        """How much each statement answers bank questions that are near (0 to 1): the nearest and the agreed most."""
        import numpy as np

        gain = np.zeros(len(self.entries), dtype=np.float32)
        low, high = _ASKED_FROM
        answered = [near for near in asked if near.question.answer and near.cosine > low]
        for near in answered:
            worth = (near.cosine - low) ** _POWER
            for place, key in enumerate(near.question.answer):
                there = self._keyed.get(key)
                if there is not None:
                    gain[there] += worth * _LATER**place
        top = gain.max(initial=0.0)
        if not top:
            return gain
        nearest = max(near.cosine for near in answered)
        return gain / top * min(1.0, (nearest - low) / (high - low))

    def _votes(self, asked: Sequence[Asked]) -> Any:
        """For each note its share of the nearest bank questions, weighted by nearness; they sum to 1, or to 0."""
        import numpy as np

        votes = np.zeros(len(self.notes), dtype=np.float32)
        for near in asked[:_VOTERS]:
            place = self._named.get(near.question.note or "")
            if place is not None:
                votes[place] += max(0.0, near.cosine - _VOTE_FROM)
        total = votes.sum()
        return votes / total if total else votes

    def _beside(self, meaning: Any) -> Any:
        """The meaning of the statements before and after in the same note: conditions of one rule stand together."""
        import numpy as np

        before = np.zeros_like(meaning)
        after = np.zeros_like(meaning)
        same = self._note_of[1:] == self._note_of[:-1]
        before[1:][same] = meaning[:-1][same]
        after[:-1][same] = meaning[1:][same]
        return before + after

    def _by_form(self, question: str) -> Any:
        """What each statement gains or loses by its section and by how it is put."""
        import numpy as np

        gain = np.zeros(len(self.entries), dtype=np.float32)
        sections = _sections(question)
        for heading, value in sections.items():
            if (there := self._in_section.get(heading)) is not None:
                gain[there] += value
        gain[self._leaning] -= _LEANING
        gain[self._rows_of_tables] += sections.get(ROW, 0.0)
        if asked := statuses(question):
            other = np.zeros(len(self.entries), dtype=bool)
            same = np.zeros(len(self.entries), dtype=bool)
            for status, there in self._about.items():
                (same if status in asked else other)[there] = True
            gain[other & ~same] -= _OTHER_STATUS
        return gain

    def _fit(self, scores: Any, of: Any) -> Any:
        """How well each note fits: the mean of its best statements, 0 for the best note, less for others."""
        import numpy as np

        means = np.full(len(self.notes), -np.inf, dtype=np.float32)
        order = np.lexsort((-scores, of))
        starts = np.flatnonzero(np.diff(of[order], prepend=-1))
        for start, end in zip(starts, [*starts[1:], len(order)], strict=True):
            best = scores[order[start : min(end, start + _BEST_OF_NOTE)]]
            means[of[order[start]]] = best.sum() / _BEST_OF_NOTE
        return means - means.max()

    def _word_scores(self, question: str) -> Any:
        """BM25 of the question in each statement, over the most a statement could reach."""
        import numpy as np

        asked = sorted({word for word in (*words(question), *index_words(question)) if word in self._having})
        scores = np.zeros(len(self.entries), dtype=np.float32)
        for word in asked:
            scores[self._having[word]] += self.rarity(word)
        total = sum(self.rarity(word) for word in asked)
        return scores * self._weight / total if total else scores

    def rarity(self, word: str) -> float:
        """How much a stem says: high if few statements have it."""
        held, size = len(self._having.get(word, ())), len(self.entries)
        return math.log(1 + (size - held + 0.5) / (held + 0.5))

    def _meaning(self, question: str) -> tuple[Any, Any]:
        """Similarity of the question to each statement, and to each note's title."""
        import numpy as np

        if self._embedder is None or self._meanings is None:
            return np.zeros(len(self.entries), dtype=np.float32), np.zeros(len(self.notes), dtype=np.float32)
        query = self._embedder.embed([question], role="query")[0]
        return self._meanings @ query, self._titles @ query


def statuses(text: str) -> frozenset[str]:
    """Which kinds of stay a text names: what holds for one says little about another."""
    return frozenset(name for name, pattern in _STATUSES.items() if pattern.search(text))


def _postings(of_each: Sequence[Iterable[str]]) -> dict[str, Any]:
    """For each name the indices that have it."""
    import numpy as np

    having: dict[str, list[int]] = {}
    for index, names in enumerate(of_each):
        for name in names:
            having.setdefault(name, []).append(index)
    return {name: np.array(indices, dtype=np.int64) for name, indices in having.items()}


def _places(hits: Sequence[Hit]) -> set[NormRef]:
    """The Absätze the search found, of the first hits."""
    locators = [hit.passage.locator for hit in hits[:_NEAR_PLACES]]
    return {ref.to_absatz() for ref in locators if isinstance(ref, NormRef) and ref.absatz}


def _centre(note: NoteSource, normen: Sequence[NormRef]) -> float:
    """How much of a note rests on the Normen found, the first counting most."""
    return sum(note.centrality.get(norm, 0.0) / rank for rank, norm in enumerate(normen[:_CENTRAL_NORMEN], start=1))


def _sections(question: str) -> dict[str, float]:
    """What a statement gains by the section it stands in; "row" by being the row of a comparison."""
    gains = {LEAD: _LEADS, ENGLISH: 0.0}
    gains |= {heading: _FITS_SECTION for heading, pattern in _ASKS_FOR if pattern.search(question)}
    if _DOUBTS.search(question):
        gains[MYTHS] = _MYTH
    if _COMPARES.search(question):
        gains[ROW] = _COMPARED
    return gains
