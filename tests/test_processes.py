"""Several real processes on one home: the page beside an ingest, two ingests at once, and SIGKILL at any moment."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from kb.config import Config
from kb.embed import open_embedder
from kb.index import Diagnosis, diagnose, update
from kb.knowledge_base import open_kb
from kb.model import Gesetz, Partition
from kb.retrieve import retrieve
from kb.store import Store, open_store
from tests.publisher import made_up_statute

ROOT = Path(__file__).resolve().parent.parent
FIRST = date(2026, 1, 1)
NORMEN = 12
KILLS = 20
CLEAN = {"ok": True, "missing": [], "orphaned": [], "duplicate": [], "wrong_model": [], "stale": []}


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    """A configuration with the model we ship and no other starter knowledge; child processes get it too."""
    folder = tmp_path / "starter"
    (folder / "notes").mkdir(parents=True)
    (folder / "questions").mkdir()
    for name in ("embedding", "catalogue.toml"):
        (folder / name).symlink_to(ROOT / "kb" / "starter" / name)
    monkeypatch.setenv("LOTSE_STARTER", str(folder))
    return Config(home=tmp_path / "home", starter=str(folder))


@pytest.fixture
def statutes_of(tmp_path: Path) -> Callable[..., Path]:
    """`statutes_of(number, *names)` is a folder with state `number` of made-up statutes, half of whose words change."""

    def write(number: int, *names: str) -> Path:
        folder = tmp_path / f"state-{number}-{'-'.join(names)}"
        folder.mkdir()
        day = FIRST + timedelta(days=number)
        for name in names:
            normen = {
                f"§ {n}": (
                    f"Laterne {n}",
                    f"(1) Laterne {n} in {name} leuchtet nach Plan {number if n % 2 else 0}.\n(2) Stand {number}.",
                )
                for n in range(1, NORMEN + 1)
            }
            path = folder / f"{name}.xml"
            path.write_bytes(made_up_statute(name.upper(), normen, builddate=f"{day:%Y%m%d}020000"))
        return folder

    return write


def lotse(*arguments: object) -> subprocess.Popen[str]:
    """A running command line."""
    command = [sys.executable, "-m", "cli", *map(str, arguments), "--json"]
    return subprocess.Popen(
        command,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def document_of(process: subprocess.Popen[str]) -> dict[str, Any]:
    """What it printed; it must have ended well."""
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, out + err
    document: dict[str, Any] = json.loads(out)
    return document


def assert_whole(store: Store) -> None:
    """Every stored state is of one piece: each of its Normen says the number of its day."""
    for info in store.sources():
        for day in info.states:
            gesetz = store.quelle(info.id, stichtag=day)
            assert isinstance(gesetz, Gesetz)
            said = [norm.absaetze[1].text for norm in gesetz.normen]
            assert said == [f"(2) Stand {(day - FIRST).days}."] * NORMEN
            assert store.raw(info.id, stichtag=day)


def test_page_answers_while_another_process_ingests(shipped: Config, statutes_of: Callable[..., Path]) -> None:
    document_of(lotse("ingest", statutes_of(0, "hafeng", "laterneng")))
    with open_kb(shipped) as kb:
        seen = set()
        for number in (1, 2):
            writer = lotse("ingest", statutes_of(number, "hafeng", "laterneng"))
            while writer.poll() is None:
                hits = retrieve("Welchen Stand hat die Laterne in hafeng?", kb=kb, limit=10)
                assert hits
                seen |= {hit.source.rechtsstand for hit in hits}
            assert all(source["changed"] for source in document_of(writer)["sources"])
        hits = retrieve("Welchen Stand hat die Laterne in hafeng?", kb=kb, limit=10)
        assert {hit.source.rechtsstand for hit in hits} == {FIRST + timedelta(days=2)}
        assert FIRST in seen, "the page answered from the old state while the new one was on its way"
    assert document_of(lotse("doctor")) == CLEAN


def test_two_ingests_at_once(shipped: Config, statutes_of: Callable[..., Path]) -> None:
    """They make the home together, wait for each other where they must, and neither loses anything."""
    first = lotse("ingest", statutes_of(0, "einsg", "gemeinsamg"))
    second = lotse("ingest", statutes_of(1, "gemeinsamg", "zweig"))
    assert [len(document_of(each)["sources"]) for each in (first, second)] == [2, 2]
    with open_store(shipped) as store:
        assert [(info.id, len(info.states)) for info in store.sources()] == [
            ("einsg", 1),
            ("gemeinsamg", 2),
            ("zweig", 1),
        ]
        assert_whole(store)
        assert store.outbox_size() == 0
        assert {part.value: len(store.text_ids(part)) for part in Partition} == {
            "current": 3 * 2 * NORMEN,
            "history": NORMEN + NORMEN // 2,
            "bank": 0,
        }
    assert document_of(lotse("doctor")) == CLEAN


@pytest.mark.slow
def test_ingest_killed_at_any_moment_heals(shipped: Config, statutes_of: Callable[..., Path]) -> None:
    names = ("einsg", "zweig", "dreig")
    since = time.monotonic()
    document_of(lotse("ingest", statutes_of(0, *names)))
    whole = time.monotonic() - since
    moments, embedder = random.Random(20260819), open_embedder(shipped)
    killed = 0
    for number in range(1, KILLS + 1):
        ingest = lotse("ingest", statutes_of(number, *names))
        try:
            # Loading the libraries takes the first third; what counts is written in the rest.
            ingest.wait(timeout=moments.uniform(whole / 3, whole))
        except subprocess.TimeoutExpired:
            os.killpg(ingest.pid, signal.SIGKILL)
            killed += 1
        ingest.communicate()
        with open_store(shipped) as store:
            assert_whole(store)
            update(store, shipped, embedder=embedder)
            assert diagnose(store, shipped, embedder=embedder) == Diagnosis(), f"after kill {number}"
    assert killed > KILLS // 2
    last = document_of(lotse("ingest", statutes_of(KILLS + 1, *names)))
    assert [source["id"] for source in last["sources"]] == sorted(names)
    assert document_of(lotse("doctor")) == CLEAN
