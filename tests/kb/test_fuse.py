"""Standardised scores, summed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.fuse import best_per_group, fuse, standardise

SCORES = st.dictionaries(st.text("abcdef", min_size=1, max_size=2), st.floats(-50, 50), max_size=12)


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        pytest.param({}, {}, id="nothing"),
        pytest.param({"a": 7.0}, {"a": 1.0}, id="one entry counts as found"),
        pytest.param({"a": 7.0, "b": 9.0}, {"a": 1.0, "b": 1.0}, id="two have no spread worth the name"),
        pytest.param({"a": 2.0, "b": 2.0, "c": 2.0}, {"a": 0.0, "b": 0.0, "c": 0.0}, id="no spread at all"),
        pytest.param(
            {"a": 1.0, "b": 1.0, "c": 1.0, "d": 5.0}, {"a": -0.577, "b": -0.577, "c": -0.577, "d": 1.732}, id="z"
        ),
    ],
)
def test_standardise(scores: dict[str, float], expected: dict[str, float]) -> None:
    assert standardise(scores) == pytest.approx(expected, abs=0.001)


def test_the_weight_decides_between_two_lists() -> None:
    one = {"a": 9.0, "b": 1.0, "c": 1.0}
    other = {"b": 9.0, "a": 1.0, "c": 1.0}
    assert [key for key, _ in fuse([one, other], weights=[2, 1])] == ["a", "b", "c"]
    assert [key for key, _ in fuse([one, other], weights=[1, 2])] == ["b", "a", "c"]


def test_an_absent_key_gets_the_floor_of_that_list() -> None:
    found = dict(fuse([{"a": 3.0, "b": 2.0, "c": 1.0}, {"a": 1.0, "b": 1.0, "d": 4.0}], weights=[1, 1]))
    assert found["c"] == pytest.approx(-1.2247 - 0.7071, abs=0.001)
    assert found["d"] == pytest.approx(-1.2247 + 1.4142, abs=0.001)


def test_an_empty_list_says_nothing() -> None:
    scores = {"a": 3.0, "b": 2.0, "c": 1.0}
    assert fuse([scores, {}], weights=[1, 4]) == fuse([scores], weights=[1])


def test_ties_are_broken_by_key() -> None:
    assert [key for key, _ in fuse([{"b": 1.0, "a": 1.0, "c": 1.0}], weights=[1])] == ["a", "b", "c"]


def test_every_list_needs_a_weight() -> None:
    with pytest.raises(ValueError, match="2 lists but 1 weights"):
        fuse([{"a": 1.0}, {"a": 1.0}], weights=[1])


def test_a_norm_is_as_good_as_its_best_passage() -> None:
    groups = {"t1": (("§ 1", 1.0),), "t2": (("§ 1", 1.0), ("§ 2", 0.8)), "t3": (("§ 3", 1.0),)}
    assert best_per_group([("t1", 2.0), ("t2", 5.0), ("t4", 9.0)], groups) == {"§ 1": 5.0, "§ 2": 4.0}


@given(st.lists(SCORES, min_size=1, max_size=4))
def test_fusion_keeps_every_key_once_and_in_order(lists: list[dict[str, float]]) -> None:
    fused = fuse(lists, weights=[1.0] * len(lists))
    assert {key for key, _ in fused} == {key for scores in lists for key in scores}
    assert len(fused) == len(dict(fused))
    totals = [total for _, total in fused]
    assert totals == sorted(totals, reverse=True)


@given(SCORES, st.floats(0.1, 9), st.floats(-9, 9))
def test_a_list_on_another_scale_ranks_alike(scores: dict[str, float], factor: float, shift: float) -> None:
    rounded = {key: round(score, 2) for key, score in scores.items()}
    moved = {key: factor * score + shift for key, score in rounded.items()}
    before = dict(fuse([rounded], weights=[1.0]))
    after = dict(fuse([moved], weights=[1.0]))
    assert after == pytest.approx(before, abs=1e-3)
