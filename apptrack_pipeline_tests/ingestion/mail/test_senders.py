"""Who a sending address belongs to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apptrack_pipeline.ingestion.mail.message import Address
from apptrack_pipeline.ingestion.mail.senders import SYSTEM_NAMES, Sender, SenderKind, sender_of


def sender(email: str) -> Sender | None:
    return sender_of(Address("", email))


@pytest.mark.parametrize(
    ("email", "name", "tenant"),
    [
        ("gapinc@myworkday.com", "Workday", "gapinc"),
        ("pnc@otp.workday.com", "Workday", "pnc"),
        ("noreply@myworkday.com", "Workday", None),
        ("no-reply@us.greenhouse-mail.io", "Greenhouse", None),
        ("no-reply@eu.greenhouse.io", "Greenhouse", None),
        ("no-reply@hire.lever.co", "Lever", None),
        ("no-reply@ashbyhq.com", "Ashby", None),
        ("notifications@smartrecruiters.com", "SmartRecruiters", None),
        ("acme+autoreply@talent.icims.com", "iCIMS", "acme"),
        ("acme+email+8f2k@talent.icims.com", "iCIMS", "acme"),
        ("careers-acme@talent.icims.com", "iCIMS", "acme"),
        ("system@successfactors.com", "SuccessFactors", None),
        ("acme@noreply.jobs2web.com", "SuccessFactors", None),
        ("noreply@candidates.workablemail.com", "Workable", None),
        ("ehqz.fa.sender@workflow.mail.us2.cloud.oracle.com", "Oracle Recruiting", None),
        ("noreply@trm.brassring.com", "BrassRing", None),
        ("noreply@acme.avature.net", "Avature", "acme"),
        ("notifications@app.bamboohr.com", "BambooHR", None),
        ("no-reply@acme.recruitee.com", "Recruitee", "acme"),
        ("jobs@acme.hire.trakstar.com", "Trakstar", "acme"),
        ("acme@acme.teamtailor-mail.com", "Teamtailor", "acme"),
        ("noreply@ats.rippling.com", "Rippling", None),
    ],
)
def test_a_tracking_system_is_known_by_its_domain_and_its_tenant_by_the_address(
    email: str, name: str, tenant: str | None
) -> None:
    found = sender(email)
    assert found is not None
    assert (found.kind, found.name, found.tenant) == (SenderKind.ATS, name, tenant)


@pytest.mark.parametrize(
    ("email", "kind"),
    [
        ("jobs-noreply@linkedin.com", SenderKind.BOARD),
        ("donotreply@match.indeed.com", SenderKind.BOARD),
        ("notifications@calendly.com", SenderKind.SCHEDULER),
        ("support@hackerrankforwork.com", SenderKind.ASSESSMENT),
        ("dse@eu.docusign.net", SenderKind.PAPERS),
        ("sam@gmail.com", SenderKind.MAIL_PROVIDER),
        ("noreply@github.com", SenderKind.BULK),
    ],
)
def test_other_senders_are_told_apart(email: str, kind: SenderKind) -> None:
    found = sender(email)
    assert found is not None
    assert found.kind is kind


@pytest.mark.parametrize(
    "email", ["jobs@notgreenhouse.io", "hr@lever.co.example", "hr@acme.example", "", "@", "a@com", "a@.."]
)
def test_a_domain_matches_whole_labels_only(email: str) -> None:
    assert sender(email) is None


def test_an_employers_own_domain_names_it() -> None:
    found = sender("noreply@mail.amazon.jobs")
    assert found is not None
    assert found.employer == "Amazon"


def test_the_longest_suffix_wins() -> None:
    board, system = sender("olivia@olivia.paradox.ai"), sender("noreply@paradox.ai")
    assert board is not None
    assert system is not None
    assert (board.kind, system.kind) == (SenderKind.SCHEDULER, SenderKind.ATS)


def test_the_names_of_systems_hold_no_mail_provider() -> None:
    assert {"workday", "greenhouse", "linkedin", "hackerrank"} <= SYSTEM_NAMES
    assert "gmail.com" not in SYSTEM_NAMES


@given(st.text())
def test_no_address_makes_it_raise(email: str) -> None:
    sender(email)
