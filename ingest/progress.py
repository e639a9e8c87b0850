"""How far a running `lotse sync` is, as a small file beside the database: one process writes, the page reads."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from kb.config import Config


class SyncState(StrEnum):
    """RUNNING may be stale: a killed process cannot say so, but falls silent (`updated`)."""

    RUNNING = "running"
    DONE = "done"
    OFFLINE = "offline"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class SyncProgress:
    """`done` of `total` statutes were looked at, `changed` of them stored anew; `current` is the Kürzel at hand.

    `message` is one line in plain English for anything but success.
    """

    state: SyncState
    done: int
    total: int
    changed: int = 0
    failed: int = 0
    current: str = ""
    message: str = ""


def progress_file(config: Config) -> Path:
    """Where the progress stands."""
    return config.home / "sync.json"


def write_progress(config: Config, progress: SyncProgress) -> None:
    """Replaces the file in one step, so that a reader never sees half of it."""
    values = asdict(progress) | {"updated": datetime.now(UTC).isoformat(timespec="seconds")}
    path = progress_file(config)
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(f".{os.getpid()}.tmp")
    fresh.write_text(json.dumps(values, ensure_ascii=False), encoding="utf-8")
    fresh.replace(path)
