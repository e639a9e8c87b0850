"""The command line: its documents, its exit status, its words."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

import cli
import serve
from kb.errors import ConfigError
from tests.publisher import Publisher, made_up_statute

COMMANDS = (
    "init",
    "ingest",
    "sync",
    "sources",
    "search",
    "ask",
    "show",
    "matrix",
    "check",
    "doctor",
    "evaluate",
    "serve",
)
NOTE = """---
id: leuchtturm
title: Leuchtturm
rechtsstand: 2026-08-19
---
## Kurz gesagt
Nachts muss das Licht brennen. [§ 1 Abs. 1 AufenthG]
"""
OLD = "(1) Der Leuchtturm brennt acht Stunden in der Nacht.\n(2) Das Nebelhorn tönt bei Nebel."
NEW = "(1) Der Leuchtturm brennt neun Stunden in der Nacht.\n(2) Das Nebelhorn tönt bei Nebel."


@pytest.fixture(autouse=True)
def small_starter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A starter layer of one note, so that a home is made in a moment."""
    shipped = Path(cli.__file__).parent / "kb" / "starter"
    folder = tmp_path / "starter"
    (folder / "notes").mkdir(parents=True)
    (folder / "questions").mkdir()
    (folder / "notes" / "leuchtturm.md").write_text(NOTE, encoding="utf-8")
    for name in ("embedding", "catalogue.toml"):
        (folder / name).symlink_to(shipped / name)
    monkeypatch.setenv("LOTSE_STARTER", str(folder))


def _statute(folder: Path, text: str, builddate: str) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / "aufenthg_2004.xml"
    path.write_bytes(made_up_statute("AufenthG 2004", {"§ 1": ("Licht", text)}, builddate=builddate))
    return path


@pytest.fixture
def statute(tmp_path: Path) -> Path:
    return _statute(tmp_path / "new", NEW, "20260418020000")


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    """Exit status, stdout and stderr of a command line."""
    capsys.readouterr()
    with pytest.raises(SystemExit) as caught:
        cli.main([str(argument) for argument in arguments])
    out, err = capsys.readouterr()
    return int(caught.value.code or 0), out, err


def run_json(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, dict[str, Any]]:
    """Exit status and the one document of a command line with --json."""
    status, out, _ = run(capsys, *arguments, "--json")
    document = json.loads(out)
    assert isinstance(document, dict)
    return status, document


def test_help_names_every_command_and_each_shows_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "--help")
    assert status == 0
    assert re.findall(r"^│ ([a-z]+) ", out, re.MULTILINE) == list(COMMANDS)
    for command in COMMANDS:
        status, out, _ = run(capsys, command, "--help")
        assert (status, f"Example: lotse {command}" in out, "--json" in out) == (0, True, True), command


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(["search"], "Missing argument 'query'.", id="an argument is missing"),
        pytest.param(["sources", "--colour"], "No such option: --colour", id="unknown option"),
        pytest.param(["show", "§ 1 GG", "--stichtag", "gestern"], "'gestern'", id="not a date"),
        pytest.param(["ask", "Was?", "--lang", "fr"], "'fr'", id="a language we do not speak"),
        pytest.param(["ask", "Was?", "--facts", "[]"], "--facts must be a JSON object", id="facts are no object"),
        pytest.param(["ingest", "x", "--kind", "buch"], "'buch'", id="unknown kind"),
        pytest.param(["tell"], "No such command 'tell'.", id="unknown command"),
    ],
)
def test_usage(capsys: pytest.CaptureFixture[str], arguments: list[str], message: str, home: Path) -> None:
    status, document = run_json(capsys, *arguments)
    error = document["error"]
    assert (status, error["type"], sorted(error)) == (2, "UsageError", ["message", "next", "type", "where"])
    assert message in error["message"]
    status, out, err = run(capsys, *arguments)
    assert (status, out) == (2, "")
    assert message in err
    assert not home.exists(), "a wrong command line makes nothing"


