"""Markdown with front matter as a Dokument: notes, and any other Markdown.

The text stays as written, brackets included; only line layout is put in order: a paragraph is one line, a list item is
one line that begins with its mark, a table row is its cells joined by " | ".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from ingest.plain import paragraphs
from ingest.raw import Given, Head, RawFile, make_dokument
from kb.errors import ParseError
from kb.model import Abschnitt, Dokument, Jurisdiction, Kind

_FENCE = re.compile(r"---[ \t]*\r?\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)
_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*\s*")
_RULE_ROW = re.compile(r"[\s|:-]*---[\s|:-]*")
_MOST_FRONT_MATTER = 65_536  # a note's is under 1 kB
_OWN = ("title", "kind", "rechtsstand", "stand", "publisher", "url", "lang", "jurisdiction")


def has_front_matter(text: str) -> bool:
    """True if the text begins with a block between "---" lines."""
    return _FENCE.match(text.removeprefix("\ufeff")) is not None


def read_markdown(text: str, raw: RawFile, given: Given) -> Dokument:
    """The Dokument of a Markdown file. Raises ParseError for front matter that cannot be read."""
    text = text.removeprefix("\ufeff")
    fence = _FENCE.match(text)
    values = _front_matter(fence[1], raw.place) if fence else {}
    head = _head(values, raw.place)
    body = text[fence.end() :] if fence else text
    abschnitte = tuple(_abschnitte(body))
    if not abschnitte:
        raise ParseError("no text in it", where=raw.place, next="check the file")
    if not head.title and (title := re.search(r"^#\s+(.+?)\s*#*$", body, re.MULTILINE)):
        head = Head(title[1], head.kind, head.stand, head.publisher, head.url, head.lang, head.jurisdiction, head.meta)
    return make_dokument(raw, given, abschnitte, head=head)


def _front_matter(source: str, place: str) -> dict[str, Any]:
    import yaml

    if len(source) > _MOST_FRONT_MATTER:
        raise ParseError("the front matter is over 64 kB", where=place, next="move the text below the second ---")
    try:
        # aliases (*name) can grow without bound and no note needs them
        if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(source, Loader=yaml.SafeLoader)):
            raise ParseError("the front matter has YAML aliases", where=place, next="write the values out")
        values = yaml.safe_load(source)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 2}" if mark else ""
        problem = getattr(error, "problem", None) or "not valid YAML"
        raise ParseError(f"the front matter: {problem}", where=f"{place}{line}", next="correct the line") from error
    except ValueError as error:  # "2026-13-40" looks like a date to YAML
        raise ParseError(f"the front matter: {error}", where=place, next="correct the value") from error
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise ParseError("the front matter is no list of fields", where=place, next="write `name: value` lines")
    return {str(name): value for name, value in values.items()}


def _head(values: dict[str, Any], place: str) -> Head:
    stand = values.get("rechtsstand", values.get("stand"))
    if isinstance(stand, str):
        try:
            stand = date.fromisoformat(stand.strip())
        except ValueError as error:
            message = f"the front matter: rechtsstand {stand!r} is no date"
            raise ParseError(message, where=place, next="write it as 2026-08-19") from error
    kind = Kind.NOTE if "norms" in values or "reviewed" in values else None
    try:
        kind = Kind(str(values["kind"])) if values.get("kind") else kind
        jurisdiction = Jurisdiction(str(values.get("jurisdiction") or ""))
    except ValueError as error:
        message = f"the front matter: {error}"
        raise ParseError(message, where=place, next=f"kinds: {', '.join(k.value for k in Kind)}") from error
    return Head(
        title=_word(values.get("title")),
        kind=kind,
        stand=stand if isinstance(stand, date) else None,
        publisher=_word(values.get("publisher")),
        url=_word(values.get("url")),
        lang=_word(values.get("lang")),
        jurisdiction=jurisdiction,
        meta=tuple(_meta(values)),
    )


def _meta(values: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The other fields; a list gives one pair for each value."""
    for name, value in values.items():
        if name in _OWN or value is None:
            continue
        for item in value if isinstance(value, list) else [value]:
            yield name, _word(item)


def _word(value: object) -> str:
    return "" if value is None else " ".join(str(value).split())


def _abschnitte(body: str) -> Iterator[Abschnitt]:
    """The sections, each with the headings above it and its own, outermost first."""
    headings: list[tuple[int, str]] = []
    lines: list[str] = []
    in_code = False
    for line in body.splitlines():
        if line.lstrip().startswith(("```", "~~~")):
            in_code = not in_code
        heading = None if in_code else _HEADING.fullmatch(line)
        if heading is None:
            lines.append(line)
            continue
        yield from _abschnitt(headings, lines)
        lines = []
        level = len(heading[1])
        headings = [*(known for known in headings if known[0] < level), (level, heading[2])]
    yield from _abschnitt(headings, lines)


def _abschnitt(headings: list[tuple[int, str]], lines: list[str]) -> Iterator[Abschnitt]:
    text = "\n\n".join(paragraphs(_rows(lines)))
    if text:
        yield Abschnitt(tuple(title for _, title in headings), None, text)


def _rows(lines: list[str]) -> Iterator[str]:
    """The lines with table rows as cells joined by " | "; rules between them are left out."""
    for line in lines:
        stripped = line.strip()
        if "|" in stripped and _RULE_ROW.fullmatch(stripped):
            continue
        if stripped.startswith("|"):
            cells = [" ".join(cell.split()) for cell in re.split(r"(?<!\\)\|", stripped.strip("|"))]
            yield " | ".join(cells)
        else:
            yield line
