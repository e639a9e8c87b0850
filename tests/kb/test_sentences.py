"""What can be quoted so that it is understood: whole sentences, items with their opening."""

from __future__ import annotations

import pytest

from kb.sentences import OMISSION, units
from kb.verify import contains_quote

LONG = " ".join(["lange"] * 40)
LISTED = f"(1) Die Probe ist erlaubt, wenn\n1. {LONG} Tage bleiben oder\n2. {LONG} Wochen vergehen."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("(1) Das gilt. Jenes gilt nicht.", ["Das gilt.", "Jenes gilt nicht."], id="sentences"),
        pytest.param("(1) Nach § 3 Abs. 2 gilt das.", ["Nach § 3 Abs. 2 gilt das."], id="an abbreviation ends nothing"),
        pytest.param(
            "Es gilt, wenn\n1. eines oder\n2. anderes.",
            ["Es gilt, wenn 1. eines oder 2. anderes."],
            id="a short list is whole",
        ),
        pytest.param(
            LISTED,
            [
                f"Die Probe ist erlaubt, wenn 1. {LONG} Tage bleiben oder",
                f"Die Probe ist erlaubt, wenn{OMISSION}2. {LONG} Wochen vergehen.",
            ],
            id="a long list by item, each with its opening",
        ),
    ],
)
def test_units(text: str, expected: list[str]) -> None:
    assert [unit.text for unit in units(text)] == expected


@pytest.mark.parametrize(
    ("quote", "expected"),
    [
        pytest.param(f"Die Probe ist erlaubt, wenn{OMISSION}2. {LONG} Wochen", True, id="both runs in order"),
        pytest.param(f"Wochen vergehen.{OMISSION}Die Probe ist erlaubt", False, id="in the wrong order"),
        pytest.param(f"Die Probe ist erlaubt, wenn{OMISSION}3. nichts", False, id="the second run is made up"),
        pytest.param(f"Die Probe{OMISSION}", False, id="an empty run"),
    ],
)
def test_a_quotation_in_two_parts(quote: str, expected: bool) -> None:
    assert contains_quote(LISTED, quote) is expected
