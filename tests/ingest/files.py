"""Files of kinds that are not written by hand, made in memory."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

LINE = 16  # points from line to line


def pdf(pages: Sequence[str], *, password: str | None = None, owner: str = "", title: str = "") -> bytes:
    """A PDF with the lines of each page ("" = an empty page).

    `password` is needed to open it ("" = none, yet encrypted); `owner` only restricts printing and copying.
    """
    from pypdf import PdfWriter
    from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

    writer = PdfWriter()
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
            NameObject("/Encoding"): NameObject("/WinAnsiEncoding"),
        }
    )
    for text in pages:
        page = writer.add_blank_page(595, 842)
        shown = [line.replace("(", "\\(").replace(")", "\\)") for line in text.split("\n") if text]
        lines = "".join(f"1 0 0 1 50 {780 - LINE * row} Tm ({line}) Tj " for row, line in enumerate(shown))
        stream = DecodedStreamObject()
        stream.set_data(f"BT /F1 12 Tf {lines}ET".encode("cp1252") if text else b"")
        page[NameObject("/Contents")] = writer._add_object(stream)
        fonts = DictionaryObject({NameObject("/F1"): writer._add_object(font)})
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    if title:
        writer.add_metadata({"/Title": title})
    if password is not None:
        writer.encrypt(password, owner or None, algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def zipped(**members: bytes) -> bytes:
    """A zip with these members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()
