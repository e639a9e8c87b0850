"""The pieces of a page as HTML; pure. All stored text passes `escape` on its way in.

Streamlit sanitises HTML once more in the browser (DOMPurify), so the pieces keep to what passes there: no inline SVG,
no handlers. A Beleg opens through the browser's own popover: at once, with Escape to close, without a round trip, and
it stays where it is when the next question arrives.
"""

from __future__ import annotations

import base64
import html
from collections.abc import Mapping, Sequence
from itertools import groupby
from urllib.parse import urlsplit

from kb.evidence import Answer, Citation, CitationKind, Statement, StatementKind, Status, Verdict
from kb.model import NormRef
from ui.beleg import BelegText, Piece
from ui.texts import Texts, VerdictText, confidence_word, format_date, texts

# A lighthouse seen from the water: the mark of the product, drawn here, fetched from nowhere.
LOGO_SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48" width="48" height="48">'
    '<rect width="48" height="48" rx="12" fill="#0e5a67"/>'
    '<path d="M8 15l11 3v3L8 24zM40 15l-11 3v3l11 3z" fill="#ffd978"/>'
    '<path d="M20 15h8l2.6 19H17.4z" fill="#fff"/><path d="M19.3 22h9.4l.6 5H18.7z" fill="#0e5a67"/>'
    '<path d="M19 14l5-5 5 5z" fill="#fff"/>'
    '<path d="M7 37q4.2-4 8.5 0t8.5 0 8.5 0 8.5 0" fill="none" stroke="#8fd0d8" stroke-width="2.6" '
    'stroke-linecap="round"/></svg>'
)

# Headings of `kb.extract`: the first is what most people read only, the second the law's own words.
_LEAD, _LAW, _PRACTICE = "Kurzantwort", "Rechtsgrundlage", "Praxis"
_NEAR = 0.3  # below this confidence the nearest Norm is no help but a riddle
_TONES = {Status.ANSWERED: "good", Status.PARTIAL: "care", Status.DECLINED: "calm"}


def escape(text: object) -> str:
    """Any text, fit to stand in HTML or in a quoted attribute. The one way for stored text onto the page."""
    return html.escape(str(text), quote=True)


def said(text: object) -> str:
    """Escaped text in which no § stands alone at the end of a line."""
    return escape(text).replace("§ ", "§&nbsp;")


