"""How sure a retrieval is: a logistic function of a few raw figures, fitted by bench/calibrate.py.

The coefficients are in calibration.json beside this file, with what they were fitted on and the threshold below which
Lotse hands a question to a human.
"""

from __future__ import annotations

import json
from dataclasses import astuple, dataclass
from functools import cache
from importlib.resources import files
from math import exp, log1p


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a question's search showed.

    bank_cosine     similarity of the nearest bank question       text_cosine  of the nearest passage
    bank_words      best lexical score in the bank for each word asked     text_words   the same over passages
    agreement       share of legs whose first choice is among the first five of all (0 to 1)
    lead            fused score of the first hit above the sixth
    support         share of the 20 nearest bank questions that are nearly as near as the first
    words           how many different words were asked           has_reference  a known Norm is named
    """

    bank_cosine: float
    text_cosine: float
    bank_words: float
    text_words: float
    agreement: float
    lead: float
    support: float
    words: int
    has_reference: bool

    def features(self) -> tuple[float, ...]:
        """The figures the logistic function reads, in the order of calibration.json."""
        *raw, words, has_reference = astuple(self)
        return (*(float(value) for value in raw), log1p(words), float(has_reference))


@dataclass(frozen=True, slots=True)
class Calibration:
    """Intercept, one weight for each feature, and the confidence below which to decline."""

    intercept: float
    weights: tuple[float, ...]
    decline_below: float


@cache
def calibration() -> Calibration:
    """The fitted values."""
    raw = json.loads(files("kb").joinpath("calibration.json").read_text(encoding="utf-8"))
    return Calibration(raw["intercept"], tuple(raw["weights"].values()), raw["decline_below"])


def confidence(evidence: Evidence) -> float:
    """The probability (0 to 1) that the Norm that decides is among the first five hits."""
    fitted = calibration()
    total = fitted.intercept + sum(w * x for w, x in zip(fitted.weights, evidence.features(), strict=True))
    return 1 / (1 + exp(-max(-50.0, min(50.0, total))))


def decline_threshold() -> float:
    """The confidence below which an answer is declined."""
    return calibration().decline_below
