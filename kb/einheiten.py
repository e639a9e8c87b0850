"""How the units of a reference are written: numbers of Normen, the levels below them, lists and ranges; pure.

Every reader takes a text and a position and returns what stands there with its end, or None. None of them looks at
the Gesetz; that is normref's part.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from kb.model import Stufe

Step = tuple[Stufe, str]
Path = tuple[Step, ...]

# White space inside one reference: blanks and one line break (PDF lines end anywhere), never an empty line.
BLANK = r"[^\S\n]*(?:\n[^\S\n]*)?"

# Rank of a level for "Abs. 1 Satz 1, Abs. 2": a label after a comma replaces its own level and everything below.
# Satz and Nummer may stand in either order; Satz ranks higher, so "Abs. 1 Nr. 1, Satz 2" leaves the Nummer.
_RANK = {stufe: rank for rank, stufe in enumerate(Stufe)}

# One pattern a level. Must match the abbreviations with and without full stop or blank ("Abs.2", "abs 2", "S.1"), the
# inflected words ("Absatzes", "Sätze") and the English ones. Must not match inside words ("Nrn" yes, "Nrw" no): the
# value that has to follow sees to it. "paragraph" is an Absatz only below a Norm ("section 60c paragraph 2").
_LABELS = {
    Stufe.UNTERABSATZ: r"unterabs(?:atz(?:es)?|ätzen?|\.)?|u\.?\s?abs\.?|sub-?paragraphs?|subparas?\.?",
    Stufe.ABSATZ: r"abs(?:atz(?:es)?|ätzen?|\.)?|sub-?sections?|subs(?:ec)?\.|paragraphs?|paras?\.?",
    Stufe.HALBSATZ: r"halbs(?:atz(?:es)?|ätzen?|\.)?|hs\.?|half-?\s?sentences?",
    Stufe.SATZ: r"satz(?:es)?|sätzen?|sentences?|sent\.|s\.?",
    Stufe.NUMMER: r"nummern?|nrn?\.?|ziff(?:ern?|\.)?|numbers?|nos?\.?",
    Stufe.DOPPELBUCHSTABE: r"doppelbuchst(?:aben?|\.)?|dbuchst\.?|dbst\.?|double\sletters?",
    Stufe.BUCHSTABE: r"buchst(?:aben?|\.)?|bst\.?|lit(?:era|\.)?|letters?|points?",
    Stufe.ALTERNATIVE: r"alt(?:ernativen?|\.)?|var(?:ianten?|\.)?",
    Stufe.SPIEGELSTRICH: r"spiegelstr(?:iche?s?|\.)?|indents?",
}
_LETTERED = (Stufe.BUCHSTABE, Stufe.DOPPELBUCHSTABE)

# "Abs. 2a", "Nr.1", "lit a)", "Buchst. aa", "Abs. (2)", "Abs. II". Must not match "Abs. 2.1", "Satz 10000", "Nr. 5ten".
_LABELLED = re.compile(
    rf"{BLANK}(?:"
    + "|".join(f"(?P<{stufe.name}>{label})" for stufe, label in _LABELS.items())
    + rf"){BLANK}(?:\(?(?P<number>\d{{1,3}}(?:[a-z]{{1,2}})?)\)?(?![\wäöüß]|[.,]\d)"
    r"|(?P<roman>(?-i:[IVX]{1,4}))(?!\w)"
    r"|\(?(?P<letter>[a-z]{1,3})(?![\wäöüß])\)?)",
    re.IGNORECASE,
)

# "2. Hs.", "1. Halbsatz", "zweiter Halbsatz", "3. Spiegelstrich", "2. UAbs.". Must not match "7. PflegeArbbV" or
# "am 2. August": the level has to follow.
_ORDINALS = {
    "erst": "1", "zweit": "2", "dritt": "3", "viert": "4", "fünft": "5", "first": "1", "second": "2", "third": "3",
}  # fmt: skip
_ORDINAL = re.compile(
    rf"{BLANK}(?:(?P<number>\d{{1,2}})\.|(?P<word>erste|zweite|dritte|vierte|fünfte)[rnsm]?|(?P<english>first|second|third))"
    rf"{BLANK}(?:"
    + "|".join(
        f"(?P<{stufe.name}>{_LABELS[stufe]})"
        for stufe in (
            Stufe.HALBSATZ,
            Stufe.UNTERABSATZ,
            Stufe.ALTERNATIVE,
            Stufe.SPIEGELSTRICH,
            Stufe.ABSATZ,
            Stufe.SATZ,
        )
    )
    + r")(?![\wäöüß])(?!\s*\d)",
    re.IGNORECASE,
)

# "§ 60c(2)", "Article 42(1)(a)". Must not match "(2024)", "(3 Monate)", "(siehe …)".
_PAREN = re.compile(r"[^\S\n]?\((?:(?P<number>\d{1,2}[a-z]{0,2})|(?P<letter>[a-z]{1,2}))\)")
# "Nr. 5 a)", "Buchst. a aa)". Must not match "Nr. 5 a" (an abbreviation may begin there) or "5 a) b)" twice.
_LETTER_PAREN = re.compile(r"[^\S\n]+(?P<letter>[a-z]|([a-z])\2)\)(?!\w)")
# "§ 7 I 2 Nr. 3": Absatz in Roman, Satz bare. Must not match "§ 7 SGB I" (SGB is between) or "§ 7 I. V. m.".
_ROMAN = re.compile(
    r"[^\S\n]+(?P<roman>[IVX]{1,4})(?P<sub>[a-z])?(?![\w.])(?:[^\S\n]+(?P<satz>\d{1,2})(?![\w.,]\d|[\w]))?"
)

# "60c", "60 c", "60C", "132aa", "60cAufenthG", "60ff". A single letter after a blank is part of the number ("§ 60 a
# AufenthG") unless it abbreviates ("§ 7 s. AufenthG", "§ 60 f.") or counts an item ("§ 5 a)").
_NUMBER = re.compile(r"(?P<digits>\d{1,4})(?P<letters>[A-Za-zÄÖÜäöüß]*)(?!\d|[.,]\d{2})")
_SPACED_LETTER = re.compile(r"[^\S\n](?P<letter>[a-eg-z])(?![\w.)äöüß])")
# "II", "D2a", "4a". Must not match "7" of "Anlage 7. PflegeArbbV", whose Kürzel begins there.
_ANLAGE_NUMBER = re.compile(
    r"[^\S\n]*(?P<number>[IVX]{1,5}|[A-Z](?:\d{1,2}[a-z]?)?|\d{1,2}[a-z]?)(?!\w|[.,]\d|\.\s?[A-ZÄÖÜ])"
)

# After a bare number of a list these words say that it counts something else: "§ 60c Abs. 2 und 3 Monate später".
_COUNTED = re.compile(
    r"[^\S\n]*(?:€|%|EUR\b|Euro|Cent|Prozent|percent|Jahr|Monat|Woche|Tag|Stunde|Minute|Uhr|Kind|Person|Mentee|Fäll|Fall\b"
    r"|years?\b|months?\b|weeks?\b|days?\b|hours?\b|people\b|children\b|Januar|Februar|März|April|Mai\b|Juni|Juli|August"
    r"|September|Oktober|November|Dezember|Mal\b|x\b|Anträge|andere|weitere)",
    re.IGNORECASE,
)

# "und", ", und", "i. V. m.", ";", "/". Blanks alone separate nothing.
_LIST = re.compile(
    rf"(?:{BLANK}(?P<mark>[,;/&+]){BLANK}|\s+(?=[a-z]))"
    r"(?P<word>(?:und(?:\s+auch)?|u\.|oder|od\.|sowie|bzw\.?|beziehungsweise|jeweils\s+i\.\s?V\.\s?m\.|i\.?\s?V\.?\s?m\.?"
    r"|in\s+Verbindung\s+mit|mit|and|or|in\s+conjunction\s+with)(?!\w)\s*)?",
    re.IGNORECASE,
)
# "30 bis 32", "30-32", "30 – 32", "30 to 32". Must not match "60c-Duldung", "§ 24 – ein Titel": a value must follow.
_RANGE = re.compile(rf"{BLANK}(?:[-‐‑–—]|(?:bis|to|through)(?!\w)){BLANK}(?:einschließlich\s+)?", re.IGNORECASE)
# "ff.", "f.", "a. F.", "n. F." after a place; they name no further Norm ("§ 60 f." does not say which one follows).
_TAIL = re.compile(r"(?:[^\S\n]*f{1,2}(?:\.|(?![\wäöüß])))?(?:[^\S\n]*\(?(?-i:[an])\.[^\S\n]?F\.\)?)?", re.IGNORECASE)


class Read(NamedTuple):
    """A value and where it ends in the text."""

    value: str
    end: int


def read_number(text: str, start: int) -> Read | None:
    """The number of a Norm at `start`: "60c" of "60c", "60 c" or "60C"; "60" of "60ff."."""
    found = _NUMBER.match(text, start)
    if not found:
        return None
    digits, letters = found["digits"], found["letters"]
    if not letters:
        spaced = _SPACED_LETTER.match(text, found.end())
        return Read(digits + spaced["letter"], spaced.end()) if spaced else Read(digits, found.end())
    # Lower-case letters up to the first capital: "60cAufenthG"; one capital alone is a number too: "60C".
    lower = re.match(r"[a-zäöüß]*", letters)
    own = lower[0] if lower else ""
    rest = letters[len(own) :]
    if not own and len(letters) == 1:
        own, rest = letters.lower(), ""
    if not rest and re.fullmatch(r"[a-z]?f{1,2}", own) and own != "f":  # 60ff, 60cff, 60cf: "folgende"
        own = own.rstrip("f")
        return Read(digits + own, found.start() + len(digits) + len(own))
    if re.fullmatch(r"[a-z]{0,2}", own):
        return Read(digits + own, found.start() + len(digits) + len(own))
    return None


def read_anlage_number(text: str, start: int) -> Read | None:
    """The number of an Anlage at `start`: "II", "D2a", "4a"."""
    found = _ANLAGE_NUMBER.match(text, start)
    return Read(found["number"], found.end()) if found else None


def read_steps(text: str, start: int, path: Path) -> tuple[Path, int] | None:
    """The levels written at `start` ("Abs. 2", "(2)", "II 1", "2. Hs.", "a)"), with their end.

    `path` is what precedes them: "(a)" is a Buchstabe, "(2)" an Absatz only where none is named yet, "lit. aa" after
    a Buchstabe a Doppelbuchstabe.
    """
    if found := _LABELLED.match(text, start):
        step = _labelled(found, path)
        return ((step,), found.end()) if step else None
    if found := _ORDINAL.match(text, start):
        stufe = Stufe[found.lastgroup or ""]
        value = found["number"] or _ORDINALS[(found["word"] or found["english"]).casefold().removesuffix("e")]
        return ((stufe, value),), found.end()
    if found := _PAREN.match(text, start):
        if found["letter"]:
            return ((_letter_stufe(found["letter"], path), found["letter"]),), found.end()
        return None if _has(path, Stufe.ABSATZ) else (((Stufe.ABSATZ, found["number"]),), found.end())
    if path and (found := _LETTER_PAREN.match(text, start)):
        return ((_letter_stufe(found["letter"], path), found["letter"]),), found.end()
    if not path and (found := _ROMAN.match(text, start)) and (number := roman(found["roman"])):
        steps = [(Stufe.ABSATZ, number + (found["sub"] or ""))]
        if found["satz"]:
            steps.append((Stufe.SATZ, found["satz"]))
        return tuple(steps), found.end()
    return None


def _labelled(found: re.Match[str], path: Path) -> Step | None:
    stufe = next(stufe for stufe in _LABELS if found[stufe.name])
    if found["number"]:
        if stufe is Stufe.BUCHSTABE and found[stufe.name].casefold().startswith("point"):
            return Stufe.NUMMER, found["number"].lower()  # "point 2" of an EU article
        return None if stufe in _LETTERED else (stufe, found["number"].lower())
    if stufe in _LETTERED:
        letter = (found["letter"] or found["roman"]).lower()
        if len(letter) == 3 and len(set(letter)) > 1:
            return None  # "lit. and", "point out"
        return (_letter_stufe(letter, path) if stufe is Stufe.BUCHSTABE else stufe), letter
    number = roman(found["roman"]) if found["roman"] and stufe is Stufe.ABSATZ else None
    return (stufe, number) if number else None


def _letter_stufe(letter: str, path: Path) -> Stufe:
    doubled = len(letter) > 1 and len(set(letter)) == 1
    return Stufe.DOPPELBUCHSTABE if doubled and _has(path, Stufe.BUCHSTABE) else Stufe.BUCHSTABE


def _has(path: Path, stufe: Stufe) -> bool:
    return any(step[0] is stufe for step in path)


def read_value(text: str, start: int, stufe: Stufe) -> Read | None:
    """A further value of a level without its label: "3" of "Abs. 2 und 3", "b" of "Buchst. a, b"."""
    pattern = (
        r"(?P<value>[a-z]{1,2})\)?(?![\w.äöüß])"
        if stufe in _LETTERED
        else r"\(?(?P<value>\d{1,3}[a-z]{0,2})\)?(?![\w]|[.,]\d)"
    )
    found = re.compile(pattern).match(text, start)
    if not found or (stufe not in _LETTERED and is_counting(text, found.end())):
        return None
    return Read(found["value"], found.end())


def read_letter(text: str, start: int) -> Read | None:
    """A letter that repeats the number before it: "d" of "§§ 60a-d"."""
    found = re.compile(r"[a-z](?![\w.)äöüß])").match(text, start)
    return Read(found[0], found.end()) if found else None


def is_counting(text: str, end: int) -> bool:
    """True if the number that ends there counts something: "3 Monate", "500 €", "2. Mai"."""
    return bool(_COUNTED.match(text, end) or re.compile(r"\.\s?(?:\d|[A-ZÄÖÜ]\w)").match(text, end))


def read_separator(text: str, start: int) -> tuple[str, int] | None:
    """What joins two places: (",", end) for a comma or the like alone, ("und", end) with a word, ("bis", end)."""
    if found := _RANGE.match(text, start):
        return "bis", found.end()
    found = _LIST.match(text, start)
    if not found or not (found["mark"] or found["word"]):
        return None
    return ("und" if found["word"] or found["mark"] != "," else ","), found.end()


def skip_tail(text: str, start: int) -> int:
    """The end of "ff." or "a. F." at `start`, else `start`."""
    found = _TAIL.match(text, start)
    return found.end() if found else start


def replace_level(path: Path, step: Step) -> tuple[Path, bool]:
    """`path` with `step` at its own level, and whether something had to make room.

    "Abs. 1 Satz 1" and "Satz 2" is "Abs. 1 Satz 2"; "Abs. 1" and "Satz 2" is "Abs. 1 Satz 2" with nothing replaced.
    """
    at = next((index for index, known in enumerate(path) if known[0] is step[0]), None)
    if at is None:
        at = next((index for index, known in enumerate(path) if _RANK[known[0]] > _RANK[step[0]]), len(path))
    return (*path[:at], step), at < len(path)


# A longer range is a whole chapter ("§§ 186 bis 239"); its first and last Norm stand for it.
_LONGEST_RANGE = 60


def expand(first: str, last: str) -> tuple[str, ...]:
    """The values from `first` to `last`, as far as numbers and letters tell: 30–32, 3a–3e, a–c, 60a–60d.

    A lettered value between two numbers (31a in 30–32) cannot be known from the reference and is left out.
    """
    if re.fullmatch(r"[a-z]", first) and re.fullmatch(r"[a-z]", last):
        return tuple(map(chr, range(ord(first), ord(last) + 1))) or (first, last)
    begin, end = re.fullmatch(r"(\d+)([a-z]*)", first), re.fullmatch(r"(\d+)([a-z]*)", last)
    if not begin or not end or int(begin[1]) > int(end[1]) or int(end[1]) - int(begin[1]) > _LONGEST_RANGE:
        return first, last
    if begin[1] == end[1]:
        if len(begin[2]) > 1 or len(end[2]) != 1:
            return first, last
        letters = range(ord(begin[2]) if begin[2] else ord("a"), ord(end[2]) + 1)
        plain = () if begin[2] else (first,)
        return (*plain, *(begin[1] + chr(letter) for letter in letters)) if letters else (first, last)
    between = [str(number) for number in range(int(begin[1]) + 1, int(end[1]) + (1 if end[2] else 0))]
    return (first, *between, last)


def roman(text: str) -> str | None:
    """The Roman numeral as digits ("IV" → "4"), None if it is none up to 39."""
    found = re.fullmatch(r"(X{0,3})(IX|IV|V?I{0,3})", text)
    if not found or not text:
        return None
    small = {"IX": 9, "IV": 4}.get(found[2])
    ones = small if small is not None else 5 * found[2].count("V") + found[2].count("I")
    return str(10 * len(found[1]) + ones)
