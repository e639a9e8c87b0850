"""A person asks, opens a Beleg and sees the highlight: the real page over a small real knowledge base.

Every test ends with the same two questions: did the page call anyone but this machine, and did its console complain?
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from kb.config import Config
from kb.model import Kind
from tests.browser.chrome import LOCAL, Browser, page
from ui.texts import DE, EN

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# The name of a real statute, so that a reference to it is read as one; the words are ours.
STATUTE = """# Gesetz über erfundene Boote (Aufenthaltsgesetz - AufenthG)

# § 1 – Zweck

(1) Dieses erfundene Gesetz ordnet die Farbe der Segel.

# § 7 – Rote Segel

(1) Ein Boot darf rote Segel führen, wenn der Hafenmeister zustimmt.

(2) Das Segel muss seit mindestens drei Tagen
trocken sein.

(3) Die Zustimmung gilt zwölf Wochen. &lt;b&gt;Fett&lt;/b&gt; gedruckte Zustimmungen gelten ebenso.
"""

QUESTION = "§ 7 Abs. 2 AufenthG"


def build(home: Path) -> None:
    """A home with the one statute, without starter knowledge."""
    from ingest.build import ingest_paths
    from ingest.starter import leave_empty
    from kb.index import update
    from kb.store import open_store

    home.mkdir(parents=True)
    file = home / "aufenthg_2004.md"
    file.write_text(STATUTE, encoding="utf-8")
    config = Config(home=home)
    with open_store(config) as store:
        leave_empty(store)
        report = ingest_paths([file], store=store, config=config, stand=date(2026, 8, 19))
        assert report.errors == ()
        update(store, config)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page over the small home."""
    home = tmp_path_factory.mktemp("browser") / "home"
    build(home)
    with page(home) as url:
        yield url


@pytest.fixture
def open_browser(require: Callable[[str], str], tmp_path: Path) -> Iterator[Callable[[int, int], Browser]]:
    """Opens a window of a size; after the test every host asked must be this machine, and the console silent."""
    chromium, chromedriver = require("chromium"), require("chromedriver")
    opened: list[Browser] = []

    def open_window(width: int, height: int) -> Browser:
        profile = tmp_path / f"profile-{len(opened)}"
        opened.append(Browser(chromium, chromedriver, width=width, height=height, profile=profile))
        return opened[-1]

    try:
        yield open_window
        for browser in opened:
            assert browser.hosts() <= set(LOCAL)
            assert browser.complaints() == []
    finally:
        for browser in opened:
            browser.driver.quit()


@pytest.mark.parametrize(("width", "height"), [pytest.param(1280, 900, id="desk"), pytest.param(390, 844, id="phone")])
def test_ask_open_a_beleg_see_the_highlight(
    address: str, open_browser: Callable[[int, int], Browser], width: int, height: int
) -> None:
    browser = open_browser(width, height)
    browser.driver.get(address)
    browser.see("h1", text=DE.hero_title)
    assert browser.driver.find_element(By.TAG_NAME, "html").get_attribute("lang") == "de"
    assert browser.overflow() <= 0

    browser.see("textarea").send_keys(QUESTION, Keys.ENTER)
    browser.see(".answer", text="Rechtsstand 19.08.2026")
    assert browser.overflow() <= 0

    number = browser.see(".answer .number", text="[1]")
    assert number.accessible_name.startswith("Beleg 1: § 7 Abs. 2")
    number.click()
    panel = browser.see(".panel")
    mark = browser.see(".panel mark")
    assert "seit mindestens drei Tagen trocken sein" in " ".join(mark.text.split())
    assert mark.value_of_css_property("background-color") == "rgba(255, 227, 136, 1)"
    browser.wait_until(
        "(() => { const r = document.querySelector('.panel:popover-open mark').getBoundingClientRect();"
        " return r.top >= 0 && r.bottom <= innerHeight })()"
    )
    for part in ("§ 7 Abs. 2 AufenthG", DE.rechtsstand, "19.08.2026", "Gesetz", "Bund", "<b>Fett</b>"):
        assert part in panel.text
    link = panel.find_element(By.CSS_SELECTOR, "a.publisher")
    assert link.get_attribute("href") == "https://www.gesetze-im-internet.de/aufenthg_2004/__7.html"

    panel.send_keys(Keys.ESCAPE)
    browser.wait_until("!document.querySelector('.panel:popover-open')")


