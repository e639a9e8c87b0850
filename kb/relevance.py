"""How much each of a few sentences answers a question: shared words weighted by rarity, and meaning; pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TypeAlias

from kb.german import index_words, words

# Similarity of a question to each text, -1 to 1, in the order of the texts: the embedder, seen from here.
Similarity: TypeAlias = Callable[[str, Sequence[str]], Sequence[float]]

_K1 = 1.2
_B = 0.5


def relevance(question: str, texts: Sequence[str], *, similarity: Similarity | None = None) -> list[float]:
    """A score for each text, comparable only inside one call: standardised word score plus standardised similarity."""
    if not texts:
        return []
    lexical = _standardise(_word_scores(question, texts))
    if similarity is None:
        return lexical
    return [a + b for a, b in zip(lexical, _standardise(list(similarity(question, texts))), strict=True)]


def _word_scores(question: str, texts: Sequence[str]) -> list[float]:
    """BM25 of the question in each text, with the texts themselves as the collection."""
    wanted = set(words(question)) | set(index_words(question))
    documents = [_index_words(text) for text in texts]
    mean = sum(len(document) for document in documents) / len(documents) or 1.0
    frequency = Counter(word for document in documents for word in wanted.intersection(document))
    scores: list[float] = []
    for document in documents:
        score = 0.0
        for word in wanted.intersection(document):
            count = document.count(word)
            rarity = math.log(1 + (len(documents) - frequency[word] + 0.5) / (frequency[word] + 0.5))
            score += rarity * count * (_K1 + 1) / (count + _K1 * (1 - _B + _B * len(document) / mean))
        scores.append(score)
    return scores


@lru_cache(maxsize=20_000)
def _index_words(text: str) -> tuple[str, ...]:
    # the sentences of our notes come back with every question
    return tuple(index_words(text))


def _standardise(values: list[float]) -> list[float]:
    mean = sum(values) / len(values)
    spread = math.sqrt(sum((value - mean) ** 2 for value in values) / len(values))
    return [(value - mean) / spread if spread > 1e-9 else 0.0 for value in values]
