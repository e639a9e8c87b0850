"""The catalogue's statutes from the publisher: conditional, resumable, polite; only what changed is stored."""

from __future__ import annotations

import json
import time
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from ingest.archive import is_zip, members
from ingest.build import IngestResult, ingest_raw
from ingest.fetch import Fetched, Http, Validators, fetch
from ingest.parse import Format, sniff
from ingest.progress import SyncProgress, SyncState, write_progress
from ingest.raw import RawFile
from kb.config import Config
from kb.errors import ConfigError, FetchError, KbError, OfflineError, SourceError

if TYPE_CHECKING:
    from kb.store import Store

PAUSE_SECONDS = 0.2
# The index learns in batches: the first statutes are searchable while the last are still on their way.
_BATCH = 20
# How long to wait for another process that is indexing, such as the page beside us.
_PATIENCE = 120.0
# So many failures in a row are the publisher's trouble, not a statute's: it is left alone.
_MOST_FAILURES = 3


@dataclass(frozen=True, slots=True)
class Entry:
    """A statute of the catalogue: its slug is the folder at the publisher and the source id."""

    slug: str
    kuerzel: str


@dataclass(frozen=True, slots=True)
class Failure:
    """A statute that could not be had or read."""

    slug: str
    error: KbError


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a sync did: results of statutes that were sent, slugs that had not changed at the publisher, failures."""

    results: tuple[IngestResult, ...]
    not_modified: tuple[str, ...]
    failures: tuple[Failure, ...]


def catalogue(config: Config, only: Sequence[str] = ()) -> tuple[Entry, ...]:
    """The statutes that are synced, in order, or those of `only`. Raises ConfigError for an unknown slug."""
    path = config.starter_folder / "catalogue.toml"
    try:
        listed = tomllib.loads(path.read_text(encoding="utf-8"))["source"]
        entries = tuple(Entry(source["slug"], source["kuerzel"]) for source in listed if source["sync"] == "gii")
    except (OSError, tomllib.TOMLDecodeError, KeyError) as error:
        raise ConfigError(f"the catalogue cannot be read: {error}", where=str(path), next="correct it") from error
    by_name = {name: entry for entry in entries for name in (entry.slug, entry.kuerzel.casefold())}
    if unknown := [name for name in only if name not in by_name and name.casefold() not in by_name]:
        raise ConfigError(
            f"not in the catalogue: {', '.join(unknown)}", where=str(path), next="name slugs such as aufenthg_2004"
        )
    chosen = [by_name.get(name) or by_name[name.casefold()] for name in only]
    return tuple(dict.fromkeys(chosen)) if only else entries


def sync(
    entries: Sequence[Entry],
    *,
    store: Store,
    config: Config,
    http: Http,
    today: date,
    pause_seconds: float = PAUSE_SECONDS,
    progress: Callable[[SyncProgress], None] | None = None,
) -> SyncReport:
    """Brings the statutes up to date, each stored by itself, so that a killed sync goes on where it was.

    Raises OfflineError when nothing answers, FetchError when the publisher fails again and again; what was stored
    until then stays.
    """
    run = _Run(store, config, http, today)
    told = SyncProgress(SyncState.RUNNING, 0, len(entries))

    def tell(state: SyncState, current: str = "", message: str = "") -> None:
        nonlocal told
        told = SyncProgress(state, run.done, len(entries), run.changed, len(run.failures), current, message)
        write_progress(config, told)
        if progress is not None:
            progress(told)

    try:
        for number, entry in enumerate(entries):
            if number:
                time.sleep(pause_seconds)
            tell(SyncState.RUNNING, entry.kuerzel)
            run.take(entry)
        run.learn()
    except OfflineError as error:
        tell(SyncState.OFFLINE, message=str(error))
        run.learn()
        raise
    except KbError as error:
        tell(SyncState.FAILED, message=str(error))
        run.learn()
        raise
    failed = ", ".join(failure.slug for failure in run.failures)
    tell(SyncState.FAILED if failed else SyncState.DONE, message=f"failed: {failed}" if failed else "")
    return SyncReport(tuple(run.results), tuple(run.not_modified), tuple(run.failures))


class _Run:
    """One sync under way."""

    def __init__(self, store: Store, config: Config, http: Http, today: date) -> None:
        self._store, self._config, self._http, self._today = store, config, http, today
        self.results: list[IngestResult] = []
        self.not_modified: list[str] = []
        self.failures: list[Failure] = []
        self._in_a_row = 0
        self._to_learn = 0

    @property
    def done(self) -> int:
        return len(self.results) + len(self.not_modified) + len(self.failures)

    @property
    def changed(self) -> int:
        return sum(1 for result in self.results if result.added or result.changed or result.removed)

    def take(self, entry: Entry) -> None:
        """One statute: asked for, and stored if it was sent."""
        try:
            result = self._take(entry)
        except OfflineError:
            raise
        except SourceError as error:
            self.failures.append(Failure(entry.slug, error))
            self._in_a_row += 1
            if self._in_a_row == _MOST_FAILURES:
                raise FetchError(
                    f"{_MOST_FAILURES} statutes in a row failed, the last with: {error.message}",
                    where=error.where,
                    next="run the command again later; what is stored stays",
                ) from error
            return
        self._in_a_row = 0
        if result is None:
            self.not_modified.append(entry.slug)
            return
        self.results.append(result)
        self._to_learn += 1
        if self._to_learn >= _BATCH:
            self.learn()

    def learn(self) -> None:
        """Brings the index up to what is stored."""
        from kb.index import update

        update(self._store, self._config, wait_seconds=_PATIENCE)
        self._to_learn = 0

    def _take(self, entry: Entry) -> IngestResult | None:
        """None if the publisher says that nothing changed."""
        key = f"sync.{entry.slug}"
        known = _Known.read(self._store.get_meta(key), self._config.base_url)
        if known is not None and not self._store.same_raw(entry.slug, known.sha256):
            known = None  # it was taken away here, so it is asked for as if for the first time
        fetched = fetch(
            f"{self._config.base_url}/{entry.slug}/xml.zip",
            http=self._http,
            max_bytes=self._config.max_file_bytes,
            known=known.validators if known else Validators(),
        )
        if fetched.body is None and known is not None:
            self._store.touch(entry.slug, known.sha256, self._today)
            return None
        raw = self._unpacked(entry, fetched)
        result = self._stored(entry, raw)
        self._store.set_meta(key, _Known(self._config.base_url, fetched.validators, raw.sha256).write())
        return result

    def _unpacked(self, entry: Entry, fetched: Fetched) -> RawFile:
        """The statute's XML under the name of its slug. Raises FetchError or ParseError for any other content."""
        body = fetched.body or b""
        if not is_zip(body):
            raise FetchError(
                "the answer is not a zip file",
                where=fetched.url,
                next="look at the address in a browser: a gateway may stand between",
            )
        zipped = RawFile(f"{entry.slug}.zip", body, fetched.url)
        found = list(members(zipped, max_bytes=self._config.max_unzipped_bytes))
        if len(found) != 1 or not isinstance(found[0], RawFile):
            message = f"{len(found)} files in the zip, one statute expected"
            raise FetchError(message, where=fetched.url, next="look into the file")
        return RawFile(f"{entry.slug}.xml", found[0].data, fetched.url)

    def _stored(self, entry: Entry, raw: RawFile) -> IngestResult:
        if sniff(raw) is not Format.GII_XML:
            raise FetchError("the file is not a statute", where=raw.origin, next="look into the file")
        report = ingest_raw(raw, store=self._store, config=self._config, today=self._today)
        if report.errors:
            raise report.errors[0]
        result = report.results[0]
        if result.source_id != entry.slug:
            message = f"the file is {result.source_id}, not {entry.slug}"
            raise FetchError(message, where=raw.origin, next="correct the slug in the catalogue")
        return result


@dataclass(frozen=True, slots=True)
class _Known:
    """What was last had of a statute, and from which publisher."""

    base_url: str
    validators: Validators
    sha256: str

    @classmethod
    def read(cls, text: str | None, base_url: str) -> _Known | None:
        """None where nothing is known of this publisher's version."""
        if text is None:
            return None
        value = json.loads(text)
        if value["base_url"] != base_url:
            return None
        return cls(base_url, Validators(value["etag"], value["last_modified"]), value["sha256"])

    def write(self) -> str:
        return json.dumps(
            {
                "base_url": self.base_url,
                "etag": self.validators.etag,
                "last_modified": self.validators.last_modified,
                "sha256": self.sha256,
            }
        )
