"""The sources page: what is stored, of which kind, as of when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from kb.model import SourceInfo
from ui.components import escape, safe_url
from ui.texts import Texts, format_date


def page(words: Texts, *, sources: Sequence[SourceInfo], counts: Mapping[str, int]) -> None:
    """The list with a filter; `counts` are passages by source id."""
    st.html(f'<div class="hero"><h1>{escape(words.sources_title)}</h1><p>{escape(words.sources_text)}</p></div>')
    wanted = st.text_input(words.sources_search, key="filter").strip()
    shown = matching(sources, wanted)
    if not shown:
        st.html(f'<p class="hint" role="status">{escape(words.sources_none.format(text=wanted))}</p>')
        return
    st.html(table(shown, counts, words))


def matching(sources: Sequence[SourceInfo], wanted: str) -> list[SourceInfo]:
    """Sources whose Kürzel, title or publisher contains every word; by rank, then Kürzel or title."""
    needles = wanted.casefold().split()
    found = [
        source
        for source in sources
        if all(needle in f"{source.kuerzel} {source.title} {source.publisher}".casefold() for needle in needles)
    ]
    return sorted(found, key=lambda source: (source.rank, source.kind, (source.kuerzel or source.title).casefold()))


def table(sources: Sequence[SourceInfo], counts: Mapping[str, int], words: Texts) -> str:
    """The sources as an HTML table; on a phone each row becomes a small card."""
    columns = (words.column_source, words.column_kind, words.rechtsstand, words.column_passages, words.column_checked)
    head = "".join(f'<th scope="col">{escape(column)}</th>' for column in columns)
    rows = "".join(_row(source, counts.get(source.id, 0), words) for source in sources)
    caption = escape(words.sources_count.format(count=len(sources)))
    return (
        f'<table class="sources"><caption>{caption}</caption><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


def _row(source: SourceInfo, passages: int, words: Texts) -> str:
    name = escape(source.kuerzel or source.title)
    if url := safe_url(source.url):
        name = f'<a href="{url}" target="_blank">{name}</a>'
    title = f'<span class="of">{escape(source.title)}</span>' if source.kuerzel not in ("", source.title) else ""
    pending = f' <span class="tag">{escape(words.sources_pending)}</span>' if source.pending else ""
    cells = (
        (words.column_kind, escape(words.kind[source.kind])),
        (words.rechtsstand, escape(format_date(source.rechtsstand, words.lang)) + pending),
        (words.column_passages, escape(passages)),
        (words.column_checked, escape(format_date(source.last_checked, words.lang))),
    )
    rest = "".join(f'<td data-label="{escape(label)}">{value}</td>' for label, value in cells)
    return f'<tr><th scope="row">{name}{title}</th>{rest}</tr>'
