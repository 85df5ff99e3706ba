"""Which company, title, number, postings and appointments a mail names."""

from __future__ import annotations

import csv
import datetime as dt
import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apptrack_pipeline.domain import MailCategory
from apptrack_pipeline.ingestion.mail.company_names import name_key, same_company
from apptrack_pipeline.ingestion.mail.extract import Names, digest_items, extract, unwrapped
from apptrack_pipeline.ingestion.mail.message import Address, Invitation, Link, Message
from apptrack_pipeline.ingestion.mail.reading import read_message
from apptrack_pipeline.ingestion.mail.signals import (
    Found,
    Reader,
)

NOBODY = Reader()


def mail(
    subject: str = "",
    text: str = "",
    sender: str = "",
    *,
    to: str = "Sam Taylor",
    links: tuple[str, ...] = (),
    invitations: tuple[Invitation, ...] = (),
    forwarded: Message | None = None,
    quoted: str = "",
) -> Message:
    name, _, email = sender.rpartition("<")
    return Message(
        message_id=None,
        references=(),
        sender=Address(name.strip(), email.rstrip(">")),
        reply_to=None,
        recipients=(Address(to, "candidate@example.org"),),
        subject=subject,
        sent_at=None,
        text=text,
        quoted_text=quoted,
        links=tuple(Link(url, "") for url in links),
        invitations=invitations,
        forwarded=forwarded,
        attachments=(),
        is_bulk=False,
        is_automatic=False,
        authentication_results=(),
    )


def read(
    message: Message, reader: Reader = NOBODY, category: MailCategory = MailCategory.CONFIRMATION
) -> Names:
    return extract(message, reader, category)


def value(found: Found | None) -> str:
    return found.value if found else ""


GREENHOUSE = "<no-reply@us.greenhouse-mail.io>"


@pytest.mark.parametrize(
    ("text", "company", "title"),
    [
        ("Thank you for applying to Acme!", "Acme", ""),
        ("Thank you for applying to Acme Inc. We have received your application.", "Acme Inc.", ""),
        ("Thank you for applying to Acme. We have received it.", "Acme", ""),
        ("Thank you for applying to Gap Inc through our Workday system.", "Gap Inc", ""),
        (
            "Thank you for applying for the Data Engineer position at Acme Robotics.",
            "Acme Robotics",
            "Data Engineer",
        ),
        ("Thank you for applying to the Data Engineer role here at Acme.", "Acme", "Data Engineer"),
        ("Thanks for applying to Acme's Data Engineer position.", "Acme", "Data Engineer"),
        ("Thank you for your interest in joining Procter & Gamble.", "Procter & Gamble", ""),
        (
            "Thank you for your interest in McKinsey & Company and for taking the time.",
            "McKinsey & Company",
            "",
        ),
        ("Thank you for your interest in Bank of America.", "Bank of America", ""),
        ("Thank you for your interest in Dick's Sporting Goods!", "Dick's Sporting Goods", ""),
        ("Thank you for applying at Lowe's.", "Lowe's", ""),
        ("Thank you for applying to 7-Eleven, Inc.", "7-Eleven, Inc.", ""),
        ("Thank you for applying to eBay.", "eBay", ""),
        ("Thank you for applying to 23andMe!", "23andMe", ""),
        ("Thank you for applying to adidas.", "adidas", ""),
        ("Thank you for applying to Amazon.com. We will be in touch.", "Amazon.com", ""),
        ("Thank you for applying to J.P. Morgan.", "J.P. Morgan", ""),
        ("Thank you for applying to Teach for America.", "Teach for America", ""),
        ("Thank you for applying to The New York Times.", "The New York Times", ""),
        ("Thank you for applying to Lead Bank.", "Lead Bank", ""),
        ("Thank you for applying to Acme for the role of Data Engineer.", "Acme", "Data Engineer"),
        (
            "Thank you for applying to Acme for Senior Data Engineer, Platform.",
            "Acme",
            "Senior Data Engineer, Platform",
        ),
        ("Thank you for applying to Software Engineer II at Acme.", "Acme", "Software Engineer II"),
        ("Thank you for applying to Data Analyst. We received your application.", "", "Data Analyst"),
        (
            "We have received your application for Director of Engineering at Acme.",
            "Acme",
            "Director of Engineering",
        ),
        (
            "Your application for the position of Data Analyst with Acme, Inc. has been received.",
            "Acme, Inc.",
            "Data Analyst",
        ),
        ("Thank you for submitting your application to be a Data Analyst at Acme.", "Acme", "Data Analyst"),
        ("Your application was sent to Acme Robotics", "Acme Robotics", ""),
        ("Thank you for your application to our company.", "", ""),
        ("Thank you for your interest in joining our team.", "", ""),
        ("Thank you for your interest in employment with Acme Health.", "Acme Health", ""),
        ("Thank you for considering Acme as your next employer.", "Acme", ""),
        ("We appreciate your interest in career opportunities at Acme.", "Acme", ""),
        ("You applied for a job with us through LinkedIn.", "", ""),
        ("Thank you for applying to Workday.", "Workday", ""),
        ("Thank you for applying to the Offer Manager position at Acme.", "Acme", "Offer Manager"),
        (
            "Thank you for applying to the Assessment Implementation Analyst role.",
            "",
            "Assessment Implementation Analyst",
        ),
        (
            "Thank you for your application for the Workday Reporting Data Analyst position.",
            "",
            "Workday Reporting Data Analyst",
        ),
        (
            "thank you for applying to acme robotics. we have received your application.",
            "acme robotics",
            "",
        ),
    ],
)
def test_an_english_sentence_names_company_and_title(text: str, company: str, title: str) -> None:
    names = read(mail(text=text))
    assert (value(names.company), value(names.title)) == (company, title)


