"""How mail about jobs speaks in German; umlauts are folded (`fuer` is accepted where people write it so)."""

from __future__ import annotations

from typing import Final

from apptrack_pipeline.domain import MailCategory
from apptrack_pipeline.ingestion.mail.rules import Guard, Rule, rule

_CONFIRMATION = MailCategory.CONFIRMATION
_REJECTION = MailCategory.REJECTION
_INTERVIEW = MailCategory.INTERVIEW
_ASSESSMENT = MailCategory.ASSESSMENT
_OFFER = MailCategory.OFFER
_OUTREACH = MailCategory.RECRUITER_OUTREACH
_FOLLOWUP = MailCategory.FOLLOWUP_OTHER
_ALERT = MailCategory.JOB_ALERT
_NOT_JOB = MailCategory.NOT_JOB

_TEST = (
    r"(?:\S*tests?|assessments?|\S*aufgaben?|fallstud\w+|coding[- ]challenges?|challenges?|fragebogen"
    r"|online-assessments?|eignungstests?|hausaufgabe|probeaufgabe)"
)
_TALK = (
    r"(?:\S*gesprach\w*|\S*gespraech\w*|telefonat\w*|telefoninterview\w*|videointerview\w*"
    r"|\S*interviews?|kennenlernen|videocall|video-call|call|termin\w*|austausch|probetag|probearbeiten)"
)

