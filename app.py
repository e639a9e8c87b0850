"""The web face: `streamlit run app.py`, or `lotse serve`. Language, navigation, errors; the pages live in `ui`."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import streamlit as st

from kb.config import Config, load_config
from kb.errors import ConfigError, KbError
from ui import chat, components, matrix, progress, shell, sources
from ui.texts import Texts, texts

if TYPE_CHECKING:
    from kb.knowledge_base import KnowledgeBase


@st.cache_resource(show_spinner=False)
def opened(config: Config) -> KnowledgeBase:
    """The knowledge base, opened once for all sessions of this process."""
    from kb.knowledge_base import open_kb

    return open_kb(config)


def show(words: Texts) -> None:
    """The page that was asked for, inside what all pages share."""
    if not shell.is_loopback(st.get_option("server.address")):
        raise ConfigError(words.address_text, where="server.address", next=words.address_next)
    config = load_config()
    pages = {
        words.page_ask: st.Page(lambda: ask_page(config, words), title=words.page_ask, url_path="ask", default=True),
        words.page_matrix: st.Page(lambda: matrix_page(config, words), title=words.page_matrix, url_path="overview"),
        words.page_sources: st.Page(lambda: sources_page(config, words), title=words.page_sources, url_path="sources"),
    }
    chosen = st.navigation(list(pages.values()), position="hidden")
    shell.header(words, pages)
    progress.sync_banner(config.home, words)
    chosen.run()


def ask_page(config: Config, words: Texts) -> None:
    """Questions and answers; an empty knowledge base is said before anyone types."""
    place = st.container()

    def warm() -> None:
        try:
            kb = opened(config)
            kb.refresh()
            if not kb.store.sources():
                place.html(components.empty(words))
        except KbError as error:
            place.html(chat.error_notice(error, words))

    chat.page(words, ask=lambda question: chat.ask_kb(question, lambda: opened(config)), warm=warm)


def matrix_page(config: Config, words: Texts) -> None:
    """What each residence status allows."""
    matrix.page(words, matrices=opened(config).curated.matrices)


def sources_page(config: Config, words: Texts) -> None:
    """What is stored."""
    kb = opened(config)
    sources.page(words, sources=kb.store.sources(), counts=kb.store.passage_counts())


words = texts(shell.language())
st.set_page_config(page_title="Lotse", page_icon=components.LOGO_SVG, layout="centered")
shell.style()
try:
    show(words)
except KbError as error:
    st.html(chat.error_notice(error, words))
except Exception:
    logging.getLogger("lotse").exception("the page failed")
    st.html(components.notice(words.error_title, words.unexpected_text, next_step=words.unexpected_next, words=words))
