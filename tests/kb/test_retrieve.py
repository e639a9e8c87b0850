"""Question to hits, over a real store, real indexes and the embedding we ship."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from kb.calibration import decline_threshold
from kb.config import Config
from kb.knowledge_base import KnowledgeBase, open_kb
from kb.model import Abschnitt, DokRef, Dokument, Kind, NormRef, Passage
from kb.retrieve import BANK_VECTORS, REFERENCE, retrieve, search
from kb.store import open_store
from tests.kb.made_up import APRIL, AUGUST, make_gesetz, make_note, make_question, ref

NORMEN = {
    "1": ["Wer einen Betrieb leitet, meldet jede Lehrstelle an.", "Die Meldung ist gebührenfrei."],
    "2": ["Die Fahrkarte wird auf Antrag ersetzt."],
    "3": ["Ein Hund ist an der Leine zu führen.", "Für Katzen gilt keine Leinenpflicht."],
}
NEWER = NORMEN | {"2": ["Die Monatskarte wird ohne Antrag ersetzt."]}


def make_study() -> tuple[Dokument, tuple[Passage, ...]]:
    """A document that cites no Norm."""
    text = "Die Befragung zeigt, dass Bienenvölker in Städten besser überwintern."
    dokument = Dokument(
        "studie:bienen", Kind.STUDIE, "Bienen", "Institut", AUGUST, "", "0" * 64, (Abschnitt((), 3, text),), "bienen"
    )
    passage = Passage.make("studie:bienen/p3/1#1", dokument.id, DokRef(dokument.id, 3), heading="Bienen", text=text)
    return dokument, (passage,)


@pytest.fixture(scope="module")
def kb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    """A Gesetz in two states, a note on § 1 and § 9 (not stored), a study, and a bank."""
    config = Config(home=tmp_path_factory.mktemp("home"))
    with open_store(config) as store:
        store.replace(*make_gesetz(NORMEN, stand=APRIL))
        store.replace(*make_gesetz(NEWER, stand=AUGUST))
        note = make_note(["Wer umzieht, sagt es dem Meldeamt binnen zwei Wochen."], refs=[ref("9")])
        store.replace(*note)
        store.replace(*make_study())
        store.replace_bank(
            "probe",
            [
                make_question("Muss mein Dackel angebunden sein?", ref("3"), absatz="1"),
                make_question("Darf die Mieze frei laufen?", ref("3"), absatz="2"),
                make_question("Wer zahlt das Busticket?", ref("2"), ref("1")),
                make_question("Wo beschwere ich mich über Lärm?", ref("8")),
            ],
        )
    with open_kb(config) as opened:
        yield opened


@pytest.mark.parametrize(
    ("question", "norm", "absatz"),
    [
        pytest.param("Lehrstelle anmelden Betrieb", "1", "1", id="words of the law"),
        pytest.param("Muss der Dackel angebunden werden?", "3", "1", id="the bank's words, its Absatz"),
        pytest.param("Darf unsere Mieze frei laufen?", "3", "2", id="another Absatz of the same Norm"),
        pytest.param("Wer zahlt ihr das Busticket?", "2", "1", id="a Norm the question shares no word with"),
        pytest.param("§ 3 Abs. 2 TestG", "3", None, id="a reference, whatever it says of its Absatz"),
    ],
)
def test_the_deciding_norm_comes_first(kb: KnowledgeBase, question: str, norm: str, absatz: str | None) -> None:
    first = retrieve(question, kb=kb)[0]
    assert first.norm == ref(norm)
    assert first.source.kind is Kind.GESETZ
    locator = first.passage.locator
    assert isinstance(locator, NormRef)
    assert absatz is None or locator.absatz == absatz


def test_each_norm_is_one_hit_and_ranks_count_from_one(kb: KnowledgeBase) -> None:
    hits = retrieve("Hund Leine Katzen Leinenpflicht Fahrkarte Betrieb Meldung", kb=kb)
    names = [hit.norm.key if hit.norm else hit.source.id for hit in hits]
    assert len(names) == len(set(names))
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_the_limit_is_kept(kb: KnowledgeBase) -> None:
    assert len(retrieve("Hund Fahrkarte Betrieb", kb=kb, limit=2)) == 2


def test_a_named_norm_bypasses_the_search(kb: KnowledgeBase) -> None:
    result = search("Muss der Dackel angebunden werden, § 2 TestG?", kb=kb)
    assert result.refs == (ref("2"),)
    assert [hit.norm for hit in result.hits[:2]] == [ref("2"), ref("3")]
    assert result.hits[0].found_by[0] == (REFERENCE, 1)


def test_a_norm_nobody_knows_is_reported_and_not_found(kb: KnowledgeBase) -> None:
    result = search("Was steht in § 77 TestG?", kb=kb)
    assert result.refs == (ref("77"),)
    assert ref("77") not in [hit.norm for hit in result.hits]


def test_a_note_brings_the_norm_it_cites(kb: KnowledgeBase) -> None:
    first = retrieve("Umzug: wie schnell muss man es dem Meldeamt sagen?", kb=kb)[0]
    assert (first.norm, first.source.kind) == (ref("9"), Kind.NOTE)


def test_a_bank_question_stands_for_a_norm_whose_text_is_nowhere(kb: KnowledgeBase) -> None:
    first = retrieve("Wo beschwere ich mich über den Lärm?", kb=kb)[0]
    assert (first.norm, first.source.kind) == (ref("8"), Kind.FRAGE)
    assert first.passage.text == "Wo beschwere ich mich über Lärm?"
    assert BANK_VECTORS in dict(first.found_by)


def test_a_document_without_norms_is_found_as_itself(kb: KnowledgeBase) -> None:
    first = retrieve("Wie überwintern Bienenvölker in der Stadt?", kb=kb)[0]
    assert (first.norm, first.source.id, first.source.stem) == (None, "studie:bienen", "bienen")


@pytest.mark.parametrize(
    ("stichtag", "word"),
    [
        pytest.param(None, "Monatskarte", id="today"),
        pytest.param(date(2026, 9, 1), "Monatskarte", id="after the newest state"),
        pytest.param(date(2026, 5, 1), "Fahrkarte", id="while the older state stood"),
    ],
)
def test_the_wording_of_the_day(kb: KnowledgeBase, stichtag: date | None, word: str) -> None:
    hit = next(hit for hit in retrieve("Wer ersetzt die Karte?", kb=kb, stichtag=stichtag) if hit.norm == ref("2"))
    assert word in hit.passage.text


def test_before_the_oldest_state_no_text_is_in_force(kb: KnowledgeBase) -> None:
    hits = retrieve("Leine Hund", kb=kb, stichtag=date(2020, 1, 1))
    assert all(hit.source.kind is not Kind.GESETZ for hit in hits)


@pytest.mark.parametrize("question", ["", "   ", "???", "der die das", "\x00 \u200b"])
def test_nothing_asked_is_answered_calmly(kb: KnowledgeBase, question: str) -> None:
    result = search(question, kb=kb)
    assert 0 <= result.confidence <= 1
    assert result.lang == "de"


def test_the_same_question_gives_the_same_hits(kb: KnowledgeBase) -> None:
    assert retrieve("Hund an der Leine", kb=kb) == retrieve("Hund an der Leine", kb=kb)


def test_an_empty_home_finds_nothing(config: Config) -> None:
    with open_kb(config) as empty:
        result = search("Darf er arbeiten?", kb=empty)
    assert result.hits == []
    assert result.confidence < 0.5


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    """A home of nothing but the user's own documents."""
    texts = {
        "bienen": "Die Befragung zeigt, dass Bienenvölker in Städten besser überwintern.",
        "fahrrad": "Fahrräder werden im Hof abgestellt; der Schlüssel liegt beim Hausmeister.",
        "kantine": "Die Kantine öffnet um halb zwölf und schließt um vierzehn Uhr.",
    }
    config = Config(home=tmp_path_factory.mktemp("documents"))
    with open_store(config) as store:
        for stem, text in texts.items():
            source_id = f"angebot:{stem}"
            dokument = Dokument(source_id, Kind.ANGEBOT, stem, "", AUGUST, "", stem, (Abschnitt((), None, text),), stem)
            locator = DokRef(source_id)
            passage = Passage.make(f"{source_id}/p-/1#1", source_id, locator, heading=stem, text=text)
            store.replace(dokument, (passage,))
    with open_kb(config) as opened:
        yield opened


