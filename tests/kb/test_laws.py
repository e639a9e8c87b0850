"""Does every name lead to one Gesetz, and every Gesetz to the publisher's folder?"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kb.laws import Law, gesetz_url, law, law_by_slug, laws, norm_url, spellings
from kb.model import Kind, NormRef
from kb.normref import parse_norm_refs

STATUTES = Path(__file__).parents[3] / "shared" / "statutes" / "2026-04-18"


@pytest.mark.parametrize("entry", laws(), ids=lambda entry: entry.kuerzel)
def test_every_name_resolves_and_the_examples_are_read(entry: Law) -> None:
    assert {name: law(name) for name in entry.names} == dict.fromkeys(entry.names, entry)
    assert entry.examples
    for example in entry.examples:
        assert {ref.gesetz for ref in parse_norm_refs(example)} == {entry.kuerzel}


def test_no_name_belongs_to_two() -> None:
    owners: dict[str, set[str]] = {}
    for entry in laws():
        for name in entry.names:
            for spelled in spellings(name):
                owners.setdefault(spelled, set()).add(entry.kuerzel)
    assert {spelled: names for spelled, names in owners.items() if len(names) > 1} == {}


@pytest.mark.parametrize(
    ("alias", "kuerzel"),
    [
        ("SGB 3", "SGB III"),
        ("sgb3", "SGB III"),
        ("SGB-III", "SGB III"),
        ("Drittes Buch Sozialgesetzbuch", "SGB III"),
        ("Dritten Buches Sozialgesetzbuch", "SGB III"),
        ("Sozialgesetzbuch III", "SGB III"),
        ("Social Code Book III", "SGB III"),
        ("AsylVfG 1992", "AsylG"),
        ("Asylgesetzes", "AsylG"),
        ("Bafög", "BAföG"),
        ("bafoeg", "BAföG"),
        ("Residence Act", "AufenthG"),
        ("Employment Ordinance", "BeschV"),
        ("Basic Law", "GG"),
        ("GDPR", "VO (EU) 2016/679"),
        ("VO 2024/1348", "VO (EU) 2024/1348"),
        ("Regulation (EC) No 883/2004", "VO (EG) Nr. 883/2004"),
        ("VO 604/2013", "VO (EU) Nr. 604/2013"),
        ("Richtlinie 2013/32", "RL 2013/32/EU"),
        ("Directive (EU) 2024/1346", "RL (EU) 2024/1346"),
    ],
)
def test_spellings(alias: str, kuerzel: str) -> None:
    found = law(alias)
    assert found is not None
    assert found.kuerzel == kuerzel


@pytest.mark.parametrize("alias", ["", "SGB", "Gesetz", "AufenthGX", "AufenthG § 60c", "Hausordnung", "VO"])
def test_nothing_is_guessed(alias: str) -> None:
    assert law(alias) is None


@pytest.mark.parametrize(
    ("ref", "url"),
    [
        (NormRef("AufenthG", "§", "60c"), "https://www.gesetze-im-internet.de/aufenthg_2004/__60c.html"),
        (NormRef("GG", "Art.", "16a"), "https://www.gesetze-im-internet.de/gg/art_16a.html"),
        (NormRef("AufenthG", "Anlage", ""), "https://www.gesetze-im-internet.de/aufenthg_2004/anlage.html"),
        (NormRef("AufenthV", "Anlage", "D2a"), "https://www.gesetze-im-internet.de/aufenthv/anlage_d2a.html"),
        (NormRef("VO (EU) 2024/1348", "Art.", "42"), "https://eur-lex.europa.eu/eli/reg/2024/1348/oj"),
        (NormRef("VO (EU) Nr. 604/2013", "Art.", "3"), "https://eur-lex.europa.eu/eli/reg/2013/604/oj"),
        (NormRef("RL 2001/55/EG", "Art.", "12"), "https://eur-lex.europa.eu/eli/dir/2001/55/oj"),
        (NormRef("SächsIntG", "§", "13"), ""),
        (NormRef("StVO", "§", "3"), ""),
    ],
)
def test_pages(ref: NormRef, url: str) -> None:
    assert norm_url(ref) == url


def test_a_gesetz_we_do_not_know_has_a_page_by_its_folder() -> None:
    assert norm_url(NormRef("StVO", "§", "3"), slug="stvo_2013") == f"{gesetz_url('stvo_2013')}__3.html"


def test_kinds() -> None:
    assert {
        slug: found and found.kind for slug in ("beschv_2013", "aufenthg_2004") if (found := law_by_slug(slug))
    } == {
        "beschv_2013": Kind.VERORDNUNG,
        "aufenthg_2004": Kind.GESETZ,
    }


@pytest.mark.statutes
def test_every_statute_of_the_publisher_is_named_as_it_names_itself() -> None:
    if not STATUTES.is_dir():
        pytest.skip("the statutes of 2026-04-18 are not here")
    own = {}
    for path in STATUTES.glob("*.xml"):
        with path.open(encoding="utf-8") as file:
            head = file.read(20_000)
        own[path.stem] = re.findall(r"<(jurabk|amtabk|kurzue)[^>]*>\s*([^<]+?)\s*</", head.partition("</metadaten>")[0])
    assert set(own) <= {entry.slug for entry in laws()}
    jurabk = {slug: next(value for tag, value in names if tag == "jurabk") for slug, names in own.items()}
    assert jurabk == {slug: found.jurabk for slug in own if (found := law_by_slug(slug))}
    for slug, names in own.items():
        assert {law(value) for _, value in names} == {law_by_slug(slug)}
