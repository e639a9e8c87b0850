"""The starter knowledge as a layer of the store."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.starter import StarterReport, init_starter, leave_empty, open_home, read_bank
from kb.config import Config
from kb.errors import ConfigError, ParseError
from kb.model import BankQuestion, NormRef
from kb.store import Store, open_store

NOTE = """---
id: leuchtturm
title: Leuchtturm
rechtsstand: 2026-08-19
---
## Kurz gesagt
Nachts muss das Licht brennen. [§ 60c Abs. 1 AufenthG]
"""
QUESTION = {
    "question": "Brennt nachts Licht?",
    "lang": "de",
    "style": "lay",
    "norms": ["AufenthG § 60c"],
    "absatz": "1",
}
EXPECTED = BankQuestion("Brennt nachts Licht?", "de", "lay", (NormRef("AufenthG", "§", "60c"),), "1")


@pytest.fixture
def starter(tmp_path: Path, config: Config) -> Path:
    """A layer of one note and one question, with the embedding we ship."""
    folder = tmp_path / "starter"
    (folder / "notes").mkdir(parents=True)
    (folder / "questions").mkdir()
    (folder / "notes" / "leuchtturm.md").write_text(NOTE, encoding="utf-8")
    (folder / "questions" / "licht.jsonl").write_text(json.dumps(QUESTION) + "\n", encoding="utf-8")
    (folder / "embedding").symlink_to(config.starter_folder / "embedding")
    return folder


@pytest.fixture
def config_here(config: Config, starter: Path) -> Config:
    return replace(config, starter=str(starter))


@pytest.fixture
def store(config_here: Config) -> Iterator[Store]:
    config_here.home.mkdir()
    with open_store(config_here) as opened:
        yield opened


def _ids(store: Store) -> list[str]:
    return [source.id for source in store.sources()]


def test_the_layer_is_brought_in_once(store: Store, config_here: Config) -> None:
    assert init_starter(store, config_here) == StarterReport(is_in=True, changed=2)
    assert _ids(store) == ["note:leuchtturm"]
    assert store.bank([EXPECTED.text_id]) == {EXPECTED.text_id: EXPECTED}
    assert store.outbox_size() == 0, "it is indexed"
    version = store.kb_version()
    assert init_starter(store, config_here) == StarterReport(is_in=True, changed=0)
    assert store.kb_version() == version


def test_a_new_version_replaces_changed_notes_and_retires_dropped_ones(
    store: Store, config_here: Config, starter: Path
) -> None:
    init_starter(store, config_here)
    (starter / "notes" / "leuchtturm.md").unlink()
    (starter / "notes" / "nebelhorn.md").write_text(NOTE.replace("leuchtturm", "nebelhorn"), encoding="utf-8")
    (starter / "questions" / "licht.jsonl").unlink()
    assert init_starter(store, config_here) == StarterReport(is_in=True, changed=3)
    assert _ids(store) == ["note:nebelhorn"]
    assert store.bank([EXPECTED.text_id]) == {}


def test_an_empty_home_stays_empty(store: Store, config_here: Config) -> None:
    leave_empty(store)
    assert init_starter(store, config_here) == StarterReport(is_in=False)
    assert _ids(store) == []


def test_a_filled_home_cannot_be_declared_empty(store: Store, config_here: Config) -> None:
    init_starter(store, config_here)
    with pytest.raises(ConfigError, match="already holds the starter knowledge"):
        leave_empty(store)


def test_open_home_makes_what_is_missing(config_here: Config) -> None:
    with open_home(config_here) as opened:
        assert _ids(opened) == ["note:leuchtturm"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        pytest.param("{", "line 1 column 2", id="not JSON"),
        pytest.param(json.dumps(QUESTION | {"norms": []}), "it names no Norm", id="no Norm"),
        pytest.param(json.dumps({"question": "Wo?"}), "'norms'", id="a field is missing"),
    ],
)
def test_a_bad_line_of_the_bank_is_named(tmp_path: Path, line: str, reason: str) -> None:
    path = tmp_path / "bank.jsonl"
    path.write_text(json.dumps(QUESTION) + "\n\n" + line + "\n", encoding="utf-8")
    with pytest.raises(ParseError, match=reason) as caught:
        read_bank(path)
    assert caught.value.where == "bank.jsonl:3"
