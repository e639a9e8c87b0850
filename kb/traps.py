"""False or outdated beliefs people ask with, each with the right statement and its references; pure.

One JSON object a line of `traps.jsonl`: question, lang, style, norms, note, premise and correct (with premise_en and
correct_en) and refs, the inside of a bracket as in notes. Several questions may state one belief.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kb.errors import CitationError, ParseError
from kb.model import NormRef
from kb.normref import parse_norm_key

FILE = "traps.jsonl"


@dataclass(frozen=True, slots=True)
class Trap:
    """A question with what it wrongly takes for granted.

    `premise` is a clause that follows "dass", `correct` a whole sentence; `line` counts from 1 in the file.
    """

    question: str
    lang: str
    style: str
    norms: tuple[NormRef, ...]
    note: str
    premise: str
    premise_en: str
    correct: str
    correct_en: str
    refs: str
    line: int

    def statement(self, lang: str) -> str:
        """The belief and what is right, as one sentence of a note."""
        if lang == "en":
            return f"It is wrong that {self.premise_en}: {self.correct_en}"
        return f"Falsch ist, dass {self.premise}: {self.correct}"


def read_traps(path: Path) -> tuple[Trap, ...]:
    """The traps of a file, none where there is no file. Raises ParseError with the line."""
    return tuple(_traps(path)) if path.is_file() else ()


def by_belief(traps: Iterable[Trap]) -> dict[tuple[str, str], list[Trap]]:
    """The traps of each note and belief, in their order: several questions may state one."""
    found: dict[tuple[str, str], list[Trap]] = {}
    for trap in traps:
        found.setdefault((trap.note, trap.premise), []).append(trap)
    return found


def _traps(path: Path) -> Iterator[Trap]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            yield _trap(json.loads(line), number)
        except (json.JSONDecodeError, KeyError, TypeError, ValueError, CitationError) as error:
            raise ParseError(
                f"not a trap: {error!r}", where=f"{path.name}:{number}", next="correct the line"
            ) from error


def _trap(value: Mapping[str, Any], line: int) -> Trap:
    names = ("question", "lang", "style", "note", "premise", "premise_en", "correct", "correct_en", "refs")
    words = {name: " ".join(str(value[name]).split()) for name in names}
    if missing := [name for name, word in words.items() if not word]:
        raise ValueError(f"it lacks {', '.join(missing)}")
    return Trap(**words, norms=tuple(parse_norm_key(key) for key in value["norms"]), line=line)
