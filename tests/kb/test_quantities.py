"""Amounts, periods and dates of a sentence, and what of them a source does not have."""

from __future__ import annotations

import pytest

from kb.quantities import Quantity, asserted, missing_dates, missing_quantities, quantities


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("sieben Monate und 14 Tage", {("7", "monat"), ("14", "tag")}, id="words and digits"),
        pytest.param("Zeiten mit der 60b-Duldung", set(), id="the letter of a Norm is no amount"),
        pytest.param("under Article 42 (1) subparagraph 1 of Regulation (EU) 2024/1348", set(), id="English places"),
        pytest.param("sections 22, 23, 24 (1) or 25 (3)", set(), id="a list of sections"),
        pytest.param("13.90 euros", {("13.9", "euro")}, id="English decimals"),
        pytest.param("13,90 Euro", {("13.9", "euro")}, id="German decimals"),
        pytest.param("a fine of 2,500 euros", {("2500", "euro")}, id="English thousands"),
        pytest.param("zweitausendfünfhundert Euro", {("2500", "euro")}, id="long word"),
    ],
)
def test_quantities(text: str, expected: set[tuple[str, str]]) -> None:
    assert quantities(text) == {Quantity(*pair) for pair in expected}


@pytest.mark.parametrize(
    ("statement", "left"),
    [
        ("Falsch: „Es gibt 15 000 €.“ Richtig: Der Freibetrag hängt vom Alter ab.", "Richtig: Der Freibetrag"),
        ("„Zwei Jahre reichen“ ist falsch: Es braucht sechs.", "Es braucht sechs."),
        ("Falsch ist, mit 22 Jahren zu planen; die Grenze liegt bei 25.", "die Grenze liegt bei 25."),
        ("It is wrong that eight years are needed: normally it is six.", "normally it is six."),
        ("It is wrong to count on three months: there is no limit.", "there is no limit."),
        ("Der Wechsel steht im Gesetzestext vom 19.08.2026 nicht.", "steht im"),
    ],
)
def test_what_is_only_corrected_is_not_asserted(statement: str, left: str) -> None:
    said = asserted(statement)
    assert left in said
    assert not {"15000", "2", "22", "8", "3"} & {quantity.number for quantity in quantities(said)}
    assert missing_dates(said, "") == []


def test_what_a_source_lacks_is_named() -> None:
    assert missing_quantities("drei Monate und 724 Euro", "sechs Monate, 724 Euro") == ["3 monat"]
