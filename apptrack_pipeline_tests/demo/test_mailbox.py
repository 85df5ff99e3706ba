"""The sample mailbox: what is in it, and that a mail server and a mail reader can take it."""

from __future__ import annotations

import datetime as dt
import gzip
import re
from collections import Counter
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import parseaddr
from pathlib import Path

import pytest
from icalendar import Calendar

from apptrack_pipeline.demo.mailbox import ACCOUNT_ADDRESS, AUTHSERV_ID, SampleMail, sample_mails
from apptrack_pipeline.demo.world import CAPTURES, MADE_OF_MAIL
from apptrack_pipeline.domain import MailCategory, Status

NOW = dt.datetime(2027, 3, 1, 12, 0, 30, 250_000, tzinfo=dt.UTC)
MAILS = sample_mails(now=NOW)
BY_KEY = {mail.key: mail for mail in MAILS}
EMPLOYERS = {
    capture.expected.company
    for capture in CAPTURES
    if capture.expected is not None and capture.expected.after_mail is not Status.SAVED
}
PLATFORMS = {
    *("greenhouse-mail.io", "lever.co", "ashbyhq.com", "workday.com", "myworkday.com", "myworkdayjobs.com"),
    *("smartrecruiters.com", "icims.com", "workablemail.com", "recruitee.com", "bamboohr.com"),
    *("codesignal.com", "linkedin.com", "indeed.com", "stepstone.de", "github.com"),
}


