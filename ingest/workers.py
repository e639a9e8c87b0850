"""Processes that read files beside the one that stores them; a few files are not worth starting any."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path

_FEW = 8
# Each reader holds one parsed source: more of them cost memory, and the one that stores is the narrow place.
_MOST = 4


@contextmanager
def parsers(paths: Sequence[Path]) -> Iterator[Executor | None]:
    """An executor for the reading of many files, None for a few. Its processes start with the first file given."""
    count = min(os.cpu_count() or 1, _MOST)
    if count == 1 or (len(paths) <= _FEW and not any(path.is_dir() for path in paths)):
        yield None
        return
    # not forked: the threads of the database and the indexes would be copied in the middle of their work
    with ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("spawn")) as executor:
        try:
            yield executor
        except BaseException:
            executor.shutdown(wait=False, cancel_futures=True)
            raise
