"""What an answer is about: its main note, the words that belong to the matter, the kind of stay; pure.

The statements nearest to a question are often those of a neighbouring matter: "training" finds university studies and
assistant training too. What names such a matter, which neither the question nor the main note names, steps back; and
what the main note says first is its core, whatever the words of the question.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from kb.context import NoteSource
from kb.german import index_words, numbers, words
from kb.model import Hit, SourceId
from kb.normref import find_norm_refs
from kb.note import ENGLISH, LEAD, MYTHS
from kb.notebook import Notebook, Ranked, statuses
from kb.relevance import Similarity

_NEAR_HITS = 2  # the Normen whose headings tell the matter
_CORE = {LEAD: 0.3, "Voraussetzungen": 0.15}  # of the main note
_FOREIGN = 0.35
_RARE = 0.2
_LEADS = 0.25  # what a short answer gains for the first place
_BELIEF = re.compile(r"^(?:Falsch ist|Falsch|Wrong|It is wrong)[ :,]*(?:„([^“]+)“|(?:dass|that) ([^:;]+))", re.I)
_STATED, _STATED_WORDS = 0.5, 0.5  # similarity and shared words from which a question states a false belief
_BEST_OF_NOTE = 3
_RESTS_ON_FIRST = 0.5
_NAMED = 0.3  # what a note gains whose title names that Norm
_LEADS_LOOKED_AT = 40
_LEAD_GAP = 0.9
_MAINLY = 0.3  # share of a note's sentences on one Norm
_ANSWERS = 0.5  # from which a statement answers a bank question near enough to lead


@dataclass(frozen=True, slots=True)
class Focus:
    """The main note, the key of the first Norm found, the words of the matter, the kinds of stay asked about.

    `topics` are the names of all matters, `rare` the words hardly any note has.
    """

    main: SourceId
    first: str
    own: frozenset[str]
    asked: frozenset[str]
    topics: frozenset[str]
    rare: frozenset[str]

    def distance(self, text_words: Iterable[str]) -> float:
        """How far words lead away: more for the name of another matter, less for a word hardly any note has."""
        strange = set(text_words) - self.own
        return (_FOREIGN if strange & self.topics else 0.0) + (_RARE if strange & self.rare else 0.0)

    def is_near(self, ranked: Ranked) -> bool:
        """True for what the main note says, or another that mainly rests on the first Norm found."""
        note = ranked.entry.note
        mainly = sum(share for norm, share in note.centrality.items() if norm.key == self.first)
        return note.source.id == self.main or (self.first in ranked.entry.keys and mainly >= _MAINLY)

    def is_other_stay(self, text: str) -> bool:
        """True if a text is about another kind of stay than the question."""
        named = statuses(text)
        return bool(named and self.asked) and not named & self.asked


def focus(question: str, hits: Sequence[Hit], ranked: Sequence[Ranked], notebook: Notebook) -> Focus:
    """What the question and the best note found for it are about."""
    main = main_note(hits, ranked)
    texts = [question, *(hit.passage.heading for hit in hits[:_NEAR_HITS])]
    if main is not None:
        texts += [main.source.title, main.title_en]
    own = frozenset(word for text in texts for word in index_words(text))
    first = next((hit.norm.key for hit in hits if hit.norm is not None), "")
    return Focus(main.source.id if main else "", first, own, statuses(question), notebook.topics, notebook.rare)


def main_note(hits: Sequence[Hit], ranked: Sequence[Ranked]) -> NoteSource | None:
    """The note whose best statements are nearest and that rests most on the first Norm found."""
    norm = next((hit.norm.norm for hit in hits if hit.norm is not None), None)
    best: dict[SourceId, list[Ranked]] = {}
    for each in ranked:
        found = best.setdefault(each.entry.note.source.id, [])
        if len(found) < _BEST_OF_NOTE:
            found.append(each)
    lowest = ranked[-1].score if ranked else 0.0

    def fits(found: Sequence[Ranked]) -> float:
        total = sum(each.score - lowest for each in found) / _BEST_OF_NOTE
        note = found[0].entry.note
        if norm is None:
            return total
        named = any(ref.norm == norm for _, ref in find_norm_refs(note.source.title))
        return total + _RESTS_ON_FIRST * note.centrality.get(norm, 0.0) + (_NAMED if named else 0.0)

    return max(best.values(), key=fits)[0].entry.note if best else None


def refocused(ranked: Sequence[Ranked], about: Focus) -> list[Ranked]:
    """The statements anew: the core of the main note gains, what names other matters loses."""
    result: list[Ranked] = []
    for each in ranked:
        entry = each.entry
        core = _CORE.get(entry.statement.heading, 0.0) if entry.note.source.id == about.main else 0.0
        result.append(replace(each, score=each.score + core - about.distance(entry.words)))
    return sorted(result, key=lambda each: (-each.score, each.order))


def leads(ranked: Sequence[Ranked], about: Focus, question: str, *, similarity: Similarity | None) -> list[Ranked]:
    """The statements that answer in short, best first: they can be read alone and stay with the matter.

    What corrects a mistake is among them only where the question makes it, or one like it was answered so.
    """
    able = [each for each in ranked if not (each.entry.leans or each.entry.is_row)]
    able = [each for each in able if each.entry.statement.refs and not about.is_other_stay(each.entry.statement.text)]
    found: list[tuple[float, Ranked]] = []
    for each in able[:_LEADS_LOOKED_AT]:
        heading = each.entry.statement.heading
        answers = each.answers >= _ANSWERS
        if answers:
            found.append((each.score + _LEADS, each))
        elif heading == MYTHS:
            belief = _BELIEF.match(each.entry.statement.text)
            if belief and states(question, belief[1] or belief[2], similarity):
                found.append((each.score + _LEADS, each))
        elif about.is_near(each):
            gain = _LEADS if heading in (LEAD, ENGLISH) else 0.0
            found.append((each.score + gain - about.distance(each.entry.words), each))
    found.sort(key=lambda pair: (-pair[0], pair[1].order))
    return [each for score, each in found if score >= found[0][0] - _LEAD_GAP]


def states(question: str, belief: str, similarity: Similarity | None) -> bool:
    """True if a question says what is wrongly believed, not only something near it."""
    wanted, said = set(words(belief)), set(index_words(question))
    if not wanted or any(number not in numbers(question) for number in numbers(belief)):
        return False
    near = similarity(question, [belief])[0] >= _STATED if similarity is not None else True
    return near and len(wanted & said) >= _STATED_WORDS * len(wanted)
