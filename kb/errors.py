"""What can go wrong, as one tree.

KbError
├── ConfigError        a setting is unknown, contradictory or unreadable
├── SourceError        a source cannot be used
│   ├── FetchError     it could not be had from its address
│   │   └── OfflineError    nothing answers there at all
│   └── ParseError     it was had, but cannot be read
├── StoreError         the database or an index refuses or disagrees
│   └── LockedError    another process is writing
├── ModelError         an embedding or language model is missing, wrong or silent
└── CitationError      a reference cannot be read, or names nothing

Every error says what happened, where, and what to do next:

    try:
        source = read_gii_xml(path)
    except ParseError as error:
        print(error.message, error.where, error.next)
"""

from __future__ import annotations


class KbError(Exception):
    """Something the user can act on: `message` (what), `where` (which source, file, line), `next` (what to do)."""

    def __init__(self, message: str, *, where: str = "", next: str = "") -> None:
        self.message = message
        self.where = where
        self.next = next
        super().__init__(" – ".join(part for part in (message, where, next) if part))


class ConfigError(KbError):
    """A setting is unknown, contradictory or unreadable."""


class SourceError(KbError):
    """A source cannot be used."""


class FetchError(SourceError):
    """A source could not be had from its address."""


class OfflineError(FetchError):
    """Nothing answers at the address: no network, or the publisher is down."""


class ParseError(SourceError):
    """A source was had, but cannot be read."""


class StoreError(KbError):
    """The database or an index refuses or disagrees."""


class LockedError(StoreError):
    """Another process is writing."""


class ModelError(KbError):
    """An embedding or language model is missing, wrong or silent."""


class CitationError(KbError):
    """A reference cannot be read, or names nothing."""
