"""What a check collects: places that rest on a Norm, sentences to be held against their text, findings, counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from kb.errors import CitationError
from kb.model import NormRef, Stufe
from kb.normref import parse_norm_key
from kb.note import Bracket, read_bracket, statement_key


@dataclass(frozen=True, slots=True)
class CheckError:
    """One finding: the file (relative to the starter folder), its line from 1, the reference it is about or ""."""

    file: str
    line: int
    ref: str
    message: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """What there is on one topic, the id of its note.

    Numbers of German and English statements, of bank questions, misconceptions, cells of the matrices, FAQ entries and
    contacts.
    """

    topic: str
    statements: int = 0
    english: int = 0
    questions: int = 0
    traps: int = 0
    cells: int = 0
    faq: int = 0
    contacts: int = 0


@dataclass(frozen=True, slots=True)
class CheckReport:
    """All findings in order of file and line, what was looked at, and what each topic has."""

    errors: tuple[CheckError, ...]
    counts: Mapping[str, int] = field(default_factory=dict)
    coverage: tuple[Coverage, ...] = ()

    @property
    def unverified_share(self) -> float:
        """The share of statements whose own note says that their source was not seen (0 to 1)."""
        return self.counts.get("unverified", 0) / max(1, self.counts.get("statements", 0))


@dataclass(frozen=True, slots=True)
class Use:
    """A place in the starter knowledge that rests on a Norm."""

    file: str
    line: int
    ref: NormRef


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence of ours with the references in its bracket."""

    file: str
    line: int
    text: str
    bracket: Bracket


class Findings:
    """The starter folder as it is being read."""

    def __init__(self) -> None:
        self.uses: list[Use] = []
        self.said: list[Said] = []
        self.errors: list[CheckError] = []
        self.counts: Counter[str] = Counter()
        # per topic: what Coverage counts
        self.of_topic: dict[str, Counter[str]] = {}
        self.keys: set[str] = set()  # of all statements
        self.answers: list[tuple[str, int, str]] = []  # file, line, key of a statement that answers a question

    def find(self, file: str, line: int, message: str, ref: str = "") -> None:
        """Notes one finding."""
        self.errors.append(CheckError(file, line, ref, message))

    def sentence(self, file: str, line: int, text: str, inside: str) -> None:
        """Takes a sentence of ours with the inside of its bracket."""
        self.counts["statements"] += 1
        self.keys.add(statement_key(text))
        try:
            bracket = read_bracket(inside)
        except CitationError as error:
            self.find(file, line, f"the bracket cannot be read: {error.message}", inside)
            return
        if not bracket.refs and not bracket.mark:
            self.find(file, line, "the bracket is empty", inside)
        self.counts["unverified"] += "nicht geprüft" in bracket.mark
        self.uses += [Use(file, line, ref) for ref in bracket.refs]
        self.said.append(Said(file, line, text, bracket))

    def key(self, file: str, line: int, key: str, absatz: str | None = None) -> None:
        """Takes the key of a Norm ("AufenthG § 60c"), with its Absatz if one is named."""
        try:
            ref = parse_norm_key(key)
        except CitationError as error:
            self.find(file, line, error.message, key)
            return
        if absatz:
            ref = NormRef(ref.gesetz, ref.einheit, ref.nummer, ((Stufe.ABSATZ, str(absatz)),))
        self.uses.append(Use(file, line, ref))

    def topic(self, file: str, line: int, topic: str, what: str) -> None:
        """Counts a line for its topic; one that no note is about is a finding."""
        if topic in self.of_topic:
            self.of_topic[topic][what] += 1
        else:
            self.find(file, line, f"no note has the id {topic!r}", topic)

    def check_answers(self) -> None:
        """Once all is read: what answers a question must still be said, word for word."""
        for file, line, key in self.answers:
            self.counts["answers"] += 1
            if key not in self.keys:
                self.find(file, line, "the statement that answers it was reworded or is gone: choose anew", key)

    def covered(self) -> tuple[Coverage, ...]:
        """What each topic has, in the order of their ids."""
        return tuple(Coverage(topic, **counts) for topic, counts in sorted(self.of_topic.items()))
