"""Find, parse, format and link references to Normen, as German lawyers and lay people write them; pure.

A reference is a chain of places that share one Gesetz: "§§ 16g, 60c Abs. 2 AufenthG" are two. The Gesetz stands

1. after the chain ("§ 60c AufenthG", "Paragraf 32 der Beschäftigungsverordnung", "section 61 Asylum Act"), or
2. before it ("SGB III § 60 Abs. 3", "VO (EU) 2024/1348 Art. 42"), or
3. nowhere: then only `default_gesetz` makes it a reference.

By convention a Gesetz after several places joined by commas, "und" or "i. V. m." holds for all of them; it never
holds for places after it. A Gesetz is never guessed: no name, no default, or a name that follows and is unknown
("§ 5 der Hausordnung") means no reference. A Kürzel that is not in laws.toml but has the form of one ("§ 3 StVO") is
taken as written. "§ 16a GG" becomes "Art. 16a GG" and "Art. 60c AufenthG" becomes "§ 60c AufenthG": no Gesetz that we
know has both, so nothing else can be meant.

Spans are `[start, end)` into the given text, in order, and never overlap: where two readings compete, the one that
begins first wins, and at the same start the longer one. The members of a range ("§§ 30 bis 32") share its span.
"""

from __future__ import annotations

import re
from functools import lru_cache

from kb.config import PUBLISHER
from kb.einheiten import read_number, read_steps
from kb.errors import CitationError
from kb.laws import Law, instruments, law, law_at, law_before, norm_url
from kb.model import NormRef, Stufe
from kb.refchain import LEAD, TRIGGER, Chain, read_chain, read_path

Span = tuple[int, int]


def find_norm_refs(text: str, *, default_gesetz: str | None = None) -> list[tuple[Span, NormRef]]:
    """All references in `text` with their spans, in order; one for each member of an enumeration or range.

    `default_gesetz` (any name of a Gesetz) is what a bare "§ 60c" means here.
    """
    found: list[tuple[Span, NormRef]] = []
    position = taken = 0  # a name left of `taken` belongs to an earlier reference
    while trigger := TRIGGER.search(text, position):
        chain = read_chain(text, trigger, taken)
        gesetz = chain and _gesetz_of(text, chain, default_gesetz, taken)
        if not chain or not gesetz:
            position = max(trigger.end(), trigger.start() + 1)
            continue
        refs = _refs(chain, gesetz)
        found.extend(refs)
        position = taken = max(span[1] for span, _ in refs)
    whole = [
        (span, NormRef(instrument.kuerzel, "", ""))
        for span, instrument in instruments(text)
        if not any(span[0] < other[1] and other[0] < span[1] for other, _ in found)
    ]
    return sorted([*found, *whole], key=lambda item: item[0]) if whole else found


def parse_norm_ref(text: str, *, default_gesetz: str | None = None) -> NormRef:
    """The one reference that `text` is, from beginning to end. Raises CitationError if it is none or several."""
    refs = _parse(text, default_gesetz)
    if len(refs) != 1:
        raise CitationError(
            f"{len(refs)} references where one is expected: {'; '.join(map(str, refs))}",
            where=text.strip(),
            next="name one place",
        )
    return refs[0]


def parse_norm_refs(text: str) -> tuple[NormRef, ...]:
    """All references of an enumeration such as "§ 60 Abs. 3 Satz 2 SGB III; § 56 Abs. 1 SGB III", in order.

    Raises CitationError if anything else stands in `text`.
    """
    return _parse(text, None)


def parse_norm_key(text: str) -> NormRef:
    """The Norm of a question set's "AufenthG § 60c"; aliases normalise. Raises CitationError if it is none."""
    return parse_norm_ref(text)


def linkify(
    text: str, *, base_url: str = PUBLISHER, default_gesetz: str | None = None
) -> list[tuple[Span, NormRef, str]]:
    """The references of `text` that have a page, with its address; one for each span (a range links its first Norm)."""
    links: list[tuple[Span, NormRef, str]] = []
    for span, ref in find_norm_refs(text, default_gesetz=default_gesetz):
        if links and links[-1][0] == span:
            continue
        if url := norm_url(ref, base_url):
            links.append((span, ref, url))
    return links


# Notes and question banks name the same few hundred places again and again.
@lru_cache(maxsize=4096)
def _parse(text: str, default_gesetz: str | None) -> tuple[NormRef, ...]:
    refs: list[NormRef] = []
    rest, position = [], 0
    for span, ref in find_norm_refs(text, default_gesetz=default_gesetz):
        refs.append(ref)
        if span[0] >= position:
            rest.append(text[position : span[0]])
        position = max(position, span[1])
    rest.append(text[position:])
    for piece in re.split(r"[;,\n]", ";".join(rest)):
        if left := _FILLER.sub(" ", piece).strip():
            if not (named := _whole(left)):
                raise CitationError(
                    f"not a reference to a Norm: {left!r}",
                    where=text.strip(),
                    next='write it like "§ 60c Abs. 2 Nr. 2 AufenthG"',
                )
            refs.append(named)
    if not refs:
        raise CitationError("no reference to a Norm", where=text.strip(), next='write it like "§ 60c Abs. 2 AufenthG"')
    return tuple(refs)


