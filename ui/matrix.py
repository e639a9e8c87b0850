"""The overview page: what a residence status means for each support and each kind of work."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import streamlit as st

from kb.errors import CitationError
from kb.laws import norm_url
from kb.matrix import Cell, Line, Matrix, Possible
from kb.note import read_bracket
from ui.components import escape, safe_url, said
from ui.texts import Texts

_TONES = {Possible.JA: "good", Possible.BEDINGT: "care", Possible.NEIN: "bad", Possible.OFFEN: "calm"}


def page(words: Texts, *, matrices: Sequence[Matrix]) -> None:
    """One table, one status: its cells in full; below, all statuses at a glance."""
    st.html(f'<div class="hero"><h1>{escape(words.matrix_title)}</h1><p>{escape(words.matrix_text)}</p></div>')
    if not matrices:
        st.html(f'<p class="hint" role="status">{escape(words.matrix_none)}</p>')
        return
    by_id = {matrix.id: matrix for matrix in matrices}
    with st.container(key="matrix", horizontal=True, vertical_alignment="bottom"):
        chosen = st.segmented_control(
            words.matrix_which,
            list(by_id),
            default=matrices[0].id,
            required=True,
            format_func=lambda name: words.matrix_names.get(name, by_id[name].title),
            key="matrix-which",
        )
        matrix = by_id[chosen or matrices[0].id]
        titles = {row.id: title(row, words) for row in matrix.rows}
        status = st.selectbox(words.matrix_status, list(titles), format_func=titles.__getitem__, key=f"row-{matrix.id}")
    st.html(cells(matrix, status, words))
    with st.expander(words.matrix_all):
        st.html(grid(matrix, words))


def title(line: Line, words: Texts) -> str:
    """The name of a row or column in the language of the page."""
    return line.title_en if words.lang == "en" else line.title


def cells(matrix: Matrix, row: str, words: Texts) -> str:
    """All cells of one status as HTML, in the groups of the columns."""
    parts = []
    for group, columns in groupby(matrix.columns, key=lambda column: column.group):
        items = "".join(
            _cell(title(column, words), cell, words)
            for column in columns
            if (cell := matrix.cells.get((row, column.id)))
        )
        heading = f"<h2>{escape(words.matrix_groups.get(group, group))}</h2>" if group else ""
        parts.append(f"{heading}<ul>{items}</ul>")
    return f'<section class="cells">{"".join(parts)}</section>'


def grid(matrix: Matrix, words: Texts) -> str:
    """All verdicts as one HTML table; each also in words for those who hear it."""
    head = "".join(f'<th scope="col">{escape(title(column, words))}</th>' for column in matrix.columns)
    rows = "".join(
        f'<tr><th scope="row">{said(title(row, words))}</th>'
        + "".join(_mark(matrix.cells.get((row.id, column.id)), words) for column in matrix.columns)
        + "</tr>"
        for row in matrix.rows
    )
    caption = escape(words.matrix_legend)
    return (
        f'<div class="wide" tabindex="0" role="region" aria-label="{escape(words.matrix_all)}"><table class="grid">'
        f"<caption>{caption}</caption><thead><tr><td></td>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _mark(cell: Cell | None, words: Texts) -> str:
    if cell is None:
        return "<td></td>"
    mark, word = words.matrix_verdict[cell.verdict.value]
    label = escape(word)
    return (
        f'<td class="{_TONES[cell.verdict]}" title="{label}"><span role="img" aria-label="{label}">{mark}</span></td>'
    )


def _cell(name: str, cell: Cell, words: Texts) -> str:
    mark, word = words.matrix_verdict[cell.verdict.value]
    english = words.lang == "en"
    gap = cell.gap_en if english else cell.gap
    facts = "".join(
        f"<div><dt>{escape(words.matrix_facts.get(name_, name_))}</dt><dd>{said(value)}</dd></div>"
        for name_, value in (() if english else cell.facts)
    )
    return (
        f'<li><div class="head"><h3>{escape(name)}</h3>'
        f'<span class="badge {_TONES[cell.verdict]}">{mark} {escape(word)}</span></div>'
        f"<p>{said(cell.text_en if english else cell.text)}</p>"
        f"{_gap(gap, words)}{f'<dl>{facts}</dl>' if facts else ''}"
        f'<p class="norms">{_norms("; ".join(filter(None, (cell.norms, cell.gap_norms))))}</p></li>'
    )


def _gap(text: str, words: Texts) -> str:
    return f'<p class="gap"><strong>{escape(words.matrix_gap)}</strong> {said(text)}</p>' if text else ""


def _norms(inside: str) -> str:
    """The references of a cell, each linked to the publisher's page of that Norm; marks as they are."""
    parts = []
    for part in inside.split("; "):
        try:
            refs = read_bracket(part).refs
        except CitationError:
            refs = ()
        url = safe_url(norm_url(refs[0])) if refs else ""
        parts.append(f'<a href="{url}" target="_blank">{said(part)}</a>' if url else said(part))
    return " · ".join(dict.fromkeys(parts))
