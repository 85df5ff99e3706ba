# ruff: noqa: E501 - mail stands here as it is sent
"""Calendars as Google, Microsoft and worse write them."""

from __future__ import annotations

import datetime as dt
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apptrack_pipeline.ingestion.mail.invitations import MAX_INVITATIONS, merged, read_invitations
from apptrack_pipeline.ingestion.mail.message import Address, Invitation

NINE = dt.datetime(2026, 3, 10, 9, tzinfo=dt.UTC)


def calendar(*lines: str, method: str = "REQUEST", zones: str = "") -> str:
    event = "\r\n".join(["BEGIN:VEVENT", "UID:1@acme", *lines, "END:VEVENT"])
    head = f"METHOD:{method}\r\n" if method else ""
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{head}{zones}{event}\r\nEND:VCALENDAR\r\n"


def one(text: str, method: str = "") -> Invitation:
    (invitation,), fine = read_invitations(text, method=method)
    assert fine
    return invitation


GOOGLE = """BEGIN:VCALENDAR
PRODID:-//Google Inc//Google Calendar 70.9054//EN
VERSION:2.0
CALSCALE:GREGORIAN
METHOD:REQUEST
BEGIN:VTIMEZONE
TZID:Europe/Berlin
X-LIC-LOCATION:Europe/Berlin
BEGIN:DAYLIGHT
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
TZNAME:GMT+2
DTSTART:19700329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
DTSTART;TZID=Europe/Berlin:20260310T100000
DTEND;TZID=Europe/Berlin:20260310T110000
DTSTAMP:20260302T100000Z
ORGANIZER;CN=Dana Doe:mailto:Dana@Acme.Example
UID:abc123@google.com
ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=
 TRUE;CN=sam@example.org;X-NUM-GUESTS=0:mailto:sam@example.org
X-GOOGLE-CONFERENCE:https://meet.google.com/abc
DESCRIPTION:Join with Google Meet: https://meet.google.com/abc\\n\\nLearn more \\, pl
 ease\\nBye
LOCATION:Room 1\\, Berlin
SEQUENCE:2
STATUS:CONFIRMED
SUMMARY:Interview - Sam / Acme
BEGIN:VALARM
ACTION:DISPLAY
DESCRIPTION:This is an event reminder
TRIGGER:-P0DT0H10M0S
END:VALARM
END:VEVENT
END:VCALENDAR
"""

MICROSOFT = """BEGIN:VCALENDAR
METHOD:REQUEST
PRODID:Microsoft Exchange Server 2010
VERSION:2.0
BEGIN:VTIMEZONE
TZID:W. Europe Standard Time
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VEVENT
ORGANIZER;CN="Doe, Dana":MAILTO:dana@acme.example
DESCRIPTION;LANGUAGE=de-DE:Microsoft Teams\\nJetzt beitreten<https://teams.example/l/1>\\n
UID:040000008200E00074C5B7101A82E008
SUMMARY;LANGUAGE=de-DE:Vorstellungsgespräch
DTSTART;TZID=W. Europe Standard Time:20260710T110000
DTEND;TZID=W. Europe Standard Time:20260710T120000
CLASS:PUBLIC
SEQUENCE:1
LOCATION;LANGUAGE=de-DE:Microsoft Teams-Besprechung
X-ALT-DESC;FMTTYPE=text/html:<html><body>x</body></html>
X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE
END:VEVENT
END:VCALENDAR
"""


def test_an_invitation_of_google_is_read() -> None:
    assert one(GOOGLE) == Invitation(
        method="REQUEST",
        uid="abc123@google.com",
        recurrence_id=None,
        sequence=2,
        summary="Interview - Sam / Acme",
        description="Join with Google Meet: https://meet.google.com/abc\n\nLearn more , please\nBye",
        location="Room 1, Berlin",
        organizer=Address("Dana Doe", "dana@acme.example"),
        starts_at=NINE,
        ends_at=NINE + dt.timedelta(hours=1),
        cancelled=False,
    )


