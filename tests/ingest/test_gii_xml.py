"""The publisher's statute XML: small files in the same format, and the real ones where they are."""

from __future__ import annotations

import unicodedata
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from ingest.gii_xml import read_gii_xml
from kb.errors import ParseError
from kb.model import Absatz, NormRef, PendingChange

STATUTES = Path(__file__).resolve().parents[3] / "shared" / "statutes"

HEAD = (
    "<metadaten><jurabk>TestG 2020</jurabk><amtabk>TestG</amtabk><kurzue>Testgesetz</kurzue>"
    "<langue>Gesetz über Tests</langue>{stand}</metadaten><textdaten><text format='XML'/></textdaten>"
)


def statute(*norms: str, stand: str = "") -> bytes:
    """A statute of the publisher with these `<norm>` bodies."""
    inside = "".join(
        f"<norm builddate='20260418000000' doknr='BJNR1'>{norm}</norm>" for norm in (HEAD.format(stand=stand), *norms)
    )
    return f"<dokumente builddate='20260418000000' doknr='BJNR1'>{inside}</dokumente>".encode()


def norm(name: str, content: str, title: str = "Titel") -> str:
    meta = f"<metadaten><jurabk>TestG</jurabk><enbez>{name}</enbez><titel>{title}</titel></metadaten>"
    return f"{meta}<textdaten><text><Content>{content}</Content></text></textdaten>"


LIST = "<DL><DT>1.</DT><DD><LA>eins <DL><DT>a)</DT><DD><LA>klein</LA></DD></DL>Rest</LA></DD></DL>"
TABLE = (
    "<table><tgroup cols='3'><colspec colname='a'/><colspec colname='b'/><colspec colname='c'/><tbody>"
    "<row><entry namest='a' nameend='b'>breit</entry><entry colname='c' morerows='1'>hoch</entry></row>"
    "<row><entry colname='a'>x</entry><entry colname='b'>y</entry></row></tbody></tgroup></table>"
)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param("<P>(1) Eins.</P><P>(2a) Zwei.</P>", (("1", "(1) Eins."), ("2a", "(2a) Zwei.")), id="absaetze"),
        pytest.param("<P>(1) Eins.</P><P>Noch eins.</P>", (("1", "(1) Eins.\nNoch eins."),), id="continues"),
        pytest.param(f"<P>Wenn {LIST}gilt.</P>", ((None, "Wenn\n1. eins\na) klein\nRest\ngilt."),), id="nested list"),
        pytest.param(f"<P>{TABLE}</P>", ((None, "breit |  | hoch\nx | y"),), id="spans keep columns"),
        pytest.param("<P>m<SUP>2</SUP> CO<SUB>2</SUB></P>", ((None, "m² CO₂"),), id="raised and lowered digits"),
        pytest.param("<P>A <IMG alt=''/> B<BR/>C</P>", ((None, "A [Abbildung] B\nC"),), id="picture and break"),
        pytest.param("<P>x<NB>1 000</NB> <noindex>y</noindex></P>", ((None, "x1 000 y"),), id="inline marks"),
        pytest.param("<P>(3) bis (5) (weggefallen)</P>", (("3 bis 5", "(3) bis (5) (weggefallen)"),), id="range"),
    ],
)
def test_text(content: str, expected: tuple[tuple[str | None, str], ...]) -> None:
    gesetz = read_gii_xml(statute(norm("§ 1", content)), name="testg.xml")
    assert gesetz.normen[-1].absaetze == tuple(Absatz(number, text) for number, text in expected)


@pytest.mark.parametrize(
    ("printed", "ref"),
    [
        ("§ 60c", NormRef("TestG", "§", "60c")),
        ("Art 16a", NormRef("TestG", "Art.", "16a")),
        ("Anlage D2a", NormRef("TestG", "Anlage", "D2a")),
        ("Anlage", NormRef("TestG", "Anlage", "")),
        ("(XXXX) §§ 3 bis 6", NormRef("TestG", "§§", "3 bis 6")),
        ("Eingangsformel", NormRef("TestG", "Eingangsformel", "")),
        ("Anhang EV", NormRef("TestG", "Anhang", "EV")),
    ],
)
def test_units(printed: str, ref: NormRef) -> None:
    assert read_gii_xml(statute(norm(printed, "<P>x</P>")), name="t.xml").normen[-1].ref == ref


def test_second_unit_of_one_name_keeps_its_own_reference() -> None:
    gesetz = read_gii_xml(statute(norm("Anlage", "<P>a</P>"), norm("Anlage", "<P>b</P>")), name="t.xml")
    assert [n.ref.nummer for n in gesetz.normen] == ["", "~2"]


def test_head_and_pending_change() -> None:
    remark = "Änderung durch Art. 9 G v. 1.4.2026 I Nr. 7 mWv 12.6.2026 bzw. 12.6.2029 noch nicht berücksichtigt"
    stand = f"<standangabe><standtyp>Hinweis</standtyp><standkommentar>{remark}</standkommentar></standangabe>"
    gesetz = read_gii_xml(statute(norm("§ 1", "<P>x</P>"), stand=stand), name="testg.xml")
    assert (gesetz.slug, gesetz.kuerzel, gesetz.title) == ("testg", "TestG", "Testgesetz")
    assert gesetz.rechtsstand == date(2026, 4, 18)
    assert gesetz.pending == (PendingChange(remark, date(2026, 6, 12)),)


@pytest.mark.parametrize("title", ["(weggefallen)", "(aufgehoben)"])
def test_repealed(title: str) -> None:
    found = read_gii_xml(statute(norm("§ 1", "<P/>", title)), name="t.xml").normen[-1]
    assert (found.is_weggefallen, found.text) == (True, "(weggefallen)")


BOMB = b'<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><dokumente><norm>&b;</norm></dokumente>'
OUTSIDE = b'<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/hostname">]><dokumente><norm>&a;</norm></dokumente>'


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(statute(norm("§ 1", "<P>x</P>"))[:-40], "the XML is broken", id="truncated"),
        pytest.param(BOMB, "declares entities", id="entity bomb"),
        pytest.param(OUTSIDE, "declares entities", id="external entity"),
        pytest.param(BOMB.decode().encode("utf-16"), "declares entities", id="bomb in UTF-16"),
        pytest.param(b"<dokumente/>", "not a statute", id="no norm"),
        pytest.param(b"<dokumente>" + b"<a>" * 400, "the XML is broken", id="too deep"),
    ],
)
def test_bad_xml_is_named(data: bytes, message: str) -> None:
    with pytest.raises(ParseError, match=message) as error:
        read_gii_xml(data, name="bad.xml")
    assert error.value.where.startswith("bad.xml")
    assert error.value.next


def letters(text: str) -> Counter[str]:
    return Counter(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


@pytest.mark.statutes
@pytest.mark.parametrize("slug", ["aufenthg_2004", "beschv_2013", "aufenthv", "gg", "fev_2010", "asylvfg_1992"])
def test_nothing_is_lost(slug: str) -> None:
    path = STATUTES / "2026-04-18" / f"{slug}.xml"
    if not path.is_file():
        pytest.skip(f"no statutes at {STATUTES}")
    from lxml import etree

    said: Counter[str] = Counter()
    for text in etree.parse(path).iterfind("norm/textdaten/*"):
        said += letters("".join(text.itertext()))
    gesetz = read_gii_xml(path.read_bytes(), name=path.name)
    kept = letters("".join(n.text + n.fussnote for n in gesetz.normen))
    assert said - kept == Counter()
