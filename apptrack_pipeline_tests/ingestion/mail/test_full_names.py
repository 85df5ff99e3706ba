"""Short forms, initials, legal forms: which writing of a company's name counts."""

from __future__ import annotations

import pytest

from apptrack_pipeline.domain import MailCategory
from apptrack_pipeline.ingestion.mail.extract import extract
from apptrack_pipeline.ingestion.mail.message import Address, Message
from apptrack_pipeline.ingestion.mail.reading import read_message
from apptrack_pipeline.ingestion.mail.signals import (
    Reader,
)


def company(
    text: str,
    *,
    subject: str = "Your application",
    sender: str = "",
    category: MailCategory = MailCategory.CONFIRMATION,
    known: tuple[str, ...] = (),
) -> str:
    name, _, email = sender.rpartition("<")
    message = Message(
        message_id=None,
        references=(),
        sender=Address(name.strip(), email.rstrip(">")),
        reply_to=None,
        recipients=(Address("Sam Taylor", "candidate@example.org"),),
        subject=subject,
        sent_at=None,
        text=text,
        quoted_text="",
        links=(),
        invitations=(),
        forwarded=None,
        attachments=(),
        is_bulk=False,
        is_automatic=False,
        authentication_results=(),
    )
    found = extract(message, Reader(known_companies=known), category).company
    return found.value if found else ""


@pytest.mark.parametrize(
    ("text", "full"),
    [
        ("At Duke, we care.\n\nThanks,\nThe Duke Energy Talent Team", "Duke Energy"),
        ("Thanks for applying to Lumen!\n\nLumen Technologies is an equal employer.", "Lumen Technologies"),
        ("Thanks for applying to Arlo!\n\nArlo Hospital\n12 Main Street", "Arlo Hospital"),
        (
            "Thank you for applying to Guidewire!\n\nGuidewire Software does not accept unsolicited resumes.",
            "Guidewire Software",
        ),
        ("At Tyson, we care.\n\nYou applied for the role of Analyst at Tyson Foods.", "Tyson Foods"),
    ],
)
def test_a_short_form_becomes_the_name_that_the_mail_writes_in_full(text: str, full: str) -> None:
    assert company(f"Hi Sam,\n{text}") == full


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Thanks for applying to Amazon. You know Amazon Web Services well.", "Amazon"),
        ("Thanks for applying to Uber.\n\n© 2025 Uber Technologies, Inc.", "Uber"),
        ("Thanks for applying to Ramp.\n\nRamp Privacy Policy | Ramp Careers\nAbout Ramp Benefits", "Ramp"),
        ("Thanks for applying to Cox.\n\nCox Automotive\nCox Energy", "Cox"),
        ("Thanks for applying to Acme.\n\nJoin Acme Engineering\nGarmin University Relations", "Acme"),
        ("Thanks for applying to Deloitte.\n\nAbout Deloitte Canada\n", "Deloitte"),
        (
            "Thanks for applying to Lyra.\n\nLyra Insurance\n\nLyra provides equal employment opportunities.",
            "Lyra",
        ),
    ],
)
def test_products_teams_places_and_legal_names_do_not_make_a_name_longer(text: str, kept: str) -> None:
    assert company(f"Hi Sam,\n{text}") == kept


def test_a_tracked_name_stays_as_it_is_tracked() -> None:
    text = "Hi Sam,\nthanks for applying to Tyson.\n\nTyson Foods\n2200 W Don Tyson Pkwy"
    assert company(text) == "Tyson Foods"
    assert company(text, known=("Tyson",)) == "Tyson"


@pytest.mark.parametrize(
    ("text", "full"),
    [
        (
            "Thank you for applying to BCG.\nBoston Consulting Group hires all year.",
            "Boston Consulting Group",
        ),
        ("Thank you for applying to COS.\nRegards,\nCenter for Open Science", "Center for Open Science"),
        (
            "Thank you for applying to FRB.\nYour role at the Federal Reserve Bank of Dallas is open.",
            "Federal Reserve Bank of Dallas",
        ),
        ("Thank you for applying to JDR.\nJane Dana Reed will call you.", "JDR"),
        ("Thank you for applying to SDA.\nSenior Data Analyst is a popular role.", "SDA"),
    ],
)
def test_initials_become_the_name_whose_initials_they_are(text: str, full: str) -> None:
    assert company(f"Hi Sam,\n{text}") == full


