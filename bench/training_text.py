"""What the static embedding learns from: pairs of texts that belong together, with the Norm they belong to.

Stage 1 is the law itself: heading and Absatz, neighbouring Absätze, neighbouring sentences of all federal law.
Stage 2 is knowledge written for Lotse: bank questions and the Absatz that decides them, bank questions and the
statements that answer them, statements of the notes and the Absatz they cite, German and English statements with one
reference, terms of the glossary, misconceptions, questions without an answer here by their reason.
`questions/dev.jsonl` and `tests/gold` stay unread.
"""

from __future__ import annotations

import csv
import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from bench.law_text import LawText, Statute

_SENTENCE = re.compile(r"(?<=[a-zäöüß]{3}[.;:]) +(?=[A-ZÄÖÜ0-9])")
_BRACKET = re.compile(r"\s*\[([^\]]+)\]\s*$")
_MARK = re.compile(r"^(?:[-*]|\d+\.)\s+")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts that belong together; `norm` ("AufenthG § 60c" or any key) marks what is no negative for them."""

    left: str
    right: str
    norm: str


@dataclass(frozen=True, slots=True)
class Question:
    """A bank question: the Normen that decide it, most decisive first, and the Absatz of the first.

    `note` is its note, `answer` the keys of the statements that answer it.
    """

    text: str
    lang: str
    style: str
    norms: tuple[str, ...]
    absatz: str | None
    note: str = ""
    answer: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """A statement of a note: its language, the note's id and the inside of its bracket."""

    text: str
    lang: str
    note: str
    bracket: str


def law_pairs(law: Iterator[LawText], *, seed: int, limit: int) -> list[Pair]:
    """At most `limit` pairs of federal law, shuffled: the same seed gives the same list."""
    pairs: list[Pair] = []
    for number, norm in enumerate(law):
        key = f"{norm.jurabk}/{norm.enbez}/{number}"
        absaetze = [text for text in norm.absaetze if len(text) > 30]
        heading = norm.heading if norm.heading.casefold() not in ("", "(weggefallen)", "inkrafttreten") else ""
        if heading:
            pairs.extend(Pair(heading, text, key) for text in absaetze[:4])
        pairs.extend(Pair(one, two, key) for one, two in pairwise(absaetze))
        for text in absaetze:
            sentences = [part for part in _SENTENCE.split(text) if len(part) > 40]
            pairs.extend(Pair(one, two, key) for one, two in pairwise(sentences))
    random.Random(seed).shuffle(pairs)
    return pairs[:limit]


def read_questions(files: Sequence[Path]) -> list[Question]:
    """The bank, in the order of its files."""
    result: list[Question] = []
    for file in files:
        for line in file.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            norms = tuple(name.replace("Art ", "Art. ") for name in row["norms"])
            note, answer = row.get("note") or "", tuple(row.get("answer") or ())
            result.append(Question(row["question"], row["lang"], row["style"], norms, row["absatz"], note, answer))
    return result


def read_statements(files: Sequence[Path]) -> dict[str, Said]:
    """The statements of notes by their key."""
    from kb.note import ENGLISH, split_statements, statement_key

    result: dict[str, Said] = {}
    for file in files:
        body = file.read_text(encoding="utf-8").split("---", 2)[2]
        german, _, english = body.partition(f"## {ENGLISH}")
        for text, lang in ((german, "de"), (english, "en")):
            for _, sentence, inside in split_statements(text):
                if inside:
                    result[statement_key(sentence)] = Said(sentence, lang, file.stem, inside)
    return result


def answer_pairs(questions: Sequence[Question], said: Mapping[str, Said]) -> dict[str, list[Pair]]:
    """For each note its questions with each statement that answers them.

    The questions of one note stand against the statements of that note which do not answer them: that is the choice an
    answer has to make. `norm` keeps the statements of one question from being each other's negatives.
    """
    result: dict[str, list[Pair]] = {}
    for question in questions:
        for key in question.answer:
            if statement := said.get(key):
                result.setdefault(statement.note, []).append(
                    Pair(question.text, statement.text, f"question {question.text}")
                )
    return result


