"""Train the static embedding that Lotse ships: `python -m bench.train_embedding --out FOLDER`.

A WordPiece tokenizer (32k) and one vector of 256 numbers per token; a text is the mean of its tokens' vectors, made
unit. Two stages of in-batch contrast (InfoNCE, both directions), texts of the same Norm never count as negatives.
Needs torch (extra `transformer`); one thread, seeded. Nothing is downloaded.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from bench.law_text import Statute, cached_federal_law, read_markdown_statutes
from bench.training_text import (
    Pair,
    Question,
    answer_pairs,
    cell_pairs,
    glossary_pairs,
    law_pairs,
    note_pairs,
    read_questions,
    read_statements,
    trap_pairs,
    twin_pairs,
    unanswerable_pairs,
)

if TYPE_CHECKING:
    import torch
    from tokenizers import Tokenizer

VOCABULARY = 32_000
DIM = 256
MAX_TOKENS = 96  # the beginning of a long Absatz says what it is about
TOKENIZER_TEXTS = 30_000  # more of the law crowds everyday words out of the vocabulary
TEMPERATURE = 0.05

Ids = npt.NDArray[np.int32]


def make_tokenizer() -> Tokenizer:
    """An empty WordPiece tokenizer with the spelling rules of `kb.german.fold` (ü = ue = u, ß = ss)."""
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]", max_input_chars_per_word=60))
    spelt_out = [normalizers.Replace(Regex(rf"(?<![aeiouyq]){vowel}e(?=\p{{L}})"), vowel) for vowel in "aou"]
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.NFKC(),
            normalizers.Lowercase(),
            normalizers.Replace("ß", "ss"),
            normalizers.NFD(),
            normalizers.StripAccents(),
            *spelt_out,
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(r"[^\p{L}\p{N}]+"), behavior="removed")
    return tokenizer


def train_tokenizer(texts: Iterator[str]) -> Tokenizer:
    """The tokenizer, its vocabulary learnt from the texts."""
    from tokenizers import trainers

    tokenizer = make_tokenizer()
    trainer = trainers.WordPieceTrainer(
        vocab_size=VOCABULARY, special_tokens=["[PAD]", "[UNK]"], show_progress=False, min_frequency=2
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


class Texts:
    """Texts as token ids, each text encoded once."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._index: dict[str, int] = {}
        self._pending: list[str] = []
        self.ids: list[Ids] = []

    def add(self, text: str) -> int:
        """The number of the text."""
        if text not in self._index:
            self._index[text] = len(self._index)
            self._pending.append(text)
        return self._index[text]

    def encode(self) -> None:
        """Encode what was added since the last call."""
        for start in range(0, len(self._pending), 4096):
            for encoding in self._tokenizer.encode_batch(self._pending[start : start + 4096], add_special_tokens=False):
                self.ids.append(np.array(encoding.ids[:MAX_TOKENS] or [0], dtype=np.int32))
        self._pending = []

    def bag(self, numbers: Sequence[int], *, dropout: float, rng: np.random.Generator) -> tuple[Ids, Ids]:
        """Token ids of the texts, joined, and where each begins; `dropout` is the share of tokens left out."""
        parts = [self.ids[number] for number in numbers]
        lengths = np.array([len(part) for part in parts])
        joined = np.concatenate(parts)
        if dropout:
            keep = rng.random(len(joined)) >= dropout
            starts = np.concatenate(([0], np.cumsum(lengths)[:-1]))
            keep[starts] |= np.add.reduceat(keep, starts) == 0
            lengths = np.add.reduceat(keep, starts)
            joined = joined[keep]
        return joined, np.concatenate(([0], np.cumsum(lengths)[:-1])).astype(np.int32)


@dataclass(frozen=True, slots=True)
class Item:
    """A pair by the numbers of its texts and of its Norm."""

    left: int
    right: int
    norm: int


