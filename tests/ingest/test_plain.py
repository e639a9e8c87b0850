"""Plain text: encodings, paragraphs of hard-wrapped lines, and how a Dokument is named after its file."""

from __future__ import annotations

from datetime import date

import pytest

from ingest.parse import parse
from ingest.plain import paragraphs
from ingest.raw import KIND_NOT_GIVEN, STAND_NOT_GIVEN, Given, RawFile
from kb.errors import ParseError
from kb.model import Abschnitt, Dokument, Kind

TODAY = date(2026, 8, 19)
GIVEN = Given(TODAY)
TEXT = "Das Gericht sagt für „§“:\nes gilt."


def read(data: bytes, name: str = "urteile/vg_1.txt", given: Given = GIVEN) -> Dokument:
    dokument = parse(RawFile(name, data), given, max_bytes=1_000_000)
    assert isinstance(dokument, Dokument)
    return dokument


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings(encoding: str) -> None:
    mark = "\ufeff" if encoding in ("utf-16-le", "utf-16-be") else ""
    data = (mark + TEXT).encode(encoding)
    assert read(data).abschnitte == (Abschnitt((), None, "Das Gericht sagt für „§“: es gilt."),)


@pytest.mark.parametrize(
    ("data", "where", "message"),
    [
        pytest.param("eins\nzwei für".encode("cp1252"), "urteile/vg_1.txt:2", "neither UTF-8 nor", id="line is named"),
        pytest.param(TEXT.encode("utf-16-le"), "urteile/vg_1.txt:1", "neither UTF-8 nor", id="UTF-16 without mark"),
        pytest.param(b"\xff\xfe\x00", "urteile/vg_1.txt:1", "neither UTF-8 nor", id="half a character"),
        pytest.param(b" \n\t\n", "urteile/vg_1.txt", "the file is empty", id="blank"),
    ],
)
def test_wrong_encoding_is_named(data: bytes, where: str, message: str) -> None:
    with pytest.raises(ParseError) as error:
        read(data)
    assert error.value.message.startswith(message)
    assert (error.value.where, bool(error.value.next)) == (where, True)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param("a\nb\n\nc", ["a b", "c"], id="wrapped"),
        pytest.param("Es gilt:\n- eins\n  weiter\n- zwei", ["Es gilt:\n- eins weiter\n- zwei"], id="list"),
        pytest.param("1. eins\n2) zwei\na) drei\n(4) vier", ["1. eins\n2) zwei\na) drei\n(4) vier"], id="marks"),
        pytest.param("A | B\n1 | 2\nDanach", ["A | B\n1 | 2\nDanach"], id="table rows"),
        pytest.param("  viele   Blanks\t hier ", ["viele Blanks hier"], id="blanks"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_paragraphs(lines: str, expected: list[str]) -> None:
    assert list(paragraphs(lines.splitlines())) == expected


def test_names_and_what_is_not_said() -> None:
    said = read(TEXT.encode(), given=Given(TODAY, Kind.ERLASS, date(2026, 1, 2)))
    assert (said.id, said.stem, said.title, said.rechtsstand, said.warnings) == (
        "erlass:urteile/vg_1",
        "vg_1",
        "vg 1",
        date(2026, 1, 2),
        (),
    )
    unsaid = read(TEXT.encode())
    assert (unsaid.id, unsaid.rechtsstand, unsaid.lang) == ("webseite:urteile/vg_1", TODAY, "de")
    assert unsaid.warnings == (KIND_NOT_GIVEN, STAND_NOT_GIVEN)


@pytest.mark.parametrize(
    ("name", "path", "stem"),
    [
        ("a/b.c.txt", "a/b.c", "b.c"),
        ("ohne", "ohne", "ohne"),
        (".txt", ".txt", ".txt"),
        ("a\\b.txt", "a/b", "b"),
        ("ordner.mit/punkt", "ordner.mit/punkt", "punkt"),
    ],
)
def test_path_and_stem(name: str, path: str, stem: str) -> None:
    raw = RawFile(name, b"x")
    assert (raw.path, raw.stem) == (path, stem)
