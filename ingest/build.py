"""Files, folders and zips → the store. One bad file does not stop the rest; the same bytes are not read twice."""

from __future__ import annotations

import json
import os
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ingest.archive import is_zip, members
from ingest.parse import Format, parse, sniff
from ingest.raw import KIND_NOT_GIVEN, STAND_NOT_GIVEN, Given, RawFile
from kb.errors import ParseError, SourceError
from kb.model import Gesetz, Kind, Passage, Quelle, SourceId
from kb.split import split
from kb.store.catalogue import kind_of

if TYPE_CHECKING:
    from kb.config import Config
    from kb.store import Store

Progress = Callable[[int, int], None]

# Goes up whenever readers or split give another result for the same bytes: then "unchanged" bytes are read again.
READING = 2
_KNOWN = "read:"  # names in the store: "read:<sha256>" → what was made of those bytes
_UNSAID = frozenset({KIND_NOT_GIVEN, STAND_NOT_GIVEN})
_READ_AHEAD = 4  # files parsed beyond the one being stored; more would only cost memory


@dataclass(frozen=True, slots=True)
class IngestResult:
    """What became of one source. Counts are passages; `unchanged` counts those whose wording stayed."""

    source_id: str
    title: str
    kind: Kind
    rechtsstand: date
    passages: int
    added: int
    changed: int
    removed: int
    unchanged: int
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IngestReport:
    """All sources that were taken, in order, and why others were not. Iterating gives the results.

    `warnings` are those that hold for many sources alike, each said once with their number.
    """

    results: tuple[IngestResult, ...]
    errors: tuple[SourceError, ...]
    warnings: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[IngestResult]:
        return iter(self.results)


@dataclass(frozen=True, slots=True)
class _Known:
    """What earlier reading made of the same bytes."""

    source_id: str
    rechtsstand: date
    passages: int


_Parsed = tuple[Quelle, tuple[Passage, ...]]


class _Waiting(NamedTuple):
    """A file on its way: what is known of it or being made of it, and how many were stored when it was begun."""

    raw: RawFile
    job: _Known | Future[_Parsed]
    stored_before: int


def ingest_paths(
    paths: Iterable[Path],
    *,
    store: Store,
    config: Config,
    kind: Kind | None = None,
    stand: date | None = None,
    progress: Progress | None = None,
    today: date | None = None,
    executor: Executor | None = None,
) -> IngestReport:
    """What was stored from files, folders (with all below) and zips; the caller then updates the index.

    `progress(done, total)` counts files. `today` is the day of reading (the clock's where None). With an `executor`
    files are parsed in it, a few ahead of the one that is stored. A file that cannot be read is an error of the report.
    """
    run = _Run(store, config, Given(today or date.today(), kind, stand), executor)
    files = run.files(paths)
    for done, (path, name) in enumerate(files, 1):
        run.take_path(path, name)
        if progress:
            progress(done, len(files))
    return run.finish()


def ingest_raw(
    raw: RawFile,
    *,
    store: Store,
    config: Config,
    kind: Kind | None = None,
    stand: date | None = None,
    today: date | None = None,
) -> IngestReport:
    """What was stored from bytes that are no file of ours (an upload, the answer of a server); a zip gives several."""
    run = _Run(store, config, Given(today or date.today(), kind, stand), None)
    run.take(raw)
    return run.finish()


def parse_and_split(raw: RawFile, given: Given, max_bytes: int, max_words: int) -> _Parsed:
    """The source and its passages; a function of its own so that another process can run it. Raises ParseError."""
    quelle = parse(raw, given, max_bytes=max_bytes)
    return quelle, split(quelle, max_words=max_words)