class Trainer:
    """The token vectors and the loop that moves them."""

    def __init__(self, texts: Texts, vocabulary: int, *, seed: int) -> None:
        import torch

        torch.manual_seed(seed)
        torch.set_num_threads(1)
        self.texts = texts
        self.rng = np.random.default_rng(seed)
        self.bag = torch.nn.EmbeddingBag(vocabulary, DIM, mode="mean")
        torch.nn.init.normal_(self.bag.weight, std=0.1)

    def run(
        self, batches: Sequence[Sequence[Item]], *, rate: float, dropout: float, label: str, warm: float = 0.05
    ) -> None:
        """One pass over the batches; the learning rate rises over the share `warm`, then falls to a tenth."""
        import torch

        optimiser = torch.optim.Adam(self.bag.parameters(), lr=rate, fused=True)
        rising = max(1, int(len(batches) * warm))
        started, total = time.monotonic(), 0.0
        for step, batch in enumerate(batches):
            share = (step + 1) / rising if step < rising else 1 - 0.9 * (step - rising) / max(1, len(batches) - rising)
            for group in optimiser.param_groups:
                group["lr"] = rate * share
            loss = self._loss(batch, dropout)
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            total += float(loss.detach())
            if (step + 1) % 100 == 0:
                print(
                    f"{label} {step + 1}/{len(batches)} loss {total / 100:.3f} {time.monotonic() - started:.0f} s",
                    flush=True,
                )
                total = 0.0

    def _loss(self, batch: Sequence[Item], dropout: float) -> torch.Tensor:
        import torch

        left = self._embed([item.left for item in batch], dropout)
        right = self._embed([item.right for item in batch], dropout)
        scores = left @ right.T / TEMPERATURE
        norms = torch.tensor([item.norm for item in batch])
        texts = torch.tensor([item.right for item in batch])
        same = (norms[:, None] == norms[None, :]) | (texts[:, None] == texts[None, :])
        scores = scores.masked_fill(same & ~torch.eye(len(batch), dtype=torch.bool), -1e4)
        target = torch.arange(len(batch))
        cross = torch.nn.functional.cross_entropy
        return (cross(scores, target) + cross(scores.T, target)) / 2

    def _embed(self, numbers: Sequence[int], dropout: float) -> torch.Tensor:
        import torch

        joined, offsets = self.texts.bag(numbers, dropout=dropout, rng=self.rng)
        vectors = self.bag(torch.from_numpy(joined), torch.from_numpy(offsets))
        return torch.nn.functional.normalize(vectors, dim=-1)

    def weights(self) -> npt.NDArray[np.float32]:
        """The token vectors, (vocabulary, DIM)."""
        result: npt.NDArray[np.float32] = self.bag.weight.detach().numpy().copy()
        return result


def stage_2_pairs(questions: Sequence[Question], statutes: dict[str, Statute], rng: random.Random) -> list[Pair]:
    """One pass over the bank: each question with its Absatz, and with another question of the same Norm."""
    by_norm: dict[str, list[Question]] = defaultdict(list)
    for question in questions:
        by_norm[question.norms[0]].append(question)
    pairs: list[Pair] = []
    for question in questions:
        norm = question.norms[0]
        if statute := statutes.get(norm):
            pairs.append(Pair(question.text, statute.absatz(question.absatz), norm))
        # The same Absatz is closer than the same Norm; another language is what teaches English.
        others = [other for other in by_norm[norm] if other is not question]
        near = [other for other in others if other.absatz == question.absatz]
        foreign = [other for other in (near or others) if other.lang != question.lang]
        pool = foreign if foreign and rng.random() < 0.4 else (near or others)
        if pool:
            pairs.append(Pair(question.text, rng.choice(pool).text, norm))
    rng.shuffle(pairs)
    return pairs


def bank_pass(
    own: Sequence[Pair], answers: Mapping[str, Sequence[Pair]], size: int, rng: random.Random
) -> list[list[Pair]]:
    """The batches of one pass over all we know: pairs at random, and the answered questions note by note."""
    mixed = rng.sample(own, len(own))
    batches = [mixed[at : at + size] for at in range(0, len(mixed) - size + 1, size)]
    batches += choice_batches(answers, size, rng)
    rng.shuffle(batches)
    return batches


def choice_batches(answers: Mapping[str, Sequence[Pair]], size: int, rng: random.Random) -> list[list[Pair]]:
    """One pass over the questions that are answered, note by note, so that the statements of a note compete."""
    notes = list(answers)
    rng.shuffle(notes)
    batches: list[list[Pair]] = [[]]
    for note in notes:
        pairs = rng.sample(answers[note], len(answers[note]))
        batches[-1] += pairs
        if len(batches[-1]) >= size:
            batches.append([])
    return [batch[:size] for batch in batches if batch]


def quantise(weights: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float32]]:
    """Each row as int8 and its scale: row ≈ int8 * scale."""
    scale = np.maximum(np.abs(weights).max(axis=1), 1e-9) / 127.0
    return np.rint(weights / scale[:, None]).astype(np.int8), scale.astype(np.float32)


def export(folder: Path, tokenizer: Tokenizer, weights: npt.NDArray[np.float32], description: dict[str, Any]) -> None:
    """Write `model.safetensors` (int8 rows, float32 scales), `tokenizer.json` and `config.json`."""
    from safetensors.numpy import save_file

    folder.mkdir(parents=True, exist_ok=True)
    rows, scale = quantise(weights)
    save_file({"embedding": rows, "scale": scale}, str(folder / "model.safetensors"))
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    config = {"format": "lotse-static-1", "dim": int(weights.shape[1]), "vocabulary": int(weights.shape[0])}
    (folder / "config.json").write_text(
        json.dumps(config | description, ensure_ascii=False, indent=2) + "\n", encoding="utf-8"
    )


