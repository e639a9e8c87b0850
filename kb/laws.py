"""Any name of a Gesetz → the Gesetz, and the address of its Normen at the publisher; pure, data in laws.toml.

A name is recognised whatever its capitals, blanks, hyphens and umlauts ("SGB-III", "sgb3", "Bafoeg") and in its
inflected forms ("des Aufenthaltsgesetzes", "im Dritten Buch"). EU instruments need no entry: "VO (EU) 2024/1348" is
its own name. A name that belongs to nothing here is None, never the nearest one.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import product
from typing import Any

from kb.config import PUBLISHER
from kb.errors import ConfigError
from kb.model import Jurisdiction, Kind, NormRef

EUR_LEX = "https://eur-lex.europa.eu/eli"


@dataclass(frozen=True, slots=True)
class Law:
    """A Gesetz as it is known by name.

    `kuerzel` is what people cite and what NormRef.gesetz holds, `slug` its folder at the publisher ("" if it has
    none). `einheit` is "§" or "Art.": what it is divided into. `is_bare` is False where a number before the name is
    no reference ("500 BAföG" is money).
    """

    kuerzel: str
    slug: str
    title: str
    title_en: str
    aliases: tuple[str, ...]
    kind: Kind = Kind.GESETZ
    jurabk: str = ""
    einheit: str = "§"
    jurisdiction: Jurisdiction = Jurisdiction.BUND
    is_bare: bool = True
    examples: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Every name it has, the Kürzel first, without repetition."""
        named = (self.kuerzel, self.jurabk, self.title, self.title_en, *self.aliases)
        return tuple(dict.fromkeys(name for name in named if name))


def laws() -> tuple[Law, ...]:
    """All entries of laws.toml, in its order."""
    return _table().laws


def law(alias: str) -> Law | None:
    """The Gesetz of that name, None if there is none: no name is guessed."""
    found = law_at(alias, len(alias) - len(alias.lstrip()))
    return found[0] if found and not alias[found[1] :].strip() else None


def law_by_slug(slug: str) -> Law | None:
    """The Gesetz in that folder of the publisher."""
    return _table().slugs.get(slug)


def gesetz_url(slug: str, base_url: str = PUBLISHER) -> str:
    """The publisher's page of a Gesetz."""
    return f"{base_url.rstrip('/')}/{slug}/"


def norm_url(ref: NormRef, base_url: str = PUBLISHER, *, slug: str = "") -> str:
    """The publisher's page of that very Norm, "" if its Gesetz has none.

    `slug` names the folder of a Gesetz that laws.toml does not know. EU instruments stand at EUR-Lex, whose addresses
    lead to the whole instrument.
    """
    if instrument := _EU.fullmatch(ref.gesetz):
        return _eli(instrument)
    known = law(ref.gesetz)
    folder = slug or (known.slug if known else "")
    if not folder:
        return ""
    if not ref.einheit:
        return gesetz_url(folder, base_url)
    number = re.sub(r"\W+", "_", ref.nummer.casefold())
    page = {"§": f"__{number}", "Art.": f"art_{number}", "Anlage": f"anlage_{number}".rstrip("_")}[ref.einheit]
    return f"{gesetz_url(folder, base_url)}{page}.html"


# Must match: "VO (EU) 2024/1348", "VO 2024/1348", "Verordnung (EG) Nr. 883/2004", "RL 2013/33/EU", "Richtlinie
# 2001/55/EG", "Regulation (EU) 2016/679", "Directive 2005/36/EC", "Delegierte Verordnung (EU) 2016/161".
# Must not: "VO 12/26" (one part must be a year of four digits), "Verordnung vom 3/2024".
_EU = re.compile(
    r"(?P<what>(?:(?:durchführungs|delegierte[nr]?\s)?verordnung|vo|regulation|richtlinie|rl|directive))\s*"
    r"(?:\((?P<of>EU|EG|EWG|EC|EEC)\)\s*)?(?:(?:nr|no)\.?\s*)?"
    r"(?:(?P<year>(?:19|20)\d\d)/(?P<number>\d{1,5})|(?P<number_first>\d{1,5})/(?P<year_last>(?:19|20)\d\d))"
    r"(?:/(?P<suffix>EU|EG|EWG|EC|EEC))?(?![\w/])",
    re.IGNORECASE,
)


