"""Is a false premise corrected? `LOTSE_HOME=… python -m bench.traps`: the share of misconceptions an answer corrects.

Each question of traps.jsonl is asked twice: as it is, when the bank knows it, and as if the bank had never been asked
it, which says what to expect of a question nobody wrote down. A correction counts if the answer holds our statement of
it, or says at least 60 % of its words and all its numbers (the rule of must_mention). The search itself still knows the
question in the second case, so that figure is a little high.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import kb.answer
from kb.config import load_config
from kb.evaluate import is_mentioned
from kb.knowledge_base import open_kb
from kb.retrieve import Retrieval, search
from kb.traps import Trap


def is_corrected(trap: Trap, texts: Sequence[str]) -> bool:
    """True if one of the texts is the correction or says as much."""
    if any(trap.statement(lang) in texts for lang in ("de", "en")):
        return True
    correct = trap.correct_en if trap.lang == "en" else trap.correct
    return is_mentioned(correct, texts, lang=trap.lang)


def _unasked(question: str, **options: Any) -> Retrieval:
    found = search(question, **options)
    return replace(found, asked=tuple(near for near in found.asked if near.question.question != question))


def main() -> None:
    """Ask, count, print."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    with open_kb(load_config()) as kb_:
        for label, how in (("known to the bank", search), ("never asked before", _unasked)):
            kb.answer.search = how  # type: ignore[attr-defined]
            seen = []
            for trap in kb_.curated.traps:
                given = kb.answer.answer(trap.question, kb=kb_)
                seen.append((trap.lang, is_corrected(trap, [statement.text for statement in given.statements])))
            for lang in ("de", "en"):
                mine = [corrected for spoken, corrected in seen if spoken == lang]
                print(f"{label}, {lang}: {sum(mine) / max(1, len(mine)):.3f} of {len(mine)}")


if __name__ == "__main__":
    main()
