"""Questions Lotse has no source for, shipped beside the question bank: what is nearer to them is better declined.

Two measures, both against the bank: nearness in meaning (the embedding, which knows the bank well and everyday life
hardly) and the odds of the words (which do not depend on the embedding).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import log, sqrt
from pathlib import Path
from typing import TYPE_CHECKING

from kb import german
from kb.errors import SourceError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from kb.embed import Embedder
    from kb.lexical import Lexical

FILE = "unanswerable.jsonl"
# How fast a farther neighbour counts less. The bank is dense, so its nearest say most (one farther by .05 counts a
# third); there a single near question decides nothing: "Wann bekommt er die Duldung?" is not "Bekommt er sie?".
_SHARPNESS_BANK = 20.0
_SHARPNESS_HERE = 10.0
# Neighbours in the bank that count; farther ones change nothing.
NEIGHBOURS = 50
# Counted beside what was seen, so that a word seen once is not certain.
_PRIOR = 0.1
# Who it is about says nothing of the subject; mentors write it in every kind of question.
_PERSONS = "Mentee Mentees Klient Klientin client"


@dataclass(frozen=True)
class Unanswerable:
    """The questions with their vectors, one row each; `group` says which of them are of one kind."""

    questions: tuple[str, ...]
    groups: tuple[str, ...]
    vectors: npt.NDArray[np.float32]

    def without(self, group: str) -> Unanswerable:
        """All but those of one kind: what would be known of a question of a kind nobody thought of."""
        keep = [place for place, name in enumerate(self.groups) if name != group]
        return Unanswerable(
            tuple(self.questions[place] for place in keep),
            tuple(self.groups[place] for place in keep),
            self.vectors[keep],
        )

    def subject(self, vector: npt.NDArray[np.float32], bank_cosines: Sequence[float]) -> float:
        """How much nearer the question is to its neighbours in the bank than to these (about 0 to 0.7)."""
        import numpy as np

        ours = np.array(bank_cosines[:NEIGHBOURS] or [0.0])
        others = self.vectors @ vector if len(self.vectors) else np.zeros(1)
        return float(_soft_maximum(ours, _SHARPNESS_BANK) - _soft_maximum(others, _SHARPNESS_HERE))

    def word_odds(self, question: str, bank: Lexical) -> float:
        """Log odds of the question's words between the bank and these, over the root of their number; 0.0 of nothing.

        A word that neither knows speaks against the bank: it is ten times larger.
        """
        words = sorted(set(german.words(question)) - set(german.words(_PERSONS)))
        if not words:
            return 0.0
        counts = bank.document_counts(words)
        size, others = len(bank) + 2 * _PRIOR, len(self.questions) + 2 * _PRIOR
        total = sum(
            log((count + _PRIOR) / size) - log((self._documents[word] + _PRIOR) / others)
            for word, count in zip(words, counts, strict=True)
        )
        return total / sqrt(len(words))

    @cached_property
    def _documents(self) -> Counter[str]:
        """In how many of the questions a word stands."""
        return Counter(word for question in self.questions for word in set(german.index_words(question)))


def read_unanswerable(file: Path, embedder: Embedder) -> Unanswerable:
    """The questions of a JSONL file ("question", "reason"); none where there is no file. Raises SourceError."""
    questions: list[str] = []
    groups: list[str] = []
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            questions.append(str(row["question"]))
            groups.append(str(row["reason"]))
        except (ValueError, KeyError, TypeError) as error:
            raise SourceError(
                f"not an unanswerable question: {error!r}",
                where=f"{file.name}, line {number}",
                next='write {"question", "lang", "style", "kind", "reason"}',
            ) from error
    return Unanswerable(tuple(questions), tuple(groups), embedder.embed(questions, role="passage"))


def _soft_maximum(cosines: npt.NDArray[np.float32] | npt.NDArray[np.float64], sharpness: float) -> float:
    import numpy as np

    return float(np.log(np.exp(sharpness * cosines).mean()) / sharpness)
