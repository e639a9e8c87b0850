"""Quantities, dates, modality and negation of a sentence, so that a paraphrase can be held against its source; pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

from kb.german import numbers

_UNITS = (
    ("monat", re.compile(r"(?:kalender)?monat|month", re.I)),
    ("jahr", re.compile(r"jahr|jähr|year", re.I)),
    ("stunde", re.compile(r"stunde|stünd|hour", re.I)),
    ("woche", re.compile(r"woche|wöch|week", re.I)),
    ("tagessatz", re.compile(r"tagess[aä]tz|daily rate", re.I)),
    ("tag", re.compile(r"^(?:werk|arbeits|kalender)?tag(?:e|en|es|s)?$|täg|^(?:working )?days?$", re.I)),
    ("minute", re.compile(r"minute", re.I)),
    ("euro", re.compile(r"euro|€", re.I)),
    ("prozent", re.compile(r"prozent|%|percent|per cent|v\. ?h\.", re.I)),
)
_DAY = re.compile(r"\b(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})\b")
_MONTHS = {
    name: month
    for month, names in enumerate(
        (
            *("januar january", "februar february", "märz march", "april", "mai may", "juni june", "juli july"),
            *("august", "september", "oktober october", "november", "dezember december"),
        ),
        start=1,
    )
    for name in names.split()
}
_NAMES = "|".join(_MONTHS)
_WRITTEN_DAY = re.compile(rf"\b(\d{{1,2}})\.?\s+({_NAMES})\s+(\d{{4}})\b", re.I)
# "60b" names a Norm, whatever stands behind it ("60b-Duldung")
_TOKEN = re.compile(r"\d{1,3}(?:[.\u00a0\u202f ]\d{3})+(?:,\d+)?(?!\d)|\d+(?:,\d+)?(?!\d|[a-z]{1,2}\b)|[^\W\d_]+|%|€")
# English sentences write 13.90 where German texts write 13,90.
_ENGLISH_DECIMAL = re.compile(r"(\d)\.(\d{1,2})(?=\s?(?:euros?\b|per\s?cent))")
_ENGLISH_THOUSANDS = re.compile(r"(\d),(\d{3})(?=\s(?:euros?\b|hours?\b))")
# References inside a text: their numbers name places, not amounts.
_PLACE = re.compile(
    r"(?:§§?|Art(?:ikel|\.)|Abs(?:atz(?:es)?|ätzen?|\.)|S(?:atz(?:es)?|ätzen?)\b|N(?:ummern?|r\.)|Buchst(?:aben?|\.)|"
    r"sections?|Articles?|subparagraphs?|Regulation|Kapitels?|Abschnitts?|Buch(?:es)?|Teils?|Anlage|Anhang|Niveaus?|"
    r"\(EU\)(?: Nr\.)?|Stufe|Klasse|Weg|Regelbedarfsstufe)"
    r"\s*\(?(?:\d+[a-z]{0,3}|[IVX]+)\)?(?:\s\(\d+[a-z]?\))*"
    r"(?:(?:\s*(?:,|und|oder|bis|and|or|to|/)\s*)\(?\d+[a-z]{0,3}\b\)?(?:\s\(\d+[a-z]?\))*)*",
    re.I,
)
_ONE = frozenset({"ein", "eine", "einem", "einen", "einer", "eines", "one"})
_YEAR = re.compile(r"(?:19|20)\d\d")
_LINKS = frozenset({"und", "oder", "bis", "and", "or", "to", "von", "zu", "plus", "je", "rund", "der"})


@dataclass(frozen=True, slots=True, order=True)
class Quantity:
    """A number with the class of its unit ("" if it has none): ("3", "monat")."""

    number: str
    unit: str


@lru_cache(maxsize=512)
def dates(text: str) -> frozenset[date]:
    """The full dates of a text, written "31.12.2016" or "31. Dezember 2016"."""
    found = [(int(day), int(month), int(year)) for day, month, year in _DAY.findall(text)]
    found += [(int(day), _MONTHS[name.casefold()], int(year)) for day, name, year in _WRITTEN_DAY.findall(text)]
    result: set[date] = set()
    for day, month, year in found:
        try:
            result.add(date(year, month, day))
        except ValueError:
            continue
    return frozenset(result)


@lru_cache(maxsize=512)
def quantities(text: str) -> frozenset[Quantity]:
    """The numbers of a text with their units, without dates and the numbers of references."""
    text = _ENGLISH_THOUSANDS.sub(r"\1.\2", _ENGLISH_DECIMAL.sub(r"\1,\2", text))
    text = _PLACE.sub(" ", _WRITTEN_DAY.sub(" ", _DAY.sub(" ", text.replace("vom Hundert", "Prozent"))))
    tokens = [match[0] for match in _TOKEN.finditer(text)]
    result: set[Quantity] = set()
    for index, token in enumerate(tokens):
        number = _number(token, tokens[index + 1] if index + 1 < len(tokens) else "")
        if number is not None:
            is_year = _YEAR.fullmatch(number) is not None
            unit = _unit(token) or _unit_after(tokens[: index + 2] if is_year else tokens, index + 1)
            result.add(Quantity(number, unit))
    return frozenset(result)


def _number(token: str, following: str) -> str | None:
    if not token[0].isdigit() and token.casefold() in _ONE:
        return "1" if _unit(following) else None
    return _value(token, following if token.casefold().startswith("hal") else "")


@lru_cache(maxsize=50_000)
def _value(token: str, following: str) -> str | None:
    if token[0].isdigit():
        found = numbers(re.sub(r"(?<=\d)[  ](?=\d)", "", token))
        return found[0] if found else None
    word = token.casefold()
    if word.endswith("tausend") and (rest := numbers(word.removesuffix("tausend"))):
        return str(int(float(rest[0]) * 1000))
    if word in ("half", "halb", "halbe", "halbes", "halber", "halben", "hälfte"):
        return "0.5" if _unit(following) in ("jahr", "monat") else None
    found = numbers(
        f"{token} {following}" if word in ("ein", "eine", "einem", "einen", "einer", "eines", "a", "one") else token
    )
    return found[0] if found else None


def _unit(word: str) -> str:
    return next((name for name, pattern in _UNITS if pattern.search(word)), "")


def _unit_after(tokens: list[str], start: int) -> str:
    """The unit of a number: the next word, or that of the next number it is joined to ("zwei oder drei Monate")."""
    for index in range(start, min(start + 4, len(tokens))):
        token = tokens[index]
        if unit := _unit(token):
            return unit
        joins = token.casefold() in _LINKS or _value(token, "") is not None
        # one adjective may stand between: "drei volle Monate", "sechs weitere Wochen"
        if not joins and index > start:
            return ""
        if not joins and not token[0].islower():
            return ""
    return ""


class Modality(StrEnum):
    """How a rule binds."""

    MUST = "must"
    SHOULD = "should"
    MAY = "may"


_MODALITY = (
    (Modality.SHOULD, re.compile(r"\bsoll(?:en|te|ten)?\b|\bshould\b", re.I)),
    (
        Modality.MAY,
        re.compile(
            r"\bk(?:ann|önnen|önnte)\b|\bdarf\b|\bdürfen\b|\bErmessen\w*|\bmay\b|\bcan\b|\bmöglich\b|\bzulässig\b", re.I
        ),
    ),
    (
        Modality.MUST,
        re.compile(
            r"\bm(?:uss|üssen)\b|\b(?:ist|sind|hat|haben)\b[^.;]{0,200}?\b(?:zu\s+\w+|\w+zu\w+en)\b|\bverpflichtet\b|"
            r"\bAnspruch\b|\bmust\b|\bzwingend\w*|\bhave to\b|\bobliged\b",
            re.I,
        ),
    ),
)
# What denies or excludes: a paraphrase may say "schließt aus" where the text says "wird nicht erteilt".
_NEGATION = re.compile(
    r"\bnicht\b|\bkein\w*\b|\bohne\b|\bweder\b|\bnie(?:mals|mand\w*)?\b|\baußer\b|\bausgenommen\b|\bausgeschlossen\w*\b|"
    r"schließ\w+\b[^.;]*\baus\b|\bausschl\w+\b|\bentf[aä]ll\w+\b|\berlisch\w+\b|\bsperr\w*\b|\bversag\w*\b|"
    r"\bverbot\w*\b|\bunzulässig\w*\b|\bunberührt\b|\bunbeachtlich\b|\babgesehen\b|\bes sei denn\b|\bnot\b|\bno\b|"
    r"\bwithout\b|\bexclud\w+|\bweggefallen\b|\bfrei\b|\bwiderruf\w*\b|\babgelehnt\b|\bnichts\b|\bFalsch ist\b",
    re.I,
)


def modalities(text: str) -> frozenset[Modality]:
    """The ways of binding a text uses; empty for a plain statement."""
    return frozenset(kind for kind, pattern in _MODALITY if pattern.search(text))


def denies(text: str) -> bool:
    """True if the text denies, excludes or ends something."""
    return _NEGATION.search(text) is not None


def missing_dates(claimed: str, source: str) -> list[str]:
    """The dates and years of a claim that the source does not have.

    "bis zum 31.12.2019" and "vor dem 1. Januar 2020" are one boundary, so a day off counts; a year counts if a date of
    the source lies in it or bounds it.
    """
    known = dates(source)
    near = {day + timedelta(days=shift) for day in known for shift in (-1, 0, 1)}
    missing = [day.isoformat() for day in sorted(dates(claimed)) if day not in near]
    years = {day.year for day in near}
    source_numbers = {quantity.number for quantity in quantities(source)}
    claimed_years = [q.number for q in sorted(quantities(claimed)) if not q.unit and _YEAR.fullmatch(q.number)]
    return missing + [year for year in claimed_years if int(year) not in years and year not in source_numbers]


def missing_quantities(claimed: str, source: str, *, strict: bool = True) -> list[str]:
    """The amounts and periods of a claim that the source does not have, as "3 monat".

    Small numbers without a unit count things of the sentence itself ("fünf Fälle", "drei Verbote") and are passed over.
    Unless strict, the number may stand in the source with another unit or none, and "bis 24 Jahre" may stand for "das
    25. Lebensjahr noch nicht vollendet".
    """
    have = quantities(source)
    numbers_have = {quantity.number for quantity in have}
    missing: list[str] = []
    for quantity in sorted(quantities(claimed)):
        is_year = _YEAR.fullmatch(quantity.number) and not quantity.unit
        small = not quantity.unit and re.fullmatch(r"\d|1[0-2]|0\.5", quantity.number)
        if is_year or small or not re.fullmatch(r"[\d.]+", quantity.number):
            continue
        if quantity in have or (not quantity.unit and quantity.number in numbers_have):
            continue
        if not strict and (quantity.number in numbers_have or _next_year(quantity) in have):
            continue
        if Quantity(quantity.number, "") in have and quantity.unit in ("euro", "prozent", "tagessatz"):
            continue  # table cells and "bis zu 50 oder 90 Tagessätzen" may part number and unit
        missing.append(f"{quantity.number} {quantity.unit}".strip())
    return missing


def _next_year(quantity: Quantity) -> Quantity | None:
    if quantity.unit == "jahr" and quantity.number.isdigit():
        return Quantity(str(int(quantity.number) + 1), "jahr")
    return None


# What a statement only reports to correct it: "Falsch: „…“", "„…“ ist falsch", "Falsch ist, … zu planen;",
# "It is wrong …:".
_FALSE = re.compile(
    r"\bFalsch(?: ist)?:? „[^“]*“[,:.]?|„[^“]*“[^;:]*?\bfalsch\b|\bFalsch ist, [^:;]*[:;]|"
    r"\bIt is wrong (?:that|to) [^:;]*[:;]"
)
_OLD_TEXT = re.compile(r"[^,;.]*\bText vom \d{1,2}\.\s?\d{1,2}\.\s?\d{4}[^,;.]*")
# The state of the text a statement is about is no date of the text.
_STAND = re.compile(
    rf"\b(?:Gesetzes(?:text vom|stand)|law (?:as of|stands on))\s(?:{_DAY.pattern}|{_WRITTEN_DAY.pattern})", re.I
)


def asserted(statement: str) -> str:
    """What a statement says is law today: without the error it corrects and without what an older text said."""
    return _OLD_TEXT.sub(" ", _STAND.sub(" ", _FALSE.sub(" ", statement)))
