"""A stand-in for the publisher of federal law on loopback, and small made-up statutes in its format."""

from __future__ import annotations

import hashlib
import io
import threading
import time
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from xml.sax.saxutils import escape

LAST_MODIFIED = "Sat, 18 Apr 2026 02:00:00 GMT"


def made_up_statute(
    jurabk: str, normen: Mapping[str, tuple[str, str]], *, title: str = "", builddate: str = "20260418020000"
) -> bytes:
    """A statute in the publisher's XML; `normen` maps "§ 1" to its title and text, Absätze parted by a newline."""
    key = hashlib.sha256(jurabk.encode()).hexdigest()[:8].upper()
    parts = [
        f'<norm builddate="{builddate}" doknr="BJNR{key}"><metadaten><jurabk>{escape(jurabk)}</jurabk>'
        f'<ausfertigung-datum manuell="ja">2026-01-01</ausfertigung-datum>'
        f'<fundstelle typ="amtlich"><periodikum>BGBl I</periodikum><zitstelle>2026, Nr. 1</zitstelle></fundstelle>'
        f"<langue>{escape(title or jurabk)}</langue></metadaten></norm>"
    ]
    for number, (enbez, (heading, text)) in enumerate(normen.items(), start=1):
        absaetze = "".join(f"<P>{escape(line)}</P>" for line in text.split("\n"))
        parts.append(
            f'<norm builddate="{builddate}" doknr="BJNR{key}BJNE{number:06}"><metadaten>'
            f"<jurabk>{escape(jurabk)}</jurabk><enbez>{escape(enbez)}</enbez>"
            f'<titel format="parat">{escape(heading)}</titel></metadaten>'
            f'<textdaten><text format="XML"><Content>{absaetze}</Content></text></textdaten></norm>'
        )
    opening = f'<?xml version="1.0" encoding="UTF-8"?>\n<dokumente builddate="{builddate}" doknr="BJNR{key}">'
    return f"{opening}{''.join(parts)}</dokumente>".encode()


def zipped(xml: bytes, name: str = "BJNR000000000.xml") -> bytes:
    """The statute as the publisher sends it: a zip with one XML, the same bytes for the same statute."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(name, date_time=(2026, 4, 18, 0, 0, 0)), xml)
    return buffer.getvalue()


@dataclass
class Trouble:
    """What goes wrong with one address: `status` instead of 200, a cut-off body, a wait before the answer.

    `times` is how often; after that the address works.
    """

    status: int = 0
    cut_off: bool = False
    seconds: float = 0.0
    body: bytes | None = None
    times: int = 1_000_000


@dataclass
class Request:
    """What the publisher was asked."""

    path: str
    status: int
    headers: dict[str, str] = field(default_factory=dict)


class Publisher:
    """Serves `/<slug>/xml.zip` with ETag, Last-Modified and 304, and `/gii-toc.xml`, from memory.

    `statutes` maps slug to XML and may change while it runs; `trouble` maps a path to what goes wrong there.
    """

    def __init__(self, statutes: Mapping[str, bytes] | None = None) -> None:
        self.statutes: dict[str, bytes] = dict(statutes or {})
        self.trouble: dict[str, Trouble] = {}
        self.requests: list[Request] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True

    @classmethod
    def over(cls, folder: Path) -> Publisher:
        """A publisher of the statutes `<slug>.xml` of a folder."""
        return cls({path.stem: path.read_bytes() for path in sorted(folder.glob("*.xml"))})

    @property
    def url(self) -> str:
        """Its address, as `--base-url` takes it."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def asked(self) -> list[tuple[str, int]]:
        """Path and status of every request so far."""
        return [(request.path, request.status) for request in self.requests]

    def body(self, path: str) -> bytes | None:
        """What lies at a path, or None."""
        if path == "/gii-toc.xml":
            items = "".join(
                f"<item><title>{slug}</title><link>{self.url}/{slug}/xml.zip</link></item>" for slug in self.statutes
            )
            return f'<?xml version="1.0" encoding="UTF-8"?><items>{items}</items>'.encode()
        slug = path.strip("/").removesuffix("/xml.zip")
        xml = self.statutes.get(slug)
        return None if xml is None or path != f"/{slug}/xml.zip" else zipped(xml)

    def __enter__(self) -> Publisher:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


def _handler(publisher: Publisher) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            trouble = publisher.trouble.get(self.path)
            if trouble and trouble.times > 0:
                trouble.times -= 1
                time.sleep(trouble.seconds)
            else:
                trouble = None
            body = publisher.body(self.path)
            if trouble and trouble.body is not None:
                body = trouble.body
            if trouble and trouble.status:
                self._answer(trouble.status, b"trouble")
            elif body is None:
                self._answer(404, b"not here")
            else:
                self._file(body, cut_off=bool(trouble and trouble.cut_off))

        def _file(self, body: bytes, *, cut_off: bool) -> None:
            etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
            if self.headers.get("If-None-Match") == etag:
                self._answer(304, b"", etag=etag)
            else:
                self._answer(200, body, etag=etag, cut_off=cut_off)

        def _answer(self, status: int, body: bytes, *, etag: str = "", cut_off: bool = False) -> None:
            publisher.requests.append(Request(self.path, status, dict(self.headers)))
            self.send_response(status)
            if etag:
                self.send_header("ETag", etag)
                self.send_header("Last-Modified", LAST_MODIFIED)
            if status != 304:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: len(body) // 2] if cut_off else body)
            if cut_off:
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            """Stay quiet."""

    return Handler
