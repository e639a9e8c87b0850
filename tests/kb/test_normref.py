"""Can we find, parse, format and link references, and leave everything else alone?"""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.einheiten import expand, roman
from kb.errors import CitationError
from kb.laws import laws
from kb.model import NormRef, Stufe
from kb.normref import find_norm_refs, linkify, parse_norm_key, parse_norm_ref, parse_norm_refs

ROOT = Path(__file__).parents[2]
GOLD = [
    json.loads(line) for line in (ROOT / "tests" / "gold" / "normrefs.jsonl").read_text(encoding="utf-8").splitlines()
]
NOTES = ROOT.parent / "shared" / "domain" / "notes"


@pytest.mark.parametrize("row", GOLD, ids=lambda row: f"{row['text']} ({row['why']})")
def test_finds_exactly_these(row: dict[str, object]) -> None:
    text = str(row["text"])
    assert [str(ref) for _, ref in find_norm_refs(text)] == row["refs"]
    sentence = f"Die Behörde nennt {text}, mehr nicht."
    assert [str(ref) for _, ref in find_norm_refs(sentence)] == row["refs"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("§ 60c", ["§ 60c AufenthG"], id="bare"),
        pytest.param("§60c(2)", ["§ 60c Abs. 2 AufenthG"], id="bare without blanks"),
        pytest.param("§ 61 AsylG", ["§ 61 AsylG"], id="a named Gesetz wins"),
        pytest.param("§ 60c Abs. 2 und 3 Monate später", ["§ 60c Abs. 2 AufenthG"], id="months are no Absatz"),
        pytest.param("§ 5 der Hausordnung", [], id="another text"),
        pytest.param("§ 5 des Mietvertrags", [], id="a contract"),
        pytest.param("§ 3 UWG", [], id="an unknown Gesetz is not the default"),
        pytest.param("§ 13 SächsKitaG", ["§ 13 SächsKitaG"], id="an unknown Kürzel as written"),
        pytest.param("section 5 of the Foreigners Act", [], id="an unknown Act"),
        pytest.param("60c", [], id="a bare number needs its Gesetz"),
    ],
)
def test_the_default_is_only_for_what_names_no_gesetz(text: str, expected: list[str]) -> None:
    assert [str(ref) for _, ref in find_norm_refs(text, default_gesetz="Aufenthaltsgesetz")] == expected


def test_spans_are_slices_of_the_text() -> None:
    text = "Nach §§ 16g, 60c Abs. 2 AufenthG und SGB III § 60 sowie §§ 30 bis 31 AufenthG."
    assert [(text[start:end], str(ref)) for (start, end), ref in find_norm_refs(text)] == [
        ("§§ 16g", "§ 16g AufenthG"),
        ("60c Abs. 2 AufenthG", "§ 60c Abs. 2 AufenthG"),
        ("SGB III § 60", "§ 60 SGB III"),
        ("§§ 30 bis 31 AufenthG", "§ 30 AufenthG"),
        ("§§ 30 bis 31 AufenthG", "§ 31 AufenthG"),
    ]


def test_links_lead_to_the_page_of_the_norm() -> None:
    text = "Art. 16a GG, § 60c AufenthG, Anlage II AsylG, Art. 42 VO (EU) 2024/1348, § 3 StVO"
    assert [(str(ref), url) for _, ref, url in linkify(text, base_url="http://127.0.0.1:9/")] == [
        ("Art. 16a GG", "http://127.0.0.1:9/gg/art_16a.html"),
        ("§ 60c AufenthG", "http://127.0.0.1:9/aufenthg_2004/__60c.html"),
        ("Anlage II AsylG", "http://127.0.0.1:9/asylvfg_1992/anlage_ii.html"),
        ("Art. 42 VO (EU) 2024/1348", "https://eur-lex.europa.eu/eli/reg/2024/1348/oj"),
    ]


def test_parses_one_reference_or_says_why_not() -> None:
    assert parse_norm_ref("AufenthG 60c") == NormRef("AufenthG", "§", "60c")
    assert parse_norm_key("SGB 2 § 7") == NormRef("SGB II", "§", "7")
    for text in ("", "Praxis", "§ 60c", "§ 60c AufenthG sagt das", "§§ 16g, 60c AufenthG"):
        with pytest.raises(CitationError):
            parse_norm_ref(text)


