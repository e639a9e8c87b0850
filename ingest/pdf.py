"""PDF as a Dokument: one Abschnitt a page, counted from 1."""

from __future__ import annotations

import io
import logging
import struct
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from ingest.clean import CleanPage, clean_pages
from ingest.raw import Given, Head, RawFile, make_dokument
from kb.errors import ParseError
from kb.model import Abschnitt, Dokument

# What pypdf lets through when a file is damaged, beside its own errors.
_DAMAGE = (
    ValueError,
    KeyError,
    TypeError,
    IndexError,
    AttributeError,
    AssertionError,
    ArithmeticError,
    RecursionError,
    NotImplementedError,
    EOFError,
    OSError,
    struct.error,
    zlib.error,
)


def read_pdf(raw: RawFile, given: Given) -> Dokument:
    """The Dokument of a PDF. Raises ParseError if it is encrypted, damaged or has no text at all.

    A page without text or with unreadable characters is a warning of the Dokument, as is every kind of repair.
    """
    with _pypdf_quiet() as said:
        texts, title = _texts(raw, said)
    pages = clean_pages(texts)
    if not any(page.text for page in pages):
        count = f"{len(pages)} page" + ("s" if len(pages) != 1 else "")
        raise ParseError(
            f"no text on its {count}: a scan or a picture", where=raw.place, next="read it with OCR first, or type it"
        )
    abschnitte = tuple(Abschnitt((), page.page, page.text) for page in pages if page.text)
    return make_dokument(raw, given, abschnitte, head=Head(title=title), warnings=(*_warnings(pages), *said))


def _texts(raw: RawFile, said: list[str]) -> tuple[list[str], str]:
    """The text of each page and the title the file gives itself."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(io.BytesIO(raw.data), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise ParseError("the PDF is encrypted", where=raw.place, next="save it without a password")
        count = len(reader.pages)
    except (PyPdfError, *_DAMAGE) as error:
        message = f"the PDF cannot be read: {error or type(error).__name__}"
        raise ParseError(message, where=raw.place, next="open it in a viewer and save it anew") from error
    if not count:
        raise ParseError("the PDF has no pages", where=raw.place, next="check the file")
    texts = []
    for number in range(count):
        try:
            texts.append(reader.pages[number].extract_text() or "")
        except (PyPdfError, *_DAMAGE) as error:
            said.append(f"page {number + 1}: cannot be read ({error or type(error).__name__})")
            texts.append("")
    try:
        title = (reader.metadata.title if reader.metadata else None) or ""
    except (PyPdfError, *_DAMAGE):
        title = ""  # a damaged title is no reason to refuse the text; the file name serves
    return texts, " ".join(title.split())


def _warnings(pages: tuple[CleanPage, ...]) -> Iterator[str]:
    for page in pages:
        yield from page.warnings
    where: dict[str, list[int]] = {}
    total: Counter[str] = Counter()
    for page in pages:
        total.update(page.repairs)
        for kind, count in page.repairs.items():
            if count:
                where.setdefault(kind, []).append(page.page)
    for kind, numbers in sorted(where.items()):
        yield f"repaired {kind}: {total[kind]} on page{'s' if len(numbers) > 1 else ''} {_ranges(numbers)}"


def _ranges(numbers: list[int]) -> str:
    """ "1–3, 5" of [1, 2, 3, 5]."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)


@contextmanager
def _pypdf_quiet() -> Iterator[list[str]]:
    """Collects what pypdf logs about the file instead of printing it; each message once."""
    said: list[str] = []

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            message = f"pypdf: {record.getMessage()}"
            if message not in said and len(said) < 20:
                said.append(message)

    logger, collector = logging.getLogger("pypdf"), Collector(logging.WARNING)
    logger.addHandler(collector)
    propagates, logger.propagate = logger.propagate, False
    try:
        yield said
    finally:
        logger.removeHandler(collector)
        logger.propagate = propagates
