"""What the page says about the sync, from the file another process writes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ingest.progress import SyncProgress, SyncState, write_progress
from kb.config import Config
from ui.progress import Seen, read_sync, sync_line
from ui.texts import DE

NOW = datetime(2026, 8, 20, 12, tzinfo=UTC)


def _write(home: Path, text: str) -> None:
    home.mkdir(parents=True, exist_ok=True)
    (home / "sync.json").write_text(text, encoding="utf-8")


def _told(state: str, updated: str) -> str:
    return f'{{"state": "{state}", "done": 3, "total": 70, "message": "", "updated": "{updated}"}}'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(_told("running", "2026-08-20T11:59:30+00:00"), Seen(SyncState.RUNNING, 3, 70), id="running"),
        pytest.param(_told("running", "2026-08-20T11:59:30"), Seen(SyncState.RUNNING, 3, 70), id="no zone means UTC"),
        pytest.param(
            _told("running", "2026-08-20T11:50:00+00:00"),
            Seen(SyncState.RUNNING, 3, 70, is_silent=True),
            id="running, but silent for ten minutes: its process is gone",
        ),
        pytest.param(_told("done", "2026-01-01T00:00:00+00:00"), Seen(SyncState.DONE, 3, 70), id="done long ago"),
        pytest.param(_told("offline", "2026-08-20T11:50:00+00:00"), Seen(SyncState.OFFLINE, 3, 70), id="offline"),
        pytest.param(_told("resting", "2026-08-20T11:50:00+00:00"), None, id="a state of a later version"),
        pytest.param('{"state": "running"', None, id="torn"),
        pytest.param("[]", None, id="not an object"),
        pytest.param('{"state": "running", "done": 1, "total": 2, "updated": "soon"}', None, id="no date"),
    ],
)
def test_read_sync(home: Path, text: str, expected: Seen | None) -> None:
    _write(home, text)
    assert read_sync(home, now=NOW) == expected


def test_no_file_is_no_state(home: Path) -> None:
    assert read_sync(home, now=NOW) is None


def test_what_the_sync_writes_is_what_the_page_reads(config: Config) -> None:
    write_progress(config, SyncProgress(SyncState.RUNNING, done=5, total=70, current="BootsG"))
    assert read_sync(config.home, now=datetime.now(UTC) + timedelta(seconds=5)) == Seen(SyncState.RUNNING, 5, 70)


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        pytest.param(None, "", id="never synced: nothing to say"),
        pytest.param(Seen(SyncState.DONE, 70, 70), "", id="done: the line is gone"),
        pytest.param(Seen(SyncState.RUNNING, 0, 0), DE.sync_running, id="running, number not known yet"),
        pytest.param(Seen(SyncState.RUNNING, 7, 70), "7 von 70", id="running"),
        pytest.param(Seen(SyncState.RUNNING, 7, 70, is_silent=True), DE.sync_stopped, id="stopped"),
        pytest.param(Seen(SyncState.OFFLINE, 0, 70), DE.sync_offline, id="offline: one calm line"),
        pytest.param(Seen(SyncState.FAILED, 7, 70), DE.sync_failed, id="failed"),
    ],
)
def test_sync_line(seen: Seen | None, expected: str) -> None:
    line = sync_line(seen, DE)
    assert expected in line
    assert bool(line) is bool(expected)