@pytest.mark.parametrize(
    ("subject", "company", "title"),
    [
        ("Thank You For Applying To The Data Engineer Position At Acme", "Acme", "Data Engineer"),
        ("Your application to Acme", "Acme", ""),
        (
            "Your Application: Workday Reporting Data Analyst at Centene",
            "Centene",
            "Workday Reporting Data Analyst",
        ),
        ("Indeed Application: Data Analyst", "", "Data Analyst"),
        ("Sam, your application was sent to Acme", "Acme", ""),
        ("An Update from Visa", "Visa", ""),
        ("Re: Your application at Acme - Data Engineer", "Acme", "Data Engineer"),
        ("Update on your Acme application", "Acme", ""),
        ("Votre candidature : Data Engineer chez Acme", "Acme", "Data Engineer"),
        ("Votre candidature a été envoyée à Acme", "Acme", ""),
        ("Votre candidature a été vue par Acme", "Acme", ""),
        ("Ihre Bewerbung als Data Engineer (m/w/d) bei der Beispiel GmbH", "Beispiel GmbH", "Data Engineer"),
        ("Tu candidatura a Data Engineer en Acme", "Acme", "Data Engineer"),
        ("Application received", "", ""),
        ("Next steps", "", ""),
    ],
)
def test_a_subject_names_company_and_title(subject: str, company: str, title: str) -> None:
    names = read(mail(subject))
    assert (value(names.company), value(names.title)) == (company, title)


@pytest.mark.parametrize(
    ("text", "company", "title"),
    [
        (
            "Nous avons bien reçu votre candidature pour le poste de Data Analyst chez Acme.",
            "Acme",
            "Data Analyst",
        ),
        (
            "Merci d'avoir postulé au poste de Chef de projet (H/F) au sein de Crédit Agricole.",
            "Crédit Agricole",
            "Chef de projet",
        ),
        ("Nous vous remercions de l'intérêt que vous portez à Acme.", "Acme", ""),
        ("Votre candidature au poste de Développeur Python a bien été reçue.", "", "Développeur Python"),
        ("Merci pour votre intérêt pour notre entreprise.", "", ""),
        (
            "vielen Dank für Ihre Bewerbung als Softwareentwickler (m/w/d) bei der Beispiel GmbH.",
            "Beispiel GmbH",
            "Softwareentwickler",
        ),
        (
            "vielen Dank für Ihre Bewerbung auf die Stelle als Projektleiter bei Zalando SE.",
            "Zalando SE",
            "Projektleiter",
        ),
        ("vielen Dank für Ihr Interesse an der Position Data Engineer bei Acme.", "Acme", "Data Engineer"),
        ("vielen Dank für Ihre Bewerbung bei uns.", "", ""),
        ("Gracias por tu interés en formar parte de Acme.", "Acme", ""),
        (
            "Hemos recibido tu candidatura para el puesto de Ingeniero de Datos en Acme.",
            "Acme",
            "Ingeniero de Datos",
        ),
        ("Te has inscrito en la oferta de empleo Diseñadora UX de Wallapop.", "Wallapop", "Diseñadora UX"),
        ("Gracias por postular a la vacante de Analista de Datos en Madrid.", "", "Analista de Datos"),
    ],
)
def test_french_german_and_spanish_sentences_name_company_and_title(
    text: str, company: str, title: str
) -> None:
    names = read(mail(text=text))
    assert (value(names.company), value(names.title)) == (company, title)


