"""Tables of the starter knowledge: what a residence status means for a support or a kind of work; pure.

A matrix has rows (statuses) and columns (supports, kinds of work); every cell has a verdict, sentences that can stand
alone in both languages, and the references that prove them. `matrices.toml` names rows and columns with the words by
which people mean them; the cells stand in `funding_matrix.csv` and `work_matrix.csv`.
"""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any

from kb.errors import CitationError, ParseError
from kb.model import NormRef
from kb.normref import parse_norm_key

FILE = "matrices.toml"
_ROW = "status"
# What every table has; other columns ("wait", "consent", "ban") are facts of that table.
_COMMON = (_ROW, "verdict", "text", "text_en", "norms", "gap", "gap_en", "gap_norms", "note")
MOST_CELLS = 3  # a question that means more of them compares; then no single cell is the answer


class Possible(StrEnum):
    """What a status means for a support or a kind of work."""

    JA = "ja"  # the status is no obstacle; the general conditions still apply
    BEDINGT = "bedingt"  # a waiting time, a permission, discretion
    NEIN = "nein"  # the status bars it
    OFFEN = "offen"  # the texts leave it open


@dataclass(frozen=True, slots=True)
class Line:
    """A row or column: how it is called, and the words (lower case) by which a question means it."""

    id: str
    title: str
    title_en: str
    words: tuple[str, ...]
    words_en: tuple[str, ...] = ()
    norms: tuple[NormRef, ...] = ()
    group: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """What one status means for one column. `norms` and `gap_norms` are the insides of brackets, as in notes.

    `facts` are short values such as ("wait", "drei Monate"); `line` counts from 1 in the file.
    """

    row: str
    column: str
    verdict: Possible
    text: str
    text_en: str
    norms: str
    note: str
    line: int
    gap: str = ""
    gap_en: str = ""
    gap_norms: str = ""
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Matrix:
    """One table: `file` is the name of its cells' file, `cells` by (row, column)."""

    id: str
    title: str
    title_en: str
    file: str
    rows: tuple[Line, ...]
    columns: tuple[Line, ...]
    cells: Mapping[tuple[str, str], Cell]

    def find(self, question: str) -> tuple[Cell, ...]:
        """The cells a question means: it names a status and a column, both clearly, and not too many of them."""
        columns = self._columns.named(question)
        rows = self._rows.named(self._columns.masked(question))  # "Asylbewerberleistungsgesetz" names no asylum seeker
        found = [self.cells[row, column] for row in rows for column in columns if (row, column) in self.cells]
        return tuple(found) if len(found) <= MOST_CELLS else ()

    def rows_of(self, text: str) -> tuple[str, ...]:
        """The statuses a text names, in its order."""
        return self._rows.named(text)

    @cached_property
    def _rows(self) -> _Words:
        return _Words(self.rows)

    @cached_property
    def _columns(self) -> _Words:
        return _Words(self.columns)


class _Words:
    """Finds which lines a text names; of overlapping names the longest counts ("Ausbildungsduldung", not "Duldung")."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self._of: dict[str, str] = {}
        for line in lines:
            for word in (*line.words, *line.words_en):
                self._of.setdefault(" ".join(word.casefold().split()), line.id)
        longest_first = sorted(self._of, key=lambda word: (-len(word), word))
        # a word may be inflected ("geduldete"), a number may not ("24" is not "2400")
        ends = [re.escape(word) + (r"(?!\w)" if word[-1].isdigit() or len(word) < 4 else "") for word in longest_first]
        self._pattern = re.compile(rf"(?<!\w)(?:{'|'.join(ends)})" if ends else r"(?!)")

    def named(self, text: str) -> tuple[str, ...]:
        """The ids of the lines a text names, in its order."""
        found = self._pattern.findall(" ".join(text.casefold().split()))
        return tuple(dict.fromkeys(self._of[word] for word in found))

    def masked(self, text: str) -> str:
        """The text without those names."""
        return self._pattern.sub(" ", " ".join(text.casefold().split()))


def read_matrices(folder: Path) -> tuple[Matrix, ...]:
    """The tables of a starter folder, none where it has no matrices.toml. Raises ParseError with file and line."""
    path = folder / FILE
    if not path.is_file():
        return ()
    try:
        listed = tomllib.loads(path.read_text(encoding="utf-8"))["matrix"]
        return tuple(_matrix(folder, raw) for raw in listed)
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, CitationError) as error:
        raise ParseError(
            f"the matrices cannot be read: {error!r}", where=path.name, next="correct the entry it names"
        ) from error


def _matrix(folder: Path, raw: Mapping[str, Any]) -> Matrix:
    rows = tuple(_line(each) for each in raw["row"])
    columns = tuple(_line(each) for each in raw["column"])
    cells: dict[tuple[str, str], Cell] = {}
    for cell in _cells(folder / raw["file"], raw["columns"]):
        place = f"{raw['file']}:{cell.line}"
        if cell.row not in {row.id for row in rows} or cell.column not in {column.id for column in columns}:
            raise ParseError(
                f"no such row or column: {cell.row}, {cell.column}", where=place, next=f"name it in {FILE}"
            )
        if (cell.row, cell.column) in cells:
            raise ParseError(f"the cell {cell.row}, {cell.column} stands twice", where=place, next="remove one")
        cells[cell.row, cell.column] = cell
    return Matrix(raw["id"], raw["title"], raw["title_en"], raw["file"], rows, columns, cells)


def _line(raw: Mapping[str, Any]) -> Line:
    return Line(
        id=raw["id"],
        title=raw["title"],
        title_en=raw["title_en"],
        words=tuple(raw["words"]),
        words_en=tuple(raw.get("words_en", ())),
        norms=tuple(parse_norm_key(key) for key in raw.get("norms", ())),
        group=raw.get("group", ""),
    )


def _cells(path: Path, column: str) -> Iterator[Cell]:
    with path.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines, delimiter=";")
        for row in reader:
            try:
                yield _cell(row, column, reader.line_num)
            except (KeyError, ValueError, TypeError, AttributeError) as error:
                raise ParseError(
                    f"not a cell: {error!r}", where=f"{path.name}:{reader.line_num}", next="correct the line"
                ) from error


def _cell(row: Mapping[str, str], column: str, line: int) -> Cell:
    values = {name: " ".join((value or "").split()) for name, value in row.items()}
    if missing := [name for name in (_ROW, column, "text", "text_en", "norms") if not values[name]]:
        raise ValueError(f"it lacks {', '.join(missing)}")
    return Cell(
        row=values[_ROW],
        column=values[column],
        verdict=Possible(values["verdict"]),
        text=values["text"],
        text_en=values["text_en"],
        norms=values["norms"],
        note=values["note"],
        line=line,
        gap=values.get("gap", ""),
        gap_en=values.get("gap_en", ""),
        gap_norms=values.get("gap_norms", ""),
        facts=tuple((name, value) for name, value in values.items() if name not in (*_COMMON, column) and value),
    )