def test_the_address_does_not_cut_a_name_that_a_sentence_gives() -> None:
    text = "Dear Sam,\nthank you for applying for the position of Analyst at Denison University."
    assert company(text, sender="Human Resources <hr@denison.edu>") == "Denison University"
    text = "Hallo Sam,\ndanke für deine Bewerbung als Analyst bei HelloFresh!"
    assert company(text, sender="HelloFresh <jobs@hellofresh-x.recruitee.com>") == "HelloFresh"


def test_a_short_form_in_a_german_signature_becomes_the_name_of_the_sentence() -> None:
    text = "Guten Tag,\ndanke für Ihre Bewerbung bei der Deutsche Bahn.\n\nIhr Recruiting-Team der Bahn"
    assert company(text, sender="Deutsche Bahn <no-reply@recruiting.bahn.com>") == "Deutsche Bahn"


@pytest.mark.parametrize(
    ("text", "sender"),
    [
        (
            "Hi Sam,\nlet's talk.\n\nTom Bell | Partner\nNexo Analytics LLC",
            "Tom Bell <tbell@nexoanalytics.com>",
        ),
        ("Hi Sam,\nthanks for applying to Nexo Analytics LLC.", "Nexo Analytics <hr@nexo.com>"),
    ],
)
def test_a_legal_form_is_left_out_where_the_sender_does_not_use_it(text: str, sender: str) -> None:
    assert company(text, sender=sender) == "Nexo Analytics"


def test_a_legal_form_stays_where_the_mail_uses_no_other_writing() -> None:
    assert company("Hi Sam,\nthanks for applying to Snap Inc.\n") == "Snap Inc."
    text = "Hi Sam,\nthanks for applying to Tennant Company."
    assert company(text, sender="Tennant <hr@tennant.com>") == "Tennant Company"


@pytest.mark.parametrize(
    ("text", "sender", "name"),
    [
        (
            "Hi Sam,\nlet's talk.\n\nAnn Lee\nUnity Children's Hospital\n7 Hill Road",
            "Ann Lee <alee@unitychildrens.org>",
            "Unity Children's Hospital",
        ),
        ("Hi Sam,\nno luck this time.\n\nYour friends at Wendy's\n\nNOTE: Do not reply.", "", "Wendy's"),
        ("St. Luke's Hospital is one of the oldest in Ohio.", "", "St. Luke's Hospital"),
        ("Thanks for your interest in D. E. Shaw group.", "", "D. E. Shaw"),
    ],
)
def test_apostrophes_saints_and_initials_do_not_cut_a_name(text: str, sender: str, name: str) -> None:
    assert company(text, sender=sender) == name


@pytest.mark.parametrize(
    ("text", "sender", "name"),
    [
        ("Hola:\nConsejos para tu candidatura\nLas personas con CV lo tienen mejor.", "", ""),
        ("Hola:\nle confirmamos su solicitud PI-2024-118.", "Servicio de Selección <>", ""),
        (
            "Guten Tag,\nwir haben Ihre Bewerbung.\n\nMit freundlichen Grüßen\nStadt Köln\nPersonal- und"
            " Organisationsreferat",
            "Bewerbermanagement <bewerbung@koeln.de>",
            "Stadt Köln",
        ),
        ("Hi Sam,\nas part of your application, please do a test with SHL.", "", ""),
        ("Hi Sam,\nlet's talk.\n\nMany thanks,\nGemma Tate\nTate Partners", "", "Tate Partners"),
    ],
)
def test_words_files_offices_and_vendors_are_no_companies(text: str, sender: str, name: str) -> None:
    assert company(text, sender=sender, subject="") == name