@pytest.mark.parametrize(
    ("sender", "company"),
    [
        (f"Acme {GREENHOUSE}", "Acme"),
        (f"Acme via Greenhouse {GREENHOUSE}", "Acme"),
        (f"Acme Hiring Team {GREENHOUSE}", "Acme"),
        (f"Acme Talent Acquisition {GREENHOUSE}", "Acme"),
        (f"The Acme Robotics Team {GREENHOUSE}", "Acme Robotics"),
        (f"Team Acme {GREENHOUSE}", "Acme"),
        (f"Careers at Acme {GREENHOUSE}", "Acme"),
        (f"Acme Careers {GREENHOUSE}", "Acme"),
        (f"Dana from Acme {GREENHOUSE}", "Acme"),
        (f"Dana Reed at Acme {GREENHOUSE}", "Acme"),
        (f"no-reply Acme {GREENHOUSE}", "Acme"),
        (f"Recrutement Acme {GREENHOUSE}", "Acme"),
        (f"Acme Karriere {GREENHOUSE}", "Acme"),
        ("Workday @ Acme <acme@myworkday.com>", "Acme"),
        ("Acme @ icims <acme+autoreply@talent.icims.com>", "Acme"),
        ("Acme Human Resources <system@successfactors.com>", "Acme"),
        (f"Dana Reed {GREENHOUSE}", ""),
        (f"HR Team {GREENHOUSE}", ""),
        (f"Greenhouse {GREENHOUSE}", ""),
        ("Workday <noreply@myworkday.com>", ""),
        ("HR Systems <walmart@myworkday.com>", "Walmart"),
        ("LinkedIn <jobs-noreply@linkedin.com>", ""),
        ("Dana Reed <dana.reed@gmail.com>", ""),
        ("Amazon.jobs <noreply@mail.amazon.jobs>", "Amazon"),
    ],
)
def test_a_display_name_is_resolved_to_the_employer(sender: str, company: str) -> None:
    assert value(read(mail("Application received", "Hello", sender)).company) == company


TABLE = Path(__file__).with_name("names.tsv")
LINES = TABLE.read_text(encoding="utf-8").splitlines()
ROWS = list(csv.DictReader(LINES, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.mark.parametrize("row", ROWS, ids=[f"{n}-{row['company']}" for n, row in enumerate(ROWS, 2)])
def test_names_are_read_from_mail_of_the_genre(row: dict[str, str]) -> None:
    names = read(mail(row["subject"], row["text"].replace("\\n", "\n"), row["sender"]))
    assert (value(names.company), value(names.title)) == (row["company"], row["title"])


def test_a_sentence_has_the_better_spelling_than_the_sender() -> None:
    names = read(mail("", "Thank you for applying to Gap Inc.", "gapinc <gapinc@myworkday.com>"))
    assert value(names.company) == "Gap Inc."


def test_the_spelling_of_a_slug_is_looked_for_in_the_mail() -> None:
    names = read(mail("Application received", "Bloom Energy is growing.", "<bloomenergy@myworkday.com>"))
    assert value(names.company) == "Bloom Energy"
    assert names.company is not None
    assert names.company.rule == "tenant.spelled"


def test_the_senders_own_domain_finds_the_name_in_the_text() -> None:
    text = "Dear Sam,\nwe have your application. At Lucid Motors we read each one."
    assert value(read(mail("Received", text, "<no-reply@lucidmotors.com>")).company) == "Lucid Motors"


def test_an_offices_own_domain_is_the_last_resort_and_a_persons_is_none() -> None:
    office = read(mail("Received", "Thank you.", "<careers@initech.com>")).company
    assert office is not None
    assert (office.value, office.rule) == ("Initech", "domain.slug")
    assert read(mail("Received", "Thank you.", "<dana@initech.com>")).company is None
    assert read(mail("Received", "Thank you.", "<careers@talenthub.com>")).company is None


def test_what_a_tenant_calls_its_own_system_is_no_company() -> None:
    names = read(mail("Received", "Thank you.", "Colleague Zone <walmart@myworkday.com>"))
    assert value(names.company) == "Walmart"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Your application for Data Analyst (RC742290) is here.", "Data Analyst"),
        ("Your application to REQ_0000054122 Data Analyst is here.", "Data Analyst"),
        ("Opening ID 254812, Data Analyst Senior is closed.", "Data Analyst Senior"),
        ("We liked your application for Data Analyst and wanted to say so.", "Data Analyst"),
        ("We enjoyed your application for Data Analyst a lot.", "Data Analyst"),
        ("Your application for part-time GIS Intern is here.", "GIS Intern"),
    ],
)
def test_numbers_and_the_rest_of_a_sentence_are_no_part_of_a_title(text: str, title: str) -> None:
    assert value(read(mail(text=text)).title) == title


