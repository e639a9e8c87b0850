"""Zips: members by name, and what is refused before a byte is unpacked."""

from __future__ import annotations

import io
import zipfile

import pytest

from ingest.archive import members
from ingest.raw import RawFile
from kb.errors import ParseError
from tests.ingest.files import zipped

LIMIT = 10_000


def read(data: bytes) -> list[tuple[str, bytes, str]]:
    """Name, bytes and origin of each member."""
    found = list(members(RawFile("gesetze/xml.zip", data, "ordner/xml.zip"), max_bytes=LIMIT))
    return [(each.name, each.data, each.origin) for each in found if isinstance(each, RawFile)]


def test_single_member_goes_by_its_own_name() -> None:
    assert read(zipped(**{"BJNR1.xml": b"x", "bild.jpg": b"y", "__MACOSX/BJNR1.xml": b"z", ".versteckt": b"v"})) == [
        ("BJNR1.xml", b"x", "ordner/xml.zip/BJNR1.xml")
    ]


def test_several_members_go_by_the_zip() -> None:
    assert read(zipped(**{"b/zwei.txt": b"2", "a.txt": b"1"})) == [
        ("gesetze/xml/a.txt", b"1", "ordner/xml.zip/a.txt"),
        ("gesetze/xml/b/zwei.txt", b"2", "ordner/xml.zip/b/zwei.txt"),
    ]


def encrypted() -> bytes:
    data = bytearray(zipped(**{"a.txt": b"1"}))
    # the flag of encryption, in the member's own head and in the list at the end
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def linked() -> bytes:
    """A zip with a symbolic link to a file outside."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        info = zipfile.ZipInfo("link.txt")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/hostname")
    return out.getvalue()


def test_link_is_only_the_words_in_it() -> None:
    assert read(linked()) == [("link.txt", b"/etc/hostname", "ordner/xml.zip/link.txt")]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(zipped(**{"../x.txt": b"x"}), "leaves it: '../x.txt'", id="parent folder"),
        pytest.param(zipped(**{"a/../../x.txt": b"x"}), "leaves it", id="parent folder inside"),
        pytest.param(zipped(**{"/etc/x.txt": b"x"}), "leaves it", id="absolute"),
        pytest.param(zipped(**{"C:/x.txt": b"x"}), "leaves it", id="drive"),
        pytest.param(zipped(**{"a\\..\\x.txt": b"x"}), "leaves it", id="backslashes"),
        pytest.param(zipped(**{"x.txt": b"0" * (LIMIT + 1)}), "would unpack to 10,001 bytes", id="bomb"),
        pytest.param(
            zipped(**{f"{n}.txt": b"0" * 2_000 for n in range(6)}), "would unpack to 12,000 bytes", id="bomb in parts"
        ),
        pytest.param(encrypted(), "the zip is encrypted", id="encrypted"),
        pytest.param(zipped(**{"bild.png": b"x"}), "nothing to read in the zip", id="only pictures"),
        pytest.param(zipped(a=b"x" * 99)[:-30], "the zip is damaged", id="truncated"),
    ],
)
def test_bad_zip_is_named(data: bytes, message: str) -> None:
    with pytest.raises(ParseError) as error:
        read(data)
    assert message in error.value.message
    assert (error.value.where, bool(error.value.next)) == ("ordner/xml.zip", True)


def test_damaged_member_is_named_and_the_others_are_read() -> None:
    data = zipped(**{"a.txt": b"gut", "b.txt": b"schlecht" * 9})
    at = data.index(b"b.txt") + len("b.txt")
    broken = data[:at] + b"\xff\xff\xff" + data[at + 3 :]
    first, second = members(RawFile("z.zip", broken), max_bytes=LIMIT)
    assert isinstance(first, RawFile)
    assert first.data == b"gut"
    assert isinstance(second, ParseError)
    assert (second.where, bool(second.next)) == ("z.zip/b.txt", True)
