"""Plain text of all federal law for the benches: (statute, heading, Absätze) straight from the archive.

A rough reader on purpose: it feeds training and speed tests, where a lost footnote does not matter. The product's own
reader is `ingest/gii_xml.py`.
"""

from __future__ import annotations

import json
import re
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element

_BLANKS = re.compile(r"\s+")
_SKIP = {"FnR", "FnArea", "Revision", "kommentar", "IMG"}


@dataclass(frozen=True, slots=True)
class LawText:
    """One Norm as text: the Kürzel of its statute, its heading, its Absätze (each one line)."""

    jurabk: str
    enbez: str
    heading: str
    absaetze: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Statute:
    """A Norm of today's statutes as the training sees it: key, heading, (Absatz number, text)."""

    key: str
    heading: str
    absaetze: tuple[tuple[str | None, str], ...]

    def absatz(self, number: str | None) -> str:
        """The text of that Absatz, with the heading before it; the first one if there is none of that number."""
        text = next((text for name, text in self.absaetze if name == number), self.absaetze[0][1])
        return f"{self.heading}. {text}" if self.heading else text


def _text(element: _Element) -> str:
    parts: list[str] = []

    def walk(node: _Element) -> None:
        if not isinstance(node.tag, str):
            parts.append(node.tail or "")
            return
        if node.tag not in _SKIP:
            parts.append(" " if node.tag in ("DT", "DD", "LA", "BR", "entry", "P") else "")
            parts.append(node.text or "")
            for child in node:
                walk(child)
        parts.append(node.tail or "")

    for child in element:
        walk(child)
    return _BLANKS.sub(" ", (element.text or "") + "".join(parts)).strip()


def read_xml(raw: bytes) -> Iterator[LawText]:
    """The Normen of one statute file, in order; headings without text are left out."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
    root = etree.fromstring(raw, parser)
    for norm in root.iter("norm"):
        content = norm.find("textdaten/text/Content")
        if content is None:
            continue
        absaetze = tuple(text for child in content if isinstance(child.tag, str) and (text := _text(child)))
        if not absaetze:
            continue
        meta = norm.find("metadaten")
        assert meta is not None
        titel = meta.find("titel")
        yield LawText(
            jurabk=(meta.findtext("jurabk") or "").strip(),
            enbez=(meta.findtext("enbez") or "").strip(),
            heading=_text(titel) if titel is not None else "",
            absaetze=absaetze,
        )


def federal_law(archive: Path) -> Iterator[LawText]:
    """Every Norm of the archive, in the archive's order."""
    with tarfile.open(archive, "r:xz") as tar:
        for member in tar:
            if member.isfile() and (file := tar.extractfile(member)):
                yield from read_xml(file.read())


def cached_federal_law(archive: Path, cache: Path) -> Iterator[LawText]:
    """The same from a JSONL cache, which is written on the first call (the archive takes a minute to unpack)."""
    if not cache.exists():
        cache.parent.mkdir(parents=True, exist_ok=True)
        part = cache.with_suffix(".part")
        with part.open("w", encoding="utf-8") as out:
            for norm in federal_law(archive):
                row = [norm.jurabk, norm.enbez, norm.heading, norm.absaetze]
                out.write(json.dumps(row, ensure_ascii=False) + "\n")
        part.replace(cache)
    with cache.open(encoding="utf-8") as lines:
        for line in lines:
            jurabk, enbez, heading, absaetze = json.loads(line)
            yield LawText(jurabk, enbez, heading, tuple(absaetze))


_MD_NORM = re.compile(r"# (?P<einheit>§§?|Art) (?P<nummer>\d+[a-z]*)(?P<rest>.*)")
_MD_ABSATZ = re.compile(r"\((\d+[a-z]*)\) ")


def read_markdown_statutes(folder: Path) -> Iterator[Statute]:
    """The Normen of a folder of statute Markdown, named as question sets name them."""
    from kb.laws import law_by_slug

    for file in sorted(folder.glob("*.md")):
        law = law_by_slug(file.stem)
        if law is None:
            continue
        key, heading = "", ""
        absaetze: list[tuple[str | None, str]] = []
        for line in [*file.read_text(encoding="utf-8").splitlines(), "# "]:
            if line.startswith("# "):
                if key and absaetze:
                    yield Statute(key, heading, tuple(absaetze))
                match = _MD_NORM.match(line)
                key = (
                    f"{law.kuerzel} {match['einheit'][0] if '§' in match['einheit'] else 'Art.'} {match['nummer']}"
                    if match
                    else ""
                )
                heading = match["rest"].strip(" –") if match else ""
                absaetze = []
            elif key and line.strip():
                number = _MD_ABSATZ.match(line)
                if number or not absaetze:
                    absaetze.append((number[1] if number else None, line.strip()))
                else:
                    absaetze[-1] = (absaetze[-1][0], f"{absaetze[-1][1]} {line.strip()}")
