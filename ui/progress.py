"""The line that tells how far the sync with the publisher is, from `home/sync.json`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import streamlit as st

from ui.components import escape
from ui.texts import Texts

State = Literal["running", "done", "offline", "failed", "stopped"]

# A running sync reports with every statute; after this long without a word its process is gone.
_SILENT = timedelta(minutes=3)


@dataclass(frozen=True, slots=True)
class SyncState:
    """How far the sync is: `done` of `total` statutes; `message` is the sync's own line, for the log, not the page."""

    state: State
    done: int
    total: int
    message: str = ""


def read_sync(home: Path, *, now: datetime) -> SyncState | None:
    """The state the sync last wrote, "stopped" if it fell silent while running; None where none is told.

    The file is written by another process and read many times a minute: a torn or foreign one is no state, not an
    error.
    """
    try:
        told = json.loads((home / "sync.json").read_text(encoding="utf-8"))
        state, updated = told["state"], datetime.fromisoformat(told["updated"])
        sync = SyncState(state, int(told["done"]), int(told["total"]), str(told.get("message", "")))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if state not in ("running", "done", "offline", "failed"):
        return None
    updated = updated if updated.tzinfo else updated.replace(tzinfo=UTC)
    if state == "running" and now - updated > _SILENT:
        return SyncState("stopped", sync.done, sync.total, sync.message)
    return sync


def sync_line(sync: SyncState | None, words: Texts) -> str:
    """The line as HTML, "" when there is nothing to say."""
    if sync is None or sync.state == "done":
        return ""
    if sync.state == "running":
        share = round(100 * sync.done / sync.total) if sync.total else 0
        count = words.sync_count.format(done=sync.done, total=sync.total) if sync.total else ""
        return (
            f'<div class="sync" role="status"><span>{escape(words.sync_running)}</span>'
            f'<progress max="100" value="{share}" aria-label="{escape(words.sync_running)}"></progress>'
            f"<span>{escape(count)}</span></div>"
        )
    text = {"offline": words.sync_offline, "failed": words.sync_failed, "stopped": words.sync_stopped}[sync.state]
    return f'<div class="sync" role="status"><span>{escape(text)}</span></div>'


def sync_banner(home: Path, words: Texts) -> None:
    """The line, looked up again every two seconds while the sync may still move."""
    seen = read_sync(home, now=datetime.now(UTC))
    is_moving = seen is None or seen.state == "running"

    @st.fragment(run_every=2.0 if is_moving else None)
    def banner() -> None:
        sync = read_sync(home, now=datetime.now(UTC))
        if is_moving and sync is not None and sync.state != "running":
            st.rerun()  # once: the page stops asking and sees the new sources
        if line := sync_line(sync, words):
            st.html(line)

    banner()
