"""What an answer is about: the core of its note first, other matters and uncalled corrections last."""

from __future__ import annotations

import pytest

from kb.focus import Focus, states


@pytest.mark.parametrize(
    ("question", "belief", "expected"),
    [
        pytest.param("Stimmt es, dass Wohngeld neben BAB gezahlt wird?", "Wohngeld neben BAB", True, id="states it"),
        pytest.param("Bekommt er BAB?", "zusätzlich wird Wohngeld gezahlt", False, id="another matter"),
        pytest.param("Reichen zwei Monate Duldung?", "Drei Monate Duldung reichen", False, id="another number"),
        pytest.param("Bekommt er BAB?", "", False, id="nothing believed"),
    ],
)
def test_a_correction_is_called_for_by_the_mistake(question: str, belief: str, expected: bool) -> None:
    assert states(question, belief, None) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Mit Aufenthaltsgestattung gibt es das nicht.", True, id="another stay"),
        pytest.param("Geduldete und Gestattete bekommen es.", False, id="both"),
        pytest.param("Der Antrag ist schriftlich.", False, id="none named"),
    ],
)
def test_another_kind_of_stay_is_told(text: str, expected: bool) -> None:
    about = Focus("note:x", "", frozenset(), frozenset({"duldung"}), frozenset(), frozenset())
    assert about.is_other_stay(text) is expected


def test_the_name_of_another_matter_is_farther_than_a_rare_word() -> None:
    about = Focus("note:x", "", frozenset({"lehr"}), frozenset(), frozenset({"wohngeld"}), frozenset({"seltenwort"}))
    assert about.distance(["lehr"]) == 0.0
    assert 0.0 < about.distance(["seltenwort"]) < about.distance(["wohngeld"])
