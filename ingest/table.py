"""Tables as lines of text: one row a line, cells joined by " | "."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

CELL = " | "


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell with its spans; `column` (from 0) where the source names it, else None = the next free one."""

    text: str
    columns: int = 1
    rows: int = 1
    column: int | None = None


def table_lines(rows: Iterable[Sequence[Cell]]) -> list[str]:
    """The rows as lines, cells joined by " | ", empty rows left out.

    A cell that spans keeps its words in its first place and leaves the others empty, so that columns stay aligned and
    no word is said twice. Empty cells at the end of a row are dropped.
    """
    lines: list[str] = []
    covered: dict[int, int] = {}  # column → rows still covered by a cell from above
    for row in rows:
        cells: dict[int, str] = {}
        below: dict[int, int] = {}
        position = 0
        for cell in row:
            if cell.column is not None and cell.column >= position:
                position = cell.column
            while covered.get(position, 0) and cell.column is None:
                position += 1
            while position in cells:
                position += 1
            cells[position] = " ".join(cell.text.split())
            if cell.rows > 1:
                below.update(dict.fromkeys(range(position, position + cell.columns), cell.rows - 1))
            position += max(cell.columns, 1)
        covered = {column: left - 1 for column, left in covered.items() if left > 1} | below
        if any(cells.values()):
            width = max(column for column, text in cells.items() if text) + 1
            lines.append(CELL.join(cells.get(column, "") for column in range(width)))
    return lines
