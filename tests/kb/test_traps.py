"""Misconceptions and their corrections."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kb.errors import ParseError
from kb.model import NormRef
from kb.traps import Trap, by_belief, read_traps

ROW = {
    "question": "Rote Segel sind verboten, oder?",
    "lang": "de",
    "style": "lay",
    "norms": ["AufenthG § 7"],
    "note": "boote",
    "premise": "rote Segel verboten sind",
    "premise_en": "red sails are forbidden",
    "correct": "Rote Segel sind erlaubt.",
    "correct_en": "Red sails are allowed.",
    "refs": "§ 7 Abs. 1 AufenthG",
}
TRAP = Trap(
    "Rote Segel sind verboten, oder?",
    "de",
    "lay",
    (NormRef("AufenthG", "§", "7"),),
    "boote",
    "rote Segel verboten sind",
    "red sails are forbidden",
    "Rote Segel sind erlaubt.",
    "Red sails are allowed.",
    "§ 7 Abs. 1 AufenthG",
    1,
)


def write(path: Path, *rows: dict[str, object]) -> Path:
    file = path / "traps.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return file


def test_a_trap_is_read_and_put_in_both_languages(tmp_path: Path) -> None:
    assert read_traps(write(tmp_path, ROW)) == (TRAP,)
    assert TRAP.statement("de") == "Falsch ist, dass rote Segel verboten sind: Rote Segel sind erlaubt."
    assert TRAP.statement("en") == "It is wrong that red sails are forbidden: Red sails are allowed."


def test_questions_with_one_belief_stand_together(tmp_path: Path) -> None:
    traps = read_traps(write(tmp_path, ROW, {**ROW, "question": "Darf ich?"}, {**ROW, "note": "segel"}))
    assert [(key, len(same)) for key, same in by_belief(traps).items()] == [
        (("boote", "rote Segel verboten sind"), 2),
        (("segel", "rote Segel verboten sind"), 1),
    ]


@pytest.mark.parametrize("change", [{"premise": ""}, {"norms": ["Segel"]}, {"norms": None}])
def test_a_bad_line_is_refused(tmp_path: Path, change: dict[str, object]) -> None:
    with pytest.raises(ParseError) as caught:
        read_traps(write(tmp_path, ROW, {**ROW, **change}))
    assert caught.value.where == "traps.jsonl:2"
