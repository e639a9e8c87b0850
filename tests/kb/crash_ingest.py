"""What the crash test kills: `python -m tests.kb.crash_ingest HOME SEED` ingests made-up sources until it is ended.

Each source holds Normen that all name one number; the states of a source follow from its number and nothing else, so
that the test can tell an old state, a new one, and a mixture.
"""

from __future__ import annotations

import random
import sys
from datetime import timedelta
from pathlib import Path

from kb.config import Config
from kb.index import update
from kb.model import Gesetz, Passage
from kb.store import open_store
from tests.kb.made_up import APRIL, FakeEmbedder, make_gesetz, make_question, ref

SOURCES = 6
STATES = 5
NORMEN = 25


def state(source: int, number: int) -> tuple[Gesetz, tuple[Passage, ...]]:
    """State `number` of a source: some Normen differ from the state before, all are of one state."""
    normen = {
        str(n): [f"Probe {n} im Stand {number if n % 3 else 0} der Quelle {source}.", f"Ende {number}."]
        for n in range(1, NORMEN + number % 3)
    }
    return make_gesetz(normen, kuerzel=f"Q{source}G", stand=APRIL + timedelta(days=number))


def main(home: Path, seed: int) -> None:
    """Ingest and index for ever, in an order of its own."""
    config = Config(home=home)
    order = random.Random(seed)
    embedder = FakeEmbedder()
    with open_store(config) as store:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        while True:
            source, number = order.randrange(SOURCES), order.randrange(STATES)
            gesetz, passages = state(source, number)
            store.replace(gesetz, passages, raw=f"{source}/{number}".encode())
            if order.random() < 0.3:
                store.retire(f"q{source}g")
            questions = [make_question(f"Wann {n}?", ref(str(n))) for n in range(order.randrange(4))]
            store.replace_bank("starter", questions)
            update(store, config, embedder=embedder)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
