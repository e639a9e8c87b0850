"""What the starter knowledge holds beside notes and questions, read once: matrices, misconceptions, contacts, terms."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kb.contacts import FILE as CONTACTS
from kb.contacts import Contact, read_contacts
from kb.glossary import FILE as GLOSSARY
from kb.glossary import Term, read_glossary
from kb.matrix import Matrix, read_matrices
from kb.traps import FILE as TRAPS
from kb.traps import Trap, read_traps


@dataclass(frozen=True, slots=True)
class Curated:
    """The tables of a starter folder; each is empty where the folder lacks its file."""

    matrices: tuple[Matrix, ...] = ()
    traps: tuple[Trap, ...] = ()
    contacts: tuple[Contact, ...] = ()
    terms: tuple[Term, ...] = ()


def read_curated(folder: Path) -> Curated:
    """The tables of a starter folder. Raises ParseError with file and line."""
    return Curated(
        matrices=read_matrices(folder),
        traps=read_traps(folder / TRAPS),
        contacts=read_contacts(folder / CONTACTS),
        terms=read_glossary(folder / GLOSSARY),
    )
