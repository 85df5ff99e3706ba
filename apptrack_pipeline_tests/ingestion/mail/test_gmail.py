"""Gmail's own extensions, XOAUTH2, and the real words with which providers refuse: by a scripted server."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator

import pytest
from imap_servers import PASSWORD, USER, GmailMessage, ScriptedGmail, flat, mail, settings_of

from apptrack_pipeline.domain import ConfigurationError, TransientError
from apptrack_pipeline.ingestion.mail.batches import Batch, take
from apptrack_pipeline.ingestion.mail.imap import open_account
from apptrack_pipeline.ingestion.mail.mailbox import (
    MAX_MESSAGE_BYTES,
    Entry,
    LoginRefusedError,
    MailboxMissingError,
    RawMessage,
    UnreadableMessageError,
)

ALL_MAIL = "[Gmail]/Tous les messages échangés"
MESSAGES = [
    GmailMessage(3, mail("one"), 1278455344230334865, 1266894439832287888),
    GmailMessage(9, mail("two"), 1278455344230334866, 1266894439832287888, in_search=False),
    GmailMessage(12, mail("three", size=MAX_MESSAGE_BYTES + 10), 18446744073709551615, 7),
]


@pytest.fixture
def gmail() -> Iterator[ScriptedGmail]:
    with ScriptedGmail(messages=list(MESSAGES)) as server:
        yield server


def ask(server: ScriptedGmail, *, token: str | None = None, **more: object) -> None:
    settings = settings_of(server, **more)
    with open_account(settings, token=None if token is None else lambda: token) as account:
        account.mailbox("INBOX").status()


def refusal(server: ScriptedGmail, answer: str, **more: object) -> str:
    server.login_answer = answer
    with pytest.raises(LoginRefusedError) as caught:
        ask(server, **more)
    assert server.connections == 1
    assert PASSWORD not in str(caught.value)
    return str(caught.value)


def test_the_folder_with_all_mail_is_found_whatever_it_is_called(gmail: ScriptedGmail) -> None:
    with open_account(settings_of(gmail)) as account:
        assert account.default_folders() == (ALL_MAIL,)
        [mailbox] = account.mailboxes()
        assert mailbox.name == ALL_MAIL
        mailbox.status()
        assert not next(folder for folder in account.folders() if folder.name == "[Gmail]").can_be_opened
    assert 'STATUS "[Gmail]/Tous les messages &AOk-chang&AOk-s" (UIDVALIDITY UIDNEXT MESSAGES)' in gmail.asked


def test_a_folder_for_all_mail_that_cannot_be_opened_is_not_taken() -> None:
    with (
        ScriptedGmail(folders=(r'(\NoSelect \All) "/" "All"', r'() "/" INBOX')) as server,
        open_account(settings_of(server)) as account,
    ):
        assert account.default_folders() == ("INBOX",)


def test_entries_carry_gmails_ids(gmail: ScriptedGmail) -> None:
    with open_account(settings_of(gmail)) as account:
        entries = flat(account.mailbox("INBOX").entries(after_uid=0, since=None))
    assert entries[0] == Entry(
        uid=3,
        received_at=dt.datetime(2026, 11, 2, 10, tzinfo=dt.UTC),
        size=len(MESSAGES[0].raw),
        gmail_message_id=1278455344230334865,
        gmail_thread_id=1266894439832287888,
    )
    assert entries[2].gmail_message_id == 2**64 - 1


def test_it_says_who_it_is_opens_with_examine_and_never_sets_a_flag(gmail: ScriptedGmail) -> None:
    with open_account(settings_of(gmail)) as account:
        inbox = account.mailbox("INBOX")
        inbox.status()
        uids = [entry.uid for entry in flat(inbox.entries(after_uid=0, since=dt.date(2026, 10, 1)))]
        found = inbox.fetch(uids)
    assert found[3] == RawMessage(3, MESSAGES[0].raw, False)
    assert found[12] == RawMessage(12, MESSAGES[2].raw[:MAX_MESSAGE_BYTES], True)
    assert 'ID ("name" "apptrack")' in gmail.asked
    assert "UID FETCH 3,9 (BODY.PEEK[])" in gmail.asked
    assert f"UID FETCH 12 (BODY.PEEK[]<0.{MAX_MESSAGE_BYTES}>)" in gmail.asked
    assert "UID SEARCH UID 1:* SINCE 30-Sep-2026" in gmail.asked
    verbs = {command.split()[0] for command in gmail.asked}
    assert verbs <= {"CAPABILITY", "LOGIN", "ID", "STATUS", "EXAMINE", "UID", "LOGOUT"}
    assert not [command for command in gmail.asked if command.startswith("UID STORE")]


@pytest.mark.parametrize(
    ("words", "sent"),
    [
        ("-category:promotions", 'X-GM-RAW "-category:promotions "'),
        ('{from:jobs subject:"thank you"}', r'X-GM-RAW "{from:jobs subject:\"thank you\"} "'),
        ("subject:bewährt", 'CHARSET UTF-8 UID 1:* X-GM-RAW "subject:bewährt "'),
    ],
)
def test_a_filter_is_sent_in_gmails_own_words(gmail: ScriptedGmail, words: str, sent: str) -> None:
    with open_account(settings_of(gmail, gmail_filter=words)) as account:
        entries = flat(account.mailbox("INBOX").entries(after_uid=0, since=None))
    assert [entry.uid for entry in entries] == [3, 12]
    [search] = [command for command in gmail.asked if command.startswith("UID SEARCH")]
    assert sent in search.replace("  ", " ")


def test_a_filter_cannot_smuggle_in_a_command(gmail: ScriptedGmail) -> None:
    with open_account(settings_of(gmail, gmail_filter="x\r\nA1 DELETE INBOX")) as account:
        inbox = account.mailbox("INBOX")
        with pytest.raises(ConfigurationError, match="control characters"):
            flat(inbox.entries(after_uid=0, since=None))


def test_a_date_that_cannot_be_read_loses_no_message(gmail: ScriptedGmail) -> None:
    gmail.messages = [
        GmailMessage(1, mail("one"), 1, 1, internaldate="no date at all"),
        GmailMessage(2, mail("two"), 2, 2),
        GmailMessage(3, mail("three"), 3, 3, internaldate="31-Feb-2026 10:00:00 +0000"),
    ]
    with open_account(settings_of(gmail)) as account:
        entries = flat(account.mailbox("INBOX").entries(after_uid=0, since=dt.date(2026, 11, 1)))
    noon = dt.datetime(2026, 11, 2, 10, tzinfo=dt.UTC)
    assert [entry.received_at for entry in entries] == [dt.datetime(2026, 11, 1, tzinfo=dt.UTC), noon, noon]


def test_an_access_token_is_sent_as_xoauth2_and_asked_for_at_each_login(gmail: ScriptedGmail) -> None:
    asked = []

    def token() -> str:
        asked.append(1)
        return "ya29.good"

    settings = settings_of(gmail, auth="google", password=None)
    with open_account(settings, token=token) as account:
        account.mailbox("INBOX").status()
        account.close()
        account.mailbox("INBOX").status()
    assert len(asked) == 2
    assert f"user={USER}\1auth=Bearer ya29.good\1\1" in gmail.asked


def test_a_refused_token_is_answered_as_the_protocol_wants_and_told_in_words(
    gmail: ScriptedGmail, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(LoginRefusedError) as caught:
        ask(gmail, token="ya29.expired", auth="google", password=None)
    assert "Invalid credentials (Failure) (status 400)" in str(caught.value)
    assert "apptrack mail login" in str(caught.value)
    assert "RESPONSE " in gmail.asked  # an empty line, and not the token once more
    assert gmail.connections == 1
    assert "ya29" not in str(caught.value) + caplog.text


@pytest.mark.parametrize(
    ("answer", "address", "words"),
    [
        # Gmail, with the password of the account.
        (
            "NO [ALERT] Application-specific password required: "
            "https://support.google.com/accounts/answer/185833 (Failure)",
            "me@gmail.com",
            "myaccount.google.com/apppasswords",
        ),
        ("NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)", "me@gmail.com", "app password"),
        # Outlook, since it takes OAuth alone.
        ("NO LOGIN failed.", "me@hotmail.fr", "apptrack mail login"),
        ("NO AUTHENTICATE failed.", "me@outlook.com", "set auth to microsoft"),
        # iCloud, Yahoo, Fastmail, Dovecot, Courier.
        ("NO [AUTHENTICATIONFAILED] Authentication Failed", "me@icloud.com", "app-specific password"),
        (
            "NO [AUTHENTICATIONFAILED] LOGIN Invalid credentials",
            "me@yahoo.co.uk",
            "Yahoo wants an app password",
        ),
        (
            "NO [AUTHENTICATIONFAILED] Incorrect username, password or access token",
            "me@fastmail.com",
            "Fastmail",
        ),
        ("NO [AUTHENTICATIONFAILED] Authentication failed.", "me@gmx.de", "POP3 and IMAP"),
        ("NO Login failed.", "me@company.example", "two-factor"),
        # The code counts, not the words after it.
        ("NO [AUTHENTICATIONFAILED] Too many failures, try again later", "me@company.example", "two-factor"),
        ("BAD [AUTHENTICATIONFAILED] no such user", "me@company.example", "two-factor"),
    ],
)
def test_a_refusal_says_what_to_do_with_this_provider(
    gmail: ScriptedGmail, answer: str, address: str, words: str
) -> None:
    said = refusal(gmail, answer, address=address)
    assert words in said
    assert "mail account test" in said


@pytest.mark.parametrize(
    "answer",
    [
        "NO [UNAVAILABLE] Temporary authentication failure. [mx1:2026-11-02 10:00:00]",
        "NO [ALERT] Too many simultaneous connections. (Failure)",
        "NO [LIMIT] LOGIN Rate limit hit",
        "NO [INUSE] Mailbox is in use",
        "NO [SERVERBUG] Internal error occurred. Refer to server log for more information.",
        "NO Server Unavailable. 15",
        "NO Login failed: server busy, try again later",
        "NO [OVERQUOTA] Account exceeded command or bandwidth limits. (Failure)",
        "* BYE [UNAVAILABLE] Temporary System Error",
    ],
)
def test_a_server_that_cannot_take_logins_now_is_transient_and_not_a_wrong_password(
    gmail: ScriptedGmail, answer: str
) -> None:
    gmail.login_answer = answer
    with pytest.raises(TransientError):
        ask(gmail)


def test_a_greeting_that_says_bye_is_transient(gmail: ScriptedGmail) -> None:
    gmail.greeting = "* BYE Too many connections from your address"
    with pytest.raises(TransientError) as caught:
        ask(gmail)
    assert caught.value.retry_after_s == 900


def test_no_password_is_sent_to_a_server_that_takes_none(gmail: ScriptedGmail) -> None:
    gmail.before = "IMAP4rev1 LOGINDISABLED AUTH=XOAUTH2"
    with pytest.raises(LoginRefusedError, match="takes no passwords"):
        ask(gmail)
    assert not [command for command in gmail.asked if "LOGIN" in command.upper()[:6]]


def test_a_password_that_a_server_echoes_is_blotted_out(gmail: ScriptedGmail) -> None:
    assert "bad password ***" in refusal(gmail, f"NO bad password {PASSWORD}")


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (
            "{tag} NO [NONEXISTENT] Unknown Mailbox: Jobs (now in authenticated state) (Failure)",
            MailboxMissingError,
        ),
        ("{tag} NO Jobs doesn't exist.", MailboxMissingError),
        ("{tag} NO [NOPERM] Not for you, try again later", MailboxMissingError),
        ("{tag} NO Temporary trouble [mx1:2026-11-02]", TransientError),
        ("{tag} BAD User is authenticated but not connected.", TransientError),
        ("{tag} NO [UNAVAILABLE] Backend down", TransientError),
        ("* BYE [OVERQUOTA] Account exceeded command or bandwidth limits.", TransientError),
        ("* STATUS Jobs (UIDVALIDITY 11)\r\n{tag} OK done", TransientError),
        ("{tag} OK without an answer", TransientError),
        ("* STATUS Jobs (MESSAGES many)\r\n{tag} OK done", TransientError),
    ],
)
def test_answers_about_a_folder_are_told_apart(
    gmail: ScriptedGmail, answer: str, error: type[Exception]
) -> None:
    gmail.status_answer = answer
    with open_account(settings_of(gmail)) as account:
        jobs = account.mailbox("Jobs")
        with pytest.raises(error):
            jobs.status()
        with pytest.raises(error if error is MailboxMissingError else TransientError):
            flat(jobs.entries(after_uid=0, since=None))


def test_a_message_that_the_server_refuses_is_unreadable_and_the_others_come(gmail: ScriptedGmail) -> None:
    with open_account(settings_of(gmail)) as account:
        inbox = account.mailbox("INBOX")
        entries = flat(inbox.entries(after_uid=0, since=None))
        gmail.fetch_answer = "{tag} NO Some messages could not be FETCHed (Failure)"
        with pytest.raises(UnreadableMessageError, match="could not be FETCHed"):
            inbox.fetch([3, 9])
        gmail.fetch_answer = "{tag} NO [EXPUNGEISSUED] it is no longer there"
        assert inbox.fetch([3]) == {}
        gmail.fetch_answer = None
        assert sorted(inbox.fetch([entry.uid for entry in entries])) == [3, 9, 12]


def test_a_message_that_the_server_cannot_even_describe_is_quarantined_and_hides_no_other(
    gmail: ScriptedGmail,
) -> None:
    gmail.messages = [GmailMessage(uid, mail(f"number {uid}"), uid, uid) for uid in range(1, 31)]
    gmail.unreadable = frozenset({17})
    batches: list[Batch] = []
    with open_account(settings_of(gmail)) as account:
        inbox = account.mailbox("INBOX")
        entries = flat(inbox.entries(after_uid=0, since=dt.date(2026, 11, 1)))
        assert [entry.uid for entry in entries] == list(range(1, 31))
        assert entries[16].received_at == entries[15].received_at
        taken = take(inbox, entries, deliver=batches.append)
    assert (taken.messages, taken.quarantined) == (29, 1)
    assert [entry.uid for batch in batches for entry, _ in batch.quarantined] == [17]
    assert gmail.connections == 1


def test_a_folder_whose_name_breaks_the_rules_hides_no_other() -> None:
    odd = (r'() "/" "R&D"', '() "/" "Entwürfe"', r'() "/" 2024', r'() "/" "&AOk-t&AOk-"', r"() NIL INBOX")
    with ScriptedGmail(folders=odd) as server, open_account(settings_of(server)) as account:
        assert [folder.name for folder in account.folders()] == ["R&D", "Entwürfe", "2024", "été", "INBOX"]


def test_a_message_without_text_that_is_still_there_is_unreadable(gmail: ScriptedGmail) -> None:
    gmail.messages = gmail.messages[:1]
    with open_account(settings_of(gmail)) as account:
        inbox = account.mailbox("INBOX")
        flat(inbox.entries(after_uid=0, since=None))
        gmail.fetch_answer = "* 1 FETCH (UID 3 BODY[] NIL)\r\n{tag} OK Success"
        with pytest.raises(UnreadableMessageError, match="no text for message 3"):
            inbox.fetch([3])


def test_a_server_that_says_it_is_asked_too_much_is_left_alone(gmail: ScriptedGmail) -> None:
    with open_account(settings_of(gmail)) as account:
        inbox = account.mailbox("INBOX")
        entries = flat(inbox.entries(after_uid=0, since=None))
        gmail.fetch_answer = "{tag} NO [THROTTLED] Account exceeded command or bandwidth limits. (Failure)"
        batches: list[Batch] = []
        with pytest.raises(TransientError) as caught:
            take(inbox, entries, deliver=batches.append)
    assert caught.value.retry_after_s == 900
    assert batches == []
    assert len([command for command in gmail.asked if "BODY.PEEK" in command]) == 1
