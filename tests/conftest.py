"""What every test gets: a clean environment, a home of its own, loopback as the only network (pyproject.toml)."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kb.config import Config
from tests.publisher import Publisher

ROOT = Path(__file__).resolve().parent.parent
STATUTES = ROOT.parent / "shared" / "statutes"

# Debian keeps server programs off the PATH.
_MORE_PLACES = ("/usr/lib/postgresql/*/bin", "/usr/lib/chromium")


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of the person at the keyboard reaches a test, and no test reaches their home."""
    for name in list(os.environ):
        if name.startswith("LOTSE_") and name != "LOTSE_REQUIRE":
            monkeypatch.delenv(name)
    for name in ("DATABASE_URL", "CHROMA_URL", "http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LOTSE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The folder that `LOTSE_HOME` names in this test; it does not exist yet."""
    return tmp_path / "home"


@pytest.fixture
def config(home: Path) -> Config:
    """A configuration with a home of its own and the starter knowledge we ship."""
    return Config(home=home)


@pytest.fixture(scope="session")
def statutes() -> Path:
    """../shared/statutes; the test is skipped where it is absent."""
    if not STATUTES.is_dir():
        pytest.skip("the reference statutes (../shared/statutes) are not on this machine")
    return STATUTES


def find_program(name: str) -> str | None:
    """The path of a program, also where Debian keeps it off the PATH; the newest version wins."""
    if found := shutil.which(name):
        return found
    for pattern in _MORE_PLACES:
        for folder in sorted(Path("/").glob(pattern.lstrip("/")), reverse=True):
            if found := shutil.which(name, path=str(folder)):
                return found
    return None


@pytest.fixture(scope="session")
def require() -> Callable[[str], str]:
    """`require("chromium")` is the program's path; without it the test is skipped, or fails under LOTSE_REQUIRE=all."""

    def path_of(program: str) -> str:
        if found := find_program(program):
            return found
        reason = f"{program} is not installed (.ci/run installs it)"
        if os.environ.get("LOTSE_REQUIRE") == "all":
            pytest.fail(reason)
        pytest.skip(reason)

    return path_of


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    """A stand-in for the publisher on loopback, with no statutes yet."""
    with Publisher() as server:
        yield server
