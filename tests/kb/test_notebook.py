"""Which statements of the notes come first for a question."""

from __future__ import annotations

from dataclasses import replace

from kb.groups import Asked
from kb.model import BankQuestion
from kb.note import NoteStatement, statement_key
from kb.notebook import Notebook
from tests.kb import small_law

QUESTION = "Wann geht der Antrag auf die Duldung zur Lehre?"


def test_the_deadline_comes_first_and_what_is_only_asked_not_at_all() -> None:
    ranked = Notebook([small_law.note()]).rank(QUESTION, [small_law.hit()], lang="de")
    assert ranked[0].entry.statement.text == ("Der Antrag auf die Duldung zur Lehre geht sieben Monate vor Beginn.")
    assert len(ranked) == 4
    assert [each.score for each in ranked] == sorted((each.score for each in ranked), reverse=True)


def test_each_language_has_its_own_ranking() -> None:
    notebook = Notebook([small_law.note()])
    found = [each.entry.statement.text for each in notebook.rank(QUESTION, [small_law.hit()], lang="en")]
    assert found == ["Whoever begins an apprenticeship gets the toleration."]
    assert notebook.rank(QUESTION, [small_law.hit()], lang="fr") == []


def test_a_question_that_compares_wants_the_rows_of_a_table() -> None:
    row = NoteStatement(
        "Dauer – § 60c: drei Jahre; § 16g: zwei Jahre", "Voraussetzungen", (small_law.REF,), "", "de", 99, "§ 60c"
    )
    note = small_law.note()
    notebook = Notebook([replace(note, statements=(*note.statements, row))])
    scores = {
        question: next(each.score for each in notebook.rank(question, [], lang="de") if each.entry.statement is row)
        for question in ("Unterschied der Dauer", "Dauer")
    }
    assert scores["Unterschied der Dauer"] > scores["Dauer"]


def test_no_notes_no_statements_and_the_limit_holds() -> None:
    assert Notebook([]).rank(QUESTION, [], lang="de") == []
    assert len(Notebook([small_law.note()]).rank(QUESTION, [], lang="de", limit=2)) == 2


def test_what_answered_a_near_question_comes_first() -> None:
    wanted = "Der Lehrling beginnt oder setzt die Lehre fort."
    near = BankQuestion("Muss er neu beginnen?", "de", "lay", (small_law.REF,), answer=(statement_key(wanted),))
    notebook = Notebook([small_law.note()])
    first = [notebook.rank(QUESTION, [], lang="de", asked=[Asked(near, cosine)])[0] for cosine in (0.2, 0.9)]
    assert [each.answers for each in first] == [0.0, 1.0]
    assert (first[0].entry.statement.text != wanted, first[1].entry.statement.text) == (True, wanted)
