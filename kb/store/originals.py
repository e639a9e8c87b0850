"""The originals, each under the SHA-256 of its bytes. A file that is there is whole."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
import time
from collections.abc import Collection
from pathlib import Path

from kb.errors import StoreError

# A file still being written is not older than this, in seconds.
_STALE = 3600.0
_NAME = re.compile(r"[0-9a-f]{64}")


def keep_original(folder: Path, raw: bytes) -> str:
    """The SHA-256 under which `raw` now lies in `folder`; written aside, synced, then renamed.

    It happens before the transaction that names it commits: a crash in between leaves a file nobody names, never a
    name without its file.
    """
    sha256 = hashlib.sha256(raw).hexdigest()
    path = folder / sha256
    if path.exists():
        return sha256
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".", delete=False) as file:
            try:
                file.write(raw)
                file.flush()
                os.fsync(file.fileno())
                Path(file.name).rename(path)
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise
    except OSError as error:
        raise StoreError(
            "the original cannot be kept", where=str(path), next="see that the disk has room and may be written"
        ) from error
    return sha256


def read_original(folder: Path, sha256: str) -> bytes:
    """The bytes of an original. Raises StoreError where they are missing or no longer the same."""
    path = folder / sha256
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise StoreError("the original is missing", where=str(path), next="ingest the source again") from error
    if hashlib.sha256(raw).hexdigest() != sha256:
        raise StoreError("the original was altered", where=str(path), next="delete it and ingest the source again")
    return raw


def unnamed_originals(folder: Path, named: Collection[str]) -> list[str]:
    """The names of files that no source names, sorted; what is being written right now is left out."""
    if not folder.is_dir():
        return []
    return sorted(path.name for path in folder.iterdir() if path.name not in named and _is_left_over(path))


def _is_left_over(path: Path) -> bool:
    if _NAME.fullmatch(path.name):
        return True
    try:
        return path.name.startswith(".") and time.time() - path.stat().st_mtime > _STALE
    except FileNotFoundError:  # its writer has just renamed it
        return False