def test_an_invitation_of_microsoft_is_read() -> None:
    invitation = one(MICROSOFT)
    assert invitation.starts_at == dt.datetime(2026, 7, 10, 9, tzinfo=dt.UTC)
    assert invitation.organizer == Address("Doe, Dana", "dana@acme.example")
    assert invitation.summary == "Vorstellungsgespräch"
    assert invitation.location == "Microsoft Teams-Besprechung"


@pytest.mark.parametrize(
    "line",
    [
        "DTSTART:20260310T090000Z",
        "DTSTART;TZID=Europe/Berlin:20260310T100000",
        'DTSTART;TZID="W. Europe Standard Time":20260310T100000',
        "DTSTART;TZID=/freeassociation.sourceforge.net/Europe/Berlin:20260310T100000",
        "DTSTART;TZID=/Europe/Berlin:20260310T100000",
        "DTSTART;TZID=Pacific Standard Time:20260310T020000",
        "DTSTART;TZID=tzone://Microsoft/Utc:20260310T090000",
        "DTSTART;TZID=UTC:20260310T090000",
        'DTSTART;TZID="(UTC+01:00) Amsterdam, Berlin":20260310T100000',
        "DTSTART;VALUE=DATE-TIME;TZID=Europe/Berlin:20260310T100000",
        "DTSTART;TZID=America/Argentina/Buenos_Aires:20260310T060000",
    ],
)
def test_a_time_is_right_whatever_its_zone_is_called(line: str) -> None:
    assert one(calendar(line)).starts_at == NINE


@pytest.mark.parametrize("month", [1, 7])
def test_a_zone_that_the_calendar_defines_itself_counts_in_it(month: int) -> None:
    zones = MICROSOFT[MICROSOFT.index("BEGIN:VTIMEZONE") : MICROSOFT.index("BEGIN:VEVENT")]
    zones = zones.replace("W. Europe Standard Time", "Customized Time Zone")
    text = calendar(f"DTSTART;TZID=Customized Time Zone:2026{month:02}10T100000", zones=zones)
    assert one(text).starts_at == dt.datetime(2026, month, 10, 9 if month == 1 else 8, tzinfo=dt.UTC)


def test_a_zone_of_one_calendar_is_unknown_to_the_next() -> None:
    zones = "BEGIN:VTIMEZONE\nTZID:Ours\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0{0}00\nTZOFFSETTO:+0{0}00\n"
    zones += "END:STANDARD\nEND:VTIMEZONE\n"
    line = "DTSTART;TZID=Ours:20260310T100000"
    assert one(calendar(line, zones=zones.format(1))).starts_at == NINE
    assert one(calendar(line, zones=zones.format(2))).starts_at == NINE - dt.timedelta(hours=1)
    (invitation,), fine = read_invitations(calendar(line))
    assert (invitation.starts_at, fine) == (None, False)


@pytest.mark.parametrize(
    "line",
    [
        "DTSTART:20260310T100000",
        "DTSTART;TZID=Nowhere/Atlantis:20260310T100000",
        "DTSTART;TZID=../../etc/passwd:20260310T100000",
        "DTSTART;TZID=:20260310T100000",
        "DTSTART:tomorrow",
        "DTSTART:20261340T990000Z",
        "DTSTART;TZID=Europe/Berlin:00010101T000000",
        "DTSTART:",
        "DTSTART;VALUE=PERIOD:20260310T090000Z/PT1H",
    ],
)
def test_a_time_that_is_not_certain_is_none_and_the_rest_is_read(line: str) -> None:
    (invitation,), fine = read_invitations(calendar(line, "SUMMARY:Interview"))
    assert (invitation.starts_at, invitation.summary, invitation.uid) == (None, "Interview", "1@acme")
    assert not fine


def test_a_floating_time_is_in_the_calendars_own_zone() -> None:
    text = calendar("DTSTART:20260310T100000", zones="X-WR-TIMEZONE:Europe/Berlin\r\n")
    assert one(text).starts_at == NINE


