"""Files, folders and zips → the store. One bad file does not stop the rest; the same bytes are not read twice."""

from __future__ import annotations

import json
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.archive import members
from ingest.parse import Format, parse, sniff
from ingest.raw import Given, RawFile
from kb.errors import ParseError, SourceError
from kb.model import Gesetz, Kind, Passage, Quelle
from kb.split import split
from kb.store.catalogue import kind_of

if TYPE_CHECKING:
    from kb.config import Config
    from kb.store import Store

Progress = Callable[[int, int], None]

# Goes up whenever readers or split give another result for the same bytes: then "unchanged" bytes are read again.
READING = 2
_KNOWN = "read:"  # names in the store: "read:<sha256>" → what was made of those bytes
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
    """All sources that were taken, in order, and why others were not. Iterating gives the results."""

    results: tuple[IngestResult, ...]
    errors: tuple[SourceError, ...]

    def __iter__(self) -> Iterator[IngestResult]:
        return iter(self.results)


@dataclass(frozen=True, slots=True)
class _Known:
    """What earlier reading made of the same bytes."""

    source_id: str
    rechtsstand: date
    passages: int


_Parsed = tuple[Quelle, tuple[Passage, ...]]


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
        self._waiting: deque[tuple[RawFile, _Known | Future[_Parsed]]] = deque()
        self._taken: dict[tuple[str, date], RawFile] = {}
        self._results: list[IngestResult] = []
        self._errors: list[SourceError] = []

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
            if self._recall(raw) is None and sniff(raw) is Format.ZIP:
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
        return IngestReport(tuple(self._results), tuple(self._errors))

    def _start(self, raw: RawFile) -> None:
        known = self._recall(raw)
        self._waiting.append((raw, known or self._parse(raw)))
        ahead = _READ_AHEAD if self._executor else 0
        while len(self._waiting) > ahead:
            self._store_next()

    def _parse(self, raw: RawFile) -> Future[_Parsed]:
        arguments = (raw, self._given, self._config.max_unzipped_bytes, self._config.passage_words)
        if self._executor:
            return self._executor.submit(parse_and_split, *arguments)
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
        kind, is_document, path = source_id.partition(":")
        if value["reading"] != self._reading or self._given.stand not in (None, stand):
            return None
        if is_document and (path != raw.path or self._given.kind not in (None, Kind(kind))):
            return None
        if not self._store.same_raw(source_id, raw.sha256, rechtsstand=stand):
            return None
        return _Known(source_id, stand, value["passages"])

    @property
    def _reading(self) -> str:
        return f"{READING}/{self._config.passage_words}"

    def _store_next(self) -> None:
        raw, job = self._waiting.popleft()
        try:
            if isinstance(job, _Known):
                self._results.append(self._seen_again(raw, job))
            else:
                quelle, passages = job.result()
                self._results.append(self._store_one(raw, quelle, passages))
        except SourceError as error:
            self._errors.append(error)

    def _seen_again(self, raw: RawFile, known: _Known) -> IngestResult:
        self._store.touch(known.source_id, raw.sha256, self._given.today)
        info = self._store.source(known.source_id)
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
        changes = self._store.replace(
            quelle, passages, raw=raw.data, origin=raw.place, checked=max(self._given.today, quelle.rechtsstand)
        )
        value = {
            "source": quelle.id,
            "rechtsstand": quelle.rechtsstand.isoformat(),
            "passages": len(passages),
            "reading": self._reading,
        }
        self._store.set_meta(f"{_KNOWN}{raw.sha256}", json.dumps(value))
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
            _warnings(quelle, self._given),
        )


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
        # Markdown of a statute has no date in it
        return (f"Rechtsstand not given: the day of reading is taken, {given.today.isoformat()} (--stand DATE)",)
    return ()
