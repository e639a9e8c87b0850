"""Words and n-grams of one partition in one tantivy index, searched by one query.

Analysis is ours (kb.german); tantivy gets tokens joined by blanks and splits them at white space. Questions become
Query objects term by term, so no character of a question has a meaning of its own.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeAlias

from kb import german
from kb.errors import StoreError
from kb.model import TextId

if TYPE_CHECKING:
    from tantivy import Index, Query

# id, context, heading, text
Entry: TypeAlias = tuple[TextId, tuple[str, ...], str, str]

# Measured in RETRIEVAL.md: 5-grams are nearly as good as 3–5-grams and six times faster; words count four times.
GRAM = 5
WORD_WEIGHT = 4.0
# A question of 64 words says all it will say; a pasted letter must not take seconds.
_MOST_WORDS = 64
_MOST_GRAMS = 256
# Hits fetched beyond the limit, so that ties at its edge are broken by id and not by the order on disk.
_TIE_MARGIN = 32
_HEAP_BYTES = 128_000_000
# Files tantivy rewrites; all others of its folder never change once written and may be shared by hard links.
_REWRITTEN = ("meta.json", ".managed.json")
_SAMPLE = (
    "Ausbildungsduldung nach § 60c Abs. 2 für Geflüchtete, die Beschäftigungserlaubnis: müssen Straßenbauer warten?"
)


def lexical_format() -> str:
    """A value that changes with the schema or the analysis: an index of another format must be built anew."""
    parts = ["2", str(GRAM), *german.index_words(_SAMPLE), *german.ngrams(_SAMPLE, GRAM)]
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()[:12]


class Lexical:
    """A partition, opened for reading; threads may share it. A folder without an index finds nothing."""

    def __init__(self, folder: Path) -> None:
        self._index = _open(folder) if _exists(folder) else None
        # Generations are never written again, so the searcher need not be renewed.
        self._searcher = self._index.searcher() if self._index else None

    def search(self, query: str, *, limit: int) -> list[tuple[TextId, float]]:
        """The texts that share words or parts of words with the query, best first; ties by id."""
        if self._index is None or self._searcher is None or limit < 1:
            return []
        parsed = self._query(query)
        if parsed is None:
            return []
        hits = self._searcher.search(parsed, limit + _TIE_MARGIN, count=False).hits
        scored = [(self._text_id(address), float(score)) for score, address in hits]
        return sorted(scored, key=lambda hit: (-hit[1], hit[0]))[:limit]

    def document_counts(self, words: Iterable[str]) -> list[int]:
        """In how many texts each analysed word stands (texts since deleted may count until they are merged away)."""
        if self._searcher is None:
            return [0 for _ in words]
        return [int(self._searcher.doc_freq("words", word)) for word in words]

    def holds(self, entry: Entry) -> bool:
        """True if a search for the id and every word and n-gram of the entry (up to a cap) finds it."""
        if self._index is None or self._searcher is None:
            return False
        from tantivy import Occur
        from tantivy import Query as TantivyQuery

        text_id, context, heading, text = entry
        words, grams = analyse("\n".join((*context, heading, text)))
        schema = self._index.schema
        terms = [_term(schema, "id", text_id, "basic")]
        terms += [_term(schema, "words", word) for word in list(dict.fromkeys(words.split()))[:_MOST_WORDS]]
        terms += [_term(schema, "grams", gram) for gram in list(dict.fromkeys(grams.split()))[:_MOST_GRAMS]]
        query = TantivyQuery.boolean_query([(Occur.Must, term) for term in terms])
        return bool(self._searcher.search(query, 1, count=False).hits)

    def ids(self) -> list[TextId]:
        """The ids of all entries, sorted; one that is there twice is listed twice."""
        if self._searcher is None:
            return []
        import tantivy

        count = self._searcher.num_docs
        hits = self._searcher.search(tantivy.Query.all_query(), max(count, 1), count=False).hits
        return sorted(self._text_id(address) for _, address in hits)

    def __len__(self) -> int:
        return int(self._searcher.num_docs) if self._searcher else 0

    def _text_id(self, address: Any) -> TextId:
        text_id: TextId = self._searcher.doc(address)["id"][0]  # type: ignore[union-attr]
        return text_id

    def _query(self, query: str) -> Query | None:
        from tantivy import Occur
        from tantivy import Query as TantivyQuery

        assert self._index is not None
        schema = self._index.schema
        words = list(dict.fromkeys(german.words(query)))[:_MOST_WORDS]
        grams = list(dict.fromkeys(german.ngrams(query, GRAM)))[:_MOST_GRAMS]
        if not grams:
            return None
        terms = [(Occur.Should, TantivyQuery.boost_query(_term(schema, "words", word), WORD_WEIGHT)) for word in words]
        terms += [(Occur.Should, _term(schema, "grams", gram)) for gram in grams]
        return TantivyQuery.boolean_query(terms)


class LexicalWriter:
    """A partition, opened for writing by the one process that holds the index lock.

    Used as a context manager: what was applied is on disk when the block ends, nothing of it after an error.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._index = _open(folder)
        # One thread, so that the same texts always give the same segments.
        self._writer = self._index.writer(heap_size=_HEAP_BYTES, num_threads=1)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self._writer.commit()
        else:
            self._writer.rollback()
        self._writer.wait_merging_threads()

    def apply(self, upserts: Iterable[Entry], deletes: Iterable[TextId]) -> int:
        """How many entries were written. An entry that is there is replaced; unknown ids to delete are no error."""
        import tantivy

        for text_id in deletes:
            self._writer.delete_documents_by_term("id", text_id)
        count = 0
        for text_id, context, heading, text in upserts:
            self._writer.delete_documents_by_term("id", text_id)
            words, grams = analyse("\n".join((*context, heading, text)))
            document = tantivy.Document()
            document.add_text("id", text_id)
            document.add_text("words", words)
            document.add_text("grams", grams)
            self._writer.add_document(document)
            count += 1
        return count


