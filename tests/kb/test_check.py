"""The check of the starter knowledge: what is wrong, in which file and line."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from kb.check import check
from kb.config import Config
from kb.note import statement_key
from kb.pins import format_pins, read_pins
from kb.split import split
from kb.store import open_store
from tests.kb import small_law

TODAY = date(2026, 11, 30)


def run(folder: Path, *, stored: bool = True, write_lock: bool = False) -> list[tuple[str, int, str]]:
    """The findings as (file, line, message)."""
    config = Config(home=folder / "home", starter=str(folder / "starter"))
    config.home.mkdir(exist_ok=True)
    with open_store(config) as store:
        if stored:
            law = small_law.statute()
            store.replace(law, split(law))
        report = check(store, config, write_lock=write_lock, today=TODAY)
        return [(error.file, error.line, error.message) for error in report.errors]


def starter(folder: Path, note: str = small_law.NOTE_MD, *questions: dict[str, object], pinned: bool = True) -> None:
    """Writes a starter folder."""
    (folder / "starter" / "notes").mkdir(parents=True)
    (folder / "starter" / "questions").mkdir()
    (folder / "starter" / "notes" / "lehre-60c.md").write_text(note, encoding="utf-8")
    lines = "".join(json.dumps(question) + "\n" for question in questions)
    (folder / "starter" / "questions" / "a.jsonl").write_text(lines, encoding="utf-8")
    if pinned:
        (folder / "starter" / "norms.lock").write_text(format_pins(small_law.pins().values()), encoding="utf-8")


def question(text: str, **other: object) -> dict[str, object]:
    """A bank question without a fault, but for what is said otherwise."""
    good = {"lang": "de", "style": "lay", "norms": ["AufenthG § 60c"], "absatz": None, "note": "lehre-60c"}
    return {"question": text, **good, **other}


def test_a_good_note_has_no_findings(tmp_path: Path) -> None:
    starter(tmp_path, small_law.NOTE_MD, question("Wann?", absatz="2"))
    assert run(tmp_path) == []


def test_pins_stand_in_for_texts_that_are_not_stored(tmp_path: Path) -> None:
    starter(tmp_path)
    assert run(tmp_path, stored=False) == []


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        (
            "Duldung zur Lehre. [§ 60c Abs. 1 AufenthG]",
            "Duldung zur Lehre.",
            12,
            "the statement ends without its reference",
        ),
        ("§ 60c Abs. 2 AufenthG", "§ 60c Abs. 9 AufenthG", 21, "the Norm has no Absatz 9"),
        ("§ 60c Abs. 1 Nr. 1 AufenthG", "§ 60c Abs. 1 Nr. 7 AufenthG", 15, "shows no Nummer 7"),
        ("§ 60c Abs. 2 AufenthG", "irgendwo", 21, "the bracket cannot be read"),
        ("## Typische Fehler", "## Häufige Fehler", 11, "the headings must be"),
        ("id: lehre-60c", "id: anders", 2, "the id must be the file name"),
        ("related: []", "related: [lehre-16g]", 7, "a dead link: there is no note lehre-16g"),
        ("related: []", "related: [lehre-60c]", 7, "the note is related to itself"),
        ("reviewed: 2026-11-22", "reviewed: 2025-11-22", 9, "the review was due on 2026-11-22"),
        ("reviewed: 2026-11-22", "reviewed: null", 9, "not reviewed"),
        (
            "geht sieben Monate vor Beginn",
            "geht acht Monate vor Beginn",
            21,
            "8 monat is not in the text of § 60c Abs. 2 AufenthG",
        ),
    ],
)
def test_findings_name_file_and_line(tmp_path: Path, old: str, new: str, line: int, message: str) -> None:
    starter(tmp_path, small_law.NOTE_MD.replace(old, new))
    (found,) = run(tmp_path)
    assert (found[0], found[1]) == ("notes/lehre-60c.md", line)
    assert message in found[2]


def test_the_bank_is_checked_too(tmp_path: Path) -> None:
    starter(
        tmp_path,
        small_law.NOTE_MD,
        question("Wann geht das?"),
        question("wann geht das"),
        question("Und?", norms=["AufenthG § 1"]),
        question("Wie?", note="nirgends", answer=[statement_key("Reiche den Lehrvertrag mit ein."), "00000000"]),
        question("Wo?", note=None, lang="fr"),
    )
    assert run(tmp_path) == [
        ("questions/a.jsonl", 2, "the question stands already in questions/a.jsonl:1"),
        ("questions/a.jsonl", 3, "the Norm is neither stored nor pinned"),
        ("questions/a.jsonl", 4, "no note has the id 'nirgends'"),
        ("questions/a.jsonl", 4, "the statement that answers it was reworded or is gone: choose anew"),
        ("questions/a.jsonl", 5, "lang must be one of de, en, style one of lay, case, professional, keyword"),
        ("questions/a.jsonl", 5, "the question is linked to no note"),
    ]


def test_a_pin_of_another_wording_is_a_finding(tmp_path: Path) -> None:
    starter(tmp_path)
    lock = tmp_path / "starter" / "norms.lock"
    lock.write_text(lock.read_text(encoding="utf-8")[:-4] + "000\n", encoding="utf-8")
    assert [(file, message[:29]) for file, _, message in run(tmp_path)] == [
        ("norms.lock", "changed since it was checked ")
    ]


def test_writing_the_lock_pins_what_notes_and_bank_rest_on(tmp_path: Path) -> None:
    starter(tmp_path, pinned=False)
    assert run(tmp_path, write_lock=True) == []
    whole = {ref for ref in read_pins(tmp_path / "starter" / "norms.lock") if ref.absatz is None}
    assert read_pins(tmp_path / "starter" / "norms.lock").keys() - whole == small_law.pins().keys()


def test_a_computed_or_unseen_number_needs_no_text(tmp_path: Path) -> None:
    sentence = "Der Antrag auf die Duldung zur Lehre geht sieben Monate vor Beginn. [§ 60c Abs. 2 AufenthG]"
    computed = "Der Antrag geht 210 Tage vorher. [rechnerisch: § 60c Abs. 2 AufenthG]"
    unseen = "Der Antrag geht acht Monate vorher. [§ 60c Abs. 2 AufenthG; nicht geprüft: Erlass]"
    starter(tmp_path, small_law.NOTE_MD.replace(sentence, f"{computed}\n- {unseen}"))
    assert run(tmp_path) == []


MATRICES = """
[[matrix]]
id = "probe"
title = "Probe"
title_en = "Sample"
file = "probe.csv"
columns = "support"

