"""The matrices and traps of the starter knowledge as notes: stored, searched, cited and verified as notes are.

Each cell and each belief is a section of its own, so that it is found as a passage of its own with only its Normen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from ingest.raw import RawFile
from kb.matrix import Cell, Matrix, read_matrices
from kb.note import ENGLISH, MYTHS, OVERVIEW
from kb.traps import FILE as TRAPS
from kb.traps import Trap, by_belief, read_traps

TRAPS_STEM = "irrtuemer"
_TRAPS_TITLE, _TRAPS_TITLE_EN = "Häufige Irrtümer", "Common misconceptions"


def stem(matrix: Matrix) -> str:
    """The name under which a matrix is stored."""
    return f"uebersicht-{matrix.id}"


def table_notes(folder: Path, rechtsstand: date | None) -> Iterator[RawFile]:
    """A note for each matrix of a starter folder and one for its traps, as files; nothing for what it lacks."""
    for matrix in read_matrices(folder):
        yield _file(stem(matrix), matrix.title, matrix.title_en, rechtsstand, _matrix_lines(matrix))
    if traps := read_traps(folder / TRAPS):
        yield _file(TRAPS_STEM, _TRAPS_TITLE, _TRAPS_TITLE_EN, rechtsstand, _trap_lines(traps))


def _file(name: str, title: str, title_en: str, rechtsstand: date | None, lines: Iterator[str]) -> RawFile:
    head = ["---", f"id: {name}", f'title: "{title}"', f'title_en: "{title_en}"', f"group: {OVERVIEW}"]
    stand = [f"rechtsstand: {rechtsstand}"] if rechtsstand else []
    text = "\n".join([*head, "norms: []", *stand, "---", *lines])
    return RawFile(f"{name}.md", f"{text}\n".encode())


def _matrix_lines(matrix: Matrix) -> Iterator[str]:
    for row in matrix.rows:
        yield f"## {row.title}"
        for column in matrix.columns:
            if cell := matrix.cells.get((row.id, column.id)):
                yield f"### {column.title}"
                yield _sentence(cell.text, cell.norms)
                yield from _gap(cell, cell.gap)
    yield f"## {ENGLISH}"
    for row in matrix.rows:
        for column in matrix.columns:
            if cell := matrix.cells.get((row.id, column.id)):
                yield f"### {row.title_en}: {column.title_en}"
                yield _sentence(cell.text_en, cell.norms)
                yield from _gap(cell, cell.gap_en)


def _gap(cell: Cell, text: str) -> Iterator[str]:
    if text:
        yield _sentence(text, cell.gap_norms or cell.norms)


def _trap_lines(traps: Sequence[Trap]) -> Iterator[str]:
    beliefs = [same[0] for same in by_belief(traps).values()]
    for heading, lang in ((MYTHS, "de"), (ENGLISH, "en")):
        yield f"## {heading}"
        for trap in beliefs:
            yield f"### {trap.premise if lang == 'de' else trap.premise_en}"
            yield _sentence(trap.statement(lang), trap.refs)


def _sentence(text: str, inside: str) -> str:
    return f"- {text} [{inside}]"
