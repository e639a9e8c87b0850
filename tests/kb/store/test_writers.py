"""Several writers on one store: each waits its turn, none loses anything."""

from __future__ import annotations

import threading
from datetime import timedelta

from kb.config import Config
from kb.store import Store, open_store
from tests.kb.made_up import APRIL, make_gesetz


def test_two_writers_queue(store_config: Config, store: Store) -> None:
    failures: list[BaseException] = []

    def write(kuerzel: str) -> None:
        try:
            with open_store(store_config) as mine:
                for n in range(8):
                    mine.replace(*make_gesetz({"1": [f"Stand {n}."]}, kuerzel=kuerzel, stand=APRIL + timedelta(days=n)))
        except BaseException as error:  # noqa: BLE001
            failures.append(error)

    writers = [threading.Thread(target=write, args=(kuerzel,)) for kuerzel in ("AG", "BG")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert failures == []
    assert [(info.id, len(info.states)) for info in store.sources()] == [("ag", 8), ("bg", 8)]
