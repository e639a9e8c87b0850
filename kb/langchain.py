"""Lotse's retrieval as a LangChain retriever, for chains built outside Lotse."""

from __future__ import annotations

from datetime import date
from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever

from kb.retrieve import retrieve


class LotseRetriever(BaseRetriever):
    """`kb` is an opened KnowledgeBase, `k` the most hits, `stichtag` the day the question is about (None: today).

    Each Document holds the passage verbatim; its metadata name rank, score, Norm, place, source and Rechtsstand.
    """

    kb: Any
    k: int = 10
    stichtag: date | None = None

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        del run_manager
        return [
            Document(
                id=hit.passage.text_id,
                page_content=hit.passage.text,
                metadata={
                    "rank": hit.rank,
                    "score": hit.score,
                    "norm": hit.norm.key if hit.norm else "",
                    "locator": str(hit.passage.locator),
                    "heading": hit.passage.heading,
                    "source_id": hit.source.id,
                    "title": hit.source.title,
                    "kind": hit.source.kind.value,
                    "url": hit.source.url,
                    "rechtsstand": hit.source.rechtsstand.isoformat(),
                },
            )
            for hit in retrieve(query, kb=self.kb, limit=self.k, stichtag=self.stichtag)
        ]
