"""Answers over a real store and real indexes: proven, limited in time, or declined."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from ingest.starter import init_starter
from kb.answer import answer
from kb.config import Config
from kb.evidence import Status, Verdict
from kb.knowledge_base import KnowledgeBase, open_kb
from kb.model import PendingChange
from kb.pins import format_pins
from kb.split import split
from kb.store import open_store
from tests.kb import small_law

SHIPPED = Path(__file__).parents[2] / "kb" / "starter" / "embedding"
QUESTION = "Wann geht der Antrag auf die Duldung zur Lehre nach § 60c AufenthG?"
OLDER = date(2025, 4, 2)
OTHER_WORDING = "(2) Der Antrag ist neun Monate vor dem Beginn der Lehre möglich."


def now() -> datetime:
    return datetime(2026, 11, 22, tzinfo=UTC)


Opened = Callable[..., KnowledgeBase]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    """Opens a knowledge base of the note and of the states of the statute that are given."""
    bases: list[KnowledgeBase] = []

    def build(*states: tuple[date, str], pending: tuple[PendingChange, ...] = ()) -> KnowledgeBase:
        starter = tmp_path / "starter"
        (starter / "notes").mkdir(parents=True)
        (starter / "notes" / "lehre-60c.md").write_text(small_law.NOTE_MD, encoding="utf-8")
        (starter / "norms.lock").write_text(format_pins(small_law.pins().values()), encoding="utf-8")
        config = Config(home=tmp_path / "home", starter=str(starter), embedder=str(SHIPPED))
        config.home.mkdir()
        with open_store(config) as store:
            init_starter(store, config)
            for stand, wording in states:
                from dataclasses import replace

                law = replace(small_law.statute(stand, wording), pending=pending)
                store.replace(law, split(law))
        bases.append(open_kb(config))
        return bases[-1]

    yield build
    for base in bases:
        base.close()


def test_every_legal_sentence_is_proven(opened: Opened) -> None:
    given = answer(QUESTION, kb=opened((small_law.STAND, small_law.ABSATZ_2)), now=now)
    assert given.status is Status.ANSWERED
    assert {citation.verdict for citation in given.citations} <= {Verdict.VERBATIM, Verdict.NORM_IN_CONTEXT}
    assert given.oldest_rechtsstand == small_law.STAND
    assert given.created_at == now()


def test_without_the_text_the_note_stands_on_its_pins(opened: Opened) -> None:
    given = answer(QUESTION, kb=opened(), now=now)
    assert given.status is Status.ANSWERED
    assert Verdict.NORM_PINNED in {citation.verdict for citation in given.citations}


def test_a_changed_norm_is_said_and_leaves_the_answer_partial(opened: Opened) -> None:
    given = answer(QUESTION, kb=opened((date(2026, 10, 1), OTHER_WORDING)), now=now)
    assert given.status is Status.PARTIAL
    assert Verdict.NORM_CHANGED in {citation.verdict for citation in given.citations}
    assert any(notice.startswith("Norm seit Prüfung geändert: § 60c AufenthG") for notice in given.notices)


@pytest.mark.parametrize(
    ("stichtag", "words"),
    [
        pytest.param(date(2024, 1, 1), "kein Text gespeichert", id="before the oldest text"),
        pytest.param(date(2026, 1, 1), "zwischen 02.04.2025 und 19.08.2026 geändert", id="between two wordings"),
    ],
)
def test_a_doubtful_stichtag_is_said(opened: Opened, stichtag: date, words: str) -> None:
    kb = opened((OLDER, OTHER_WORDING), (small_law.STAND, small_law.ABSATZ_2))
    given = answer(QUESTION, kb=kb, stichtag=stichtag, now=now)
    assert given.status is Status.PARTIAL
    assert any(words in notice for notice in given.notices), given.notices


def test_a_pending_change_in_force_is_said(opened: Opened) -> None:
    pending = (PendingChange("Änderung noch nicht berücksichtigt", date(2026, 10, 1)),)
    given = answer(QUESTION, kb=opened((small_law.STAND, small_law.ABSATZ_2), pending=pending), now=now)
    assert given.status is Status.PARTIAL
    assert any("01.10.2026" in notice for notice in given.notices)


def test_what_nothing_is_known_about_is_declined(opened: Opened) -> None:
    given = answer("Wie backe ich einen Apfelkuchen ohne Eier?", kb=opened(), now=now)
    assert (given.status, given.statements, given.citations) == (Status.DECLINED, (), ())


def test_a_lone_word_gets_a_question_back(opened: Opened) -> None:
    given = answer("Duldung", kb=opened((small_law.STAND, small_law.ABSATZ_2)), now=now)
    assert given.status is Status.PARTIAL
    assert given.open_points[0].startswith("„Duldung“ allein lässt vieles offen")
