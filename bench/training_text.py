"""What the static embedding learns from: pairs of texts that belong together, with the Norm they belong to.

Stage 1 is the law itself: heading and Absatz, neighbouring Absätze, neighbouring sentences of all federal law.
Stage 2 is knowledge written for Lotse: bank questions and the Absatz that decides them, statements of the notes and
the Absatz they cite, German and English terms of the glossary, questions without an answer here by their reason.
`questions/dev.jsonl` and `tests/gold` stay unread.
"""

from __future__ import annotations

import csv
import json
import random
import re
from collections.abc import Iterator, Sequence
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
    """A bank question: the Normen that decide it, most decisive first, and the Absatz of the first."""

    text: str
    lang: str
    style: str
    norms: tuple[str, ...]
    absatz: str | None


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
            result.append(Question(row["question"], row["lang"], row["style"], norms, row["absatz"]))
    return result


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
