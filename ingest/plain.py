"""Plain text as a Dokument, and lines as paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ingest.raw import Given, Head, RawFile, make_dokument
from kb.errors import ParseError
from kb.model import Abschnitt, Dokument

ITEM = re.compile(r"\s*(?:[-*+•–·▪■●]|\d{1,3}[a-z]?[.)]|[a-z]{1,2}\)|\(\d{1,3}[a-z]?\))\s+")


def read_plain(text: str, raw: RawFile, given: Given) -> Dokument:
    """The Dokument of a text file: one Abschnitt, blank lines between paragraphs. Raises ParseError if it is empty."""
    body = "\n\n".join(paragraphs(text.removeprefix("\ufeff").splitlines()))
    if not body:
        raise ParseError("no text in it", where=raw.place, next="check the file")
    return make_dokument(raw, given, (Abschnitt((), None, body),), head=Head())


def paragraphs(lines: Iterable[str]) -> Iterator[str]:
    """The paragraphs of hard-wrapped lines; list items and table rows keep lines of their own inside one."""
    done: list[str] = []
    for line in lines:
        stripped = " ".join(line.split())
        if not stripped:
            if done:
                yield "\n".join(done)
            done = []
        elif done and not ITEM.match(line) and not _is_row(stripped) and not _is_row(done[-1]):
            done[-1] += f" {stripped}"
        else:
            done.append(stripped)
    if done:
        yield "\n".join(done)


def _is_row(line: str) -> bool:
    return " | " in line
