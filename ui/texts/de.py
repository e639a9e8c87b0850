"""The interface in German."""

from __future__ import annotations

from kb.evidence import StatementKind, Status, Verdict
from kb.model import Jurisdiction, Kind
from ui.texts.record import Texts, VerdictText

DE = Texts(
    lang="de",
    claim="Asyl- und Arbeitsmarktrecht, Satz für Satz belegt",
    page_ask="Fragen",
    page_sources="Quellen",
    page_matrix="Übersicht",
    language="Sprache",
    hero_title="Was ist zu klären?",
    hero_text="Eine Frage in eigenen Worten genügt, auf Deutsch oder Englisch. Jeder Rechtssatz der Antwort trägt "
    "einen Beleg: die gespeicherte Norm, ihren Rechtsstand und das Ergebnis der Prüfung. Wo kein Beleg ist, gibt es "
    "keine Antwort.",
    examples_title="Zum Beispiel",
    examples=(
        "Wann bekommt mein Mentee eine Ausbildungsduldung?",
        "Ausbildungsduldung oder Aufenthaltserlaubnis nach § 16g: Was ist der Unterschied?",
        "Darf eine Frau mit Aufenthaltsgestattung in der Aufnahmeeinrichtung arbeiten?",
        "Welche Arbeitsverbote gelten mit einer Duldung?",
        "Gibt es Berufsausbildungsbeihilfe während einer betrieblichen Ausbildung?",
        "§ 32 BeschV",
    ),
    ask_placeholder="Eigene Frage stellen …",
    asking="Lotse sucht im gespeicherten Recht …",
    your_question="Frage",
    new_chat="Neues Gespräch",
    rdg="Lotse informiert über Recht und ersetzt keine Beratung im Einzelfall. Die geben zum Beispiel die "
    "Migrationsberatung (MBE), der Jugendmigrationsdienst, Flüchtlingsberatungsstellen und Anwält*innen für "
    "Migrationsrecht. Bei laufenden Fristen sofort dorthin.",
    answer="Antwort",
    status={
        Status.ANSWERED: "beantwortet",
        Status.PARTIAL: "teilweise beantwortet",
        Status.DECLINED: "keine Antwort → an die Programmbegleitung",
    },
    confidence=("sicher", "wahrscheinlich", "unsicher"),
    confidence_label="Einschätzung: {word}",
    confidence_title="Wie sicher die entscheidende Norm unter den Belegen ist",
    oldest="Rechtsstand {date}",
    valid_on="gefragt für den {date}",
    notices="Zu beachten",
    statement_marks={
        StatementKind.LEGAL: "",
        StatementKind.PRACTICE: "Praxis",
        StatementKind.UNVERIFIED: "nicht geprüft",
        StatementKind.POINTER: "",
    },
    unproven="nicht belegt",
    headings={
        "Kurzantwort": "Kurzantwort",
        "Voraussetzungen": "Voraussetzungen",
        "Ausnahmen": "Ausnahmen",
        "Fristen": "Fristen und Dauer",
        "Rechtsgrundlage": "Rechtsgrundlage im Wortlaut",
        "Praxis": "Praxis",
    },
    who_helps="Wer hilft weiter",
    who_helps_text="Was offen bleibt, beantwortet die Programmbegleitung.",
    open_points="Was noch zu klären ist",
    belege="Belege",
    belege_hint="Eine Nummer öffnet den gespeicherten Text.",
    beleg="Beleg {n}",
    no_model="Zusammengestellt aus gespeicherten Texten, ohne Sprachmodell.",
    with_model="Formuliert mit {model}, Satz für Satz nachgeprüft.",
    declined_title="Dazu gibt es hier keine belegte Antwort.",
    declined_text="Lotse rät nicht. Diese Frage gehört zur Programmbegleitung; dort wird sie von Menschen beantwortet, "
    "die das Recht kennen.",
    declined_steps=(
        "Aufenthaltsstatus und Ausbildungsart nennen, wenn sie fehlen, und noch einmal fragen.",
        "Ist die Norm bekannt, sie direkt eingeben, zum Beispiel „§ 60a Abs. 6 AufenthG“.",
        "Sonst die Frage kopieren und an die Programmbegleitung geben, ohne Namen und Geburtsdaten.",
    ),
    declined_near="In der Nähe liegen, ohne dass sie die Frage beantworten müssen:",
    declined_copy="Frage zum Weitergeben",
    close="Schließen",
    rank="Rang",
    jurisdiction="Ebene",
    rechtsstand="Rechtsstand",
    source="Quelle",
    place="Stelle",
    stored_text="Gespeicherter Text",
    quoted="Zitierte Stelle",
    quote_not_marked="Die zitierten Worte ließen sich im Text nicht markieren; er steht hier ganz.",
    text_missing="Der Wortlaut ist auf diesem Gerät noch nicht gespeichert. Nach dem nächsten Abgleich mit dem "
    "Herausgeber steht er hier; bis dahin führt der Link zur Norm.",
    weggefallen="Die Norm ist weggefallen.",
    read_to="Gelesen bis zur Ebene {level}; Sätze sind im Gesetzestext nicht einzeln ausgezeichnet.",
    publisher_link="Beim Herausgeber: {host}",
    verdict={
        Verdict.VERBATIM: VerdictText(
            "✓",
            "Wörtlich zitiert",
            "Der Satz ist ein Zitat und steht genau so im gespeicherten Text. Ob er den Einzelfall entscheidet, muss "
            "ein Mensch beurteilen.",
        ),
        Verdict.NORM_IN_CONTEXT: VerdictText(
            "✓",
            "Am gespeicherten Text geprüft",
            "Der Satz ist mit eigenen Worten gesagt. Das Programm fand seine Zahlen und Normen im gespeicherten Text "
            "und nichts, was ihm widerspricht. Markiert ist die Stelle, die ihm am nächsten kommt. Dass er daraus "
            "folgt, kann kein Programm beweisen: den Text mitlesen.",
        ),
        Verdict.NORM_PINNED: VerdictText(
            "✓",
            "An genau diesem Wortlaut geprüft",
            "Die Notiz wurde an der Fassung mit diesem Rechtsstand geprüft. Der Text selbst liegt auf diesem Gerät "
            "noch nicht.",
        ),
        Verdict.NORM_CHANGED: VerdictText(
            "!",
            "Norm seit Prüfung geändert",
            "Der gespeicherte Text lautet anders als der, an dem die Notiz geprüft wurde. Der Satz kann überholt sein: "
            "den neuen Text lesen und die Programmbegleitung fragen.",
        ),
        Verdict.NOT_IN_CONTEXT: VerdictText(
            "✗",
            "Nicht bestätigt",
            "Die Quelle gibt es, aber sie wurde für diese Antwort nicht gelesen oder sagt etwas anderes. Nicht darauf "
            "stützen.",
        ),
        Verdict.QUOTE_NOT_FOUND: VerdictText(
            "✗", "Zitat nicht gefunden", "Die zitierten Worte stehen nicht im gespeicherten Text. Nicht darauf stützen."
        ),
        Verdict.UNKNOWN_NORM: VerdictText(
            "✗", "Norm unbekannt", "Diese Norm ist hier weder gespeichert noch geprüft. Nicht darauf stützen."
        ),
    },
    note_verdict=VerdictText(
        "•",
        "Aus unserer Notiz",
        "Der Satz steht so in dieser Notiz. Eine Notiz beweist kein Recht; das tut der Beleg der Norm daneben.",
    ),
    kind={
        Kind.VERORDNUNG_EU: "EU-Verordnung",
        Kind.GESETZ: "Gesetz",
        Kind.VERORDNUNG: "Verordnung",
        Kind.WEISUNG: "Weisung",
        Kind.ERLASS: "Erlass",
        Kind.NOTE: "Notiz",
        Kind.STUDIE: "Studie",
        Kind.ANGEBOT: "Angebot",
        Kind.KONTAKT: "Kontakt",
        Kind.WEBSEITE: "Webseite",
        Kind.ERFAHRUNG: "Erfahrung",
        Kind.FRAGE: "Frage",
    },
    jurisdictions={
        Jurisdiction.EU: "Europäische Union",
        Jurisdiction.BUND: "Bund",
        Jurisdiction.SACHSEN: "Sachsen",
        Jurisdiction.KOMMUNE: "Kommune",
        Jurisdiction.UNBEKANNT: "nicht angegeben",
    },
    sync_running="Bundesrecht wird vom Herausgeber geholt; fragen geht schon.",
    sync_count="{done} von {total}",
    sync_offline="Ohne Netz: Lotse antwortet aus dem gespeicherten Wissen.",
    sync_failed="Der Abgleich mit dem Herausgeber ist fehlgeschlagen; das gespeicherte Wissen gilt weiter.",
    sync_stopped="Der Abgleich ist stehen geblieben und geht beim nächsten Start weiter.",
    empty_title="Noch ist nichts gespeichert",
    empty_text="Lotse antwortet nur aus gespeicherten Quellen, und der Speicher ist leer.",
    empty_next="Im Terminal „lotse init“ ausführen (Grundwissen), dann „lotse sync“ (Bundesrecht), dann hier neu "
    "laden.",
    error_title="Das ging nicht",
    error_where="Wo",
    error_next="Was hilft",
    unexpected_text="Ein unerwarteter Fehler. Gespeichertes ist nicht verloren; die Einzelheiten stehen im Protokoll.",
    unexpected_next="Seite neu laden. Bleibt der Fehler, „lotse doctor“ im Terminal ausführen.",
    address_text="Lotse ist unter einer Adresse gestartet, die andere Rechner erreichen, und hat noch keine Anmeldung.",
    address_next="Mit „lotse serve“ starten oder server.address auf 127.0.0.1 setzen.",
    sources_title="Was Lotse gelesen hat",
    sources_text="Nur diese Quellen können eine Antwort belegen. Der Rechtsstand ist der Tag, bis zu dem der Text "
    "bekannt ist.",
    sources_search="Quellen filtern",
    sources_none="Keine Quelle passt zu „{text}“.",
    sources_pending="Änderung angekündigt",
    column_source="Quelle",
    column_kind="Art",
    column_passages="Textstellen",
    column_checked="zuletzt geprüft",
    sources_count="Quellen: {count}",
    matrix_title="Welcher Status, welche Möglichkeit?",
    matrix_text="Was ein Aufenthaltsstatus für Förderung und Arbeit bedeutet, mit Bedingung und Norm. Jede Zelle ist "
    "am Text geprüft; die allgemeinen Voraussetzungen müssen immer dazukommen.",
    matrix_none="Hier sind keine Übersichten gespeichert.",
    matrix_which="Worum geht es?",
    matrix_names={"foerderung": "Förderung", "arbeit": "Arbeit und Ausbildung"},
    matrix_groups={
        "Lebensunterhalt": "Lebensunterhalt",
        "Ausbildungsförderung": "Ausbildungsförderung",
        "Sprache": "Sprache",
        "Familie": "Familie",
        "Weiterbildung": "Weiterbildung",
    },
    matrix_status="Aufenthaltsstatus",
    matrix_all="Alle Status auf einen Blick",
    matrix_legend="✓ ja · ◐ bedingt · ✗ nein · ? offen",
    matrix_gap="Lücke:",
    matrix_verdict={
        "ja": ("✓", "ja"),
        "bedingt": ("◐", "bedingt"),
        "nein": ("✗", "nein"),
        "offen": ("?", "offen"),
    },
    matrix_facts={"wait": "Wartezeit", "consent": "Zustimmung", "ban": "Verbote"},
)
