"""The chat page: questions, answer cards, Belege. It keeps every turn, with its sources, in the session."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import streamlit as st

from kb.errors import KbError
from kb.evidence import Answer, Status
from ui import components, shell
from ui.beleg import BelegText, read_belege
from ui.texts import Texts

if TYPE_CHECKING:
    from kb.knowledge_base import KnowledgeBase

Ask = Callable[[str], "Turn"]

# Longer than any question of the question sets; a pasted file is not a question.
MAX_CHARS = 1500

_EXAMPLE = "example"
_TURNS = "turns"


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and what came of it: an answer with its stored texts, or the error that stood in the way."""

    question: str
    answer: Answer | None = None
    belege: dict[int, BelegText] = field(default_factory=dict)
    error: KbError | None = None


def ask_kb(question: str, open_kb: Callable[[], KnowledgeBase]) -> Turn:
    """The answer from the knowledge base as it stands now, with the stored texts its Belege open."""
    from kb.answer import answer

    try:
        kb = open_kb()
        kb.refresh()
        found = answer(question, kb=kb)
        return Turn(question, found, read_belege(found, kb=kb))
    except KbError as error:
        return Turn(question, error=error)


def page(words: Texts, *, ask: Ask, warm: Callable[[], None]) -> None:
    """The whole page. `ask` answers one question; `warm` makes the knowledge base ready once the page is painted."""
    turns: list[Turn] = st.session_state.setdefault(_TURNS, [])
    thread, dock = st.container(), st.container(key="dock")
    typed = dock.chat_input(words.ask_placeholder, max_chars=MAX_CHARS, key="ask")
    asked = (typed or st.session_state.pop(_EXAMPLE, "")).strip()
    with thread:
        for number, turn in enumerate(turns, start=1):
            _show(turn, number, words)
        if asked:
            _answer(asked, turns, words, ask=ask)
        if turns:
            st.button(words.new_chat, on_click=turns.clear)
        else:
            _examples(words)
        st.html(components.rdg(words))
    if not turns:
        warm()


def _answer(asked: str, turns: list[Turn], words: Texts, *, ask: Ask) -> None:
    """Shows the question at once, the answer when it is there, and brings the question to the top of the window."""
    number = len(turns) + 1
    st.html(components.question(asked, number, words))
    place = st.empty()
    with place, st.spinner(words.asking):
        turn = ask(asked)
    turns.append(turn)
    with place.container():
        _show_outcome(turn, number, words)
    shell.scroll_to_question(number)


def _show(turn: Turn, number: int, words: Texts) -> None:
    st.html(components.question(turn.question, number, words))
    with st.empty().container():
        _show_outcome(turn, number, words)


def _show_outcome(turn: Turn, number: int, words: Texts) -> None:
    if turn.error is not None:
        st.html(error_notice(turn.error, words))
    if turn.answer is not None:
        st.html(components.answer_card(turn.answer, turn.belege, turn=number, words=words))
        if turn.answer.status is Status.DECLINED:
            st.caption(words.declined_copy)
            st.code(turn.question, language=None, wrap_lines=True)


def error_notice(error: KbError, words: Texts) -> str:
    """A KbError as people can act on it: message, where, next."""
    return components.notice(words.error_title, error.message, where=error.where, next_step=error.next, words=words)


def _examples(words: Texts) -> None:
    def choose(text: str) -> None:
        st.session_state[_EXAMPLE] = text

    st.html(components.hero(words))
    with st.container(key="examples"):
        for text in words.examples:
            # a § must not stand alone at the end of a line
            st.button(text.replace("§ ", "§\u00a0"), on_click=choose, args=(text,), width="stretch")
