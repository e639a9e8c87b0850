"""Fit the confidence and the threshold to decline: `LOTSE_HOME=… python -m bench.calibrate --out kb/calibration.json`.

LOTSE_HOME holds the starter knowledge and the statutes. Answerable questions are the FAQ seed in both languages and
tests/gold/mention.jsonl: neither the embedding nor the bank has seen them (it has seen the bank: held-out bank
questions all look found).
Unanswerable ones are those we ship; each is asked as if no question of its kind were known. The answerable ones count
for four fifths, about as in real use. All figures "held out" come from ten folds that keep kinds, and both languages of
a FAQ, together; tests/gold/decline.jsonl is only reported on. The function for homes without a bank is fitted on the
same questions with the bank hidden.
"""

from __future__ import annotations

import argparse
import json
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from kb.calibration import BANK, FEATURES, TEXTS, Evidence
from kb.config import Config, load_config
from kb.evaluate import canonical
from kb.generations import IndexReader
from kb.groups import known_groups
from kb.knowledge_base import KnowledgeBase, open_kb
from kb.lexical import Lexical
from kb.model import Partition
from kb.retrieve import search
from kb.unanswerable import FILE
from kb.vectors import Vectors

SHARE_ANSWERABLE = 0.8
RIDGE = 1.0
FOLDS = 10
# Of the answerable questions at most this share may be declined; within that as many unanswerable ones as possible.
MOST_DECLINED = 0.05

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Case:
    """A question, the Normen that decide it (none: unanswerable), and what it must not be parted from in a fold."""

    question: str
    relevant: tuple[str, ...]
    group: str


@dataclass(frozen=True, slots=True)
class Sample:
    """What was seen of the cases: features (n, k), whether a deciding Norm is in the first five, whether answerable."""

    features: Floats
    found: Floats
    answerable: Floats
    folds: npt.NDArray[np.int64]

    def part(self, which: npt.NDArray[np.bool_]) -> Sample:
        """Some of the rows."""
        return Sample(self.features[which], self.found[which], self.answerable[which], self.folds[which])


class NoBank(IndexReader):
    """A reader with the bank hidden."""

    def __init__(self, reader: IndexReader) -> None:
        self.pointer, self._reader = reader.pointer, reader

    def lexical(self, partition: Partition) -> Lexical:
        """Nothing for the bank."""
        return Lexical(Path()) if partition is Partition.BANK else self._reader.lexical(partition)

    def vectors(self, partition: Partition) -> Vectors:
        """Nothing for the bank."""
        return Vectors(None) if partition is Partition.BANK else self._reader.vectors(partition)

    def close(self) -> None:
        """Let go of the reader behind it."""
        self._reader.close()


@contextmanager
def opened(config: Config, *, bank: bool) -> Iterator[KnowledgeBase]:
    """The knowledge base, with or without its bank."""
    with open_kb(config) as kb:
        if not bank:
            kb._reader = NoBank(kb.reader())
        yield kb


def read_cases(starter: Path, answerable: Path) -> list[Case]:
    """FAQ in both languages, the questions of a gold file, and the unanswerable questions we ship."""
    cases: list[Case] = []
    for number, entry in enumerate(tomllib.loads((starter / "faq.toml").read_text(encoding="utf-8"))["faq"]):
        norms = tuple(canonical(name) for name in entry["norms"])
        cases += [Case(entry[key], norms, f"faq {number}") for key in ("question", "question_en")]
    for line in answerable.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        cases.append(Case(row["question"], tuple(canonical(name) for name in row["relevant"]), f"gold {row['topic']}"))
    for line in (starter / FILE).read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        cases.append(Case(row["question"], (), row["reason"]))
    return cases


def observe(cases: Sequence[Case], kb: KnowledgeBase, function: str) -> Sample:
    """Search every case, the unanswerable ones as if no question of their kind were known."""
    known = known_groups(kb, kb.reader())
    everything = known.unanswerable
    evidence: list[Evidence] = []
    found: list[float] = []
    for case in cases:
        known.unanswerable = everything if case.relevant else everything.without(case.group)
        result = search(case.question, kb=kb, limit=5)
        evidence.append(result.evidence)
        found.append(float(any(hit.norm and hit.norm.key in case.relevant for hit in result.hits)))
    known.unanswerable = everything
    groups = {group: place for place, group in enumerate(sorted({case.group for case in cases}))}
    shuffled = np.random.default_rng(1).permutation(len(groups)) % FOLDS
    return Sample(
        np.array([one.features(function) for one in evidence]),
        np.array(found),
        np.array([float(bool(case.relevant)) for case in cases]),
        np.array([shuffled[groups[case.group]] for case in cases]),
    )


