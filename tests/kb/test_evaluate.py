"""Question sets to figures: every measure on cases small enough to work out by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from kb.errors import SourceError
from kb.evaluate import (
    Item,
    Seen,
    canonical,
    figures,
    hit_at,
    is_mentioned,
    ndcg,
    observe,
    percentile,
    read_items,
    reciprocal_rank,
    report,
)
from kb.evidence import Answer, Citation, CitationKind, Statement, StatementKind, Status, Verdict
from kb.model import Hit, Kind, Passage, SourceInfo
from tests.kb.made_up import AUGUST, ref

ONE = Seen(
    id="1",
    lang="de",
    style="lay",
    answerable=True,
    relevant=("A § 1", "A § 2"),
    ranking=("A § 3", "A § 2", "A § 1"),
    status="ANSWERED",
    confidence=0.9,
    cited=("A § 2",),
    citations=4,
    verbatim=3,
    legal=2,
    norm_backed=1,
    mentioned=(True, False),
    ms=10.0,
)
REFUSED = Seen("2", "en", "case", False, (), ("A § 9",), "DECLINED", 0.1, (), 0, 0, 0, 0, (), 30.0)


@pytest.mark.parametrize(
    ("relevant", "ranked", "expected"),
    [
        pytest.param(["a"], ["a", "b"], (1.0, 1.0, 1.0), id="first"),
        pytest.param(["b"], ["a", "b"], (0.0, 0.5, 0.6309), id="second"),
        pytest.param(["a", "b"], ["b", "c", "a"], (1.0, 1.0, 0.9197), id="two, one late"),
        pytest.param(["x"], ["a"], (0.0, 0.0, 0.0), id="not found"),
        pytest.param(["k"], list("abcdefghijk"), (0.0, 0.0, 0.0), id="eleventh is too late"),
        pytest.param([], ["a"], (0.0, 0.0, 0.0), id="nothing relevant"),
    ],
)
def test_ranking_measures(relevant: list[str], ranked: list[str], expected: tuple[float, float, float]) -> None:
    found = (hit_at(relevant, ranked, 1), reciprocal_rank(relevant, ranked), ndcg(relevant, ranked))
    assert found == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("SGB 2 § 7", "SGB II § 7"),
        ("AsylVfG 1992 § 61", "AsylG § 61"),
        ("GG Art 16a", "GG Art. 16a"),
        ("ausbildungsduldung-60c", "ausbildungsduldung-60c"),
    ],
)
def test_names_of_normen_normalise_and_file_stems_stay(name: str, key: str) -> None:
    assert canonical(name) == key


@pytest.mark.parametrize(
    ("item", "statements", "expected"),
    [
        pytest.param("mindestens drei Monate Duldung", ["Die Duldung besteht 3 Monate."], True, id="words are digits"),
        pytest.param("drei Monate Duldung", ["Die Duldung besteht seit Monaten."], False, id="the number is missing"),
        pytest.param("drei Monate Duldung", ["Die Duldung.", "Nach drei Monaten."], True, id="two neighbours"),
        pytest.param("drei Monate Duldung", ["Die Duldung.", "Nein.", "Drei Monate."], False, id="too far apart"),
        pytest.param(
            "Antrag bei der Behörde", ["Anträge nimmt die Ausländerbehörde an."], True, id="a compound's part"
        ),
        pytest.param("Pass Visum Antrag Frist Geld", ["Pass, Visum, Antrag."], True, id="three of five are enough"),
        pytest.param("Pass Visum Antrag Frist Geld", ["Pass und Visum."], False, id="two of five are not"),
        pytest.param("§ 60c", ["Es gilt § 60c AufenthG."], True, id="only a number"),
        pytest.param("Duldung", [], False, id="no answer"),
    ],
)
def test_must_mention(item: str, statements: list[str], expected: bool) -> None:
    assert is_mentioned(item, statements) is expected


def test_figures() -> None:
    assert figures([ONE, REFUSED]) == {
        "n": 2,
        "retrieval": {"hit@1": 0.0, "hit@3": 1.0, "hit@5": 1.0, "hit@10": 1.0, "mrr@10": 0.5, "ndcg@10": 0.6934},
        "citation": {"hit_in_cited": 1.0, "verbatim_share": 0.75, "norm_backed_share": 0.5},
        "must_mention": 0.5,
        "abstention": {"declined_unanswerable": 1.0, "declined_answerable": 0.0},
        "ms": {"p50": 10.0, "p95": 30.0},
    }


def test_no_question_of_a_kind_is_no_score() -> None:
    found = figures([REFUSED])
    assert found["retrieval"]["hit@5"] is None
    assert found["citation"] == {"hit_in_cited": None, "verbatim_share": None, "norm_backed_share": None}
    assert found["abstention"] == {"declined_unanswerable": 1.0, "declined_answerable": None}


def test_a_partial_answer_is_not_declined() -> None:
    assert figures([replace(ONE, status="PARTIAL")])["abstention"]["declined_answerable"] == 0.0


def test_the_report_splits_by_language_and_style() -> None:
    by = report([ONE, REFUSED])["by"]
    assert {name: {group: part["n"] for group, part in groups.items()} for name, groups in by.items()} == {
        "lang": {"de": 1, "en": 1},
        "style": {"lay": 1, "case": 1},
        "lang/style": {"de/lay": 1, "en/case": 1},
    }


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [([], 0.5, 0.0), ([3.0], 0.95, 3.0), ([1.0, 2.0, 3.0, 4.0], 0.5, 2.0), ([1.0, 2.0, 3.0, 4.0], 0.95, 4.0)],
)
def test_percentile(values: list[float], share: float, expected: float) -> None:
    assert percentile(values, share) == expected


def test_what_is_seen_of_an_answer() -> None:
    source = SourceInfo("testg", Kind.GESETZ, "TestG", "", "", AUGUST, AUGUST)
    passage = Passage.make("testg/§1/1#1", "testg", ref("1", "1"), heading="", text="Text")
    hits = [Hit(passage, source, rank, 1.0, (), ref(number)) for rank, number in enumerate(["1", "2", "1"], start=1)]
    citation = Citation(1, CitationKind.NORM, ref("1", "1"), "testg", "", "Text", "", AUGUST, Verdict.VERBATIM)
    other = replace(citation, n=2, locator=ref("2"), verdict=Verdict.NOT_IN_CONTEXT)
    answer = Answer(
        question="?",
        lang="de",
        statements=(
            Statement("Der Text gilt.", "", StatementKind.LEGAL, (1,)),
            Statement("Anderes auch.", "", StatementKind.LEGAL, (2,)),
            Statement("Rat.", "", StatementKind.PRACTICE, ()),
        ),
        citations=(citation, other),
        hits=tuple(hits),
        status=Status.PARTIAL,
        confidence=0.5,
        created_at=datetime(2026, 8, 19, tzinfo=UTC),
        kb_version="1",
        oldest_rechtsstand=date(2026, 8, 19),
    )
    item = Item("7", "?", ("TestG § 1",), ("Text gilt",), True, "de", "lay")
    assert observe(item, hits, answer, ms=1.234) == Seen(
        id="7",
        lang="de",
        style="lay",
        answerable=True,
        relevant=("TestG § 1",),
        ranking=("TestG § 1", "TestG § 2"),
        status="PARTIAL",
        confidence=0.5,
        cited=("TestG § 1", "TestG § 2"),
        citations=2,
        verbatim=1,
        legal=2,
        norm_backed=1,
        mentioned=(True,),
        ms=1.23,
    )


def test_items_are_read(tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text(
        json.dumps({"id": "a", "question": "Was?", "relevant": ["SGB 2 § 7"], "lang": "de", "style": "lay"})
        + "\n\n"
        + json.dumps({"question": "What about the weather?", "answerable": False}),
        encoding="utf-8",
    )
    assert read_items(file) == [
        Item("a", "Was?", ("SGB II § 7",), (), True, "de", "lay"),
        Item("3", "What about the weather?", (), (), False, "en", ""),
    ]


@pytest.mark.parametrize("line", ["{", '{"id": "a"}', "[]", '"text"'])
def test_a_line_that_is_no_question_is_named(tmp_path: Path, line: str) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text(f'{{"question": "Was?"}}\n{line}\n', encoding="utf-8")
    with pytest.raises(SourceError, match="line 2"):
        read_items(file)
