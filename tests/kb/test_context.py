"""What an answer may rest on."""

from __future__ import annotations

from kb.context import build_context
from tests.kb import small_law


def test_hits_come_first_then_the_note_numbered_from_1() -> None:
    context = build_context([small_law.hit()], [small_law.note()])
    assert [entry.label for entry in context.sources] == list(range(1, len(context.sources) + 1))
    assert [entry.source.id for entry in context.sources][:2] == ["aufenthg_2004", "note:lehre-60c"]


def test_only_whole_passages_and_at_least_one_fit() -> None:
    hits = [small_law.hit(2), small_law.hit(1)]
    assert [entry.passage for entry in build_context(hits, max_words=1).sources] == [hits[0].passage]


def test_a_note_knows_what_it_rests_on_and_where_a_statement_stands() -> None:
    note = small_law.note()
    assert dict(note.centrality) == {small_law.REF: 1.0}
    places = [note.passage_of(statement) for statement in note.statements if statement.bracket]
    assert all(place is not None and place in note.passages for place in places)
