"""The search for statute text in tracked files."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.statute_text import Finding, find_runs

LAW = "Wer einen Leuchtturm betreibt, hat das Licht bei Nacht zu zünden und bei Tag zu löschen; § 3 bleibt unberührt."
RUN = "wer einen leuchtturm betreibt hat das licht bei nacht zu zünden und"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("# Notes\n\n" + LAW, [Finding(Path("a.md"), 3, RUN)], id="verbatim"),
        pytest.param(LAW.upper().replace(" ", "\n  * "), [Finding(Path("a.md"), 1, RUN)], id="other case and markup"),
        pytest.param("Wer einen Leuchtturm betreibt, hat das Licht bei Nacht zu zünden", [], id="eleven words"),
        pytest.param(
            "Wer einen Leuchtturm betreibt, muss das Licht bei Nacht zünden und bei Tag löschen.", [], id="own words"
        ),
        pytest.param("", [], id="empty file"),
    ],
)
def test_find_runs(text: str, expected: list[Finding]) -> None:
    assert find_runs({Path("a.md"): text}, iter(["Etwas anderes. " + LAW, "kurz"])) == expected
