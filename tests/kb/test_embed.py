"""Static models without torch; other models by name."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from kb.config import Config
from kb.embed import StaticEmbedder, open_embedder
from kb.errors import ModelError

SHIPPED = Path(__file__).resolve().parents[2] / "kb" / "starter" / "embedding"
MAY_BE_SHIPPED = 10_000_000  # bytes


@pytest.fixture(scope="module")
def shipped() -> StaticEmbedder:
    return StaticEmbedder(SHIPPED)


def make_model(folder: Path, rows: list[list[int]], scale: list[float]) -> Path:
    """A model of the words "eins", "zwei", "drei" with the given int8 rows."""
    from safetensors.numpy import save_file
    from tokenizers import Tokenizer, models, pre_tokenizers

    folder.mkdir()
    vocabulary = {"[UNK]": 0, "eins": 1, "zwei": 2, "drei": 3}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.save(str(folder / "tokenizer.json"))
    tensors = {"embedding": np.array(rows, dtype=np.int8), "scale": np.array(scale, dtype=np.float32)}
    save_file(tensors, str(folder / "model.safetensors"))
    (folder / "config.json").write_text(json.dumps({"format": "lotse-static-1"}), encoding="utf-8")
    return folder


def test_a_text_is_the_mean_of_its_scaled_rows_made_unit(tmp_path: Path) -> None:
    folder = make_model(tmp_path / "m", [[0, 0], [3, 4], [0, 1], [1, 0]], [1.0, 2.0, 10.0, 1.0])
    vectors = StaticEmbedder(folder).embed(["eins", "eins zwei", "", "zwei unbekannt"], role="query")
    mixed = np.array([6.0, 18.0]) / np.hypot(6.0, 18.0)
    assert vectors.dtype == np.float32
    assert vectors == pytest.approx(np.array([[0.6, 0.8], mixed, [0, 0], [0, 1]]), abs=1e-6)


def test_the_shipped_model_is_small_and_its_rows_are_unit(shipped: StaticEmbedder) -> None:
    assert sum(file.stat().st_size for file in SHIPPED.iterdir()) <= MAY_BE_SHIPPED
    assert shipped.dim == 256
    vectors = shipped.embed(["Darf er arbeiten?", "", "§ 60c AufenthG", "…"], role="passage")
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 0, 1, 0], abs=1e-5)


@pytest.mark.parametrize(
    ("one", "near", "far"),
    [
        pytest.param("Ausbildungsduldung", "toleration for training", "elterngeld", id="German and English"),
        pytest.param("Lehre als Bäcker", "Berufsausbildung", "Staatsangehörigkeit", id="lay and legal word"),
        pytest.param("Kündigung in der Probezeit", "fired during probation", "Wohnsitzauflage", id="labour law"),
    ],
)
def test_the_shipped_model_knows_what_belongs_together(shipped: StaticEmbedder, one: str, near: str, far: str) -> None:
    vectors = shipped.embed([one, near, far], role="query")
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.1


def test_three_spellings_are_one_text(shipped: StaticEmbedder) -> None:
    vectors = shipped.embed(
        ["Führungszeugnis Straße", "Fuehrungszeugnis STRASSE", "Fuhrungszeugnis Strasse"], role="query"
    )
    assert vectors[0] @ vectors[1] == pytest.approx(1, abs=1e-6)
    assert vectors[0] @ vectors[2] == pytest.approx(1, abs=1e-6)


def test_many_texts_at_once_are_the_same_as_one_by_one(shipped: StaticEmbedder) -> None:
    texts = [f"Frage {number} zur Duldung" for number in range(2100)]
    together = shipped.embed(texts, role="passage")
    assert together[[0, 2099]] == pytest.approx(shipped.embed([texts[0], texts[2099]], role="query"), abs=1e-6)


def test_the_fingerprint_follows_the_vectors(tmp_path: Path) -> None:
    rows = [[0, 0], [3, 4], [0, 1], [1, 0]]
    one = StaticEmbedder(make_model(tmp_path / "a", rows, [1.0] * 4))
    same = StaticEmbedder(make_model(tmp_path / "b", rows, [1.0] * 4))
    other = StaticEmbedder(make_model(tmp_path / "c", rows, [1.0, 2.0, 1.0, 1.0]))
    assert one.fingerprint == same.fingerprint != other.fingerprint


def test_the_default_is_the_shipped_model(config: Config, shipped: StaticEmbedder) -> None:
    assert open_embedder(config).fingerprint == shipped.fingerprint


@pytest.mark.parametrize("damage", ["missing", "empty", "tokenizer", "weights", "short"])
def test_a_damaged_folder_is_named(tmp_path: Path, damage: str) -> None:
    folder = make_model(tmp_path / "m", [[0, 0], [3, 4], [0, 1], [1, 0]], [1.0] * 4)
    if damage == "missing":
        folder = tmp_path / "nowhere"
    elif damage == "empty":
        (folder / "config.json").unlink()
    elif damage == "tokenizer":
        (folder / "tokenizer.json").write_text("{", encoding="utf-8")
    elif damage == "weights":
        (folder / "model.safetensors").write_bytes(b"nothing")
    else:
        from safetensors.numpy import save_file

        tensors = {"embedding": np.zeros((2, 2), dtype=np.int8), "scale": np.ones(2, dtype=np.float32)}
        save_file(tensors, str(folder / "model.safetensors"))
    with pytest.raises(ModelError) as caught:
        StaticEmbedder(folder)
    assert caught.value.where == str(folder)
    assert caught.value.next


def test_a_folder_that_is_not_there_is_not_taken_for_a_name(home: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no such embedding model folder"):
        open_embedder(Config(home=home, embedder=str(tmp_path / "nowhere")))


def test_a_model_by_name_names_the_extra_it_needs(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "langchain_huggingface", None)
    with pytest.raises(ModelError, match=r"lotse\[transformer\]"):
        open_embedder(Config(home=home, embedder="some/model"))


def test_the_shipped_model_needs_no_torch() -> None:
    code = (
        "import sys; from pathlib import Path; from kb.embed import StaticEmbedder; "
        f"StaticEmbedder(Path({str(SHIPPED)!r})).embed(['Duldung'], role='query'); "
        "sys.exit(any(name in sys.modules for name in ('torch', 'sentence_transformers')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=SHIPPED.parents[2]).returncode == 0


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.skipif(
    importlib.util.find_spec("sentence_transformers") is None, reason="the extra lotse[transformer] is not installed"
)
def test_the_export_to_sentence_transformers_has_identical_vectors(shipped: StaticEmbedder, tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer

    folder = tmp_path / "exported"
    shipped.save_sentence_transformers(folder)
    texts = ["Darf mein Mentee arbeiten?", "Can she stay?", "Straße, Führung", "Abs. 2 " * 300]
    ours = shipped.embed(texts, role="passage")
    theirs = SentenceTransformer(str(folder), device="cpu").encode(texts)
    assert ours == pytest.approx(theirs, abs=1e-5)
    assert StaticEmbedder(folder).embed(texts, role="query") == pytest.approx(ours, abs=1e-6)
