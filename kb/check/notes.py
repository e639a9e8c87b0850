"""The notes as files: front matter, the nine headings, a bracket behind every statement, review dates, links."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from kb.check.findings import Findings
from kb.note import ENGLISH, HEADINGS, split_statements

FIELDS = ("id", "title", "title_en", "group", "norms", "related", "rechtsstand", "reviewed")
REVIEW_DAYS = 365  # a note is read again after a year, sooner if it says so (review_due)
_LIST = re.compile(r"\[([^\]]*)\]")
_NOTHING = ("entfällt", "keine")


def read_notes(found: Findings, paths: Sequence[Path], *, today: date) -> None:
    """Takes all notes of a starter folder."""
    stems = {path.stem for path in paths}
    for path in paths:
        found.of_topic.setdefault(path.stem, found.counts.__class__())
    for path in paths:
        _note(found, path, stems, today)


def _note(found: Findings, path: Path, stems: set[str], today: date) -> None:
    file = f"notes/{path.name}"
    lines = path.read_text(encoding="utf-8").splitlines()
    end = next((number for number, line in enumerate(lines[1:], start=1) if line.strip() == "---"), 0)
    if not lines or lines[0].strip() != "---" or not end:
        found.find(file, 1, "the note has no front matter")
        return
    found.counts["notes"] += 1
    values = {
        key.strip(): (number, value.strip())
        for number, (key, _, value) in enumerate((line.partition(":") for line in lines[1:end]), start=2)
    }
    _front_matter(found, file, values, path.stem, stems)
    _review(found, file, values, today)
    headings = [(number, line[3:].strip()) for number, line in enumerate(lines, start=1) if line.startswith("## ")]
    if tuple(name for _, name in headings) != HEADINGS:
        found.find(file, headings[0][0] if headings else end + 1, f"the headings must be: {', '.join(HEADINGS)}")
    starts = [number for number, _ in headings]
    for (start, name), after in zip(headings, [*starts[1:], len(lines) + 1], strict=True):
        what = "english" if name == ENGLISH else "statements"
        found.of_topic[path.stem][what] += _section(found, file, start, "\n".join(lines[start : after - 1]))


def _front_matter(found: Findings, file: str, values: dict[str, tuple[int, str]], stem: str, stems: set[str]) -> None:
    for name in FIELDS:
        if name not in values:
            found.find(file, 1, f"the front matter lacks {name}")
    if "id" in values and values["id"][1] != stem:
        found.find(file, values["id"][0], f"the id must be the file name {stem}")
    number, norms = values.get("norms", (1, ""))
    for key in re.findall(r'"([^"]+)"', norms):
        found.key(file, number, key)
    number, related = values.get("related", (1, ""))
    listed = _LIST.search(related)
    for other in (part.strip() for part in (listed[1] if listed else "").split(",")):
        if other == stem:
            found.find(file, number, "the note is related to itself")
        elif other and other not in stems:
            found.find(file, number, f"a dead link: there is no note {other}")


def _review(found: Findings, file: str, values: dict[str, tuple[int, str]], today: date) -> None:
    """A note nobody has read against the text, or whose next reading is overdue."""
    if "reviewed" not in values:
        return  # said already
    number, reviewed = values["reviewed"]
    try:
        due = date.fromisoformat(values["review_due"][1]) if "review_due" in values else None
        read = date.fromisoformat(reviewed)
    except ValueError:
        found.find(file, number, "not reviewed: reviewed (and review_due) must be dates such as 2026-11-30")
        return
    due = due or read + timedelta(days=REVIEW_DAYS)
    if due < today:
        found.find(file, number, f"the review was due on {due}: read the note against the text, then set reviewed")


def _section(found: Findings, file: str, start: int, text: str) -> int:
    """Takes the statements of a section; how many there are."""
    count = 0
    for number, sentence, inside in split_statements(text):
        line = start + 1 + number
        if inside:
            count += 1
            found.sentence(file, line, sentence, inside)
        elif sentence.rstrip(".").casefold() not in _NOTHING:
            found.counts["statements"] += 1
            found.find(file, line, f"the statement ends without its reference: {sentence[:60]}")
    return count