def _eu_parts(found: re.Match[str]) -> tuple[bool, str, str, str]:
    """(is a directive, Community, year, number) of an EU instrument."""
    is_directive = found["what"].casefold() in ("richtlinie", "rl", "directive")
    first, second = found["year"] or found["number_first"], found["number"] or found["year_last"]
    # Regulations before 2015 carry the number first ("604/2013"), directives and everything since 2015 the year.
    # Where both halves look like years ("2011/1995"), that rule decides.
    year_first = bool(found["year"])
    if year_first and not is_directive and int(first) < 2015 and re.fullmatch(r"(?:19|20)\d\d", second):
        year_first = False
    year, number = (first, second) if year_first else (second, first)
    written = (found["of"] or found["suffix"] or "").upper().replace("EEC", "EWG").replace("EC", "EG")
    # The Union succeeded the Community on 1 December 2009, the EEC became the EC in November 1993.
    community = written or ("EU" if int(year) >= 2010 else "EG" if int(year) >= 1994 else "EWG")
    return is_directive, community, year, number


def _eu_kuerzel(found: re.Match[str]) -> str:
    is_directive, community, year, number = _eu_parts(found)
    if is_directive:
        return f"RL (EU) {year}/{number}" if int(year) >= 2015 else f"RL {year}/{number}/{community}"
    return f"VO (EU) {year}/{number}" if int(year) >= 2015 else f"VO ({community}) Nr. {number}/{year}"


def _eli(found: re.Match[str]) -> str:
    is_directive, _, year, number = _eu_parts(found)
    return f"{EUR_LEX}/{'dir' if is_directive else 'reg'}/{year}/{int(number)}/oj"


def instruments(text: str) -> list[tuple[tuple[int, int], Law]]:
    """The EU instruments that `text` names by their number, with their spans."""
    if "/" not in text:
        return []
    return [(found.span(), _eu_law(_eu_kuerzel(found))) for found in _EU.finditer(text)]


def law_at(text: str, start: int) -> tuple[Law, int] | None:
    """The Gesetz whose name begins at `start`, with the end of the name; the longest name wins."""
    if instrument := _EU.match(text, start):
        return _eu_law(_eu_kuerzel(instrument)), instrument.end()
    table = _table()
    spelled, at, best = "", start, None
    while token := _TOKEN.match(text, at):
        spelled += fold_name(token[0])
        if found := table.names.get(spelled):
            best = found, token.end()
        if not table.is_beginning(spelled):
            break
        gap = _GAP.match(text, token.end())
        at = gap.end() if gap else token.end()
    return best


def law_before(text: str, end: int) -> tuple[Law, int] | None:
    """The Gesetz whose name ends at `end`, with the start of the name; the longest name wins."""
    window = max(0, end - _LONGEST_BEFORE)
    for instrument in _EU.finditer(text, window, end):
        if instrument.end() == end:
            return _eu_law(_eu_kuerzel(instrument)), instrument.start()
    tokens = list(_TOKEN.finditer(text, window, end))
    if not tokens or tokens[-1].end() != end:
        return None
    table = _table()
    spelled, best = "", None
    for index in range(len(tokens) - 1, -1, -1):
        token = tokens[index]
        if index + 1 < len(tokens) and not _GAP.fullmatch(text, token.end(), tokens[index + 1].start()):
            break
        spelled = fold_name(token[0]) + spelled
        is_inside_word = token.start() == window and window > 0 and text[window - 1].isalnum()
        if (found := table.names.get(spelled)) and not is_inside_word:
            best = found, token.start()
    return best


# Words and numbers apart, so that "SGB3" and "SGB 3" are the same two tokens.
_TOKEN = re.compile(r"[^\W\d_]+|\d+")
# What may stand between the words of one name: "SGB-III", "FreizügG/EU", "Social Code, Book III", "5. MiLoV".
_GAP = re.compile(r"[\s\-‐‑–/.,'’]{0,3}")
# Characters looked back for a name that stands before its Norm ("SGB III § 60"): the longest title in use is shorter.
_LONGEST_BEFORE = 90

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_BARE_VOWELS = str.maketrans({"ä": "a", "ö": "o", "ü": "u"})


