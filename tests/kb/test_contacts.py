"""Who decides and who helps."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from kb.contacts import Contact, contacts_for, read_contacts
from kb.errors import ParseError

ENTRY = """
[[contact]]
id = "hafen"
name = "Hafenamt"
name_en = "Harbour office"
level = "Kommune"
decides = "Das Hafenamt entscheidet."
decides_en = "The harbour office decides."
when = "Vor der Ausfahrt."
when_en = "Before leaving."
refs = "Praxis"
topics = ["boote", "segel"]
"""
HAFEN = Contact(
    "hafen",
    "Hafenamt",
    "Harbour office",
    "Kommune",
    "Das Hafenamt entscheidet.",
    "The harbour office decides.",
    "Vor der Ausfahrt.",
    "Before leaving.",
    "Praxis",
    ("boote", "segel"),
)


def test_contacts_are_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "contacts.toml"
    path.write_text(ENTRY, encoding="utf-8")
    assert read_contacts(path) == (HAFEN,)
    assert read_contacts(tmp_path / "none.toml") == ()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('level = "Kommune"', 'level = "Mond"', "no level 'Mond'"),
        ('refs = "Praxis"\n', "", "not a contact"),
        ("topics = [", "topics = ]", "cannot be read"),
    ],
)
def test_a_bad_entry_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    path = tmp_path / "contacts.toml"
    path.write_text(ENTRY.replace(old, new), encoding="utf-8")
    with pytest.raises(ParseError, match=message):
        read_contacts(path)


def test_who_names_a_topic_first_comes_first() -> None:
    segel = replace(HAFEN, id="segelamt", topics=("segel",))
    netz = replace(HAFEN, id="netzamt", topics=("netz", "boote", "segel"))
    assert [one.id for one in contacts_for("segel", (netz, HAFEN, segel))] == ["segelamt", "hafen"]
    assert contacts_for("wetter", (HAFEN,)) == ()


def test_a_line_speaks_both_languages() -> None:
    assert (HAFEN.line("de"), HAFEN.line("en")) == (
        "Hafenamt: Vor der Ausfahrt.",
        "Harbour office: Before leaving.",
    )
