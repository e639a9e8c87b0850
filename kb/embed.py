"""Texts as vectors: our static model without torch, or any sentence-transformers model by name.

A static model is one vector per token; a text is the mean of its tokens' vectors, made unit. It is read with
`tokenizers`, `safetensors` and numpy: half a second to load, well under a millisecond a question.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias

from kb.config import Config
from kb.errors import ModelError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    FloatMatrix: TypeAlias = npt.NDArray[np.float32]

Role: TypeAlias = Literal["passage", "query"]

FORMAT = "lotse-static-1"
_ENCODE_AT_ONCE = 2048  # texts; keeps the token lists of a whole statute book out of memory


class Embedder(Protocol):
    """One model. `fingerprint` changes whenever the vectors may: an index keeps it and is never mixed."""

    @property
    def name(self) -> str: ...

    @property
    def fingerprint(self) -> str: ...

    @property
    def dim(self) -> int: ...

    def embed(self, texts: Sequence[str], *, role: Role) -> FloatMatrix:
        """(len(texts), dim) float32, unit rows; a text without any known token is a row of zeros."""
        ...


class StaticEmbedder:
    """A static model folder: Lotse's own (int8 rows with a scale each) or one saved by sentence-transformers.

    Raises ModelError if the folder holds neither.
    """

    def __init__(self, folder: Path) -> None:
        from tokenizers import Tokenizer

        tokenizer, weights = _static_files(folder)
        try:
            self._weights = _read_weights(weights)
            self._tokenizer = Tokenizer.from_file(str(tokenizer))
        except Exception as error:  # tokenizers raises bare Exceptions for a damaged file
            raise ModelError(f"cannot read the static model: {error}", where=str(folder), next=_REPAIR) from error
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        if self._tokenizer.get_vocab_size() > len(self._weights):
            raise ModelError("the tokenizer knows more tokens than the model", where=str(folder), next=_REPAIR)
        self._fingerprint = _hash_files((tokenizer, weights))
        self._name = folder.name

    @property
    def name(self) -> str:
        """The name of its folder."""
        return self._name

    @property
    def fingerprint(self) -> str:
        """ "static:" and 16 hex digits of SHA-256 over tokenizer and vectors."""
        return self._fingerprint

    @property
    def dim(self) -> int:
        """How many numbers a vector has."""
        return int(self._weights.shape[1])

    def embed(self, texts: Sequence[str], *, role: Role) -> FloatMatrix:
        """(len(texts), dim) float32, unit rows, alike for both roles; a text without any token is a row of zeros."""
        import numpy as np

        del role
        result = np.zeros((len(texts), self.dim), dtype=np.float32)
        for start in range(0, len(texts), _ENCODE_AT_ONCE):
            batch = list(texts[start : start + _ENCODE_AT_ONCE])
            encodings = self._tokenizer.encode_batch_fast(batch, add_special_tokens=False)
            for row, encoding in enumerate(encodings, start=start):
                if encoding.ids:
                    result[row] = self._weights[encoding.ids].sum(axis=0)
        return _unit_rows(result)

    def save_sentence_transformers(self, folder: Path) -> None:
        """Write the same model as a sentence-transformers folder (StaticEmbedding, Normalize): identical vectors.

        Needs the extra `transformer`.
        """
        try:
            import torch
            from sentence_transformers import SentenceTransformer
            from sentence_transformers.models import Normalize, StaticEmbedding  # type: ignore[import-not-found,unused-ignore]
        except ImportError as error:
            raise _missing_extra("sentence-transformers") from error
        static = StaticEmbedding(self._tokenizer, embedding_weights=torch.from_numpy(self._weights.copy()))
        SentenceTransformer(modules=[static, Normalize()], device="cpu").save(str(folder))


class TransformerEmbedder:
    """A sentence-transformers model by name or folder, through langchain-huggingface (extra `transformer`)."""

    def __init__(self, name: str) -> None:
        try:
            from langchain_huggingface import HuggingFaceEmbeddings

            self._model: Any = HuggingFaceEmbeddings(
                model_name=name, model_kwargs={"device": "cpu"}, encode_kwargs={"normalize_embeddings": True}
            )
        except ImportError as error:
            raise _missing_extra(name) from error
        except (OSError, ValueError, RuntimeError) as error:
            raise ModelError(
                f"cannot load the embedding model: {str(error).splitlines()[0]}",
                where=name,
                next="check the name and the connection, or leave `embedder` empty for the model Lotse ships",
            ) from error
        self._name = name
        probe = self.embed(["Duldung"], role="query")
        self._dim = int(probe.shape[1])
        # Weights may be replaced under the same name, so the vector of a fixed word is part of the fingerprint.
        self._fingerprint = f"transformer:{name}:{hashlib.sha256(probe.round(4).tobytes()).hexdigest()[:16]}"

    @property
    def name(self) -> str:
        """Its name as configured."""
        return self._name

    @property
    def fingerprint(self) -> str:
        """ "transformer:", its name and a hash of one vector."""
        return self._fingerprint

    @property
    def dim(self) -> int:
        """How many numbers a vector has."""
        return self._dim

    def embed(self, texts: Sequence[str], *, role: Role) -> FloatMatrix:
        """(len(texts), dim) float32, unit rows; the model's own query prompt is used for `role="query"`."""
        import numpy as np

        if not texts:
            return np.zeros((0, getattr(self, "_dim", 0)), dtype=np.float32)
        if role == "query":
            rows = [self._model.embed_query(text) for text in texts]
        else:
            rows = self._model.embed_documents(list(texts))
        return _unit_rows(np.array(rows, dtype=np.float32))