def test_an_invitation_to_a_job_is_no_part_of_its_title() -> None:
    assert (
        value(read(mail("Invitation to the Entry Level Data Consultant")).title)
        == "Entry Level Data Consultant"
    )


def test_a_title_that_no_sentence_introduces_is_taken_where_it_is_the_only_one() -> None:
    text = "Hi Sam,\nwe hired somebody else, sorry. Research Associate searches are hard.\n\nDana"
    assert value(read(mail(text=text)).title) == "Research Associate"
    text = "Hi Sam,\nResearch Associate, Data Engineer and Product Designer are open."
    assert read(mail(text=text)).title is None


def test_a_signature_names_the_company() -> None:
    text = "Hi Sam,\n\nwe have your application and will read it.\n\nBest,\nThe Acme Robotics Talent Team"
    assert value(read(mail("Received", text)).company) == "Acme Robotics"


@pytest.mark.parametrize(
    ("closing", "company"),
    [
        ("Acme Recruiting\n\nWant more jobs like this? Sign up for job alerts.", "Acme"),
        (
            "Human Resources\nAcme Research Institute\n\nBeware of job scams, they are frequent.",
            "Acme Research Institute",
        ),
        ("Best regards, Resourcing, Acme", "Acme"),
        ("Your friends at Acme", "Acme"),
        ("Jordan Pike\nRecruiter | Acme", "Acme"),
        ("Acme's Recruiting Team", "Acme"),
        ("McDonald's Recruiting Team", "McDonald's"),
        ("Direction du Recrutement, Acme", "Acme"),
        ("Ihr Recruiting von Acme", "Acme"),
        ("Equipo de Selección de Acme", "Acme"),
        ("Acme is powered by Workable", "Acme"),
        ("Jordan Pike\nRecruiter", ""),
        ("Regards,\nZofia", ""),
    ],
)
def test_closing_lines_name_the_company_beside_departments_and_people(closing: str, company: str) -> None:
    text = f"Hi Sam,\n\nwe have your application and will read it.\n\n{closing}"
    assert value(read(mail("Received", text)).company) == company


def test_a_system_is_no_employer_in_a_footer() -> None:
    text = "Hi Sam,\n\nwe have your application.\n\nThanks,\nThe Greenhouse Team\n© 2026 Greenhouse"
    assert read(mail("Received", text, GREENHOUSE)).company is None


def test_the_person_who_writes_and_the_department_below_are_no_company() -> None:
    text = "We have an update.\n\nThanks,\nOrla\n\nOrla Quennell | People & Culture"
    for sender in ("Orla Quennell <orla.quennell@zhk.example>", "Orla Quennell <orla.quennell@personio.de>"):
        assert read(mail("Update", text, sender)).company is None
    shown = f"Dana Reed | Fernhill {GREENHOUSE}"
    assert value(read(mail("Update", "Thanks for coming in.", shown)).company) == "Fernhill"


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Offer of employment - Fernhill AI, Inc.", "Dear Sam, Fernhill sends you its letter."),
        ("Your application", "If there is interest in your candidacy, a representative will write."),
        ("Delivered", "Vacancy: as advertised\nEmployer: Fernhill"),
    ],
)
def test_the_rest_of_a_name_and_a_turn_of_phrase_are_no_title(subject: str, text: str) -> None:
    assert read(mail(subject, text, f"Fernhill {GREENHOUSE}")).title is None


def test_the_candidates_own_name_is_no_company() -> None:
    assert read(mail("Application received - Sam Taylor", "Hello")).company is None


def test_a_name_broken_over_two_lines_is_one() -> None:
    text = "Thank you for taking the time to send in an application to Northern\nLights Energy. We have it."
    assert value(read(mail(text=text)).company) == "Northern Lights Energy"
    assert unwrapped("Short\nlines\nstay") == "Short\nlines\nstay"


