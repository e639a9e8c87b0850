"""Question sets → figures: is the Norm found, is it cited, is the answer complete, is the unanswerable declined?

The measures are pure functions over what was seen of each question; `evaluate` only asks and writes it down.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import ceil, log2
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from kb import german
from kb.errors import CitationError, SourceError
from kb.evidence import Answer, CitationKind, StatementKind, Status, Verdict
from kb.model import Hit, NormRef
from kb.normref import parse_norm_key
from kb.retrieve import retrieve

if TYPE_CHECKING:
    from kb.knowledge_base import KnowledgeBase

DEPTH = 10  # ranks that count
_CUTS = (1, 3, 5, 10)
_ENOUGH_WORDS = 0.6  # of the content words of a thing that must be mentioned


class Answerer(Protocol):
    """What is measured: `kb.answer.answer` or a stand-in."""

    def __call__(self, question: str, *, kb: KnowledgeBase) -> Answer: ...


@dataclass(frozen=True, slots=True)
class Item:
    """A question with what a good answer needs. `relevant` are keys of Normen ("AufenthG § 60c") or file stems."""

    id: str
    question: str
    relevant: tuple[str, ...] = ()
    must_mention: tuple[str, ...] = ()
    answerable: bool = True
    lang: str = "de"
    style: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """What one question showed; `ranking` holds keys or stems, best first, each once; `ms` is the answer's time."""

    id: str
    lang: str
    style: str
    answerable: bool
    relevant: tuple[str, ...]
    ranking: tuple[str, ...]
    status: str
    confidence: float
    cited: tuple[str, ...]
    citations: int
    verbatim: int
    legal: int
    norm_backed: int
    mentioned: tuple[bool, ...]
    ms: float


def read_items(file: Path) -> list[Item]:
    """The questions of a JSONL file. Raises SourceError with the line that cannot be read."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"cannot read the questions: {error}", where=str(file), next="name a JSONL file") from error
    items: list[Item] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            items.append(_item(row, number))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise SourceError(
                f"not a question: {error!r}",
                where=f"{file}, line {number}",
                next='write {"id", "question", "relevant", "must_mention", "answerable", "lang", "style"}',
            ) from error
    return items


def _item(row: Mapping[str, Any], number: int) -> Item:
    relevant = row.get("relevant", row.get("norms", []))
    return Item(
        id=str(row.get("id", number)),
        question=row["question"],
        relevant=tuple(dict.fromkeys(canonical(name) for name in relevant)),
        must_mention=tuple(row.get("must_mention", [])),
        answerable=bool(row.get("answerable", True)),
        lang=str(row.get("lang") or german.language(row["question"])),
        style=str(row.get("style", "")),
    )


def canonical(name: str) -> str:
    """The key of a Norm however its Gesetz is called ("SGB 2 § 7" = "SGB II § 7"); any other name is a file stem."""
    try:
        return parse_norm_key(name).key
    except CitationError:
        return name


def ranking(hits: Iterable[Hit]) -> tuple[str, ...]:
    """Normen and file stems in the order of the hits, each at its first place; a hit stands for one of them."""
    names = [hit.norm.key if hit.norm else hit.source.stem or hit.source.id for hit in hits]
    return tuple(dict.fromkeys(names))


def hit_at(relevant: Sequence[str], ranked: Sequence[str], cut: int) -> float:
    """1.0 if any relevant name is among the first `cut`, else 0.0."""
    return float(any(name in relevant for name in ranked[:cut]))


def reciprocal_rank(relevant: Sequence[str], ranked: Sequence[str]) -> float:
    """1 / rank of the first relevant name, 0.0 beyond DEPTH."""
    return next((1 / rank for rank, name in enumerate(ranked[:DEPTH], start=1) if name in relevant), 0.0)


def ndcg(relevant: Sequence[str], ranked: Sequence[str]) -> float:
    """Normalised discounted cumulative gain at DEPTH, every relevant name worth 1; 0.0 if there is none."""
    gain = sum(1 / log2(rank + 1) for rank, name in enumerate(ranked[:DEPTH], start=1) if name in relevant)
    ideal = sum(1 / log2(rank + 1) for rank in range(1, min(len(relevant), DEPTH) + 1))
    return gain / ideal if ideal else 0.0


def is_mentioned(item: str, statements: Sequence[str], *, lang: str = "de") -> bool:
    """True if ≥ 60 % of the item's stemmed words and all its numbers stand in one statement or two neighbouring ones.

    Numbers count alike in words and digits and are not among the words. `lang` is that of the item: English words have
    English stems.
    """
    stems = german.english_words if lang == "en" else german.words
    stored = german.english_words if lang == "en" else german.index_words
    wanted_numbers = set(german.numbers(item))
    wanted = {word for word in stems(item) if not german.numbers(word) and not any(map(str.isdigit, word))}
    wanted -= {word for token in german.tokens(item) if german.numbers(token) for word in stems(token)}
    for start in range(len(statements)):
        text = " ".join(statements[start : start + 2])
        if not wanted_numbers <= set(german.numbers(text)):
            continue
        there = set(stored(text))
        if len(wanted & there) >= _ENOUGH_WORDS * len(wanted):
            return True
    return False


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which that share lies (nearest rank); 0.0 of nothing."""
    if not values:
        return 0.0
    ordered = sorted(values)
    return ordered[max(0, ceil(share * len(ordered)) - 1)]


