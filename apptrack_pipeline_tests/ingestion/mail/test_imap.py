"""The IMAP mailbox against real servers: pymap in this process, Dovecot where it is installed."""

from __future__ import annotations

import base64
import datetime as dt
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from imap_servers import Dovecot, FaultProxy, ImapServer, PymapServer, flat, mail, settings_of

from apptrack_pipeline.domain import ConfigurationError, TransientError
from apptrack_pipeline.ingestion.mail import imap
from apptrack_pipeline.ingestion.mail.imap import ImapAccount, ImapMailbox, Timeouts, open_account
from apptrack_pipeline.ingestion.mail.mailbox import (
    MAX_MESSAGE_BYTES,
    Entry,
    LoginRefusedError,
    MailboxMissingError,
    MailboxRenewedError,
)
from apptrack_pipeline.settings import MailAccount


def ask(settings: MailAccount, timeouts: Timeouts = imap.FETCHING) -> None:
    """Log in, ask for the state of the inbox, and log out."""
    with open_account(settings, timeouts=timeouts) as account:
        account.mailbox("INBOX").status()


@pytest.fixture
def account(server: ImapServer) -> Iterator[ImapAccount]:
    with open_account(settings_of(server)) as account:
        yield account


@pytest.fixture
def inbox(account: ImapAccount) -> ImapMailbox:
    return account.mailbox("INBOX")


def all_of(mailbox: ImapMailbox, *, after_uid: int = 0, since: dt.date | None = None) -> list[Entry]:
    return flat(mailbox.entries(after_uid=after_uid, since=since))


def test_status_tells_how_the_mailbox_stands_without_opening_it(
    server: ImapServer, inbox: ImapMailbox
) -> None:
    before = inbox.status()
    server.append(mail("one"), mail("two"))
    after = inbox.status()
    assert (before.messages, after.messages) == (0, 2)
    assert after.uidnext == before.uidnext + 2
    assert after.uidvalidity == before.uidvalidity


def test_an_empty_mailbox_has_no_entries(inbox: ImapMailbox) -> None:
    assert all_of(inbox) == []
    assert inbox.fetch([]) == {}


def test_entries_come_in_uid_order_with_the_time_they_arrived_and_their_size(
    server: ImapServer, inbox: ImapMailbox
) -> None:
    at = dt.datetime(2026, 11, 2, 23, 30, tzinfo=dt.timezone(dt.timedelta(hours=-5)))
    raws = [mail(f"number {n}", size=500 * n) for n in (3, 1, 2)]
    server.append(*[(raw, at + dt.timedelta(minutes=n)) for n, raw in enumerate(raws)])
    entries = all_of(inbox)
    assert [entry.uid for entry in entries] == sorted(entry.uid for entry in entries)
    assert [entry.size for entry in entries] == [len(raw) for raw in raws]
    assert entries[0].received_at == dt.datetime(2026, 11, 3, 4, 30, tzinfo=dt.UTC)
    assert entries[0].received_at.tzinfo is dt.UTC
    assert entries[0].gmail_message_id is None


def test_the_bytes_are_those_that_arrived(server: ImapServer, inbox: ImapMailbox) -> None:
    odd = b"Subject: \xff\xfe 8-bit\r\n\r\n" + bytes(range(1, 256)).replace(b"\r", b"").replace(b"\n", b"")
    raws = [mail("plain", size=3000), odd + b"\r\n", b"\r\n"]
    server.append(*raws)
    entries = all_of(inbox)
    found = inbox.fetch([entry.uid for entry in entries])
    assert [found[entry.uid].raw for entry in entries] == raws
    assert not any(message.truncated for message in found.values())


def test_looking_marks_no_mail_as_seen_and_changes_no_folder(
    server: ImapServer, account: ImapAccount
) -> None:
    server.append(mail("one"), mail("two"))
    server.create("Jobs")
    flags, folders = server.flags(), [folder.name for folder in account.folders()]
    before = account.mailbox("INBOX").status()
    for mailbox in account.mailboxes() + [account.mailbox("Jobs")]:
        mailbox.fetch([entry.uid for entry in all_of(mailbox)])
    assert server.flags() == flags
    assert all(b"\\Seen" not in marks for marks in flags.values())
    assert [folder.name for folder in account.folders()] == folders
    assert account.mailbox("INBOX").status() == before


