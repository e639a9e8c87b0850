"""Reading Normen and whole sources, in the state in force on a day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from kb.model import NormRef, Passage, Quelle, SourceId, StoredNorm
from kb.store import codec, outbox
from kb.store.catalogue import Catalogue, State
from kb.store.schema import passages, units, version_units, versions

if TYPE_CHECKING:
    from sqlalchemy import Connection

_Place = tuple[SourceId, str]


def find_norms(
    connection: Connection, catalogue: Catalogue, refs: Iterable[NormRef], *, stichtag: date | None, or_oldest: bool
) -> dict[NormRef, StoredNorm]:
    """The stored Normen of the references, by reference as given; those not found are left out."""
    asked = {ref: state for ref in refs if (state := _locate(catalogue, ref, stichtag, or_oldest))}
    history = _wordings(connection, {(state.source_id, codec.place_of(ref)) for ref, state in asked.items()})
    wanted: dict[NormRef, int] = {}
    for ref, state in asked.items():
        rows = history.get((state.source_id, codec.place_of(ref)), {})
        if state.rechtsstand in rows:
            wanted[ref] = rows[state.rechtsstand].id
    bodies = _bodies(connection, set(wanted.values()))
    found: dict[NormRef, StoredNorm] = {}
    for ref, unit_id in wanted.items():
        state = asked[ref]
        days = [each.rechtsstand for each in catalogue.sources[state.source_id].states]
        rows = history[state.source_id, codec.place_of(ref)]
        wordings = {day: rows[day].wording if day in rows else None for day in days}
        valid_from, valid_to = _proven(days, wordings, state.rechtsstand)
        found[ref] = StoredNorm(
            norm=codec.norm_from_json(bodies[unit_id]),
            source=catalogue.info(state),
            valid_from=valid_from,
            valid_to=valid_to,
            other_states=tuple(day for day in days if wordings[day] != wordings[state.rechtsstand]),
        )
    return found


def norm_passages(
    connection: Connection, catalogue: Catalogue, ref: NormRef, *, stichtag: date | None, or_oldest: bool
) -> list[Passage]:
    """The passages of a Norm in order, only those of the Absatz where the reference names one."""
    state = _locate(catalogue, ref, stichtag, or_oldest)
    if state is None:
        return []
    rows = connection.execute(
        select(passages)
        .join(units, units.c.id == passages.c.unit_id)
        .join(version_units, version_units.c.unit_id == units.c.id)
        .where(
            units.c.source_id == state.source_id,
            units.c.place == codec.place_of(ref),
            version_units.c.version_id == state.version_id,
        )
        .order_by(version_units.c.ordinal, passages.c.ordinal)
    )
    found = [codec.passage_from_row(state.source_id, row) for row in rows]
    if ref.absatz is None:
        return found
    return [p for p in found if isinstance(p.locator, NormRef) and p.locator.absatz == ref.absatz]


def rebuild_quelle(connection: Connection, state: State) -> Quelle:
    """The source as it was stored in that state."""
    bodies = connection.execute(
        select(units.c.body)
        .join(version_units, version_units.c.unit_id == units.c.id)
        .where(version_units.c.version_id == state.version_id)
        .order_by(version_units.c.ordinal)
    ).scalars()
    return codec.quelle_from_json(state.head, list(bodies))


def _locate(catalogue: Catalogue, ref: NormRef, stichtag: date | None, or_oldest: bool) -> State | None:
    """The state in which to look a reference up: of several sources of one Kürzel the youngest."""
    ids = catalogue.by_kuerzel.get(ref.gesetz.casefold(), ())
    states = [state for each in ids if (state := catalogue.in_force(each, stichtag, or_oldest=or_oldest))]
    return max(states, key=lambda state: (state.rechtsstand, state.source_id), default=None)


def _wordings(connection: Connection, places: set[_Place]) -> dict[_Place, dict[date, Any]]:
    """For each place its unit (id, wording) by state; a number printed twice counts where it stands first."""
    found: dict[_Place, dict[date, Any]] = {}
    by_source: dict[SourceId, list[str]] = {}
    for source_id, place in sorted(places):
        by_source.setdefault(source_id, []).append(place)
    for source_id, names in by_source.items():
        for some in outbox.chunks(names):
            rows = connection.execute(
                select(units.c.place, units.c.id, units.c.wording, versions.c.rechtsstand)
                .join(version_units, version_units.c.unit_id == units.c.id)
                .join(versions, versions.c.id == version_units.c.version_id)
                .where(units.c.source_id == source_id, units.c.place.in_(some))
                .order_by(version_units.c.ordinal)
            )
            for row in rows:
                found.setdefault((source_id, row.place), {}).setdefault(row.rechtsstand, row)
    return found


def _bodies(connection: Connection, unit_ids: set[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for some in outbox.chunks(sorted(unit_ids)):
        rows = connection.execute(select(units.c.id, units.c.body).where(units.c.id.in_(some)))
        found.update({row.id: row.body for row in rows})
    return found


def _proven(days: Sequence[date], wordings: dict[date, str | None], chosen: date) -> tuple[date | None, date | None]:
    """First and last day of the wording, where a differing state lies exactly one day away; None otherwise."""
    first = last = index = list(days).index(chosen)
    while first > 0 and wordings[days[first - 1]] == wordings[days[index]]:
        first -= 1
    while last < len(days) - 1 and wordings[days[last + 1]] == wordings[days[index]]:
        last += 1
    day = timedelta(days=1)
    starts = first > 0 and days[first] - days[first - 1] == day
    ends = last < len(days) - 1 and days[last + 1] - days[last] == day
    return (days[first] if starts else None, days[last] if ends else None)
