"""Domain values as the JSON documents of the interfaces; pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from kb.check import CheckReport
from kb.errors import KbError
from kb.evidence import Answer, Citation
from kb.index import Diagnosis
from kb.laws import norm_url
from kb.matrix import Matrix
from kb.model import Hit, Kind, Locator, NormRef, PendingChange, SourceInfo
from kb.show import Op, Shown

Document: TypeAlias = dict[str, Any]


class Ingested(Protocol):
    """What became of one source; `ingest` makes it, which `kb` does not know."""

    @property
    def source_id(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def kind(self) -> Kind: ...
    @property
    def rechtsstand(self) -> date: ...
    @property
    def passages(self) -> int: ...
    @property
    def added(self) -> int: ...
    @property
    def changed(self) -> int: ...
    @property
    def removed(self) -> int: ...
    @property
    def unchanged(self) -> int: ...
    @property
    def warnings(self) -> tuple[str, ...]: ...


def init_report(home: Path, *, is_in: bool, changed: int, seconds: float) -> Document:
    """`lotse init`; `changed` counts notes and bank files that were not stored so."""
    return {"home": str(home), "starter": is_in, "changed": changed, "seconds": round(seconds, 1)}


def ingest_report(
    results: Iterable[Ingested],
    errors: Sequence[KbError] = (),
    *,
    seconds: float,
    not_modified: int = 0,
    warnings: Sequence[str] = (),
    indexed: bool = True,
) -> Document:
    """`lotse ingest`, and `lotse sync`; counts are passages, `failed` says which sources could not be had or read.

    `warnings` hold for many sources alike and stand once, beside those of each source. `indexed` is false while the
    changes wait for another process that is indexing.
    """
    document: Document = {
        "sources": [_ingested(result) for result in results],
        "indexed": indexed,
        "seconds": round(seconds, 1),
    }
    if not_modified:
        document["not_modified"] = not_modified
    if warnings:
        document["warnings"] = list(warnings)
    if errors:
        document["failed"] = [_failure(error) for error in errors]
        document["error"] = {"type": type(errors[0]).__name__} | document["failed"][0]
    return document


def _ingested(result: Ingested) -> Document:
    return {
        "id": result.source_id,
        "title": result.title,
        "kind": result.kind.value,
        "rechtsstand": _day(result.rechtsstand),
        "passages": result.passages,
        "added": result.added,
        "changed": result.changed,
        "removed": result.removed,
        "unchanged": result.unchanged,
        "warnings": list(result.warnings),
    }


def _failure(error: KbError) -> Document:
    return {"message": error.message, "where": error.where, "next": error.next}


def search_report(query: str, hits: Iterable[Hit], *, ms: float) -> Document:
    """`lotse search`; hits best first, rank from 1."""
    return {"query": query, "hits": [_hit(hit) for hit in hits], "ms": round(ms, 1)}


def _hit(hit: Hit) -> Document:
    passage = hit.passage
    norm = hit.norm or (passage.locator.norm if isinstance(passage.locator, NormRef) else None)
    return {
        "rank": hit.rank,
        "score": round(hit.score, 4),
        "text_id": passage.text_id,
        "passage_id": passage.passage_id,
        "source_id": passage.source_id,
        "norm": norm.key if norm else None,
        "locator": str(passage.locator),
        "heading": passage.heading,
        "text": passage.text,
        "rechtsstand": _day(hit.source.rechtsstand),
        "url": _url(passage.locator, hit.source.url),
        "found_by": dict(hit.found_by),
    }


def answer_report(answer: Answer, *, ms: float) -> Document:
    """`lotse ask`; citation numbers from 1, `notices` are the lines that limit the answer."""
    return {
        "question": answer.question,
        "status": answer.status.value,
        "statements": [
            {"text": statement.text, "heading": statement.heading, "citations": list(statement.citations)}
            for statement in answer.statements
        ],
        "citations": [_citation(citation) for citation in answer.citations],
        "open_points": list(answer.open_points),
        "notices": list(answer.notices),
        "confidence": round(answer.confidence, 4),
        "mode": answer.mode,
        "ms": round(ms, 1),
    }


def _citation(citation: Citation) -> Document:
    locator = citation.locator
    return {
        "n": citation.n,
        "kind": citation.kind.value,
        "norm": locator.key if isinstance(locator, NormRef) else None,
        "locator": str(locator),
        "source_id": citation.source_id,
        "title": citation.title,
        "quote": citation.quote,
        "url": citation.url,
        "rechtsstand": _day(citation.rechtsstand),
        "verdict": citation.verdict.value,
        "text_id": citation.text_id,
    }


def check_report(report: CheckReport) -> Document:
    """`lotse check`; lines from 1."""
    errors = [{"file": e.file, "line": e.line, "ref": e.ref, "message": e.message} for e in report.errors]
    return {
        "errors": errors,
        "counts": dict(report.counts),
        "unverified_share": round(report.unverified_share, 4),
        "coverage": [asdict(topic) for topic in report.coverage],
    }


def matrix_report(matrix: Matrix, rows: Sequence[str]) -> Document:
    """`lotse matrix`; `rows` are ids of statuses, none for all. `norms` is the inside of a bracket."""
    chosen = [row for row in matrix.rows if not rows or row.id in rows]
    return {
        "id": matrix.id,
        "title": matrix.title,
        "rows": [{"id": row.id, "title": row.title, "title_en": row.title_en} for row in chosen],
        "columns": [{"id": line.id, "title": line.title, "title_en": line.title_en} for line in matrix.columns],
        "cells": [
            {**asdict(cell), "verdict": cell.verdict.value, "facts": dict(cell.facts)}
            for row in chosen
            for column in matrix.columns
            if (cell := matrix.cells.get((row.id, column.id)))
        ],
    }


def doctor_report(diagnosis: Diagnosis) -> Document:
    """`lotse doctor`."""
    return {
        "ok": diagnosis.ok,
        "missing": list(diagnosis.missing),
        "orphaned": list(diagnosis.orphaned),
        "duplicate": list(diagnosis.duplicate),
        "wrong_model": list(diagnosis.wrong_model),
        "stale": list(diagnosis.stale),
    }


def sources_report(sources: Sequence[SourceInfo]) -> Document:
    """`lotse sources`; states oldest first."""
    return {
        "sources": [
            {
                "id": source.id,
                "kind": source.kind.value,
                "title": source.title,
                "kuerzel": source.kuerzel,
                "publisher": source.publisher,
                "jurisdiction": source.jurisdiction.value,
                "rechtsstand": _day(source.rechtsstand),
                "last_checked": _day(source.last_checked),
                "states": [_day(state) for state in source.states],
                "pending": _pending(source.pending),
                "url": source.url,
            }
            for source in sources
        ]
    }


def show_report(shown: Shown) -> Document:
    """`lotse show`."""
    return {
        "ref": str(shown.ref),
        "title": shown.title,
        "text": shown.text,
        "rechtsstand": _day(shown.rechtsstand),
        "valid_from": _day(shown.valid_from),
        "valid_to": _day(shown.valid_to),
        "pending": _pending(shown.pending),
        "other_states": [_day(state) for state in shown.other_states],
        "url": norm_url(shown.ref),
    }


def diff_report(old: Shown, new: Shown, ops: Sequence[Op]) -> Document:
    """`lotse show --diff`; `old` and `new` are whole texts, the steps are words."""
    return {
        "ref": str(new.ref),
        "old": old.text,
        "new": new.text,
        "old_rechtsstand": _day(old.rechtsstand),
        "new_rechtsstand": _day(new.rechtsstand),
        "ops": [{"absatz": op.absatz, "op": op.kind, "old": op.old, "new": op.new} for op in ops],
    }


def _pending(pending: Iterable[PendingChange]) -> list[Document]:
    return [{"text": change.text, "effective": _day(change.effective)} for change in pending]


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _url(locator: Locator, source_url: str) -> str:
    return norm_url(locator) if isinstance(locator, NormRef) else source_url
