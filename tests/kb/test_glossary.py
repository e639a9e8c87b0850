"""The terms of the field and their other names."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.errors import ParseError
from kb.glossary import Term, read_glossary, readings

HEADER = "de_term;abbrev;lay_synonyms_de;en_terms;norm;readings\n"
TERM = "Aufnahmeeinrichtung;AE;Camp,Heim;reception centre;§ 44 AsylG;Aufenthaltserlaubnis|Aufnahmeeinrichtung\n"


def test_terms_are_read_with_all_their_names(tmp_path: Path) -> None:
    path = tmp_path / "glossary.csv"
    path.write_text(HEADER + TERM, encoding="utf-8")
    names = ("Aufenthaltserlaubnis", "Aufnahmeeinrichtung")
    expected = Term("Aufnahmeeinrichtung", "AE", ("Camp", "Heim"), ("reception centre",), "§ 44 AsylG", names, 2)
    terms = read_glossary(path)
    assert terms == (expected,)
    assert [readings(word, terms) for word in ("AE", " AE ", "ae", "Camp")] == [names, names, (), ()]


@pytest.mark.parametrize("line", ["Lehre;;\n", ";;;;;\n", "Lehre;;;;;;zu viel\n"])
def test_a_line_with_other_fields_is_refused(tmp_path: Path, line: str) -> None:
    path = tmp_path / "glossary.csv"
    path.write_text(HEADER + TERM + line, encoding="utf-8")
    with pytest.raises(ParseError) as caught:
        read_glossary(path)
    assert caught.value.where == "glossary.csv:3"