def test_a_name_ends_with_its_line() -> None:
    text = "Thank you for your interest in Asana\nData Analyst\nBerlin"
    assert value(read(mail(text=text)).company) == "Asana"
    text = "Thank you for applying to Procter &\nGamble Street 5"
    assert value(read(mail(text=text)).company) == "Procter"


def test_known_companies_come_first_and_the_longest_wins() -> None:
    reader = Reader(known_companies=("Acme", "Acme Robotics", "Crédit Agricole"))
    assert value(read(mail(text="A note on your file with ACME ROBOTICS"), reader).company) == "ACME ROBOTICS"
    assert value(read(mail(text="Votre dossier au credit agricole"), reader).company) == "credit agricole"


def test_a_known_company_is_not_found_inside_other_words() -> None:
    assert read(mail(text="Pacmes and acmeist things"), Reader(known_companies=("Acme",))).company is None


def test_a_known_company_that_is_a_word_needs_more_than_the_word() -> None:
    reader = Reader(known_companies=("Match", "Target", "Block"))
    assert read(mail(text="If there is a match we will target a date and block it."), reader).company is None
    assert value(read(mail(text="A few words on your interview at Block"), reader).company) == "Block"


@pytest.mark.parametrize(
    ("message", "known"),
    [
        (mail(text="Nous allons faire le point sur votre dossier."), "Faire"),
        (mail(text="Join on Google Meet at nine."), "Google"),
        (mail("Invitation", "", "Google Calendar <calendar-notification@google.com>"), "Google"),
        (mail("Following up", "See you.", "Lindsay Abbott <labbott@kforce.com>"), "Abbott"),
    ],
)
def test_a_known_name_in_another_sense_is_no_company(message: Message, known: str) -> None:
    assert read(message, Reader(known_companies=(known,))).company is None


def test_a_known_title_elsewhere_does_not_displace_what_the_sentence_says() -> None:
    text = "Thank you for applying for the Product Owner position. Other jobs: Data Engineer, Berlin."
    assert value(read(mail(text=text), Reader(known_titles=("Data Engineer",))).title) == "Product Owner"


def test_a_known_company_is_found_by_its_tenant_and_by_its_own_domain() -> None:
    reader = Reader(known_companies=("Securian Financial", "Gap Inc"))
    names = read(mail("RE: onsite", "See you then.", "Rachel Kim <rkim@securianfinancial.com>"), reader)
    assert value(names.company) == "Securian Financial"
    names = read(mail("Received", "Thank you.", "Workday <gap@myworkday.com>"), reader)
    assert value(names.company) == "Gap Inc"


def test_another_company_in_the_sentence_beats_a_known_one_elsewhere() -> None:
    reader = Reader(known_companies=("Acme",))
    text = "Thank you for applying to Globex. Our customers, such as Acme, trust us."
    assert value(read(mail(text=text), reader).company) == "Globex"


def test_a_known_title_is_taken_unless_it_is_part_of_another() -> None:
    reader = Reader(known_titles=("Data Engineer",))
    assert value(read(mail(text="about the data engineer job"), reader).title) == "data engineer"
    text = "Thank you for applying for the Senior Data Engineer position at Acme."
    assert value(read(mail(text=text), reader).title) == "Senior Data Engineer"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Your application for R-0008694 Data Analyst was received.", "R-0008694"),
        ("Thank you for applying for Data Engineer - JR1986530.", "JR1986530"),
        ("the position 85513BR Data Analyst", "85513BR"),
        ("Software Engineer (ID: 3042163) at Amazon, your application", "3042163"),
        ("Data Engineer, Job ID 1444416", "1444416"),
        ("Requisition Number: 2025-71598", "2025-71598"),
        ("the Data Analyst role (2025-71598)", "2025-71598"),
        ("Ihre Bewerbung, Kennziffer: 4711-22", "4711-22"),
        ("votre candidature, référence : DEV-2219", "DEV-2219"),
        ("your interest in the Software Developer position (2625575).", "2625575"),
        ("Thank you for your application for Analyst (Ref 8595328)", "8595328"),
        ("your application: https://jobs.example/?refId=1a15be1c393b0757&jobId=77812345", ""),
        ("Call us at 555-0100, reference our office hours 2026.", ""),
        ("Your order #123456 was shipped.", ""),
        ("on 2025-11-24 we met", ""),
    ],
)
def test_a_requisition_number_is_found_beside_its_cue(text: str, number: str) -> None:
    assert value(read(mail(text=text)).requisition_id) == number


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("your application for Data Engineer (R-0008694).", "Data Engineer"),
        ("your application for Data Engineer - JR1986530.", "Data Engineer"),
        ("your application for 85513BR Data Engineer.", "Data Engineer"),
        ("your application for Data Engineer (ID: 3042163).", "Data Engineer"),
        ("your application for Data Engineer (Remote).", "Data Engineer"),
        ("your application for Data Engineer - Austin, TX.", "Data Engineer"),
        ("your application for Data Engineer (m/w/d).", "Data Engineer"),
        ('your application for the position of "Data Engineer, Growth".', "Data Engineer, Growth"),
        ("your application for Data Engineer has been received.", "Data Engineer"),
        ("your application for Data Engineer landed safely with us.", "Data Engineer"),
        ("your application for C++ Developer.", "C++ Developer"),
        ("your application for Sr. Data Engineer.", "Sr. Data Engineer"),
    ],
)
def test_a_title_loses_number_place_and_gender_mark(text: str, title: str) -> None:
    assert value(read(mail(text=text)).title) == title


