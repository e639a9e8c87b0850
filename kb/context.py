"""What an answer may rest on: the hits and the note that fits, labelled, within a budget; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from kb.model import Dokument, Hit, NormRef, Passage, SourceId, SourceInfo, TextId
from kb.note import NoteStatement, note_statements


@dataclass(frozen=True, slots=True)
class ContextSource:
    """One passage that was read for an answer; `label` counts from 1."""

    label: int
    passage: Passage
    source: SourceInfo
    norm: NormRef | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """The passages read for an answer, best first."""

    sources: tuple[ContextSource, ...] = ()

    def passage(self, text_id: TextId) -> ContextSource | None:
        """The source with this text, None if it was not read."""
        return next((entry for entry in self.sources if entry.passage.text_id == text_id), None)

    def of(self, source_id: SourceId) -> ContextSource | None:
        """The first passage of a source, None if nothing of it was read."""
        return next((entry for entry in self.sources if entry.source.id == source_id), None)


@dataclass(frozen=True)
class NoteSource:
    """A note as answers use it: where it comes from, its statements, the stored passages they stand in."""

    source: SourceInfo
    statements: tuple[NoteStatement, ...]
    centrality: Mapping[NormRef, float]
    stored: Callable[[], Sequence[Passage]]
    title_en: str = ""

    @classmethod
    def read(cls, source: SourceInfo, dokument: Dokument, stored: Callable[[], Sequence[Passage]]) -> NoteSource:
        """The note of a stored Dokument; `centrality` is, for each Norm, the share of its legal statements on it.

        `stored` gives its passages; it is asked when a statement of the note is first used, as few notes are.
        """
        statements = note_statements(dokument)
        legal = [{ref.norm for ref in statement.refs} for statement in statements if statement.refs]
        shares = {norm: sum(norm in normen for normen in legal) / len(legal) for norm in set().union(*legal)}
        return cls(source, statements, shares, stored, dict(dokument.meta).get("title_en", ""))

    @cached_property
    def passages(self) -> tuple[Passage, ...]:
        """The stored passages of the note."""
        return tuple(self.stored())

    def passage_of(self, statement: NoteStatement) -> Passage | None:
        """The stored passage a statement stands in; a table row is found by its bracket."""
        for needle in (statement.text, statement.bracket):
            for passage in self.passages:
                if needle and needle in passage.text:
                    return passage
        return None


def normen_of(hits: Iterable[Hit]) -> list[NormRef]:
    """The Normen of the hits, best first, each once."""
    return list(dict.fromkeys(hit.norm.norm for hit in hits if hit.norm is not None))


def build_context(hits: Iterable[Hit], notes: Sequence[NoteSource] = (), *, max_words: int = 2500) -> Context:
    """The passages of the hits, then those of the notes, as many whole ones as fit; at least the first."""
    entries: list[ContextSource] = []
    seen: set[TextId] = set()
    spent = 0
    candidates = [(hit.passage, hit.source, hit.norm) for hit in hits]
    candidates += [(passage, note.source, None) for note in notes for passage in note.passages]
    for passage, source, norm in candidates:
        cost = len(passage.text.split())
        if passage.text_id in seen or (entries and spent + cost > max_words):
            continue
        seen.add(passage.text_id)
        spent += cost
        entries.append(ContextSource(len(entries) + 1, passage, source, norm))
    return Context(tuple(entries))
