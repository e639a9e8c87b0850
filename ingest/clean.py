"""Text from PDF pages repaired, with a report of what was repaired and what stays doubtful.

PDF knows glyphs, not words: hyphens at line ends, ligatures as private-use characters, blanks before umlauts, heads and
feet on every page. Repairs are careful: what may be a word stays.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

# Fonts without names for their ligatures put them here (pypdf#3975); the code points are those in wide use.
_PRIVATE = {
    "\uf000": "ff",
    "\uf001": "fi",
    "\uf002": "fl",
    "\uf003": "ffi",
    "\uf004": "ffl",
    "\uf0b7": "•",
    "\uf0a7": "•",
    "\uf02d": "-",
    "\uf0d8": "•",
    "\uf0fc": "•",
}
_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
_TABLE = str.maketrans(
    _PRIVATE | _LIGATURES | {"\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u200b": "", "\ufeff": ""}
)

_WORDS = {
    "beginnings": "über üblich übrig üben übt übung üppig übel übernehm ähnl änder älter ältest ärzt äuß ämter öffn"
    " öffentl ökonom ökolog ökum örtl österr öst öfter öl öde ästh ätz ängst ärger ärm äst ära ägypt äthiop äcker",
    # without "er", which is a word: "er übt"
    "prefixes": "ver be ge ent zer un emp miss rück unver aufent",
    # beginnings of frequent words that go on with such a beginning: "Ausl änder"
    "stems": "ausl inl engl niederl bundesl verb best zust gegenst umst",
    # what follows a word that ends in ß: "gro ß und"
    "small": "und oder der die das des dem den ist sind war wird zu in im am an auf aus bei mit von vom für als wie so"
    " nicht auch er sie es wenn dass nach kann muss soll",
    "keeps": "und oder bzw sowie als noch bis u o",
}
_SPLIT_UMLAUT = re.compile(r"(?<=[a-zäöüß])\s?¨\s?([aouAOU])|([aouAOU])[¨\u0308]")
_ALONE = re.compile(r"(?<=[A-Za-zäöüß]) ?([äöüß]) (?=([a-zäöüß]+))")
_FIRST_ALONE = re.compile(r"\b([ÄÖÜ]) (?=([a-zäöüß]{2,}))")
_VOWEL = re.compile(r"[aeiouyäöü]", re.IGNORECASE)
_BLANK = re.compile(r"\b([A-Za-zÄÖÜäöüß]+) ([äöüß][a-zäöüß]*)")
# German words that do begin with an umlaut; what begins otherwise is the rest of a word.
_BEGINNINGS = tuple(_WORDS["beginnings"].split())
# Beginnings of words that are none themselves: "Ver änderung".
_PREFIXES = frozenset(_WORDS["prefixes"].split())
_STEMS = tuple(_WORDS["stems"].split())
_SMALL = frozenset(_WORDS["small"].split())
_YEARS = re.compile(r"(?<=\d)([-–])\s*\n\s*(?=\d)")
_SOFT_HYPHEN = re.compile(r"\u00ad\s*\n?\s*")
_HYPHEN = re.compile(r"(?<=[a-zäöüßA-ZÄÖÜ])[-‐‑]\s*\n\s*(?=(\w+))")
_KEEPS = frozenset(_WORDS["keeps"].split())  # "Aus- und Weiterbildung"
_PAGE_NUMBER = re.compile(
    r"(?:(?:Seite|S\.|page)\s*)?[-–]?\s*\d{1,4}\s*[-–]?(?:\s*(?:von|of|/)\s*\d{1,4})?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class CleanPage:
    """The text of one page (from 1) after repair, and what to tell the curator about it."""

    page: int
    text: str
    warnings: tuple[str, ...]
    repairs: Counter[str]


def clean_pages(pages: Sequence[str]) -> tuple[CleanPage, ...]:
    """The pages of a document repaired, in order; heads and feet that run through it are dropped, once reported."""
    normal = [unicodedata.normalize("NFC", page.replace("\r\n", "\n").replace("\r", "\n")) for page in pages]
    split = [[" ".join(line.split(" ")).strip() for line in page.split("\n")] for page in normal]
    running = _running_lines(split)
    return tuple(_clean(number, lines, running) for number, lines in enumerate(split, 1))


def _clean(number: int, lines: list[str], running: frozenset[str]) -> CleanPage:
    repairs: Counter[str] = Counter()
    kept = _without_running(lines, running, repairs)
    raw = "\n".join(kept)
    garbage = _garbage(raw)
    text = repair(raw, repairs)
    text = _paragraphs(text)
    warnings = []
    letters = sum(character.isalpha() for character in text)
    if letters < 10:
        warnings.append(f"page {number}: no text on it (a picture or a scan?)")
    elif garbage > 0.05 or (len(text) > 200 and letters < 0.4 * len("".join(text.split()))):
        warnings.append(f"page {number}: {garbage:.0%} of its characters are unreadable; compare it with the original")
    return CleanPage(number, text, tuple(warnings), repairs)


def repair(text: str, repairs: Counter[str] | None = None) -> str:
    """The text with ligatures, umlauts and words at line ends put together; counts each kind into `repairs`."""
    counts: Counter[str] = Counter() if repairs is None else repairs
    counts["ligatures"] += sum(character in _PRIVATE or character in _LIGATURES for character in text)
    text = text.translate(_TABLE)
    text, hits = _SPLIT_UMLAUT.subn(lambda found: unicodedata.normalize("NFC", (found[1] or found[2]) + "\u0308"), text)
    counts["umlauts"] += hits
    text = _ALONE.sub(lambda found: _join_letter(found, counts), text)
    text = _FIRST_ALONE.sub(lambda found: _join_letter(found, counts), text)
    for _ in range(3):  # "Gesch äftsf ührer": one blank a round
        before = text
        text = _BLANK.sub(lambda found: _join(found, counts), text)
        if text == before:
            break
    text, hits = _SOFT_HYPHEN.subn("", text)
    counts["hyphens"] += hits
    text = _YEARS.sub(r"\1", text)
    return _HYPHEN.sub(lambda found: _hyphen(found, counts), text)


def _join_letter(found: re.Match[str], counts: Counter[str]) -> str:
    """A letter that stands alone, joined to the word it was cut from: to both sides, ß before a small word to one."""
    letter, following = found[1], found[2]
    if letter.isupper() and following in _SMALL:  # "Gruppe Ä und"
        return found[0]
    counts["umlauts"] += 1
    return "ß " if letter == "ß" and (following in _SMALL or len(following) == 1) else letter


def _join(found: re.Match[str], counts: Counter[str]) -> str:
    left, right = found[1], found[2]
    is_rest = left.casefold() in _PREFIXES or left.casefold().endswith(_STEMS) or not _VOWEL.search(left)
    if (right.startswith(_BEGINNINGS) and not is_rest) or (right == "ß" and len(left) < 2):
        return found[0]
    counts["umlauts"] += 1
    return left + right


def _hyphen(found: re.Match[str], counts: Counter[str]) -> str:
    following = found[1]
    if following.casefold() in _KEEPS:
        return "- "
    counts["hyphens"] += 1
    # before a capital or a digit the hyphen is part of the word ("BA-Zustimmung", "COVID-19")
    return "" if following[0].islower() else "-"


def _garbage(text: str) -> float:
    """Share of characters that no reader can read: unknown private-use, replacement, control."""
    shown = [character for character in text if not character.isspace()]
    bad = sum(
        character == "\ufffd" or (unicodedata.category(character) in ("Co", "Cc", "Cn") and character not in _PRIVATE)
        for character in shown
    )
    return bad / len(shown) if shown else 0.0


def _running_lines(pages: Sequence[Sequence[str]]) -> frozenset[str]:
    """Lines (digits as 0) that stand among the first or last two of at least half of three or more pages."""
    if len(pages) < 3:
        return frozenset()
    seen: Counter[str] = Counter()
    for lines in pages:
        full = [line for line in lines if line]
        seen.update({_pattern(line) for line in (*full[:2], *full[-2:])})
    return frozenset(line for line, count in seen.items() if count >= max(3, len(pages) / 2) and len(line) < 150)


def _pattern(line: str) -> str:
    return re.sub(r"\d+", "0", " ".join(line.split()))


def _without_running(lines: list[str], running: frozenset[str], repairs: Counter[str]) -> list[str]:
    places = [place for place, line in enumerate(lines) if line]
    edge = {*places[:2], *places[-2:]}
    ends = {*places[:1], *places[-1:]}
    kept = []
    for place, line in enumerate(lines):
        is_number = place in ends and _PAGE_NUMBER.fullmatch(line) is not None and len(places) > 2
        if (place in edge and _pattern(line) in running) or is_number:
            repairs["running heads"] += 1
        else:
            kept.append(line)
    return kept


def _paragraphs(text: str) -> str:
    """Wrapped lines put together: a line ends a paragraph if it is short and ends a sentence."""
    from ingest.plain import ITEM

    lines = [" ".join(line.split()) for line in text.split("\n")]
    widths = sorted(len(line) for line in lines if line)
    usual = widths[int(len(widths) * 0.8)] if widths else 0
    done: list[str] = []
    is_open = False
    for line in lines:
        if not line:
            is_open = False
            continue
        begins = ITEM.match(line + " ") or re.match(r"(?:§|Art\.|Artikel|Anlage|Kapitel|Abschnitt)\s*\d", line)
        if is_open and not begins:
            done[-1] += f" {line}"
        else:
            done.append(line)
        is_open = not (len(line) < 0.75 * usual and line.endswith((".", ":", "!", "?", ";")))
    return "\n".join(done)
