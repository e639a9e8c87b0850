"""What limits an answer in time: changed Normen, announced changes, old or uncertain wordings; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from kb.evidence import Citation, Verdict
from kb.model import NormRef, StoredNorm

_TEXTS = {
    "de": {
        "changed": "Norm seit Prüfung geändert: {norm}. Das Merkblatt dazu ist noch nicht nachgezogen.",
        "pending": "{title}: Eine Änderung ab {day} ist im gespeicherten Text noch nicht berücksichtigt.",
        "oldest": "{title}: Für den {day} ist kein Text gespeichert; gezeigt ist der älteste vom {stand}.",
        "between": "{norm} wurde zwischen {old} und {new} geändert; was am {day} galt, steht hier nicht fest.",
    },
    "en": {
        "changed": "Changed since it was checked: {norm}. The note on it has not been updated yet.",
        "pending": "{title}: a change from {day} is not yet worked into the stored text.",
        "oldest": "{title}: no text is stored for {day}; the oldest one, of {stand}, is shown.",
        "between": "{norm} was changed between {old} and {new}; which text applied on {day} is not certain here.",
    },
}


def notices(
    citations: Sequence[Citation],
    known: Mapping[NormRef, StoredNorm],
    *,
    stichtag: date | None,
    today: date,
    lang: str,
) -> tuple[str, ...]:
    """What limits the answer in time: changed Normen, announced changes, old or uncertain wordings."""
    texts = _TEXTS[lang]
    day = stichtag or today
    result: list[str] = []
    for citation in citations:
        ref = citation.locator
        if not isinstance(ref, NormRef):
            continue
        if citation.verdict is Verdict.NORM_CHANGED:
            result.append(texts["changed"].format(norm=ref.norm))
        stored = known.get(ref.norm)
        if stored is None:
            continue
        source = stored.source
        for change in source.pending:
            if change.effective is not None and change.effective <= day:
                result.append(texts["pending"].format(title=source.title, day=_written(change.effective, lang)))
        if stichtag is not None:
            result += _doubtful_wording(stored, stichtag, lang)
    return tuple(dict.fromkeys(result))


def _doubtful_wording(stored: StoredNorm, stichtag: date, lang: str) -> list[str]:
    """A Stichtag before the oldest text, or between two states whose wording differs and no date is proven."""
    texts, source, stand = _TEXTS[lang], stored.source, stored.source.rechtsstand
    day = _written(stichtag, lang)
    if stichtag < min(source.states, default=stand) and (stored.valid_from is None or stichtag < stored.valid_from):
        return [texts["oldest"].format(title=source.title, day=day, stand=_written(stand, lang))]
    later = [other for other in stored.other_states if other > stichtag]
    if later and stand < stichtag and (stored.valid_to is None or stichtag > stored.valid_to):
        return [
            texts["between"].format(
                norm=stored.norm.ref, old=_written(stand, lang), new=_written(min(later), lang), day=day
            )
        ]
    return []


def _written(day: date, lang: str) -> str:
    return f"{day:%d.%m.%Y}" if lang == "de" else day.isoformat()
