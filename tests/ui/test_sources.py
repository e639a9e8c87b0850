"""The list of sources: filtered by words, highest rank first."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kb.model import Kind, PendingChange
from tests.ui.samples import NOTE_SOURCE, SOURCE
from ui.sources import matching, table
from ui.texts import DE

OTHER = replace(SOURCE, id="ankerv", kind=Kind.VERORDNUNG, kuerzel="AnkerV", title="Ankerverordnung")
FIRST = replace(SOURCE, id="algeng", kuerzel="AlgenG", title="Algengesetz")
ALL = [NOTE_SOURCE, OTHER, SOURCE, FIRST]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        pytest.param("", ["algeng", "bootsg", "ankerv", "note:rote-segel"], id="all: by rank, then by name"),
        pytest.param("anker", ["ankerv"], id="part of a word, any case"),
        pytest.param("boote gesetz", ["bootsg"], id="every word, in any order"),
        pytest.param("fahrrad", [], id="nothing"),
    ],
)
def test_matching(wanted: str, expected: list[str]) -> None:
    assert [source.id for source in matching(ALL, wanted)] == expected


def test_a_row_names_kind_date_passages_and_an_announced_change() -> None:
    pending = replace(SOURCE, pending=(PendingChange("Art. 1 noch nicht berücksichtigt", None),))
    html = table([pending], {"bootsg": 12}, DE)
    for part in ("Quellen: 1", "Gesetz", "19.08.2026", DE.sources_pending, '"Textstellen">12<', "20.08.2026"):
        assert part in html
