"""The lexical contract: what is found, in which order, and what a copy shares with its original."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.lexical import Entry, Lexical, LexicalWriter, analyse, copy_lexical, lexical_format

TEXTS: tuple[Entry, ...] = (
    ("a", ("Aufenthalt",), "Duldung", "Die Ausbildungsduldung wird für die Ausbildung erteilt."),
    ("b", (), "Beschäftigung", "Die Beschäftigung bedarf der Zustimmung der Bundesagentur für Arbeit."),
    ("c", (), "Müll", "Straßenbauer dürfen Straßen bauen."),
    ("d", (), "Müll", "Straßenbauer dürfen Straßen bauen."),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with LexicalWriter(tmp_path / "lexical") as writer:
        assert writer.apply(TEXTS, ()) == len(TEXTS)
    return tmp_path / "lexical"


@pytest.mark.parametrize(
    ("query", "expected", "reason"),
    [
        ("Ausbildungsduldung", ["a"], "the word itself"),
        ("duldungen", ["a"], "another form of a part of a compound"),
        ("Ausbldungsduldung", ["a"], "a slip: the n-grams still agree"),
        ("beschaeftigung", ["b"], "umlauts spelt out"),
        ("STRASSENBAUER", ["c", "d"], "ß and capitals; equal scores in the order of ids"),
        ("Aufenthalt", ["a"], "the context is searched too"),
        ("wann wird der die das", [], "question and stop words find nothing"),
        ("", [], "nothing asked"),
        ("§ ( ) \" ' : * ? ~ ^ [ ] { } AND OR NOT + - && || ! \\ /", [], "no character means anything"),
        ("words:duldung* grams:[a TO z]", ["a"], "nor does the syntax of queries"),
        ("xylophon", [], "an unknown word"),
    ],
)
def test_search(folder: Path, query: str, expected: list[str], reason: str) -> None:
    assert [text_id for text_id, _ in Lexical(folder).search(query, limit=10)] == expected, reason


def test_scores_fall_and_the_limit_holds(folder: Path) -> None:
    hits = Lexical(folder).search("Straßenbauer Beschäftigung Ausbildung", limit=3)
    assert len(hits) == 3
    assert [score for _, score in hits] == sorted((score for _, score in hits), reverse=True)
    assert Lexical(folder).search("Duldung", limit=0) == []


def test_letter_of_many_words_is_cut_not_refused(folder: Path) -> None:
    letter = "Ausbildungsduldung " + " ".join(f"wort{n}" for n in range(5000))
    assert [text_id for text_id, _ in Lexical(folder).search(letter, limit=1)] == ["a"]


def test_upsert_replaces_and_delete_removes(folder: Path) -> None:
    with LexicalWriter(folder) as writer:
        writer.apply([("a", (), "", "Etwas über Bienen.")], ["c", "unknown"])
    lexical = Lexical(folder)
    assert (lexical.ids(), len(lexical)) == (["a", "b", "d"], 3)
    assert lexical.search("Ausbildungsduldung", limit=5) == []
    assert [text_id for text_id, _ in lexical.search("Bienen", limit=5)] == ["a"]


def test_error_while_writing_leaves_what_was(folder: Path) -> None:
    with pytest.raises(KeyError), LexicalWriter(folder) as writer:
        writer.apply([("e", (), "", "Bienen")], ["a"])
        raise KeyError
    assert Lexical(folder).ids() == ["a", "b", "c", "d"]


def test_copy_is_independent(folder: Path, tmp_path: Path) -> None:
    copy_lexical(folder, tmp_path / "copy")
    with LexicalWriter(tmp_path / "copy") as writer:
        writer.apply([("e", (), "", "Bienen")], ["a"])
    assert Lexical(folder).ids() == ["a", "b", "c", "d"]
    assert Lexical(tmp_path / "copy").ids() == ["b", "c", "d", "e"]
    with LexicalWriter(folder) as writer:
        writer.apply((), ["b", "c", "d"])
    assert Lexical(tmp_path / "copy").ids() == ["b", "c", "d", "e"]
    assert [text_id for text_id, _ in Lexical(tmp_path / "copy").search("Bundesagentur", limit=5)] == ["b"]


def test_missing_folder_finds_nothing(tmp_path: Path) -> None:
    copy_lexical(tmp_path / "none", tmp_path / "copy")
    lexical = Lexical(tmp_path / "none")
    assert (lexical.search("Duldung", limit=5), lexical.ids(), len(lexical)) == ([], [], 0)
    assert not (tmp_path / "copy").exists()


def test_duplicates_are_listed_as_often_as_they_are_there(folder: Path) -> None:
    import tantivy

    index = tantivy.Index.open(str(folder))
    writer = index.writer()
    document = tantivy.Document()
    document.add_text("id", "a")
    writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()
    assert Lexical(folder).ids() == ["a", "a", "b", "c", "d"]


def test_analysis_by_chunks_is_the_analysis_of_the_whole() -> None:
    from kb import german

    text = "(1) Die Ausbildungsduldung\u00a0nach § 60c Abs. 2 Nr. 1a,\tBeschäftigungs-\nerlaubnis; Straßen—bau E-Mail"
    assert analyse(text) == (" ".join(german.index_words(text)), " ".join(german.ngrams(text)))


def test_format_is_stable_within_a_version() -> None:
    assert lexical_format() == lexical_format()
    assert len(lexical_format()) == 12