def safe_url(url: str) -> str:
    """The address if it leads to a web page, else "": a stored `javascript:` link must not become clickable."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return escape(url) if parts.scheme in ("http", "https") and parts.hostname else ""


def logo_uri() -> str:
    """The logo as a data address."""
    return "data:image/svg+xml;base64," + base64.b64encode(LOGO_SVG.encode()).decode()


def brand(words: Texts) -> str:
    """Logo, name and claim."""
    return (
        f'<div class="brand"><img src="{logo_uri()}" alt="" width="44" height="44">'
        f'<div><span class="name">Lotse</span><span class="claim">{escape(words.claim)}</span></div></div>'
    )


def hero(words: Texts) -> str:
    """What the page is for, on an empty page."""
    return (
        f'<div class="hero"><h1>{escape(words.hero_title)}</h1><p>{escape(words.hero_text)}</p>'
        f"<h2>{escape(words.examples_title)}</h2></div>"
    )


def question(text: str, number: int, words: Texts) -> str:
    """The question as it was asked; `number` counts turns from 1."""
    return (
        f'<div class="question" id="frage-{number}"><span class="eyebrow">{escape(words.your_question)}</span>'
        f"<h2>{escape(text)}</h2></div>"
    )


def rdg(words: Texts) -> str:
    """What an answer is not, and where to get advice."""
    return f'<p class="rdg" role="note">{escape(words.rdg)}</p>'


def notice(title: str, text: str, *, where: str = "", next_step: str = "", words: Texts) -> str:
    """An error or an empty place: what happened, where, what to do next."""
    rows = [(words.error_where, where), (words.error_next, next_step)]
    facts = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in rows if value)
    return (
        f'<div class="notice" role="alert"><h2>{escape(title)}</h2><p>{escape(text)}</p>'
        f"{f'<dl>{facts}</dl>' if facts else ''}</div>"
    )


def empty(words: Texts) -> str:
    """Nothing is stored: what that means and what to do."""
    return notice(words.empty_title, words.empty_text, next_step=words.empty_next, words=words)


def answer_card(answer: Answer, belege: Mapping[int, BelegText], *, turn: int, words: Texts) -> str:
    """The whole answer, with its Belege ready to open; `turn` (from 1) keeps their ids apart on a long page."""
    body = _declined(answer, words) if answer.status is Status.DECLINED else _body(answer, turn=turn, words=words)
    panels = "".join(beleg_panel(c, belege.get(c.n), turn=turn, words=words) for c in answer.citations)
    return (
        f'<article class="answer" aria-label="{escape(words.answer)}">{_head(answer, words)}{_notices(answer, words)}'
        f"{body}{_beleg_list(answer, turn=turn, words=words)}{_foot(answer, words)}</article>{panels}"
    )


def _head(answer: Answer, words: Texts) -> str:
    parts = [f'<span class="badge {_TONES[answer.status]}">{escape(words.status[answer.status])}</span>']
    if answer.status is not Status.DECLINED:
        word = words.confidence_label.format(word=confidence_word(answer.confidence, words.lang))
        parts.append(f'<span class="fact" title="{escape(words.confidence_title)}">{escape(word)}</span>')
    if answer.oldest_rechtsstand:
        day = format_date(answer.oldest_rechtsstand, words.lang)
        parts.append(f'<span class="fact">{escape(words.oldest.format(date=day))}</span>')
    if answer.stichtag:
        day = format_date(answer.stichtag, words.lang)
        parts.append(f'<span class="fact">{escape(words.valid_on.format(date=day))}</span>')
    return f'<div class="head">{"".join(parts)}</div>'


def _notices(answer: Answer, words: Texts) -> str:
    if not answer.notices:
        return ""
    lines = "".join(f"<li>{escape(line)}</li>" for line in answer.notices)
    return f'<div class="care-box"><h3>{escape(words.notices)}</h3><ul>{lines}</ul></div>'


def _body(answer: Answer, *, turn: int, words: Texts) -> str:
    """Statements under their headings, in the order of the answer; what is open stands after what decides."""
    parts = []
    for heading, group in groupby(answer.statements, key=lambda statement: statement.heading):
        items = [_statement(answer, statement, turn=turn, words=words) for statement in group]
        title = f"<h3>{escape(words.headings.get(heading, heading))}</h3>" if heading else ""
        if heading == _LEAD:
            text = "".join(f"<p>{item}</p>" for item in items)
            parts.append(f'<section class="lead">{title}{text}</section>')
        else:
            text = "".join(f"<li>{item}</li>" for item in items)
            parts.append(f"<section{' class=law' if heading == _LAW else ''}>{title}<ul>{text}</ul></section>")
    helpers, points = _helpers_and_points(answer, words)
    if points:
        items = [f"<li>{escape(point)}</li>" for point in points]
        parts.append(f'<section class="open"><h3>{escape(words.open_points)}</h3><ul>{"".join(items)}</ul></section>')
    parts.append(f"<section><h3>{escape(words.who_helps)}</h3><p>{escape(helpers)}</p></section>")
    return "".join(parts)


def _helpers_and_points(answer: Answer, words: Texts) -> tuple[str, list[str]]:
    """Who helps, and what is open: an answer tells both as open points, the helpers after "Wer hilft weiter:"."""
    mark = f"{texts(answer.lang).who_helps}:"
    told = [point.removeprefix(mark).strip() for point in answer.open_points if point.startswith(mark)]
    helpers = " ".join([*(line[:1].upper() + line[1:] for line in told), words.who_helps_text])
    return helpers, [point for point in answer.open_points if not point.startswith(mark)]


def _statement(answer: Answer, statement: Statement, *, turn: int, words: Texts) -> str:
    by_number = {citation.n: citation for citation in answer.citations}
    buttons = "".join(_number(by_number[n], turn=turn, words=words) for n in statement.citations)
    return f"{said(statement.text)}{_tag(answer, statement, words)}{f'&nbsp;{buttons}' if buttons else ''}"


def _tag(answer: Answer, statement: Statement, words: Texts) -> str:
    """What limits a statement, in a word or two; "" for a proven one and where the heading says it."""
    verdicts = {citation.verdict for citation in answer.citations if citation.n in statement.citations}
    if statement.kind is StatementKind.LEGAL and not answer.is_proven(statement):
        is_changed = Verdict.NORM_CHANGED in verdicts
        tag = words.verdict[Verdict.NORM_CHANGED].label if is_changed else words.unproven
        return f' <span class="tag care">{escape(tag)}</span>'
    tag = words.statement_marks[statement.kind]
    if not tag or statement.heading == _PRACTICE:
        return ""
    tone = " care" if statement.kind is StatementKind.UNVERIFIED else ""
    return f' <span class="tag{tone}">{escape(tag)}</span>'


def _number(citation: Citation, *, turn: int, words: Texts, place: str = "") -> str:
    """The number of a Beleg as a button. Its verdict shows as a sign too, never as a colour alone."""
    verdict = _verdict(citation, words)
    sign = "" if citation.verdict.is_proof else verdict.mark
    label = f"{words.beleg.format(n=citation.n)}: {_place(citation)}, {verdict.label}"
    return (
        f'<button type="button" class="number {_tone(citation)}" popovertarget="{panel_id(turn, citation.n)}" '
        f'aria-haspopup="dialog" aria-label="{escape(label)}" title="{escape(label)}">[{citation.n}]{sign}'
        f"{f' <span>{said(place)}</span>' if place else ''}</button>"
    )


def _verdict(citation: Citation, words: Texts) -> VerdictText:
    """A note that was read is no proof, and must not look like one."""
    is_note = citation.kind is CitationKind.NOTE and citation.verdict.is_proof
    return words.note_verdict if is_note else words.verdict[citation.verdict]


def _tone(citation: Citation) -> str:
    if citation.verdict.is_proof:
        return "calm" if citation.kind is CitationKind.NOTE else "good"
    return "care" if citation.verdict is Verdict.NORM_CHANGED else "bad"


def _place(citation: Citation) -> str:
    """Where a Beleg stands, in words: a reference, or title, page and heading of a document."""
    locator = citation.locator
    if isinstance(locator, NormRef):
        return str(locator)
    return ", ".join([citation.title, *([f"S. {locator.page}"] if locator.page else []), *locator.headings[-1:]])


def _part(citation: Citation) -> str:
    """The place inside the Norm or the document, "" for the whole."""
    if isinstance(citation.locator, NormRef):
        return " ".join(f"{stufe.value} {wert}" for stufe, wert in citation.locator.pfad)
    return _place(citation).removeprefix(citation.title).removeprefix(", ")


def _beleg_list(answer: Answer, *, turn: int, words: Texts) -> str:
    """All Belege under the answer, one row a Norm or document, in the order they are first cited."""
    rows: dict[NormRef | str, list[Citation]] = {}
    for citation in answer.citations:
        norm = citation.locator.norm if isinstance(citation.locator, NormRef) else citation.source_id
        rows.setdefault(norm, []).append(citation)
    if not rows:
        return ""
    items = "".join(_beleg_row(citations, turn=turn, words=words) for citations in rows.values())
    return (
        f'<section class="belege"><h3>{escape(words.belege)}</h3><p class="hint">{escape(words.belege_hint)}</p>'
        f"<ol>{items}</ol></section>"
    )


def _beleg_row(citations: Sequence[Citation], *, turn: int, words: Texts) -> str:
    first = citations[0]
    is_norm = isinstance(first.locator, NormRef)
    name = str(first.locator.norm) if isinstance(first.locator, NormRef) else first.title
    facts = [words.kind[first.source_kind], format_date(min(each.rechtsstand for each in citations), words.lang)]
    if is_norm:
        facts.insert(0, first.title)
    verdicts = dict.fromkeys((_tone(each), _verdict(each, words)) for each in citations)
    states = "".join(
        f'<span class="{tone}">{verdict.mark} {escape(verdict.label)}</span>' for tone, verdict in verdicts
    )
    numbers = "".join(_number(each, turn=turn, words=words, place=_part(each)) for each in citations)
    return (
        f'<li><div class="row"><strong>{said(name)}</strong><span class="of">{escape(" · ".join(facts))}</span></div>'
        f'<div class="state">{states}</div><div class="numbers">{numbers}</div></li>'
    )


def _foot(answer: Answer, words: Texts) -> str:
    text = words.with_model.format(model=answer.model) if answer.model else words.no_model
    return f'<p class="foot">{escape(text)}</p>' if answer.statements else ""


def _declined(answer: Answer, words: Texts) -> str:
    """No answer, said kindly: why, what to try, who answers it instead, what lies near."""
    steps = "".join(f"<li>{escape(step)}</li>" for step in words.declined_steps)
    near = "".join(f"<li>{_near(ref)}</li>" for ref in _near_norms(answer))
    box = f'<p class="hint">{escape(words.declined_near)}</p><ul class="near">{near}</ul>' if near else ""
    said = "".join(f"<p>{escape(statement.text)}</p>" for statement in answer.statements)
    helpers, points = _helpers_and_points(answer, words)
    more = "".join(f"<p>{escape(point)}</p>" for point in points)
    return (
        f'<section class="lead"><p>{escape(words.declined_title)}</p></section><section>'
        f"<p>{escape(words.declined_text)}</p>{said}{more}<ol>{steps}</ol>{box}</section>"
        f"<section><h3>{escape(words.who_helps)}</h3><p>{escape(helpers)}</p></section>"
    )


def _near_norms(answer: Answer) -> list[NormRef]:
    """At most three Normen that were found, without deciding anything; none where the question is far from all law."""
    if answer.confidence < _NEAR:
        return []
    found = dict.fromkeys(hit.norm for hit in answer.hits if hit.norm)
    return list(found)[:3]


def _near(ref: NormRef) -> str:
    from kb.laws import norm_url

    url = safe_url(norm_url(ref))
    return f'<a href="{url}" target="_blank">{escape(ref)}</a>' if url else escape(ref)


def panel_id(turn: int, n: int) -> str:
    """The id of the panel of Beleg `n` in turn `turn`."""
    return f"beleg-{turn}-{n}"


def beleg_panel(citation: Citation, beleg: BelegText | None, *, turn: int, words: Texts) -> str:
    """What a number opens: verdict in plain words, where the source stands, and the stored text."""
    verdict, panel = _verdict(citation, words), panel_id(turn, citation.n)
    # A pinned text is not here to be read, and its explanation says all that its reason would.
    is_read = citation.verdict is not Verdict.NORM_PINNED
    checked = f"<p>{escape(words.read_to.format(level=citation.level))}</p>" if citation.level and is_read else ""
    reason = f'<p class="reason">{escape(citation.reason)}</p>' if citation.reason and is_read else ""
    facts = [
        (words.source, citation.title),
        (words.rank, f"{citation.source_kind.rank} · {words.kind[citation.source_kind]}"),
        (words.jurisdiction, words.jurisdictions[citation.jurisdiction]),
        (words.rechtsstand, format_date(citation.rechtsstand, words.lang)),
    ]
    rows = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in facts if value)
    return (
        f'<div popover id="{panel}" class="panel" role="dialog" aria-labelledby="{panel}-title" tabindex="-1">'
        f'<div class="top"><div><span class="eyebrow">{escape(words.beleg.format(n=citation.n))}</span>'
        f'<h2 id="{panel}-title">{said(_place(citation))}</h2></div>'
        f'<button type="button" class="close" popovertarget="{panel}" popovertargetaction="hide" '
        f'aria-label="{escape(words.close)}">✕</button></div><div class="inside">'
        f'<div class="verdict {_tone(citation)}"><strong>{verdict.mark} {escape(verdict.label)}</strong>'
        f"<p>{escape(verdict.explanation)}</p>{checked}{reason}</div><dl>{rows}</dl>{_stored(citation, beleg, words)}"
        f"</div>{_link(citation, words)}</div>"
    )


def _stored(citation: Citation, beleg: BelegText | None, words: Texts) -> str:
    if beleg is None:
        return f'<p class="hint">{escape(words.text_missing)}</p>'
    hint = ""
    if beleg.is_weggefallen:
        hint = f'<p class="hint">{escape(words.weggefallen)}</p>'
    elif citation.quote and not beleg.is_marked:
        hint = f'<p class="hint">{escape(words.quote_not_marked)}</p>'
    pieces = "".join(_piece(piece) for piece in beleg.pieces)
    return (
        f'<div class="stored"><span class="eyebrow">{escape(words.stored_text)}</span>{hint}'
        f"<h3>{escape(beleg.title)}</h3>{pieces}</div>"
    )


def _piece(piece: Piece) -> str:
    text, done = "", 0
    for start, end in piece.marks:
        text += f"{escape(piece.text[done:start])}<mark>{escape(piece.text[start:end])}</mark>"
        done = end
    return f'<p class="absatz{" cited" if piece.is_cited else ""}">{text}{escape(piece.text[done:])}</p>'


def _link(citation: Citation, words: Texts) -> str:
    url = safe_url(citation.url)
    if not url:
        return ""
    host = urlsplit(citation.url).hostname or ""
    label = escape(words.publisher_link.format(host=host.removeprefix("www.")))
    return f'<a class="publisher" href="{url}" target="_blank">{label}&nbsp;↗</a>'
