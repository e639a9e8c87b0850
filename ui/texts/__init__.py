"""Every word of the interface, in German and English; pure."""

from __future__ import annotations

from datetime import date

from ui.texts.de import DE
from ui.texts.en import EN
from ui.texts.record import Texts, VerdictText

__all__ = ["DE", "EN", "LANGS", "Texts", "VerdictText", "confidence_word", "format_date", "texts"]

LANGS = ("de", "en")

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def texts(lang: str) -> Texts:
    """The words of `lang`; German for any language we do not speak."""
    return EN if lang == "en" else DE


def format_date(day: date, lang: str) -> str:
    """The day as people write it: "19.08.2026", "19 Aug 2026"."""
    if lang == "en":
        return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
    return f"{day:%d.%m.%Y}"


def confidence_word(confidence: float, lang: str) -> str:
    """The calibrated probability (0 to 1) in one word. From 0.8 on four of five such answers hold; below 0.5 fewer
    than half do, and the word must not sound better than that."""
    certain, likely, uncertain = texts(lang).confidence
    if confidence >= 0.8:
        return certain
    return likely if confidence >= 0.5 else uncertain
