"""Bytes from an address: politely, conditionally, within limits. The only module that speaks HTTP."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from kb.errors import FetchError, OfflineError

if TYPE_CHECKING:
    import httpx

USER_AGENT = "Lotse/0.1 (source synchronisation of a labour-market programme; conditional, one connection)"
CONNECT_SECONDS = 3.0
READ_SECONDS = 30.0
# Waits between attempts. The publisher is a ministry's server: four attempts over seven seconds, then it is left alone.
BACKOFF_SECONDS = (1.0, 2.0, 4.0)
LONGEST_WAIT_SECONDS = 30.0
_RETRIED = frozenset({429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server says about the version it sent; sent back to ask whether there is a newer one."""

    etag: str = ""
    last_modified: str = ""

    @property
    def headers(self) -> dict[str, str]:
        """The conditional request headers."""
        named = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in named.items() if value}


@dataclass(frozen=True, slots=True)
class Response:
    """What one request brought; `body` is complete, or "" for 304 and errors. `retry_after` in seconds."""

    status: int
    body: bytes = b""
    validators: Validators = Validators()
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """A source as it was sent; `body` is None where the version known is still the newest (304)."""

    url: str
    body: bytes | None
    validators: Validators


class TooLargeError(FetchError):
    """The file is larger than the limit; asking again does not help."""


class Http(Protocol):
    """The network, as one method. Raises OfflineError if nothing answers, FetchError if the answer breaks off."""

    def get(self, url: str, *, headers: dict[str, str], max_bytes: int) -> Response: ...


class HttpClient:
    """The network over one kept connection."""

    def __init__(self, *, read_seconds: float = READ_SECONDS) -> None:
        self._read_seconds = read_seconds
        self._client: httpx.Client | None = None
        self._reached: set[str] = set()

    def __enter__(self) -> HttpClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._client is not None:
            self._client.close()

    def get(self, url: str, *, headers: dict[str, str], max_bytes: int) -> Response:
        """The answer to one GET. Raises OfflineError, or FetchError for a broken-off or too large body."""
        import httpx

        if (host := urlsplit(url).netloc) not in self._reached:
            assert_reachable(url)
            self._reached.add(host)
        try:
            with self._opened().stream("GET", url, headers=headers) as answer:
                body = self._body(answer, url=url, max_bytes=max_bytes) if answer.status_code == 200 else b""
                return Response(
                    status=answer.status_code,
                    body=body,
                    validators=Validators(answer.headers.get("ETag", ""), answer.headers.get("Last-Modified", "")),
                    retry_after=_seconds(answer.headers.get("Retry-After", "")),
                )
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise _offline(url) from error
        except httpx.HTTPError as error:
            raise FetchError(
                f"the transfer broke off ({type(error).__name__})", where=url, next="run the command again"
            ) from error
        except httpx.InvalidURL as error:
            raise FetchError("this is not an address", where=url, next="give an http or https address") from error

    def _opened(self) -> httpx.Client:
        import httpx

        if self._client is None:
            timeout = httpx.Timeout(self._read_seconds, connect=CONNECT_SECONDS)
            limits = httpx.Limits(max_connections=1)
            self._client = httpx.Client(
                timeout=timeout, limits=limits, headers={"User-Agent": USER_AGENT}, follow_redirects=True
            )
        return self._client

    @staticmethod
    def _body(answer: httpx.Response, *, url: str, max_bytes: int) -> bytes:
        pieces: list[bytes] = []
        size = 0
        for piece in answer.iter_bytes():
            size += len(piece)
            if size > max_bytes:
                raise TooLargeError(
                    f"the file is larger than {max_bytes:,} bytes", where=url, next="raise max_file_bytes in lotse.toml"
                )
            pieces.append(piece)
        return b"".join(pieces)


def fetch(
    url: str,
    *,
    http: Http,
    max_bytes: int,
    known: Validators = Validators(),
    wait: Callable[[float], None] = time.sleep,
) -> Fetched:
    """The file at an address, or `body=None` if `known` is still the newest version.

    Server errors and broken transfers are tried again after growing waits. Raises FetchError when that does not help,
    and OfflineError at once when nothing answers.
    """
    _door(url)  # what is no address is refused before the first attempt
    trouble: FetchError | None = None
    for pause in (*BACKOFF_SECONDS, None):
        asked: float | None = None
        try:
            response = http.get(url, headers=known.headers, max_bytes=max_bytes)
        except (OfflineError, TooLargeError):
            raise
        except FetchError as error:
            trouble = error
        else:
            if response.status == 304:
                return Fetched(url, None, response.validators if response.validators.headers else known)
            if response.status == 200:
                return Fetched(url, response.body, response.validators)
            trouble = FetchError(f"the server answered {response.status}", where=url, next=_advice(response.status))
            if response.status not in _RETRIED:
                raise trouble
            asked = response.retry_after
        if pause is not None:
            wait(min(max(pause, asked or 0.0), LONGEST_WAIT_SECONDS))
    assert trouble is not None
    raise trouble


def assert_reachable(url: str, *, seconds: float = CONNECT_SECONDS) -> None:
    """Raises OfflineError if nothing accepts a connection at the address (or at its proxy) within the time given.

    Looking up a name has no time limit of its own in any client, so it happens on a thread that may be left behind.
    """
    address = _door(url)
    outcome: list[OSError | None] = []

    def knock() -> None:
        try:
            socket.create_connection(address, timeout=seconds).close()
            outcome.append(None)
        except (OSError, UnicodeError) as error:
            outcome.append(error if isinstance(error, OSError) else OSError(str(error)))

    thread = threading.Thread(target=knock, daemon=True)
    thread.start()
    thread.join(seconds)
    if not outcome:
        raise _offline(url)
    if outcome[0] is not None:
        raise _offline(url) from outcome[0]


def _door(url: str) -> tuple[str, int]:
    """Host and port of the first hop: the proxy where one is set."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise FetchError("this is not a web address", where=url, next="give an http or https address")
    proxy = "" if proxy_bypass(parts.hostname) else getproxies().get(parts.scheme, "")
    if proxy:
        parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
    return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


def _offline(url: str) -> OfflineError:
    return OfflineError(
        "nothing answers at this address",
        where=url,
        next="check the network and run the command again; what is stored stays usable",
    )


def _advice(status: int) -> str:
    if status == 404:
        return "the address has no such file any more: look it up at the publisher"
    if status in _RETRIED:
        return "the server has trouble: run the command again later"
    return "look at the address in a browser"


def _seconds(value: str) -> float | None:
    """Retry-After as seconds; its date form is not used by the publishers we know, and is ignored."""
    return float(value) if value.isdigit() else None
