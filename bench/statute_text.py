"""Finds runs of statute text in tracked files: `python -m bench.statute_text` exits 1 if there are any.

Texts of law are fetched from the publisher, never shipped. A run is twelve words (letters and digits, case and
punctuation aside) that follow each other in a file of ../shared/statutes. Where that folder is absent there is nothing
to compare with, and the check says so.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parent.parent
STATUTES = ROOT.parent / "shared" / "statutes"
RUN = 12

_WORD = re.compile(r"[^\W_]+")
_TAG = re.compile(r"<[^>]*>")
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class Finding:
    """Where a tracked file repeats a statute: line from 1, the twelve words."""

    file: Path
    line: int
    words: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: statute text: {self.words}"


def find_runs(tracked: dict[Path, str], statutes: Iterator[str]) -> list[Finding]:
    """The first run of each passage in `tracked` (file to text) that stands in one of the statutes, in file order."""
    vocabulary: dict[str, int] = {}
    ids = {
        file: np.array([vocabulary.setdefault(word, len(vocabulary) + 1) for word in _words(text)], dtype=np.int64)
        for file, text in tracked.items()
    }
    values = np.random.default_rng(12).integers(0, 2**63, size=len(vocabulary) + 1, dtype=np.uint64)
    shingles = {file: _shingles(values[numbers]) for file, numbers in ids.items()}
    wanted = np.unique(np.concatenate([np.empty(0, np.uint64), *shingles.values()]))
    found: set[int] = set()
    for text in statutes:
        # 0 stands for every word that no tracked file uses: a window with one cannot match
        numbers = np.array([vocabulary.get(word, 0) for word in _words(text)], dtype=np.int64)
        met = np.isin(_shingles(values[numbers]), wanted)
        if met.any():
            found.update(_shingles(values[numbers])[met].tolist())
    return [finding for file, text in tracked.items() for finding in _locate(file, text, shingles[file], found)]


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _shingles(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """One number for each run of RUN words, in order; shape (n - RUN + 1,)."""
    if len(values) < RUN:
        return np.empty(0, np.uint64)
    count = len(values) - RUN + 1
    total = np.zeros(count, np.uint64)
    for offset in range(RUN):
        total = total * _MULTIPLIER + values[offset : offset + count]
    return total


def _locate(file: Path, text: str, shingles: NDArray[np.uint64], found: set[int]) -> Iterator[Finding]:
    places = [number for number, shingle in enumerate(shingles.tolist()) if shingle in found]
    if not places:
        return
    matches = list(_WORD.finditer(text.casefold()))
    last = -2
    for place in places:
        if place != last + 1:  # overlapping windows are one run
            start = matches[place].start()
            words = " ".join(match.group() for match in matches[place : place + RUN])
            yield Finding(file, text.casefold().count("\n", 0, start) + 1, words)
        last = place


def tracked_files(root: Path) -> dict[Path, str]:
    """Relative path to text of every file git tracks, binary files left out."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, check=True, capture_output=True).stdout.decode()
    texts = {}
    for name in filter(None, listed.split("\0")):
        path = root / name
        raw = path.read_bytes() if path.is_file() else b""
        if b"\0" not in raw:
            texts[Path(name)] = raw.decode("utf-8", errors="replace")
    return texts


def statute_texts(folder: Path) -> Iterator[str]:
    """The text of every statute in the dated folders, without markup."""
    for path in sorted([*folder.glob("*/*.xml"), *folder.glob("*/*.md")]):
        text = path.read_text(encoding="utf-8")
        yield _TAG.sub(" ", text) if path.suffix == ".xml" else text


def main() -> int:
    """Print every finding; 1 if there is one."""
    if not STATUTES.is_dir():
        print("no statute text: skipped, ../shared/statutes is not on this machine")
        return 0
    findings = find_runs(tracked_files(ROOT), statute_texts(STATUTES))
    for finding in findings:
        print(finding)
    print(f"statute text: {len(findings)} runs of {RUN} words" if findings else "no statute text")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
