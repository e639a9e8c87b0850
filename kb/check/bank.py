"""Questions: those of the bank with their Normen, misconceptions with their correction, and those without an answer."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from kb.check.findings import Findings
from kb.errors import ParseError
from kb.german import normal_form
from kb.traps import FILE as TRAPS
from kb.traps import by_belief, read_traps
from kb.unanswerable import FILE as UNANSWERABLE

LANGS = ("de", "en")
STYLES = ("lay", "case", "professional", "keyword")
KINDS = ("near", "far", "misuse")


def read_questions(found: Findings, folder: Path, banks: Sequence[Path]) -> None:
    """Takes the bank, the traps and the unanswerable questions; no question may stand in two places."""
    seen: dict[str, str] = {}
    normen: set[str] = set()
    for path in banks:
        file = f"questions/{path.name}"
        for number, entry in _entries(found, path, file):
            if not _is_question(found, file, number, entry, seen):
                continue
            found.counts["questions"] += 1
            names = [str(name) for name in entry.get("norms") or []]
            if not names:
                found.find(file, number, "the question names no Norm")
            for place, name in enumerate(names):
                found.key(file, number, name, entry.get("absatz") if place == 0 else None)
            normen.update(names)
            for key in entry.get("answer") or ():
                found.answers.append((file, number, str(key)))
            if note := entry.get("note"):
                found.topic(file, number, note, "questions")
            else:
                found.find(file, number, "the question is linked to no note")
    found.counts["normen"] = len(normen)
    _traps(found, folder / TRAPS, seen)
    for number, entry in _entries(found, folder / UNANSWERABLE, UNANSWERABLE):
        if _is_question(found, UNANSWERABLE, number, entry, seen):
            found.counts["unanswerable"] += 1
            if entry.get("kind") not in KINDS or not entry.get("reason"):
                found.find(UNANSWERABLE, number, f"kind must be one of {', '.join(KINDS)}, and a reason must be there")


def _traps(found: Findings, path: Path, seen: dict[str, str]) -> None:
    try:
        traps = read_traps(path)
    except ParseError as error:
        found.find(TRAPS, _line_of(error), error.message)
        return
    for trap in traps:
        entry = {"question": trap.question, "lang": trap.lang, "style": trap.style}
        if _is_question(found, TRAPS, trap.line, entry, seen):
            found.counts["traps"] += 1
        found.topic(TRAPS, trap.line, trap.note, "traps")
        for norm in trap.norms:
            found.key(TRAPS, trap.line, norm.key)
    for same in by_belief(traps).values():
        first = same[0]
        for lang in LANGS:
            found.sentence(TRAPS, first.line, first.statement(lang), first.refs)
        for other in same[1:]:
            if (other.correct, other.refs) != (first.correct, first.refs):
                found.find(TRAPS, other.line, f"line {first.line} corrects the same belief otherwise")


def _entries(found: Findings, path: Path, file: str) -> Iterator[tuple[int, dict[str, Any]]]:
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
        except json.JSONDecodeError:
            entry = None
        if isinstance(entry, dict) and entry.get("question"):
            yield number, entry
        else:
            found.find(file, number, "the line is no question")


def _is_question(found: Findings, file: str, number: int, entry: dict[str, Any], seen: dict[str, str]) -> bool:
    """True if it can be counted: language and style are known ones and it does not stand elsewhere."""
    if entry.get("lang") not in LANGS or entry.get("style") not in STYLES:
        found.find(file, number, f"lang must be one of {', '.join(LANGS)}, style one of {', '.join(STYLES)}")
    key = normal_form(str(entry["question"]))
    if key in seen:
        found.find(file, number, f"the question stands already in {seen[key]}")
        return False
    seen[key] = f"{file}:{number}"
    return True


def _line_of(error: ParseError) -> int:
    number = error.where.rpartition(":")[2]
    return int(number) if number.isdigit() else 1
