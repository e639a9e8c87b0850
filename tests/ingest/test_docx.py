"""Word files: headings, lists as Word counts them, tables, footnotes, tracked changes, what is wrapped."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import pytest

from ingest.docx import read_docx
from ingest.raw import Given, RawFile
from kb.errors import ParseError
from kb.model import Abschnitt, Kind

GIVEN = Given(date(2026, 8, 19), Kind.WEISUNG, date(2026, 8, 1))
NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    ' xmlns:v="urn:schemas-microsoft-com:vml"'
)
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPES = "application/vnd.openxmlformats-officedocument.wordprocessingml"
STYLES = {"t": "Title", "h1": "heading 1", "u2": "Überschrift 2", "bul": "List Bullet"}


def word(body: str, *, notes: str = "", title: str = "") -> bytes:
    """A Word file with this body, as Word itself lays one out."""
    parts = {"document": f"<w:body>{body}</w:body>", "numbering": NUMBERING, "footnotes": notes}
    parts["styles"] = "".join(
        f'<w:style w:type="paragraph" w:styleId="{name}"><w:name w:val="{shown}"/></w:style>'
        for name, shown in STYLES.items()
    )
    overrides = relations = ""
    for name in parts:
        kind = "document.main" if name == "document" else name
        overrides += f'<Override PartName="/word/{name}.xml" ContentType="{TYPES}.{kind}+xml"/>'
        if name != "document":
            relations += f'<Relationship Id="r{name}" Type="{RELATIONS}/{name}" Target="{name}.xml"/>'
    package = "http://schemas.openxmlformats.org/package/2006"
    core = "application/vnd.openxmlformats-package.core-properties+xml"
    files = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType='
        f'"application/vnd.openxmlformats-package.relationships+xml"/>{overrides}'
        f'<Override PartName="/core.xml" ContentType="{core}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="a" Type="{RELATIONS}/'
        f'officeDocument" Target="word/document.xml"/><Relationship Id="b" Type="{package}/relationships/metadata/'
        'core-properties" Target="core.xml"/></Relationships>',
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{package}/relationships">{relations}</Relationships>',
        "core.xml": f'<cp:coreProperties xmlns:cp="{package}/metadata/core-properties" xmlns:dc='
        f'"http://purl.org/dc/elements/1.1/"><dc:title>{title}</dc:title></cp:coreProperties>',
    }
    files |= {f"word/{name}.xml": f"<w:{name} {NAMESPACES}>{inside}</w:{name}>" for name, inside in parts.items()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return out.getvalue()


def level(depth: int, counts: str, pattern: str) -> str:
    inside = f'<w:start w:val="1"/><w:numFmt w:val="{counts}"/><w:lvlText w:val="{pattern}"/>'
    return f'<w:lvl w:ilvl="{depth}">{inside}</w:lvl>'


NUMBERING = (
    f'<w:abstractNum w:abstractNumId="7">{level(0, "decimal", "%1.")}{level(1, "lowerLetter", "%2)")}</w:abstractNum>'
    f'<w:abstractNum w:abstractNumId="8">{level(0, "bullet", "•")}{level(1, "decimal", "%1.%2")}</w:abstractNum>'
    '<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="8"/></w:num>'
)


def run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


def p(text: str, *, style: str = "", item: tuple[int, int] | None = None) -> str:
    """A paragraph; `item` is (list, level). Text that begins with "<" is markup."""
    inside = text if text.startswith("<") else run(text)
    properties = f'<w:pStyle w:val="{style}"/>' if style else ""
    if item:
        properties += f'<w:numPr><w:ilvl w:val="{item[1]}"/><w:numId w:val="{item[0]}"/></w:numPr>'
    return f"<w:p><w:pPr>{properties}</w:pPr>{inside}</w:p>"


def cell(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{text if text.startswith('<') else p(text)}</w:tc>"


def rows(*cells: str) -> str:
    return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in cells) + "</w:tbl>"


NOTE = '<w:r><w:footnoteReference w:id="2"/></w:r>'
SEPARATOR = f'<w:footnote w:type="separator" w:id="0">{p("nie")}</w:footnote>'
NOTES = f'{SEPARATOR}<w:footnote w:id="2">{p("Siehe dort.")}</w:footnote>'


def test_document_as_an_office_writes_it() -> None:
    body = (
        p("Vorweg gesagt.")
        + p("Erster Teil", style="h1")
        + p(run("Es gilt") + NOTE + run(" Folgendes:"))
        + p("eins", item=(1, 0))
        + p("klein", item=(1, 1))
        + p("groß", item=(1, 1))
        + p("zwei", item=(1, 0))
        + p("Unterteil", style="u2")
        + p("Punkt", item=(2, 0))
        + p("auch einer", style="bul")
        + rows(
            cell("Art", '<w:gridSpan w:val="2"/>') + cell("Betrag"),
            cell("neu", '<w:vMerge w:val="restart"/>') + cell("jung") + cell("10 €"),
            cell("", "<w:vMerge/>") + cell("alt") + cell("5 €"),
        )
        + p("Zweiter Teil", style="h1")
        + p("Ende.")
    )
    data = word(body, notes=NOTES, title="Weisung  7")
    dokument = read_docx(RawFile("ba/weisung_7.docx", data), GIVEN)
    assert (dokument.id, dokument.title, dokument.warnings) == ("weisung:ba/weisung_7", "Weisung 7", ())
    assert dokument.abschnitte == (
        Abschnitt((), None, "Vorweg gesagt."),
        Abschnitt(("Erster Teil",), None, "Es gilt¹ Folgendes:\n1. eins\na) klein\nb) groß\n2. zwei\n¹ Siehe dort."),
        Abschnitt(
            ("Erster Teil", "Unterteil"),
            None,
            "- Punkt\n- auch einer\nArt |  | Betrag\nneu | jung | 10 €\n | alt | 5 €",
        ),
        Abschnitt(("Zweiter Teil",), None, "Ende."),
    )


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(
            p(f"<w:ins>{run('neu')}</w:ins><w:del><w:r><w:delText>alt</w:delText></w:r></w:del>"),
            "neu",
            id="tracked changes",
        ),
        pytest.param(f"<w:sdt><w:sdtContent>{p('im Feld')}</w:sdtContent></w:sdt>", "im Feld", id="content control"),
        pytest.param(p(f"<w:hyperlink>{run('Verweis')}</w:hyperlink>{run(' dort')}"), "Verweis dort", id="link"),
        pytest.param(
            p("<w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t><w:noBreakHyphen/><w:t>d</w:t></w:r>"),
            "a b c-d",
            id="tab, break, hyphen",
        ),
        pytest.param(p("<w:r><w:instrText>PAGEREF x</w:instrText></w:r>" + run("Seite 3")), "Seite 3", id="field code"),
        pytest.param(
            p(
                f"{run('davor')}<w:r><mc:AlternateContent><mc:Choice><w:txbxContent>{p('Kasten')}</w:txbxContent>"
                f"</mc:Choice><mc:Fallback><v:x><w:txbxContent>{p('Kasten')}</w:txbxContent></v:x></mc:Fallback>"
                "</mc:AlternateContent></w:r>"
            ),
            "davor\nKasten",
            id="text box once",
        ),
        pytest.param(rows(cell(rows(cell("a") + cell("b")) + p("c"))), "a | b c", id="table in a table"),
    ],
)
def test_text(body: str, expected: str) -> None:
    (part,) = read_docx(RawFile("a.docx", word(body)), GIVEN).abschnitte
    assert part.text == expected


def test_title_on_the_page_is_the_title() -> None:
    dokument = read_docx(RawFile("a.docx", word(p("Der Titel", style="t") + p("Text."), title="Vorlage")), GIVEN)
    assert (dokument.title, dokument.abschnitte) == ("Der Titel", (Abschnitt((), None, "Text."),))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(word(p("")), "no text in the Word file", id="empty"),
        pytest.param(word("<w:p>"), "cannot be read", id="broken XML"),
        pytest.param(word(p("x"))[:300], "cannot be read", id="truncated"),
    ],
)
def test_bad_file_is_named(data: bytes, message: str) -> None:
    with pytest.raises(ParseError) as error:
        read_docx(RawFile("x.docx", data, "ordner/x.docx"), GIVEN)
    assert message in error.value.message
    assert (error.value.where, bool(error.value.next)) == ("ordner/x.docx", True)
