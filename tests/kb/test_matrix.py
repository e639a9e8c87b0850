"""The tables of statuses: how they are read, and which cell a question means."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.errors import ParseError
from kb.matrix import Possible, read_matrices

AXES = """
[[matrix]]
id = "segel"
title = "Segel"
title_en = "Sails"
file = "segel.csv"
columns = "support"

[[matrix.row]]
id = "rot"
title = "Rote Segel"
title_en = "Red sails"
words = ["segel", "rote segel"]
words_en = ["red sails"]

[[matrix.row]]
id = "rot-alt"
title = "Alte rote Segel"
title_en = "Old red sails"
words = ["alte rote segel", "24"]

[[matrix.column]]
id = "geld"
title = "Segelgeld"
title_en = "Sail money"
words = ["geld", "segelgeld"]
words_en = ["money"]

[[matrix.column]]
id = "hafen"
title = "Hafen"
title_en = "Harbour"
words = ["hafen"]
"""
HEADER = "status;support;verdict;text;text_en;wait;norms;gap;gap_en;gap_norms;note\n"
CELLS = (
    "rot;geld;nein;Kein Geld.;No money.;;§ 1 AufenthG;Es fehlt Geld.;Money is missing.;§ 2 AufenthG;boote\n"
    "rot;hafen;ja;Ja.;Yes.;drei Tage;§ 1 AufenthG;;;;boote\n"
    "rot-alt;geld;bedingt;Später.;Later.;;§ 1 AufenthG;;;;boote\n"
    "rot-alt;hafen;offen;Offen.;Open.;;§ 1 AufenthG;;;;boote\n"
)


def folder(path: Path, cells: str = CELLS, axes: str = AXES) -> Path:
    (path / "matrices.toml").write_text(axes, encoding="utf-8")
    (path / "segel.csv").write_text(HEADER + cells, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("question", "cells"),
    [
        pytest.param("Bekommt man mit Segeln Geld?", [("rot", "geld")], id="an inflected word"),
        pytest.param("Rote Segel: gibt es Geld?", [("rot", "geld")], id="row and column"),
        pytest.param("Alte rote Segel und Geld?", [("rot-alt", "geld")], id="the longest name counts"),
        pytest.param("Wie viel Segelgeld?", [], id="a column's word names no row"),
        pytest.param("Segelgeld für rote Segel?", [("rot", "geld")], id="columns are found first"),
        pytest.param("Money with red sails?", [("rot", "geld")], id="English"),
        pytest.param("Hafen mit § 24?", [("rot-alt", "hafen")], id="a number"),
        pytest.param("Hafen mit 2400 Euro?", [], id="part of another number"),
        pytest.param("Rote Segel oder 24: Geld oder Hafen?", [], id="too many cells: it compares"),
        pytest.param("Wie wird das Wetter?", [], id="neither"),
    ],
)
def test_the_cell_a_question_means(tmp_path: Path, question: str, cells: list[tuple[str, str]]) -> None:
    (matrix,) = read_matrices(folder(tmp_path))
    assert [(cell.row, cell.column) for cell in matrix.find(question)] == cells


def test_a_cell_keeps_its_facts_and_its_line(tmp_path: Path) -> None:
    (matrix,) = read_matrices(folder(tmp_path))
    cell = matrix.cells["rot", "hafen"]
    assert (cell.verdict, cell.facts, cell.line, cell.norms) == (
        Possible.JA,
        (("wait", "drei Tage"),),
        3,
        "§ 1 AufenthG",
    )


@pytest.mark.parametrize(
    ("cells", "where", "message"),
    [
        pytest.param(CELLS + "blau;geld;ja;A;A;;§ 1 AufenthG;;;;x\n", "segel.csv:6", "no such row", id="unknown row"),
        pytest.param(CELLS + "rot;geld;ja;A;A;;§ 1 AufenthG;;;;x\n", "segel.csv:6", "stands twice", id="twice"),
        pytest.param("rot;geld;vielleicht;A;A;;§ 1 AufenthG;;;;x\n", "segel.csv:2", "not a cell", id="verdict"),
        pytest.param("rot;geld;ja;A;;;§ 1 AufenthG;;;;x\n", "segel.csv:2", "text_en", id="a language is missing"),
    ],
)
def test_a_bad_table_is_refused_with_its_line(tmp_path: Path, cells: str, where: str, message: str) -> None:
    with pytest.raises(ParseError) as caught:
        read_matrices(folder(tmp_path, cells))
    assert caught.value.where == where
    assert message in caught.value.message


def test_no_file_is_no_table(tmp_path: Path) -> None:
    assert read_matrices(tmp_path) == ()