class _Run:
    """One ingest: reads ahead, stores in order, keeps errors by file."""

    def __init__(self, store: Store, config: Config, given: Given, executor: Executor | None) -> None:
        self._store, self._config, self._given, self._executor = store, config, given, executor
        self._known = store.meta_with_prefix(_KNOWN)
        self._waiting: deque[_Waiting] = deque()
        self._stored = 0
        self._infos = {info.id: info for info in store.sources()} if self._known else {}
        self._taken: dict[tuple[str, date], RawFile] = {}
        self._results: list[IngestResult] = []
        self._errors: list[SourceError] = []
        self._unsaid: Counter[str] = Counter()
        self._seen: dict[SourceId, str] = {}  # sources whose bytes were stored before

    def files(self, paths: Iterable[Path]) -> list[tuple[Path, str]]:
        """Every file below the paths with its name there, sorted; hidden ones left out. A missing path is an error."""
        found: list[tuple[Path, str]] = []
        for path in paths:
            if path.is_dir():
                found += sorted(_below(path), key=lambda pair: pair[1])
            elif path.is_file():
                found.append((path, path.name))
            else:
                message = "there is no such file or folder"
                self._errors.append(SourceError(message, where=str(path), next="check the path"))
        return found

    def take_path(self, path: Path, name: str) -> None:
        """Reads a file; what is wrong with it is noted."""
        try:
            size = path.stat().st_size
            if size > self._config.max_file_bytes:
                message = f"the file has {size:,} bytes, the limit is {self._config.max_file_bytes:,}"
                raise ParseError(message, where=str(path), next="give it in parts, or raise max_file_bytes")
            self.take(RawFile(name, path.read_bytes(), str(path)))
        except OSError as error:
            message = f"the file cannot be read: {error.strerror or error}"
            self._errors.append(SourceError(message, where=str(path), next="check the file and its permissions"))
        except SourceError as error:
            self._errors.append(error)

    def take(self, raw: RawFile) -> None:
        """Takes a file, or each file of a zip; what is wrong is noted."""
        try:
            if is_zip(raw.data) and self._recall(raw) is None and sniff(raw) is Format.ZIP:
                for member in members(raw, max_bytes=self._config.max_unzipped_bytes):
                    if isinstance(member, ParseError):
                        self._errors.append(member)
                    else:
                        self._start(member)
            else:
                self._start(raw)
        except SourceError as error:
            self._errors.append(error)

    def finish(self) -> IngestReport:
        """Stores what still waits; the report."""
        while self._waiting:
            self._store_next()
        # after all else: each of these writes makes the store read its catalogue anew
        for source_id, sha256 in self._seen.items():
            self._store.touch(source_id, sha256, self._given.today)
        unsaid = (f"{count} source{'s' if count > 1 else ''}: {text}" for text, count in self._unsaid.items())
        return IngestReport(tuple(self._results), tuple(self._errors), tuple(unsaid))

    def _start(self, raw: RawFile) -> None:
        known = self._recall(raw)
        self._waiting.append(_Waiting(raw, known or self._parse(raw), self._stored))
        ahead = _READ_AHEAD if self._executor else 0
        while len(self._waiting) > ahead:
            self._store_next()

    def _parse(self, raw: RawFile) -> Future[_Parsed]:
        arguments = (raw, self._given, self._config.max_unzipped_bytes, self._config.passage_words)
        if self._executor:
            try:
                return self._executor.submit(parse_and_split, *arguments)
            except BrokenExecutor:
                self._executor = None  # the files that waited are named by _store_next; the rest is read here
        future: Future[_Parsed] = Future()
        try:
            future.set_result(parse_and_split(*arguments))
        except SourceError as error:
            future.set_exception(error)
        return future

    def _recall(self, raw: RawFile) -> _Known | None:
        """What is stored of the same bytes, if reading them again would give the same; None otherwise."""
        entry = self._known.get(f"{_KNOWN}{raw.sha256}")
        if entry is None:
            return None
        value = json.loads(entry)
        source_id, stand = value["source"], date.fromisoformat(value["rechtsstand"])
        if value["reading"] != self._reading or self._given.stand not in (None, stand):
            return None
        if ":" in source_id and not self._is_same_document(raw, source_id):
            return None
        if not self._store.same_raw(source_id, raw.sha256, rechtsstand=stand):
            return None
        return _Known(source_id, stand, value["passages"])

    def _is_same_document(self, raw: RawFile, source_id: SourceId) -> bool:
        """True if a document of the same bytes is stored under that id: same file name, and no other kind given.

        The folder does not count: a file given alone and again with its folder is one document, not two.
        """
        kind, _, path = source_id.partition(":")
        is_kind = self._given.kind in (None, Kind(kind))
        return is_kind and path.rpartition("/")[2] == raw.stem

    @property
    def _reading(self) -> str:
        return f"{READING}/{self._config.passage_words}"

    def _store_next(self) -> None:
        raw, job, stored_before = self._waiting.popleft()
        try:
            if self._stored > stored_before:
                # something of the same bytes, or in the place of this file, may have been stored since it was begun
                job = self._recall(raw) or (self._parse(raw) if isinstance(job, _Known) else job)
            if isinstance(job, _Known):
                self._results.append(self._seen_again(raw, job))
            else:
                self._results.append(self._store_one(raw, *job.result()))
        except SourceError as error:
            self._errors.append(error)
        except BrokenExecutor as error:
            self._executor = None
            message = "a process that reads files ended while this file or one near it was read"
            failure = SourceError(message, where=raw.place, next="ingest it alone; if that fails too, it is too much")
            failure.__cause__ = error
            self._errors.append(failure)

    def _seen_again(self, raw: RawFile, known: _Known) -> IngestResult:
        self._taken.setdefault((known.source_id, known.rechtsstand), raw)
        info = self._infos.get(known.source_id) or self._store.source(known.source_id)
        if info is None or info.last_checked < self._given.today:
            self._seen[known.source_id] = raw.sha256
        title, kind = (info.title, info.kind) if info else (raw.stem, Kind.GESETZ)
        count = known.passages
        return IngestResult(known.source_id, title, kind, known.rechtsstand, count, 0, 0, 0, count)

    def _store_one(self, raw: RawFile, quelle: Quelle, passages: tuple[Passage, ...]) -> IngestResult:
        other = self._taken.setdefault((quelle.id, quelle.rechtsstand), raw)
        if other.sha256 != raw.sha256:
            raise SourceError(
                f"has the same id and Rechtsstand as {other.place}: {quelle.id}",
                where=raw.place,
                next="rename one of them, or ingest the folder that holds both",
            )
        self._stored += 1
        quelle_warnings = _warnings(quelle, self._given)
        changes = self._store.replace(
            quelle, passages, raw=raw.data, origin=raw.place, checked=max(self._given.today, quelle.rechtsstand)
        )
        self._retire_other_name(raw, quelle)
        value = {
            "source": quelle.id,
            "rechtsstand": quelle.rechtsstand.isoformat(),
            "passages": len(passages),
            "reading": self._reading,
        }
        self._known[f"{_KNOWN}{raw.sha256}"] = entry = json.dumps(value)
        self._store.set_meta(f"{_KNOWN}{raw.sha256}", entry)
        self._unsaid.update(warning for warning in quelle_warnings if warning in _UNSAID)
        return IngestResult(
            quelle.id,
            quelle.title,
            kind_of(quelle),
            quelle.rechtsstand,
            len(passages),
            len(changes.added),
            len(changes.changed),
            len(changes.removed),
            changes.unchanged,
            tuple(warning for warning in quelle_warnings if warning not in _UNSAID),
        )

    def _retire_other_name(self, raw: RawFile, quelle: Quelle) -> None:
        """Takes a document out of search that is the same file, classed as another kind now (`--kind`)."""
        entry = self._known.get(f"{_KNOWN}{raw.sha256}")
        old = json.loads(entry)["source"] if entry else quelle.id
        if old == quelle.id or ":" not in old or old.rpartition("/")[2].rpartition(":")[2] != raw.stem:
            return
        if self._store.same_raw(old, raw.sha256):
            self._store.retire(old)


def _below(folder: Path) -> Iterator[tuple[Path, str]]:
    """Every file below a folder with its path from there, "/"-joined; hidden files and folders left out."""
    for base, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in files:
            path = Path(base, name)
            if not name.startswith(".") and path.is_file():
                yield path, path.relative_to(folder).as_posix()


def _warnings(quelle: Quelle, given: Given) -> tuple[str, ...]:
    if not isinstance(quelle, Gesetz):
        return quelle.warnings
    if not quelle.doknr and given.stand is None:
        return (STAND_NOT_GIVEN,)  # Markdown of a statute has no date in it
    return ()
