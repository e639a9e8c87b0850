"""How sure a retrieval is: logistic functions of a few figures, fitted by bench/calibrate.py.

The coefficients are in calibration.json beside this file, with what they were fitted on and the threshold below which
Lotse hands a question to a human. There are two functions: one reads the question bank, the other, for a home without
a bank and for documents the bank cannot know, how well the texts found cover the question.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import exp, log1p

BANK, TEXTS = "bank", "texts"
# What each function reads, in the order of calibration.json.
FEATURES = {
    BANK: ("subject", "word_odds", "words", "has_reference"),
    TEXTS: ("support", "has_reference"),
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a question's search showed.

    subject         how much nearer the question is to the bank than to what has no answer here (about 0 to 0.7)
    word_odds       log odds of its words between the two
    coverage        share of its words in one of the first passages (0 to 1); 0 unless `from_texts`
    text_cosine     similarity of the nearest passage
    words           how many different words were asked           has_reference  a known Norm is named
    from_texts      there is no bank, or the first hit is a document of the user's own
    """

    subject: float = 0.0
    word_odds: float = 0.0
    coverage: float = 0.0
    text_cosine: float = 0.0
    words: int = 0
    has_reference: bool = False
    from_texts: bool = False

    def features(self, function: str) -> tuple[float, ...]:
        """The figures that function reads, in the order of calibration.json."""
        values = {name: float(getattr(self, name)) for name in FEATURES[function]}
        return tuple(log1p(value) if name == "words" else value for name, value in values.items())

    @property
    def support(self) -> float:
        """What the texts say for themselves, whatever their field: half their words, half their meaning.

        Fitted apart on statutes, shared words would count for nothing, though in other documents they are the better
        sign.
        """
        return (self.coverage + self.text_cosine) / 2


@dataclass(frozen=True, slots=True)
class Logistic:
    """Intercept and one weight for each feature."""

    intercept: float
    weights: tuple[float, ...]

    def chance(self, features: tuple[float, ...]) -> float:
        """The probability (0 to 1)."""
        total = self.intercept + sum(w * x for w, x in zip(self.weights, features, strict=True))
        return 1 / (1 + exp(-max(-50.0, min(50.0, total))))


@dataclass(frozen=True, slots=True)
class Calibration:
    """The functions by name, and the confidence below which to decline."""

    functions: Mapping[str, Logistic]
    decline_below: float


@cache
def calibration() -> Calibration:
    """The fitted values."""
    raw = json.loads(files("kb").joinpath("calibration.json").read_text(encoding="utf-8"))
    functions = {
        name: Logistic(raw[name]["intercept"], tuple(raw[name]["weights"].get(f, 0.0) for f in FEATURES[name]))
        for name in FEATURES
    }
    return Calibration(functions, raw["decline_below"])


def confidence(evidence: Evidence) -> float:
    """The probability (0 to 1) that what decides is among the first five hits; 0.0 if nothing was asked."""
    if not evidence.words and not evidence.has_reference:
        return 0.0
    function = TEXTS if evidence.from_texts else BANK
    return calibration().functions[function].chance(evidence.features(function))


def decline_threshold() -> float:
    """The confidence below which an answer is declined."""
    return calibration().decline_below
