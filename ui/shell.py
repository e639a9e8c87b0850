"""What every page shares: the style sheet, the header with its links and language switch, the one script."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from ui.components import brand
from ui.texts import LANGS, Texts

# Streamlit leaves <html lang="en"> whatever the page speaks, and a panel opens at its top however long the Norm is.
# The only value that varies is one of our own two language codes; nothing stored ever gets near a script.
_SCRIPT = """<script>
document.documentElement.lang = "%s";
if (!window.lotseListens) {
  window.lotseListens = true;
  document.addEventListener("toggle", (event) => {
    const panel = event.target;
    if (!panel.classList || !panel.classList.contains("panel") || event.newState !== "open") return;
    panel.focus({ preventScroll: true });
    const spot = panel.querySelector("mark") || panel.querySelector(".cited");
    if (spot) spot.scrollIntoView({ block: "center" });
  }, true);
}
</script>"""

_SCROLL = '<script>document.getElementById("frage-%d")?.scrollIntoView({ block: "start" });</script>'


def language() -> str:
    """The language of the interface: chosen in the header, else named in the address (`?lang=en`), else German."""
    chosen = st.session_state.get("lang") or st.query_params.get("lang", LANGS[0])
    return chosen if chosen in LANGS else LANGS[0]


def is_loopback(address: str | None) -> bool:
    """True if only this machine can reach a server there; None means every address."""
    try:
        return address == "localhost" or ip_address(address or "0.0.0.0").is_loopback
    except ValueError:
        return False


def style() -> None:
    """Loads the style sheet."""
    st.html(Path(__file__).with_name("theme.css"))


def header(words: Texts, pages: Mapping[str, StreamlitPage]) -> None:
    """Brand, links to the pages (title → page), language switch; tells the browser the language of the page."""
    with st.container(key="header", horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.html(brand(words), width="content")
        with st.container(key="links", horizontal=True, width="content", vertical_alignment="center"):
            for title, page in pages.items():
                st.page_link(page, label=title)
            st.segmented_control(
                words.language,
                LANGS,
                default=words.lang,
                required=True,
                format_func=str.upper,
                key="lang",
                label_visibility="collapsed",
                width="content",
            )
    run_script(_SCRIPT % words.lang, key="script")


def scroll_to_question(number: int) -> None:
    """Brings question `number` (from 1) to the top of the window: an answer is read from its beginning."""
    run_script(_SCROLL % number, key="scroll")


def run_script(script: str, *, key: str) -> None:
    """Runs a script of ours, taking no room on the page. Never pass anything that was stored or typed."""
    with st.container(key=key):
        st.html(script, unsafe_allow_javascript=True)
