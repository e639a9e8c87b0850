"""The shape of the interface's words: one frozen record a language.

A missing text is a type error and not a gap on the page. Words in braces are filled by `str.format`; every language
names the same ones.
"""

from __future__ import annotations

from dataclasses import dataclass

from kb.evidence import StatementKind, Status, Verdict
from kb.model import Jurisdiction, Kind


@dataclass(frozen=True, slots=True)
class VerdictText:
    """A verdict in plain words: a mark and a label for the eye, and what the check did and did not see."""

    mark: str
    label: str
    explanation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """The words of one language."""

    lang: str
    claim: str
    page_ask: str
    page_sources: str
    page_matrix: str
    language: str
    hero_title: str
    hero_text: str
    examples_title: str
    examples: tuple[str, ...]
    ask_placeholder: str
    asking: str
    your_question: str
    new_chat: str
    rdg: str
    answer: str
    status: dict[Status, str]
    confidence: tuple[str, str, str]
    confidence_label: str
    confidence_title: str
    oldest: str
    valid_on: str
    notices: str
    statement_marks: dict[StatementKind, str]
    unproven: str
    headings: dict[str, str]
    open_points: str
    who_helps: str
    who_helps_text: str
    belege: str
    belege_hint: str
    beleg: str
    no_model: str
    with_model: str
    declined_title: str
    declined_text: str
    declined_steps: tuple[str, ...]
    declined_near: str
    declined_copy: str
    close: str
    rank: str
    jurisdiction: str
    rechtsstand: str
    source: str
    place: str
    stored_text: str
    quoted: str
    quote_not_marked: str
    text_missing: str
    weggefallen: str
    read_to: str
    publisher_link: str
    verdict: dict[Verdict, VerdictText]
    note_verdict: VerdictText
    kind: dict[Kind, str]
    jurisdictions: dict[Jurisdiction, str]
    sync_running: str
    sync_count: str
    sync_offline: str
    sync_failed: str
    sync_stopped: str
    empty_title: str
    empty_text: str
    empty_next: str
    error_title: str
    error_where: str
    error_next: str
    unexpected_text: str
    unexpected_next: str
    address_text: str
    address_next: str
    sources_title: str
    sources_text: str
    sources_search: str
    sources_none: str
    sources_pending: str
    column_source: str
    column_kind: str
    column_passages: str
    column_checked: str
    sources_count: str
    matrix_title: str
    matrix_text: str
    matrix_none: str
    matrix_which: str
    matrix_names: dict[str, str]
    matrix_groups: dict[str, str]
    matrix_status: str
    matrix_all: str
    matrix_legend: str
    matrix_gap: str
    # verdict → its sign and its word
    matrix_verdict: dict[str, tuple[str, str]]
    matrix_facts: dict[str, str]