def mixed(sample: Sample) -> Floats:
    """The weight of each row in the mix assumed."""
    share = sample.answerable.mean()
    weights: Floats = np.where(sample.answerable > 0, SHARE_ANSWERABLE / share, (1 - SHARE_ANSWERABLE) / (1 - share))
    return weights


def fit(sample: Sample) -> tuple[float, Floats]:
    """Intercept and weights for raw features, by Newton's method on the weighted, ridged log-likelihood."""
    mean, spread = sample.features.mean(axis=0), np.maximum(sample.features.std(axis=0), 1e-9)
    x = np.column_stack([np.ones(len(sample.found)), (sample.features - mean) / spread])
    weight = mixed(sample)
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


def held_out(sample: Sample) -> Floats:
    """Each row's probability, fitted on the other folds."""
    result = np.zeros(len(sample.found))
    for fold in range(FOLDS):
        here = sample.folds == fold
        result[here] = chances(sample.part(here), *fit(sample.part(~here)))
    return result


def describe(name: str, chance: Floats, sample: Sample, limit: float, weight: Floats) -> dict[str, float]:
    """Printed and kept: shares declined, and how far the probabilities are off (expected calibration error)."""
    yes, no = chance[sample.answerable > 0], chance[sample.answerable == 0]
    bins = np.clip((chance * 10).astype(int), 0, 9)
    error = sum(abs(float((weight * (chance - sample.found))[bins == b].sum())) for b in range(10)) / float(
        weight.sum()
    )
    figures = {
        "questions": len(chance),
        "hit@5": float(sample.found[sample.answerable > 0].mean()),
        "declined_answerable": float((yes < limit).mean()),
        "declined_unanswerable": float((no < limit).mean()),
        "calibration_error": error,
    }
    print(name, {key: round(value, 3) for key, value in figures.items()})
    return {key: round(value, 3) for key, value in figures.items()}


def main() -> None:
    """Search, fit, choose, report."""
    root = Path(__file__).resolve().parents[1]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, help="LOTSE_HOME (default: the environment's)")
    parser.add_argument("--answerable", type=Path, default=root / "tests" / "gold" / "mention.jsonl")
    parser.add_argument("--gold", type=Path, default=root / "tests" / "gold" / "decline.jsonl")
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    config = load_config(home=given.home) if given.home else load_config()
    cases = read_cases(config.starter_folder, given.answerable)
    rows = [json.loads(line) for line in given.gold.read_text(encoding="utf-8").splitlines()]
    gold_cases = [Case(row["question"], tuple(canonical(name) for name in row["relevant"]), "gold") for row in rows]
    document: dict[str, Any] = {}
    limit = 0.0
    for function in (BANK, TEXTS):
        with opened(config, bank=function == BANK) as kb:
            sample, gold = observe(cases, kb, function), observe(gold_cases, kb, function)
        intercept, weights = fit(sample)
        chance = held_out(sample)
        if function == BANK:
            limit = round(float(np.quantile(chance[sample.answerable > 0], MOST_DECLINED)), 3)
        own = chances(gold, intercept, weights)
        document[function] = {
            "intercept": round(intercept, 4),
            "weights": {n: round(float(w), 4) for n, w in zip(FEATURES[function], weights, strict=True)},
            "held_out": describe(f"{function}, held out", chance, sample, limit, mixed(sample)),
            "gold_decline": describe(f"{function}, decline.jsonl", own, gold, limit, mixed(gold)),
        }
        for row, one in zip(rows, own, strict=True):
            if (one < limit) == row["answerable"]:
                print(f"  wrong side: {one:.2f} {row['id']} {row['question']}")
    document["decline_below"] = limit
    text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    if given.out:
        given.out.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
