"""The fitted confidence."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.resources import files

import pytest

from kb.calibration import BANK, FEATURES, TEXTS, Evidence, calibration, confidence, decline_threshold

NOTHING = Evidence()
STRONG = Evidence(subject=0.5, word_odds=4.0, coverage=1.0, text_cosine=0.8, words=8)


@pytest.mark.parametrize("function", [BANK, TEXTS])
def test_there_is_a_weight_for_every_feature(function: str) -> None:
    raw = json.loads(files("kb").joinpath("calibration.json").read_text(encoding="utf-8"))
    assert tuple(raw[function]["weights"]) == FEATURES[function]
    assert len(calibration().functions[function].weights) == len(STRONG.features(function))


@pytest.mark.parametrize(
    "seen",
    [
        pytest.param(STRONG, id="near the bank"),
        pytest.param(replace(STRONG, from_texts=True), id="no bank, words and meaning stand in a text"),
    ],
)
def test_a_clear_match_is_answered(seen: Evidence) -> None:
    assert confidence(seen) > decline_threshold()


@pytest.mark.parametrize(
    "seen",
    [
        pytest.param(NOTHING, id="nothing asked"),
        pytest.param(Evidence(subject=-0.1, word_odds=-5.0, words=6), id="nearer to what has no answer"),
    ],
)
def test_what_we_know_nothing_of_is_declined(seen: Evidence) -> None:
    assert confidence(seen) < decline_threshold()


@pytest.mark.parametrize(
    ("less", "more"),
    [
        pytest.param({"subject": 0.1}, {"subject": 0.3}, id="nearer to the bank"),
        pytest.param({"word_odds": -2.0}, {"word_odds": 2.0}, id="words of the bank"),
        pytest.param({"subject": 0.1}, {"subject": 0.1, "has_reference": True}, id="a known Norm is named"),
        pytest.param({"from_texts": True, "coverage": 0.2}, {"from_texts": True, "coverage": 0.9}, id="words covered"),
    ],
)
def test_what_makes_surer(less: dict[str, float], more: dict[str, float]) -> None:
    assert confidence(replace(STRONG, **less)) < confidence(replace(STRONG, **more))  # type: ignore[arg-type]


def test_the_confidence_is_a_probability_whatever_was_seen() -> None:
    wild = [Evidence(subject=1e6, words=1, has_reference=True), Evidence(subject=-1e6, words=1)]
    assert all(0 <= confidence(evidence) <= 1 for evidence in wild)
