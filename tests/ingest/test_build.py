"""Whole ingests into a real store: folders of documents, names, kinds, the same bytes again, other processes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import date
from multiprocessing import get_context
from pathlib import Path

import pytest

from ingest.build import IngestReport, ingest_paths
from ingest.workers import parsers
from kb.config import Config
from kb.model import Kind
from kb.store import Store, open_store
from tests.ingest.test_gii_xml import norm, statute

TODAY = date(2026, 8, 19)
PAGE = "<html><head><title>Seite {0}</title></head><body><p>Das steht auf Seite {0}.</p></body></html>"


@pytest.fixture
def store(config: Config) -> Iterator[Store]:
    with open_store(config) as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A collection as people keep one: decisions of two courts under the same file names, and a page."""
    root = tmp_path / "sammlung"
    for name, text in {
        "vg/2024/urteil.txt": "Das Gericht in Dresden entscheidet so.",
        "vg/2025/urteil.txt": "Das Gericht in Leipzig entscheidet anders.",
        "seiten/urteil.html": PAGE.format("1"),
        ".versteckt/notiz.txt": "nie gelesen",
        "vg/.DS_Store": "nie gelesen",
    }.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def ids(report: IngestReport) -> list[tuple[str, int, int]]:
    """Id, added and unchanged passages of each source."""
    return [(result.source_id, result.added, result.unchanged) for result in report]


def stored(store: Store) -> list[str]:
    return [source.id for source in store.sources()]


def test_folder_of_documents(config: Config, store: Store, folder: Path) -> None:
    report = ingest_paths([folder], store=store, config=config, today=TODAY)
    assert ids(report) == [
        ("webseite:seiten/urteil", 1, 0),
        ("webseite:vg/2024/urteil", 1, 0),
        ("webseite:vg/2025/urteil", 1, 0),
    ]
    assert [result.warnings for result in report] == [(), (), ()]
    assert report.warnings == (
        "3 sources: kind not given: taken as webseite, which proves nothing (--kind says what it is)",
        "3 sources: Rechtsstand not given: the day of reading is taken (--stand DATE)",
    )
    again = ingest_paths([folder], store=store, config=config, today=date(2026, 8, 20))
    assert ids(again) == [(name, 0, 1) for name, _, _ in ids(report)]
    assert {source.last_checked for source in store.sources()} == {date(2026, 8, 20)}


def test_kind_and_stand_are_honoured(config: Config, store: Store, folder: Path) -> None:
    stand = date(2025, 1, 2)
    report = ingest_paths([folder / "vg"], store=store, config=config, kind=Kind.ERLASS, stand=stand, today=TODAY)
    assert [(result.source_id, result.kind, result.rechtsstand) for result in report] == [
        ("erlass:2024/urteil", Kind.ERLASS, stand),
        ("erlass:2025/urteil", Kind.ERLASS, stand),
    ]
    assert report.warnings == ()


def test_file_given_alone_and_with_its_folders_is_one_document(config: Config, store: Store, folder: Path) -> None:
    ingest_paths([folder / "vg" / "2024" / "urteil.txt"], store=store, config=config, today=TODAY)
    ingest_paths([folder / "vg"], store=store, config=config, today=TODAY)
    ingest_paths([folder], store=store, config=config, today=TODAY)
    assert stored(store) == ["webseite:2025/urteil", "webseite:seiten/urteil", "webseite:urteil"]


def test_kind_given_later_takes_the_place_of_the_first(config: Config, store: Store, folder: Path) -> None:
    ingest_paths([folder], store=store, config=config, today=TODAY)
    ingest_paths([folder], store=store, config=config, kind=Kind.ERLASS, today=TODAY)
    assert stored(store) == ["erlass:seiten/urteil", "erlass:vg/2024/urteil", "erlass:vg/2025/urteil"]


def test_changed_file_replaces_its_text(config: Config, store: Store, folder: Path) -> None:
    ingest_paths([folder], store=store, config=config, today=TODAY)
    (folder / "vg/2024/urteil.txt").write_text("Das Gericht hat es sich überlegt.", encoding="utf-8")
    report = ingest_paths([folder], store=store, config=config, today=TODAY)
    assert [(r.source_id, r.changed, r.unchanged) for r in report if not r.unchanged] == [
        ("webseite:vg/2024/urteil", 1, 0)
    ]


def test_two_files_that_differ_only_in_their_ending(config: Config, store: Store, folder: Path) -> None:
    (folder / "seiten/urteil.txt").write_text("Eine andere Fassung.", encoding="utf-8")
    for _ in range(2):  # the second time the first file is known already
        report = ingest_paths([folder / "seiten"], store=store, config=config, today=TODAY)
        assert [result.source_id for result in report] == ["webseite:urteil"]
        (error,) = report.errors
        assert "same id" in error.message
        assert (Path(error.where).name, bool(error.next)) == ("urteil.txt", True)
    assert store.source("webseite:urteil").title == "Seite 1"  # type: ignore[union-attr]


def test_missing_path_is_named(config: Config, store: Store, tmp_path: Path) -> None:
    (error,) = ingest_paths([tmp_path / "nirgends"], store=store, config=config).errors
    assert (error.message, Path(error.where).name) == ("there is no such file or folder", "nirgends")


def many(folder: Path, count: int) -> Path:
    """So many small statutes, and one file that is none."""
    folder.mkdir()
    for number in range(count):
        body = statute(norm("§ 1", f"<P>(1) Es gilt Regel {number}.</P>"))
        (folder / f"g{number:02}.xml").write_bytes(body.replace(b"TestG", f"Test{number:02}G".encode()))
    (folder / "g05x.xml").write_bytes(b"<dokumente><norm>")
    return folder


def test_processes_give_what_one_gives(config: Config, tmp_path: Path) -> None:
    folder = many(tmp_path / "gesetze", 12)
    reports = []
    for name in ("eins", "zwei"):
        own = Config(home=config.home / name)
        with open_store(own) as store, parsers([folder] if name == "zwei" else []) as executor:
            report = ingest_paths([folder], store=store, config=own, executor=executor, today=TODAY)
            reports.append((report.results, [str(error) for error in report.errors], stored(store)))
            assert (executor is None) == (name == "eins" or os.cpu_count() == 1)
    assert reports[0] == reports[1]
    assert (len(reports[0][0]), len(reports[0][1])) == (12, 1)


def die(*_: object) -> None:
    os._exit(1)


class Poisoned(ThreadPoolExecutor):
    """Hands the third file to a process that dies of it; the others are read in a thread."""

    def __init__(self) -> None:
        super().__init__(1)
        self._count = 0
        self._doomed = ProcessPoolExecutor(1, mp_context=get_context("spawn"))

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        super().shutdown(wait, cancel_futures=cancel_futures)
        self._doomed.shutdown(wait, cancel_futures=cancel_futures)

    def submit(self, fn, /, *args, **kwargs):  # type: ignore[no-untyped-def]
        self._count += 1
        return self._doomed.submit(die) if self._count == 3 else super().submit(fn, *args, **kwargs)


def test_process_that_dies_costs_its_file_not_the_rest(config: Config, store: Store, tmp_path: Path) -> None:
    folder = many(tmp_path / "gesetze", 6)
    with Poisoned() as executor:
        report = ingest_paths([folder], store=store, config=config, executor=executor, today=TODAY)
    assert [result.source_id for result in report] == ["g00", "g01", "g03", "g04", "g05"]
    assert [Path(error.where.split(":")[0]).name for error in report.errors] == ["g02.xml", "g05x.xml"]
    assert "a process that reads files ended" in report.errors[0].message
