"""Made-up sources, questions and an embedder without a model, for tests of what lies below them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np

from kb.model import (
    Absatz,
    Abschnitt,
    BankQuestion,
    DokRef,
    Dokument,
    Fundstelle,
    Gesetz,
    Jurisdiction,
    Kind,
    Norm,
    NormRef,
    Passage,
    PendingChange,
    Stufe,
)

APRIL = date(2026, 4, 18)
AUGUST = date(2026, 8, 19)


def ref(nummer: str, absatz: str | None = None, *, gesetz: str = "TestG") -> NormRef:
    """A reference into a made-up Gesetz."""
    return NormRef(gesetz, "§", nummer, ((Stufe.ABSATZ, absatz),) if absatz else ())


def make_gesetz(
    normen: Mapping[str, Sequence[str]], *, stand: date = APRIL, kuerzel: str = "TestG", pending: date | None = None
) -> tuple[Gesetz, tuple[Passage, ...]]:
    """A Gesetz of Normen (number → Absätze) and one passage for each Absatz."""
    slug = kuerzel.lower()
    gesetz = Gesetz(
        slug=slug,
        kuerzel=kuerzel,
        jurabk=kuerzel,
        title=f"Gesetz über Proben ({kuerzel})",
        doknr="BJNR000010026",
        fundstelle=Fundstelle("BGBl I", "2026, 1"),
        stand=f"Stand {stand}",
        rechtsstand=stand,
        url=f"https://example.org/{slug}",
        normen=tuple(
            Norm(
                ref=ref(nummer, gesetz=kuerzel),
                title=f"Probe {nummer}",
                gliederung=("Abschnitt 1",),
                absaetze=tuple(Absatz(str(n), f"({n}) {text}") for n, text in enumerate(texts, 1)),
                fussnote="(+++ Anmerkung +++)",
            )
            for nummer, texts in normen.items()
        ),
        pending=(PendingChange("noch nicht berücksichtigt", pending),) if pending else (),
    )
    passages = tuple(
        Passage.make(
            f"{slug}/§{norm.ref.nummer}/{absatz.nummer}#1",
            slug,
            ref(norm.ref.nummer, absatz.nummer, gesetz=kuerzel),
            heading=f"§ {norm.ref.nummer} {kuerzel} {norm.title}",
            text=absatz.text,
            context=(gesetz.title, *norm.gliederung),
            refs=(norm.ref,),
        )
        for norm in gesetz.normen
        for absatz in norm.absaetze
    )
    return gesetz, passages


def make_note(
    texts: Sequence[str], *, stem: str = "probe", stand: date = AUGUST, refs: Sequence[NormRef] = ()
) -> tuple[Dokument, tuple[Passage, ...]]:
    """A note of Abschnitte with one passage each; all cite `refs`."""
    source_id = f"note:{stem}"
    dokument = Dokument(
        id=source_id,
        kind=Kind.NOTE,
        title=f"Notiz {stem}",
        publisher="Lotse",
        rechtsstand=stand,
        url="",
        sha256=hashlib.sha256("\n".join(texts).encode()).hexdigest(),
        abschnitte=tuple(Abschnitt(("Kurz",), None, text) for text in texts),
        stem=stem,
        jurisdiction=Jurisdiction.BUND,
        meta=(("thema", "Probe"),),
        warnings=("eine Warnung",),
    )
    passages = tuple(
        Passage.make(
            f"{source_id}/p-/{n}#1",
            source_id,
            DokRef(source_id, None, ("Kurz",)),
            heading="Kurz",
            text=text,
            refs=tuple(refs),
        )
        for n, text in enumerate(texts, 1)
    )
    return dokument, passages


def make_question(text: str, *norms: NormRef, absatz: str | None = None) -> BankQuestion:
    """A German question in lay words."""
    return BankQuestion(text, "de", "lay", norms, absatz, "probe")


class FakeEmbedder:
    """Each text its own direction, told from its bytes; another fingerprint gives other vectors."""

    def __init__(self, fingerprint: str = "fake:1", dim: int = 16) -> None:
        self.name = "fake"
        self.fingerprint = fingerprint
        self.dim = dim

    def embed(self, texts: Sequence[str], *, role: str) -> Any:
        """(len(texts), dim) float32, unit rows."""
        rows = np.zeros((len(texts), self.dim), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            seed = int.from_bytes(hashlib.sha256(f"{self.fingerprint}\0{text}".encode()).digest()[:8], "big")
            direction = np.random.default_rng(seed).normal(size=self.dim)
            row[:] = direction / np.linalg.norm(direction)
        return rows