def _whole(text: str) -> NormRef | None:
    """What only a text that must be a reference can mean: "AufenthG 60c", or a Gesetz as a whole."""
    if known := law(text):
        return NormRef(known.kuerzel, "", "")
    named = law_at(text, 0)
    number = named and read_number(text, _past_blanks(text, named[1]))
    if named and number and number.end == len(text):
        return NormRef(named[0].kuerzel, named[0].einheit, number.value)
    return None


# What may stand between the references of an enumeration without meaning anything of its own.
_FILLER = re.compile(
    r"(?<!\w)(?:und|u\.|oder|sowie|bzw\.?|i\.?\s?V\.?\s?m\.?|and|or|vgl\.|siehe|s\.|nach|gemäß)(?!\w)|[\s.()\[\]„“”\"']+",
    re.I,
)

# A text that follows and is divided into Paragraphen itself: it forbids the default ("§ 5 des Mietvertrags", "§ 3 UWG",
# "section 5 of the Foreigners Act").
_OTHER_TEXT = re.compile(
    r"(?:[A-ZÄÖÜ][\w’']*\s+(?:and\s+|of\s+|the\s+)?){0,4}(?:Act|Ordinance|Code|Regulation|Directive|Law|Constitution)\b"
    r"|[A-ZÄÖÜ][\wäöüß]*(?:G|GB|V|VO|O)\b|SGB\b"
    r"|\w*(?:gesetz(?:es|buchs?|buches)?|verordnung|ordnung|satzung|vertrage?s?|richtlinie|tarifvertrage?s?)\b",
)


def _gesetz_of(text: str, chain: Chain, default: str | None, floor: int) -> tuple[str, str] | None:
    """(Kürzel, einheit) of the chain's Gesetz; moves the ends of its spans over the name."""
    # "AufenthG § 60c AsylG § 61": a name directly before the next sign belongs to that one, if ours stands before us.
    is_next = chain.gesetz is not None and TRIGGER.match(text, _past_blanks(text, chain.gesetz[2])) is not None
    is_split = chain.gesetz is not None and chain.places[-1].sign > 0
    needs_before = not chain.is_bare and (chain.gesetz is None or is_next or is_split)
    before = _gesetz_before(text, chain.start, floor) if needs_before else None
    if before and is_split:
        # "SGB III § 60 und § 61 AsylG": each name holds for the signs at its side; the rest is read again.
        chain.places = [place for place in chain.places if place.sign == 0]
    if chain.gesetz and not before:
        _cover_name(text, chain)
        return chain.gesetz[0], chain.gesetz[1]
    if before:
        group = chain.places[0].group
        for index, place in enumerate(chain.places):
            if index == 0 or (group and place.group == group):
                place.start = before[1]
        return before[0].kuerzel, before[0].einheit
    known = law(default) if default else None
    if not default or any(place.einheit == "Anlage" for place in chain.places):
        return None
    lead = LEAD.match(text, chain.places[-1].end)
    if lead and _OTHER_TEXT.match(text, lead.end()):
        return None
    return (known.kuerzel, known.einheit) if known else (default, "")


def _gesetz_before(text: str, start: int, floor: int) -> tuple[Law, int] | None:
    """The Gesetz whose name stands directly before `start` and belongs to no earlier reference."""
    end = start
    while end > floor and text[end - 1] in " \t\u00a0:(":
        end -= 1
    found = law_before(text, end) if end > floor else None
    return found if found and found[1] >= floor else None


def _cover_name(text: str, chain: Chain) -> None:
    """Let the last span end after the Gesetz and an Absatz that stands behind it ("§ 60c AufenthG Abs. 2")."""
    assert chain.gesetz is not None
    last = chain.places[-1]
    end = chain.gesetz[2]
    if not last.pfad and (steps := read_steps(text, end, ((Stufe.ABSATZ, ""),))) and steps[0][0][0] is Stufe.ABSATZ:
        last.pfad, last.end = steps
        read_path(text, last)
        end = last.end
    for place in chain.places:
        if place is last or (last.group and place.group == last.group):
            place.end = end


def _past_blanks(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at


def _refs(chain: Chain, gesetz: tuple[str, str]) -> list[tuple[Span, NormRef]]:
    kuerzel, einheit = gesetz
    return [
        (
            (place.start, place.end),
            NormRef(
                kuerzel,
                place.einheit if place.einheit == "Anlage" or not einheit else einheit,
                place.nummer,
                place.pfad,
            ),
        )
        for place in chain.places
    ]