[[matrix.row]]
id = "60c"
title = "Duldung zur Lehre"
title_en = "Toleration"
words = ["lehrduldung"]

[[matrix.column]]
id = "geld"
title = "Geld"
title_en = "Money"
words = ["geld"]

[[matrix.column]]
id = "kurs"
title = "Kurs"
title_en = "Course"
words = ["kurs"]
"""
CELLS = """status;support;verdict;text;text_en;norms;gap;gap_en;gap_norms;note
60c;geld;ja;Geld gibt es sieben Monate vorher.;Money comes seven months before.;§ 60c Abs. 2 AufenthG;;;;lehre-60c
"""


def test_tables_are_checked_too(tmp_path: Path) -> None:
    starter(tmp_path)
    folder = tmp_path / "starter"
    (folder / "matrices.toml").write_text(MATRICES, encoding="utf-8")
    (folder / "probe.csv").write_text(CELLS.replace("seven", "nine"), encoding="utf-8")
    (folder / "glossary.csv").write_text(
        "de_term;abbrev;lay_synonyms_de;en_terms;norm;readings\nLehre;;;;§ 9 AufenthG;\nLehre;;;;;\n", encoding="utf-8"
    )
    (folder / "faq.toml").write_text(
        '[[faq]]\nid = "f1"\nquestion = "Wann?"\nquestion_en = "When?"\naudience = "all"\ntopic = "x"\n'
        'norms = ["AufenthG § 60c"]\n',
        encoding="utf-8",
    )
    (folder / "catalogue.toml").write_text('[[source]]\nslug = "a"\nsync = "fax"\n', encoding="utf-8")
    assert run(tmp_path) == [
        ("catalogue.toml", 2, "sync of a must be one of gii, eurlex, revosax, manual"),
        ("catalogue.toml", 2, "the source a lacks title, publisher, kind, jurisdiction, review_days"),
        ("faq.toml", 2, "audience must be one of mentor, employer, mentee"),
        ("faq.toml", 2, "no note has the id 'x'"),
        ("glossary.csv", 2, "the Norm is neither stored nor pinned"),
        ("glossary.csv", 3, "the term stands already in line 2"),
        ("probe.csv", 1, "there is no cell for 60c, kurs"),
        ("probe.csv", 2, "9 monat is not in the text of § 60c Abs. 2 AufenthG"),
    ]


def trap(**other: str) -> str:
    good = {
        "question": "Der Antrag geht erst am ersten Tag, oder?",
        "lang": "de",
        "style": "lay",
        "norms": ["AufenthG § 60c"],
        "note": "lehre-60c",
        "premise": "der Antrag erst am ersten Tag geht",
        "premise_en": "the application is possible on the first day only",
        "correct": "Der Antrag geht sieben Monate vorher.",
        "correct_en": "The application is possible seven months before.",
        "refs": "§ 60c Abs. 2 AufenthG",
    }
    return json.dumps({**good, **other}, ensure_ascii=False) + "\n"


def test_misconceptions_and_unanswerable_questions_are_checked_too(tmp_path: Path) -> None:
    starter(tmp_path, small_law.NOTE_MD, question("Wann?"))
    lines = trap() + trap(question="Erst am ersten Tag?", correct="Der Antrag geht früher.")
    (tmp_path / "starter" / "traps.jsonl").write_text(lines, encoding="utf-8")
    known = {"question": "Wann?", "lang": "de", "style": "lay", "kind": "far", "reason": "x"}
    odd = {**known, "question": "Wie wird das Wetter?", "kind": "odd"}
    (tmp_path / "starter" / "unanswerable.jsonl").write_text(
        f"{json.dumps(known)}\n{json.dumps(odd)}\n", encoding="utf-8"
    )
    assert run(tmp_path) == [
        ("traps.jsonl", 2, "line 1 corrects the same belief otherwise"),
        ("unanswerable.jsonl", 1, "the question stands already in questions/a.jsonl:1"),
        ("unanswerable.jsonl", 2, "kind must be one of near, far, misuse, and a reason must be there"),
    ]


def test_a_file_that_cannot_be_read_is_a_finding_with_its_line(tmp_path: Path) -> None:
    starter(tmp_path)
    (tmp_path / "starter" / "traps.jsonl").write_text(trap() + "{}\n", encoding="utf-8")
    (tmp_path / "starter" / "contacts.toml").write_text('[[contact]]\nid = "abh"\n', encoding="utf-8")
    found = run(tmp_path)
    assert [(file, line) for file, line, _ in found] == [("contacts.toml", 1), ("traps.jsonl", 2)]
