"""The quotation is found where it stands, and nowhere else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kb.model import NormRef, Stufe
from tests.ui.samples import NOTE_PASSAGE, NOTE_SOURCE, REF, STORED, citation
from ui.beleg import BelegText, Piece, locate, norm_text, passage_text


@pytest.mark.parametrize(
    ("quote", "text", "expected"),
    [
        pytest.param("drei Tage", "seit drei Tagen", (5, 14), id="inside a sentence"),
        pytest.param("drei Tage", "seit drei\nTagen", (5, 14), id="line break for a blank"),
        pytest.param("drei\n  Tage", "seit drei Tagen", (5, 14), id="blank for a line break"),
        pytest.param("(1) a.b", "(1) a.b", (0, 7), id="signs are signs, not a pattern"),
        pytest.param("a.b", "axb", None, id="a full stop is not any letter"),
        pytest.param("Drei Tage", "seit drei Tagen", None, id="another capital is another wording"),
        pytest.param("drei Tage", "seit dreiTagen", None, id="a blank that is missing"),
        pytest.param("", "text", None, id="nothing quoted"),
        pytest.param("  \n", "text", None, id="only white space quoted"),
        pytest.param("words", "", None, id="empty text"),
    ],
)
def test_locate(quote: str, text: str, expected: tuple[int, int] | None) -> None:
    assert locate(quote, text) == expected


FIRST, SECOND = (absatz.text for absatz in STORED.norm.absaetze)


@pytest.mark.parametrize(
    ("quote", "locator", "pieces"),
    [
        pytest.param(
            "drei Tagen trocken",
            REF,
            (Piece(FIRST, is_cited=False), Piece(SECOND, is_cited=True, marks=((59, 77),))),
            id="in the cited Absatz, over a line break",
        ),
        pytest.param(
            "rote Segel",
            REF,
            (Piece(FIRST, is_cited=True, marks=((18, 28),)), Piece(SECOND, is_cited=True)),
            id="in another Absatz: shown where it is, and the cited one still flagged",
        ),
        pytest.param(
            "grüne Segel",
            REF,
            (Piece(FIRST, is_cited=False), Piece(SECOND, is_cited=True)),
            id="nowhere: no mark",
        ),
        pytest.param(
            "",
            REF.norm,
            (Piece(FIRST, is_cited=False), Piece(SECOND, is_cited=False)),
            id="a whole Norm without quotation",
        ),
        pytest.param(
            "",
            NormRef("BootsG", "§", "7", ((Stufe.ABSATZ, "9"),)),
            (Piece(FIRST, is_cited=False), Piece(SECOND, is_cited=False)),
            id="an Absatz that does not exist",
        ),
    ],
)
def test_norm_text(quote: str, locator: NormRef, pieces: tuple[Piece, ...]) -> None:
    shown = norm_text(citation(quote=quote, locator=locator), STORED)
    assert shown == BelegText("§ 7 BootsG – Rote Segel", pieces, STORED.source)
    assert shown.is_marked is any(piece.marks for piece in pieces)


def test_a_norm_without_title_is_headed_by_its_reference() -> None:
    bare = replace(STORED, norm=replace(STORED.norm, title="", is_weggefallen=True, absaetze=()))
    assert norm_text(citation(), bare) == BelegText("§ 7 BootsG", (), STORED.source, is_weggefallen=True)


def test_the_passage_of_a_document() -> None:
    quotes = ["erlaubt.", "Rote Segel sind", "Segel sind erlaubt", "nicht darin"]
    shown = passage_text(quotes, NOTE_PASSAGE, NOTE_SOURCE)
    marks = ((0, 15), (16, 24))
    assert shown == BelegText("Kurz gesagt", (Piece(NOTE_PASSAGE.text, is_cited=True, marks=marks),), NOTE_SOURCE)
