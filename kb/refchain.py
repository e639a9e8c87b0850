"""Read one chain: the places of a reference that share one Gesetz, and the Gesetz behind them; pure.

"§ 60c Abs. 1 Satz 1, Abs. 2 AufenthG" is a chain of two places. Which Gesetz a chain without one belongs to is
normref's decision.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from kb.einheiten import (
    BLANK,
    Path,
    Read,
    expand,
    is_counting,
    read_anlage_number,
    read_letter,
    read_number,
    read_separator,
    read_steps,
    read_value,
    replace_level,
    skip_tail,
)
from kb.laws import law, law_at
from kb.model import Stufe

# Where a reference can begin. Must match "§60c", "§§ 16g", "Art. 16a", "Artikel 16a", "Paragraf 32", "section 61",
# "Anlage II" and a bare number ("60c AufenthG"). Must not match inside words or dates ("Start 5", "1.5", "12/60").
TRIGGER = re.compile(
    r"(?P<sign>§+)[^\S\n]*(?=\d)"
    r"|(?<![\w§])(?:(?P<word>paragra(?:f|ph)(?:en|s)?|par\.|sections?|sect?s?\.|artikeln?|articles?|artt?\.?)\s*(?=\d)"
    r"|(?P<anlage>anlagen?)(?=\s|$|[.,;)])"
    r"|(?<![.,/:€$%+–-])(?P<bare>(?=\d))(?=\d{1,4}[a-z]{0,2}\s))",
    re.IGNORECASE,
)

# Between a place and its Gesetz: "§ 32 der BeschV", "section 60c of the German Residence Act", "§ 60c (AufenthG)".
LEAD = re.compile(
    rf"{BLANK}(?:(?:des|der|dem|den|das|d\.|vom|von|im|in|zum|zur|of|under|the|deutschen|German)\s+){{0,4}}(?P<paren>\(?)"
)
# A Kürzel that laws.toml does not know: mixed capitals, ending as Gesetze, Verordnungen and Ordnungen do ("StVO",
# "GmbHG", "SächsKitaG"). Must not match acronyms of offices ("ABH", "BAMF", "IHK") or courts ("BVerwG").
_LITERAL = re.compile(
    r"(?!BVerfG|BVerwG|LVerfG|LArbG)(?=[A-ZÄÖÜ]*[a-zäöüß])[A-ZÄÖÜ][a-zäöüß]*(?:-?[A-ZÄÖÜ][a-zäöüß]*)*[GVO](?![\w-])"
)
# Words before a bare number that make it something else than a Norm: "Abs. 2 AufenthG", "SGB 2 SGB 3", "Stand 3 …".
_NOT_BEFORE_BARE = re.compile(
    r"(?:abs(?:atz|ätze)?|satz|sätze|s|nrn?|nummern?|buchst|lit|ziff(?:er)?|hs|halbsatz|alt|sgb|buch|kapitel|kap|teil"
    r"|abschnitt|abschn|titel|unterabschnitt|seite|anlage|anhang|stand|bgbl|vom|am|ab|seit|bis|im|jahr|stufe|klasse|grad"
    r"|und|oder|mit|etwa|ca|rund|über|unter|um|plus|minus|euro|drs|no|page|chapter|part|book|level|uabs|uabsatz|spiegelstrich)"
    r"[.:]?\s*$",
    re.IGNORECASE,
)
# Capitalised words after which a plain number still is a Norm ("Nach 32 BeschV"); other nouns count ("Steuerklasse 3
# EStG", "Pflegegrad 2 SGB XI").
_NOUN_BEFORE = re.compile(
    r"(?:^|[\s(])(?!(?:Nach|Laut|Gemäß|Gem|Was|Zu|Aus|Von|Der|Die|Ist|Wegen|Regelt|Sagt)\b)[A-ZÄÖÜ][\wäöüß-]*\s+$"
)


@dataclass(slots=True)
class Place:
    """One place of a chain; `group` numbers the ranges, whose members share a span, `sign` the
    "§" it stands under, from 0."""

    start: int
    end: int
    einheit: str
    nummer: str
    pfad: Path = ()
    group: int = 0
    is_provisional: bool = False
    sign: int = 0


@dataclass(slots=True)
class Chain:
    """Places that share one Gesetz; `gesetz` is the one that follows them, with the end of its name."""

    start: int
    is_bare: bool
    places: list[Place] = field(default_factory=list)
    gesetz: tuple[str, str, int] | None = None


def read_chain(text: str, trigger: re.Match[str], floor: int) -> Chain | None:
    """The chain that begins at the trigger, None if no number follows or a bare number stands where none may."""
    chain = Chain(trigger.start(), trigger["bare"] is not None)
    if chain.is_bare and _NOT_BEFORE_BARE.search(text, max(floor, chain.start - 20), chain.start):
        return None
    first = _read_norm(text, trigger, chain.start)
    if first is None:
        return None
    chain.places.append(first)
    is_plural = _is_plural(trigger)
    while True:
        place = chain.places[-1]
        read_path(text, place)
        end = skip_tail(text, place.end)
        if gesetz := _gesetz_after(text, end):
            chain.gesetz = gesetz
            break
        separator = read_separator(text, end)
        if separator is None or not _read_next(text, chain, *separator, is_plural=is_plural):
            place.end = end if text[place.end : end].strip() else place.end
            break
        is_plural = is_plural or "§§" in text[place.end : chain.places[-1].start + 2]
    return _checked(text, chain)


def _read_norm(text: str, trigger: re.Match[str], start: int) -> Place | None:
    if trigger["anlage"]:
        number = read_anlage_number(text, trigger.end())
        end = number.end if number else trigger.end()
        return Place(start, end, "Anlage", number.value if number else "")
    number = read_number(text, trigger.end())
    return Place(start, number.end, _einheit(trigger), number.value) if number else None


def _einheit(trigger: re.Match[str]) -> str:
    return "Art." if (trigger["word"] or "").casefold().startswith("art") else "§"


def _is_plural(trigger: re.Match[str]) -> bool:
    word = (trigger["word"] or "").casefold()
    return trigger["sign"] == "§§" or word.endswith(("en", "ns", "hs", "es", "artt.", "artikeln"))


def read_path(text: str, place: Place) -> None:
    """Extend the place by the levels that follow it without a separator."""
    while steps := read_steps(text, place.end, place.pfad):
        read, end = steps
        for step in read:
            place.pfad = (*place.pfad, step)
        place.end = end


def _read_next(text: str, chain: Chain, joint: str, start: int, *, is_plural: bool) -> bool:
    """Add what follows a separator: a further Norm, a further place in the same Norm, or nothing (False)."""
    last = chain.places[-1]
    trigger = TRIGGER.match(text, start)
    if trigger and trigger["bare"] is None:
        place = _read_norm(text, trigger, start)
        if place is None or (place.einheit == "Anlage" and not place.nummer):
            return False
        place.sign = last.sign + 1
        return _join(chain, place, joint)
    if last.pfad and (steps := read_steps(text, start, last.pfad)):
        read, end = steps
        path, is_replaced = replace_level(last.pfad, read[0])
        if joint == "," and not is_replaced:
            # "section 60c (2), sentence 1": a deeper level after a comma belongs to the same place.
            last.pfad, last.end = (*last.pfad, *read), end
            return True
        return _join(chain, replace(last, start=start, end=end, pfad=(*path, *read[1:]), group=0), joint)
    if not last.pfad and joint == "," and (steps := read_steps(text, start, ())) and steps[0][0][0] is Stufe.ABSATZ:
        last.pfad, last.end = steps  # "§ 60c, Abs. 2"
        return True
    return _read_bare(text, chain, joint, start, is_plural=is_plural)


def _read_bare(text: str, chain: Chain, joint: str, start: int, *, is_plural: bool) -> bool:
    """Add a value that follows a separator without a label: "3" of "Abs. 2 und 3", "60c" of "§§ 16g, 60c"."""
    last = chain.places[-1]
    if last.einheit == "Anlage" and not last.pfad:
        annex = read_anlage_number(text, start)
        return annex is not None and _join(
            chain, Place(start, annex.end, "Anlage", annex.value, is_provisional=True, sign=last.sign), joint
        )
    if not last.pfad and (letter := read_letter(text, start)) and last.nummer[-1:].isalpha():
        number: Read | None = Read(re.sub(r"[a-z]+$", "", last.nummer) + letter.value, letter.end)
    else:
        number = read_number(text, start)
    if number and not is_counting(text, number.end) and _is_further_norm(text, last, number, is_plural=is_plural):
        place = Place(start, number.end, last.einheit, number.value, is_provisional=not is_plural, sign=last.sign)
        return _join(chain, place, joint)
    if not last.pfad:
        return False
    value = read_value(text, start, last.pfad[-1][0])
    if value is None:
        return False
    path = (*last.pfad[:-1], (last.pfad[-1][0], value.value))
    return _join(chain, replace(last, start=start, end=value.end, pfad=path, group=0), joint)


def _is_further_norm(text: str, last: Place, number: Read, *, is_plural: bool) -> bool:
    """True if a bare number after a separator is a Norm, not a further Absatz, Satz or Nummer.

    Without a path there is nothing else it could be. After one it is a Norm if an Absatz follows it, or if "§§"
    promised several Normen and the number is higher than the one before ("§§ 60a Abs. 6, 60c Abs. 2", "§§ 63a Abs. 1,
    64 AsylG").
    """
    if not last.pfad:
        return True
    following = read_steps(text, number.end, ())
    if following and following[0][0][0] is Stufe.ABSATZ and last.pfad[0][0] is Stufe.ABSATZ:
        return True
    return is_plural and _order(number.value) > _order(last.nummer)


def _order(nummer: str) -> tuple[int, str]:
    found = re.match(r"(\d+)(.*)", nummer)
    return (int(found[1]), found[2]) if found else (0, nummer)


def _join(chain: Chain, place: Place, joint: str) -> bool:
    """Add the place; after "bis" everything between it and the one before, with one span for all."""
    last = chain.places[-1]
    if joint != "bis":
        chain.places.append(place)
        return True
    if place.pfad and last.pfad:
        if place.pfad[:-1] != last.pfad[:-1] or place.pfad[-1][0] is not last.pfad[-1][0]:
            chain.places.append(place)  # "Abs. 1 Satz 2 bis Abs. 3": the two ends are all that is certain
            return True
        stufe = place.pfad[-1][0]
        values = expand(last.pfad[-1][1], place.pfad[-1][1])
        members = [replace(place, pfad=(*place.pfad[:-1], (stufe, value))) for value in values]
    elif place.pfad or last.pfad:
        chain.places.append(place)
        return True
    else:
        members = [replace(place, nummer=value) for value in expand(last.nummer, place.nummer)]
    group = last.group or len(chain.places)
    chain.places[-1:] = [
        replace(member, start=last.start, group=group, is_provisional=last.is_provisional or place.is_provisional)
        for member in members
    ]
    return True


def _checked(text: str, chain: Chain) -> Chain | None:
    """The chain without what only a Gesetz behind it would have made certain, None if nothing is left."""
    if chain.gesetz is None:
        if chain.is_bare:
            return None
        while chain.places and chain.places[-1].is_provisional:
            chain.places.pop()
        return chain if chain.places else None
    if not chain.is_bare:
        return chain
    # "60c AufenthG", "16g, 60c AufenthG"; a plain number only alone and not after a noun that it may count.
    lettered = all(place.nummer[-1:].isalpha() for place in chain.places)
    first = chain.places[0]
    is_year = re.fullmatch(r"(?:19|20)\d\d", first.nummer) is not None
    if not lettered and (len(chain.places) > 1 or is_year or _NOUN_BEFORE.search(text[: first.start][-40:])):
        return None
    known = law(chain.gesetz[0])
    name = text[first.end : chain.gesetz[2]].strip()
    is_named = known is not None and known.is_bare and (len(name) >= 4 or name in known.names)
    return chain if is_named else None


def _gesetz_after(text: str, end: int) -> tuple[str, str, int] | None:
    """(Kürzel, its einheit or "", end of its name) of the Gesetz that follows."""
    lead = LEAD.match(text, end)
    if not lead:
        return None
    at = lead.end()
    # Between a number and a name there is a blank, unless a capital parts them ("§60cAufenthG").
    if at == end and not text[at : at + 1].isupper():
        return None
    if at > 0 and text[at - 1].isalpha() and at != end:
        return None
    found = law_at(text, at)
    literal = None if found else _LITERAL.match(text, at)
    if found:
        name, einheit, stop = found[0].kuerzel, found[0].einheit, found[1]
    elif literal:
        name, einheit, stop = literal[0], "", literal.end()
    else:
        return None
    if lead["paren"]:
        if text[stop : stop + 1] != ")":
            return None
        stop += 1
    return name, einheit, stop
