"""Several ranked lists as one: scores standardised per list, then a weighted sum; pure.

Reciprocal rank fusion was measured worse on German law (nDCG@10 .816 against .89): ranks forget how far ahead the
best one is.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from math import sqrt
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)

# A list with fewer entries has no spread of its own worth standardising by.
_FEWEST = 3


def standardise(scores: Mapping[Key, float]) -> dict[Key, float]:
    """Each score as its distance from the mean in standard deviations; all 0.0 if they do not differ.

    One or two entries count as found: +1.0 each, since their own spread says nothing.
    """
    if not scores:
        return {}
    if len(scores) < _FEWEST:
        return dict.fromkeys(scores, 1.0)
    mean = sum(scores.values()) / len(scores)
    deviation = sqrt(sum((score - mean) ** 2 for score in scores.values()) / len(scores))
    if deviation < 1e-12:
        return dict.fromkeys(scores, 0.0)
    return {key: (score - mean) / deviation for key, score in scores.items()}


def fuse(scored: Sequence[Mapping[Key, float]], *, weights: Sequence[float]) -> list[tuple[Key, float]]:
    """Keys with their weighted sums of standardised scores, best first; ties by the key's text.

    A list holds only its best entries, so an absent key gets that list's floor: its lowest standardised score, and at
    most 0. An empty list says nothing about anything. Raises ValueError if weights and lists differ in number.
    """
    if len(scored) != len(weights):
        raise ValueError(f"{len(scored)} lists but {len(weights)} weights")
    totals: dict[Key, float] = {key: 0.0 for scores in scored for key in scores}
    for scores, weight in zip(scored, weights, strict=True):
        standard = standardise(scores)
        floor = min(0.0, min(standard.values(), default=0.0))
        for key in totals:
            totals[key] += weight * standard.get(key, floor)
    return sorted(totals.items(), key=lambda item: (-item[1], str(item[0])))


def best_per_group(
    scores: Sequence[tuple[Key, float]], groups: Mapping[Key, Sequence[tuple[Key, float]]]
) -> dict[Key, float]:
    """For each group the maximum over its members of score * factor; `groups` maps a member to (group, factor) pairs.

    The best passage stands for its Norm: summing the top three to five was measured to hurt.
    """
    result: dict[Key, float] = {}
    for member, score in scores:
        for group, factor in groups.get(member, ()):
            value = score * factor
            if group not in result or value > result[group]:
                result[group] = value
    return result
