"""The chat page as a person uses it, with a stand-in for the knowledge base behind its one seam."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from kb.evidence import Status
from ui.texts import DE, EN


def script() -> None:
    """The page alone: three words decide what comes back."""
    import streamlit as st

    from kb.errors import StoreError
    from tests.ui import samples
    from ui.beleg import norm_text
    from ui.chat import Turn, page
    from ui.texts import texts

    def ask(question: str) -> Turn:
        st.session_state["asked"] = [*st.session_state.get("asked", []), question]
        if "Fehler" in question:
            return Turn(question, error=StoreError("the <b>index</b> is gone", where="index/7", next="lotse doctor"))
        if "Wetter" in question:
            return Turn(question, samples.declined(question=question))
        return Turn(question, samples.answer(question=question), {1: norm_text(samples.citation(), samples.STORED)})

    def warm() -> None:
        st.session_state["warmed"] = True

    page(texts(st.session_state.get("words", "de")), ask=ask, warm=warm)


@pytest.fixture
def app() -> AppTest:
    """The page, painted once."""
    return AppTest.from_function(script, default_timeout=60).run()


def html(app: AppTest) -> str:
    """All HTML on the page, in order."""
    assert not app.exception
    return "".join(element.value for element in app.html)


def cards(app: AppTest) -> int:
    """How many answers stand on the page."""
    return html(app).count("<article")


def test_an_empty_page_shows_what_it_is_for_and_examples(app: AppTest) -> None:
    assert DE.hero_title in html(app)
    assert [button.label.replace("\u00a0", " ") for button in app.button] == list(DE.examples)
    assert html(app).count(DE.rdg) == 1
    assert app.session_state["warmed"]


def test_an_example_is_asked_with_one_click(app: AppTest) -> None:
    app.button[0].click().run()
    assert app.session_state["asked"] == [DE.examples[0]]
    assert cards(app) == 1
    assert DE.hero_title not in html(app)


def test_a_question_gets_its_answer_with_the_quotation_marked(app: AppTest) -> None:
    app.chat_input[0].set_value("  Darf das Segel nass sein? ").run()
    assert app.session_state["asked"] == ["Darf das Segel nass sein?"]
    page = html(app)
    assert "<h2>Darf das Segel nass sein?</h2>" in page
    assert "<mark>seit mindestens drei Tagen\ntrocken</mark>" in page
    assert page.count(DE.rdg) == 1


def test_the_next_message_keeps_answers_and_sources_and_asks_nothing_twice(app: AppTest) -> None:
    app.chat_input[0].set_value("Erste Frage").run()
    app.chat_input[0].set_value("Zweite Frage").run()
    app.run()
    page = html(app)
    assert cards(app) == 2
    assert 'popover id="beleg-1-1"' in page
    assert 'popover id="beleg-2-1"' in page
    assert app.session_state["asked"] == ["Erste Frage", "Zweite Frage"]


def test_the_language_changes_the_words_and_keeps_the_conversation(app: AppTest) -> None:
    app.chat_input[0].set_value("Erste Frage").run()
    app.session_state["words"] = "en"
    app.run()
    assert cards(app) == 1
    assert EN.status[Status.ANSWERED] in html(app)
    assert app.chat_input[0].placeholder == EN.ask_placeholder


def test_a_declined_question_is_handed_on(app: AppTest) -> None:
    app.chat_input[0].set_value("Wie wird das Wetter?").run()
    assert DE.declined_title in html(app)
    assert [block.value for block in app.code] == ["Wie wird das Wetter?"]


def test_an_error_says_what_where_and_what_next_without_a_traceback(app: AppTest) -> None:
    app.chat_input[0].set_value("Fehler bitte").run()
    page = html(app)
    for part in ("the &lt;b&gt;index&lt;/b&gt; is gone", "index/7", "lotse doctor", 'role="alert"'):
        assert part in page
    app.chat_input[0].set_value("Und weiter?").run()
    assert cards(app) == 1


def test_white_space_is_no_question(app: AppTest) -> None:
    app.chat_input[0].set_value("   ").run()
    assert "asked" not in app.session_state
    assert DE.hero_title in html(app)


def test_a_new_conversation_begins_empty(app: AppTest) -> None:
    app.chat_input[0].set_value("Erste Frage").run()
    next(button for button in app.button if button.label == DE.new_chat).click().run()
    assert cards(app) == 0
    assert DE.hero_title in html(app)