def test_init_is_idempotent(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    status, document = run_json(capsys, "init")
    assert (status, document["home"], document["starter"], document["changed"]) == (0, str(home), True, 1)
    status, document = run_json(capsys, "init")
    assert (status, document["changed"]) == (0, 0)
    assert "is ready" in run(capsys, "init")[1]
    _, document = run_json(capsys, "sources")
    assert [source["id"] for source in document["sources"]] == ["note:leuchtturm"]


def test_a_home_without_starter_stays_empty(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "init", "--no-starter")[0] == 0
    assert run_json(capsys, "sources") == (0, {"sources": []})
    status, document = run_json(capsys, "search", "Leuchtturm")
    assert (status, document["hits"]) == (3, [])
    status, document = run_json(capsys, "ask", "Wie lange brennt der Leuchtturm?")
    assert (status, document["status"]) == (3, "DECLINED")


def test_ingest_and_again(capsys: pytest.CaptureFixture[str], statute: Path) -> None:
    status, document = run_json(capsys, "ingest", statute)
    assert status == 0
    assert document["sources"] == [
        {
            "id": "aufenthg_2004",
            "title": "AufenthG 2004",
            "kind": "gesetz",
            "rechtsstand": "2026-04-18",
            "passages": 2,
            "added": 2,
            "changed": 0,
            "removed": 0,
            "unchanged": 0,
            "warnings": [],
        }
    ]
    status, document = run_json(capsys, "ingest", statute)
    assert (status, document["sources"][0]["added"], document["sources"][0]["unchanged"]) == (0, 0, 2)


def test_ingest_says_what_it_could_not_read(capsys: pytest.CaptureFixture[str], statute: Path, tmp_path: Path) -> None:
    picture = tmp_path / "scan.pdf"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 40)
    status, document = run_json(capsys, "ingest", picture, statute)
    assert (status, len(document["sources"]), len(document["failed"])) == (1, 1, 1)
    assert "scan.pdf" in document["error"]["where"]
    status, _, err = run(capsys, "ingest", tmp_path / "nowhere")
    assert status == 1
    assert "Traceback" not in err


def test_search(capsys: pytest.CaptureFixture[str], statute: Path) -> None:
    run(capsys, "ingest", statute)
    status, document = run_json(capsys, "search", "Wann tönt das Nebelhorn?", "-k", "1")
    assert (status, document["query"], len(document["hits"])) == (0, "Wann tönt das Nebelhorn?", 1)
    hit = document["hits"][0]
    assert set(hit) == {
        *("rank", "score", "text_id", "passage_id", "source_id", "norm", "locator", "heading", "text"),
        *("rechtsstand", "url", "found_by"),
    }
    assert (hit["rank"], hit["norm"], hit["locator"], hit["passage_id"]) == (
        1,
        "AufenthG § 1",
        "§ 1 Abs. 2 AufenthG",
        "aufenthg_2004/§1/2#1",
    )
    assert hit["url"].endswith("/aufenthg_2004/__1.html")


def test_ask(capsys: pytest.CaptureFixture[str], statute: Path) -> None:
    run(capsys, "ingest", statute)
    _, document = run_json(capsys, "ask", "Was steht in § 1 AufenthG?", "--lang", "de")
    assert set(document) >= {
        *("question", "status", "statements", "citations", "open_points", "confidence", "mode", "ms"),
    }
    assert document["mode"] == "extractive"
    numbers = {citation["n"] for citation in document["citations"]}
    assert all(set(statement["citations"]) <= numbers for statement in document["statements"])
    status, out, _ = run(capsys, "ask", "Was steht in § 1 AufenthG?")
    assert status in (0, 3)
    assert "\x1b" not in out, "no colours in a pipe"


def test_show(capsys: pytest.CaptureFixture[str], statute: Path) -> None:
    run(capsys, "ingest", statute)
    status, document = run_json(capsys, "show", "§ 1 Abs. 2 AufenthG")
    assert status == 0
    assert set(document) >= {"ref", "text", "rechtsstand", "valid_from", "valid_to", "pending", "url"}
    assert (document["ref"], document["text"], document["rechtsstand"]) == (
        "§ 1 Abs. 2 AufenthG",
        "(2) Das Nebelhorn tönt bei Nebel.",
        "2026-04-18",
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(["§ 99 AufenthG"], "§ 99 AufenthG is not stored", id="no such Norm"),
        pytest.param(["§ 1 Abs. 7 AufenthG"], "§ 1 AufenthG has no Abs. 7", id="no such Absatz"),
        pytest.param(["§ 1 AufenthG", "--stichtag", "2020-01-01"], "is stored for 2020-01-01", id="before the oldest"),
    ],
)
def test_show_nothing(capsys: pytest.CaptureFixture[str], statute: Path, arguments: list[str], message: str) -> None:
    run(capsys, "ingest", statute)
    status, document = run_json(capsys, "show", *arguments)
    assert (status, document["error"]["type"]) == (3, "NotStoredError")
    assert message in document["error"]["message"]
    assert document["error"]["next"]


def test_show_what_is_no_reference(capsys: pytest.CaptureFixture[str]) -> None:
    status, document = run_json(capsys, "show", "Leuchtturm")
    assert (status, document["error"]["type"]) == (1, "CitationError")


