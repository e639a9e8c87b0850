"""Answers over a real store and real indexes: proven, limited in time, or declined."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
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

    def build(
        *states: tuple[date, str], pending: tuple[PendingChange, ...] = (), tables: Mapping[str, str] | None = None
    ) -> KnowledgeBase:
        starter = tmp_path / "starter"
        (starter / "notes").mkdir(parents=True)
        (starter / "notes" / "lehre-60c.md").write_text(small_law.NOTE_MD, encoding="utf-8")
        (starter / "norms.lock").write_text(format_pins(small_law.pins().values()), encoding="utf-8")
        for name, text in (tables or {}).items():
            (starter / name).parent.mkdir(exist_ok=True)
            (starter / name).write_text(text, encoding="utf-8")
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


MATRIX = """
[[matrix]]
id = "probe"
title = "Probe"
title_en = "Sample"
file = "probe.csv"
columns = "support"

[[matrix.row]]
id = "60c"
title = "Duldung zur Lehre (§ 60c)"
title_en = "Toleration (section 60c)"
norms = ["AufenthG § 60c"]
words = ["60c"]

[[matrix.column]]
id = "bafoeg"
title = "BAföG"
title_en = "BAföG"
words = ["bafög"]
"""
CELL = "Mit § 60c gibt es BAföG sieben Monate vor Beginn der Lehre."
ASKED = ["Bekommt man mit der Duldung zur Lehre BAföG?", "BAföG für den Lehrling mit Duldung zur Lehre?"]
TABLES = {
    "questions/a.jsonl": "".join(
        json.dumps({"question": text, "lang": "de", "style": "lay", "norms": ["AufenthG § 60c"], "absatz": "2"}) + "\n"
        for text in ASKED
    ),
    "matrices.toml": MATRIX,
    "probe.csv": "status;support;verdict;text;text_en;norms;note\n"
    f"60c;bafoeg;ja;{CELL};With section 60c BAföG comes seven months before.;§ 60c Abs. 2 AufenthG;lehre-60c\n",
    "contacts.toml": '[[contact]]\nid = "amt"\nname = "Lehramt"\nname_en = "Office"\nlevel = "Kommune"\n'
    'decides = "Das Lehramt entscheidet."\ndecides_en = "It decides."\nwhen = "Vor der Lehre."\n'
    'when_en = "Before."\nrefs = "Praxis"\ntopics = ["lehre-60c"]\n',
    "glossary.csv": "de_term;abbrev;lay_synonyms_de;en_terms;norm;readings\nLehre;LE;;;;Lehre|Lehramt\n",
    "traps.jsonl": json.dumps(
        {
            "question": "Man muss für die Duldung zur Lehre doch bis zum ersten Tag warten?",
            "lang": "de",
            "style": "lay",
            "norms": ["AufenthG § 60c"],
            "note": "lehre-60c",
            "premise": "man bis zum ersten Tag warten muss",
            "premise_en": "one must wait until the first day",
            "correct": "Der Antrag auf die Duldung zur Lehre ist sieben Monate vor Beginn möglich.",
            "correct_en": "The application is possible seven months before.",
            "refs": "§ 60c Abs. 2 AufenthG",
        }
    ),
}
STORED = (small_law.STAND, small_law.ABSATZ_2)


def test_a_question_that_names_a_cell_gets_it(opened: Opened) -> None:
    given = answer(
        "Bekommt der Lehrling mit Duldung zur Lehre nach § 60c BAföG?", kb=opened(STORED, tables=TABLES), now=now
    )
    assert given.statements[0].text == CELL
    assert given.is_proven(given.statements[0])
    assert not any("nicht gespeichert" in point for point in given.open_points)


def test_a_false_premise_is_corrected_first(opened: Opened) -> None:
    asked = "Muss man für die Duldung zur Lehre bis zum ersten Tag warten?"
    given = answer(asked, kb=opened(STORED, tables=TABLES), now=now)
    assert given.statements[0].text.startswith("Falsch ist, dass man bis zum ersten Tag warten muss: Der Antrag")
    assert given.is_proven(given.statements[0])


def test_who_helps_is_named_for_the_topic(opened: Opened) -> None:
    given = answer(QUESTION, kb=opened(STORED, tables=TABLES), now=now)
    assert "Wer hilft weiter: Lehramt: Vor der Lehre." in given.open_points


def test_an_abbreviation_with_several_meanings_is_asked_back(opened: Opened) -> None:
    given = answer("LE", kb=opened(STORED, tables=TABLES), now=now)
    assert given.open_points[0].startswith("„LE“ kann Verschiedenes heißen: Lehre, Lehramt.")
