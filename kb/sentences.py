"""Sentences and list items of a statute text as verbatim pieces, and the units that can be read alone; pure.

The law XML does not mark sentences, so this is best effort, on the careful side: a piece is always a contiguous run of
the text, and a doubtful full stop does not end it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from kb.model import NormRef, Stufe

# A full stop that ends a sentence: not after a number ("31. August", "2. Alternative"), a single letter ("z. B."), or
# an abbreviation; and followed by what can begin a sentence.
_END = re.compile(r"(?<=[.!?])[\s ]+(?=[A-ZÄÖÜ§„\"(])")
_NO_END = re.compile(
    r"(?:\b(?:Abs|Nr|Art|Buchst|Doppelbuchst|Alt|Halbs|Hs|Kap|Anl|Anm|Satz|S|ABl|BGBl|BAnz|Bek|Nrn|Ges|bzw|vgl|ggf|gem|"
    r"i|V|m|d|h|z|B|u|a|ff|f|usw|St|Dr|Prof|Str|Tab|Ziff|insb|einschl|Inc|no|sec|para)|\d|\b[A-Za-z])\.$"
)
# "… des Satzes 1. Der Ausländer …" ends after all: a counted place, then a word that only begins sentences.
_END_AFTER_PLACE = re.compile(r"(?:Abs(?:atz|atzes|ätze|ätzen)|S(?:atz|atzes|ätze|ätzen)|Nummern?|§§?) \d+[a-z]*\.$")
_BEGINS = re.compile(r"[\s ]+(?:D(?:er|ie|as|em|en|ies\w*)|E(?:in\w*|r|s)|Sie|Im|In|Bei|Wird|Wer|Für|Wenn|Ist|Hat|§)\b")
_ABSATZ_NUMBER = re.compile(r"\s*\(\d+[a-z]*\)\s+")
_ITEM_MARK = re.compile(r"\s*(?:\d+[a-z]*\.|[a-z]{1,3}\)|[-–])\s+")
_DEPTH = ((re.compile(r"\s*\d+[a-z]*\.\s"), 1), (re.compile(r"\s*[a-z]\)\s"), 2), (re.compile(r"\s*[a-z]{2,3}\)\s"), 3))


# Stands in a quotation where words of the text are left out between two runs of it.
OMISSION = " […] "
_UNIT_WORDS = 60  # a list up to this length is quoted whole, a longer one by its opening and one item
_CONTINUES = re.compile(r"\s*[a-zäöü]{3,}")


@dataclass(frozen=True, slots=True)
class Piece:
    """A sentence or list item: [start, end) into the text; `opening` is the index of the piece it continues.

    `is_tail` marks words after a list that end the sentence its opening began.
    """

    start: int
    end: int
    text: str
    opening: int | None = None
    is_tail: bool = False


@dataclass(frozen=True, slots=True)
class Unit:
    """Words of a text that can be read alone: a sentence, or the opening of a list with the item that decides.

    `spans` are its runs in the text, in order; `text` shows an omission between them.
    """

    spans: tuple[tuple[int, int], ...]
    text: str


@lru_cache(maxsize=8192)
def pieces(text: str) -> tuple[Piece, ...]:
    """The sentences and list items of an Absatz or passage, in order, verbatim, without the Absatz number in front."""
    result: list[Piece] = []
    openings: dict[int, int] = {}
    offset = 0
    for line in text.splitlines(keepends=True):
        depth = _depth(line)
        body_start = 0
        if not result and (number := _ABSATZ_NUMBER.match(line)):
            body_start = number.end()
        for start, end in _split(line, body_start):
            index = len(result)
            opening = next((openings[level] for level in range(depth - 1, -1, -1) if level in openings), None)
            is_item = depth > 0 and _ITEM_MARK.match(line) is not None
            listed = max(openings, default=0)
            if depth == 0 and listed and _CONTINUES.match(line[start:end]):
                # "und nach Ablehnung …" after a list ends the sentence of its opening and opens nothing
                result.append(Piece(offset + start, offset + end, line[start:end], openings.get(listed - 1), True))
                continue
            result.append(Piece(offset + start, offset + end, line[start:end], opening if is_item else None))
            openings[depth] = index
            openings = {level: at for level, at in openings.items() if level <= depth}
        offset += len(line)
    return tuple(result)


def _depth(line: str) -> int:
    return next((depth for pattern, depth in _DEPTH if pattern.match(line)), 0)


def _split(line: str, start: int) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    for match in _END.finditer(line, start):
        before = line[max(start, match.start() - 24) : match.start()]
        counted = _END_AFTER_PLACE.search(before) and _BEGINS.match(line, match.start())
        if counted or not _NO_END.search(before):
            spans.append((start, match.start()))
            start = match.end()
    end = len(line.rstrip())
    if start < end:
        lead = len(line[start:end]) - len(line[start:end].lstrip())
        spans.append((start + lead, end))
    return spans


def place_pieces(text: str, ref: NormRef) -> tuple[Piece, ...]:
    """The pieces of an Absatz that a reference with Nummer or Buchstabe names, with their openings; all if not found.

    Satz is not followed: counting sentences around lists is not reliable enough to narrow what a check may read.
    """
    found = pieces(text)
    marks = [wert for stufe, wert in ref.pfad if stufe is Stufe.NUMMER]
    if not marks:
        return found
    wanted = [index for index, piece in enumerate(found) if re.match(rf"\s*{re.escape(marks[0])}\.\s", piece.text)]
    if not wanted:
        return found
    keep: set[int] = set()
    for index in wanted:
        keep.add(index)
        if (opening := found[index].opening) is not None:
            keep.add(opening)
        following = index + 1
        while following < len(found) and not re.match(r"\s*\d+[a-z]*\.\s", found[following].text):
            keep.add(following)
            following += 1
    return tuple(piece for index, piece in enumerate(found) if index in keep)


@dataclass(slots=True)
class _Node:
    start: int
    end: int
    children: list[_Node] = field(default_factory=list)
    tails: list[tuple[int, int]] = field(default_factory=list)

    @property
    def last(self) -> int:
        """Where the piece with all that belongs to it ends."""
        return max([self.end, *(child.last for child in self.children), *(end for _, end in self.tails)])


@lru_cache(maxsize=8192)
def units(text: str) -> tuple[Unit, ...]:
    """What can be quoted of an Absatz so that it is understood: never an item without its opening, nor the reverse."""
    nodes: list[_Node] = []
    roots: list[_Node] = []
    for piece in pieces(text):
        node = _Node(piece.start, piece.end)
        nodes.append(node)
        parent = nodes[piece.opening] if piece.opening is not None else None
        if parent is not None and piece.is_tail:
            parent.tails.append((piece.start, piece.end))
        elif parent is not None:
            parent.children.append(node)
        elif roots and _goes_on(text, roots[-1].last, piece.start):
            roots[-1].tails.append((piece.start, piece.end))
        else:
            roots.append(node)
    return tuple(_unit(text, spans) for root in roots for spans in _readings(text, root, ()))


def _goes_on(text: str, end: int, start: int) -> bool:
    """True if the line at `start` ends the sentence before it: "Verordnung (EU)", new line, "2024/1348"."""
    return text[start].islower() or (text[start].isdigit() and text[end - 1] not in ".!?:")


def _readings(text: str, node: _Node, before: tuple[tuple[int, int], ...]) -> Iterator[tuple[tuple[int, int], ...]]:
    """The runs of each unit in a piece and its list; `before` are the openings it stands under."""
    whole = (*before, (node.start, node.last))
    if not node.children or sum(len(text[start:end].split()) for start, end in whole) <= _UNIT_WORDS:
        yield whole
        return
    for child in node.children:
        for spans in _readings(text, child, (*before, (node.start, node.end))):
            yield (*spans, *node.tails)


def _unit(text: str, spans: Sequence[tuple[int, int]]) -> Unit:
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and not text[joined[-1][1] : start].strip():
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return Unit(tuple(joined), OMISSION.join(" ".join(text[start:end].split()) for start, end in joined))