def test_only_later_mail_is_listed_and_the_last_one_is_not_listed_again(
    server: ImapServer, inbox: ImapMailbox
) -> None:
    server.append(mail("one"), mail("two"), mail("three"))
    uids = [entry.uid for entry in all_of(inbox)]
    assert [entry.uid for entry in all_of(inbox, after_uid=uids[0])] == uids[1:]
    # The server answers `UID SEARCH UID 4:*` with message 3: n:* always has the last one.
    with server.client() as client:
        client.select_folder("INBOX", readonly=True)
        assert list(client.search([b"UID", b"%d:*" % (uids[-1] + 1)])) == [uids[-1]]
    assert all_of(inbox, after_uid=uids[-1]) == []
    server.append(mail("four"))
    assert len(all_of(inbox, after_uid=uids[-1])) == 1


def test_gaps_between_uids_are_no_trouble(server: ImapServer, inbox: ImapMailbox) -> None:
    server.append(*[mail(f"number {n}") for n in range(10)])
    uids = server.uids()
    server.expunge([uids[1], uids[2], uids[5], uids[9]])
    left = [uid for n, uid in enumerate(uids) if n not in (1, 2, 5, 9)]
    assert [entry.uid for entry in all_of(inbox)] == left
    assert sorted(inbox.fetch(left)) == left
    assert all_of(inbox, after_uid=uids[8]) == []


def test_what_is_expunged_between_the_listing_and_the_fetch_is_gone_and_no_error(
    server: ImapServer, inbox: ImapMailbox
) -> None:
    server.append(*[mail(f"number {n}", size=2000) for n in range(21)])
    uids = [entry.uid for entry in all_of(inbox)]
    server.expunge(uids[3:8])
    left = uids[:3] + uids[8:]
    # Dovecot says OK and NIL; pymap shows them to a session that has not heard of it yet. Both may.
    assert sorted(inbox.fetch(uids)) in (left, uids)
    # Also where the client has not heard of the sizes.
    inbox.close()
    assert sorted(inbox.fetch(uids)) == left


def test_the_same_message_id_twice_is_two_messages(server: ImapServer, inbox: ImapMailbox) -> None:
    raw = mail("Thank you for applying", message_id="same@example.com")
    server.append(raw, raw)
    entries = all_of(inbox)
    assert len(entries) == 2
    assert [message.raw for message in inbox.fetch([entry.uid for entry in entries]).values()] == [raw, raw]


def test_a_mailbox_that_was_made_anew_is_noticed_before_its_uids_are_mixed_up(
    server: ImapServer, account: ImapAccount
) -> None:
    server.create("Jobs")
    server.append(mail("old one"), mail("old two"), folder="Jobs")
    jobs = account.mailbox("Jobs")
    before = jobs.status()
    uids = [entry.uid for entry in all_of(jobs)]
    account.close()
    server.renew("Jobs", mail("new one"), mail("new two"))
    with pytest.raises(MailboxRenewedError):
        jobs.fetch(uids)
    # A probe in between does not make the old UIDs good again.
    assert jobs.status().uidvalidity != before.uidvalidity
    with pytest.raises(MailboxRenewedError):
        jobs.fetch(uids)
    fresh = all_of(jobs)
    assert b"Subject: new one" in jobs.fetch([fresh[0].uid])[fresh[0].uid].raw


def test_a_mailbox_made_anew_between_status_and_listing_is_noticed(
    server: ImapServer, account: ImapAccount
) -> None:
    server.create("Jobs")
    jobs = account.mailbox("Jobs")
    jobs.status()
    server.renew("Jobs", mail("new"))
    with pytest.raises(MailboxRenewedError):
        all_of(jobs)
    jobs.status()
    assert len(all_of(jobs)) == 1


def test_mail_from_before_the_given_day_is_left_out_by_the_day_in_utc(
    server: ImapServer, inbox: ImapMailbox
) -> None:
    def at(hour: int, day: int, offset: int) -> dt.datetime:
        return dt.datetime(2026, 11, day, hour, tzinfo=dt.timezone(dt.timedelta(hours=offset)))

    server.append(
        (mail("long before"), at(12, 1, 0)),
        (mail("2nd here, 1st in UTC"), at(1, 2, 5)),
        (mail("1st here, 2nd in UTC"), at(22, 1, -5)),
        (mail("the day itself"), at(0, 2, 0)),
        (mail("after"), at(12, 3, 0)),
    )
    uids = server.uids()
    assert [entry.uid for entry in all_of(inbox, since=dt.date(2026, 11, 2))] == uids[2:]


