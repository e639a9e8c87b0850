"""The knowledge we ship, as a whole: enough of it, clean against the law, and not taken from the measuring sets."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from kb import german
from kb.check import check
from kb.config import Config
from kb.normref import parse_norm_key
from kb.store import open_store

ROOT = Path(__file__).resolve().parents[2]
STARTER = ROOT / "kb" / "starter"
SHARED = ROOT.parent / "shared"
STAND = date(2026, 8, 19)


def rows(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def bank() -> list[dict[str, object]]:
    return [row for path in sorted((STARTER / "questions").glob("*.jsonl")) for row in rows(path)]


def our_questions() -> Iterator[tuple[str, str]]:
    """Every question of the product with the file it stands in."""
    for path in (
        *sorted((STARTER / "questions").glob("*.jsonl")),
        STARTER / "traps.jsonl",
        STARTER / "unanswerable.jsonl",
    ):
        yield from ((path.name, str(row["question"])) for row in rows(path))
    for entry in tomllib.loads((STARTER / "faq.toml").read_text(encoding="utf-8"))["faq"]:
        yield from (("faq.toml", entry[key]) for key in ("question", "question_en"))


def test_there_is_enough_of_it() -> None:
    questions = bank()
    normen = Counter(parse_norm_key(str(name)).key for row in questions for name in row["norms"])  # type: ignore[attr-defined]
    faq = tomllib.loads((STARTER / "faq.toml").read_text(encoding="utf-8"))["faq"]
    counts = {
        "notes": len(list((STARTER / "notes").glob("*.md"))),
        "questions": len(questions),
        "normen": len(normen),
        "normen asked 40 times": sum(count >= 40 for count in normen.values()),
        "traps": len(rows(STARTER / "traps.jsonl")),
        "unanswerable": len(rows(STARTER / "unanswerable.jsonl")),
        "terms": len((STARTER / "glossary.csv").read_text(encoding="utf-8").splitlines()) - 1,
        "faq": len(faq),
    }
    least = {
        "notes": 70,
        "questions": 12_000,
        "normen": 850,
        "normen asked 40 times": 100,
        "traps": 200,
        "unanswerable": 800,
        "terms": 450,
        "faq": 80,
    }
    assert {name: counts[name] for name, wanted in least.items() if counts[name] < wanted} == {}


@pytest.mark.parametrize("measuring", ["shared", "gold"])
def test_no_question_is_taken_from_a_measuring_set(measuring: str) -> None:
    """Neither the same words in another order nor the same sentence with other words in it."""
    file = SHARED / "questions" / "dev.jsonl" if measuring == "shared" else ROOT / "tests" / "gold" / "mention.jsonl"
    if not file.is_file():
        pytest.skip(f"{file.name} is not beside this checkout")
    measured = [str(row["question"]) for row in rows(file)]
    by_words, by_grams = _Near(measured, _words, 0.5), _Near(measured, _grams, 0.4)
    near = [(name, ours, by_words.find(ours) or by_grams.find(ours)) for name, ours in our_questions()]
    assert [found for found in near if found[2]] == []


def _words(text: str) -> set[str]:
    return set(german.words(text))


def _grams(text: str) -> set[str]:
    plain = german.normal_form(text)
    return {plain[at : at + 5] for at in range(len(plain) - 4)}


class _Near:
    """Finds which of some texts has more than a share of all parts of both in common with another (Jaccard)."""

    def __init__(self, texts: list[str], parts: Callable[[str], set[str]], share: float) -> None:
        self.texts, self.parts, self.share = texts, parts, share
        self.sizes = [len(parts(text)) for text in texts]
        self.having: dict[str, list[int]] = {}
        for number, text in enumerate(texts):
            for part in parts(text):
                self.having.setdefault(part, []).append(number)

    def find(self, text: str) -> list[str]:
        own = self.parts(text)
        common = Counter(number for part in own for number in self.having.get(part, ()))
        # fewer than four words are a topic, not a question
        return [
            self.texts[number]
            for number, count in common.items()
            if min(len(own), self.sizes[number]) >= 4 and count > self.share * (len(own) + self.sizes[number] - count)
        ]


@pytest.mark.slow
@pytest.mark.statutes
def test_it_is_clean_against_the_law(tmp_path: Path) -> None:
    from ingest.build import ingest_paths

    folder = SHARED / "statutes" / STAND.isoformat()
    if not folder.is_dir():
        pytest.skip("../shared/statutes is not beside this checkout")
    config = Config(home=tmp_path)
    with open_store(config) as store:
        ingest_paths(sorted(folder.glob("*.md")), store=store, config=config, stand=STAND)
        report = check(store, config, today=date(2026, 11, 30))
    assert [error for error in report.errors if error.file != "norms.lock" or "changed" in error.message] == []
    assert report.unverified_share < 0.06
    assert all(topic.questions and topic.traps and topic.faq for topic in report.coverage)
