"""A Norm or an Absatz as it is stored, and what changed between two states of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from kb.errors import CitationError
from kb.model import Absatz, NormRef, PendingChange, StoredNorm

if TYPE_CHECKING:
    from kb.store import Store

_PIECE = re.compile(r"\s+|[^\W_]+|[^\w\s]|_")


@dataclass(frozen=True, slots=True)
class Shown:
    """The stored text of `ref` (cut to the Absatz: statute XML marks no deeper level) in one state."""

    ref: NormRef
    absaetze: tuple[Absatz, ...]
    rechtsstand: date
    valid_from: date | None
    valid_to: date | None
    pending: tuple[PendingChange, ...]
    other_states: tuple[date, ...]
    title: str
    is_weggefallen: bool

    @property
    def text(self) -> str:
        """The Absätze shown, one blank line between them."""
        return "\n\n".join(absatz.text for absatz in self.absaetze)


@dataclass(frozen=True, slots=True)
class Op:
    """One step from old to new words of an Absatz: `kind` is equal, insert, delete or replace."""

    absatz: str | None
    kind: str
    old: str
    new: str


def show(ref: NormRef, *, store: Store, stichtag: date | None = None) -> Shown:
    """The text in force at `stichtag` (None = today's). Raises CitationError if there is none."""
    stored = store.norm(ref.norm, stichtag=stichtag)
    if stored is None:
        raise _not_stored(ref, stichtag, store.norm(ref.norm, or_oldest=True, stichtag=stichtag))
    return _cut(ref, stored)


def _not_stored(ref: NormRef, stichtag: date | None, oldest: StoredNorm | None) -> CitationError:
    if oldest is not None:
        return CitationError(
            f"no text of {ref.norm} is stored for {stichtag}",
            where=str(ref),
            next=f"the oldest one stored is of {oldest.source.rechtsstand}",
        )
    return CitationError(f"{ref.norm} is not stored", where=str(ref), next="lotse sync, or lotse ingest its statute")


def _cut(ref: NormRef, stored: StoredNorm) -> Shown:
    absaetze = stored.norm.absaetze
    if ref.absatz is not None:
        absaetze = tuple(absatz for absatz in absaetze if absatz.nummer == ref.absatz)
        if not absaetze:
            numbers = [absatz.nummer for absatz in stored.norm.absaetze if absatz.nummer]
            raise CitationError(
                f"{ref.norm} has no Abs. {ref.absatz} in the text of {stored.source.rechtsstand}",
                where=str(ref),
                next=f"it has Abs. {', '.join(numbers)}" if numbers else "it does not count its Absätze",
            )
    return Shown(
        ref=ref.to_absatz(),
        absaetze=absaetze,
        rechtsstand=stored.source.rechtsstand,
        valid_from=stored.valid_from,
        valid_to=stored.valid_to,
        pending=stored.source.pending,
        other_states=stored.other_states,
        title=stored.norm.title,
        is_weggefallen=stored.norm.is_weggefallen,
    )


def diff(old: Shown, new: Shown) -> tuple[Op, ...]:
    """The steps from the old text to the new, word by word inside each Absatz, in the order of the new text.

    Joined per Absatz, `old` of all steps is the old text and `new` the new one, blanks included.
    """
    before = {_key(absatz, number): absatz for number, absatz in enumerate(old.absaetze)}
    after = {_key(absatz, number): absatz for number, absatz in enumerate(new.absaetze)}
    steps: list[Op] = []
    for key in _merged(list(before), list(after)):
        was, now = before.get(key), after.get(key)
        nummer = (now or was or Absatz(None, "")).nummer
        steps += _words(nummer, was.text if was else "", now.text if now else "")
    return tuple(steps)


def _key(absatz: Absatz, position: int) -> str:
    """An Absatz is followed by its number; one without a number by its position."""
    return absatz.nummer or f"#{position}"


def _merged(before: list[str], after: list[str]) -> list[str]:
    """All keys: those of the new text in order, each deleted one after the key it followed."""
    keys = list(after)
    for position, key in enumerate(before):
        if key not in after:
            left = next((keys.index(other) + 1 for other in reversed(before[:position]) if other in keys), 0)
            keys.insert(left, key)
    return keys


def _words(nummer: str | None, old: str, new: str) -> list[Op]:
    before, after = _PIECE.findall(old), _PIECE.findall(new)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    return [Op(nummer, kind, "".join(before[a:b]), "".join(after[c:d])) for kind, a, b, c, d in matcher.get_opcodes()]
