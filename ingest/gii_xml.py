"""The publisher's statute XML (`gii-norm.dtd` 1.01) as a Gesetz.

The text is all that stands in `<text>`; footnotes and the publisher's remarks (`<fussnoten>`) go beside it. Nothing is
left out but marks without words (`ABWFORMAT`, leaders). Entities are never expanded, no DTD is loaded.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from ingest.gesetz import absaetze, identify, is_gone, pending_changes, squeeze, unique_refs, unit_ref
from ingest.xml_text import blocks_of, footnotes_of, inline
from kb.config import PUBLISHER
from kb.errors import ParseError
from kb.model import Absatz, Fundstelle, Gesetz, Norm, NormRef

if TYPE_CHECKING:
    from lxml.etree import _Element

_AGAIN = "fetch the file again from its publisher"
HEAD = "Vorspann"  # our word for what stands before the first heading; the publisher has none


@dataclass(slots=True)
class _Heading:
    """A Gliederung heading; three digits of its Kennzahl a level: "010020" lies inside "010"."""

    number: str
    printed: str
    title: str
    is_used: bool = False

    @property
    def text(self) -> str:
        return squeeze(f"{self.printed} {self.title}")


@dataclass(slots=True)
class _Reader:
    """Collects the Normen of one file, `<norm>` by `<norm>`."""

    name: str
    slug: str = ""
    kuerzel: str = ""
    jurabk: str = ""
    title: str = ""
    doknr: str = ""
    built: str = ""
    fundstelle: Fundstelle | None = None
    remarks: list[str] = field(default_factory=list)
    normen: list[Norm] = field(default_factory=list)
    headings: list[_Heading] = field(default_factory=list)

    def read(self, element: _Element) -> None:
        """Takes the next `<norm>`."""
        meta = element.find("metadaten")
        if meta is None:
            raise ParseError("a <norm> without <metadaten>", where=self.name, next=_AGAIN)
        self.built = max(self.built, element.get("builddate") or "")
        is_first = not self.kuerzel
        if is_first:
            self._read_head(meta)
        text = element.find("textdaten/text")
        marks, notes = footnotes_of(text)
        blocks = list(blocks_of(text, marks)) if text is not None else []
        remarks = element.find("textdaten/fussnoten")
        if remarks is not None:
            notes += [block for block in blocks_of(remarks, marks) if block]
        heading = self._enter(meta)
        printed, title = inline(meta.find("enbez"), marks), inline(meta.find("titel"), marks)
        if printed:
            ref = unit_ref(printed, self.kuerzel)
        elif is_first:
            ref = NormRef(self.kuerzel, HEAD, "")
        elif heading is not None:
            ref, title = unit_ref(heading.printed, self.kuerzel), title or heading.title
        else:
            ref = unit_ref("", self.kuerzel)
        if printed or (title and heading is None) or any(blocks) or notes:
            self._add(ref, title, blocks, "\n".join(notes))

    def finish(self) -> tuple[Norm, ...]:
        """All Normen, after the last `<norm>`."""
        self._leave(0)
        return unique_refs(self.normen)

    def _read_head(self, meta: _Element) -> None:
        self.jurabk = squeeze(meta.findtext("jurabk") or "")
        amtabk = squeeze(meta.findtext("amtabk") or "")
        self.title = inline(meta.find("kurzue")) or inline(meta.find("langue")) or self.jurabk
        stem = re.sub(r"\.xml$", "", self.name.replace("\\", "/").rsplit("/", 1)[-1], flags=re.IGNORECASE)
        self.slug, self.kuerzel = identify(stem, (amtabk, self.jurabk), self.doknr)
        origin = meta.find("fundstelle")
        if origin is not None:
            paper, place = origin.findtext("periodikum") or "", origin.findtext("zitstelle") or ""
            self.fundstelle = Fundstelle(squeeze(paper), squeeze(place))
        self.remarks = [inline(remark) for remark in meta.iterfind("standangabe/standkommentar")]

    def _enter(self, meta: _Element) -> _Heading | None:
        """The Gliederung heading of this `<norm>`, if it has one; headings it does not lie in are left."""
        unit = meta.find("gliederungseinheit")
        if unit is None:
            return None
        number = squeeze(unit.findtext("gliederungskennzahl") or "")
        depth = 0
        while depth < len(self.headings) and _lies_in(number, self.headings[depth].number):
            depth += 1
        self._leave(depth)
        heading = _Heading(number, inline(unit.find("gliederungsbez")), inline(unit.find("gliederungstitel")))
        self.headings.append(heading)
        return heading

    def _leave(self, depth: int) -> None:
        """Closes the headings from `depth` on. One under which nothing stands becomes a Norm of its own: kept."""
        while len(self.headings) > depth:
            heading = self.headings[-1]
            if not heading.is_used and heading.text:
                self.headings.pop()
                self._add(unit_ref(heading.printed or heading.title, self.kuerzel), heading.title, [], "")
            else:
                self.headings.pop()

    def _add(self, ref: NormRef, title: str, blocks: list[str], fussnote: str) -> None:
        for heading in self.headings:
            heading.is_used = True
        text = absaetze(blocks)
        gone = is_gone(title, "\n".join(absatz.text for absatz in text))
        if gone and not text:
            text = (Absatz(None, "(weggefallen)"),)
        gliederung = tuple(heading.text for heading in self.headings if heading.text)
        self.normen.append(Norm(ref, title, gliederung, text, gone, fussnote))


def read_gii_xml(data: bytes, *, name: str, stand: date | None = None) -> Gesetz:
    """The Gesetz in the bytes of one XML file; `name` is the file's name, `stand` its Rechtsstand if known.

    Without `stand` the Rechtsstand is the newest build date in the file. Raises ParseError.
    """
    _refuse_entities(data, name)
    reader = _Reader(name)
    for element in _norms(data, name):
        if not reader.doknr:
            reader.doknr = element.get("doknr") or ""
        reader.read(element)
    if not reader.kuerzel:
        raise ParseError("not a statute of the publisher: no <norm> in it", where=name, next=_AGAIN)
    normen = reader.finish()
    return Gesetz(
        slug=reader.slug,
        kuerzel=reader.kuerzel,
        jurabk=reader.jurabk,
        title=reader.title,
        doknr=reader.doknr,
        fundstelle=reader.fundstelle,
        stand="; ".join(remark.rstrip(";") for remark in reader.remarks),
        rechtsstand=stand or _build_date(reader.built, name),
        url=f"{PUBLISHER}/{reader.slug}/",
        normen=normen,
        pending=pending_changes(reader.remarks),
    )


def is_gii_xml(data: bytes) -> bool:
    """True if the bytes look like a statute of the publisher: `<dokumente …>` as the first element."""
    head = data[:4096].replace(b"\0", b"")
    return b"<dokumente" in head and b"<html" not in head[:512].lower()


def _norms(data: bytes, name: str) -> Iterator[_Element]:
    """Each `<norm>` in turn, freed after use. Raises ParseError for broken XML."""
    from lxml import etree

    try:
        # libxml2's own limits stay on: a text of 10 MB or 256 levels in one element is no statute
        events = etree.iterparse(
            io.BytesIO(data),
            events=("end",),
            tag=("norm", "dokumente"),
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
        )
        for _, element in events:
            parent = element.getparent()
            if element.tag != "norm" or parent is None or parent.tag != "dokumente":
                continue
            yield element
            element.clear()
            while element.getprevious() is not None:
                del parent[0]
    except etree.XMLSyntaxError as error:
        line = f":{error.lineno}" if error.lineno else ""
        raise ParseError(f"the XML is broken: {error.msg}", where=f"{name}{line}", next=_AGAIN) from error


def _refuse_entities(data: bytes, name: str) -> None:
    """Raises ParseError if the file declares entities: the publisher's never do, bombs and file readers do."""
    # zero bytes out, so that a UTF-16 file is searched as well
    prolog = data[: 1 << 20].replace(b"\0", b"")
    end = prolog.find(b"<dokumente")
    if b"<!ENTITY" in (prolog if end < 0 else prolog[:end]):
        raise ParseError("the XML declares entities, which no statute of the publisher does", where=name, next=_AGAIN)


def _lies_in(number: str, outer: str) -> bool:
    return number != outer and number.startswith(outer)


def _build_date(built: str, name: str) -> date:
    """The date in "20260428215524"."""
    try:
        return date(int(built[:4]), int(built[4:6]), int(built[6:8]))
    except ValueError as error:
        message = f"no build date ({built!r}), so its Rechtsstand is unknown"
        raise ParseError(message, where=name, next="give the Rechtsstand: --stand 2026-04-18") from error
