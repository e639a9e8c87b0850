"""Fit the confidence and the threshold to decline: `LOTSE_HOME=… python -m bench.calibrate --out kb/calibration.json`.

Answerable questions are the traps and the FAQ of the domain folder: neither the embedding nor the bank has seen them.
Unanswerable ones are questions-other/unanswerable.jsonl. The answerable ones count for four fifths, about as in real
use. Even lines fit, odd lines choose the threshold; tests/gold/decline.jsonl is only reported on.
"""

from __future__ import annotations

import argparse
import json
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kb.calibration import Evidence
from kb.config import load_config
from kb.evaluate import canonical
from kb.knowledge_base import KnowledgeBase, open_kb
from kb.retrieve import search

SHARE_ANSWERABLE = 0.8
RIDGE = 1.0
# Of the answerable questions at most this share may be declined; within that as many unanswerable ones as possible.
MOST_DECLINED = 0.06

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Case:
    """A question, the Normen that decide it (none: unanswerable)."""

    question: str
    relevant: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sample:
    """What was seen of the cases: features (n, k), whether a deciding Norm is in the first five, whether answerable."""

    features: Floats
    found: Floats
    answerable: Floats


def read_cases(folder: Path) -> list[Case]:
    """Traps, FAQ in both languages, and unanswerable questions."""
    cases: list[Case] = []
    for line in (folder / "traps.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        cases.append(Case(row["question"], tuple(canonical(name) for name in row["norms"])))
    for entry in tomllib.loads((folder / "faq.toml").read_text(encoding="utf-8"))["faq"]:
        norms = tuple(canonical(name) for name in entry["norms"])
        cases += [Case(entry["question"], norms), Case(entry["question_en"], norms)]
    for line in (folder / "unanswerable.jsonl").read_text(encoding="utf-8").splitlines():
        cases.append(Case(json.loads(line)["question"], ()))
    return cases


def observe(cases: list[Case], kb: KnowledgeBase) -> Sample:
    """Search every case."""
    features, found = [], []
    for case in cases:
        result = search(case.question, kb=kb, limit=5)
        features.append(result.evidence.features())
        found.append(float(any(hit.norm and hit.norm.key in case.relevant for hit in result.hits)))
    return Sample(np.array(features), np.array(found), np.array([float(bool(case.relevant)) for case in cases]))


def fit(sample: Sample) -> tuple[float, Floats]:
    """Intercept and weights for raw features, by Newton's method on the weighted, ridged log-likelihood."""
    mean, spread = sample.features.mean(axis=0), np.maximum(sample.features.std(axis=0), 1e-9)
    x = np.column_stack([np.ones(len(sample.found)), (sample.features - mean) / spread])
    share = sample.answerable.mean()
    weight = np.where(sample.answerable > 0, SHARE_ANSWERABLE / share, (1 - SHARE_ANSWERABLE) / (1 - share))
    penalty = np.diag([0.0] + [RIDGE] * (x.shape[1] - 1))
    beta = np.zeros(x.shape[1])
    for _ in range(50):
        chance = 1 / (1 + np.exp(-x @ beta))
        gradient = x.T @ (weight * (sample.found - chance)) - penalty @ beta
        hessian = (x * (weight * chance * (1 - chance))[:, None]).T @ x + penalty
        beta += np.linalg.solve(hessian, gradient)
    weights = beta[1:] / spread
    return float(beta[0] - weights @ mean), weights


def chances(sample: Sample, intercept: float, weights: Floats) -> Floats:
    """The fitted probabilities."""
    result: Floats = 1 / (1 + np.exp(-(intercept + sample.features @ weights)))
    return result


def threshold(chance: Floats, answerable: Floats) -> float:
    """The highest threshold that declines at most MOST_DECLINED of the answerable questions."""
    return float(np.quantile(chance[answerable > 0], MOST_DECLINED))


def describe(name: str, chance: Floats, sample: Sample, limit: float) -> dict[str, float]:
    """Printed and kept: shares declined, and how far the probabilities are off (expected calibration error)."""
    yes, no = chance[sample.answerable > 0], chance[sample.answerable == 0]
    bins = np.clip((chance * 10).astype(int), 0, 9)
    # in the mix the fit assumes, not in the mix of the files
    share = sample.answerable.mean()
    weight = np.where(sample.answerable > 0, SHARE_ANSWERABLE / share, (1 - SHARE_ANSWERABLE) / (1 - share))
    off = weight * (chance - sample.found)
    error = sum(abs(off[bins == b].sum()) for b in set(bins.tolist())) / weight.sum()
    figures = {
        "questions": float(len(chance)),
        "hit@5": float(sample.found[sample.answerable > 0].mean()),
        "declined_answerable": float((yes < limit).mean()),
        "declined_unanswerable": float((no < limit).mean()),
        "calibration_error": float(error),
    }
    print(name, {key: round(value, 3) for key, value in figures.items()})
    return {key: round(value, 3) for key, value in figures.items()}


def part(sample: Sample, mask: npt.NDArray[np.bool_]) -> Sample:
    """Some of the cases."""
    return Sample(sample.features[mask], sample.found[mask], sample.answerable[mask])


def main() -> None:
    """Search, fit, choose, report."""
    root = Path(__file__).resolve().parents[1]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, help="LOTSE_HOME (default: the environment's)")
    parser.add_argument("--other", type=Path, default=root.parent / "shared" / "domain" / "questions-other")
    parser.add_argument("--gold", type=Path, default=root / "tests" / "gold" / "decline.jsonl")
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    rows = [json.loads(line) for line in given.gold.read_text(encoding="utf-8").splitlines()]
    gold_cases = [Case(row["question"], tuple(canonical(name) for name in row["relevant"])) for row in rows]
    with open_kb(load_config(home=given.home) if given.home else load_config()) as kb:
        sample = observe(read_cases(given.other), kb)
        gold = observe(gold_cases, kb)
    even = np.arange(len(sample.found)) % 2 == 0
    intercept, weights = fit(part(sample, even))
    odd = part(sample, ~even)
    limit = threshold(chances(odd, intercept, weights), odd.answerable)
    held_out = describe("held-out half", chances(odd, intercept, weights), odd, limit)
    own = describe("tests/gold/decline.jsonl", chances(gold, intercept, weights), gold, limit)
    for row, chance in zip(rows, chances(gold, intercept, weights), strict=True):
        if (chance < limit) == row["answerable"]:
            print(f"  wrong side: {chance:.2f} {row['id']} {row['question']}")
    names = [field.name for field in fields(Evidence)]
    document = {
        "intercept": round(intercept, 4),
        "weights": {name: round(float(value), 4) for name, value in zip(names, weights, strict=True)},
        "decline_below": round(limit, 3),
        "fitted_on": "even lines of domain/questions-other: traps, FAQ, unanswerable; threshold on the odd lines",
        "held_out": held_out,
        "gold_decline": own,
    }
    text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    if given.out:
        given.out.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
