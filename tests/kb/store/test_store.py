"""What every store keeps, whatever database is behind it."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from pathlib import Path

import pytest

from kb.config import Config
from kb.errors import StoreError
from kb.model import Changes, Kind, NormRef, Partition, Passage, Stufe
from kb.store import IndexPointer, Store, open_store
from tests.kb.made_up import APRIL, AUGUST, make_gesetz, make_note, make_question, ref

OLD = {"1": ["Wer probt, braucht Geduld.", "Das gilt auch nachts."], "2": ["Alles bleibt."], "3": ["Nur früher."]}
NEW = {"1": ["Wer probt, braucht Mut.", "Das gilt auch nachts."], "2": ["Alles bleibt."], "4": ["Ganz neu."]}


def ids(passages: tuple[Passage, ...]) -> dict[str, str]:
    """text_id by the number of Norm and Absatz: "1/2"."""
    return {passage.passage_id.split("§")[1].partition("#")[0]: passage.text_id for passage in passages}


def test_first_state_is_all_new_and_comes_back_whole(store: Store) -> None:
    gesetz, passages = make_gesetz(OLD, pending=date(2027, 1, 1))
    changes = store.replace(gesetz, passages, raw=b"<xml/>", origin="testg.xml", checked=AUGUST)
    assert changes == Changes("testg", added=tuple(passage.text_id for passage in passages))
    assert store.quelle("testg") == gesetz
    assert store.raw("testg") == b"<xml/>"
    found = store.passages([passage.text_id for passage in passages])
    assert [found[passage.text_id][0] for passage in passages] == list(passages)
    info = store.sources()[0]
    assert (info.id, info.kind, info.kuerzel, info.rechtsstand, info.last_checked, info.states, info.pending) == (
        "testg",
        Kind.GESETZ,
        "TestG",
        APRIL,
        AUGUST,
        (APRIL,),
        gesetz.pending,
    )


def test_document_comes_back_whole(store: Store) -> None:
    note, passages = make_note(["Erst lesen (§ 1 TestG).", "Dann fragen."], refs=[ref("1")])
    store.replace(note, passages)
    assert store.quelle("note:probe") == note
    assert store.raw("note:probe") is None
    assert store.passages([passages[0].text_id]) == {passages[0].text_id: (passages[0], store.source("note:probe"))}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Wer probt, braucht Geduld.", "the same words"),
        ("Wer  probt,\n\nbraucht Geduld. ", "white space is layout"),
        ("Wer pro\u00adbt, braucht Geduld.", "so is a soft hyphen"),
    ],
)
def test_equal_state_only_moves_last_checked(store: Store, text: str, reason: str) -> None:
    gesetz, passages = make_gesetz(OLD)
    store.replace(gesetz, passages, raw=b"a", checked=APRIL)
    version, pending = store.kb_version(), len(store.pending_outbox())
    again = make_gesetz(OLD | {"1": [text, OLD["1"][1]]})
    changes = store.replace(*again, raw=b"b", checked=AUGUST)
    assert changes == Changes("testg", unchanged=4), reason
    assert store.text_ids(Partition.CURRENT) == {passage.text_id for passage in passages}
    assert (store.kb_version(), len(store.pending_outbox())) == (version, pending)
    assert store.sources()[0].last_checked == AUGUST
    assert store.same_raw("testg", "3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d")  # of "b"


@pytest.mark.parametrize(
    ("text", "expected", "reason"),
    [
        ("Wer probt, braucht Geduld!", (), "punctuation has no say in the normal form"),
        ("WER PROBT, braucht Geduld.", (), "nor have capitals"),
        ("Wer probt, braucht Mut.", ("testg/§1/1#1",), "another word"),
        ("Wer probt, braucht 2 Geduld.", ("testg/§1/1#1",), "another number"),
    ],
)
def test_changed_means_another_normal_form(store: Store, text: str, expected: tuple[str, ...], reason: str) -> None:
    store.replace(*make_gesetz(OLD))
    changes = store.replace(*make_gesetz(OLD | {"1": [text, OLD["1"][1]]}, stand=AUGUST))
    assert changes == Changes("testg", changed=expected, unchanged=4 - len(expected)), reason
    norm = store.norm(ref("1"))
    assert norm is not None
    assert norm.norm.absaetze[0].text == f"(1) {text}"
    assert norm.other_states == ((APRIL,) if expected else ())


def test_white_space_between_digits_counts(store: Store) -> None:
    store.replace(*make_gesetz({"1": ["Es gelten 1 2 Tage."]}))
    changes = store.replace(*make_gesetz({"1": ["Es gelten 12 Tage."]}))
    assert store.norm(ref("1")).norm.text == "(1) Es gelten 12 Tage."  # type: ignore[union-attr]
    assert changes.became_current


def test_newer_state_moves_old_wording_to_history(store: Store) -> None:
    gesetz, old = make_gesetz(OLD)
    store.replace(gesetz, old)
    newer, new = make_gesetz(NEW, stand=AUGUST)
    changes = store.replace(newer, new)
    assert changes == Changes(
        "testg", added=(ids(new)["4/1"],), changed=("testg/§1/1#1",), removed=("testg/§3/1#1",), unchanged=2
    )
    assert store.text_ids(Partition.CURRENT) == set(ids(new).values())
    assert store.text_ids(Partition.HISTORY) == {ids(old)["1/1"], ids(old)["3/1"]}
    assert store.quelle("testg") == newer
    assert store.quelle("testg", stichtag=AUGUST - timedelta(days=1)) == gesetz
    assert store.passages([ids(old)["1/1"]])[ids(old)["1/1"]][1].rechtsstand == APRIL
    assert store.passages([ids(old)["2/1"]])[ids(old)["2/1"]][1].rechtsstand == AUGUST


def test_older_state_ingested_later_never_becomes_current(store: Store) -> None:
    newer, new = make_gesetz(NEW, stand=AUGUST)
    store.replace(newer, new)
    changes = store.replace(*make_gesetz(OLD))
    assert not changes.became_current
    assert changes.changed == ("testg/§1/1#1",)
    assert store.quelle("testg") == newer
    assert store.text_ids(Partition.CURRENT) == set(ids(new).values())
    assert store.sources()[0].states == (APRIL, AUGUST)


def test_same_rechtsstand_with_other_content_replaces_the_state(store: Store) -> None:
    _, old = make_gesetz(OLD)
    store.replace(*make_gesetz(OLD))
    newer, new = make_gesetz(NEW)
    store.replace(newer, new)
    assert store.quelle("testg") == newer
    assert store.sources()[0].states == (APRIL,)
    assert store.text_ids(Partition.CURRENT) == set(ids(new).values())
    assert store.text_ids(Partition.HISTORY) == set()
    assert store.passages(ids(old).values()).keys() == {ids(old)["1/2"], ids(old)["2/1"]}


@pytest.mark.parametrize(
    ("stichtag", "or_oldest", "expected", "reason"),
    [
        (None, False, "(1) Wer probt, braucht Mut.", "today's state"),
        (AUGUST, False, "(1) Wer probt, braucht Mut.", "a state holds from its day on"),
        (AUGUST - timedelta(days=1), False, "(1) Wer probt, braucht Geduld.", "the day before it the older one does"),
        (APRIL - timedelta(days=1), False, None, "before the oldest nothing is known"),
        (APRIL - timedelta(days=1), True, "(1) Wer probt, braucht Geduld.", "unless the oldest is asked for"),
        (date(2030, 1, 1), False, "(1) Wer probt, braucht Mut.", "the newest has no end we know"),
    ],
)
def test_state_in_force(
    store: Store, stichtag: date | None, or_oldest: bool, expected: str | None, reason: str
) -> None:
    _, old = make_gesetz(OLD)
    _, new = make_gesetz(NEW, stand=AUGUST)
    store.replace(*make_gesetz(OLD))
    store.replace(*make_gesetz(NEW, stand=AUGUST))
    norm = store.norm(ref("1"), stichtag=stichtag, or_oldest=or_oldest)
    assert (norm.norm.absaetze[0].text if norm else None) == expected, reason
    of_1 = {ids(old)["1/1"], ids(new)["1/1"]}
    found = store.in_force(of_1, stichtag, or_oldest=or_oldest)
    wanted = {p.text_id for p in (*old, *new) if p.text == expected}
    assert found == wanted, reason
    passages = store.norm_passages(ref("1", "1"), stichtag=stichtag, or_oldest=or_oldest)
    assert [p.text for p in passages] == ([expected] if expected else []), reason


def test_norm_knows_its_other_states(store: Store) -> None:
    for day, normen in ((APRIL, OLD), (AUGUST, NEW)):
        store.replace(*make_gesetz(normen, stand=day))
    found = store.norms([ref("1"), ref("2"), ref("4", "1"), ref("99"), ref("1", gesetz="AndG")])
    assert {str(asked): norm.other_states for asked, norm in found.items()} == {
        "§ 1 TestG": (APRIL,),
        "§ 2 TestG": (),
        "§ 4 Abs. 1 TestG": (APRIL,),
    }
    assert store.norm(ref("3")) is None
    assert store.norm(ref("2", gesetz="TESTG")) is not None


def test_validity_only_where_two_neighbouring_days_differ(store: Store) -> None:
    days = [APRIL, APRIL + timedelta(days=1), AUGUST]
    for day, text in zip(days, ["Alt.", "Neu.", "Neu."], strict=True):
        store.replace(*make_gesetz({"1": [text]}, stand=day))
    validity = [
        (norm.valid_from, norm.valid_to) for day in days if (norm := store.norm(ref("1"), stichtag=day)) is not None
    ]
    assert validity == [(None, days[0]), (days[1], None), (days[1], None)]


def test_retired_source_leaves_the_indexes_but_not_the_belege(store: Store) -> None:
    gesetz, passages = make_gesetz(OLD)
    store.replace(gesetz, passages, raw=b"a")
    removed = store.retire("testg").removed
    assert removed == tuple(sorted(passage.passage_id for passage in passages))
    assert (store.sources(), store.source("testg"), store.norm(ref("1"))) == ([], None, None)
    assert store.text_ids(Partition.CURRENT) | store.text_ids(Partition.HISTORY) == set()
    assert store.passages([passages[0].text_id])[passages[0].text_id][0] == passages[0]
    assert not store.same_raw("testg", "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb")
    assert store.retire("testg") == Changes("testg")
    store.replace(gesetz, passages, raw=b"a")
    assert store.text_ids(Partition.CURRENT) == {passage.text_id for passage in passages}


def test_same_raw_is_asked_before_parsing(store: Store) -> None:
    sha256 = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"
    assert not store.same_raw("testg", sha256)
    store.replace(*make_gesetz(OLD), raw=b"a", checked=APRIL)
    assert store.same_raw("testg", sha256)
    assert store.same_raw("testg", sha256, rechtsstand=APRIL)
    assert not store.same_raw("testg", sha256, rechtsstand=AUGUST)
    store.touch("testg", sha256, AUGUST)
    assert store.sources()[0].last_checked == AUGUST


def test_notes_are_found_by_the_norm_they_cite(store: Store) -> None:
    note, passages = make_note(["Eins.", "Zwei."], refs=[ref("1", "2"), ref("2")])
    store.replace(note, passages)
    store.replace(*make_gesetz(OLD))
    both = [passage.text_id for passage in passages]
    assert store.passages_citing([ref("1"), ref("1", "2"), ref("1", "1"), ref("2", "1"), ref("3")]) == {
        ref("1"): both,
        ref("1", "2"): both,
        ref("1", "1"): [],
        ref("2", "1"): both,
        ref("3"): [],
    }
    assert store.passages_citing([ref("1")], kinds=(Kind.STUDIE,)) == {ref("1"): []}


def test_outbox_names_what_the_indexes_must_look_at(store: Store) -> None:
    _, old = make_gesetz(OLD)
    _, new = make_gesetz(NEW, stand=AUGUST)
    store.replace(*make_gesetz(OLD))
    first = store.pending_outbox()
    assert first.texts[Partition.CURRENT] == tuple(sorted(ids(old).values()))
    store.publish_index(IndexPointer(1, "fake", "x"), first.upto)
    assert (store.pointer(), store.outbox_size()) == (IndexPointer(1, "fake", "x"), 0)
    store.replace(*make_gesetz(NEW, stand=AUGUST))
    pending = store.pending_outbox()
    gone, come = {ids(old)["1/1"], ids(old)["3/1"]}, {ids(new)["1/1"], ids(new)["4/1"]}
    assert {part: set(texts) for part, texts in pending.texts.items()} == {
        Partition.CURRENT: gone | come,
        Partition.HISTORY: gone,
        Partition.BANK: set(),
    }
    assert [text[0] for text in store.index_texts(Partition.CURRENT, gone | come)] == sorted(come)
    store.publish_index(IndexPointer(2, "fake", "x"), pending.upto)
    store.replace(*make_note(["Neu."]))
    assert store.pending_outbox().upto > pending.upto


def test_index_reads_context_heading_and_text(store: Store) -> None:
    _, passages = make_gesetz({"1": ["Alles."]})
    store.replace(*make_gesetz({"1": ["Alles."]}))
    expected = [(passages[0].text_id, ("Gesetz über Proben (TestG)", "Abschnitt 1"), "§ 1 TestG Probe 1", "(1) Alles.")]
    assert store.index_texts(Partition.CURRENT) == expected


def test_bank_is_replaced_by_name(store: Store) -> None:
    first, second = make_question("Wann darf ich?", ref("1"), ref("2"), absatz="2"), make_question("Wie?", ref("2"))
    changes = store.replace_bank("starter", [first, second, first])
    assert changes == Changes("bank:starter", added=tuple(sorted([first.text_id, second.text_id])))
    assert store.bank([first.text_id, "unknown"]) == {first.text_id: first}
    assert store.bank_by_norm([ref("1"), ref("2", "1"), ref("3")]) == {
        ref("1"): [first],
        ref("2", "1"): [second, first],
        ref("3"): [],
    }
    assert store.index_texts(Partition.BANK, [second.text_id]) == [(second.text_id, (), "", "Wie?")]
    amended = make_question("Wann darf ich?", ref("1"), ref("3"))
    version = store.kb_version()
    assert store.replace_bank("starter", [amended]) == Changes(
        "bank:starter", changed=(first.text_id,), removed=(second.text_id,)
    )
    assert store.text_ids(Partition.BANK) == {first.text_id}
    assert store.kb_version() != version


def test_question_in_two_banks_stays_until_both_let_go(store: Store) -> None:
    question = make_question("Wann?", ref("1"))
    store.replace_bank("a", [question])
    store.replace_bank("b", [question])
    store.replace_bank("a", [])
    assert [text[0] for text in store.index_texts(Partition.BANK, [question.text_id])] == [question.text_id]
    store.replace_bank("b", [])
    assert store.index_texts(Partition.BANK, [question.text_id]) == []


def test_meta(store: Store) -> None:
    store.set_meta("sync:etag:a_b", "1")
    store.set_meta("sync:etag:axb", "2")
    store.set_meta("sync:etag:a_b", "3")
    assert store.meta_with_prefix("sync:etag:a_") == {"sync:etag:a_b": "3"}
    store.set_meta("sync:etag:a_b", None)
    assert store.get_meta("sync:etag:a_b") is None


def test_kb_version_tells_content_apart(store_config: Config, store: Store) -> None:
    versions = [store.kb_version()]
    for step in (
        lambda: store.replace(*make_gesetz(OLD)),
        lambda: store.replace(*make_gesetz(NEW, stand=AUGUST)),
        lambda: store.retire("testg"),
    ):
        step()
        versions.append(store.kb_version())
    assert len(set(versions)) == len(versions)
    with open_store(store_config) as again:
        assert again.kb_version() == versions[-1]


def test_failed_write_changes_nothing(store: Store) -> None:
    gesetz, passages = make_gesetz(OLD)
    store.replace(gesetz, passages)
    before = (store.kb_version(), store.outbox_size(), store.sources())
    stray = Passage.make("testg/§9/1#1", "testg", NormRef("TestG", "§", "9"), heading="", text="x")
    with pytest.raises(StoreError, match="belongs to no Norm"):
        store.replace(*make_gesetz(NEW)[:1], [stray])
    with pytest.raises(StoreError, match="refused a change"):
        # An id that no database takes: the state is rolled back whole.
        broken = Passage.make("testg/§1/1#1", "testg", ref("1"), heading="", text="y")
        object.__setattr__(broken, "text_id", None)
        store.replace(make_gesetz({"1": ["y"]}, stand=AUGUST)[0], [broken])
    assert (store.kb_version(), store.outbox_size(), store.sources()) == before


def test_unknown_things_are_named(store: Store) -> None:
    with pytest.raises(StoreError, match="no such source"):
        store.retire("nix")
    assert (store.quelle("nix"), store.raw("nix"), store.passages(["nix"]), store.bank(["nix"])) == (None, None, {}, {})


def test_second_process_sees_what_the_first_wrote(store_config: Config, store: Store) -> None:
    with open_store(store_config) as other:
        assert other.sources() == []
        store.replace(*make_gesetz(OLD))
        assert [info.id for info in other.sources()] == ["testg"]
        store.replace(*make_gesetz(NEW, stand=AUGUST))
        assert other.norm(ref("4")) is not None


def test_readers_see_old_or_new_while_a_writer_writes(store: Store) -> None:
    """A reader never meets a half written state: both passages of § 1 always tell the same number."""
    texts = {n: [f"Stand {n} vorn.", f"Stand {n} hinten."] for n in range(12)}
    store.replace(*make_gesetz({"1": texts[0]}))
    seen: list[set[str]] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            seen.append({text.split()[2] for text in (p.text for p in store.norm_passages(ref("1")))})

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for n in range(1, 12):
        store.replace(*make_gesetz({"1": texts[n]}, stand=APRIL + timedelta(days=n)))
    done.set()
    for reader in readers:
        reader.join()
    assert seen
    assert all(len(numbers) == 1 for numbers in seen)


def test_place_inside_an_absatz_asks_for_the_absatz(store: Store) -> None:
    store.replace(*make_gesetz(OLD))
    deep = NormRef("TestG", "§", "1", ((Stufe.ABSATZ, "2"), (Stufe.SATZ, "1")))
    assert [p.text for p in store.norm_passages(deep)] == ["(2) Das gilt auch nachts."]
    assert [p.text for p in store.norm_passages(ref("1"))] == [f"({n}) {t}" for n, t in enumerate(OLD["1"], 1)]


def test_lost_or_altered_original_is_said(store_config: Config, store: Store) -> None:
    store.replace(*make_gesetz(OLD), raw=b"a")
    original = next(path for path in Path(store_config.files).iterdir())
    original.write_bytes(b"b")
    with pytest.raises(StoreError, match="was altered"):
        store.raw("testg")
    original.unlink()
    with pytest.raises(StoreError, match="is missing"):
        store.raw("testg")
