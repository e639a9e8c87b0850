"""Words, n-grams and normal forms of German (and some English) text; pure.

One analysis for every index and every question: `index_words` for what is stored, `words` for what is asked, both
folded, stemmed and without stop words, so that ü = ue = u and ß = ss everywhere.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from math import log
from typing import Any

_WORD = re.compile(r"[^\W_]+")
_NOT_ALNUM = re.compile(r"[\W_]+")
_UMLAUT = str.maketrans("äöü", "aou")
_FOREIGN = str.maketrans("ıøæœłđ", "ioaold")  # letters that do not decompose
# "Fuehrung" as "Führung", but not "Frauen", "neue", "Quelle" (vowel or q before) nor English "due" (end of word).
_SPELT_OUT = re.compile(r"(?<![aeiouyq])([aou])e(?=[^\W\d_])")
# Shorter words have no parts worth finding ("Duldung"); longer ones are tables run together.
COMPOUND_LENGTHS = range(9, 60)
SHORTEST_PART = 4
_LINKS = ("", "s", "es", "n", "en", "er")

_STOP_DE = """
aber alle allem allen aller alles als also am an ander andere anderem anderen anderer anderes auch auf aus bei beim bin
bis bist da dabei dadurch dafür dagegen daher dahin damit dann daran darauf daraus darf darfst darin darum darunter das
dass davon dazu dein deine deinem deinen deiner dem den denn der deren derer des dessen dich die dies diese dieselbe
diesem diesen dieser dieses dir doch dort du durch dürfen ein eine einem einen einer eines einige einigem einigen
einiger einiges einmal er es etwa etwas euch euer eure für gegen gehabt gemäß gerade gern gibt habe haben hast hat hatte
hätte hatten hätten her hier hin hinter ich ihm ihn ihnen ihr ihre ihrem ihren ihrer ihres im in indem ins ist ja jede
jedem jeden jeder jedes jedoch jemand jene jenem jenen jener jenes jetzt kann kannst kein keine keinem keinen keiner
keines können könnte machen mal man manche manchem manchen mancher manches mehr mein meine meinem meinen meiner meines
mich mir mit muss musst müssen nach nämlich nicht nichts noch nun nur ob oder ohne schon sehr sein seine seinem seinen
seiner seines seit selbst sich sie sind so sobald sofern solche solchem solchen solcher solches soll sollen sollte
sollten sonst sowie über um und uns unser unsere unserem unseren unserer unter viel vom von vor wäre während war waren
warst weg weil weiter weitere weiteren welch werde werden wenn werden wieder will wir wird wirst wo wollen worden wurde
würde wurden würden zu zum zur zwar zwischen
bitte danke hallo eigentlich überhaupt eben halt denn wohl vielleicht
"""
# Question words carry no subject: "Wann bekommt er …" must not find "wann".
_STOP_QUESTION = """
wann warum was welche welchem welchen welcher welches wem wen wer weshalb wessen weswegen wie wieso wieviel wieviele
wobei wodurch wofür wogegen woher wohin womit wonach woran worauf woraus worin worüber wovon wovor wozu
how what when where which who whom whose why
"""
_STOP_EN = """
a about after again all also an and any are as at be because been before being both but by can cannot could did do
does doing don down during each few for from further had has have having he her here hers him his i if in into is it
its just may me might more most must my no nor not now of off on once only or other our out over own same shall she
should so some still such than that the their them then there these they this those through to too under until up very
was we were will with would you your yours im ive hes shes theyre s t re ve ll
"""

_MARKS_EN = """
the and is are what how when where which who why can does do my his her their without with for of to in he she they i if
from not have has may must this that there it at on by as be or we you your would should get work during
"""
_MARKS_DE = """
der die das und ist sind was wie wann wo wer warum kann darf mein meine sein seine ihr ohne mit für von zu im er sie ich
wenn aus nicht hat haben muss dies dass es bei auf als oder wir du ein eine einen dem den des am welche gilt wird werden
noch nach vom zum zur bekommt man um auch
"""

_UNITS_DE = ["null", "ein", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwölf"]
_TEENS_DE = ["dreizehn", "vierzehn", "fünfzehn", "sechzehn", "siebzehn", "achtzehn", "neunzehn"]
_TENS_DE = ["zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig"]
_UNITS_EN = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS_EN = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_MONTHS = {
    name: str(number)
    for number, names in enumerate(
        [
            "januar january",
            "februar february",
            "märz march",
            "april",
            "mai may",
            "juni june",
            "juli july",
            "august",
            "september",
            "oktober october",
            "november",
            "dezember december",
        ],
        start=1,
    )
    for name in names.split()
}
# A number, then its unit in one word: "dreimonatig", "zweijährige", "achtzehnwöchig", "18-jährig" is read from digits.
_WITH_UNIT = re.compile(r"(.+?)(?:monat|jähr|jahr|wöch|woch|täg|tag|stünd|stund|fach|mal|prozent|teil)\w*")
_TIME_UNIT = re.compile(r"(?:monat|jahr|woche|tag|stunde|minute|month|year|week|day|hour)\w*", re.IGNORECASE)
_ONE = {"ein", "eine", "einem", "einen", "einer", "eines", "a", "an", "one"}
# 1.200 · 1 200 is two numbers · 1.200,50 · 3,5 · 19.08.2026 is three · 60c keeps its letter
_DIGITS = re.compile(
    r"\d{1,3}(?:\.\d{3})+(?!\d)(?:,\d+)?|\d{1,3}(?:,\d{3})+(?!\d)|\d+,\d+|\d+[^\W\d_]?(?![^\W\d_])|\d+"
)
_NUMBER_TOKEN = re.compile(rf"(?P<digits>{_DIGITS.pattern})|(?P<word>[^\W\d_]+)")


def fold(text: str) -> str:
    """The text in lower case with ä/ae → a, ö/oe → o, ü/ue → u, ß → ss and no other accents.

    "ae", "oe" and "ue" stay after a vowel or q ("neue", "Quelle") and at the end of a word.
    """
    composed = unicodedata.normalize("NFKC", text).casefold().translate(_UMLAUT)
    if not composed.isascii():
        decomposed = unicodedata.normalize("NFD", composed)
        composed = "".join(char for char in decomposed if not unicodedata.combining(char)).translate(_FOREIGN)
    return _SPELT_OUT.sub(r"\1", composed)


def tokens(text: str) -> list[str]:
    """The folded words and numbers of the text in order."""
    return _WORD.findall(fold(text))


@lru_cache(maxsize=1)
def stop_words() -> frozenset[str]:
    """Folded words that are never searched: small words and question words, German and English."""
    return frozenset(fold(word) for word in (_STOP_DE + _STOP_QUESTION + _STOP_EN).split())


_local = threading.local()


@lru_cache(maxsize=200_000)
def _stem(folded: str, language: str = "german") -> str:
    # A Stemmer object keeps state and must not be shared between threads.
    stemmers: dict[str, Any] = _local.__dict__.setdefault("stemmers", {})
    if language not in stemmers:
        import Stemmer

        stemmers[language] = Stemmer.Stemmer(language)
    stem: str = stemmers[language].stemWord(folded)
    return stem


def words(text: str) -> list[str]:
    """The stems of the text in order, without stop words, question words and single letters; digits stay."""
    stop = stop_words()
    return [_stem(token) for token in tokens(text) if _bears_meaning(token, stop)]


def english_words(text: str) -> list[str]:
    """`words` with the stems of English: "notified" is "notify". For comparing two English texts, not for the index."""
    stop = stop_words()
    return [_stem(token, "english") for token in tokens(text) if _bears_meaning(token, stop)]


def _bears_meaning(token: str, stop: frozenset[str]) -> bool:
    return token not in stop and (len(token) > 1 or token.isdigit())


def index_words(text: str) -> list[str]:
    """`words`, each compound followed by the stems of its parts.

    Parts are added, never put in place of the word: replacing it was measured to hurt.
    """
    stop = stop_words()
    result: list[str] = []
    for token in tokens(text):
        if _bears_meaning(token, stop):
            result.append(_stem(token))
            result.extend(_part_stems(token))
    return result


@lru_cache(maxsize=200_000)
def _part_stems(folded: str) -> tuple[str, ...]:
    return tuple(_stem(part) for part in compound_parts(folded))


def compound_parts(word: str) -> tuple[str, ...]:
    """The parts of a German compound, folded, () if it is none: "Ausbildungsduldung" → ausbildung, duldung."""
    folded = fold(word)
    if len(folded) not in COMPOUND_LENGTHS or not folded.isalpha():
        return ()
    return split_compound(folded, _known_parts())


@lru_cache(maxsize=1)
def _known_parts() -> dict[str, int]:
    """Words compounds are made of, with how often they stand alone (bench/learn_compounds.py)."""
    lines = files("kb").joinpath("compounds.txt").read_text(encoding="utf-8").splitlines()
    return {word: int(number) for word, _, number in (line.partition(" ") for line in lines)}


def split_compound(folded: str, known: Mapping[str, int]) -> tuple[str, ...]:
    """The parts of a folded word that are all `known`, () if there are no two.

    Of several ways to split it the one whose parts are the most frequent (geometric mean, after Koehn and Knight 2003).
    Linking letters between parts belong to none of them.
    """
    best: dict[int, tuple[float, tuple[str, ...]]] = {len(folded): (0.0, ())}
    for start in range(len(folded) - SHORTEST_PART, -1, -1):
        for end in range(start + SHORTEST_PART, len(folded) + 1):
            if end not in best or (count := known.get(folded[start:end])) is None or (end - start) == len(folded):
                continue
            for link in _LINKS if start else ("",):
                # a link stands before its part: Ausbildung|s|duldung
                if folded.startswith(link, start - len(link)):
                    _keep_better(best, start - len(link), (log(count), folded[start:end]), best[end])
    return best.get(0, (0.0, ()))[1]


def _keep_better(
    best: dict[int, tuple[float, tuple[str, ...]]],
    start: int,
    part: tuple[float, str],
    rest: tuple[float, tuple[str, ...]],
) -> None:
    """Enter the split that begins with this part, if its mean log count is higher than the one known."""
    parts = (part[1], *rest[1])
    mean = (part[0] + rest[0] * len(rest[1])) / len(parts)
    if start not in best or mean > best[start][0]:
        best[start] = (mean, parts)


def ngrams(text: str, n: int = 5) -> list[str]:
    """The n-grams of "_word_" for every word that is not a stop word, in order; a shorter "_word_" stays whole."""
    stop = stop_words()
    result: list[str] = []
    for token in tokens(text):
        if _bears_meaning(token, stop):
            result.extend(_word_ngrams(token, n))
    return result


@lru_cache(maxsize=200_000)
def _word_ngrams(folded: str, n: int) -> tuple[str, ...]:
    padded = f"_{folded}_"
    return tuple(padded[start : start + n] for start in range(max(1, len(padded) - n + 1)))


def normal_form(text: str) -> str:
    """Letters and digits only, in lower case: equal for two settings of one wording. For hashes, not for search."""
    return _NOT_ALNUM.sub("", unicodedata.normalize("NFKC", text).casefold())


@lru_cache(maxsize=1)
def _marks() -> tuple[frozenset[str], frozenset[str]]:
    return frozenset(_MARKS_DE.split()), frozenset(_MARKS_EN.split())


def language(text: str) -> str:
    """The language, "de" or "en": whose small words and letters the text has more of; German when in doubt."""
    marks_de, marks_en = _marks()
    lowered = text.casefold()
    found = _WORD.findall(lowered)
    german = sum(token in marks_de for token in found) + sum(char in "äöüß" for char in lowered)
    english = sum(token in marks_en for token in found)
    return "en" if english > german else "de"


@lru_cache(maxsize=1)
def _number_words() -> dict[str, int]:
    """Number words up to 999 (German, one word) and 99 (English, with hyphen or one word)."""
    below_100: dict[str, int] = {word: value for value, word in enumerate(_UNITS_DE)}
    below_100 |= {word: 13 + index for index, word in enumerate(_TEENS_DE)}
    for index, tens in enumerate(_TENS_DE, start=2):
        below_100[tens] = 10 * index
        for unit in range(1, 10):
            below_100[f"{_UNITS_DE[unit]}und{tens}"] = 10 * index + unit
    result = dict(below_100)
    for hundreds in range(1, 10):
        for prefix in {_UNITS_DE[hundreds], "" if hundreds == 1 else _UNITS_DE[hundreds]}:
            result[f"{prefix}hundert"] = 100 * hundreds
            for rest, value in below_100.items():
                if value:
                    result[f"{prefix}hundert{rest}"] = 100 * hundreds + value
    result["tausend"] = 1000
    result |= {f"{_UNITS_DE[units]}tausend": 1000 * units for units in range(1, 10)}
    del result["ein"]
    result["eins"] = 1
    result |= {word: value for value, word in enumerate(_UNITS_EN)}
    result["hundred"], result["thousand"] = 100, 1000
    for index, tens in enumerate(_TENS_EN, start=2):
        result[tens] = 10 * index
    return {word.casefold(): value for word, value in result.items()}


def _word_number(word: str) -> str | None:
    known = _number_words()
    spelt = word.casefold()
    if spelt in ("anderthalb", "eineinhalb"):
        return "1.5"
    if spelt.endswith("einhalb") and (whole := known.get(spelt.removesuffix("einhalb"))) is not None:
        return f"{whole}.5"
    if spelt in known:
        return str(known[spelt])
    head, thousand, rest = spelt.partition("tausend")
    if thousand and rest in known and (head in known or head in ("", "ein")):
        return str(1000 * known.get(head, 1) + known[rest])
    if match := _WITH_UNIT.fullmatch(spelt):
        first = match.group(1)
        if first == "ein" and not spelt.startswith(("einfach", "einmal", "einteil")):
            return "1"
        if first in known:
            return str(known[first])
    return None


def _digits(token: str) -> str:
    if re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+(?:,\d+)?", token):
        whole, _, fraction = token.partition(",") if "." in token else (token.replace(",", ""), "", "")
        token = whole.replace(".", "") + ("," + fraction if fraction else "")
    number, _, fraction = token.partition(",")
    if fraction:
        fraction = fraction.rstrip("0")
        return f"{int(number)}.{fraction}" if fraction else str(int(number))
    return str(int(token)) if token.isdigit() else token.casefold()


def _completes(before: str | None, spelt: str) -> bool:
    """True for the second word of "twenty-one" and "two hundred"."""
    first = (before or "").casefold()
    return (first in _TENS_EN and spelt in _UNITS_EN[1:10]) or (
        first in _UNITS_EN[1:] and spelt in ("hundred", "thousand")
    )


def numbers(text: str) -> list[str]:
    """Every number of the text in order, digits and words alike, as "3", "1.5", "1200" or "60c".

    "ein Monat" and "a year" are 1; "ein" elsewhere is an article. The month of a written date counts ("19. August 2026"
    → 19, 8, 2026, as "19.08.2026"). Ordinals in words ("dritten") are no numbers.
    """
    found = list(_NUMBER_TOKEN.finditer(unicodedata.normalize("NFKC", text)))
    result: list[str] = []
    for index, token in enumerate(found):
        word = token["word"]
        if word is None:
            result.append(_digits(token["digits"]))
            continue
        spelt = word.casefold()
        following = found[index + 1] if index + 1 < len(found) else None
        if spelt in _MONTHS and index and (day := found[index - 1]["digits"]) and day.isdigit() and int(day) <= 31:
            result.append(_MONTHS[spelt])
        elif index and _completes(found[index - 1]["word"], spelt):
            # "one" alone is an article and was not counted
            first = 1 if (found[index - 1]["word"] or "").casefold() in _ONE else int(result.pop())
            scale = {"hundred": 100, "thousand": 1000}.get(spelt)
            result.append(str(first * scale if scale else first + _number_words()[spelt]))
        elif spelt in _ONE:
            if following and following["word"] and _TIME_UNIT.fullmatch(following["word"]):
                result.append("1")
        elif number := _word_number(word):
            result.append(number)
    return result
