"""A text is taken apart: what is new, what is quoted, what is passed on."""

from __future__ import annotations

import time

import pytest

from apptrack_pipeline.ingestion.mail.quotes import is_forward_subject, is_reply_subject, split_mail

OLD = "Unfortunately we will not be moving forward."


@pytest.mark.parametrize(
    "intro",
    [
        "On Mon, Mar 2, 2026 at 10:00 AM Acme <hr@acme.example> wrote:",
        "On Mon, Mar 2, 2026 at 10:00 AM, Acme Hiring Team <a-very-long-address@acme.example>\nwrote:",
        "Am Mo., 2. März 2026 um 10:00 Uhr schrieb Acme <hr@acme.example>:",
        "Am 02.03.26 um 10:00 schrieb Acme:",
        "Am 02.03.2026 10:00 hat Acme geschrieben:",
        "Le lun. 2 mars 2026 à 10:00, Acme <hr@acme.example> a écrit :",
        "El lun, 2 mar 2026 a las 10:00, Acme (<hr@acme.example>) escribió:",
        "El lun, 2 mar 2026 a las 10:00, Acme (<hr@acme.example>)\nescribió:",
        "Il giorno lun 2 mar 2026 alle ore 10:00 Acme <hr@acme.example> ha scritto:",
        "Op ma 2 mrt 2026 om 10:00 schreef Acme <hr@acme.example>:",
        "Em seg., 2 de mar. de 2026 às 10:00, Acme <hr@acme.example> escreveu:",
        "Acme <hr@acme.example> wrote:",
        "Acme <hr@acme.example> schrieb am Mo., 2. März 2026, 10:00:",
        "-----Original Message-----\nFrom: Acme\nSent: Monday\nTo: Sam\nSubject: x\n",
        "-----Ursprüngliche Nachricht-----\nVon: Acme\nGesendet: Montag\nAn: Sam\nBetreff: x\n",
        "-----Message d'origine-----\nDe : Acme\nEnvoyé : lundi\nÀ : Sam\nObjet : x\n",
        "-----Mensaje original-----\nDe: Acme\nEnviado: lunes\nPara: Sam\nAsunto: x\n",
        "From: Acme <hr@acme.example>\nSent: Monday, March 2, 2026 10:00 AM\nTo: Sam\nSubject: x\n",
        "*From:* Acme <hr@acme.example>\n*Sent:* Monday\n*To:* Sam\n*Subject:* x\n",
        "From: Acme\n\nSent: Monday\n\nTo: Sam\n\nSubject: x\n",
        "________________________________\nFrom: Acme\nSent: Monday\nTo: Sam; Lee;\n Kim\nSubject: x\n",
        "Von: Acme <hr@acme.example>\nGesendet: Montag, 2. März 2026 10:00\nAn: Sam\nBetreff: x\n",
        "Gesendet: Montag, 02. März 2026 um 10:00 Uhr\nVon: Acme <hr@acme.example>\nAn: Sam\nBetreff: x\n",
        "De : Acme <hr@acme.example>\nEnvoyé : lundi 2 mars 2026 10:00\nÀ : Sam\nObjet : x\n",
        "De: Acme <hr@acme.example>\nEnviado el: lunes, 2 de marzo de 2026\nPara: Sam\nAsunto: x\n",
        "From:\tAcme\nDate:\tMonday\nTo:\tSam\nSubject:\tx\n",
    ],
)
@pytest.mark.parametrize("mark", ["> ", ""])
def test_older_mail_is_found_below_its_introduction(intro: str, mark: str) -> None:
    split = split_mail(f"We would like to meet you.\n\n{intro}\n{mark}{OLD}\n")
    assert split.own == "We would like to meet you."
    assert OLD in split.quoted
    assert split.forward is None


@pytest.mark.parametrize(
    "text",
    [
        f"Great news. On Mon, Mar 2, 2026 at 10:00 AM Acme <hr@acme.example> wrote: > {OLD}",
        f"Great news. -----Original Message----- From: Acme Sent: Monday To: Sam Subject: x {OLD}",
        f"Great news. ---------- Forwarded message --------- From: Acme <hr@acme.example> Date: Monday {OLD}",
    ],
)
def test_older_mail_is_found_where_the_line_ends_are_lost(text: str) -> None:
    split = split_mail(text)
    assert split.own == "Great news."
    assert OLD in (split.forward.text + str(split.forward.headers) if split.forward else split.quoted)


