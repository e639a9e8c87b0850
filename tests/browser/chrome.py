"""A headless Chromium that remembers whom it called, and the page it visits."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, build_opener

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 60.0  # seconds; a loaded machine starts a page in ten
LOCAL = ("127.0.0.1", "localhost")

_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
    "--hide-scrollbars",
    # a name that is no loopback is not even asked for; the request still shows in the log
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)


class Browser:
    """One window. Use as a context manager."""

    def __init__(self, chromium: str, chromedriver: str, *, width: int, height: int, profile: Path) -> None:
        options = webdriver.ChromeOptions()
        options.binary_location = chromium
        for flag in (*_FLAGS, f"--window-size={width},{height}", f"--user-data-dir={profile}"):
            options.add_argument(flag)
        if width < 500:  # a desktop window cannot be that narrow
            metrics = {"width": width, "height": height, "pixelRatio": 2, "mobile": True}
            options.add_experimental_option("mobileEmulation", {"deviceMetrics": metrics})
        options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
        self.driver = webdriver.Chrome(options=options, service=Service(chromedriver))
        self._hosts: set[str] = set()

    def __enter__(self) -> Browser:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.driver.quit()

    def see(self, css: str, *, text: str = "") -> WebElement:
        """The first visible element of that kind (with that text in it); waits for it."""

        def found(driver: webdriver.Chrome) -> WebElement | bool:
            for element in driver.find_elements(By.CSS_SELECTOR, css):
                if element.is_displayed() and text in element.text:
                    return element
            return False

        from selenium.common.exceptions import StaleElementReferenceException

        wait = WebDriverWait(
            self.driver, PATIENCE, poll_frequency=0.1, ignored_exceptions=[StaleElementReferenceException]
        )
        seen = wait.until(found, f"{css} {text!r} did not appear")
        assert isinstance(seen, WebElement)
        return seen

    def count(self, css: str) -> int:
        """How many elements of that kind are visible."""
        return sum(element.is_displayed() for element in self.driver.find_elements(By.CSS_SELECTOR, css))

    def wait_until(self, script: str) -> None:
        """Waits until the expression is true in the page."""
        WebDriverWait(self.driver, PATIENCE, poll_frequency=0.1).until(
            lambda driver: driver.execute_script(f"return Boolean({script})"), f"never true: {script}"
        )

    def hosts(self) -> set[str]:
        """Every host the page has asked so far, by request or web socket."""
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                url = message["params"]["request"]["url"]
            elif message["method"] == "Network.webSocketCreated":
                url = message["params"]["url"]
            else:
                continue
            parts = urlsplit(url)
            if parts.scheme in ("http", "https", "ws", "wss"):  # the rest (data:, blob:, chrome:) stays inside
                self._hosts.add(parts.hostname or "")
        return self._hosts

    def complaints(self) -> list[str]:
        """Errors in the console; not those of the network, where Streamlit first looks in vain for its server."""
        log = self.driver.get_log("browser")
        return [entry["message"] for entry in log if entry["level"] == "SEVERE" and entry["source"] != "network"]

    def overflow(self) -> int:
        """By how many pixels the page is wider than the window."""
        return int(
            self.driver.execute_script(
                "const page = document.querySelector('.stMain'); return page.scrollWidth - page.clientWidth"
            )
        )


@contextmanager
def page(home: Path) -> Iterator[str]:
    """The address of the page over a home, while it runs."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = home / "page.log"
    command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py"), f"--server.port={port}"]
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, cwd=ROOT, env=dict(os.environ) | {"LOTSE_HOME": str(home)}, stdout=out, stderr=subprocess.STDOUT
        )
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_for(f"{address}/_stcore/health", process, log)
        yield address
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    opener = build_opener(ProxyHandler({}))
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            with opener.open(url, timeout=2):
                return
        except (URLError, OSError):
            time.sleep(0.1)
    raise AssertionError(f"the page did not start:\n{log.read_text(encoding='utf-8', errors='replace')}")
