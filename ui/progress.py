"""The line that tells how far the sync with the publisher is, from `home/sync.json`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import streamlit as st

from ingest.progress import SyncState
from ui.components import escape
from ui.texts import Texts

# A running sync reports with every statute; after this long without a word its process is gone.
_SILENT = timedelta(minutes=3)


@dataclass(frozen=True, slots=True)
class Seen:
    """How far the sync is: `done` of `total` statutes; `is_silent` if it says "running" but has stopped reporting."""

    state: SyncState
    done: int
    total: int
    is_silent: bool = False

    @property
    def is_running(self) -> bool:
        """True while more is to come."""
        return self.state is SyncState.RUNNING and not self.is_silent


def read_sync(home: Path, *, now: datetime) -> Seen | None:
    """What the sync last wrote; None where it wrote nothing.

    The file belongs to another process and is read many times a minute: one that cannot be read is no state, not an
    error.
    """
    try:
        told = json.loads((home / "sync.json").read_text(encoding="utf-8"))
        state, updated = SyncState(told["state"]), datetime.fromisoformat(told["updated"])
        done, total = int(told["done"]), int(told["total"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    updated = updated if updated.tzinfo else updated.replace(tzinfo=UTC)
    return Seen(state, done, total, is_silent=state is SyncState.RUNNING and now - updated > _SILENT)


def sync_line(seen: Seen | None, words: Texts) -> str:
    """The line as HTML, "" when there is nothing to say."""
    if seen is None or seen.state is SyncState.DONE:
        return ""
    if seen.is_running:
        share = round(100 * seen.done / seen.total) if seen.total else 0
        count = words.sync_count.format(done=seen.done, total=seen.total) if seen.total else ""
        return (
            f'<div class="sync" role="status"><span>{escape(words.sync_running)}</span>'
            f'<progress max="100" value="{share}" aria-label="{escape(words.sync_running)}"></progress>'
            f"<span>{escape(count)}</span></div>"
        )
    text = {
        SyncState.RUNNING: words.sync_stopped,
        SyncState.OFFLINE: words.sync_offline,
        SyncState.FAILED: words.sync_failed,
    }[seen.state]
    return f'<div class="sync" role="status"><span>{escape(text)}</span></div>'


def sync_banner(home: Path, words: Texts) -> None:
    """The line, looked up again every two seconds while the sync may still move."""
    first = read_sync(home, now=datetime.now(UTC))
    is_moving = first is None or first.is_running

    @st.fragment(run_every=2.0 if is_moving else None)
    def banner() -> None:
        seen = read_sync(home, now=datetime.now(UTC))
        if is_moving and seen is not None and not seen.is_running:
            st.rerun()  # once: the page stops asking, and sees the new sources
        if line := sync_line(seen, words):
            st.html(line)

    banner()
