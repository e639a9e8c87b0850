"""norms.lock: hashes of wordings, to the Absatz."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kb.errors import StoreError
from kb.model import Absatz, Norm
from kb.normref import parse_norm_ref
from kb.pins import Pin, absatz_hash, format_pins, make_pin, pin_for, place, read_pins

STAND = date(2026, 8, 19)
COUNTED = Norm(
    parse_norm_ref("§ 2 AsylbLG"), "", (), (Absatz("1", "(1) Eins gilt."), Absatz("1a", "(1a) Eins a gilt."))
)
PLAIN = Norm(parse_norm_ref("§ 20 AsylbLG"), "", (), (Absatz(None, "Ein Satz."),))


def test_the_hash_reads_letters_and_digits_only() -> None:
    assert absatz_hash("(1) Die  Frist\nbeträgt – 3 Monate.") == absatz_hash("1 die Frist beträgt 3 Monate")
    assert absatz_hash("drei Monate") != absatz_hash("vier Monate")


@pytest.mark.parametrize(
    ("norm", "ref", "expected"),
    [
        pytest.param(
            COUNTED, "§ 2 Abs. 1 Satz 2 AsylbLG", ("§ 2 Abs. 1 AsylbLG", "(1) Eins gilt."), id="cut to the Absatz"
        ),
        pytest.param(COUNTED, "§ 2 AsylbLG", ("§ 2 AsylbLG", "(1) Eins gilt.\n\n(1a) Eins a gilt."), id="whole Norm"),
        pytest.param(COUNTED, "§ 2 Abs. 7 AsylbLG", None, id="no such Absatz"),
        pytest.param(PLAIN, "§ 20 Satz 1 AsylbLG", ("§ 20 AsylbLG", "Ein Satz."), id="not counted: the whole"),
        pytest.param(PLAIN, "§ 20 Abs. 1 AsylbLG", ("§ 20 AsylbLG", "Ein Satz."), id="its only Absatz"),
    ],
)
def test_where_a_reference_is_pinned(norm: Norm, ref: str, expected: tuple[str, str] | None) -> None:
    found = place(norm, parse_norm_ref(ref))
    assert (None if found is None else (str(found[0]), found[1])) == expected


def test_the_file_is_sorted_as_people_count_and_reads_back(tmp_path: Path) -> None:
    refs = ["§ 10 AsylbLG", "§ 2 Abs. 10 AsylbLG", "§ 2 Abs. 2 AsylbLG", "§ 2 Abs. 2a AsylbLG"]
    pins = [Pin(parse_norm_ref(ref), STAND, "ab") for ref in refs]
    text = format_pins(pins)
    assert [line.split("\t")[0] for line in text.splitlines()] == [
        "AsylbLG § 2 Abs. 2",
        "AsylbLG § 2 Abs. 2a",
        "AsylbLG § 2 Abs. 10",
        "AsylbLG § 10",
    ]
    file = tmp_path / "norms.lock"
    file.write_text(text, encoding="utf-8")
    assert read_pins(file) == {pin.ref: pin for pin in pins}


def test_no_file_is_no_pins(tmp_path: Path) -> None:
    assert read_pins(tmp_path / "norms.lock") == {}


def test_a_broken_line_names_its_place(tmp_path: Path) -> None:
    file = tmp_path / "norms.lock"
    file.write_text("AsylbLG § 2\t2026-08-19\n", encoding="utf-8")
    with pytest.raises(StoreError) as caught:
        read_pins(file)
    assert caught.value.where == f"{file}:1"


def test_the_pin_of_the_whole_norm_covers_its_absaetze() -> None:
    pin = make_pin(COUNTED, COUNTED.ref, STAND)
    assert pin is not None
    assert pin_for(parse_norm_ref("§ 2 Abs. 1 AsylbLG"), {pin.ref: pin}) == pin
    assert pin_for(parse_norm_ref("§ 3 AsylbLG"), {pin.ref: pin}) is None