RULES: Final[tuple[Rule, ...]] = (
    rule(
        "de.rejection.other_candidates",
        _REJECTION,
        7,
        r"\b(?:ander\w+|besser\w*|mitbewerber\w*|weiteren?|einen|eine"
        r"|intern\w*)\b(?:,? \S+){0,4}? ?(?:bewerb\w+|kandidat\w+|person\w*"
        r"|mitbewerb\w+)?\b(?:,? \S+){0,8}? (?:entschieden|entscheiden|vorzug|ausgewahlt|ausgewaehlt"
        r"|besetzt|vorgezogen|beruecksichtigt|berucksichtigt|fortsetzen|fortfahren|weiterverfolgen"
        r"|weiter zu|den zuschlag|naher|naeher|genauer|besser)|\b(?:fur|fuer|zugunsten"
        r"|mit) (?:\w+ ){0,3}?(?:andere\w*|mitbewerber\w*) (?:\w+ )?(?:bewerb\w+|kandidat\w+"
        r"|person\w*)?(?:,? \S+){0,6}? ?entsch\w+|\bentsch\w+(?:,? \S+){0,6}? (?:andere\w*) (?:bewerb\w+"
        r"|kandidat\w+|person\w*)|\bmitbewerber\w*\b",
        context=1.0,
    ),
    rule(
        "de.rejection.cannot_consider",
        _REJECTION,
        7,
        r"\b(?:nicht|keine|kein|leider)\b(?:,? \S+){0,7}? (?:berucksichtig\w*|beruecksichtig\w*"
        r"|engere (?:wahl|auswahl)|weiterverfolg\w*|weiter (?:verfolg\w+|berucksichtig\w+|im (?:auswahl"
        r"|bewerbungs))|in betracht|fortsetzen|fortfahren|fort(?:zu)?f(?:u|ue)hren|weiter(?:zu)?f(?:u"
        r"|ue)hren|weitergehen|anbieten|zusage\w*|zusagen|einladen|aufnehmen|ausgewahlt|ausgewaehlt)\b"
        r"|\babsagen?\b|\babsage\w*\b|\bin die engere (?:wahl|auswahl) (?:\w+ )?(?:nicht|leider)",
        context=1.5,
    ),
    rule(
        "de.rejection.regret",
        _REJECTION,
        5,
        r"\bleider\b|\bbedauer\w*|\bschweren herzens|\btut (?:uns|mir) (?:\w+ )?leid",
    ),
    rule(
        "de.rejection.filled",
        _REJECTION,
        6,
        r"\b(?:stelle|position|vakanz|ausschreibung|praktikum"
        r"|ausbildungsplatz)\b(?:,? \S+){0,9}? (?:\w+ )?(?:besetzt|nicht mehr (?:verfugbar|verfuegbar"
        r"|offen|vakant)|geschlossen|zuruckgezogen|gestrichen|vergeben|storniert)\b"
        r"|\banderweitig (?:besetzt|vergeben)",
    ),
    rule(
        "de.rejection.no_match",
        _REJECTION,
        5,
        r"\b(?:nicht|kein\w*|wenig\w*)\b(?:,? \S+){0,6}? (?:ubereinstimm\w*|uebereinstimm\w*|entspr\w+"
        r"|passt|passen|passend\w*|genug)\b|\b(?:besser|genauer|eher|mehr|naher"
        r"|noch) (?:\w+ ){0,3}?(?:entspr\w+|passt|passen|erfull\w+|ubereinstimm\w+)",
    ),
    rule(
        "de.rejection.not_personal",
        _REJECTION,
        3,
        r"\b(?:keine|nicht) (?:\S+ ){0,5}?(?:wertung|abwertung|entmutig\w*|bewertung ihrer)"
        r"|\b(?:wunsch\w*|wuensch\w*)\b(?:,? \S+){0,9}? (?:alles gute|viel erfolg|erfolg|gute)"
        r"|\balles gute (?:fur|fuer|auf)|\bviel erfolg\b",
    ),
    rule(
        "de.rejection.keep",
        _REJECTION,
        2,
        r"\btalent-?pool|\btalent pool|\bbewerberpool|\bunterlagen\b(?:,? \S+){0,8}? (?:gespeichert"
        r"|behalten|vernicht\w+|losch\w+|gelosch\w*|geloesch\w*|zuruck)|\b(?:erneut|wieder"
        r"|zukunftig\w*) (?:\S+ ){0,5}?bewerben",
        guard=Guard.NONE,
    ),
    rule(
        "de.rejection.decision",
        _REJECTION,
        2,
        r"\bnach (?:\w+ )?(?:sorgf\w+|grundlich\w+|gruendlich\w+|eingehend\w+|reiflich\w+"
        r"|intensiv\w+) (?:\w+ )?(?:pruf\w+|prufung|pruefung|uberlegung|abwagung|durchsicht|auswertung)"
        r"|\bentscheidung (?:\S+ ){0,6}?(?:schwer|nicht leicht)",
    ),
    rule(
        "de.confirmation.received",
        _CONFIRMATION,
        5,
        r"\b(?:bewerbung\w*|unterlagen|lebenslauf|bewerbungsunterlagen)\b(?:,? \S+){0,12}? (?:erhalten"
        r"|eingegangen|eingetroffen|ubermittelt|uebermittelt|versendet|gesendet|versandt|abgeschickt"
        r"|angekommen)\b|\b(?:erhalten|eingang|eingegangen|empfang|eingangsbestatigung"
        r"|haben)\b(?:,? \S+){0,6}? (?:bewerbung\w*|unterlagen"
        r"|bewerbungsunterlagen)(?:,? \S+){0,3}? ?(?:erhalten|bestatig\w+|dankend)?|\beingangsbestat\w+"
        r"|\beingangsbestaet\w+",
    ),
    rule(
        "de.confirmation.thanks",
        _CONFIRMATION,
        4,
        r"\b(?:dank\w*|danken|bedanken|freuen uns|freut uns)\b(?:,? \S+){0,8}? (?:bewerbung\w*|interesse"
        r"|beworben)\b",
        guard=Guard.NONE,
    ),
    rule(
        "de.confirmation.will_review",
        _CONFIRMATION,
        4,
        r"\b(?:werden|wird|nun|derzeit|aktuell|zeit|uns|intensiv"
        r"|sorgfaltig)\b(?:,? \S+){0,8}? (?:pruf\w+|pruef\w+|sichten|durchsehen|bearbeit\w+|auswerten)\b"
        r"|\b(?:melden|meldet) (?:uns|sich|wir uns) (?:\S+ ){0,8}?(?:bei (?:ihnen|dir)|zuruck|kurze"
        r"|unaufgefordert)|\bmelden (?:wir )?uns|\b(?:ruck|rueck)meldung\b|\bum (?:\w+ )?geduld",
    ),
    rule(
        "de.confirmation.subject",
        _CONFIRMATION,
        4,
        r"\b(?:eingangsbest\w+|bestatigung|bestaetigung) (?:\S+ ){0,4}?bewerbung|\beingangsbest\w+"
        r"|\bbewerbungseingang|\beingang (?:\w+ ){0,2}?bewerbung|\bdank\w* (?:\S+ ){0,3}?bewerbung",
        where="subject",
        guard=Guard.NONE,
    ),
    rule(
        "de.assessment.invited",
        _ASSESSMENT,
        7,
        rf"\b(?:einlad\w+|eingeladen|bitt\w+|bearbeit\w+|durchfuhr\w*|durchfuehr\w*|absolvier\w+"
        rf"|teilnehm\w+|losen|loesen|starten|nachste schritt|naechste schritt|zugang|erinnerung"
        rf"|link)\b(?:(?! (?:interview|vorstellungs\w+)) \S+){{0,9}}? {_TEST}\b"
        rf"|\b{_TEST} (?:\S+ ){{0,6}}?(?:einzuladen|einladen|bearbeiten|absolvieren|durchzufuhren"
        rf"|durchfuhren|teilzunehmen|lauft|ab\b|losen|zu losen)",
        context=1.5,
    ),
    rule(
        "de.assessment.named",
        _ASSESSMENT,
        5,
        r"\b(?:probe|test|programmier)aufgabe\b|\barbeitsprobe\b",
        context=2.0,
    ),
    rule(
        "de.assessment.subject",
        _ASSESSMENT,
        5,
        rf"\b(?:einladung|erinnerung|ihr|dein|zugang|link)\b(?:,? \S+){{0,4}}? {_TEST}\b"
        rf"|\b(?:online-?test|online-?assessment|probeaufgabe|testaufgabe|coding[- ]challenge"
        rf"|programmieraufgabe)\b",
        where="subject",
    ),
    rule(
        "de.interview.invited",
        _INTERVIEW,
        7,
        rf"\b(?:einlad\w+|eingeladen|einzuladen|vereinbar\w+|mochten|moechten|wurden|wuerden|freuen"
        rf"|laden|bestatig\w+|bestaetig\w+|vorschlag\w*|vorschlagen|verschieben|verschoben"
        rf"|abgesagt)\b(?:,? \S+){{0,12}}? {_TALK}\b(?:,? \S+){{0,6}}? ?(?:einladen|einzuladen|ein\b"
        rf"|vereinbaren|kennenlernen|kennenzulernen|fuhren|fuehren|verschieben|statt|am \d|um \d|via|per"
        rf"|mit)|\b(?:vorstellungs|bewerbungs|kennenlern|telefon|video|erst|zweit)(?:gesprach|gespraech"
        rf"|interview)\w*(?:,? \S+){{0,10}}? (?:einladen|einzuladen|ein\b|vereinbaren|eingeladen|statt"
        rf"|bestatig\w+|am \d)|\beinladung (?:\S+ ){{0,4}}?{_TALK}\b",
        context=2.0,
    ),
    rule(
        "de.interview.availability",
        _INTERVIEW,
        5,
        r"\b(?:ihre|deine|welche\w*|nennen|teilen|passende\w*|wahlen|waehlen"
        r"|folgende\w*)\b(?:,? \S+){0,6}? (?:verfugbarkeit\w*|verfuegbarkeit\w*|termin\w*|zeitfenster)\b"
        r"|\bwann (?:\S+ ){0,5}?(?:passt|zeit|passen|verfugbar)|\btermin\w* (?:\S+ ){0,4}?(?:passt"
        r"|passen|vorschl\w+|vereinbaren|bestat\w+)",
        context=1.0,
    ),
    rule(
        "de.interview.get_to_know",
        _INTERVIEW,
        5,
        r"\b(?:mochten|moechten|wurden|wuerden|freuen|gerne|gern)\b(?:,? \S+){0,10}? (?:kennenlernen"
        r"|kennenzulernen|kennen ?zu ?lernen|kennen lernen)",
        context=2.0,
    ),
    rule(
        "de.offer.contract",
        _OFFER,
        7,
        r"\b(?:arbeits|anstellungs|ausbildungs|praktikums)vertrag\w*\b(?! (?:von|der firma))"
        r"|\bvertragsangebot|\b(?:freuen|gerne|gern|mochten)\b(?:,? \S+){0,8}? (?:stelle|position|job"
        r"|vertrag|ausbildungsplatz)(?:,? \S+){0,8}? (?:anbieten|anzubieten)|\b(?:arbeits"
        r"|job)angebot (?:unterbreiten|machen|fur sie)|\b(?:stelle"
        r"|position) (?:\S+ ){0,6}?anbieten zu (?:konnen|koennen|durfen)|\bzusage (?:fur|fuer|erteilen)"
        r"|\b(?:konditionen|gehalt)\b(?:,? \S+){0,6}? (?:vertrag|angebot)",
    ),
    rule(
        "de.followup.account",
        _FOLLOWUP,
        6,
        r"\b(?:bestatig\w+|bestaetig\w+|verifizier\w+|aktivier\w+) (?:\S+ ){0,4}?(?:e-?mail|konto"
        r"|account|registrierung|adresse)|\b(?:bestatigungs|sicherheits|verifizierungs|einmal"
        r"|zugangs)(?:code|passwort)\w*|\b(?:passwort|kennwort)\b|\b(?:bewerber|benutzer"
        r"|kandidaten)(?:konto|account|profil)",
        guard=Guard.NONE,
    ),
    rule(
        "de.followup.data_consent",
        _FOLLOWUP,
        6,
        r"\beinwilligung\b|\bspeicherung (?:\S+ ){0,3}?daten|\bdaten\b(?:,? \S+){0,6}? (?:geloscht"
        r"|geloescht|loschen|gespeichert)",
        guard=Guard.NONE,
    ),
    rule(
        "de.followup.withdrawn",
        _FOLLOWUP,
        7,
        r"\b(?:bewerbung|ihre|deine|du|sie)\b(?:,? \S+){0,8}? (?:zuruckgezogen|zurueckgezogen"
        r"|zuruckziehen|ruckzug)|\b(?:ruckzug|rueckzug|zuruckziehung) (?:\w+ ){0,2}?bewerbung",
    ),
    rule(
        "de.followup.finish",
        _FOLLOWUP,
        7,
        r"\bbewerbung (?:\S+ ){0,8}?(?:abschlie\w+|abzuschlie\w+|vervollst\w+|unvollst\w+|fortsetz\w+"
        r"|entwurf|noch nicht (?:abgesch\w+|fertig))|\b(?:vervollst\w+|beenden"
        r"|schlie\w+) (?:\w+ ){0,2}?bewerbung|\bbegonnene bewerbung",
        guard=Guard.NONE,
    ),
    rule(
        "de.followup.documents",
        _FOLLOWUP,
        6,
        r"\b(?:fehl\w+|nachreichen|nachzureichen|senden sie|senden sie uns|schicken|zukommen|benotigen"
        r"|benoetigen|brauchen|hochladen|teilen sie)\b(?:,? \S+){0,8}? (?:zeugnis\w*|unterlagen"
        r"|dokument\w*|nachweis\w*|gehalts\w+|referenz\w*|kundigungsfrist|kuendigungsfrist|eintritts\w+"
        r"|angaben|informationen)|\b(?:zeugnis\w*|unterlagen|dokumente|gehaltsvorstellung\w*|referenzen"
        r"|nachweise)\b(?:,? \S+){0,8}? (?:nachreichen|nachzureichen|zusenden|zu(?:zu)?senden|zukommen"
        r"|mitteilen|mitzuteilen|hochladen|nennen)|\b(?:umfrage|feedback"
        r"|befragung)\b(?:,? \S+){0,6}? (?:bewerbung\w*|kandidat\w*)"
        r"|\bbewerb\w+ (?:\S+ ){0,4}?(?:umfrage|feedback|befragung)",
    ),
    rule(
        "de.followup.on_hold",
        _FOLLOWUP,
        7,
        r"\beinstellungsstopp|\b(?:stelle|position|besetzung|prozess|verfahren"
        r"|ausschreibung)\b(?:,? \S+){0,8}? (?:pausier\w*|zuruckgestellt|zurueckgestellt|on hold"
        r"|verschoben|auf eis|angehalten|ausgesetzt)",
    ),
    rule(
        "de.followup.still",
        _FOLLOWUP,
        6,
        r"\b(?:noch (?:\w+ ){0,3}?(?:in bearbeitung|in der prufung|im auswahl\w*|etwas (?:zeit|geduld)"
        r"|nicht entschieden|keine entscheidung|gepruft)|verz(?:o|oe)ger\w+|(?:etwas|noch) (?:langer"
        r"|laenger))\b",
    ),
    rule(
        "de.followup.viewed",
        _FOLLOWUP,
        7,
        r"\b(?:bewerbung|lebenslauf|profil|unterlagen) (?:\S+ ){0,6}?(?:angesehen|gesehen"
        r"|heruntergeladen|geoffnet|geoeffnet|aufgerufen)\b",
    ),
    rule(
        "de.outreach.profile",
        _OUTREACH,
        7,
        r"\b(?:auf|uber|ueber) (?:dein|ihr|dich|sie)\w* (?:\S+ ){0,4}?(?:profil|lebenslauf"
        r"|werdegang)?(?:,? \S+){0,5}? ?(?:aufmerksam|gestossen|gestosen|gestoen|gestosssen)|\b(?:dein"
        r"|ihr) (?:\w+ )?(?:profil|lebenslauf|werdegang)\b(?:,? \S+){0,8}? (?:aufgefallen|uberzeugt"
        r"|passt|passen|angesprochen|interessant|spannend|entdeckt|gesehen|gelesen|gefunden)|\b(?:dein"
        r"|ihr)\w* (?:\S+ ){0,2}?profil (?:\S+ ){0,4}?(?:entdeckt|gefunden|gesehen)",
        guard=Guard.CONDITION,
    ),
    rule(
        "de.outreach.client",
        _OUTREACH,
        5.5,
        r"\b(?:fur|fuer|von) (?:einen?|unseren?|meinen?|einem) (?:\S+ ){0,2}?(?:kunden|mandanten"
        r"|klienten|unternehmen)\b|\b(?:hast du|haben sie|hattest du|hatten sie|haetten sie"
        r"|besteht) (?:\S+ ){0,5}?(?:interesse|lust)|\b(?:offen|interessiert|neugierig) (?:fur|fuer|an"
        r"|auf) (?:\S+ ){0,5}?(?:neue|herausforderung|position|wechsel|chance|gelegenheit|austausch"
        r"|gesprach)|\bich suche\b|\bpersonalberat|\bspannende (?:position|stelle|aufgabe"
        r"|herausforderung|opportunity|rolle)",
        guard=Guard.NONE,
    ),
    rule(
        "de.alert.jobs",
        _ALERT,
        6,
        r"\b\d+ (?:neue |weitere |passende )*(?:jobs|stellen\w*|angebote)\b|\b(?:neue|passende|ahnliche"
        r"|aehnliche|aktuelle|empfohlene) (?:jobs?|stellen\w*|jobangebote)|\bjob-?agent|\bsuchagent"
        r"|\bjob-?alarm|\bjobletter|\bjob-?empfehlung|\bjobs (?:fur|fuer) (?:dich|sie)"
        r"|\bjetzt (?:ansehen|bewerben)|\bjob alert",
        guard=Guard.NONE,
    ),
    rule(
        "de.rejection.not_successful",
        _REJECTION,
        7,
        r"\b(?:bewerbung|verfahren|bewerbungsverfahren|auswahlverfahren|sie|dich|du)\b(?:,? \S+){0,6}? nicht"
        r" (?:\w+ )?(?:erfolgreich|ausgewahlt|ausgewaehlt|berucksichtig\w*|beruecksichtig\w*)\b",
        context=1.0,
    ),
    rule(
        "de.rejection.against",
        _REJECTION,
        7,
        r"\bgegen (?:ihre|deine|eine) (?:\w+ )?(?:bewerbung|einstellung|kandidatur)\b"
        r"|\bkeine (?:positive|gunstige|guenstige) (?:ruckmeldung|rueckmeldung|antwort|nachricht"
        r"|entscheidung)\b"
        r"|\b(?:stelle|position) (?:\S+ ){0,2}?(?:anderweitig|intern) (?:vergeben|besetzt)\b",
        context=1.5,
    ),
    rule(
        "de.interview.date",
        _INTERVIEW,
        6,
        r"\bvorstellungstermin\w*\b|\b(?:zeit|verfugbar|verfuegbar) (?:fur|fuer) (?:ein|einen"
        r"|unser) (?:\S+ )?"
        r"(?:\w*interview|\w*gesprach|\w*gespraech|telefonat|videocall|call)\b",
        context=2.0,
    ),
    rule(
        "de.confirmation.receipt_of",
        _CONFIRMATION,
        5,
        r"\b(?:erhalt|empfang|eingang) (?:ihrer|deiner|der) (?:\S+ ){0,2}?(?:bewerbung\w*|unterlagen)\b"
        r"|\b(?:bewerbung|unterlagen|lebenslauf)\b(?:,? \S+){0,6}? (?:ubermittelt|uebermittelt|weitergeleitet"
        r"|gespeichert|registriert)\b",
    ),
    rule(
        "de.assessment.come_to",
        _ASSESSMENT,
        6.5,
        r"\b(?:laden|einladen|einzuladen|eingeladen|einladung|bitten|bitte|absolvier\w*)\b(?:,? \S+){0,8}?"
        r" \w*(?:online-?|einstellungs|eignungs|fach|probe|programmier|coding-?)(?:test|aufgabe"
        r"|assessment)\w*\b",
        context=1.5,
    ),
    rule(
        "de.offer.you_have_it",
        _OFFER,
        6,
        r"\bangebot (?:fur|fuer) die (?:position|stelle)\b|\b(?:du hast|sie haben) (?:den job|die stelle"
        r"|die zusage)\b|\bstelle (?:\S+ )?(?:anbieten"
        r"|anzubieten)\b"
        r"|\bzusage (?:fur|fuer|geben|erteilen)\b",
        context=2.0,
    ),
    rule(
        "de.followup.in_review",
        _FOLLOWUP,
        6,
        r"\b(?:befindet|befinden|ist|sind)\b(?:,? \S+){0,2}? (?:noch|weiterhin|nach wie vor) in (?:der )?"
        r"(?:prufung|pruefung|bearbeitung|auswahl)\b|\b(?:senden|schicken|reichen|laden) sie (?:\S+ ){0,3}?"
        r"(?:noch )?(?:\S+ ){0,2}?\w*(?:zeugnis\w*|nachweis\w*|referenz\w*|arbeitsprobe\w*|anschreiben)\b",
        context=0.5,
    ),
    rule(
        "de.not_job.shop",
        _NOT_JOB,
        5,
        r"\b(?:ihre|deine|die) (?:\w+ )?(?:bestellung|rechnung|lieferung|sendung|zahlung|buchung)"
        r"|\bihr (?:paket|kontoauszug|abo|abonnement)|\b\d+ ?% (?:rabatt|auf)|\b(?:rabatt|gutschein)\w*"
        r"|\bnewsletter|\bkredit(?:antrag|karte|anfrage)?\b|\b(?:wohnung\w*|mietwohnung|studienplatz"
        r"|kredit|versicherung|studium|mietbewerbung|masterstudiengang)\b|\bzahnarzt|\barzttermin",
        guard=Guard.NONE,
    ),
    rule(
        "de.not_job.other_application",
        _NOT_JOB,
        8,
        r"\b(?:wohnung\w*|mietwohnung|vermieter\w*|mietvertrag|studienplatz\w*|mietbewerbung"
        r"|masterstudiengang"
        r"|wohngemeinschaft|\w{3,}antrag(?:s|es)?|kreditanfrage|kreditkarte\w*)\b"
        r"|\b(?:bewerbung|antrag|anmeldung|anfrage)\b(?:,? [^\s,.]+){0,4}? (?:um|fur|auf|zum|zur|bei|an)"
        r" (?:\S+ ){0,3}?(?:wg|wg-zimmer|zimmer|studium|\w*studiengang|bachelor|promotion|kredit|darlehen"
        r"|\w*karte"
        r"|visum|aufenthalts\w+|reisepass|personalausweis|fuhrerschein|baugenehmigung|stipendium|forderung"
        r"|forderprogramm|zuschuss|mitgliedschaft|mitglied|verein|\w*kita\w*|schulplatz|schule|gymnasium"
        r"|hochschule"
        r"|universitat|bafog|wohngeld|elterngeld|kindergeld|versicherung|accelerator|inkubator|treueprogramm"
        r"|bonusprogramm|ehrenamt\w*|konferenz|vortrag|genehmigung|lizenz|kleingarten|pflegefamilie)\b",
        guard=Guard.EMPLOYMENT,
    ),
    rule(
        "de.not_job.career_marketing",
        _NOT_JOB,
        2.5,
        r"\bwebinar|\bweiterbildung\w*|\b(?:online-?)?kurs(?:e|en)?\b|\btipps\b|\bkarrieretipps"
        r"|\bcoaching|\bpremium\b|\bbewerbungsvorlage|\bratgeber",
        guard=Guard.NONE,
    ),
    rule(
        "de.rejection.not_further",
        _REJECTION,
        7,
        r"\bnicht (?:\S+ ){0,4}?(?:weiter(?:zu)?verfolg\w+|weiter(?:zu)?geh\w+|weiter(?:zu)?mach\w+"
        r"|fort(?:zu)?setz\w+|fort(?:zu)?fahr\w+|weiter(?:zu)?f(?:u|ue)hren)\b"
        r"|\bnicht (?:mehr )?(?:\S+ ){0,3}?weiter\b",
        context=1.0,
    ),
    rule(
        "de.rejection.closed_without",
        _REJECTION,
        6.5,
        r"\b(?:bewerbung\w*|unterlagen|profil|vorgang)\b(?:,? \S+){0,8}? (?:archiviert|ad acta"
        r"|beiseite gelegt)\b"
        r"|\bohne (?:ihre|deine|eine) (?:auswahl|zusage|einstellung)\b|\bauf eis (?:gelegt|liegt)\b"
        r"|\bgeben (?:\S+ ){0,2}?bewerbung (?:\S+ )?frei\b|\b(?:stelle"
        r"|position)\b(?:,? \S+){0,5}? (?:ausgesetzt"
        r"|zuruckgestellt|zurueckgestellt)\b",
        context=1.5,
    ),
    rule(
        "de.rejection.somebody_else",
        _REJECTION,
        7,
        r"\b(?:jemand\w*|fur|fuer|andere\w*) (?:\S+ )?ander\w+ (?:\S+ ){0,3}?(?:entschieden|zugesagt"
        r"|angenommen"
        r"|eingestellt|ausgewahlt|ausgewaehlt)\b|\b(?:antwort|entscheidung|ergebnis|ruckmeldung)"
        r" (?:\S+ ){0,4}?negativ\w*\b|\bvielen guten (?:\S+ )?(?:absagen|abgesagt)\b",
        context=1.0,
    ),
    rule(
        "de.offer.make_you_one",
        _OFFER,
        6,
        r"\b(?:ihnen|dir|euch) (?:\S+ ){0,3}?(?:ein|unser|das) angebot (?:\S+ )?(?:machen|unterbreiten"
        r"|zukommen"
        r"|schicken|senden)\b",
        context=1.0,
    ),
    rule(
        "de.interview.proposes_a_time",
        _INTERVIEW,
        5.5,
        r"\b(?:passt|passen|ginge|geht|klappt|konnten sie|koennten sie|konntest du|koenntest du|wie ware"
        r"|wie waere)\b(?: \S+){0,4}? (?:montag|dienstag|mittwoch|donnerstag|freitag|morgen|\d{1,2}[:.]\d\d"
        r"|\d{1,2} uhr)\b|\b(?:termin|gesprach|gespraech|telefonat)\b(?: \S+){0,4}? (?:verschieben"
        r"|verlegen)\b"
        r"|\brufe? (?:ich )?(?:sie|dich) (?:\S+ ){0,2}?(?:montag|dienstag|mittwoch|donnerstag|freitag"
        r"|morgen)\b",
    ),
)
