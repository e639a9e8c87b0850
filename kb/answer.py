"""Retrieve, draft, verify – or decline. Never a guess, never a hidden doubt.

The question is read in memory only: nothing here logs or stores it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from kb.calibration import calibration
from kb.contacts import contacts_for
from kb.context import Context, NoteSource, build_context, normen_of
from kb.curated import Curated
from kb.evidence import Answer, Citation, Draft, Statement, StatementKind, Status, Verdict
from kb.extract import MAX_BELEGE, extract
from kb.german import index_words, words
from kb.glossary import Term, readings
from kb.groups import Asked
from kb.model import BankQuestion, Dokument, Hit, Kind, NormRef, Passage, StoredNorm
from kb.note import statement_key
from kb.notebook import Notebook
from kb.notices import notices
from kb.pins import Pin
from kb.relevance import Similarity
from kb.retrieve import REFERENCE, Retrieval, search
from kb.split import split
from kb.verify import contains_quote, verify

if TYPE_CHECKING:
    from kb.embed import FloatMatrix
    from kb.knowledge_base import KnowledgeBase

_HITS = 10
_VECTORS_KEPT = 20_000  # sentences of the law, 1 KB each
_NORMEN_KEPT = 2_000
_NAMED_CELL = 0.75  # cosine of a bank question that a named cell of a matrix is worth

_TEXTS = {
    "de": {
        "missing": "{norm} ist hier nicht gespeichert.",
        "which": "„{word}“ allein lässt vieles offen: Was möchten Sie dazu wissen, und um welchen Status geht es?",
        "readings": "„{word}“ kann Verschiedenes heißen: {readings}. Was ist gemeint, und um welchen Status geht es?",
        "helper": "Wer hilft weiter: {line}",
        "help": "Wer hilft weiter: eine Migrations- oder Asylverfahrensberatung, bei Bescheid und Frist sofort eine "
        "Anwältin oder ein Anwalt.",
    },
    "en": {
        "missing": "{norm} is not stored here.",
        "which": "“{word}” alone leaves much open: what would you like to know about it, and which status is it about?",
        "readings": "“{word}” may mean several things: {readings}. Which one, and which status is it about?",
        "helper": "Who can help: {line}",
        "help": "Who can help: a migration or asylum advice centre; with a decision and a deadline, a lawyer at once.",
    },
}


def answer(
    question: str,
    *,
    kb: KnowledgeBase,
    lang: str | None = None,
    stichtag: date | None = None,
    facts: Mapping[str, Any] | None = None,
    now: Callable[[], datetime] | None = None,
) -> Answer:
    """The answer our sources hold, every legal sentence with its checked Beleg; DECLINED where they hold none.

    `lang` is "de" or "en" (that of the question by default), `stichtag` the day it is about (today by default), `facts`
    what is known of the case: they sharpen which sentences are chosen, never what counts as proof.
    """
    created = now() if now else datetime.now(UTC)
    found = search(question, kb=kb, limit=_HITS, stichtag=stichtag)
    spoken = lang if lang in _TEXTS else found.lang
    lone_word = _lone_word(question, found, kb.curated.terms)
    cells = _cells(question, kb.curated, spoken)
    if not _is_answerable(found, lone_word):
        return _declined(question, found, spoken, created=created, stichtag=stichtag, kb=kb)
    memory = _memory(kb)
    known = _stored(kb, memory, normen_of(found.hits), stichtag)
    asked = question if not facts else f"{question} {' '.join(str(value) for value in facts.values())}"
    draft = extract(
        asked,
        found.hits,
        notebook=memory.notebook,
        known=known,
        pins=kb.pins,
        lang=spoken,
        similarity=_similarity(kb, memory),
        refs=found.refs,
        asked=(*cells, *found.asked),
    )
    known = {**known, **_stored(kb, memory, _claimed(draft), stichtag)}
    context = build_context(found.hits, _used(memory.notebook.notes, draft))
    statements, citations = _verified(draft, context, known, kb.pins, spoken)
    citations = _with_passages(kb, memory, found.hits, citations, stichtag)
    limits = notices(citations, known, stichtag=stichtag, today=created.date(), lang=spoken)
    open_points = _open_points(question, draft, found, known, lone_word, kb.curated, spoken)
    status = _status(statements, citations, limits, is_vague=bool(lone_word))
    return Answer(
        question=question,
        lang=spoken,
        statements=statements,
        citations=citations,
        hits=tuple(found.hits),
        status=status,
        confidence=found.confidence,
        created_at=created,
        kb_version=kb.store.kb_version(),
        open_points=open_points if status is not Status.DECLINED else (_TEXTS[spoken]["help"],),
        notices=limits,
        oldest_rechtsstand=_oldest(citations),
        stichtag=stichtag,
    )


def _cells(question: str, curated: Curated, lang: str) -> tuple[Asked, ...]:
    """The cells of the matrices a question names by status and column, as if the bank had been asked just that."""
    cells = [cell for matrix in curated.matrices for cell in matrix.find(question)]
    texts = [(cell.text_en, cell.gap_en) if lang == "en" else (cell.text, cell.gap) for cell in cells]
    answers = [tuple(statement_key(text) for text in pair if text) for pair in texts]
    return tuple(
        Asked(BankQuestion(question, lang, "keyword", (), note=cell.note, answer=answer), _NAMED_CELL)
        for cell, answer in zip(cells, answers, strict=True)
    )


def _verified(
    draft: Draft,
    context: Context,
    known: Mapping[NormRef, StoredNorm],
    pins: Mapping[NormRef, Pin],
    lang: str,
) -> tuple[tuple[Statement, ...], tuple[Citation, ...]]:
    """The verified draft; statements of the last section go where verdicts part one Absatz into too many Belege."""
    while True:
        statements, citations = verify(draft, context, known, pins, lang=lang)
        if len(citations) <= MAX_BELEGE or len(statements) < 2:
            return statements, citations
        notes = [each for each in draft.statements if each.origin]
        last = (notes or draft.statements)[-1]
        draft = replace(draft, statements=tuple(each for each in draft.statements if each is not last))


def _is_answerable(found: Retrieval, lone_word: str) -> bool:
    """True if the search is sure enough, or the question names a Norm we know: its text is an answer."""
    named = any(method == REFERENCE for hit in found.hits[:3] for method, _ in hit.found_by)
    return bool(found.hits) and (named or bool(lone_word) or found.confidence >= calibration().decline_below)


def _lone_word(question: str, found: Retrieval, terms: Iterable[Term]) -> str:
    """The only word of a question if a hit knows it: it deserves a question back rather than a refusal or a guess."""
    content = words(question)
    if found.refs or len(question.split()) > 2:
        return ""
    if readings(question.strip(" ?!."), terms):
        return question.strip(" ?!.")
    if len(set(content)) != 1:
        return ""
    for hit in found.hits[:3]:
        if content[0] in index_words(f"{hit.passage.heading} {hit.passage.text}"):
            return question.strip(" ?!.")
    return ""


def _declined(
    question: str,
    found: Retrieval,
    lang: str,
    *,
    created: datetime,
    stichtag: date | None,
    kb: KnowledgeBase,
) -> Answer:
    missing = tuple(_TEXTS[lang]["missing"].format(norm=ref.norm) for ref in found.refs if not _is_hit(ref, found.hits))
    return Answer(
        question=question,
        lang=lang,
        statements=(),
        citations=(),
        hits=tuple(found.hits),
        status=Status.DECLINED,
        confidence=found.confidence,
        created_at=created,
        kb_version=kb.store.kb_version(),
        open_points=(*dict.fromkeys(missing), _TEXTS[lang]["help"]),
        stichtag=stichtag,
    )


def _is_hit(ref: NormRef, hits: Sequence[Hit]) -> bool:
    return any(hit.norm is not None and hit.norm.norm == ref.norm for hit in hits)


@dataclass(slots=True)
class _Memory:
    """What is kept between questions: the notes of one state of the knowledge base, and vectors of sentences."""

    kb_version: str
    notebook: Notebook
    vectors: dict[str, FloatMatrix] = field(default_factory=dict)
    passages: dict[tuple[NormRef, date | None], list[Passage]] = field(default_factory=dict)
    normen: dict[tuple[NormRef, date | None], StoredNorm | None] = field(default_factory=dict)


_memories: WeakKeyDictionary[KnowledgeBase, _Memory] = WeakKeyDictionary()
_remembering = Lock()


def _memory(kb: KnowledgeBase) -> _Memory:
    """The memory of the state in force; the first question after a change reads all notes."""
    version = kb.store.kb_version()
    with _remembering:
        memory = _memories.get(kb)
        if memory is None or memory.kb_version != version:
            memory = _memories[kb] = _Memory(version, Notebook(_read_notes(kb), kb.embedder))
        return memory


def _read_notes(kb: KnowledgeBase) -> list[NoteSource]:
    sources = [source for source in kb.store.sources() if source.kind is Kind.NOTE]
    stored = [(source, kb.store.quelle(source.id)) for source in sources]
    notes = [(source, dokument) for source, dokument in stored if isinstance(dokument, Dokument)]
    return [NoteSource.read(source, dokument, partial(_note_passages, kb, dokument)) for source, dokument in notes]


def _note_passages(kb: KnowledgeBase, dokument: Dokument) -> list[Passage]:
    passages = split(dokument, max_words=kb.config.passage_words)
    current = kb.store.in_force([each.text_id for each in passages], None)
    return [each for each in passages if each.text_id in current]


def _similarity(kb: KnowledgeBase, memory: _Memory) -> Similarity:
    """Meaning compared by the embedder; the sentences of the law come back with every question, so they are kept."""

    def similarity(question: str, texts: Sequence[str]) -> Sequence[float]:
        new = [text for text in dict.fromkeys(texts) if text not in memory.vectors]
        if len(memory.vectors) > _VECTORS_KEPT:
            memory.vectors.clear()
            new = list(dict.fromkeys(texts))
        if new:
            memory.vectors.update(zip(new, kb.embedder.embed(new, role="passage"), strict=True))
        query = kb.embedder.embed([question], role="query")[0]
        return [float(memory.vectors[text] @ query) for text in texts]

    return similarity


def _used(notes: Sequence[NoteSource], draft: Draft) -> list[NoteSource]:
    """The notes with only the passages the draft rests on: those were read for it."""
    claimed = {claim.text_id for statement in draft.statements for claim in statement.claims}
    origins = {statement.origin for statement in draft.statements}
    return [
        replace(note, stored=partial(list, [passage for passage in note.passages if passage.text_id in claimed]))
        for note in notes
        if note.source.id in origins
    ]


def _with_passages(
    kb: KnowledgeBase, memory: _Memory, hits: Sequence[Hit], citations: Sequence[Citation], stichtag: date | None
) -> tuple[Citation, ...]:
    """The citations of Normen with the stored passage their quotation stands in, so that it can be opened."""
    result: list[Citation] = []
    for citation in citations:
        ref = citation.locator
        if isinstance(ref, NormRef) and citation.quote and not citation.text_id:
            where = ref.to_absatz()
            shown = [hit.passage for hit in hits if _is_place(hit.passage, where)]
            holding = [p for p in shown if contains_quote(p.text, citation.quote)]
            if not holding:
                stored = _norm_passages(kb, memory, where.norm, stichtag)
                places = [p for p in stored if not where.absatz or _is_place(p, where)]
                holding = [p for p in places if contains_quote(p.text, citation.quote)]
            citation = replace(citation, text_id=holding[0].text_id) if holding else citation  # noqa: PLW2901
        result.append(citation)
    return tuple(result)


def _is_place(passage: Passage, where: NormRef) -> bool:
    return isinstance(passage.locator, NormRef) and passage.locator.to_absatz() == where


def _norm_passages(kb: KnowledgeBase, memory: _Memory, norm: NormRef, stichtag: date | None) -> list[Passage]:
    """The passages of a Norm, kept: the same Normen are cited again and again."""
    key = norm, stichtag
    if key not in memory.passages:
        if len(memory.passages) > _NORMEN_KEPT:
            memory.passages.clear()
        memory.passages[key] = kb.store.norm_passages(norm, stichtag=stichtag, or_oldest=True)
    return memory.passages[key]


def _claimed(draft: Draft) -> list[NormRef]:
    locators = [claim.locator for statement in draft.statements for claim in statement.claims]
    return list(dict.fromkeys(locator.norm for locator in locators if isinstance(locator, NormRef)))


def _stored(
    kb: KnowledgeBase, memory: _Memory, normen: Iterable[NormRef], stichtag: date | None
) -> dict[NormRef, StoredNorm]:
    """The stored Normen, kept: the same ones come back with other questions."""
    wanted = list(normen)
    kept = memory.normen
    if len(kept) > _NORMEN_KEPT:
        kept.clear()
    new = [norm for norm in wanted if (norm, stichtag) not in kept]
    if new:
        read = kb.store.norms(new, stichtag=stichtag, or_oldest=True)
        kept.update({(norm, stichtag): read.get(norm) for norm in new})
    found = {norm: kept.get((norm, stichtag)) for norm in wanted}
    return {norm: stored for norm, stored in found.items() if stored is not None}


def _status(
    statements: Sequence[Statement], citations: Sequence[Citation], notices: Sequence[str], *, is_vague: bool
) -> Status:
    if not statements:
        return Status.DECLINED
    by_number = {citation.n: citation for citation in citations}
    legal = [statement for statement in statements if statement.kind is StatementKind.LEGAL]
    proven = all(any(by_number[n].proves_law for n in statement.citations) for statement in legal)
    doubts = any(citation.verdict is Verdict.NORM_CHANGED for citation in citations)
    if not legal or not proven or doubts or notices or is_vague:
        return Status.PARTIAL
    return Status.ANSWERED


def _status_numbers(question: str, curated: Curated) -> set[str]:
    """The numbers of the Normen of the residence statuses a question names beside a support or a kind of work."""
    found = [(matrix, cell) for matrix in curated.matrices for cell in matrix.find(question)]
    return {norm.nummer for matrix, cell in found for row in matrix.rows if row.id == cell.row for norm in row.norms}


def _open_points(
    question: str,
    draft: Draft,
    found: Retrieval,
    known: Mapping[NormRef, StoredNorm],
    lone_word: str,
    curated: Curated,
    lang: str,
) -> tuple[str, ...]:
    texts = _TEXTS[lang]
    several = ", ".join(readings(lone_word, curated.terms))
    asks_back = texts["readings" if several else "which"].format(word=lone_word, readings=several)
    first = (asks_back,) if lone_word else ()
    statuses = _status_numbers(question, curated)  # "mit § 16g BAföG" names a status and a benefit
    refs = [ref for ref in found.refs if ref.nummer not in statuses]
    unknown = [ref.norm for ref in refs if ref.norm not in known and not _is_hit(ref, found.hits)]
    missing = tuple(texts["missing"].format(norm=norm) for norm in dict.fromkeys(unknown))
    topic = next((each.origin for each in draft.statements if each.origin), "").rpartition(":")[2]
    helpers = [texts["helper"].format(line=one.line(lang)) for one in contacts_for(topic, curated.contacts)]
    return (*first, *missing, *draft.open_points, *helpers, texts["help"])


def _oldest(citations: Sequence[Citation]) -> date | None:
    dated = [citation.rechtsstand for citation in citations if citation.verdict is not Verdict.UNKNOWN_NORM]
    return min(dated, default=None)
