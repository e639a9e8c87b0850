"""The fitted confidence."""

from __future__ import annotations

from dataclasses import fields, replace

from kb.calibration import Evidence, calibration, confidence, decline_threshold

NOTHING = Evidence(0, 0, 0, 0, 0, 0, 0, 0, False)
STRONG = Evidence(0.9, 0.8, 5, 5, 1, 10, 0.5, 8, False)


def test_there_is_a_weight_for_every_feature() -> None:
    assert len(calibration().weights) == len(fields(Evidence)) == len(NOTHING.features())


def test_nothing_found_is_declined_and_a_clear_match_is_not() -> None:
    assert confidence(NOTHING) < decline_threshold() < confidence(STRONG)


def test_a_nearer_question_and_a_named_norm_make_surer() -> None:
    weak = replace(STRONG, bank_cosine=0.5)
    assert confidence(weak) < confidence(STRONG)
    assert confidence(weak) < confidence(replace(weak, has_reference=True))


def test_the_confidence_is_a_probability_whatever_was_seen() -> None:
    wild = [Evidence(1e6, 0, 0, 0, 0, 0, 0, 0, True), Evidence(-1e6, 0, 0, 0, 0, 0, 0, 0, False)]
    assert all(0 <= confidence(evidence) <= 1 for evidence in wild)