def test_a_large_mailbox_is_searched_in_windows_and_none_is_missed(
    server: ImapServer, inbox: ImapMailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.append(*[mail(f"number {n}") for n in range(100)])
    uids = server.uids()
    server.expunge(uids[10:20] + [uids[50]])
    left = server.uids()
    for window in (7, 88, 89, 1000):
        monkeypatch.setattr(imap, "SEARCH_WINDOW", window)
        assert [entry.uid for entry in all_of(inbox)] == left
        assert [entry.uid for entry in all_of(inbox, after_uid=left[60])] == left[61:]


def test_entries_come_in_blocks(
    server: ImapServer, inbox: ImapMailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap, "ENTRIES_PER_BLOCK", 8)
    server.append(*[mail(f"number {n}") for n in range(20)])
    assert [len(block) for block in inbox.entries(after_uid=0, since=None)] == [8, 8, 4]


def test_of_a_message_that_is_too_large_the_beginning_is_fetched(
    server: ImapServer, inbox: ImapMailbox
) -> None:
    small, large = mail("small"), mail("large", size=MAX_MESSAGE_BYTES + 100_000)
    server.append(small, large, mail("exact", size=MAX_MESSAGE_BYTES))
    entries = all_of(inbox)
    assert [entry.size for entry in entries][1:] == [MAX_MESSAGE_BYTES + 100_000, MAX_MESSAGE_BYTES]
    for found in (
        inbox.fetch([entry.uid for entry in entries]),
        inbox.fetch([entry.uid for entry in entries]),  # the sizes are asked for again
    ):
        first, second, third = (found[entry.uid] for entry in entries)
        assert (first.raw, first.truncated) == (small, False)
        assert (second.raw, second.truncated) == (large[:MAX_MESSAGE_BYTES], True)
        assert (len(third.raw), third.truncated) == (MAX_MESSAGE_BYTES, False)


def test_several_folders_are_read_over_one_login(server: ImapServer) -> None:
    server.create("Jobs")
    server.append(mail("in the inbox"))
    server.append(mail("among the jobs"), folder="Jobs")
    with FaultProxy(server.port) as proxy:
        settings = settings_of(server, port=proxy.port, folders=("INBOX", "Jobs"))
        with open_account(settings) as account:
            subjects = []
            first, second = account.mailboxes()
            for mailbox in (first, second, first, second):
                uids = [entry.uid for entry in all_of(mailbox)]
                subjects += [message.raw.split(b"\r\n")[2] for message in mailbox.fetch(uids).values()]
        assert subjects == [b"Subject: in the inbox", b"Subject: among the jobs"] * 2
        assert proxy.connections == 1


def test_folders_with_names_in_any_script_can_be_opened(server: ImapServer, account: ImapAccount) -> None:
    names = ["Bewerbungen & Zusagen", "Entwürfe", "応募", "Réponses à traiter", 'mit "Anführung"']
    for name in names:
        server.create(name)
        server.append(mail("in it"), folder=name)
    assert set(names) <= {folder.name for folder in account.folders()}
    for name in names:
        assert account.mailbox(name).status().messages == 1
        assert len(all_of(account.mailbox(name))) == 1
    # As macOS writes it: the letter and the accent apart.
    assert account.mailbox("Entwu\u0308rfe").status().messages == 1


def test_the_default_folder_is_the_inbox_where_no_folder_has_all_mail(account: ImapAccount) -> None:
    assert account.default_folders() == ("INBOX",)
    assert [mailbox.name for mailbox in account.mailboxes()] == ["INBOX"]


@pytest.mark.dovecot
def test_dovecot_says_which_folder_has_all_mail(dovecot: Dovecot) -> None:
    dovecot.user = "everything@example.org"
    dovecot.create("Everything")  # named as such in its configuration
    with open_account(settings_of(dovecot)) as account:
        assert account.default_folders() == ("Everything",)


def test_a_folder_that_is_missing_is_named_together_with_those_that_are_there(
    server: ImapServer, account: ImapAccount
) -> None:
    server.create("Bewerbungen")
    for ask in (lambda box: box.status(), all_of, lambda box: box.fetch([1])):
        with pytest.raises(MailboxMissingError, match="'Bewerbungen'"):
            ask(account.mailbox("Bewerbung"))


def test_a_wrong_password_is_refused_once_in_words_without_the_password(server: ImapServer) -> None:
    with FaultProxy(server.port) as proxy:
        with pytest.raises(LoginRefusedError) as caught:
            ask(settings_of(server, port=proxy.port, password="hunter2-wrong"))
        assert "refused the login" in str(caught.value)
        assert "hunter2" not in str(caught.value)
        assert proxy.connections == 1


def test_secrets_are_in_no_log_and_no_repr(server: ImapServer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with open_account(settings_of(server)) as account:
        mailbox = account.mailbox("INBOX")
        mailbox.status()
        ours = "\n".join(one.getMessage() for one in caplog.records if not one.name.startswith("pymap"))
        assert "LOGIN" in ours  # the debug log is on
        assert server.password not in ours
        for thing in (account, account.settings, mailbox, account.__dict__):
            assert server.password not in repr(thing)
    caplog.clear()
    with pytest.raises(LoginRefusedError) as caught:
        ask(settings_of(server, password="geheimnisvoll-ä"))  # by AUTHENTICATE PLAIN
    ours = "\n".join(one.getMessage() for one in caplog.records if not one.name.startswith("pymap"))
    assert "AUTHENTICATE" in ours
    secret = f"\0{server.user}\0geheimnisvoll-ä".encode()
    for form in ("geheimnisvoll", base64.b64encode(secret).decode()):
        assert form not in ours + str(caught.value)


def test_a_password_or_user_outside_ascii_goes_by_plain_in_utf8(server: ImapServer) -> None:
    # Neither server takes it; that it is refused, and not a broken command, shows that it arrived.
    with pytest.raises(LoginRefusedError):
        ask(settings_of(server, password="pässwört"))
    with pytest.raises(LoginRefusedError):
        ask(settings_of(server, password="wrong", user='a "quoted" user'))


def test_after_close_the_next_call_connects_again(server: ImapServer, inbox: ImapMailbox) -> None:
    server.append(mail("one"))
    [entry] = all_of(inbox)
    inbox.close()
    inbox.close()
    assert list(inbox.fetch([entry.uid])) == [entry.uid]


def test_nobody_listening_is_transient() -> None:
    server = PymapServer()  # never started: its port is free
    with pytest.raises(TransientError, match=r"broke while trying to connect"):
        ask(settings_of(server))


def test_a_probe_ends_in_time_however_slow_the_server_is(server: ImapServer) -> None:
    with FaultProxy(server.port, stall_after=0) as proxy:
        limits = Timeouts(connect_s=0.3, read_s=0.3, total_s=0.5)
        account = open_account(settings_of(server, port=proxy.port), timeouts=limits)
        started = dt.datetime.now(dt.UTC)
        for _ in range(3):
            with pytest.raises(TransientError, match=r"in time|within"):
                account.mailbox("INBOX").status()
        assert dt.datetime.now(dt.UTC) - started < dt.timedelta(seconds=2)
        connections = proxy.connections
        with pytest.raises(TransientError, match=r"within 0\.5 s"):
            account.mailbox("INBOX").status()
        assert proxy.connections == connections


def test_a_connection_cut_during_the_login_is_not_a_refused_login(server: ImapServer) -> None:
    greeting = 0
    with server.client() as client:
        greeting = len(client.welcome) + 2
    for cut in range(greeting, greeting + 120, 8):
        with FaultProxy(server.port, cut_after=cut) as proxy:
            try:
                ask(settings_of(server, port=proxy.port))
            except TransientError:
                continue


def test_settings_that_cannot_work_are_named_before_anything_is_sent(server: ImapServer) -> None:
    with pytest.raises(ConfigurationError, match="clear text"):
        open_account(
            MailAccount(
                name="t", address="a@b.example", host="mail.example.com", security="none", password="x"
            )
        )
    with pytest.raises(ConfigurationError, match="set its host"):
        open_account(MailAccount(name="t", address="me@some-company.example", password="x"))
    with pytest.raises(ConfigurationError, match="apptrack mail login t"):
        open_account(MailAccount(name="t", address="me@outlook.com", auth="microsoft"))
    with pytest.raises(ConfigurationError, match="password or password_file"):
        ask(settings_of(server, password=None))
    with pytest.raises(ConfigurationError, match="empty"):
        ask(settings_of(server, password="a\r\nA1 LOGOUT"))
    with open_account(settings_of(server, gmail_filter="-in:chats")) as account:
        inbox = account.mailbox("INBOX")
        with pytest.raises(ConfigurationError, match="for Gmail alone"):
            all_of(inbox)


def test_the_password_may_be_in_a_file(server: ImapServer, tmp_path: Any) -> None:
    path = tmp_path / "password"
    path.write_text(server.password + "\nnot this\n", encoding="utf-8")
    ask(settings_of(server, password=None, password_file=path))
    with pytest.raises(ConfigurationError, match="No such file"):
        ask(settings_of(server, password=None, password_file=tmp_path / "none"))
