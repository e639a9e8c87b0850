"""The overview: a status in full, and all verdicts at a glance."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.matrix import read_matrices
from tests.kb.test_matrix import CELLS, folder
from ui.matrix import cells, grid
from ui.texts import DE, EN


def test_a_status_shows_verdict_condition_gap_facts_and_norm(tmp_path: Path) -> None:
    (matrix,) = read_matrices(folder(tmp_path))
    html = cells(matrix, "rot", DE)
    for part in ("Segelgeld", "✗ nein", "Kein Geld.", DE.matrix_gap, "Es fehlt Geld.", "drei Tage", "✓ ja"):
        assert part in html
    assert 'href="https://' in html
    assert "Später." not in html


def test_english_shows_english(tmp_path: Path) -> None:
    (matrix,) = read_matrices(folder(tmp_path))
    html = cells(matrix, "rot", EN)
    assert "No money." in html
    assert "Kein Geld." not in html


def test_stored_text_is_escaped(tmp_path: Path) -> None:
    (matrix,) = read_matrices(folder(tmp_path, CELLS.replace("Kein Geld.", "<script>x</script>")))
    assert "<script>" not in cells(matrix, "rot", DE)


@pytest.mark.parametrize("words", [DE, EN], ids=["de", "en"])
def test_all_verdicts_at_a_glance_are_told_in_words_too(tmp_path: Path, words: object) -> None:
    (matrix,) = read_matrices(folder(tmp_path))
    html = grid(matrix, DE if words is DE else EN)
    assert html.count('role="img"') == 4
    for mark, word in (EN if words is EN else DE).matrix_verdict.values():
        assert f'aria-label="{word}">{mark}</span>' in html