def parsed(mail: SampleMail) -> EmailMessage:
    message = message_from_bytes(mail.raw, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def body(mail: SampleMail) -> str:
    part = parsed(mail).get_body(("plain", "html"))
    assert part is not None
    charset = "latin-1" if "unknown" in str(part["content-type"]) else "utf-8"
    return part.get_payload(decode=True).decode(charset)


def event(mail: SampleMail) -> dict[str, object]:
    (part,) = [p for p in parsed(mail).walk() if p.get_content_type() == "text/calendar"]
    calendar = Calendar.from_ical(part.get_payload(decode=True))
    assert calendar["method"] == part.get_param("method") == "REQUEST"
    (found,) = calendar.walk("VEVENT")
    return {
        "uid": str(found["uid"]),
        "starts_at": found["dtstart"].dt,
        "ends_at": found["dtend"].dt,
        "sequence": int(found["sequence"]),
    }


def test_there_are_about_sixty_mails_of_every_category_oldest_first() -> None:
    assert 55 <= len(MAILS) <= 65
    assert len(BY_KEY) == len(MAILS)
    assert set(Counter(mail.category for mail in MAILS)) == set(MailCategory)
    received = [mail.received_at for mail in MAILS]
    assert received == sorted(received)
    assert all(dt.timedelta(0) < NOW - moment < dt.timedelta(weeks=4) for moment in received)
    assert all(moment.microsecond == 0 for moment in received)


def test_the_same_moment_gives_the_same_bytes_and_a_later_one_moves_the_dates() -> None:
    assert sample_mails(now=NOW) == MAILS
    week = dt.timedelta(weeks=1)
    later = sample_mails(now=NOW + week)
    assert [mail.received_at - week for mail in later] == [mail.received_at for mail in MAILS]
    moved = {mail.key: mail for mail in later}["quillmarsh-task"]
    assert "by 19 February 2027" in body(BY_KEY["quillmarsh-task"]).replace("\r\n", " ")
    assert "by 26 February 2027" in body(moved).replace("\r\n", " ")


@pytest.mark.parametrize("mail", MAILS, ids=lambda mail: mail.key)
def test_a_mail_is_whole(mail: SampleMail) -> None:
    message = parsed(mail)
    assert [defect for part in message.walk() for defect in part.defects] == []
    assert b"\n" not in mail.raw.replace(b"\r\n", b"")
    assert message["date"].datetime == mail.received_at
    assert message["subject"]
    assert (ACCOUNT_ADDRESS in str(message["from"])) == mail.is_own
    assert (ACCOUNT_ADDRESS in str(message["to"])) != mail.is_own
    assert not re.search(r"\{\w*", body(mail) + str(message["subject"]))
    assert (mail.title is None) or (mail.company is not None)
    if mail.category in {MailCategory.NOT_JOB, MailCategory.JOB_ALERT}:
        assert mail.company is None


def test_every_employer_that_has_an_application_has_written() -> None:
    assert {mail.company for mail in MAILS} >= EMPLOYERS


def test_a_mail_about_an_application_comes_after_its_posting_was_captured() -> None:
    first_capture: dict[str | None, dt.timedelta] = {}
    for capture in CAPTURES:
        if capture.expected is not None:
            first_capture.setdefault(capture.expected.company, capture.age)
    for mail in MAILS:
        if mail.company in first_capture and mail.category is not MailCategory.RECRUITER_OUTREACH:
            assert NOW - mail.received_at < first_capture[mail.company], mail.key


def test_confirmations_write_their_company_and_title_and_rejections_their_company() -> None:
    for mail in (
        mail for mail in MAILS if mail.category in {MailCategory.CONFIRMATION, MailCategory.REJECTION}
    ):
        message = parsed(mail)
        forwarded = [str(part.get_content()) for part in message.iter_attachments() if part.is_multipart()]
        written = " ".join([str(message["from"]), str(message["subject"]), body(mail), *forwarded])
        written = re.sub(r"\s+", " ", written)
        assert str(mail.company) in written, mail.key
        is_without = mail.title is None or mail.category is MailCategory.REJECTION
        assert is_without or str(mail.title) in written, mail.key


def test_a_label_is_the_capture_of_the_employer_that_the_mail_is_about() -> None:
    employers = {one.key: one.expected.company for one in CAPTURES if one.expected is not None}
    titles = {one.key: one.expected.title for one in CAPTURES if one.expected is not None}
    for mail in MAILS:
        if mail.application is not None:
            assert mail.company in {employers[mail.application], None}, mail.key
            assert mail.title in {titles[mail.application], None}, mail.key
        else:
            before_it = mail.category is MailCategory.RECRUITER_OUTREACH
            assert before_it or mail.company not in employers.values(), mail.key
    applied = {one.key for one in CAPTURES if one.expected and one.expected.after_mail is not Status.SAVED}
    assert {mail.application for mail in MAILS} - {None} == applied


def test_the_status_after_the_mail_is_that_of_its_labels() -> None:
    moves = {
        MailCategory.CONFIRMATION: Status.APPLIED,
        MailCategory.ASSESSMENT: Status.ASSESSMENT,
        MailCategory.INTERVIEW: Status.INTERVIEW,
        MailCategory.OFFER: Status.OFFER,
        MailCategory.REJECTION: Status.REJECTED,
    }
    order = [Status.SAVED, *moves.values()]
    expected = {one.key: one.expected for one in CAPTURES if one.expected is not None}
    statuses = {key: one.status for key, one in expected.items()}
    for mail in MAILS:
        to = moves.get(mail.category)
        if mail.application is not None and to is not None and not mail.is_forged:
            statuses[mail.application] = max(statuses[mail.application], to, key=order.index)
    assert statuses == {key: one.after_mail for key, one in expected.items()}


def test_what_mail_alone_makes_is_what_a_receipt_without_a_label_names() -> None:
    receipts = [
        mail for mail in MAILS if mail.category is MailCategory.CONFIRMATION and mail.application is None
    ]
    assert [(mail.company, mail.title, Status.APPLIED) for mail in receipts] == list(MADE_OF_MAIL)


def test_a_receipt_without_a_title_comes_between_two_applications_at_its_employer() -> None:
    (mail,) = (
        mail
        for mail in MAILS
        if mail.category is MailCategory.CONFIRMATION and mail.title is None and mail.application
    )
    ages = [
        capture.age
        for capture in CAPTURES
        if capture.expected and capture.expected.company == mail.company and capture.applied
    ]
    days = sorted((age - (NOW - mail.received_at)) / dt.timedelta(days=1) for age in ages)
    assert 0 < days[0] < 1 < days[1] < 2


def test_the_accounts_server_vouches_for_most_senders_and_finds_the_forged_ones() -> None:
    results = {mail.key: parsed(mail).get_all("authentication-results", []) for mail in MAILS}
    assert all(result.startswith(f"{AUTHSERV_ID};") for found in results.values() for result in found)
    passed = [key for key, found in results.items() if found and "dmarc=pass" in found[0]]
    assert len(passed) > 50
    forged = [mail.key for mail in MAILS if mail.is_forged]
    assert forged == ["thistlewire-spoofed", "spam-work-from-home"]
    for key in forged:
        topmost, below = results[key]
        assert "dmarc=fail" in topmost
        assert "dmarc=pass" in below
    assert {key for key, found in results.items() if not found} == {mail.key for mail in MAILS if mail.is_own}


def test_the_invitations_can_be_read_and_the_moved_one_keeps_its_identity() -> None:
    invited = [mail for mail in MAILS if b"text/calendar" in mail.raw]
    assert Counter(mail.category for mail in invited) == {MailCategory.INTERVIEW: 4, MailCategory.NOT_JOB: 1}
    first, moved = event(BY_KEY["fennholt-invite"]), event(BY_KEY["fennholt-moved"])
    assert first["uid"] == moved["uid"]
    assert (first["sequence"], moved["sequence"]) == (0, 1)
    assert moved["starts_at"] == dt.datetime(2027, 3, 2, 13, 0, tzinfo=dt.UTC)
    assert moved["ends_at"] == dt.datetime(2027, 3, 2, 14, 0, tzinfo=dt.UTC)


def test_a_digest_reports_on_two_applications() -> None:
    (digest,) = [mail for mail in MAILS if mail.events]
    assert [event.category for event in digest.events] == [MailCategory.REJECTION, MailCategory.CONFIRMATION]
    for reported in digest.events:
        assert f"{reported.requisition_id} {reported.title}" in body(digest)


def test_replies_refer_to_what_they_answer() -> None:
    ids = {str(parsed(mail)["message-id"]) for mail in MAILS}
    replies = [parsed(mail) for mail in MAILS if parsed(mail)["references"]]
    assert len(replies) > 7
    for reply in replies:
        references = str(reply["references"]).split()
        assert set(references) <= ids
        assert references[-1] == str(reply["in-reply-to"])


def test_the_awkward_shapes_are_there() -> None:
    types = {mail.key: [part.get_content_type() for part in parsed(mail).walk()] for mail in MAILS}
    assert types["brackenfold-confirmation"] == ["text/html"]
    assert types["stellmoor-confirmation"] == ["multipart/alternative", "text/plain", "text/html"]
    assert "message/rfc822" in types["forward-attached"]
    assert parsed(BY_KEY["orlavane-rejection"]).get_content_charset() == "x-mac-unknown"
    assert "étudié" in body(BY_KEY["orlavane-rejection"])
    assert parsed(BY_KEY["cinderlake-confirmation"])["message-id"] is None
    assert sum(mail.is_own for mail in MAILS) == 3


def test_nobody_in_the_mailbox_is_real(shared_data: Path) -> None:
    path = shared_data / "ats" / "posting_urls.tsv.gz"
    if not path.is_file():
        pytest.skip("the list of real posting addresses is missing")
    with gzip.open(path, "rt", encoding="utf-8", errors="replace") as file:
        real = file.read().casefold()
    names = {re.split(r"\W+", mail.company.casefold())[0] for mail in MAILS if mail.company}
    assert len(names) == 15
    assert [name for name in sorted(names) if name in real] == []


def test_senders_and_links_are_platforms_or_lead_to_nobody() -> None:
    for mail in MAILS:
        hosts = set(re.findall(r"https?://([^/\"'\s<>]+)", body(mail)))
        hosts.add(parseaddr(str(parsed(mail)["from"]))[1].rpartition("@")[2])
        for host in hosts:
            domain = ".".join(host.split(".")[-2:])
            invented = domain == "example.org" or host.endswith((".example", ".invalid"))
            assert invented or domain in PLATFORMS, (mail.key, host)