def test_an_all_day_appointment_starts_at_midnight() -> None:
    invitation = one(calendar("DTSTART;VALUE=DATE:20260310", "DTEND;VALUE=DATE:20260311"))
    assert invitation.starts_at == dt.datetime(2026, 3, 10, tzinfo=dt.UTC)
    assert invitation.ends_at == dt.datetime(2026, 3, 11, tzinfo=dt.UTC)


def test_a_duration_gives_the_end() -> None:
    assert one(calendar("DTSTART:20260310T090000Z", "DURATION:PT45M")).ends_at == NINE + dt.timedelta(
        minutes=45
    )


@pytest.mark.parametrize(
    ("lines", "method"),
    [
        (["STATUS:CANCELLED"], "REQUEST"),
        (["STATUS:CONFIRMED"], "CANCEL"),
        ([], "cancel"),
        (["STATUS:canceled"], ""),
    ],
)
def test_a_cancellation_is_one_by_method_or_by_status(lines: list[str], method: str) -> None:
    assert one(calendar("DTSTART:20260310T090000Z", *lines, method=method)).cancelled


def test_the_method_of_the_part_counts_where_the_calendar_names_none() -> None:
    invitation = one(calendar("DTSTART:20260310T090000Z", method=""), method="CANCEL")
    assert (invitation.method, invitation.cancelled) == ("CANCEL", True)


def test_of_one_appointment_the_latest_version_counts() -> None:
    versions = [one(calendar(f"SEQUENCE:{number}", "DTSTART:20260310T090000Z")) for number in (1, 3, 2)]
    moved = one(calendar("RECURRENCE-ID;TZID=Europe/Berlin:20260310T100000", "DTSTART:20260310T090000Z"))
    assert moved.recurrence_id == "20260310T100000"
    assert [(found.sequence, found.recurrence_id) for found in merged([*versions, moved])] == [
        (3, None),
        (0, "20260310T100000"),
    ]


def test_one_broken_line_costs_nothing_else() -> None:
    text = calendar(
        "DTSTART:20260310T090000Z", "SEQUENCE:many", "SUMMARY:Interview", "ORGANIZER;CN:x", "nonsense"
    )
    (invitation,), fine = read_invitations(text)
    assert (invitation.starts_at, invitation.summary, invitation.sequence, fine) == (
        NINE,
        "Interview",
        0,
        False,
    )


@pytest.mark.parametrize("cut", ["END:VCALENDAR", "END:VEVENT", "STATUS:CONFIRMED"])
def test_a_calendar_that_breaks_off_is_read_as_far_as_it_goes(cut: str) -> None:
    (invitation,), fine = read_invitations(GOOGLE[: GOOGLE.index(cut)])
    assert invitation.starts_at == NINE
    assert fine == (cut == "END:VCALENDAR")


@pytest.mark.parametrize(
    "text", ["", "hello", "BEGIN:VCALENDAR\nEND:VCALENDAR", "END:VEVENT", "BEGIN:VEVENT"]
)
def test_a_calendar_without_an_appointment_is_trouble(text: str) -> None:
    invitations, fine = read_invitations(text)
    assert all(invitation.uid == "" for invitation in invitations)
    assert not fine


def test_a_description_in_html_becomes_text() -> None:
    assert (
        one(calendar("DTSTART:20260310T090000Z", "DESCRIPTION:<p>Hi</p><b>Sam</b>")).description
        == "Hi\n\nSam"
    )