def analyse(text: str) -> tuple[str, str]:
    """Index words and n-grams of a text, each joined by blanks."""
    parts = [_analyse_chunk(chunk) for chunk in text.split()]
    return " ".join(words for words, _ in parts if words), " ".join(grams for _, grams in parts if grams)


# No word spans white space, and a statute book has few different ones: analysing each once is fifty times faster.
@lru_cache(maxsize=150_000)
def _analyse_chunk(chunk: str) -> tuple[str, str]:
    return " ".join(german.index_words(chunk)), " ".join(german.ngrams(chunk, GRAM))


def forget_analysed() -> None:
    """Free the memory of the analysis after a large build."""
    _analyse_chunk.cache_clear()


def copy_lexical(source: Path, target: Path) -> None:
    """Copy a partition; what tantivy never rewrites is linked, not copied."""
    if not source.is_dir():
        return
    target.mkdir(parents=True)
    for path in _files(source):
        if path.name in _REWRITTEN:
            shutil.copy2(path, target / path.name)
        else:
            try:
                os.link(path, target / path.name)
            except OSError:  # a file system without hard links
                shutil.copy2(path, target / path.name)


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.iterdir()) if path.is_file() and path.suffix != ".lock")


def _term(schema: Any, field: str, value: str, detail: str = "freq") -> Query:
    from tantivy import Query as TantivyQuery

    return TantivyQuery.term_query(schema, field, value, detail)


def _exists(folder: Path) -> bool:
    import tantivy

    return folder.is_dir() and bool(tantivy.Index.exists(str(folder)))


def _open(folder: Path) -> Index:
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("words", tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("grams", tokenizer_name="whitespace", index_option="freq")
    try:
        index = tantivy.Index(builder.build(), path=str(folder), reuse=True)
    except (OSError, ValueError) as error:
        raise StoreError(
            f"the lexical index cannot be opened: {error}", where=str(folder), next="lotse doctor --rebuild"
        ) from error
    index.register_tokenizer("whitespace", tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())
    return index
