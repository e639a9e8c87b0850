"""The check of the starter knowledge: what is wrong, in which file and line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kb.check import check
from kb.config import Config
from kb.pins import format_pins, read_pins
from kb.split import split
from kb.store import open_store
from tests.kb import small_law


def run(folder: Path, *, stored: bool = True, write_lock: bool = False) -> list[tuple[str, int, str]]:
    """The findings as (file, line, message)."""
    config = Config(home=folder / "home", starter=str(folder / "starter"))
    config.home.mkdir(exist_ok=True)
    with open_store(config) as store:
        if stored:
            law = small_law.statute()
            store.replace(law, split(law))
        return [(error.file, error.line, error.message) for error in check(store, config, write_lock=write_lock).errors]


def starter(folder: Path, note: str = small_law.NOTE_MD, *questions: dict[str, object], pinned: bool = True) -> None:
    """Writes a starter folder."""
    (folder / "starter" / "notes").mkdir(parents=True)
    (folder / "starter" / "questions").mkdir()
    (folder / "starter" / "notes" / "lehre-60c.md").write_text(note, encoding="utf-8")
    lines = "".join(json.dumps(question) + "\n" for question in questions)
    (folder / "starter" / "questions" / "a.jsonl").write_text(lines, encoding="utf-8")
    if pinned:
        (folder / "starter" / "norms.lock").write_text(format_pins(small_law.pins().values()), encoding="utf-8")


def test_a_good_note_has_no_findings(tmp_path: Path) -> None:
    starter(tmp_path, small_law.NOTE_MD, {"question": "Wann?", "norms": ["AufenthG § 60c"], "absatz": "2"})
    assert run(tmp_path) == []


def test_pins_stand_in_for_texts_that_are_not_stored(tmp_path: Path) -> None:
    starter(tmp_path)
    assert run(tmp_path, stored=False) == []


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        (
            "Duldung zur Lehre. [§ 60c Abs. 1 AufenthG]",
            "Duldung zur Lehre.",
            12,
            "the statement ends without its reference",
        ),
        ("§ 60c Abs. 2 AufenthG", "§ 60c Abs. 9 AufenthG", 21, "the Norm has no Absatz 9"),
        ("§ 60c Abs. 1 Nr. 1 AufenthG", "§ 60c Abs. 1 Nr. 7 AufenthG", 15, "shows no Nummer 7"),
        ("§ 60c Abs. 2 AufenthG", "irgendwo", 21, "the bracket cannot be read"),
        ("## Typische Fehler", "## Häufige Fehler", 11, "the headings must be"),
        ("id: lehre-60c", "id: anders", 2, "the id must be the file name"),
    ],
)
def test_findings_name_file_and_line(tmp_path: Path, old: str, new: str, line: int, message: str) -> None:
    starter(tmp_path, small_law.NOTE_MD.replace(old, new))
    (found,) = run(tmp_path)
    assert (found[0], found[1]) == ("notes/lehre-60c.md", line)
    assert message in found[2]


def test_the_bank_is_checked_too(tmp_path: Path) -> None:
    good: dict[str, object] = {"question": "Wann geht das?", "norms": ["AufenthG § 60c"]}
    starter(
        tmp_path,
        small_law.NOTE_MD,
        good,
        {**good, "question": "wann geht das"},
        {"question": "Und?", "norms": ["AufenthG § 1"]},
    )
    assert run(tmp_path) == [
        ("questions/a.jsonl", 2, "the question stands already in questions/a.jsonl:1"),
        ("questions/a.jsonl", 3, "the Norm is neither stored nor pinned"),
    ]


def test_a_pin_of_another_wording_is_a_finding(tmp_path: Path) -> None:
    starter(tmp_path)
    lock = tmp_path / "starter" / "norms.lock"
    lock.write_text(lock.read_text(encoding="utf-8")[:-4] + "000\n", encoding="utf-8")
    assert [(file, message[:29]) for file, _, message in run(tmp_path)] == [
        ("norms.lock", "changed since it was checked ")
    ]


def test_writing_the_lock_pins_what_notes_and_bank_rest_on(tmp_path: Path) -> None:
    starter(tmp_path, pinned=False)
    assert run(tmp_path, write_lock=True) == []
    whole = {ref for ref in read_pins(tmp_path / "starter" / "norms.lock") if ref.absatz is None}
    assert read_pins(tmp_path / "starter" / "norms.lock").keys() - whole == small_law.pins().keys()