@pytest.mark.parametrize(
    "text",
    [
        calendar(*["ATTENDEE:mailto:x@acme.example"] * 20_000, "DTSTART:20260310T090000Z"),
        "BEGIN:VCALENDAR\n" + calendar("DTSTART:20260310T090000Z") * 5_000,
        "BEGIN:VEVENT\n" * 40_000,
        "BEGIN:VTIMEZONE\n" * 40_000,
        "BEGIN:VTIMEZONE\nTZID:x\nEND:VTIMEZONE\n" * 20_000,
        calendar("DTSTART:20260310T090000Z", "SUMMARY:" + "x" * 500_000),
        calendar("DTSTART:20260310T090000Z", "SUMMARY" + ';X="' * 100_000 + ":y"),
        calendar("DTSTART:20260310T090000Z", "DURATION:P" + "9" * 10_000 + "D"),
        calendar("DTSTART:20260310T090000Z", "SEQUENCE:" + "9" * 10_000),
        "\n " * 200_000,
    ],
    ids=lambda text: text[:12] + text[60:80],
)
def test_hostile_calendars_are_read_in_a_moment(text: str) -> None:
    begun = time.process_time()
    invitations, _ = read_invitations(text)
    assert time.process_time() - begun < 2
    assert len(invitations) <= MAX_INVITATIONS


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=YEARLY;BYHOUR=0,1,2,3;BYMINUTE=0,1,2,3;BYSECOND=1,2,3,4",
        "FREQ=YEARLY;INTERVAL=0",
        "x",
    ],
)
def test_a_zone_whose_rule_never_ends_is_read_in_a_moment(rule: str) -> None:
    zones = (
        "BEGIN:VTIMEZONE\nTZID:Ours\nBEGIN:STANDARD\nDTSTART:16010101T000000\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\n"
        f"RRULE:{rule}\nEND:STANDARD\nBEGIN:DAYLIGHT\nDTSTART:16010401T000000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\n"
        f"RRULE:{rule}\nEND:DAYLIGHT\nEND:VTIMEZONE\n"
    )
    begun = time.process_time()
    read_invitations(calendar("DTSTART;TZID=Ours:20260310T100000", zones=zones))
    assert time.process_time() - begun < 1


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
        "FREQ=YEARLY;BYDAY=SU,MO,TU,WE,TH,FR,SA",
        "FREQ=YEARLY;BYMONTHDAY=31;BYMONTH=2",
    ],
)
def test_many_appointments_far_away_in_a_zone_of_the_calendars_own_are_read_in_a_moment(rule: str) -> None:
    zones = "BEGIN:VTIMEZONE\nTZID:Ours\n"
    for kind, offset in (("STANDARD", "+0200"), ("DAYLIGHT", "+0100")):
        zones += f"BEGIN:{kind}\nDTSTART:16010101T000000\nTZOFFSETFROM:+0200\nTZOFFSETTO:{offset}\nRRULE:{rule}\nEND:{kind}\n"
    event = "BEGIN:VEVENT\nDTSTART;TZID=Ours:99981231T100000\nDTEND;TZID=Ours:20991231T100000\nEND:VEVENT\n"
    text = f"BEGIN:VCALENDAR\n{zones}END:VTIMEZONE\n{event * 50}END:VCALENDAR"
    begun = time.process_time()
    invitations, _ = read_invitations(text)
    assert time.process_time() - begun < 2
    assert len(invitations) == 50


_LINE = st.one_of(
    st.text(max_size=40),
    st.sampled_from(GOOGLE.split("\n") + MICROSOFT.split("\n")),
    st.builds("{}{}:{}".format, st.sampled_from(["DTSTART", "DTEND", "DURATION", "SEQUENCE", "ORGANIZER", "UID"]),
              st.sampled_from(["", ";TZID=Europe/Berlin", ";VALUE=DATE", ";TZID=x", ';CN="', ";VALUE=DURATION"]),
              st.one_of(st.text(max_size=20), st.sampled_from(["20260310", "20260310T100000", "99991231T235959Z", "PT1H"]))),
)  # fmt: skip


@given(st.lists(_LINE, max_size=40), st.booleans())
def test_any_calendar_is_read(lines: list[str], whole: bool) -> None:
    text = "\n".join(lines)
    for invitation in read_invitations(calendar(*lines) if whole else text)[0]:
        for time_ in (invitation.starts_at, invitation.ends_at):
            assert time_ is None or time_.tzinfo is dt.UTC
        for value in (invitation.uid, invitation.summary, invitation.description, invitation.location):
            assert "\0" not in value.encode("utf-8").decode()
        assert 0 <= invitation.sequence < 2**31