def twin_pairs(said: Mapping[str, Said]) -> list[Pair]:
    """German and English statements of a note with the same bracket, where each language has one or two of them."""
    by_bracket: dict[tuple[str, str], tuple[list[str], list[str]]] = {}
    for statement in said.values():
        german, english = by_bracket.setdefault((statement.note, statement.bracket), ([], []))
        (english if statement.lang == "en" else german).append(statement.text)
    return [
        Pair(german, english, f"twin {note} {bracket}")
        for (note, bracket), (germans, englishes) in by_bracket.items()
        if len(germans) <= 2 and len(englishes) <= 2
        for german in germans
        for english in englishes
    ]


def trap_pairs(file: Path) -> list[Pair]:
    """Each question that states a misconception with its correction, and both languages of a correction."""
    from kb.traps import by_belief, read_traps

    traps = read_traps(file)
    pairs = [Pair(trap.question, trap.statement(trap.lang), f"belief {trap.note} {trap.premise}") for trap in traps]
    return pairs + [
        Pair(same[0].statement("de"), same[0].statement("en"), f"belief {note} {premise}")
        for (note, premise), same in by_belief(traps).items()
    ]


def cell_pairs(starter: Path) -> list[Pair]:
    """Each cell of the matrices with the names of its row and column, and with its other language."""
    from kb.matrix import read_matrices

    pairs: list[Pair] = []
    for matrix in read_matrices(starter):
        rows, columns = ({line.id: line for line in lines} for lines in (matrix.rows, matrix.columns))
        for cell in matrix.cells.values():
            key = f"cell {matrix.id} {cell.row} {cell.column}"
            row, column = rows[cell.row], columns[cell.column]
            pairs.append(Pair(f"{row.title} {column.title}", cell.text, key))
            pairs.append(Pair(f"{row.title_en} {column.title_en}", cell.text_en, key))
            pairs.append(Pair(cell.text, cell.text_en, key))
    return pairs


def note_pairs(files: Sequence[Path], statutes: dict[str, Statute]) -> list[Pair]:
    """Each statement of a note with the Absatz its bracket names first, and the note's title with that statement."""
    from kb.normref import find_norm_refs

    pairs: list[Pair] = []
    for file in files:
        title = ""
        for raw in file.read_text(encoding="utf-8").splitlines():
            if raw.startswith(("title:", "title_en:")):
                title = f"{title} {raw.partition(':')[2].strip()}".strip()
            line = _MARK.sub("", raw.strip())
            bracket = _BRACKET.search(line)
            if not bracket or ("§" not in bracket[1] and "Art." not in bracket[1]) or line.startswith("|"):
                continue
            reference = next((ref for _, ref in find_norm_refs(bracket[1])), None)
            statement = _BRACKET.sub("", line)
            if reference is None or reference.key not in statutes:
                continue
            pairs.append(Pair(statement, statutes[reference.key].absatz(reference.absatz), reference.key))
            pairs.append(Pair(statement, title, reference.key))
    return pairs


def glossary_pairs(file: Path, statutes: dict[str, Statute]) -> list[Pair]:
    """Each term with its lay synonyms, its English names and the heading of its Norm."""
    from kb.normref import find_norm_refs

    pairs: list[Pair] = []
    with file.open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines, delimiter=";"):
            term = " ".join(filter(None, (row["de_term"], row["abbrev"])))
            others = [name for field in ("lay_synonyms_de", "en_terms") for name in row[field].split(",") if name]
            key = f"term {term}"
            pairs.extend(Pair(term, other, key) for other in others)
            pairs.extend(Pair(one, two, key) for one, two in zip(others, reversed(others), strict=True) if one != two)
            for _, reference in find_norm_refs(row["norm"] or ""):
                if norm := statutes.get(reference.key):
                    pairs.append(Pair(" ".join((term, *others)), norm.absatz(reference.absatz), norm.key))
    return pairs


def unanswerable_pairs(file: Path) -> list[Pair]:
    """Each question Lotse has no source for with the next of the same reason, so that they lie together, off the law.

    Questions about the outcome of a case stay out: they are worded like those about its conditions, which the law does
    answer.
    """
    by_reason: dict[str, list[str]] = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        by_reason.setdefault(row["reason"], []).append(row["question"])
    by_reason.pop("outcome of one person's case", None)
    return [
        Pair(one, other, f"reason {reason}")
        for reason, questions in by_reason.items()
        for one, other in zip(questions, [*questions[1:], questions[0]], strict=True)
        if one != other
    ]
