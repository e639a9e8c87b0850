"""A file as it was had, what the caller says about it, and how a Dokument is named after it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date

from kb.german import language
from kb.model import Abschnitt, Dokument, Jurisdiction, Kind

DEFAULT_KIND = Kind.WEBSEITE  # the lowest rank a document can have that nobody has classed

# What nobody has said of a document; the same for every file of a folder, so an ingest says it once.
KIND_NOT_GIVEN = f"kind not given: taken as {DEFAULT_KIND.value}, which proves nothing (--kind says what it is)"
STAND_NOT_GIVEN = "Rechtsstand not given: the day of reading is taken (--stand DATE)"


@dataclass(frozen=True, slots=True)
class RawFile:
    """The bytes of one file. `name` is its path below what was given, "/"-joined; `origin` where it came from.

    `sha256` is the hash under which the original is kept.
    """

    name: str
    data: bytes
    origin: str = ""
    sha256: str = field(init=False, compare=False)

    def __post_init__(self) -> None:
        # once: every step of an ingest asks for it, and files are large
        object.__setattr__(self, "sha256", hashlib.sha256(self.data).hexdigest())

    @property
    def place(self) -> str:
        """The name for messages: where it came from, else its name."""
        return self.origin or self.name

    @property
    def path(self) -> str:
        """The name without its ending."""
        folder, slash, name = self.name.replace("\\", "/").rpartition("/")
        stem, dot, _ = name.rpartition(".")
        return f"{folder}{slash}{stem if dot and stem else name}"

    @property
    def stem(self) -> str:
        """The file name without folder and ending."""
        return self.path.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Given:
    """What the caller knows: the kind and Rechtsstand of the sources (None = not known) and the day of reading."""

    today: date
    kind: Kind | None = None
    stand: date | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """What a file says about itself; "" or None where it says nothing."""

    title: str = ""
    kind: Kind | None = None
    stand: date | None = None
    publisher: str = ""
    url: str = ""
    lang: str = ""
    jurisdiction: Jurisdiction = Jurisdiction.UNBEKANNT
    meta: tuple[tuple[str, str], ...] = ()


def make_dokument(
    raw: RawFile, given: Given, abschnitte: tuple[Abschnitt, ...], *, head: Head, warnings: tuple[str, ...] = ()
) -> Dokument:
    """The Dokument of a file. What the caller gives wins over what the file says; what nobody says is warned of."""
    kind = given.kind or head.kind
    stand = given.stand or head.stand
    said = []
    if kind is None:
        kind = DEFAULT_KIND
        said.append(KIND_NOT_GIVEN)
    if stand is None:
        said.append(STAND_NOT_GIVEN)
    text = " ".join(abschnitt.text for abschnitt in abschnitte[:20])[:5000]
    return Dokument(
        id=f"{kind.value}:{raw.path}",
        kind=kind,
        title=head.title or raw.stem.replace("_", " "),
        publisher=head.publisher,
        rechtsstand=stand or given.today,
        url=head.url,
        sha256=raw.sha256,
        abschnitte=abschnitte,
        stem=raw.stem,
        lang=head.lang or language(text),
        jurisdiction=head.jurisdiction,
        meta=head.meta,
        warnings=(*warnings, *said),
    )
