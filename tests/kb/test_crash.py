"""SIGKILL at random moments of the store and the indexes at work; tests/test_processes.py kills the whole program."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kb.config import Config
from kb.index import diagnose, update
from kb.store import Store, open_store
from tests.kb.crash_ingest import SOURCES, STATES, state
from tests.kb.made_up import FakeEmbedder

ROOT = Path(__file__).resolve().parents[2]
KILLS = 8
EMBEDDER = FakeEmbedder()


def _kill_after(home: Path, seed: int, seconds: float) -> None:
    """Run the ingest and kill it that long after it began to write."""
    command = [sys.executable, "-m", "tests.kb.crash_ingest", str(home), str(seed)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
        time.sleep(seconds)
        assert child.poll() is None, child.stderr.read().decode() if child.stderr else ""
        child.kill()


def _assert_whole(store: Store) -> None:
    """Every stored state of every source is one that was given, to the last Norm."""
    given = {(source, number): state(source, number)[0] for source in range(SOURCES) for number in range(STATES)}
    by_day = {(gesetz.slug, gesetz.rechtsstand): gesetz for gesetz in given.values()}
    for info in store.sources():
        for day in info.states:
            assert store.quelle(info.id, stichtag=day) == by_day[info.id, day]
            assert store.raw(info.id, stichtag=day)


@pytest.mark.slow
def test_killed_ingest_heals(config: Config) -> None:
    moments = random.Random(20260819)
    generations = set()
    for seed in range(KILLS):
        # One round takes about a second; the short moments hit the database, the long ones the indexes.
        _kill_after(config.home, seed, moments.uniform(0, 1.5))
        with open_store(config) as store:
            before = store.sources()
            _assert_whole(store)
            update(store, config, embedder=EMBEDDER)
            assert diagnose(store, config, embedder=EMBEDDER).ok, f"after kill {seed}"
            assert store.sources() == before
            generations.add(store.pointer().generation)
            folders = {path.name for path in config.index.iterdir()} if config.index.is_dir() else set()
            assert len(folders) <= 2
    assert len(generations) > KILLS // 4, "the kills came before anything was indexed"