@pytest.mark.parametrize(
    ("text", "sender", "name"),
    [
        ("I'm the CTO at Ayo Networks. Open to new things?", "", "Ayo Networks"),
        ("This is Ravi from Ampere. We have an opening with a client.", "", "Ampere"),
        ("I'm Claire from Randstad and my client looks for an analyst.", "", "Randstad"),
        ("My name is Rob Fox with Kforce and I have an opening for an analyst.", "", "Kforce"),
        ("My name's Jo and I recruit for Vercel.", "", "Vercel"),
        ("I'm a talent scout at Northrop Grumman.", "", "Northrop Grumman"),
        ("Collab is one of the fastest growing staffing firms.", "", "Collab"),
        (
            "My client is hiring.\n\nAmy Lee\nRecruiter\nAerospan\n555-0100",
            "Amy Lee <al@aerospan.com>",
            "Aerospan",
        ),
        ("My client is hiring.\n\nNoor\nFounder, Kanto Talent", "Noor <noor@kantotalent.io>", "Kanto Talent"),
        ("My client is hiring.\n\nBest,\nDana\nSunrise Staffing LLC", "", "Sunrise Staffing LLC"),
        ("My client is hiring.\n\nDan", "Dan Poe <dan.poe@gmail.com>", ""),
    ],
)
def test_a_recruiter_writes_for_the_agency_where_no_client_is_named(
    text: str, sender: str, name: str
) -> None:
    found = company(
        f"Hi Sam,\n{text}",
        sender=sender,
        subject="Data Analyst in Dayton, OH",
        category=MailCategory.RECRUITER_OUTREACH,
    )
    assert found == name


def test_a_client_that_is_named_comes_before_the_agency() -> None:
    text = "Hi Sam,\nthere is a role at Initech for you.\n\nBest,\nDana Reed\nRecruiter\nSunrise Staffing"
    assert company(text, category=MailCategory.RECRUITER_OUTREACH) == "Initech"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Sorry, we chose another.\n\nThanks,\nMia from Plaid\n\nPrivacy notice", "Plaid"),
        ("Are you free?\n\nJo @ Sphera Robotics\n\nPlease note our policy.", "Sphera Robotics"),
        ("Are you free?\n\nRecruiter, Initech\n\nPlease note our policy.", "Initech"),
        ("Sorry, we chose another.\n\nLyra Team\n\nThis mailbox cannot receive replies.", "Lyra"),
        ("Sorry, we chose another.\n\nAbout Figma\nFigma makes tools.", "Figma"),
        ("Sorry.\n\nHave a blessed day,\n\nCarol Reed\nHR Generalist\nOhio Farm Guild", "Ohio Farm Guild"),
        ("You'll meet Marcy, who leads the software group at Ball Aerospace.", "Ball Aerospace"),
        ("We're happy to make you an offer to join Systema Labs as an analyst!", "Systema Labs"),
        ("Meridian Freight has partnered with Checkr to run your check.", "Meridian Freight"),
        ("FlexCo has selected Vetty to conduct your screening.", "FlexCo"),
        ("Thank you for the interest you have shown in Airtable.", "Airtable"),
        (
            "We value your interest in Boston Scientific and invite you to see other openings.",
            "Boston Scientific",
        ),
        ("Merci de la confiance que vous témoignez à Back Market.", "Back Market"),
        ("Danke für Ihre Bewerbung als Data Scientist am Fraunhofer IAIS.", "Fraunhofer IAIS"),
    ],
)
def test_a_company_that_is_named_once_is_found(text: str, name: str) -> None:
    assert company(f"Hi Sam,\n{text}", subject="") == name


def test_common_letters_do_not_use_up_the_cues_that_are_looked_at() -> None:
    filler = "I think that I am in a big city, which is fine if I visit it. " * 60
    assert company(f"Hi Sam,\n{filler}\nThank you for applying to Initech.", subject="") == "Initech"


def test_a_job_is_no_company_though_one_applies_to_it() -> None:
    raw = (
        b"From: ebxv.fa.sender@workflow.mail.us2.cloud.oracle.com\n"
        b"Subject: Your application for Principal Member of Design Staff\n\n"
        b"Thank you for your interest in Brindleware. Your application to Principal Member of Design Staff "
        b"254411 was considered with care, and we will not pursue it.\n"
    )
    company = extract(read_message(raw), Reader(), MailCategory.REJECTION).company
    assert company is not None
    assert company.value == "Brindleware"


def test_a_first_name_above_its_office_is_no_company() -> None:
    raw = (
        b"Subject: \n\nWe decided to go with someone who has more experience in ranking.\n\nBest,\nElise\n"
        b"Recruiter, Brindleware\n"
    )
    company = extract(read_message(raw), Reader(), MailCategory.REJECTION).company
    assert company is not None
    assert company.value == "Brindleware"
