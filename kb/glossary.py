"""The terms of the field: what people call them in everyday German and in English, and where they stand; pure.

One row a term in `glossary.csv`: de_term; abbrev; lay_synonyms_de; en_terms; norm; readings. Where one abbreviation
has several meanings, `readings` lists them all, separated by "|", in each of their rows.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from kb.errors import ParseError

FILE = "glossary.csv"
FIELDS = ("de_term", "abbrev", "lay_synonyms_de", "en_terms", "norm", "readings")


@dataclass(frozen=True, slots=True)
class Term:
    """A term with its other names. `norm` is a reference as written, `line` counts from 1 in the file."""

    name: str
    abbreviation: str
    lay: tuple[str, ...]
    english: tuple[str, ...]
    norm: str
    readings: tuple[str, ...]
    line: int


def read_glossary(path: Path) -> tuple[Term, ...]:
    """The terms of a file, none where there is no file. Raises ParseError with the line."""
    if not path.is_file():
        return ()
    terms: list[Term] = []
    with path.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines, delimiter=";")
        for row in reader:
            if None in row or None in row.values() or not row.get("de_term"):
                raise ParseError(
                    "not a term: it must have as many fields as the header",
                    where=f"{path.name}:{reader.line_num}",
                    next=f"write {';'.join(FIELDS)}",
                )
            terms.append(
                Term(
                    name=row["de_term"],
                    abbreviation=row["abbrev"],
                    lay=_listed(row["lay_synonyms_de"], ","),
                    english=_listed(row["en_terms"], ","),
                    norm=row["norm"],
                    readings=_listed(row.get("readings", ""), "|"),
                    line=reader.line_num,
                )
            )
    return tuple(terms)


def readings(word: str, terms: Iterable[Term]) -> tuple[str, ...]:
    """What an abbreviation may mean, if it means several things; () for any other word."""
    return next((term.readings for term in terms if term.readings and term.abbreviation == word.strip()), ())


def _listed(field: str, separator: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in field.split(separator) if part.strip())
