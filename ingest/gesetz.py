"""What every reader of statutes shares: headings of Normen to NormRefs, blocks of text to Absätze, dates, names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date

from kb.laws import law, law_by_slug
from kb.model import Absatz, Norm, NormRef, PendingChange

_BLANKS = re.compile(r"[\s\u00a0\u2007\u2009\u202f]+")
_DROPPED = dict.fromkeys(map(ord, "\u00ad\u200b\ufeff"))
_SUPERSCRIPT = str.maketrans("0123456789+-()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾")
_SUBSCRIPT = str.maketrans("0123456789+-()", "₀₁₂₃₄₅₆₇₈₉₊₋₍₎")

# "(2a)", "(3) bis (5)", "(1 und 2)": an Absatz, or several repealed ones printed together
_ABSATZ = re.compile(
    r"\(\s?(\d{1,3}\s?[a-z]{0,3})\s?\)(?:\s?(?:bis|und|u\.|,|-|–)\s?\(\s?(\d{1,3}\s?[a-z]{0,3})\s?\))?(?=\s|$|[¹²³(])"
    r"|\(\s?(\d{1,3}[a-z]{0,3})\s?(?:bis|und|u\.|-|–)\s?(\d{1,3}[a-z]{0,3})\s?\)(?=\s|$)"
)
# The publisher marks what it holds no text of by "(XXXX)": mostly repealed ranges, sometimes without any name.
_NO_TEXT = re.compile(r"\(?XXXX\)?\s*")
_UNIT = re.compile(r"(§§?|Art\.?|Artikel|Artt?\.)\s*(\S.*)")
_SEVERAL = re.compile(r"\s(?:bis|und|u\.?|-|–)\s|,\s")
_GONE = re.compile(r"\W*(?:ist\s)?(?:weggefallen|aufgehoben|gestrichen|gegenstandslos|entfallen)\W*", re.IGNORECASE)
_DATE = re.compile(r"(?<!\d)(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})(?!\d)")
_IN_FORCE = re.compile(r"(?:mWv|mit Wirkung vom|ab)\s+(?:dem\s+)?" + _DATE.pattern)


def squeeze(text: str) -> str:
    """The text with every run of blanks as one, soft hyphens and zero-width characters dropped; ends stripped."""
    return _BLANKS.sub(" ", text.translate(_DROPPED)).strip()


def superscript(text: str) -> str:
    """Digits raised where Unicode has them ("10²" must not become "102"); other text as it is."""
    return text.translate(_SUPERSCRIPT)


def subscript(text: str) -> str:
    """Digits lowered where Unicode has them; other text as it is."""
    return text.translate(_SUBSCRIPT)


def picture(description: str) -> str:
    """The mark that stands for a picture in the text, so that a reader sees that something is not shown."""
    description = squeeze(description)
    if description in ("", "Abbildung", "Bild"):
        return "[Abbildung]"
    return f"[{description}]" if description.startswith("Abbildung") else f"[Abbildung: {description}]"


def unit_ref(printed: str, gesetz: str) -> NormRef:
    """The reference of a unit by its printed name: "§ 60c", "Art 16a", "Anlage D2a", "(XXXX) §§ 3 bis 6", "Präambel".

    `einheit` is "§", "Art." or "Anlage" for what can be cited alone, "§§" for a range, else the printed word.
    """
    name = squeeze(_NO_TEXT.sub("", printed))
    if match := _UNIT.fullmatch(name):
        sign, number = match.groups()
        number = re.sub(r"(?<=\d)\s(?=[a-z]$)", "", number)
        number = re.sub(r"\b(?:Artikel|Art\.?)\s", "", number)
        several = _SEVERAL.search(number)
        if sign.startswith("§"):
            return NormRef(gesetz, "§§" if several else "§", number)
        return NormRef(gesetz, "Art.", number)
    if not name:
        return NormRef(gesetz, "ohne Bezeichnung", "")
    word, _, rest = name.partition(" ")
    if rest and (len(rest) <= 6 or any(sign.isdigit() for sign in rest)):
        return NormRef(gesetz, word, rest)
    return NormRef(gesetz, name, "")


def is_gone(title: str, text: str) -> bool:
    """True if title and text together only say that the Norm has been repealed."""
    said = [part for part in (title, text) if part.strip(" -–.")]
    return bool(said) and all(_GONE.fullmatch(part) for part in said)


def absaetze(blocks: Iterable[str]) -> tuple[Absatz, ...]:
    """The Absätze of a Norm: a block that begins with "(2a)" opens one, any other block continues the last.

    Blocks are joined by line ends; what stands before the first number is an Absatz without number.
    """
    found: list[tuple[str | None, list[str]]] = []
    for block in blocks:
        if not block:
            continue
        number = absatz_number(block)
        if number is not None or not found:
            found.append((number, [block]))
        else:
            found[-1][1].append(block)
    return tuple(Absatz(number, "\n".join(parts)) for number, parts in found)


def absatz_number(block: str) -> str | None:
    """The number of the Absatz that the block opens: "2a", "3 bis 5", or None."""
    match = _ABSATZ.match(block)
    if not match:
        return None
    first, last = (match[1], match[2]) if match[1] else (match[3], match[4])
    first = first.replace(" ", "")
    return f"{first} bis {last.replace(' ', '')}" if last else first


def unique_refs(normen: Iterable[Norm]) -> tuple[Norm, ...]:
    """The Normen with a reference of their own each: the second "Anlage" or "§ 1" of a Gesetz becomes "…~2".

    Old acts count their §§ anew in every Artikel, and some have several annexes of one name.
    """
    seen: dict[NormRef, int] = {}
    result = []
    for norm in normen:
        seen[norm.ref] = count = seen.get(norm.ref, 0) + 1
        if count == 1:
            result.append(norm)
            continue
        ref = NormRef(norm.ref.gesetz, norm.ref.einheit, f"{norm.ref.nummer}~{count}")
        result.append(Norm(ref, norm.title, norm.gliederung, norm.absaetze, norm.is_weggefallen, norm.fussnote))
    return tuple(result)


def pending_changes(remarks: Sequence[str]) -> tuple[PendingChange, ...]:
    """The changes that the publisher announces but has not worked in, each with the first day it names for it."""
    found = []
    for remark in remarks:
        if "noch nicht" not in remark:
            continue
        match = _IN_FORCE.search(remark)
        found.append(PendingChange(remark, german_date(match[0]) if match else None))
    return tuple(found)


def german_date(text: str) -> date | None:
    """The first date of the form "12.6.2026" in the text, or None."""
    match = _DATE.search(text)
    if not match:
        return None
    try:
        return date(int(match[3]), int(match[2]), int(match[1]))
    except ValueError:
        return None


def identify(stem: str, names: Sequence[str], doknr: str) -> tuple[str, str]:
    """Slug and Kürzel of a Gesetz from its file name, its names (most cited first) and the publisher's number.

    What `kb.laws` knows wins; an unknown Gesetz has its number in small letters (else its file name) as slug.
    """
    for known in (law_by_slug(stem), *(law(name) for name in names if name)):
        if known:
            return known.slug, known.kuerzel
    kuerzel = next((name for name in names if name), "") or stem
    is_number = re.fullmatch(r"[A-Z]{4}\w+", stem) or not stem
    return (doknr.lower() or stem.lower()) if is_number else stem.lower(), kuerzel
