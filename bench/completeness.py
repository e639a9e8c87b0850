"""How much of the statutes' own text survives reading: all files of a tar, one summary.

python bench/completeness.py ../shared/statutes/federal-2026-04-18.tar.xz [--limit 500]
"""

from __future__ import annotations

import argparse
import sys
import tarfile
import time
import unicodedata
from collections import Counter
from pathlib import Path

from lxml import etree

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from ingest.gii_xml import read_gii_xml
from kb.errors import ParseError


def letters(text: str) -> Counter[str]:
    """Letters and digits of a text, without case and typographic variants."""
    return Counter(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


def lost_share(data: bytes, name: str) -> float:
    """Share of the letters and digits of all text and footnotes that the reader does not keep."""
    gesetz = read_gii_xml(data, name=name)
    kept = letters("".join(norm.text + norm.fussnote for norm in gesetz.normen))
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    root = etree.fromstring(data, parser)
    said = letters("".join("".join(part.itertext()) for part in root.iterfind("norm/textdaten/*")))
    return (said - kept).total() / max(said.total(), 1)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("tar", type=Path)
    options.add_argument("--limit", type=int, default=None)
    given = options.parse_args()
    shares: list[tuple[float, str]] = []
    failures: list[str] = []
    since = time.perf_counter()
    with tarfile.open(given.tar, "r|*") as archive:
        for member in archive:
            file = archive.extractfile(member) if member.isfile() else None
            if file is None or not member.name.endswith(".xml"):
                continue
            try:
                shares.append((lost_share(file.read(), member.name), member.name))
            except ParseError as error:
                failures.append(str(error))
            if given.limit and len(shares) + len(failures) >= given.limit:
                break
    shares.sort(reverse=True)
    print(f"files {len(shares) + len(failures)}, failures {len(failures)}, seconds {time.perf_counter() - since:.0f}")
    print(f"with nothing lost: {sum(share == 0 for share, _ in shares)}")
    for share, name in shares[:10]:
        print(f"  lost {share:.4%} of {name}")
    for failure in failures[:20]:
        print(f"  {failure}")


if __name__ == "__main__":
    main()
