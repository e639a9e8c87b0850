"""The page and the sync beside it: two child processes that end together."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import webbrowser
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from ipaddress import ip_address
from pathlib import Path
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from kb.config import Config
from kb.errors import ConfigError

HOST = "127.0.0.1"
PORT = 8501
_PORTS_TRIED = 50
_START_SECONDS = 60.0
_HOUSE = Path(__file__).resolve().parent


def serve(
    config: Config, *, host: str, port: int, sync: bool, say: Callable[[str], None], ready: Callable[[str], None]
) -> int:
    """Runs the page until it ends or is interrupted; its exit status.

    `say` gets remarks for the person, `ready` the address once it answers.
    Raises ConfigError for an address that others could reach, or when no port is free.
    """
    assert_loopback(host)
    free = free_port(host, port)
    if free != port:
        say(f"Port {port} is taken, the page uses {free}.")
    environment = dict(os.environ) | {"LOTSE_HOME": str(config.home.resolve())}
    children: list[subprocess.Popen[bytes]] = []
    with _terminate_like_interrupt():
        try:
            # Streamlit's own greeting goes nowhere, its warnings to stderr
            quiet = subprocess.DEVNULL
            page = subprocess.Popen(page_command(host, free), cwd=_HOUSE, env=environment, stdin=quiet, stdout=quiet)
            children.append(page)
            if sync:
                children.append(_start_sync(config, environment))
            address = f"http://{'[::1]' if host == '::1' else host}:{free}"
            if _answers(f"{address}/_stcore/health", page):
                ready(address)
            return page.wait()
        except KeyboardInterrupt:
            say("Lotse has ended.")
            return 0
        finally:
            _end(children)


def assert_loopback(host: str) -> None:
    """Raises ConfigError unless only this machine can reach the address."""
    try:
        is_loopback = host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        is_loopback = False
    if not is_loopback:
        raise ConfigError(
            "the page may be reached from other machines only with a login, and none is configured",
            where=f"--host {host}",
            next=f"use --host {HOST}, or a tunnel such as ssh -L",
        )


def free_port(host: str, wanted: int) -> int:
    """The first free port from `wanted` on. Raises ConfigError when fifty in a row are taken."""
    for port in range(wanted, min(wanted + _PORTS_TRIED, 65536)):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    raise ConfigError("no free port for the page", where=f"--port {wanted}", next="name another with --port")


def is_headless(environ: Mapping[str, str] = os.environ) -> bool:
    """True where no browser can open: continuous integration, or no display."""
    if environ.get("CI"):
        return True
    return sys.platform.startswith("linux") and not (environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))


def open_browser(url: str) -> None:
    """Opens the page in the browser of the person at the screen."""
    webbrowser.open(url)


def page_command(host: str, port: int) -> list[str]:
    """The command that runs the page. The edges stand here too: an installed Lotse has no .streamlit folder."""
    options = {
        "server.address": host,
        "server.port": str(port),
        "server.headless": "true",
        "server.enableXsrfProtection": "true",
        "server.maxUploadSize": "50",
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": "false",
        "client.toolbarMode": "minimal",
        "client.showErrorDetails": "none",
    }
    flags = [f"--{name}={value}" for name, value in options.items()]
    return [sys.executable, "-m", "streamlit", "run", str(_HOUSE / "app.py"), *flags]


def _start_sync(config: Config, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """`lotse sync` in the background; what it says goes to home/sync.log."""
    with (config.home / "sync.log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "cli", "sync", "--json"],
            cwd=_HOUSE,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )


def _answers(url: str, page: subprocess.Popen[bytes]) -> bool:
    """Waits until the page answers; False if it ends or stays silent."""
    opener = build_opener(ProxyHandler({}))  # loopback is never behind a proxy
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until and page.poll() is None:
        try:
            with opener.open(url, timeout=1):
                return True
        except (URLError, OSError):
            time.sleep(0.1)
    return False


@contextmanager
def _terminate_like_interrupt() -> Iterator[None]:
    """A polite kill is answered like Ctrl-C, so that the children end too."""

    def interrupt(_signal: int, _frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _end(children: list[subprocess.Popen[bytes]]) -> None:
    """Ends the children: politely, then for good."""
    for child in children:
        if child.poll() is None:
            child.terminate()
    for child in children:
        try:
            child.wait(timeout=5)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
