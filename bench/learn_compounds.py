"""Learn the words German compounds are made of: `python -m bench.learn_compounds --out kb/compounds.txt`.

After Koehn and Knight (2003): a part is a word that also stands alone often enough. Counts come from all federal law,
the question bank and the notes; only words that are a part of some longer word there are kept.
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

from bench.law_text import cached_federal_law
from kb import german

FEWEST = 12  # a word that stands alone less often is more likely a misprint or a name


def count_words(shared: Path, cache: Path) -> Counter[str]:
    """How often each folded word stands in the law, and ten times as often if in the bank or the notes."""
    counts: Counter[str] = Counter()
    for norm in cached_federal_law(shared / "statutes" / "federal-2026-04-18.tar.xz", cache):
        counts.update(german.tokens(" ".join((norm.heading, *norm.absaetze))))
    for file in (*(shared / "domain" / "questions").glob("*.jsonl"), *(shared / "domain" / "notes").glob("*.md")):
        for word, number in Counter(german.tokens(file.read_text(encoding="utf-8"))).items():
            counts[word] += 10 * number
    return counts


def learn(counts: Counter[str]) -> dict[str, int]:
    """The words that are parts of others, with their counts."""
    stop = german.stop_words()
    candidates = {
        word: number
        for word, number in counts.items()
        if number >= FEWEST and len(word) >= german.SHORTEST_PART and word.isalpha() and word not in stop
    }
    used: Counter[str] = Counter()
    for word, number in counts.items():
        if number >= 2 and len(word) in german.COMPOUND_LENGTHS and word.isalpha():
            used.update(german.split_compound(word, candidates))
    return {word: candidates[word] for word in used if used[word] >= 2 and word in candidates}


def main() -> None:
    """Count, learn, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("kb/compounds.txt"))
    parser.add_argument("--shared", type=Path, default=Path(__file__).resolve().parents[2] / "shared")
    parser.add_argument("--cache", type=Path, default=Path("build/federal.jsonl"))
    given = parser.parse_args()
    parts = learn(count_words(given.shared, given.cache))
    lines = [f"{word} {number}" for word, number in sorted(parts.items())]
    given.out.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(lines)} parts")


if __name__ == "__main__":
    main()