def test_parses_the_inside_of_a_bracket() -> None:
    assert parse_norm_refs("§ 60 Abs. 3 Satz 2 SGB III; § 56 Abs. 1 SGB III") == (
        NormRef("SGB III", "§", "60", ((Stufe.ABSATZ, "3"), (Stufe.SATZ, "2"))),
        NormRef("SGB III", "§", "56", ((Stufe.ABSATZ, "1"),)),
    )
    with pytest.raises(CitationError, match="Praxis"):
        parse_norm_refs("§ 60 SGB III; Praxis")


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("30", "32", ("30", "31", "32")),
        ("3a", "3c", ("3a", "3b", "3c")),
        ("3", "3b", ("3", "3a", "3b")),
        ("a", "c", ("a", "b", "c")),
        ("16", "17a", ("16", "17", "17a")),
        ("5", "3", ("5", "3")),
        ("186", "303", ("186", "303")),
    ],
)
def test_ranges(first: str, last: str, expected: tuple[str, ...]) -> None:
    assert expand(first, last) == expected


def test_roman_numerals() -> None:
    assert [roman(text) for text in ("I", "IV", "VIII", "IX", "XII", "", "IIX")] == [
        "1",
        "4",
        "8",
        "9",
        "12",
        None,
        None,
    ]


_NUMBERS = st.from_regex(r"[1-9][0-9]{0,2}[a-z]?", fullmatch=True)
_DIGITS = st.integers(1, 99).map(str)
_LETTERS = st.sampled_from("abcdefghijk")


@st.composite
def norm_refs(draw: st.DrawFn) -> NormRef:
    """References as our own code writes them: any known Gesetz, levels in an order that occurs."""
    entry = draw(st.sampled_from(laws()))
    steps = [
        (Stufe.ABSATZ, _NUMBERS),
        (Stufe.UNTERABSATZ, _DIGITS),
        (Stufe.SATZ, _DIGITS),
        (Stufe.HALBSATZ, _DIGITS),
        (Stufe.NUMMER, _NUMBERS),
        (Stufe.BUCHSTABE, _LETTERS),
        (Stufe.DOPPELBUCHSTABE, _LETTERS.map(lambda letter: letter * 2)),
        (Stufe.ALTERNATIVE, _DIGITS),
        (Stufe.SPIEGELSTRICH, _DIGITS),
    ]
    pfad = tuple((stufe, draw(values)) for stufe, values in steps if draw(st.booleans()))
    if draw(st.booleans()):  # Nummer before Satz occurs as well
        pfad = tuple(sorted(pfad, key=lambda step: step[0] is Stufe.SATZ))
    if draw(st.integers(0, 9)) == 0:
        return NormRef(entry.kuerzel, "Anlage", draw(st.sampled_from(["", "II", "D2a", "4a"])))
    return NormRef(entry.kuerzel, entry.einheit, draw(_NUMBERS), pfad)


@given(norm_refs())
def test_written_and_read_again_it_is_the_same(ref: NormRef) -> None:
    assert parse_norm_ref(str(ref)) == ref
    assert parse_norm_key(ref.norm.key) == ref.norm


@given(st.text(alphabet="§Abs.Satz Nr1290ac,;()/-–AufenthGSGBIVXundbis\n", max_size=80))
def test_any_text_yields_ordered_spans_inside_it(text: str) -> None:
    spans = [span for span, _ in find_norm_refs(text, default_gesetz="AufenthG")]
    assert spans == sorted(spans)
    assert all(0 <= start < end <= len(text) for start, end in spans)
    different = list(dict.fromkeys(spans))
    assert all(left[1] <= right[0] for left, right in pairwise(different))


@pytest.mark.statutes
def test_every_reference_of_the_notes_is_read_and_written_again() -> None:
    if not NOTES.is_dir():
        pytest.skip("the notes of the domain folder are not here")
    unread = []
    count = 0
    for path in sorted(NOTES.glob("[a-z]*.md")):
        body = path.read_text(encoding="utf-8").split("---\n", 2)[2]
        for bracket in re.findall(r"\[([^\[\]]+)\](?!\()", body):
            pieces = [piece.strip() for piece in bracket.split(";")]
            marks = ("Praxis", "nicht geprüft", "rechnerisch", "Bek. zu")
            marked = next((n for n, piece in enumerate(pieces) if piece.startswith(marks)), len(pieces))
            for piece in pieces[:marked]:
                try:
                    refs = parse_norm_refs(piece)
                except CitationError:
                    unread.append(f"{path.stem}: {piece}")
                    continue
                count += len(refs)
                assert [parse_norm_ref(str(ref)) for ref in refs] == list(refs)
    assert unread == []
    assert count > 4000
