"""Matrices, glossary, contacts, FAQ seed and catalogue: complete, readable, and resting on Normen that exist."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kb.check.findings import Findings
from kb.contacts import FILE as CONTACTS
from kb.contacts import read_contacts
from kb.errors import ParseError
from kb.glossary import FILE as GLOSSARY
from kb.glossary import read_glossary
from kb.matrix import FILE as MATRICES
from kb.matrix import Matrix, read_matrices
from kb.normref import find_norm_refs

FAQ, CATALOGUE = "faq.toml", "catalogue.toml"
AUDIENCES = ("mentor", "employer", "mentee")
SYNCS = ("gii", "eurlex", "revosax", "manual")
_FAQ_FIELDS = ("id", "question", "question_en", "audience", "topic", "norms")
_SOURCE_FIELDS = ("title", "publisher", "kind", "jurisdiction", "sync", "review_days")


def read_tables(found: Findings, folder: Path) -> None:
    """Takes every table of a starter folder; a file that is missing is none."""
    _matrices(found, folder)
    _glossary(found, folder / GLOSSARY)
    _contacts(found, folder / CONTACTS)
    _faq(found, folder / FAQ)
    _catalogue(found, folder / CATALOGUE)


def _matrices(found: Findings, folder: Path) -> None:
    try:
        matrices = read_matrices(folder)
    except ParseError as error:
        _unreadable(found, error, MATRICES)
        return
    for matrix in matrices:
        for line in (*matrix.rows, *matrix.columns):
            for norm in line.norms:
                found.key(MATRICES, 1, norm.key)
        for row, column in _missing(matrix):
            found.find(matrix.file, 1, f"there is no cell for {row}, {column}")
        for cell in matrix.cells.values():
            found.counts["cells"] += 1
            found.topic(matrix.file, cell.line, cell.note, "cells")
            for text in (cell.text, cell.text_en):
                found.sentence(matrix.file, cell.line, text, cell.norms)
            for text in filter(None, (cell.gap, cell.gap_en)):
                found.sentence(matrix.file, cell.line, text, cell.gap_norms or cell.norms)


def _missing(matrix: Matrix) -> list[tuple[str, str]]:
    pairs = [(row.id, column.id) for row in matrix.rows for column in matrix.columns]
    return [pair for pair in pairs if pair not in matrix.cells]


def _glossary(found: Findings, path: Path) -> None:
    try:
        terms = read_glossary(path)
    except ParseError as error:
        _unreadable(found, error, GLOSSARY)
        return
    seen: dict[tuple[str, str], int] = {}
    for term in terms:
        found.counts["terms"] += 1
        if (line := seen.setdefault((term.name, term.abbreviation), term.line)) != term.line:
            found.find(GLOSSARY, term.line, f"the term stands already in line {line}")
        if "nicht geprüft" not in term.norm:
            for _, ref in find_norm_refs(term.norm):
                found.key(GLOSSARY, term.line, ref.key, ref.absatz)


def _contacts(found: Findings, path: Path) -> None:
    try:
        contacts = read_contacts(path)
    except ParseError as error:
        _unreadable(found, error, CONTACTS)
        return
    for contact in contacts:
        found.counts["contacts"] += 1
        line = _line_of_entry(path, contact.id)
        for topic in contact.topics:
            found.topic(CONTACTS, line, topic, "contacts")
        for text in (contact.decides, contact.decides_en):
            found.sentence(CONTACTS, line, text, contact.refs)


def _faq(found: Findings, path: Path) -> None:
    for entry in _toml(found, path, "faq"):
        line = _line_of_entry(path, str(entry.get("id", "")))
        if missing := [name for name in _FAQ_FIELDS if not entry.get(name)]:
            found.find(FAQ, line, f"the entry lacks {', '.join(missing)}")
            continue
        found.counts["faq"] += 1
        if entry["audience"] not in AUDIENCES:
            found.find(FAQ, line, f"audience must be one of {', '.join(AUDIENCES)}")
        found.topic(FAQ, line, entry["topic"], "faq")
        for key in entry["norms"]:
            found.key(FAQ, line, key)


def _catalogue(found: Findings, path: Path) -> None:
    for source in _toml(found, path, "source"):
        name = str(source.get("slug") or source.get("id") or "")
        line = _line_of_entry(path, name)
        found.counts["sources"] += 1
        if missing := [field for field in _SOURCE_FIELDS if not source.get(field)]:
            found.find(CATALOGUE, line, f"the source {name or '?'} lacks {', '.join(missing)}")
        if source.get("sync") not in SYNCS:
            found.find(CATALOGUE, line, f"sync of {name or '?'} must be one of {', '.join(SYNCS)}")


def _toml(found: Findings, path: Path, name: str) -> list[Mapping[str, Any]]:
    if not path.is_file():
        return []
    try:
        listed: list[Mapping[str, Any]] = tomllib.loads(path.read_text(encoding="utf-8"))[name]
    except (tomllib.TOMLDecodeError, KeyError) as error:
        found.find(path.name, 1, f"the file cannot be read: {error}")
        return []
    return listed


def _line_of_entry(path: Path, name: str) -> int:
    """The line (from 1) where a TOML entry names itself, 1 if none does."""
    lines = path.read_text(encoding="utf-8").splitlines()
    wanted = tuple(f'{key} = "{name}"' for key in ("id", "slug"))
    return next((number for number, line in enumerate(lines, start=1) if line.strip() in wanted), 1)


def _unreadable(found: Findings, error: ParseError, file: str) -> None:
    name, _, number = error.where.rpartition(":")
    found.find(name if number.isdigit() else file, int(number) if number.isdigit() else 1, error.message)
