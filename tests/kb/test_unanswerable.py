"""Questions without an answer here: read, and told from the bank."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from kb.errors import SourceError
from kb.lexical import Lexical, LexicalWriter
from kb.unanswerable import FILE, read_unanswerable
from tests.kb.made_up import FakeEmbedder

ROWS = [("Wie wird das Wetter?", "weather"), ("Regnet es morgen?", "weather"), ("Wer wird Meister?", "football")]


def write(folder: Path) -> Path:
    """The rows as a file."""
    file = folder / FILE
    lines = [json.dumps({"question": question, "reason": reason}) for question, reason in ROWS]
    file.write_text("\n".join(lines) + "\n\n", encoding="utf-8")
    return file


def test_read_and_left_out_by_kind(tmp_path: Path) -> None:
    everything = read_unanswerable(write(tmp_path), FakeEmbedder())
    rest = everything.without("weather")
    assert [len(everything.questions), len(everything.vectors)] == [3, 3]
    assert (rest.questions, rest.groups, len(rest.vectors)) == (("Wer wird Meister?",), ("football",), 1)


def test_no_file_is_no_question(tmp_path: Path) -> None:
    assert read_unanswerable(tmp_path / FILE, FakeEmbedder()).questions == ()


@pytest.mark.parametrize("line", ["no json", '{"question": "Wo?"}', "[]"])
def test_a_bad_line_is_named(tmp_path: Path, line: str) -> None:
    file = tmp_path / FILE
    file.write_text(f"\n{line}\n", encoding="utf-8")
    with pytest.raises(SourceError) as caught:
        read_unanswerable(file, FakeEmbedder())
    assert caught.value.where == f"{FILE}, line 2"


def test_subject_is_nearness_to_the_bank_less_nearness_to_these(tmp_path: Path) -> None:
    known = read_unanswerable(write(tmp_path), FakeEmbedder())
    elsewhere = known.vectors[0]
    assert known.subject(elsewhere, [0.9, 0.8]) > known.subject(elsewhere, [0.3])
    assert known.subject(elsewhere, [0.5]) < known.subject(np.zeros(16, dtype=np.float32), [0.5])


def test_words_of_the_bank_speak_for_it(tmp_path: Path) -> None:
    with LexicalWriter(tmp_path / "bank") as writer:
        writer.apply([("1", (), "", "Darf er mit Duldung arbeiten?"), ("2", (), "", "Wer wird geduldet?")], [])
    known, bank = read_unanswerable(write(tmp_path), FakeEmbedder()), Lexical(tmp_path / "bank")
    assert known.word_odds("Duldung", bank) > 0 > known.word_odds("Wetter", bank)
    assert known.word_odds("?", bank) == 0.0
    assert bank.document_counts(["duldung", "wett"]) == [1, 0]
