"""Quality and latency of `kb.retrieve` beside bm25s, same questions, same run: `python -m bench.retrieval FILE.jsonl`.

LOTSE_HOME must hold the starter knowledge and the statutes. bm25s (extra `dev`) gets the same passages with the same
words; it is what a user would reach for first. Times are wall-clock of one warm process, single questions.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path

from kb import german
from kb.config import load_config
from kb.evaluate import DEPTH, Item, hit_at, percentile, ranking, read_items, reciprocal_rank
from kb.knowledge_base import KnowledgeBase, open_kb
from kb.model import NormRef, Partition
from kb.retrieve import retrieve

Ranker = Callable[[str], tuple[str, ...]]


def bm25s_ranker(kb: KnowledgeBase) -> Ranker:
    """bm25s over the passages of the statutes, best passage per Norm."""
    import bm25s

    found = kb.store.passages(kb.store.text_ids(Partition.CURRENT))
    passages = [passage for passage, _ in found.values() if isinstance(passage.locator, NormRef)]
    keys = [passage.locator.key for passage in passages if isinstance(passage.locator, NormRef)]
    index = bm25s.BM25()
    index.index([german.index_words(f"{p.heading}\n{p.text}") for p in passages], show_progress=False)

    def rank(question: str) -> tuple[str, ...]:
        words = german.words(question)
        if not words:
            return ()
        rows, _ = index.retrieve([words], k=min(200, len(keys)), show_progress=False)
        return tuple(dict.fromkeys(keys[int(row)] for row in rows[0]))[:DEPTH]

    return rank


def measure(rank: Ranker, items: list[Item]) -> dict[str, float]:
    """hit@k and mrr over the answerable questions, milliseconds over all; the first pass only warms up."""
    for item in items:
        rank(item.question)
    times: list[float] = []
    ranked: list[tuple[Item, tuple[str, ...]]] = []
    for item in items:
        since = time.perf_counter()
        ranked.append((item, rank(item.question)))
        times.append(1000 * (time.perf_counter() - since))
    asked = [(item.relevant, names) for item, names in ranked if item.answerable and item.relevant]
    result = {f"hit@{cut}": sum(hit_at(r, names, cut) for r, names in asked) / len(asked) for cut in (1, 3, 5, 10)}
    result["mrr@10"] = sum(reciprocal_rank(r, names) for r, names in asked) / len(asked)
    return {
        k: round(v, 3) for k, v in (result | {"p50": percentile(times, 0.5), "p95": percentile(times, 0.95)}).items()
    }


def main() -> None:
    """Measure both and print one JSON document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--home", type=Path, help="LOTSE_HOME (default: the environment's)")
    given = parser.parse_args()
    items = read_items(given.questions)
    with open_kb(load_config(home=given.home) if given.home else load_config()) as kb:
        rankers: dict[str, Ranker] = {
            "lotse": lambda question: ranking(retrieve(question, kb=kb)),
            "bm25s": bm25s_ranker(kb),
        }
        print(json.dumps({name: measure(rank, items) for name, rank in rankers.items()}, indent=2))


if __name__ == "__main__":
    main()