def test_sources_stay_on_the_next_message_and_in_the_other_language(
    address: str, open_browser: Callable[[int, int], Browser]
) -> None:
    browser = open_browser(1280, 900)
    browser.driver.get(f"{address}/?lang=en")
    browser.see("h1", text=EN.hero_title)
    browser.see("textarea").send_keys(QUESTION, Keys.ENTER)
    browser.see("#frage-1")
    browser.see(".answer .number")
    browser.see("textarea").send_keys("§ 1 AufenthG", Keys.ENTER)
    browser.see("#frage-2")
    browser.wait_until("document.querySelectorAll('.answer').length == 2")
    browser.see("button", text="DE").click()
    browser.see(".answer", text=DE.belege)
    browser.wait_until("document.documentElement.lang == 'de'")
    assert browser.count(".answer") == 2
    browser.driver.find_element(By.CSS_SELECTOR, ".answer .number").click()
    browser.see(".panel mark")


def test_a_number_opens_by_keyboard(address: str, open_browser: Callable[[int, int], Browser]) -> None:
    browser = open_browser(1280, 900)
    browser.driver.get(address)
    browser.see("textarea").send_keys(QUESTION, Keys.ENTER)
    number = browser.see(".answer .number")
    browser.driver.execute_script("arguments[0].focus()", number)
    number.send_keys(Keys.ENTER)
    browser.see(".panel mark")
    browser.wait_until("document.activeElement.classList.contains('panel')")
    browser.driver.switch_to.active_element.send_keys(Keys.ESCAPE)
    browser.wait_until("document.activeElement.classList.contains('number')")


def test_the_list_of_sources(address: str, open_browser: Callable[[int, int], Browser]) -> None:
    browser = open_browser(390, 844)
    browser.driver.get(f"{address}/sources")
    row = browser.see("table.sources tbody tr", text="AufenthG")
    for part in (DE.kind[Kind.GESETZ], "19.08.2026", "4"):
        assert part in row.text
    assert browser.overflow() <= 0


def test_an_empty_knowledge_base_and_a_running_sync_are_told(
    tmp_path: Path, open_browser: Callable[[int, int], Browser]
) -> None:
    home = tmp_path / "empty"
    home.mkdir()
    sync = home / "sync.json"
    told = {"state": "running", "done": 7, "total": 70, "message": "", "updated": datetime.now(UTC).isoformat()}
    sync.write_text(json.dumps(told), encoding="utf-8")
    with page(home) as url:
        browser = open_browser(1280, 900)
        browser.driver.get(url)
        browser.see(".notice", text=DE.empty_title)
        browser.see(".sync", text="7 von 70")
        sync.write_text(json.dumps(told | {"done": 8}), encoding="utf-8")
        browser.see(".sync", text="8 von 70")
        sync.write_text(json.dumps(told | {"state": "offline"}), encoding="utf-8")
        browser.see(".sync", text=DE.sync_offline)
        sync.write_text(json.dumps(told | {"state": "done"}), encoding="utf-8")
        browser.driver.refresh()
        browser.see("h1", text=DE.hero_title)
        browser.wait_until("!document.querySelector('.sync')")


def test_a_foreign_request_would_be_noticed(require: Callable[[str], str], tmp_path: Path) -> None:
    with Browser(require("chromium"), require("chromedriver"), width=800, height=600, profile=tmp_path) as browser:
        browser.driver.get("data:text/html,<img src='https://fonts.example.org/x.png'>")
        assert browser.hosts() == {"fonts.example.org"}
