"""All notes, read once: which of their statements answer a question, best first.

A statement is near a question by its words (weighted by rarity over all notes) and by its meaning; it gains from
resting on the Normen and Absätze the search found, from a note that is about them, and from the section it stands in:
a question about a deadline wants deadlines. Scores are comparable inside one question only.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kb.context import NoteSource
from kb.german import index_words, words
from kb.model import Hit, NormRef
from kb.note import ENGLISH, NoteStatement

if TYPE_CHECKING:
    from kb.embed import Embedder

LEAD = "Kurz gesagt"
MYTHS = "Typische Fehler"
OPEN = "Was offen bleibt"

# Found by hand on questions of our own and the false premises of the question sets; flat around these values.
_MEANING, _WORDS, _NORM, _ABSATZ, _CENTRE, _TITLE, _NOTE = 1.5, 1.0, 0.5, 0.35, 0.3, 0.2, 0.5
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
    r"^(?:After that|It |This |They |Then |Danach|Dann |Dies|Das gilt|Sie |Er )|\bno such\b|\bsolche Frist\b"
)
_LEANING = 0.25


@dataclass(frozen=True, slots=True)
class Entry:
    """A statement of a note with its words."""

    note: NoteSource
    statement: NoteStatement
    words: tuple[str, ...]
    keys: tuple[str, ...] = ()  # of the Normen it rests on; strings keep their hash
    leans: bool = False
    is_row: bool = False

    @property
    def is_claim(self) -> bool:
        """False for what a note only asks or leaves open, and for "Entfällt."."""
        is_open = self.statement.heading == OPEN and not self.statement.refs
        return bool(self.statement.bracket) and not is_open


@dataclass(frozen=True, slots=True)
class Ranked:
    """An entry with its score for one question; `order` is its place in the notebook."""

    score: float
    order: int
    entry: Entry


class Notebook:
    """The notes of one state of the knowledge base; threads may share it."""

    def __init__(self, notes: Sequence[NoteSource], embedder: Embedder | None = None) -> None:
        self.notes = tuple(notes)
        self.entries = tuple(
            Entry(
                note,
                statement,
                tuple(index_words(statement.text)),
                tuple(dict.fromkeys(ref.key for ref in statement.refs)),
                _LEANS.search(statement.text) is not None,
                _ROW.search(statement.text) is not None,
            )
            for note in notes
            for statement in note.statements
        )
        self._embedder = embedder
        self._having: dict[str, list[int]] = {}
        for index, entry in enumerate(self.entries):
            for word in set(entry.words):
                self._having.setdefault(word, []).append(index)
        self._mean = sum(len(entry.words) for entry in self.entries) / max(len(self.entries), 1) or 1.0
        self._rows: Any = None
        self._titles: Any = None
        if embedder is not None and self.entries:
            self._rows = embedder.embed([entry.statement.text for entry in self.entries], role="passage")
            titles = [f"{note.source.title} {note.title_en}".strip() for note in notes]
            self._titles = embedder.embed(titles, role="passage")

    def rank(self, question: str, hits: Sequence[Hit], *, lang: str) -> list[Ranked]:
        """The statements in a language, best first."""
        normen = list(dict.fromkeys(hit.norm.norm for hit in hits if hit.norm is not None))
        ranks = {norm.key: rank for rank, norm in enumerate(normen, start=1)}
        places = _places(hits)
        spoken = [index for index, entry in enumerate(self.entries) if entry.statement.lang == lang and entry.is_claim]
        by_words, (by_meaning, by_title) = self._word_scores(question), self._meaning(question)
        centre = {note.source.id: _centre(note, normen) for note in self.notes}
        sections = _sections(question)
        scores: dict[int, float] = {}
        for index in spoken:
            entry = self.entries[index]
            own = entry.note.source.id
            refs = entry.statement.refs
            near = max((1 / ranks[key] for key in entry.keys if key in ranks), default=0.0)
            scores[index] = (
                _MEANING * by_meaning[index]
                + _WORDS * by_words.get(index, 0.0)
                + _NORM * near
                + (_ABSATZ if near and any(ref.to_absatz() in places for ref in refs) else 0.0)
                + _CENTRE * centre[own]
                + _TITLE * by_title[own]
                + sections.get(entry.statement.heading, 0.0)
            )
            if entry.leans:
                scores[index] -= _LEANING
            if entry.is_row and "row" in sections:
                scores[index] += sections["row"]
        fit = self._fit(scores)
        ranked = [Ranked(score + _NOTE * fit[self.entries[i].note.source.id], i, self.entries[i])
                  for i, score in scores.items()]  # fmt: skip
        return sorted(ranked, key=lambda each: (-each.score, each.order))

    def _fit(self, scores: Mapping[int, float]) -> dict[str, float]:
        """How well each note fits: the mean of its best statements, 0 for the best note, less for others."""
        best: dict[str, list[float]] = {}
        for index, score in scores.items():
            best.setdefault(self.entries[index].note.source.id, []).append(score)
        means = {own: sum(sorted(found)[-_BEST_OF_NOTE:]) / _BEST_OF_NOTE for own, found in best.items()}
        top = max(means.values(), default=0.0)
        return {own: mean - top for own, mean in means.items()}

    def _word_scores(self, question: str) -> dict[int, float]:
        """BM25 of the question in each statement that shares a word, over the most a statement could reach."""
        asked = {word for word in (*words(question), *index_words(question)) if word in self._having}
        total = sum(self._rarity(word) for word in asked)
        scores: dict[int, float] = {}
        for word in asked:
            for index in self._having[word]:
                length = len(self.entries[index].words) / self._mean
                scores[index] = scores.get(index, 0.0) + self._rarity(word) / total * 2.2 / (1.6 + 0.6 * length)
        return scores

    def _rarity(self, word: str) -> float:
        held, size = len(self._having[word]), len(self.entries)
        return math.log(1 + (size - held + 0.5) / (held + 0.5))

    def _meaning(self, question: str) -> tuple[Sequence[float], Mapping[str, float]]:
        if self._embedder is None or self._rows is None:
            return [0.0] * len(self.entries), dict.fromkeys((note.source.id for note in self.notes), 0.0)
        query = self._embedder.embed([question], role="query")[0]
        titles = (self._titles @ query).tolist()
        by_title = {note.source.id: value for note, value in zip(self.notes, titles, strict=True)}
        return (self._rows @ query).tolist(), by_title


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
        gains["row"] = _COMPARED
    return gains