@pytest.mark.parametrize(
    "text",
    [
        "Your interview:\nDate: 10 March 2026\nFrom: 10:00\nTo: 11:00\nSubject: Analyst\nPlease be on time.",
        "On 10 March 2026 you will meet Dana.\nShe wrote the job description.",
        "On the agenda: a test.\nLe Monde: a newspaper.\nEl Paso: a town.",
        "Date: 10 March\nTo: the second floor",
        "Interview details\nDate: March 10, 2026\nFrom: Acme HQ\nSubject: Analyst\nWe want to meet you.",
        "From: Berlin\nTo: Paris\nWe pay for the journey.",
        "Open roles\n> Data Analyst\n\nMore below.",
        "Contact: dana@acme.example\nShe wrote: see you soon",
        "-----\nOriginal Message is a band.\n-----",
        "I attach the message that we forwarded.\nForwarded message",
        "Von: nach",
        "",
    ],
)
def test_what_only_looks_like_a_quote_stays(text: str) -> None:
    assert split_mail(text).own == text


def test_answers_between_quoted_lines_are_all_kept() -> None:
    text = "On Mon, 2 Mar 2026, Sam <sam@example.org> wrote:\n> When?\n\nTomorrow.\n\n> Where?\n\nHere."
    split = split_mail(text, is_reply=True)
    assert split.own == "Tomorrow.\nHere."
    assert "> When?" in split.quoted
    assert "> Where?" in split.quoted


def test_quoted_lines_without_an_introduction_are_quoted_when_there_are_three() -> None:
    assert split_mail(f"New.\n> {OLD}\n> Bye\n> Acme").own == "New."
    assert split_mail(f"New.\n> {OLD}", is_reply=True).own == "New."


def test_a_forward_that_is_marked_line_by_line_is_read_without_the_marks() -> None:
    text = (
        f"FYI\n\nBegin forwarded message:\n\n> From: Acme <hr@acme.example>\n> Subject: x\n> \n> {OLD}\n> Bye"
    )
    forward = split_mail(text).forward
    assert forward is not None
    assert (forward.headers["from"], forward.headers["subject"]) == ("Acme <hr@acme.example>", "x")
    assert forward.text == f"{OLD}\nBye"


def test_subjects_say_what_a_mail_is() -> None:
    assert all(
        map(is_forward_subject, ["Fwd: x", "FW: x", "WG: x", "TR : x", "RV: x", "I: x", "[list] Fwd: x"])
    )
    assert not any(
        map(is_forward_subject, ["Interview: x", "Re: Fwd: x", "Training: x", "", "Forward Deployed: x"])
    )
    assert all(map(is_reply_subject, ["Re: x", "AW: x", "RÉ: x", "SV: x", "Re[2]: x"]))
    assert not any(map(is_reply_subject, ["Recruiting: x", "Results: x", ""]))


@pytest.mark.parametrize(
    "text",
    [
        "On a " * 40_000,
        "\n\n\n" * 60_000 + "-",
        "From: a\n" * 20_000,
        "On x\n" * 40_000,
        "> \n" * 60_000,
        "> a\n\n" * 40_000,
        "From:\n" * 30_000,
        "Von: a\nBetreff: b\n" * 10_000,
        "a@" * 100_000,
        "*" * 200_000,
        "From: " + "x" * 200_000,
        "---------- Forwarded message ---------\n" * 5_000,
        "-" * 200_000,
        " --- Original " * 14_000,
        " On Mon x <a@b" * 14_000,
        "On 2026 @ " + "schrieb " * 20_000 + ":",
    ],
    ids=lambda text: text[:12],
)
def test_hostile_texts_are_taken_apart_in_a_moment(text: str) -> None:
    for is_forward in (False, True):
        begun = time.process_time()
        split_mail(text, is_reply=True, is_forward=is_forward)
        assert time.process_time() - begun < 1
