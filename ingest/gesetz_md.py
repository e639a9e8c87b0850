"""Statute Markdown as a Gesetz: `# § 60c – Ausbildungsduldung` a Norm, `(1)` an Absatz.

The files are made from the publisher's pages by pandoc: tables and nested lists may stand in them as HTML, footnote
marks as anchors. They carry no date and no Gliederung.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from ingest.gesetz import absaetze, identify, is_gone, picture, squeeze, superscript, unique_refs, unit_ref
from ingest.html_text import html_lines
from kb.config import PUBLISHER
from kb.errors import ParseError
from kb.model import Absatz, Gesetz, Norm

_UNIT = re.compile(r"# (?=\S)(.*)")
# "# § 60c – Ausbildungsduldung": the first dash with blanks parts name and title
_TITLE = re.compile(r"(.*?)(?:\s+[–—-]\s+(.*))?$")
_IS_NORM = re.compile(r"^# (?:§§? ?\d|Art(?:\.|ikel)? ?\w|Anlage\b|Eingangsformel|Inhalts)", re.MULTILINE)
_NAMES = re.compile(r"(.*?)\s*\((?:(.+?) - )?([^()]+)\)\s*$")
_HTML = re.compile(r"<(table|dl)\b")
_FOOTNOTE = re.compile(r"(?:<span id=\"[^\"]*\"></span>)?<a href=\"#[^\"]*\" class=\"FnR\">([^<]*)</a>(?:</sup>)?")
_FILE = re.compile(r"<a href=\"[^\"]*\"[^>]*>PDF-Dokument[^<]*</a>")
_IMAGE = re.compile(r"!\[([^\]]*)\]\([^)\s]*(?:\s+\"[^\"]*\")?\)")
_TAG = re.compile(r"</?(?:span|sup|sub|div|a|p|b|i|u|em|strong|col|colgroup)\b[^>]*>")
_BREAK = re.compile(r"<br\s*/?>|(?<=\S)[ ]{2,}$", re.MULTILINE)
_NEVER = re.compile(r"(?!)")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)  # pandoc's "<!-- -->" keeps two lists apart
# A mark that the conversion put on a line of its own, and what no line of a Norm begins with: the line before goes on.
_BARE_MARK = re.compile(r"(?:\d{1,3}[a-z]{0,2}\.|[a-z]{1,3}\)|[-–])")
_MARKED = re.compile(r"(?:\d{1,3}[a-z]{0,2}\.|[a-z]{1,3}\)|[-–])\s|\(\d")
_NUMBER_OF_EU = re.compile(r"\d{1,4}/\d")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_RULE = re.compile(r"[\s|:-]*--[\s|:-]*")


def is_gesetz_md(text: str) -> bool:
    """True if the text has headings of Normen, and no front matter (a note has)."""
    return not text.startswith("---") and bool(_IS_NORM.search(text))


def read_gesetz_md(text: str, *, name: str, stand: date) -> Gesetz:
    """The Gesetz in the text of one file; `stand` is its Rechtsstand. Raises ParseError."""
    head, units = _split_units(text.removeprefix("\ufeff"))
    if not units:
        raise ParseError("no heading of a Norm (# § 1 – …) in it", where=name, next="check that this is a statute")
    title, short, abbreviation = _names(head)
    stem = re.sub(r"\.(?:md|markdown|txt)$", "", name.replace("\\", "/").rsplit("/", 1)[-1], flags=re.IGNORECASE)
    slug, kuerzel = identify(stem, (abbreviation, short, title), "")
    normen = [_norm(heading, body, kuerzel) for heading, body in units]
    return Gesetz(
        slug=slug,
        kuerzel=kuerzel,
        jurabk=abbreviation or kuerzel,
        title=short or title or kuerzel,
        doknr="",
        fundstelle=None,
        stand="; ".join(head[1:]),
        rechtsstand=stand,
        url=f"{PUBLISHER}/{slug}/",
        normen=unique_refs(normen),
    )


def _split_units(text: str) -> tuple[list[str], list[tuple[str, str]]]:
    """The lines of the head ("% …", marks off), and (heading, body) of each unit."""
    head: list[str] = []
    units: list[tuple[str, list[str]]] = []
    for line in text.splitlines():
        if match := _UNIT.fullmatch(line.rstrip()):
            units.append((match[1], []))
        elif units:
            units[-1][1].append(line)
        elif line.startswith("%"):
            head.append(squeeze(line[1:]))
    return head, [(heading, "\n".join(lines)) for heading, lines in units]


def _names(head: list[str]) -> tuple[str, str, str]:
    """Title, short title and abbreviation from "Gesetz über … (Aufenthaltsgesetz - AufenthG)"."""
    if not head:
        return "", "", ""
    match = _NAMES.match(head[0])
    if not match:
        return head[0], "", ""
    title = re.sub(r"\d\)$", "", match[1])  # the mark of a footnote sticks to the title
    if match[2]:
        return title, match[2], match[3]
    # "(ArbZG)" is an abbreviation, "(Handwerksordnung)" a short title
    is_title = re.search(r"(?:gesetz|ordnung|buch)$", match[3], re.IGNORECASE) is not None
    return title, (match[3] if is_title else title), ("" if is_title else match[3])


def _norm(heading: str, body: str, kuerzel: str) -> Norm:
    printed, title = _TITLE.match(_plain(heading)).groups()  # type: ignore[union-attr]  # matches every line
    title = " ".join((title or "").split())
    blocks, remarks = _sort_out(_blocks(body), printed)
    text = tuple(Absatz(absatz.nummer, _mended(absatz.text)) for absatz in absaetze(blocks))
    gone = is_gone(title, "\n".join(absatz.text for absatz in text))
    if gone and not text:
        text = (Absatz(None, "(weggefallen)"),)
    return replace(Norm(unit_ref(printed, kuerzel), title, (), text, gone), fussnote="\n".join(remarks))


def _sort_out(blocks: Iterator[str], printed: str) -> tuple[list[str], list[str]]:
    """The blocks of the law, and the publisher's remarks on it.

    A remark stands from "(+++" to "+++)", over several blocks if need be, or begins with the name of the Norm itself
    ("§ 17 Nr. 3: Mit dem GG vereinbar …"), which no text of a Norm does; then all that follows is remarks.
    """
    kept: list[str] = []
    remarks: list[str] = []
    own = r"\.?\s".join(re.escape(word.rstrip(".")) for word in printed.split())
    begins = (
        re.compile(rf"{own}(?:\s[^:\n]{{1,120}})?(?::\s|\sidF|\sKursivdruck|\sF\. ?\d)|Fußnote\b") if own else _NEVER
    )
    is_open = is_end = False
    for block in blocks:
        is_end = is_end or bool(kept and begins.match(block))
        if is_open or is_end or block.startswith("(+++"):
            remarks.append(block)
            is_open = not is_end and not block.endswith("+++)")
        else:
            kept.append(block)
    return kept, remarks


def _blocks(body: str) -> Iterator[str]:
    """The paragraphs of a Norm, each with its lines; HTML tables and lists become lines."""
    for piece in re.split(r"\n\s*\n", _without_html(_COMMENT.sub("", body))):
        lines: list[str] = []
        open_lines: list[str] = []
        for line in _BREAK.sub("\v", piece).split("\n"):
            if line.lstrip().startswith("|"):
                lines += _end(open_lines)
                lines += _row(line)
            else:
                open_lines.append(line)
        lines += _end(open_lines)
        if lines:
            yield "\n".join(lines)


def _mended(text: str) -> str:
    """The text with lines put together that the conversion has cut: "(EU)" from its number, a mark from its item."""
    lines: list[str] = []
    for line in text.split("\n"):
        before = lines[-1] if lines else ""
        if before and (line.startswith((",", ";")) or before.endswith("„")):
            lines[-1] += line
        elif (before.endswith("(EU)") and _NUMBER_OF_EU.match(line)) or (
            _BARE_MARK.fullmatch(before) and not _MARKED.match(line)
        ):
            lines[-1] += f" {line}"
        else:
            lines.append(line)
    return "\n".join(lines)


def _end(lines: list[str]) -> list[str]:
    """The collected lines as printed lines: a soft line end is a blank, a hard one (\\v) an end."""
    text = _plain(" ".join(lines))
    lines.clear()
    return [line for part in text.split("\v") if (line := squeeze(part))]


def _row(line: str) -> list[str]:
    """A row of a pipe table as a line; rules and empty header rows give none."""
    if _RULE.fullmatch(line.strip()):
        return []
    cells = [squeeze(_plain(cell)) for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]
    while cells and not cells[-1]:
        cells.pop()
    return [" | ".join(cells)] if cells else []


def _without_html(body: str) -> str:
    """The body with each HTML table or list as lines of text, escaped so that they are not read as Markdown."""
    parts: list[str] = []
    place = 0
    while match := _HTML.search(body, place):
        parts.append(body[place : match.start()])
        end = _closing(body, match.start(), match[1])
        lines = html_lines(_inline_html(body[match.start() : end]))
        # two blanks before the line end: a hard end; "\" before "|": a cell, not a pipe table
        parts.append("\v" + "\v".join(re.sub(r"([\\*_|#!\[\]<>&])", r"\\\1", line) for line in lines) + "\v")
        place = end
    parts.append(body[place:])
    return "".join(parts)


def _closing(body: str, start: int, tag: str) -> int:
    """Where the element that opens at `start` ends; the end of the text if it never does."""
    depth = 0
    for match in re.finditer(rf"<(/?){tag}\b[^>]*>", body[start:]):
        depth += -1 if match[1] else 1
        if depth == 0:
            return start + match.end()
    return len(body)


def _inline_html(text: str) -> str:
    text = _FOOTNOTE.sub(lambda match: superscript(match[1]), text)
    return _IMAGE.sub(lambda match: picture(match[1]), text)


def _plain(text: str) -> str:
    """The text without Markdown and HTML marks."""
    text = _inline_html(text)
    text = _FILE.sub(" [Anlage als Datei beim Herausgeber] ", text)
    text = _TAG.sub("", text)
    kept: list[str] = []

    def keep(match: re.Match[str]) -> str:
        kept.append(match[1])
        return f"\ue000{len(kept) - 1}\ue001"

    text = html.unescape(_ESCAPE.sub(keep, text))
    return re.sub("\ue000(\\d+)\ue001", lambda match: kept[int(match[1])], text)