def test_a_receipt_of_a_board_is_read_by_its_layout_even_where_lines_are_lost() -> None:
    lines = "Your application was sent to Acme\n\nData Engineer\nAcme · Berlin (Hybrid)\nApplied on 1 March"
    names = read(mail("", lines, "LinkedIn <jobs-noreply@linkedin.com>"))
    assert (value(names.company), value(names.title), names.ats) == ("Acme", "Data Engineer", "LinkedIn")
    glued = "Votre candidature a été envoyée à Back MarketDéveloppeur Full StackBack MarketLyon (Hybride)Voir"
    names = read(mail(text=glued))
    assert (value(names.company), value(names.title)) == ("Back Market", "Développeur Full Stack")


@pytest.mark.parametrize(
    ("subject", "company", "title"),
    [
        ("Sam, your application was sent to Nickel | BNP Paribas", "Nickel | BNP Paribas", ""),
        ("Votre candidature a été envoyée à Extia - Ingénierie", "Extia - Ingénierie", ""),
        ("Votre candidature a été vue par le Groupe La Poste", "le Groupe La Poste", ""),
        ("Sam, votre candidature a été envoyée à adesso SE", "adesso SE", ""),
        ("Votre candidature\u00a0: Ingénieur (H/F) - Data chez Acme & Fils", "Acme & Fils", "Ingénieur"),
        ("Your application to Data Analyst at Acme", "Acme", "Data Analyst"),
        ("Ihre Bewerbung wurde an Beispiel AG gesendet", "Beispiel AG", ""),
        ("Deine Bewerbung wurde von Beispiel AG angesehen", "Beispiel AG", ""),
        ("Tu solicitud se ha enviado a Glovo", "Glovo", ""),
    ],
)
def test_a_boards_subject_holds_the_company_to_its_end(subject: str, company: str, title: str) -> None:
    names = read(mail(subject, "", "LinkedIn <jobs-noreply@linkedin.com>"))
    assert (value(names.company), value(names.title)) == (company, title)


def test_mail_about_no_application_names_nothing() -> None:
    text = "Thank you for applying to Acme for the Data Engineer position."
    for category in (MailCategory.NOT_JOB, MailCategory.JOB_ALERT):
        names = read(mail("", text), category=category)
        assert (names.company, names.title, names.requisition_id, names.interviews) == (None, None, None, ())


def test_a_forwarded_mail_is_read_inside() -> None:
    inner = mail("Thank you for applying to Acme", "the Data Analyst role at Acme", f"Acme {GREENHOUSE}")
    outer = mail("Fwd: Thank you", "see below", "Sam <sam@example.org>", forwarded=inner)
    names = read(outer, Reader(own_addresses=frozenset({"sam@example.org"})))
    assert names.company is not None
    assert (names.company.value, names.company.where) == ("Acme", "forwarded")


def test_what_is_said_now_beats_what_is_quoted() -> None:
    names = read(mail("", "Your interview at Acme is set.", quoted="Thank you for applying to Globex."))
    assert value(names.company) == "Acme"


