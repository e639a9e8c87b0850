"""Files inside a zip, read in memory under limits; nothing is ever unpacked to a path of the archive's choosing."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator

from ingest.raw import RawFile
from kb.errors import ParseError

# Pictures come with the publisher's statutes; the text says where they stand.
_PICTURES = (".jpg", ".jpeg", ".png", ".gif", ".tif", ".tiff", ".bmp", ".svg", ".webp")
_MOST_MEMBERS = 20_000
_ENCRYPTED = 0x1


def is_zip(data: bytes) -> bool:
    """True if the bytes are a zip (of whatever kind: Word files are zips)."""
    return data.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def names_in(data: bytes, place: str) -> list[str]:
    """The names in a zip. Raises ParseError if it is damaged."""
    return [info.filename for info in _open(data, place).infolist()]


def members(raw: RawFile, *, max_bytes: int) -> Iterator[RawFile | ParseError]:
    """The files of a zip by name, or why one of them is not read; hidden files and pictures are left out.

    Raises ParseError for the zip as a whole: damaged, encrypted, a name that leaves it, more than `max_bytes` unpacked.
    """
    archive = _open(raw.data, raw.place)
    infos = sorted((info for info in archive.infolist() if not info.is_dir()), key=lambda info: info.filename)
    check_zip(archive, raw.place, max_bytes=max_bytes)
    wanted = [info for info in infos if _is_wanted(info.filename)]
    if not wanted:
        raise ParseError("nothing to read in the zip", where=raw.place, next="check its contents")
    left = max_bytes
    for info in wanted:
        try:
            data = _read(archive, info, left, raw.place)
        except ParseError as error:
            yield error
            continue
        left -= len(data)
        name = f"{raw.path}/{info.filename}" if len(wanted) > 1 else info.filename
        yield RawFile(name, data, f"{raw.place}/{info.filename}")


def check_zip(archive: zipfile.ZipFile, place: str, *, max_bytes: int) -> None:
    """Raises ParseError if a zip is unsafe by what it says of itself."""
    infos = archive.infolist()
    if len(infos) > _MOST_MEMBERS:
        raise ParseError(f"the zip holds {len(infos)} files", where=place, next="unpack it and ingest the folder")
    for info in infos:
        parts = info.filename.replace("\\", "/").split("/")
        if ".." in parts or info.filename.startswith(("/", "\\")) or ":" in parts[0]:
            message = f"a name in the zip leaves it: {info.filename!r}"
            raise ParseError(message, where=place, next="do not use this file; ask where it comes from")
        if info.flag_bits & _ENCRYPTED:
            raise ParseError("the zip is encrypted", where=place, next="unpack it and ingest the folder")
    if (total := sum(info.file_size for info in infos)) > max_bytes:
        message = f"the zip would unpack to {total:,} bytes, the limit is {max_bytes:,}"
        raise ParseError(message, where=place, next="ingest it in parts, or raise max_unzipped_bytes")


def open_checked(data: bytes, place: str, *, max_bytes: int) -> zipfile.ZipFile:
    """The zip, checked by what it says of itself. Raises ParseError."""
    archive = _open(data, place)
    check_zip(archive, place, max_bytes=max_bytes)
    return archive


def _open(data: bytes, place: str) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise ParseError(f"the zip is damaged: {error}", where=place, next="fetch it again") from error


def _is_wanted(name: str) -> bool:
    parts = name.split("/")
    hidden = any(part.startswith(".") or part == "__MACOSX" for part in parts)
    return not hidden and not name.lower().endswith(_PICTURES)


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limit: int, place: str) -> bytes:
    """The bytes of one member. What a zip says of its sizes may be a lie, so reading stops at the limit."""
    where = f"{place}/{info.filename}"
    try:
        with archive.open(info) as file:
            data = file.read(limit + 1)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise ParseError(f"damaged inside the zip: {error}", where=where, next="fetch the zip again") from error
    if len(data) > limit:
        raise ParseError("more in the zip than it says: a zip bomb", where=where, next="do not use this file")
    return data
