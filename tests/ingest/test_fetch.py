"""Fetching from a real server on loopback: conditions, limits, trouble."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from ingest.fetch import BACKOFF_SECONDS, Fetched, HttpClient, TooLargeError, Validators, assert_reachable, fetch
from kb.errors import FetchError, OfflineError
from tests.publisher import LAST_MODIFIED, Publisher, Trouble, made_up_statute, zipped

STATUTE = made_up_statute("LeuchtG", {"§ 1": ("Licht", "(1) Nachts brennt Licht.")})
PATH = "/leuchtg/xml.zip"
LIMIT = 1_000_000
NOTHING_KNOWN = Validators()


@pytest.fixture
def http() -> Iterator[HttpClient]:
    with HttpClient(read_seconds=0.5) as client:
        yield client


@pytest.fixture
def publisher(publisher: Publisher) -> Publisher:
    publisher.statutes["leuchtg"] = STATUTE
    return publisher


def _fetch(http: HttpClient, publisher: Publisher, *, known: Validators = NOTHING_KNOWN) -> tuple[Fetched, list[float]]:
    waits: list[float] = []
    return fetch(publisher.url + PATH, http=http, max_bytes=LIMIT, known=known, wait=waits.append), waits


def _closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_first_time_brings_the_file_and_its_validators(http: HttpClient, publisher: Publisher) -> None:
    fetched, waits = _fetch(http, publisher)
    assert (fetched.body, fetched.validators.last_modified, waits) == (zipped(STATUTE), LAST_MODIFIED, [])
    assert publisher.requests[0].headers["User-Agent"].startswith("Lotse/")


def test_second_time_asks_whether_it_changed(http: HttpClient, publisher: Publisher) -> None:
    first, _ = _fetch(http, publisher)
    again, _ = _fetch(http, publisher, known=first.validators)
    assert again == Fetched(first.url, None, first.validators)
    assert publisher.asked == [(PATH, 200), (PATH, 304)]
    headers = publisher.requests[1].headers
    assert (headers["If-None-Match"], headers["If-Modified-Since"]) == (first.validators.etag, LAST_MODIFIED)


def test_a_new_version_is_sent_in_spite_of_the_condition(http: HttpClient, publisher: Publisher) -> None:
    first, _ = _fetch(http, publisher)
    publisher.statutes["leuchtg"] = newer = made_up_statute("LeuchtG", {"§ 1": ("Licht", "(1) Immer brennt Licht.")})
    again, _ = _fetch(http, publisher, known=first.validators)
    assert again.body == zipped(newer)
    assert again.validators.etag != first.validators.etag


@pytest.mark.parametrize(
    ("trouble", "waits"),
    [
        pytest.param(Trouble(status=500, times=1), [1.0], id="a fault of the server"),
        pytest.param(Trouble(status=503, times=3), [1.0, 2.0, 4.0], id="busy for a while: growing waits"),
        pytest.param(Trouble(cut_off=True, times=2), [1.0, 2.0], id="half a file is no file"),
        pytest.param(Trouble(seconds=1.0, times=1), [1.0], id="silent longer than the read limit"),
    ],
)
def test_passing_trouble_is_sat_out(
    http: HttpClient, publisher: Publisher, trouble: Trouble, waits: list[float]
) -> None:
    publisher.trouble[PATH] = trouble
    fetched, waited = _fetch(http, publisher)
    assert (fetched.body, waited) == (zipped(STATUTE), waits)


@pytest.mark.parametrize(
    ("trouble", "attempts", "message"),
    [
        pytest.param(Trouble(status=500), 1 + len(BACKOFF_SECONDS), "the server answered 500", id="lasting fault"),
        pytest.param(
            Trouble(cut_off=True),
            1 + len(BACKOFF_SECONDS),
            "the transfer broke off (RemoteProtocolError)",
            id="cut off",
        ),
        pytest.param(Trouble(status=404), 1, "the server answered 404", id="gone: asking again does not help"),
        pytest.param(Trouble(status=403), 1, "the server answered 403", id="forbidden"),
    ],
)
def test_lasting_trouble_is_a_named_error(
    http: HttpClient, publisher: Publisher, trouble: Trouble, attempts: int, message: str
) -> None:
    publisher.trouble[PATH] = trouble
    with pytest.raises(FetchError) as caught:
        _fetch(http, publisher)
    assert (caught.value.message, caught.value.where) == (message, publisher.url + PATH)
    assert caught.value.next
    assert len(publisher.requests) == attempts


def test_a_file_over_the_limit_is_refused_at_once(http: HttpClient, publisher: Publisher) -> None:
    publisher.trouble[PATH] = Trouble(body=b"x" * (LIMIT + 1))
    with pytest.raises(TooLargeError, match="larger than 1,000,000 bytes"):
        _fetch(http, publisher)
    assert len(publisher.requests) == 1


def test_nothing_answers(http: HttpClient) -> None:
    address = f"http://127.0.0.1:{_closed_port()}/leuchtg/xml.zip"
    waits: list[float] = []
    with pytest.raises(OfflineError) as caught:
        fetch(address, http=http, max_bytes=LIMIT, wait=waits.append)
    assert (caught.value.where, waits) == (address, [])


def test_a_name_that_is_looked_up_for_ever_counts_as_offline(monkeypatch: pytest.MonkeyPatch) -> None:
    import threading

    silent = threading.Event()

    def look_up(*_args: object, **_kwargs: object) -> None:
        silent.wait(30)
        raise OSError

    monkeypatch.setattr(socket, "create_connection", look_up)
    with pytest.raises(OfflineError):
        assert_reachable("http://publisher.invalid", seconds=0.05)
    silent.set()


@pytest.mark.parametrize("address", ["ftp://127.0.0.1/x", "leuchtg", "http://"])
def test_not_an_address(http: HttpClient, address: str) -> None:
    with pytest.raises(FetchError, match="not a web address"):
        fetch(address, http=http, max_bytes=LIMIT)