def test_links_to_postings_are_kept_in_their_one_spelling_and_others_are_not() -> None:
    names = read(
        mail(
            text="Thank you for applying to Acme",
            links=(
                "https://boards.greenhouse.io/acme/jobs/4012345?gh_src=x&utm_source=mail",
                "https://boards.greenhouse.io/acme/jobs/4012345",
                "https://acme.wd5.myworkdayjobs.com/en-US/External/job/Berlin/Data-Engineer_R-123",
                "https://acme.wd5.myworkdayjobs.com/en-US/External/userHome",
                "https://careers.acme.example/jobs/12345/data-engineer",
                "https://acme.example/unsubscribe?id=1",
                "https://www.linkedin.com/company/acme",
                "https://example.org/logo.png",
            ),
        )
    )
    assert [found.value for found in names.posting_urls] == [
        "https://boards.greenhouse.io/acme/jobs/4012345",
        "https://acme.wd5.myworkdayjobs.com/external/job/_R-123",
        "https://careers.acme.example/jobs/12345/data-engineer",
    ]


def test_a_receipt_of_a_board_keeps_only_the_job_it_is_about() -> None:
    links = tuple(f"https://www.linkedin.com/comm/jobs/view/{number}" for number in (11111, 22222, 33333))
    sender = "LinkedIn <jobs-noreply@linkedin.com>"
    assert len(read(mail("", "Your application was sent to Acme", sender, links=links)).posting_urls) == 1
    assert len(read(mail("", "Your application was sent to Acme", links=links)).posting_urls) == 1
    assert (
        len(read(mail("", "New jobs", sender, links=links), category=MailCategory.JOB_ALERT).posting_urls)
        == 3
    )


def invitation(**changes: object) -> Invitation:
    base: dict[str, object] = {
        "method": "REQUEST",
        "uid": "abc@google.com",
        "recurrence_id": None,
        "sequence": 0,
        "summary": "Interview at Acme",
        "description": "",
        "location": "Room 1",
        "organizer": None,
        "starts_at": dt.datetime(2026, 3, 10, 9, tzinfo=dt.UTC),
        "ends_at": dt.datetime(2026, 3, 10, 10, tzinfo=dt.UTC),
        "cancelled": False,
    }
    return Invitation(**{**base, **changes})  # type: ignore[arg-type]


def test_invitations_become_interviews_once_with_the_highest_sequence() -> None:
    events = (invitation(), invitation(sequence=2, location="Room 2"), invitation(sequence=1, cancelled=True))
    names = read(mail(invitations=events), category=MailCategory.INTERVIEW)
    assert [(one.where, one.sequence, one.cancelled) for one in names.interviews] == [("Room 2", 2, False)]
    assert value(names.company) == "Acme"


def test_an_answer_to_an_invitation_is_no_interview() -> None:
    assert (
        read(mail(invitations=(invitation(method="REPLY"),)), category=MailCategory.INTERVIEW).interviews
        == ()
    )


def test_a_workday_digest_yields_one_item_per_application() -> None:
    text = (
        "Daily Digest\n\n"
        "Business Process: Job Application: Sam Taylor - R-0008694 Data Analyst on 03/02/2026\n"
        "Your application is under review.\n\n"
        "Business Process: Job Application: Sam Taylor - R-0009001 Data Engineer on 03/02/2026\n"
        "We have decided to move forward with other candidates.\n"
    )
    items = digest_items(mail("Daily Digest", text, "HR Systems <walmart@myworkday.com>"), NOBODY)
    assert [(value(one.company), value(one.title), value(one.requisition_id)) for one in items] == [
        ("Walmart", "Data Analyst", "R-0008694"),
        ("Walmart", "Data Engineer", "R-0009001"),
    ]
    assert "other candidates" in items[1].passage
    assert "other candidates" not in items[0].passage


def test_a_list_of_a_board_yields_one_item_per_job() -> None:
    text = (
        "Updates on your applications\n\nData Engineer\nAcme · Berlin\nNo longer considered\n\n"
        "Data Analyst\nGlobex · Paris\nApplication viewed\n"
    )
    items = digest_items(mail("Updates", text, "LinkedIn <jobs-noreply@linkedin.com>"), NOBODY)
    assert [(value(one.company), value(one.title)) for one in items] == [
        ("Acme", "Data Engineer"),
        ("Globex", "Data Analyst"),
    ]


