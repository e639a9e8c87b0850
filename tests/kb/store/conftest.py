"""A store of each variant: SQLite in a file, and a private PostgreSQL server."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from kb.config import Config
from kb.store import Store, open_store


class PostgresServer:
    """A server of its own on a Unix socket; `new_database()` is the address of an empty database."""

    def __init__(self, initdb: str, folder: Path) -> None:
        self._programs = Path(initdb).resolve().parent
        self._folder = folder
        self._as_user: list[str] = []
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            names = {entry.pw_name for entry in pwd.getpwall()}
            user = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
            os.chown(folder, user.pw_uid, user.pw_gid)
            self._as_user = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
        settings = ["--auth=trust", "--username=lotse", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
        self._run("initdb", "-D", str(folder / "data"), *settings)
        command = [*self._as_user, str(self._programs / "postgres"), "-D", str(folder / "data"), "-k", str(folder)]
        self._server = subprocess.Popen(
            [*command, "-h", "", "-c", "fsync=off", "-c", "full_page_writes=off"],
            cwd="/",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._wait()

    def new_database(self) -> str:
        """The SQLAlchemy address of a database that was not there before."""
        name = f"t{uuid4().hex[:12]}"
        self._run("createdb", "-h", str(self._folder), "-U", "lotse", name)
        return f"postgresql://lotse@/{name}?host={self._folder}"

    def stop(self) -> None:
        """End the server without waiting for its clients."""
        self._server.send_signal(2)
        self._server.wait(timeout=30)

    def _wait(self) -> None:
        for _ in range(200):
            ready = [str(self._programs / "pg_isready"), "-q", "-h", str(self._folder)]
            if subprocess.run(ready, check=False).returncode == 0:
                return
            time.sleep(0.05)
        raise RuntimeError("PostgreSQL did not start")

    def _run(self, program: str, *arguments: str) -> None:
        command = [*self._as_user, str(self._programs / program), *arguments]
        subprocess.run(command, check=True, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


@pytest.fixture(scope="session")
def postgres(require: Callable[[str], str]) -> Iterator[PostgresServer]:
    """A running server; skipped where Debian's package is missing."""
    pytest.importorskip("psycopg", reason="pip install 'lotse[postgres]'")
    initdb = require("initdb")
    folder = Path(tempfile.mkdtemp(prefix="lotse-pg-"))
    try:
        server = PostgresServer(initdb, folder)
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def store_config(request: pytest.FixtureRequest, home: Path) -> Config:
    """A configuration with an empty database of each variant."""
    if request.param == "sqlite":
        return Config(home=home)
    return Config(home=home, database_url=request.getfixturevalue("postgres").new_database())


@pytest.fixture
def store(store_config: Config) -> Iterator[Store]:
    """An empty store of each variant."""
    with open_store(store_config) as opened:
        yield opened