@pytest.mark.parametrize(
    ("question", "stem"),
    [
        ("Überwintern Bienenvölker in Städten besser?", "bienen"),
        ("Wo werden Fahrräder abgestellt?", "fahrrad"),
        ("Wann öffnet die Kantine?", "kantine"),
    ],
)
def test_a_home_without_a_bank_still_answers(documents: KnowledgeBase, question: str, stem: str) -> None:
    result = search(question, kb=documents)
    assert result.hits[0].source.stem == stem
    assert result.evidence.from_texts
    assert result.confidence > decline_threshold()


def test_a_home_without_a_bank_is_less_sure_of_what_it_does_not_hold(documents: KnowledgeBase) -> None:
    held = search("Wann öffnet die Kantine?", kb=documents).confidence
    assert search("Pendlerpauschale Steuererklärung Lehrerin", kb=documents).confidence < held


def test_the_langchain_retriever_gives_the_same_passages(kb: KnowledgeBase) -> None:
    from kb.langchain import LotseRetriever

    documents = LotseRetriever(kb=kb, k=3).invoke("Hund an der Leine")
    hits = retrieve("Hund an der Leine", kb=kb, limit=3)
    assert [document.id for document in documents] == [hit.passage.text_id for hit in hits]
    assert documents[0].metadata["norm"] == "TestG § 3"
    assert documents[0].page_content == hits[0].passage.text
