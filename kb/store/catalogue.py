"""All states of all sources as one frozen value: which state is in force when, and what a Beleg shows of it."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from kb.laws import law_by_slug
from kb.model import Gesetz, Jurisdiction, Kind, Quelle, SourceId, SourceInfo
from kb.store import codec
from kb.store.schema import sources, versions

if TYPE_CHECKING:
    from sqlalchemy import Connection

_PUBLISHERS = {Kind.VERORDNUNG_EU: "Amtsblatt der Europäischen Union"}
_FEDERAL_PUBLISHER = "gesetze-im-internet.de"


def kind_of(quelle: Quelle) -> Kind:
    """The kind of a source; a Gesetz not listed in laws.toml is told by its title."""
    if not isinstance(quelle, Gesetz):
        return quelle.kind
    if law := law_by_slug(quelle.slug):
        return law.kind
    if quelle.kuerzel.startswith(("VO (E", "(EU", "(EG")):
        return Kind.VERORDNUNG_EU
    title = quelle.title.casefold()
    # "Gesetz über …" may name a Verordnung later in its title; the earlier word says what it is.
    ordinance, statute = title.find("verordnung"), title.find("gesetz")
    return Kind.VERORDNUNG if ordinance >= 0 and not 0 <= statute < ordinance else Kind.GESETZ


@dataclass(frozen=True, slots=True)
class State:
    """One state of a source; `version_id` is its row."""

    version_id: int
    source_id: SourceId
    rechtsstand: date
    kind: Kind
    kuerzel: str
    sha256: str
    head: str


@dataclass(frozen=True, slots=True)
class _Source:
    id: SourceId
    is_published: bool
    last_checked: date
    states: tuple[State, ...]


@dataclass(frozen=True)
class Catalogue:
    """`sources` by id, states oldest first; made by `load`."""

    sources: dict[SourceId, _Source]

    @cached_property
    def by_kuerzel(self) -> dict[str, tuple[SourceId, ...]]:
        """Published Gesetze by casefolded Kürzel."""
        found: dict[str, list[SourceId]] = {}
        for source in self.sources.values():
            if source.is_published and source.states and (kuerzel := source.states[-1].kuerzel):
                found.setdefault(kuerzel.casefold(), []).append(source.id)
        return {kuerzel: tuple(sorted(ids)) for kuerzel, ids in found.items()}

    @cached_property
    def _by_version(self) -> dict[int, State]:
        return {state.version_id: state for source in self.sources.values() for state in source.states}

    def state(self, version_id: int) -> State:
        """The state of a row of `versions`."""
        return self._by_version[version_id]

    def in_force(self, source_id: SourceId, stichtag: date | None, *, or_oldest: bool = False) -> State | None:
        """The newest state that is not younger than `stichtag` (the newest of all where None).

        None for an unknown or retired source, and before the oldest state, unless `or_oldest` asks for that one.
        """
        source = self.sources.get(source_id)
        if source is None or not source.is_published or not source.states:
            return None
        if stichtag is None:
            return source.states[-1]
        index = bisect_right([state.rechtsstand for state in source.states], stichtag) - 1
        if index >= 0:
            return source.states[index]
        return source.states[0] if or_oldest else None

    def published(self) -> Iterable[State]:
        """The current state of every published source, by id."""
        for source_id in sorted(self.sources):
            if state := self.in_force(source_id, None):
                yield state

    def info(self, state: State) -> SourceInfo:
        """What a Beleg shows of that state."""
        source = self.sources[state.source_id]
        head: dict[str, Any] = json.loads(state.head)
        is_gesetz = head["type"] == "gesetz"
        if is_gesetz:
            jurisdiction = Jurisdiction.EU if state.kind is Kind.VERORDNUNG_EU else Jurisdiction.BUND
        else:
            jurisdiction = Jurisdiction(head["jurisdiction"])
        return SourceInfo(
            id=source.id,
            kind=state.kind,
            title=head["title"],
            publisher=_PUBLISHERS.get(state.kind, _FEDERAL_PUBLISHER) if is_gesetz else head["publisher"],
            url=head["url"],
            rechtsstand=state.rechtsstand,
            last_checked=source.last_checked,
            jurisdiction=jurisdiction,
            kuerzel=state.kuerzel,
            stem=head["slug"] if is_gesetz else head["stem"],
            states=tuple(each.rechtsstand for each in source.states),
            pending=codec.pending_from_json(head.get("pending", [])),
        )


def load(connection: Connection) -> Catalogue:
    """The catalogue as it stands."""
    states: dict[SourceId, list[State]] = {}
    for row in connection.execute(select(versions).order_by(versions.c.source_id, versions.c.rechtsstand)):
        states.setdefault(row.source_id, []).append(
            State(row.id, row.source_id, row.rechtsstand, Kind(row.kind), row.kuerzel, row.sha256, row.head)
        )
    return Catalogue(
        {
            row.id: _Source(row.id, row.is_published, row.last_checked, tuple(states.get(row.id, ())))
            for row in connection.execute(select(sources))
        }
    )
