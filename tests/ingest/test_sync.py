"""Synchronising with a stand-in for the publisher: conditional, resumable, one bad statute at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from ingest import fetch as fetching
from ingest.fetch import HttpClient
from ingest.progress import progress_file
from ingest.sync import Entry, SyncReport, catalogue, sync
from kb.config import Config
from kb.errors import ConfigError, FetchError, OfflineError
from kb.model import Kind
from kb.normref import parse_norm_ref
from kb.store import Store, open_store
from tests.publisher import Publisher, Trouble, made_up_statute

FIRST, SECOND = Entry("aufenthg_2004", "AufenthG"), Entry("beschv_2013", "BeschV")
BOTH = (FIRST, SECOND)
DAY, NEXT_DAY = date(2026, 5, 1), date(2026, 5, 2)


def _statute(jurabk: str, hours: int, builddate: str = "20260418020000") -> bytes:
    text = f"(1) Der Leuchtturm brennt {hours} Stunden.\n(2) Das Nebelhorn tönt bei Nebel."
    return made_up_statute(jurabk, {"§ 1": ("Licht", text)}, builddate=builddate)


@pytest.fixture(autouse=True)
def no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Backing off is tested in test_fetch; here it would only cost time."""
    monkeypatch.setattr(fetching, "BACKOFF_SECONDS", ())


@pytest.fixture
def publisher(publisher: Publisher) -> Publisher:
    publisher.statutes = {FIRST.slug: _statute("AufenthG 2004", 8), SECOND.slug: _statute("BeschV 2013", 9)}
    return publisher


@pytest.fixture
def config(config: Config, publisher: Publisher) -> Config:
    return replace(config, base_url=publisher.url)


@pytest.fixture
def store(config: Config) -> Iterator[Store]:
    config.home.mkdir()
    with open_store(config) as opened:
        yield opened


def _sync(store: Store, config: Config, *, entries: tuple[Entry, ...] = BOTH, today: date = DAY) -> SyncReport:
    with HttpClient() as http:
        return sync(entries, store=store, config=config, http=http, today=today, pause_seconds=0)


def _progress(config: Config) -> tuple[str, int, int, int]:
    told = json.loads(progress_file(config).read_text(encoding="utf-8"))
    return told["state"], told["done"], told["total"], told["changed"]


def test_first_sync_stores_every_statute(store: Store, config: Config, publisher: Publisher) -> None:
    report = _sync(store, config)
    assert [(result.source_id, result.kind, result.rechtsstand) for result in report.results] == [
        ("aufenthg_2004", Kind.GESETZ, date(2026, 4, 18)),
        ("beschv_2013", Kind.VERORDNUNG, date(2026, 4, 18)),
    ]
    assert (report.not_modified, report.failures) == ((), ())
    stored = store.norm(parse_norm_ref("§ 1 BeschV"))
    assert stored is not None
    assert "9 Stunden" in stored.norm.text
    assert _progress(config) == ("done", 2, 2, 2)
    assert store.outbox_size() == 0, "the index knows what was stored"


def test_second_sync_asks_and_stores_nothing(store: Store, config: Config, publisher: Publisher) -> None:
    _sync(store, config)
    version = store.kb_version()
    report = _sync(store, config, today=NEXT_DAY)
    assert (report.results, report.not_modified) == ((), ("aufenthg_2004", "beschv_2013"))
    assert [status for _, status in publisher.asked] == [200, 200, 304, 304]
    assert store.kb_version() == version
    assert [source.last_checked for source in store.sources()] == [NEXT_DAY, NEXT_DAY]
    assert _progress(config) == ("done", 2, 2, 0)


def test_only_the_changed_statute_is_touched(store: Store, config: Config, publisher: Publisher) -> None:
    _sync(store, config)
    publisher.statutes[FIRST.slug] = _statute("AufenthG 2004", 10, "20260819020000")
    report = _sync(store, config, today=NEXT_DAY)
    assert [(result.source_id, result.changed, result.unchanged) for result in report.results] == [
        ("aufenthg_2004", 1, 1)
    ]
    assert report.not_modified == ("beschv_2013",)
    source = store.source(FIRST.slug)
    assert source is not None
    assert source.states == (date(2026, 4, 18), date(2026, 8, 19))