def fold_name(text: str) -> str:
    """Letters and digits only, casefolded, umlauts written out: what two spellings of one name share."""
    return "".join(_TOKEN.findall(text.casefold().translate(_UMLAUTS)))


@dataclass(frozen=True, slots=True)
class _Table:
    laws: tuple[Law, ...]
    names: Mapping[str, Law]
    sorted_names: tuple[str, ...]
    slugs: Mapping[str, Law]

    def is_beginning(self, spelled: str) -> bool:
        """True if a longer name begins with these letters."""
        at = bisect_left(self.sorted_names, spelled)
        following = self.sorted_names[at : at + 2]
        return any(name != spelled and name.startswith(spelled) for name in following)


@cache
def _table() -> _Table:
    content = tomllib.loads(files("kb").joinpath("laws.toml").read_text(encoding="utf-8"))
    entries = tuple(_law(entry) for entry in content["law"])
    names: dict[str, Law] = {}
    for entry in entries:
        for spelled in {spelled for name in entry.names for spelled in spellings(name)}:
            other = names.setdefault(spelled, entry)
            if other is not entry:
                raise ConfigError(
                    f"{spelled!r} names both {other.kuerzel} and {entry.kuerzel}",
                    where="kb/laws.toml",
                    next="keep the name with one of them",
                )
    slugs = {entry.slug: entry for entry in entries if entry.slug}
    return _Table(entries, names, tuple(sorted(names)), slugs)


def _law(entry: Mapping[str, Any]) -> Law:
    return Law(
        kuerzel=entry["kuerzel"],
        slug=entry.get("slug", ""),
        title=entry["title"],
        title_en=entry.get("title_en", ""),
        aliases=(*([entry["long"]] if "long" in entry else []), *entry.get("aliases", ())),
        kind=Kind(entry.get("kind", "gesetz")),
        jurabk=entry.get("jurabk", ""),
        einheit=entry.get("einheit", "§"),
        jurisdiction=_jurisdiction(entry),
        is_bare=entry.get("bare", True),
        examples=tuple(entry["examples"]),
    )


def _jurisdiction(entry: Mapping[str, Any]) -> Jurisdiction:
    is_eu = entry.get("kind") == Kind.VERORDNUNG_EU.value
    return Jurisdiction(entry.get("jurisdiction", "EU" if is_eu else "Bund"))


@cache
def _eu_law(kuerzel: str) -> Law:
    """The EU instrument of that Kürzel: its entry, else one that knows its number only."""
    entry = _table().names.get(fold_name(kuerzel))
    return entry or Law(kuerzel, "", kuerzel, "", (), Kind.VERORDNUNG_EU, einheit="Art.", jurisdiction=Jurisdiction.EU)


def spellings(name: str) -> Iterator[str]:
    """The folded spellings of a name: as it is, inflected, and with plain vowels for umlauts."""
    for words in product(*(_inflected(word) for word in re.split(r"(?<=\w)[\s\-]+", name))):
        inflected = " ".join(words)
        yield fold_name(inflected)
        # "Bafog", "Beschaftigungsverordnung"; not for shorter names, where "AÜG" would become "AUG", another Gesetz.
        if len(name) >= 5:
            yield fold_name(inflected.casefold().translate(_BARE_VOWELS))


def _inflected(word: str) -> tuple[str, ...]:
    """The word and its other cases: "Gesetz(es)", "Buch(s)", "Drittes/Dritten", "Vierte/Vierten"."""
    if re.search(r"gesetz$", word, re.IGNORECASE):
        return word, f"{word}es"
    if re.search(r"buch$", word, re.IGNORECASE):
        return word, f"{word}s", f"{word}es"
    if re.fullmatch(
        r"[A-ZÄÖÜ]\w*(?:st|t|ch|in)es", word
    ):  # strong adjective: Erstes, Drittes, Bürgerliches, Allgemeines
        return word, f"{word[:-1]}n", f"{word[:-1]}m", word[:-1]
    # weak adjectives: Vierte, Sächsische, Europäische
    if re.fullmatch(r"[A-ZÄÖÜ]\w*(?:te|che)", word):
        return word, f"{word}n", f"{word}r"
    return (word,)