def _unit_rows(matrix: FloatMatrix) -> FloatMatrix:
    """The same matrix, its rows made unit in place; rows of zeros stay."""
    import numpy as np

    lengths = np.linalg.norm(matrix, axis=1, keepdims=True)
    np.divide(matrix, lengths, out=matrix, where=lengths > 0)
    return matrix


def open_embedder(config: Config) -> Embedder:
    """The model the configuration names. Raises ModelError if it is missing or unreadable."""
    folder = config.embedder_folder
    if not config.embedder or _is_static(folder):
        return StaticEmbedder(folder)
    if not folder.exists() and (folder.is_absolute() or config.embedder.startswith((".", "~"))):
        raise ModelError("no such embedding model folder", where=str(folder), next="correct the setting `embedder`")
    return TransformerEmbedder(config.embedder)


_REPAIR = "restore the folder, or leave `embedder` empty for the model Lotse ships"


def _missing_extra(name: str) -> ModelError:
    return ModelError(
        "a sentence-transformers model needs packages that are not installed",
        where=name,
        next="pip install 'lotse[transformer]', or leave `embedder` empty for the model Lotse ships",
    )


def _is_static(folder: Path) -> bool:
    return _is_ours(folder) or _saved_static(folder) is not None


def _is_ours(folder: Path) -> bool:
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(config, dict) and config.get("format") == FORMAT


def _saved_static(folder: Path) -> Path | None:
    """The StaticEmbedding module of a sentence-transformers folder that has nothing after it but Normalize."""
    try:
        modules = json.loads((folder / "modules.json").read_text(encoding="utf-8"))
        kinds = [module["type"].rpartition(".")[2] for module in modules]
        return folder / modules[0]["path"] if kinds in (["StaticEmbedding"], ["StaticEmbedding", "Normalize"]) else None
    except (OSError, ValueError, KeyError, TypeError, IndexError):
        return None


def _static_files(folder: Path) -> tuple[Path, Path]:
    """Tokenizer and weights of the folder."""
    home = folder if _is_ours(folder) else _saved_static(folder)
    if home is None:
        raise ModelError("the folder holds no static embedding model", where=str(folder), next=_REPAIR)
    return home / "tokenizer.json", home / "model.safetensors"


def _read_weights(file: Path) -> FloatMatrix:
    import numpy as np
    from safetensors.numpy import load_file

    tensors = load_file(str(file))
    if "scale" in tensors:
        rows = tensors["embedding"].astype(np.float32)
        rows *= tensors["scale"].astype(np.float32)[:, None]
        return rows
    weights: FloatMatrix = tensors["embedding.weight"].astype(np.float32)
    return weights


def _hash_files(files: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return f"static:{digest.hexdigest()[:16]}"
