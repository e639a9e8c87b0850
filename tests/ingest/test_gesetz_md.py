"""Statute Markdown: Normen, Absätze, what pandoc makes of lists, tables and footnotes; the same Norm as from XML."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ingest.gesetz_md import is_gesetz_md, read_gesetz_md
from ingest.gii_xml import read_gii_xml
from kb.errors import ParseError
from kb.german import normal_form
from kb.model import Absatz, Gesetz, Norm, NormRef
from kb.split import split
from tests.ingest.test_gii_xml import norm, statute

STAND = date(2026, 8, 19)
HEAD = "% Gesetz über Tests (Testgesetz - TestG)\n% Ausfertigungsdatum: 1.1.2020\n\n"


def read(body: str, head: str = HEAD) -> Gesetz:
    return read_gesetz_md(head + body, name="testg.md", stand=STAND)


def test_whole_statute() -> None:
    body = (
        "# Eingangsformel\n\nSo beschlossen.\n\n# § 1 – Zweck – und Ziel\n\n(1) Eins\ngeht weiter.  \nneue Zeile\n\n"
        "Satz danach.\n\n(2a) Zwei.\n\n# § 2 – (weggefallen)\n\n# §§ 3 bis 5 – (weggefallen)\n\n# Art. 6\n\nNur so.\n"
    )
    assert read(body) == Gesetz(
        slug="testg",
        kuerzel="TestG",
        jurabk="TestG",
        title="Testgesetz",
        doknr="",
        fundstelle=None,
        stand="Ausfertigungsdatum: 1.1.2020",
        rechtsstand=STAND,
        url="https://www.gesetze-im-internet.de/testg/",
        normen=(
            Norm(NormRef("TestG", "Eingangsformel", ""), "", (), (Absatz(None, "So beschlossen."),)),
            Norm(
                NormRef("TestG", "§", "1"),
                "Zweck – und Ziel",
                (),
                (Absatz("1", "(1) Eins geht weiter.\nneue Zeile\nSatz danach."), Absatz("2a", "(2a) Zwei.")),
            ),
            Norm(NormRef("TestG", "§", "2"), "(weggefallen)", (), (Absatz(None, "(weggefallen)"),), True),
            Norm(NormRef("TestG", "§§", "3 bis 5"), "(weggefallen)", (), (Absatz(None, "(weggefallen)"),), True),
            Norm(NormRef("TestG", "Art.", "6"), "", (), (Absatz(None, "Nur so."),)),
        ),
    )


TABLE = "<table><tr><td>Stufe</td><td>Euro</td></tr><tr><td>1</td><td>10 &amp; 5</td></tr></table>"
LIST = "<dl><dt>1.</dt><dd><p>eins</p><dl><dt>a)</dt><dd>klein</dd></dl></dd></dl>"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        pytest.param("(1) Wenn\n\n1.  eins,\n\n2.  zwei.", "(1) Wenn\n1. eins,\n2. zwei.", id="list"),
        pytest.param("| Stufe | Euro |\n|---|---:|\n| 1 | 10 |\n", "Stufe | Euro\n1 | 10", id="pipe table"),
        pytest.param(f"Es gilt:\n\n{TABLE}\n\nEnde.", "Es gilt:\nStufe | Euro\n1 | 10 & 5\nEnde.", id="HTML table"),
        pytest.param(f"Wenn {LIST} gilt.", "Wenn\n1. eins\na) klein\ngilt.", id="HTML list"),
        pytest.param(
            'Wert<sup><a href="#F1" class="FnR">1)</a></sup> gilt.', "Wert¹⁾ gilt.", id="footnote mark is raised"
        ),
        pytest.param(r"a\_b \[c\] 5 \* 2", "a_b [c] 5 * 2", id="escapes"),
        pytest.param("Formel ![](a.jpg) und ![x](y.jpg)", "Formel [Abbildung] und [Abbildung: x]", id="picture"),
        pytest.param("1. eins\n\n<!-- -->\n\n2. zwei", "1. eins\n2. zwei", id="comment of pandoc"),
        pytest.param(
            "Die Verordnung (EU)\n\n2024/13 gilt.", "Die Verordnung (EU) 2024/13 gilt.", id="number cut from (EU)"
        ),
        pytest.param("Wer hilft\n\n, der gilt.", "Wer hilft, der gilt.", id="comma cut off"),
        pytest.param("aa)\n\ndie Ware,\n\n2.\n\na) so", "aa) die Ware,\n2.\na) so", id="mark on a line of its own"),
        pytest.param("A&nbsp;B &lt; C &sect;", "A B < C §", id="entities"),
    ],
)
def test_text(body: str, text: str) -> None:
    (found,) = read(f"# § 1 – T\n\n{body}\n").normen
    assert found.text == text


def test_remarks_of_the_publisher_stand_beside_the_law() -> None:
    (found,) = read(
        "# § 17 – T\n\nDas gilt.\n\n(+++ § 17: Zur Anwendung vgl. § 20 +++)\n\n§ 17: Mit dem GG so.\n"
    ).normen
    assert (found.text, found.fussnote) == (
        "Das gilt.",
        "(+++ § 17: Zur Anwendung vgl. § 20 +++)\n§ 17: Mit dem GG so.",
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [("# § 1 – A\n", True), ("% T\n\n# Art 1\n", True), ("---\nx: 1\n---\n# § 1\n", False), ("# Über uns\n", False)],
)
def test_what_is_a_statute(text: str, expected: bool) -> None:
    assert is_gesetz_md(text) is expected


def test_text_without_a_norm_is_named() -> None:
    with pytest.raises(ParseError) as error:
        read("Nur Worte.")
    assert (error.value.where, bool(error.value.next)) == ("testg.md", True)


XML_TABLE = (
    "<table><tgroup cols='2'><tbody><row><entry>Stufe</entry><entry>Euro</entry></row>"
    "<row><entry>1</entry><entry>10</entry></row></tbody></tgroup></table>"
)
BOTH = (
    norm("§ 1", "<P>(1) Es gilt, wenn <DL><DT>1.</DT><DD><LA>eins,</LA></DD><DT>2.</DT><DD><LA>zwei.</LA></DD></DL></P>"
         "<P>(2) m<SUP>2</SUP> genügt.</P>"),
    norm("§ 2a", f"<P>{XML_TABLE}</P>", "Beträge"),
    norm("Anlage 1", "<P>Muster</P>", "Formular"),
)  # fmt: skip
BOTH_MD = (
    "# § 1 – Titel\n\n(1) Es gilt, wenn\n\n1.  eins,\n\n2.  zwei.\n\n(2) m<sup>2</sup> genügt.\n\n# § 2a – Beträge\n\n"
    "| Stufe | Euro |\n|---|---|\n| 1 | 10 |\n\n# Anlage 1 – Formular\n\nMuster\n"
)


def wordings(gesetz: Gesetz) -> dict[tuple[str, str | None], str]:
    """The normal form of each Absatz by its place; tables of contents stand only in XML, the head has no text."""
    return {
        (norm.ref.key, absatz.nummer): normal_form(absatz.text)
        for norm in gesetz.normen
        if norm.ref.einheit != "Inhaltsübersicht"
        for absatz in norm.absaetze
    }


def assert_same(xml: Gesetz, markdown: Gesetz) -> None:
    assert wordings(xml) == wordings(markdown)
    assert [p.passage_id for p in split(xml)] == [p.passage_id for p in split(markdown)]


def test_xml_and_markdown_of_one_wording_agree() -> None:
    xml = read_gii_xml(statute(*BOTH), name="testg.xml")
    assert_same(xml, read(BOTH_MD))
    assert len(wordings(xml)) == 4


# Statutes that no act changed between the two states, and whose annexes hold no tables.
@pytest.mark.statutes
@pytest.mark.parametrize("slug", ["afbg", "agg", "arbzg", "bqfg", "burlg", "kschg", "nachwg", "uhvorschg"])
def test_real_statutes_agree(slug: str, statutes: Path) -> None:
    xml, markdown = statutes / "2026-04-18" / f"{slug}.xml", statutes / "2026-08-19" / f"{slug}.md"
    assert_same(
        read_gii_xml(xml.read_bytes(), name=xml.name),
        read_gesetz_md(markdown.read_text(encoding="utf-8"), name=markdown.name, stand=STAND),
    )
