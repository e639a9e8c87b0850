"""The originals, each under the SHA-256 of its bytes. A file that is there is whole."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from kb.errors import StoreError


def keep_original(folder: Path, raw: bytes) -> str:
    """The SHA-256 under which `raw` now lies in `folder`; written aside, synced, then renamed.

    It happens before the transaction that names it: a crash in between leaves a file nobody names, never a name
    without its file.
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