def test_show_the_difference_of_two_states(capsys: pytest.CaptureFixture[str], statute: Path, tmp_path: Path) -> None:
    run(capsys, "ingest", _statute(tmp_path / "old", OLD, "20250402020000"), statute)
    status, document = run_json(capsys, "show", "§ 1 AufenthG", "--diff", "2025-04-02")
    assert status == 0
    changed = [op for op in document["ops"] if op["op"] != "equal"]
    assert changed == [{"absatz": "1", "op": "replace", "old": "acht", "new": "neun"}]
    assert (document["old_rechtsstand"], document["new_rechtsstand"]) == ("2025-04-02", "2026-04-18")
    assert "".join(op["old"] for op in document["ops"]) == document["old"].replace("\n\n", "")
    assert "".join(op["new"] for op in document["ops"]) == document["new"].replace("\n\n", "")
    _, out, _ = run(capsys, "show", "§ 1 AufenthG", "--diff", "2025-04-02")
    assert "[-acht-]{+neun+}" in out
    _, document = run_json(capsys, "show", "§ 1 AufenthG", "--stichtag", "2025-12-31")
    assert "acht" in document["text"]


def test_sync(capsys: pytest.CaptureFixture[str], statute: Path, publisher: Publisher) -> None:
    publisher.statutes["aufenthg_2004"] = statute.read_bytes()
    arguments = ("sync", "--base-url", publisher.url, "--pause", "0", "--only", "aufenthg_2004")
    status, document = run_json(capsys, *arguments)
    assert (status, [source["id"] for source in document["sources"]]) == (0, ["aufenthg_2004"])
    status, document = run_json(capsys, *arguments)
    assert (status, document["sources"], document["not_modified"]) == (0, [], 1)
    status, document = run_json(capsys, *arguments, "beschv_2013")
    assert (status, document["error"]["message"]) == (1, "the server answered 404")


def test_sync_offline(capsys: pytest.CaptureFixture[str]) -> None:
    status, document = run_json(capsys, "sync", "--base-url", "http://127.0.0.1:9")
    assert (status, document["error"]["type"]) == (1, "OfflineError")
    status, out, err = run(capsys, "sync", "--base-url", "http://127.0.0.1:9")
    assert (status, out) == (1, "")
    assert "nothing answers at this address" in err


def test_doctor(capsys: pytest.CaptureFixture[str], statute: Path) -> None:
    clean = {"ok": True, "missing": [], "orphaned": [], "duplicate": [], "wrong_model": [], "stale": []}
    run(capsys, "ingest", statute)
    assert run_json(capsys, "doctor") == (0, clean)
    assert run_json(capsys, "doctor", "--rebuild") == (0, clean)


def test_check_finds_an_unpinned_reference(capsys: pytest.CaptureFixture[str]) -> None:
    status, document = run_json(capsys, "check")
    assert status == 1
    found = {(error["file"], error["line"], error["ref"]) for error in document["errors"]}
    assert ("notes/leuchtturm.md", 7, "§ 1 Abs. 1 AufenthG") in found
    assert set(document) == {"errors", "counts", "unverified_share", "coverage"}


def test_evaluate(capsys: pytest.CaptureFixture[str], statute: Path, tmp_path: Path) -> None:
    run(capsys, "ingest", statute)
    item = {"id": "q1", "question": "Was steht in § 1 AufenthG?", "relevant": ["AufenthG § 1"], "must_mention": []}
    questions = tmp_path / "questions.jsonl"
    questions.write_text(json.dumps(item | {"answerable": True, "lang": "de", "style": "keyword"}), encoding="utf-8")
    out = tmp_path / "out.jsonl"
    status, document = run_json(capsys, "evaluate", questions, "--out", out)
    assert (status, document["n"], document["retrieval"]["hit@1"]) == (0, 1, 1.0)
    assert len(out.read_text(encoding="utf-8").splitlines()) == 1
    status, document = run_json(capsys, "evaluate", tmp_path / "nowhere.jsonl")
    assert (status, "error" in document) == (1, True)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.4", "::", "example.org"])
def test_serve_refuses_other_addresses(capsys: pytest.CaptureFixture[str], host: str, home: Path) -> None:
    status, document = run_json(capsys, "serve", "--host", host)
    assert (status, document["error"]["type"], home.exists()) == (1, "ConfigError", False)
    assert "login" in document["error"]["message"]


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "::1", "localhost"])
def test_serve_takes_loopback(host: str) -> None:
    serve.assert_loopback(host)


def test_the_next_free_port_is_taken(publisher: Publisher) -> None:
    taken = int(publisher.url.rpartition(":")[2])
    assert serve.free_port("127.0.0.1", taken) > taken
    with pytest.raises(ConfigError, match="no free port"):
        serve.free_port("192.0.2.1", 8501)  # no address of this machine


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        pytest.param({"CI": "true", "DISPLAY": ":0"}, True, id="continuous integration"),
        pytest.param({"DISPLAY": ":0"}, False, id="a display"),
        pytest.param({"WAYLAND_DISPLAY": "wayland-0"}, False, id="Wayland"),
    ],
)
def test_headless(environ: dict[str, str], expected: bool) -> None:
    assert serve.is_headless(environ) is expected