def test_similar_jobs_below_a_receipt_are_no_digest() -> None:
    text = (
        "Your application was sent to Acme\n\nData Engineer\nAcme · Berlin\n\nSimilar jobs\n\n"
        "Data Analyst\nGlobex · Paris\n\nBackend Developer\nInitech · Rome\n"
    )
    message = mail("Sam, your application was sent to Acme", text, "LinkedIn <jobs-noreply@linkedin.com>")
    assert digest_items(message, NOBODY) == ()
    assert digest_items(mail("Updates on your applications", text, message.sender.email), NOBODY) == ()


def test_a_mail_about_one_application_is_no_digest() -> None:
    assert digest_items(mail("", "Thank you for applying to Acme for the Data Engineer role."), NOBODY) == ()


CATEGORIES = st.sampled_from(
    [one for one in MailCategory if one not in {MailCategory.NOT_JOB, MailCategory.JOB_ALERT}]
)
PIECES = st.sampled_from(
    [
        *(
            "Thank you for applying to ",
            "your application for ",
            " position at ",
            "Acme",
            "Inc.",
            ", ",
            ". ",
            "\n",
        ),
        *(
            " - ",
            "(",
            ")",
            "'s ",
            "R-12345",
            "Data Engineer",
            "votre candidature ",
            " chez ",
            "bei der ",
            "en ",
            "\x00",
        ),
        *(
            "Best,\nThe ",
            " Team",
            "İstanbul",
            "ﬁ",
            "ß",
            "\u200b",
            "@",
            "via ",
            "“",
            "”",
            "—",
            "|",
            "*",
            "é" * 30,
            "A" * 50,
        ),
    ]
)


def squeezed(text: str) -> str:
    return "".join(text.split())


@given(
    st.lists(PIECES, max_size=30).map("".join),
    st.lists(PIECES, max_size=12).map("".join),
    st.text(),
    CATEGORIES,
)
def test_whatever_the_mail_says_names_are_pieces_of_it(
    subject: str, text: str, name: str, category: MailCategory
) -> None:
    message = mail(subject, text + "\n" + subject, f"{name} <x@acme.example>", quoted=text)
    reader = Reader(known_companies=("Acme", "Straße"), known_titles=("Data Engineer",))
    names = extract(message, reader, category)
    everything = squeezed(subject + "\n" + text + "\n" + subject + "\n" + message.sender.name + "\n" + text)
    for found in (names.company, names.title, names.requisition_id):
        if found is not None and not found.rule.endswith(".slug"):
            assert found.value == found.value.strip() != ""
            assert "\n" not in found.value
            assert squeezed(found.value) in everything
    digest_items(message, reader)


@given(st.text(max_size=3000), st.text(max_size=300))
def test_no_text_makes_it_raise(text: str, subject: str) -> None:
    message = mail(subject, text, f"{subject} <{subject}@{text}>", links=(text, subject))
    extract(message, Reader(known_companies=(subject[:5], "Acme")), MailCategory.REJECTION)
    digest_items(message, NOBODY)


@pytest.mark.parametrize(
    "text",
    [
        "a" * 200_000,
        "Thank you for applying to " * 8_000,
        "for the " * 25_000,
        "A B " * 50_000,
        "( " * 100_000,
        "your application " * 12_000,
        "position\n" * 22_000,
        "- " * 100_000,
        "Acme's " * 28_000,
        "job id # " * 22_000,
        "Job Application: x - R-12345 " * 7_000,
        "·\n" * 100_000,
        "\u00e9 . " * 50_000,
    ],
)
def test_hostile_text_is_bounded(text: str) -> None:
    message = mail(text[:1000], text, "x <x@acme.example>")
    began = time.perf_counter()
    extract(message, Reader(known_companies=("Acme", "A")), MailCategory.CONFIRMATION)
    digest_items(message, NOBODY)
    assert time.perf_counter() - began < 2


def test_names_in_the_shared_corpus_are_mostly_right_and_hardly_ever_wrong(shared_data: Path) -> None:
    counts: Counter[str] = Counter()
    folder = shared_data / "mail"
    with (folder / "MANIFEST.tsv").open(encoding="utf-8") as manifest:
        for row in csv.DictReader(manifest, delimiter="\t"):
            if row["label"] not in set(MailCategory) or not row["company"]:
                continue
            message = read_message((folder / row["file"]).read_bytes())
            company = value(extract(message, NOBODY, MailCategory(row["label"])).company)
            right = same_company(name_key(company), name_key(row["company"]))
            outcome = "missing" if not company else "right" if right else "wrong"
            counts[outcome] += 1
    assert counts["right"] >= 55
    assert counts["wrong"] == 0
