"""Starter knowledge against texts: every reference exists, every statement has its evidence, every pin still agrees."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from kb.check.bank import read_questions
from kb.check.findings import CheckError, CheckReport, Coverage, Findings
from kb.check.notes import read_notes
from kb.check.references import check_pins, check_sentences, check_uses, write_pins
from kb.check.tables import read_tables
from kb.config import Config
from kb.errors import ConfigError
from kb.pins import read_pins

if TYPE_CHECKING:
    from kb.store import Store

__all__ = ["LOCK", "CheckError", "CheckReport", "Coverage", "check"]

LOCK = "norms.lock"
# What is always said, even if there is none of it.
_COUNTED = (
    *("notes", "statements", "unverified", "questions", "normen", "unanswerable", "traps", "cells", "terms"),
    *("answers", "faq", "contacts", "sources", "references", "pins", "unstored"),
)


def check(store: Store, config: Config, *, write_lock: bool = False, today: date | None = None) -> CheckReport:
    """The findings on the starter knowledge against the stored texts and norms.lock.

    With `write_lock` the pins are written anew from the stored texts first. `today` decides what is overdue (the
    clock's day where None).
    """
    folder = config.starter_folder
    if not folder.is_dir():
        raise ConfigError("the starter knowledge is not there", where=str(folder), next="correct the setting starter")
    found = Findings()
    found.counts.update(dict.fromkeys(_COUNTED, 0))
    read_notes(found, sorted(folder.glob("notes/*.md")), today=today or date.today())
    read_questions(found, folder, sorted(folder.glob("questions/*.jsonl")))
    read_tables(found, folder)
    found.check_answers()
    stored = store.norms({use.ref.norm for use in found.uses})
    pins = read_pins(folder / LOCK)
    if write_lock:
        pins = write_pins(folder / LOCK, found.uses, stored, pins)
    check_uses(found, stored, pins)
    check_sentences(found, stored)
    check_pins(found, LOCK, pins, store, stored)
    errors = sorted(found.errors, key=lambda error: (error.file, error.line, error.message))
    return CheckReport(tuple(errors), dict(found.counts), found.covered())
