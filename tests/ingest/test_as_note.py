"""Matrices and misconceptions as notes: each cell and belief a section of its own, in both languages."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from ingest.as_note import table_notes
from ingest.parse import parse
from ingest.raw import Given
from kb.model import Dokument, Kind
from kb.note import note_statements
from kb.split import split
from tests.kb.test_matrix import folder
from tests.kb.test_traps import ROW

STAND = date(2026, 8, 19)


def notes(path: Path) -> dict[str, Dokument]:
    read = [parse(raw, Given(STAND, Kind.NOTE), max_bytes=10**6) for raw in table_notes(path, STAND)]
    return {quelle.stem: quelle for quelle in read if isinstance(quelle, Dokument)}


def test_a_matrix_becomes_a_note_of_its_cells(tmp_path: Path) -> None:
    note = notes(folder(tmp_path))["uebersicht-segel"]
    said = [(one.heading, one.text, one.lang, one.bracket) for one in note_statements(note)]
    assert said[:3] == [
        ("Segelgeld", "Kein Geld.", "de", "§ 1 AufenthG"),
        ("Segelgeld", "Es fehlt Geld.", "de", "§ 2 AufenthG"),
        ("Hafen", "Ja.", "de", "§ 1 AufenthG"),
    ]
    assert ("In English", "Money is missing.", "en", "§ 2 AufenthG") in said
    assert note.rechtsstand == STAND
    # a passage brings the Normen of its own cell only
    assert {len(passage.refs) for passage in split(note)} == {1, 2}


def test_misconceptions_become_one_note(tmp_path: Path) -> None:
    lines = [ROW, {**ROW, "question": "Darf ich?"}]
    (tmp_path / "traps.jsonl").write_text("".join(json.dumps(row) + "\n" for row in lines), encoding="utf-8")
    said = [(one.heading, one.text, one.lang) for one in note_statements(notes(tmp_path)["irrtuemer"])]
    assert said == [
        ("Typische Fehler", "Falsch ist, dass rote Segel verboten sind: Rote Segel sind erlaubt.", "de"),
        ("In English", "It is wrong that red sails are forbidden: Red sails are allowed.", "en"),
    ]


def test_a_folder_without_tables_gives_nothing(tmp_path: Path) -> None:
    assert list(table_notes(tmp_path, STAND)) == []
