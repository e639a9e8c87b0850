"""The knowledge we ship, as a layer of the store: notes, tables and the question bank, once for each version."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.as_note import TRAPS_STEM, table_notes
from ingest.raw import RawFile
from kb.config import Config
from kb.errors import CitationError, ConfigError, ParseError
from kb.model import BankQuestion, Kind
from kb.normref import parse_norm_key
from kb.note import statement_key
from kb.pins import read_pins
from kb.traps import FILE as TRAPS
from kb.traps import read_traps

if TYPE_CHECKING:
    from kb.store import Store

# The version of how starter files are read: raise it when the same files must be read again.
_READING = "2"
_VERSION, _NOTES, _BANKS = "starter.version", "starter.notes", "starter.banks"
_EMPTY = "none"
# How long to wait for another process that is indexing; what we stored it may index for us.
_PATIENCE = 120.0

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class StarterReport:
    """Whether the layer is in, and how many of its notes and bank files differed from what was stored."""

    is_in: bool
    changed: int = 0


@contextmanager
def open_home(config: Config, *, starter: bool = True) -> Iterator[Store]:
    """The store of a home, made where it is missing; the starter knowledge is in and in its newest version."""
    from kb.store import open_store

    config.home.mkdir(parents=True, exist_ok=True)
    with open_store(config) as store:
        if starter:
            init_starter(store, config)
        yield store


def leave_empty(store: Store) -> None:
    """Keeps the starter knowledge out of this store, for good. Raises ConfigError if it is already in."""
    if store.get_meta(_VERSION) not in (None, _EMPTY):
        raise ConfigError(
            "this home already holds the starter knowledge",
            where="lotse init --no-starter",
            next="name a new LOTSE_HOME",
        )
    store.set_meta(_VERSION, _EMPTY)


def init_starter(store: Store, config: Config, *, progress: Progress | None = None) -> StarterReport:
    """Stores and indexes the layer if this version of it is not in yet; what it changed.

    A note that the new version no longer has is retired. Killed half-way, it begins again and skips what is stored.
    """
    stored = store.get_meta(_VERSION)
    if stored == _EMPTY:
        return StarterReport(is_in=False)
    files = _files(config.starter_folder)
    tables = _tables(config.starter_folder)
    version = _version([*files, *config.starter_folder.glob(TRAPS)], tables)
    if stored == version:
        return StarterReport(is_in=True)
    changed = _store_notes([path for path in files if path.suffix == ".md"], tables, store, config)
    banks = {path.stem: read_bank(path) for path in files if path.suffix == ".jsonl"}
    changed += _store_banks({**banks, **_asked_elsewhere(config.starter_folder)}, store)
    from kb.index import update

    update(store, config, progress=progress, wait_seconds=_PATIENCE)
    store.set_meta(_VERSION, version)
    return StarterReport(is_in=True, changed=changed)


def read_bank(path: Path) -> tuple[BankQuestion, ...]:
    """The questions of one bank file. Raises ParseError with the line."""
    return tuple(_questions(path))


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise ConfigError("there is no starter knowledge here", where=str(folder), next="correct LOTSE_STARTER")
    notes, banks = sorted((folder / "notes").glob("*.md")), sorted((folder / "questions").glob("*.jsonl"))
    return [*notes, *banks]


def _tables(folder: Path) -> list[RawFile]:
    """The matrices and traps as notes, dated by the newest wording they were checked against."""
    pins = read_pins(folder / "norms.lock")
    return list(table_notes(folder, max((pin.rechtsstand for pin in pins.values()), default=None)))


def _version(files: list[Path], tables: list[RawFile]) -> str:
    digest = hashlib.sha256(_READING.encode())
    for name, data in [*((path.name, path.read_bytes()) for path in files), *((raw.name, raw.data) for raw in tables)]:
        digest.update(f"\0{name}\0".encode())
        digest.update(data)
    return digest.hexdigest()


def _store_notes(paths: list[Path], tables: list[RawFile], store: Store, config: Config) -> int:
    from ingest.build import ingest_paths, ingest_raw

    results = list(ingest_paths(paths, store=store, config=config, kind=Kind.NOTE))
    for raw in tables:
        results += ingest_raw(raw, store=store, config=config, kind=Kind.NOTE)
    stored = [result.source_id for result in results]
    gone = set(_names(store, _NOTES)) - set(stored)
    for source_id in sorted(gone):
        store.retire(source_id)
    store.set_meta(_NOTES, json.dumps(stored))
    return len(gone) + sum(1 for result in results if result.added or result.changed or result.removed)


def _asked_elsewhere(folder: Path) -> dict[str, tuple[BankQuestion, ...]]:
    """The questions of traps.jsonl as banks: each is answered by the correction of what it takes for granted."""
    traps = tuple(
        BankQuestion(
            question=trap.question,
            lang=trap.lang,
            style=trap.style,
            norms=trap.norms,
            note=trap.note,
            answer=tuple(statement_key(trap.statement(lang)) for lang in ("de", "en")),
        )
        for trap in read_traps(folder / TRAPS)
    )
    return {TRAPS_STEM: traps} if traps else {}


def _store_banks(banks: Mapping[str, tuple[BankQuestion, ...]], store: Store) -> int:
    entries: dict[str, tuple[BankQuestion, ...]] = dict.fromkeys(_names(store, _BANKS), ())
    entries |= banks
    changes = [store.replace_bank(name, questions) for name, questions in entries.items()]
    store.set_meta(_BANKS, json.dumps(list(banks)))
    return sum(1 for change in changes if change.added or change.changed or change.removed)


def _names(store: Store, key: str) -> list[str]:
    names: list[str] = json.loads(store.get_meta(key) or "[]")
    return names


def _questions(path: Path) -> Iterator[BankQuestion]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            yield _question(json.loads(line))
        except (json.JSONDecodeError, KeyError, TypeError, ValueError, CitationError) as error:
            raise ParseError(
                f"not a question of the bank: {error}", where=f"{path.name}:{number}", next="correct the line"
            ) from error


def _question(value: dict[str, Any]) -> BankQuestion:
    norms = tuple(parse_norm_key(norm) for norm in value["norms"])
    if not norms:
        raise ValueError("it names no Norm")
    absatz, note, answer = value.get("absatz"), value.get("note"), value.get("answer") or ()
    return BankQuestion(
        question=str(value["question"]),
        lang=str(value["lang"]),
        style=str(value["style"]),
        norms=norms,
        absatz=None if absatz is None else str(absatz),
        note=None if note is None else str(note),
        answer=tuple(str(key) for key in answer),
    )
