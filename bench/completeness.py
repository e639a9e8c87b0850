"""How much of the statutes' own text survives reading: all files of a tar, one summary.

python bench/completeness.py ../shared/statutes/federal-2026-04-18.tar.xz [--limit 500]

Progress goes to stderr every 500 files. Ctrl-C or SIGTERM ends the run early, with a summary of what was read.
"""

from __future__ import annotations

import argparse
import re
import signal
import sys
import tarfile
import time
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from lxml import etree

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from ingest.gii_xml import read_gii_xml
from kb.errors import ParseError
from kb.split import split

_EVERY = 500  # files between two lines of progress
# Our own words for what is no text; they must not make up for letters that were lost.
_OURS = re.compile(r"\[(?:Abbildung[^\]]*|Anlage als Datei beim Herausgeber)\]|\(weggefallen\)")


@dataclass(slots=True)
class Tally:
    """What was found so far."""

    shares: list[tuple[float, str]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    passages: int = 0
    since: float = field(default_factory=time.perf_counter)

    @property
    def files(self) -> int:
        return len(self.shares) + len(self.failures)

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self.since


def letters(text: str) -> Counter[str]:
    """Letters and digits of a text, without case and typographic variants."""
    return Counter(character for character in unicodedata.normalize("NFKC", text).casefold() if character.isalnum())


def measure(data: bytes, name: str) -> tuple[float, int]:
    """Share of the letters and digits of all text and footnotes that the reader does not keep; passages made.

    Raises ParseError, and ValueError if two passages have the same id.
    """
    gesetz = read_gii_xml(data, name=name)
    kept = letters(_OURS.sub("", "".join(norm.text + norm.fussnote for norm in gesetz.normen)))
    root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
    texts = ("".join(str(piece) for piece in part.itertext()) for part in root.iterfind("norm/textdaten/*"))
    said = letters(_OURS.sub("", "".join(texts)))
    passages = split(gesetz)
    if len({passage.passage_id for passage in passages}) < len(passages):
        raise ValueError("two passages with the same id")
    return (said - kept).total() / max(said.total(), 1), len(passages)


def files_in(tar: Path) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of each XML file, streamed."""
    with tarfile.open(tar, "r|*") as archive:
        for member in archive:
            file = archive.extractfile(member) if member.isfile() and member.name.endswith(".xml") else None
            if file is not None:
                yield member.name, file.read()


def run(tar: Path, limit: int | None, tally: Tally) -> None:
    """Measures file after file into the tally."""
    for name, data in files_in(tar):
        try:
            share, passages = measure(data, name)
            tally.shares.append((share, name))
            tally.passages += passages
        except (ParseError, ValueError) as error:
            tally.failures.append(f"{name}: {error}")
        if tally.files % _EVERY == 0:
            print(f"{tally.files} files, {len(tally.failures)} failures, {tally.seconds:.0f} s", file=sys.stderr)
        if limit and tally.files >= limit:
            return


def summary(tally: Tally) -> Iterator[str]:
    """The lines of the summary, the worst files first."""
    tally.shares.sort(reverse=True)
    yield f"files {tally.files}, failures {len(tally.failures)}, passages {tally.passages}, seconds {tally.seconds:.0f}"
    yield f"with nothing lost: {sum(share == 0 for share, _ in tally.shares)}"
    for share, name in tally.shares[:10]:
        yield f"  lost {share:.4%} of {name}"
    for failure in tally.failures[:20]:
        yield f"  {failure}"


def main() -> int:
    """Exit status 0; 1 if a file failed; 130 if the run was ended early."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("tar", type=Path)
    options.add_argument("--limit", type=int, default=None)
    given = options.parse_args()
    tally = Tally()
    signal.signal(signal.SIGTERM, _stop)
    is_whole = True
    try:
        run(given.tar, given.limit, tally)
    except KeyboardInterrupt:
        is_whole = False
    print("\n".join((*summary(tally), *([] if is_whole else ["ended early: not all files were read"]))))
    return (1 if tally.failures else 0) if is_whole else 130


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    raise SystemExit(main())