def main() -> None:
    """Read, train, export."""
    root = Path(__file__).resolve().parents[2] / "shared"
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder of the model")
    parser.add_argument("--shared", type=Path, default=root, help="folder with statutes/ and domain/")
    parser.add_argument("--questions", type=Path, nargs="*", help="bank files (default: the starter knowledge's)")
    parser.add_argument("--cache", type=Path, default=Path("build/federal.jsonl"), help="where the law's text is kept")
    parser.add_argument("--law-pairs", type=int, default=200_000)
    parser.add_argument("--law-passes", type=int, default=1)
    parser.add_argument("--bank-passes", type=int, default=8)
    parser.add_argument("--batch", type=int, default=1024)
    parser.add_argument("--rate", type=float, default=0.02)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--hold-out", type=float, default=0.0, help="share of bank questions left out, for calibration")
    given = parser.parse_args()
    train(given)


def knowledge_pairs(starter: Path, statutes: dict[str, Statute]) -> list[Pair]:
    """What the starter knowledge says beside the question bank."""
    return [
        *note_pairs(sorted((starter / "notes").glob("*.md")), statutes),
        *twin_pairs(read_statements(sorted((starter / "notes").glob("*.md")))),
        *glossary_pairs(starter / "glossary.csv", statutes),
        *trap_pairs(starter / "traps.jsonl"),
        *cell_pairs(starter),
        *unanswerable_pairs(starter / "unanswerable.jsonl"),
    ]


def train(given: argparse.Namespace) -> None:
    """Both stages, then the export, as the command line says."""
    started = time.monotonic()
    rng = random.Random(given.seed)
    starter = Path(__file__).resolve().parents[1] / "kb" / "starter"
    files = given.questions or sorted((starter / "questions").glob("*.jsonl"))
    questions = [question for question in read_questions(files) if not held_out(question.text, given.hold_out)]
    statutes = {norm.key: norm for norm in read_markdown_statutes(given.shared / "statutes" / "2026-08-19")}
    knowledge = knowledge_pairs(starter, statutes)
    said = read_statements(sorted((starter / "notes").glob("*.md")))
    answers = dict(sorted(answer_pairs(questions, said).items()))
    law = list(
        law_pairs(
            cached_federal_law(given.shared / "statutes" / "federal-2026-04-18.tar.xz", given.cache),
            seed=given.seed,
            limit=given.law_pairs,
        )
    )
    print(f"{len(law)} law pairs, {len(questions)} questions, {len(knowledge)} pairs of notes and glossary", flush=True)

    def corpus() -> Iterator[str]:
        for pair in law[:TOKENIZER_TEXTS]:
            yield pair.right
        for _ in range(8):  # everyday and English words are rare beside the law, but they are what is asked
            yield from (question.text for question in questions)
            yield from (pair.left for pair in knowledge)

    tokenizer = train_tokenizer(corpus())
    print(f"tokenizer of {tokenizer.get_vocab_size()} after {time.monotonic() - started:.0f} s", flush=True)
    texts, norms = Texts(tokenizer), defaultdict[str, int](lambda: len(norms))

    def items(pairs: Sequence[Pair]) -> list[Item]:
        return [Item(texts.add(pair.left), texts.add(pair.right), norms[pair.norm]) for pair in pairs]

    law_items = items(law)
    texts.encode()
    print(f"encoded {len(texts.ids)} texts after {time.monotonic() - started:.0f} s", flush=True)
    trainer = Trainer(texts, tokenizer.get_vocab_size(), seed=given.seed)
    stage_1: list[list[Item]] = []
    for _ in range(given.law_passes):
        rng.shuffle(law_items)
        stage_1 += [law_items[at : at + given.batch] for at in range(0, len(law_items) - given.batch + 1, given.batch)]
    trainer.run(stage_1, rate=given.rate, dropout=0.0, label="law")
    stage_2: list[list[Item]] = []
    size = given.batch * 2 // 3
    for _ in range(given.bank_passes):
        passed = bank_pass(stage_2_pairs(questions, statutes, rng) + knowledge, answers, size, rng)
        stage_2 += [items(pairs) + rng.sample(law_items, given.batch - size) for pairs in passed]
    texts.encode()
    trainer.run(stage_2, rate=given.rate / 2, dropout=0.15, label="bank")
    description = {
        "trained_on": "federal statutes as of 2026-04-18 (texts not included), Lotse's question bank, unanswerable "
        "questions, notes, matrices, misconceptions, glossary",
        "law_pairs": len(law),
        "questions": len(questions),
        "held_out": given.hold_out,
        "seed": given.seed,
    }
    export(given.out, tokenizer, trainer.weights(), description)
    print(f"{given.out} after {time.monotonic() - started:.0f} s", flush=True)


def held_out(text: str, share: float) -> bool:
    """True for that share of texts, chosen by their hash: the same ones in every run."""
    import hashlib

    return int(hashlib.sha256(text.encode()).hexdigest()[:8], 16) / 2**32 < share


if __name__ == "__main__":
    main()