def figures(seen: Sequence[Seen]) -> dict[str, Any]:
    """All measures over some questions; retrieval and citation over the answerable ones that name what is relevant."""
    asked = [one for one in seen if one.answerable and one.relevant]
    answered = [one for one in seen if one.status != Status.DECLINED.value]
    unanswerable = [one for one in seen if not one.answerable]
    answerable = [one for one in seen if one.answerable]
    times = [one.ms for one in seen]
    return {
        "n": len(seen),
        "retrieval": {
            **{f"hit@{cut}": _mean(hit_at(one.relevant, one.ranking, cut) for one in asked) for cut in _CUTS},
            f"mrr@{DEPTH}": _mean(reciprocal_rank(one.relevant, one.ranking) for one in asked),
            f"ndcg@{DEPTH}": _mean(ndcg(one.relevant, one.ranking) for one in asked),
        },
        "citation": {
            "hit_in_cited": _mean(float(any(name in one.relevant for name in one.cited)) for one in asked),
            "verbatim_share": _share(sum(o.verbatim for o in answered), sum(o.citations for o in answered)),
            "norm_backed_share": _share(sum(o.norm_backed for o in answered), sum(o.legal for o in answered)),
        },
        "must_mention": _mean(float(found) for one in answerable for found in one.mentioned),
        "abstention": {
            "declined_unanswerable": _mean(float(o.status == Status.DECLINED.value) for o in unanswerable),
            "declined_answerable": _mean(float(o.status == Status.DECLINED.value) for o in answerable),
        },
        "ms": {"p50": round(percentile(times, 0.5), 1), "p95": round(percentile(times, 0.95), 1)},
    }


def _mean(values: Iterable[float]) -> float | None:
    """The mean to four places, None of nothing: no question of that kind is no score of nought."""
    numbers = list(values)
    return round(sum(numbers) / len(numbers), 4) if numbers else None


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def report(seen: Sequence[Seen]) -> dict[str, Any]:
    """The figures over all questions and by language, style and both."""
    splits: dict[str, Callable[[Seen], str]] = {
        "lang": lambda one: one.lang,
        "style": lambda one: one.style,
        "lang/style": lambda one: f"{one.lang}/{one.style}",
    }
    by: dict[str, dict[str, Any]] = {}
    for name, key in splits.items():
        groups: dict[str, list[Seen]] = {}
        for one in seen:
            groups.setdefault(key(one), []).append(one)
        by[name] = {group: figures(members) for group, members in sorted(groups.items())}
    return {**figures(seen), "by": by}


def observe(item: Item, hits: Sequence[Hit], answer: Answer, *, ms: float) -> Seen:
    """What is kept of one question, its hits and its answer."""
    statements = [statement.text for statement in answer.statements]
    legal = [statement for statement in answer.statements if statement.kind is StatementKind.LEGAL]
    norms = [c.locator.key for c in answer.citations if isinstance(c.locator, NormRef)]
    others = [
        c.source_id.rpartition("/")[2].rpartition(":")[2] for c in answer.citations if c.kind is not CitationKind.NORM
    ]
    return Seen(
        id=item.id,
        lang=item.lang,
        style=item.style,
        answerable=item.answerable,
        relevant=item.relevant,
        ranking=ranking(hits)[:DEPTH],
        status=answer.status.value,
        confidence=round(answer.confidence, 4),
        cited=tuple(dict.fromkeys([*norms, *others])),
        citations=len(answer.citations),
        verbatim=sum(citation.verdict is Verdict.VERBATIM for citation in answer.citations),
        legal=len(legal),
        norm_backed=sum(answer.is_proven(statement) for statement in legal),
        mentioned=tuple(is_mentioned(wanted, statements, lang=item.lang) for wanted in item.must_mention),
        ms=round(ms, 2),
    )


def evaluate(items: Iterable[Item], *, kb: KnowledgeBase, answer: Answerer, out: Path | None = None) -> dict[str, Any]:
    """The figures of DESIGN's `lotse evaluate`; `out` receives one JSON line for each question."""
    seen: list[Seen] = []
    for item in items:
        hits = retrieve(item.question, kb=kb, limit=DEPTH)
        since = time.perf_counter()
        given = answer(item.question, kb=kb)
        seen.append(observe(item, hits, given, ms=1000 * (time.perf_counter() - since)))
    if out is not None:
        lines = [json.dumps(asdict(one), ensure_ascii=False) for one in seen]
        out.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return report(seen)
