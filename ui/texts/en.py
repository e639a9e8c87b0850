"""The interface in English. Norm, Beleg and Duldung keep their German names: translating would shift their meaning."""

from __future__ import annotations

from kb.evidence import StatementKind, Status, Verdict
from kb.model import Jurisdiction, Kind
from ui.texts.record import Texts, VerdictText

EN = Texts(
    lang="en",
    claim="Asylum and labour-market law, proven sentence by sentence",
    page_ask="Ask",
    page_sources="Sources",
    language="Language",
    hero_title="What needs answering?",
    hero_text="Ask in your own words, in English or German. Every legal sentence of the answer carries a Beleg, its "
    "evidence: the stored Norm, the date its text is known to stand, and what the check found. No evidence, no answer.",
    examples_title="For example",
    examples=(
        "When does my mentee get a toleration for vocational training (Ausbildungsduldung)?",
        "What is the difference between the Ausbildungsduldung and a permit under section 16g?",
        "May an asylum seeker work while living in a reception centre?",
        "When is all work forbidden with a Duldung?",
        "Can my mentee get vocational training assistance (BAB)?",
        "§ 32 BeschV",
    ),
    ask_placeholder="Ask your own question …",
    asking="Lotse is searching the stored law …",
    your_question="Question",
    new_chat="New conversation",
    rdg="Lotse informs about the law; it does not replace advice in an individual case. You get that, for example, "
    "from migration advice centres (MBE), youth migration services (JMD), refugee counselling and lawyers for "
    "migration law. If a deadline is running, go there at once.",
    answer="Answer",
    status={
        Status.ANSWERED: "answered",
        Status.PARTIAL: "partly answered",
        Status.DECLINED: "no answer → to the programme support",
    },
    confidence=("certain", "likely", "uncertain"),
    confidence_label="Confidence: {word}",
    confidence_title="How certain it is that the deciding Norm is among the evidence",
    oldest="law as of {date}",
    valid_on="asked for {date}",
    notices="Please note",
    statement_marks={
        StatementKind.LEGAL: "",
        StatementKind.PRACTICE: "practice",
        StatementKind.UNVERIFIED: "not checked",
        StatementKind.POINTER: "",
    },
    unproven="not proven",
    headings={
        "Kurzantwort": "Short answer",
        "Voraussetzungen": "Conditions",
        "Ausnahmen": "Exceptions",
        "Fristen": "Deadlines and duration",
        "Rechtsgrundlage": "Legal basis, in the words of the law",
        "Praxis": "Practice",
    },
    who_helps="Who can help",
    who_helps_text="What stays open the programme support answers.",
    open_points="What is still to be clarified",
    belege="Evidence",
    belege_hint="A number opens the stored text.",
    beleg="Evidence {n}",
    no_model="Put together from stored texts, without a language model.",
    with_model="Worded with {model}, checked sentence by sentence.",
    declined_title="There is no proven answer to this here.",
    declined_text="Lotse does not guess. This question belongs with the programme support, where people who know the "
    "law answer it.",
    declined_steps=(
        "Name the residence status and the kind of training if they are missing, and ask again.",
        "If you know the Norm, enter it directly, for example “§ 60a Abs. 6 AufenthG”.",
        "Otherwise copy the question and hand it to the programme support, without names or dates of birth.",
    ),
    declined_near="Close by, though they need not answer the question:",
    declined_copy="The question, to hand on",
    close="Close",
    rank="Rank",
    jurisdiction="Level",
    rechtsstand="Law as of",
    source="Source",
    place="Place",
    stored_text="Stored text",
    quoted="Quoted passage",
    quote_not_marked="The quoted words could not be marked in the text; it stands here in full.",
    text_missing="The wording is not yet stored on this device. After the next sync with the publisher it stands here; "
    "until then the link leads to the Norm.",
    weggefallen="This Norm has been repealed.",
    read_to="Read down to the level {level}; the statute text does not mark single sentences.",
    publisher_link="At the publisher: {host}",
    verdict={
        Verdict.VERBATIM: VerdictText(
            "✓",
            "Quoted verbatim",
            "The sentence is a quotation and stands in the stored text exactly so. Whether it decides the individual "
            "case is for a human to judge.",
        ),
        Verdict.NORM_IN_CONTEXT: VerdictText(
            "✓",
            "Checked against the stored text",
            "The sentence is a paraphrase. The program found its numbers and Normen in the stored text, and nothing "
            "that contradicts it. Marked is the passage closest to it. That it follows from there no program can "
            "prove: read the text.",
        ),
        Verdict.NORM_PINNED: VerdictText(
            "✓",
            "Checked against exactly this wording",
            "The note was checked against the text of this date. The text itself is not yet on this device.",
        ),
        Verdict.NORM_CHANGED: VerdictText(
            "!",
            "Norm changed since the check",
            "The stored text differs from the one the note was checked against. The sentence may be out of date: "
            "read the new text and ask the programme support.",
        ),
        Verdict.NOT_IN_CONTEXT: VerdictText(
            "✗",
            "Not confirmed",
            "The source exists, but it was not read for this answer or says something else. Do not rely on it.",
        ),
        Verdict.QUOTE_NOT_FOUND: VerdictText(
            "✗", "Quotation not found", "The quoted words are not in the stored text. Do not rely on it."
        ),
        Verdict.UNKNOWN_NORM: VerdictText(
            "✗", "Unknown Norm", "This Norm is neither stored nor checked here. Do not rely on it."
        ),
    },
    note_verdict=VerdictText(
        "•",
        "From our note",
        "The sentence stands so in this note. A note proves no law; the evidence of the Norm beside it does.",
    ),
    kind={
        Kind.VERORDNUNG_EU: "EU regulation",
        Kind.GESETZ: "Act of parliament",
        Kind.VERORDNUNG: "Ordinance",
        Kind.WEISUNG: "Instruction",
        Kind.ERLASS: "Decree",
        Kind.NOTE: "Note",
        Kind.STUDIE: "Study",
        Kind.ANGEBOT: "Offer",
        Kind.KONTAKT: "Contact",
        Kind.WEBSEITE: "Web page",
        Kind.ERFAHRUNG: "Experience",
        Kind.FRAGE: "Question",
    },
    jurisdictions={
        Jurisdiction.EU: "European Union",
        Jurisdiction.BUND: "Federal",
        Jurisdiction.SACHSEN: "Saxony",
        Jurisdiction.KOMMUNE: "Municipal",
        Jurisdiction.UNBEKANNT: "not stated",
    },
    sync_running="Federal law is being fetched from the publisher; you can ask already.",
    sync_count="{done} of {total}",
    sync_offline="No network: Lotse answers from what is stored.",
    sync_failed="The sync with the publisher failed; what is stored still holds.",
    sync_stopped="The sync has come to a halt and continues at the next start.",
    empty_title="Nothing is stored yet",
    empty_text="Lotse answers from stored sources only, and the store is empty.",
    empty_next="Run “lotse init” in a terminal (starter knowledge), then “lotse sync” (federal law), then reload.",
    error_title="That did not work",
    error_where="Where",
    error_next="What helps",
    unexpected_text="An unexpected error. Nothing stored is lost; the details are in the log.",
    unexpected_next="Reload the page. If it stays, run “lotse doctor” in a terminal.",
    address_text="Lotse was started on an address that other machines can reach, and has no login yet.",
    address_next="Start it with “lotse serve”, or set server.address to 127.0.0.1.",
    sources_title="What Lotse has read",
    sources_text="Only these sources can prove an answer. The date is the day up to which the text is known to stand.",
    sources_search="Filter sources",
    sources_none="No source matches “{text}”.",
    sources_pending="change announced",
    column_source="Source",
    column_kind="Kind",
    column_passages="Passages",
    column_checked="last checked",
    sources_count="Sources: {count}",
)
