"""Who decides and who helps: authorities and advice, each with its task and the topics it belongs to; pure.

`contacts.toml` names no person and no number that nobody here can check; regional offers are the programme support's
own table.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kb.errors import ParseError

FILE = "contacts.toml"
LEVELS = ("EU", "Bund", "Sachsen", "Kommune", "frei")


@dataclass(frozen=True, slots=True)
class Contact:
    """An authority or a helper.

    `refs` is the inside of a bracket as in notes, `topics` are ids of notes, nearest first. `decides` says what it
    decides or does, `when` in which case to turn to it; both are whole sentences.
    """

    id: str
    name: str
    name_en: str
    level: str
    decides: str
    decides_en: str
    when: str
    when_en: str
    refs: str
    topics: tuple[str, ...]

    def line(self, lang: str) -> str:
        """Name and case, as one line."""
        return f"{self.name_en}: {self.when_en}" if lang == "en" else f"{self.name}: {self.when}"


def read_contacts(path: Path) -> tuple[Contact, ...]:
    """The contacts of a file, none where there is no file. Raises ParseError."""
    if not path.is_file():
        return ()
    try:
        listed = tomllib.loads(path.read_text(encoding="utf-8"))["contact"]
    except (tomllib.TOMLDecodeError, KeyError) as error:
        raise ParseError(f"the contacts cannot be read: {error}", where=path.name, next="correct the file") from error
    return tuple(_contact(raw, path.name) for raw in listed)


def contacts_for(topic: str, contacts: Iterable[Contact], *, limit: int = 2) -> tuple[Contact, ...]:
    """Who helps with a topic: those that name it first come first, then in the order of the file."""
    found = [contact for contact in contacts if topic in contact.topics]
    return tuple(sorted(found, key=lambda contact: contact.topics.index(topic))[:limit])


def _contact(raw: Mapping[str, Any], file: str) -> Contact:
    try:
        contact = Contact(**{**raw, "topics": tuple(raw["topics"])})
    except (TypeError, KeyError) as error:
        raise ParseError(
            f"not a contact: {error}", where=f"{file}, {raw.get('id', '?')}", next="correct the entry"
        ) from error
    if contact.level not in LEVELS:
        raise ParseError(
            f"no level {contact.level!r}", where=f"{file}, {contact.id}", next=f"write one of {', '.join(LEVELS)}"
        )
    return contact