def test_a_killed_sync_goes_on_where_it_was(store: Store, config: Config, publisher: Publisher) -> None:
    _sync(store, config, entries=(FIRST,))
    report = _sync(store, config)
    assert ([result.source_id for result in report.results], report.not_modified) == ([SECOND.slug], (FIRST.slug,))
    assert [status for _, status in publisher.asked] == [200, 304, 200]


def test_a_statute_taken_away_here_is_asked_for_anew(store: Store, config: Config, publisher: Publisher) -> None:
    _sync(store, config)
    store.retire(FIRST.slug)
    report = _sync(store, config)
    assert [result.source_id for result in report.results] == [FIRST.slug]


@pytest.mark.parametrize(
    ("trouble", "message"),
    [
        pytest.param(Trouble(status=404), "the server answered 404", id="gone"),
        pytest.param(Trouble(status=500), "the server answered 500", id="fault"),
        pytest.param(Trouble(cut_off=True), "the transfer broke off (RemoteProtocolError)", id="cut off"),
        pytest.param(Trouble(body=b"<html>Login</html>"), "the answer is not a zip file", id="a gateway's page"),
        pytest.param(Trouble(body=b"PK\x05\x06" + b"\0" * 18), "nothing to read in the zip", id="empty zip"),
    ],
)
def test_one_bad_statute_does_not_stop_the_rest(
    store: Store, config: Config, publisher: Publisher, trouble: Trouble, message: str
) -> None:
    publisher.trouble[f"/{FIRST.slug}/xml.zip"] = trouble
    report = _sync(store, config)
    assert [result.source_id for result in report.results] == [SECOND.slug]
    assert [(failure.slug, failure.error.message) for failure in report.failures] == [(FIRST.slug, message)]
    assert [source.id for source in store.sources()] == [SECOND.slug]
    assert _progress(config)[0] == "failed"
    publisher.trouble.clear()
    assert [result.source_id for result in _sync(store, config).results] == [FIRST.slug]


def test_another_statute_under_the_slug_is_an_error(store: Store, config: Config, publisher: Publisher) -> None:
    publisher.statutes[FIRST.slug] = b'<?xml version="1.0"?><rss/>'
    report = _sync(store, config, entries=(FIRST,))
    assert (report.results, len(report.failures), store.sources()) == ((), 1, [])


def test_a_publisher_in_trouble_is_left_alone(store: Store, config: Config, publisher: Publisher) -> None:
    entries = tuple(Entry(f"nowhere_{number}", f"N{number}") for number in range(6))
    with pytest.raises(FetchError, match="3 statutes in a row failed"):
        _sync(store, config, entries=entries)
    assert len(publisher.requests) == 3
    assert _progress(config)[0] == "failed"


def test_offline_is_one_error_and_loses_nothing(store: Store, config: Config, publisher: Publisher) -> None:
    _sync(store, config, entries=(FIRST,))
    nobody = replace(config, base_url="http://127.0.0.1:9")
    with pytest.raises(OfflineError):
        _sync(store, nobody)
    assert [source.id for source in store.sources()] == [FIRST.slug]
    assert _progress(config) == ("offline", 0, 2, 0)


def test_another_publisher_is_not_asked_with_the_validators_of_the_first(
    store: Store, config: Config, publisher: Publisher
) -> None:
    _sync(store, config, entries=(FIRST,))
    with Publisher(publisher.statutes) as mirror:
        _sync(store, replace(config, base_url=mirror.url), entries=(FIRST,))
        assert "If-None-Match" not in mirror.requests[0].headers


def test_the_catalogue_names_every_statute_once(config: Config, statutes: Path) -> None:
    slugs = [entry.slug for entry in catalogue(config)]
    assert sorted(slugs) == sorted(path.stem for path in (statutes / "2026-04-18").glob("*.xml"))


def test_only_takes_slugs_and_kuerzel(config: Config) -> None:
    assert catalogue(config, ["BeschV", "aufenthg_2004", "beschv_2013"]) == (SECOND, FIRST)
    with pytest.raises(ConfigError, match="not in the catalogue: hausordnung"):
        catalogue(config, ["hausordnung"])
