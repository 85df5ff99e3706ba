"""Mail over connections that break: cut after so many bytes, cut inside a literal, stalled."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import pytest
from imap_servers import FaultProxy, ImapServer, flat, mail, settings_of

from apptrack_pipeline.domain import TransientError
from apptrack_pipeline.ingestion.mail.batches import Batch, Taken, take
from apptrack_pipeline.ingestion.mail.imap import PIECE_BYTES, ImapMailbox, Timeouts, open_account
from apptrack_pipeline.ingestion.mail.mailbox import MAX_MESSAGE_BYTES, Entry

QUICK = Timeouts(connect_s=2.0, read_s=0.4)


def no_wait(_: float) -> None:
    pass


def take_all(
    mailbox: ImapMailbox, *, start: int = 50
) -> tuple[Taken, list[tuple[Entry, bytes]], list[Entry]]:
    messages: list[tuple[Entry, bytes]] = []
    quarantined: list[Entry] = []

    def deliver(batch: Batch) -> None:
        messages.extend((entry, message.raw) for entry, message in batch.messages)
        quarantined.extend(entry for entry, _ in batch.quarantined)

    entries = itertools.chain.from_iterable(mailbox.entries(after_uid=0, since=None))
    return take(mailbox, entries, deliver=deliver, start=start, sleep=no_wait), messages, quarantined


def thousand(server: ImapServer, count: int = 1000, size: int = 4000) -> list[bytes]:
    raws = [mail(f"number {n}", size=size) for n in range(count)]
    server.append(*raws)
    return raws


def test_a_drop_in_the_middle_of_a_literal_is_transient_and_the_next_call_connects_again(
    server: ImapServer,
) -> None:
    server.append(mail("one", size=50_000))
    with FaultProxy(server.port) as proxy, open_account(settings_of(server, port=proxy.port)) as account:
        inbox = account.mailbox("INBOX")
        [entry] = flat(inbox.entries(after_uid=0, since=None))
        account.close()
        proxy.cut_after = 20_000
        with pytest.raises(TransientError):
            inbox.fetch([entry.uid])
        proxy.cut_after = None
        assert len(inbox.fetch([entry.uid])[entry.uid].raw) == 50_000


def test_a_server_that_stalls_in_the_middle_of_a_literal_ends_in_time_and_is_transient(
    server: ImapServer,
) -> None:
    server.append(mail("one", size=50_000))
    with (
        FaultProxy(server.port) as proxy,
        open_account(settings_of(server, port=proxy.port), timeouts=QUICK) as account,
    ):
        inbox = account.mailbox("INBOX")
        [entry] = flat(inbox.entries(after_uid=0, since=None))
        account.close()
        proxy.stall_after = 20_000
        with pytest.raises(TransientError, match="no answer in time"):
            inbox.fetch([entry.uid])
        proxy.stall_after = None
        assert len(inbox.fetch([entry.uid])[entry.uid].raw) == 50_000


def test_everything_comes_over_a_link_that_is_cut_every_150_kilobytes(server: ImapServer) -> None:
    raws = thousand(server)
    with (
        FaultProxy(server.port, cut_after=150_000) as proxy,
        open_account(settings_of(server, port=proxy.port)) as account,
    ):
        taken, messages, quarantined = take_all(account.mailbox("INBOX"), start=100)
    assert [raw for _, raw in messages] == raws  # each once, in order
    assert quarantined == []
    assert taken.failures > 0
    # 4 MB in pieces of 150 kB are 27 connections at best.
    assert proxy.connections < 150


def test_a_message_larger_than_what_the_link_lets_through_comes_in_pieces(server: ImapServer) -> None:
    raws = [mail("small"), mail("large", size=700_000), mail("small"), mail("exact", size=4 * PIECE_BYTES)]
    server.append(*raws)
    with (
        FaultProxy(server.port, cut_after=150_000) as proxy,
        open_account(settings_of(server, port=proxy.port)) as account,
    ):
        _, messages, quarantined = take_all(account.mailbox("INBOX"))
    assert [raw for _, raw in messages] == raws
    assert quarantined == []
    assert server.flags() == dict.fromkeys(server.uids(), ())


def test_a_message_above_the_limit_is_cut_off_in_pieces_as_at_once(server: ImapServer) -> None:
    large = mail("large", size=MAX_MESSAGE_BYTES + 100_000)
    server.append(large)
    with FaultProxy(server.port) as proxy, open_account(settings_of(server, port=proxy.port)) as account:
        inbox = account.mailbox("INBOX")
        [entry] = flat(inbox.entries(after_uid=0, since=None))
        account.close()
        proxy.cut_after = 500_000
        with pytest.raises(TransientError):
            inbox.fetch([entry.uid])
        message = inbox.fetch([entry.uid])[entry.uid]
    assert (message.raw, message.truncated) == (large[:MAX_MESSAGE_BYTES], True)


def test_everything_comes_over_a_link_that_stalls_again_and_again(server: ImapServer) -> None:
    raws = thousand(server, count=300)
    with (
        FaultProxy(server.port, stall_after=400_000) as proxy,
        open_account(settings_of(server, port=proxy.port), timeouts=QUICK) as account,
    ):
        _, messages, quarantined = take_all(account.mailbox("INBOX"))
    assert [raw for _, raw in messages] == raws
    assert quarantined == []
    assert proxy.connections > 2


def test_a_message_that_breaks_every_connection_is_quarantined_alone(server: ImapServer) -> None:
    raws = thousand(server, count=60, size=1000)
    server.append(mail("poison", text="BREAKS-THE-LINK"))
    more = thousand(server, count=40, size=1000)
    with (
        FaultProxy(server.port, poison=b"BREAKS-THE-LINK") as proxy,
        open_account(settings_of(server, port=proxy.port)) as account,
    ):
        taken, messages, quarantined = take_all(account.mailbox("INBOX"))
    assert [raw for _, raw in messages] == raws + more
    assert [entry.uid for entry in quarantined] == [server.uids()[60]]
    assert taken.quarantined == 1


def test_a_server_that_dies_half_way_gives_up_and_quarantines_nothing(server: ImapServer) -> None:
    thousand(server, count=200)
    stored: list[int] = []

    def deliver(batch: Batch) -> None:
        assert batch.quarantined == []
        stored.extend(entry.uid for entry, _ in batch.messages)
        proxy.closed = True
        account.close()

    with FaultProxy(server.port) as proxy, open_account(settings_of(server, port=proxy.port)) as account:
        inbox = account.mailbox("INBOX")
        entries: Sequence[Entry] = flat(inbox.entries(after_uid=0, since=None))
        waits: list[float] = []
        with pytest.raises(TransientError):
            take(inbox, entries, deliver=deliver, sleep=waits.append)
        assert stored == [entry.uid for entry in entries[:50]]
        assert len(waits) == 4
        # And then it lives again: the rest comes, nothing twice.
        proxy.closed = False
        rest = flat(inbox.entries(after_uid=stored[-1], since=None))
        assert [entry.uid for entry in rest] == [entry.uid for entry in entries[50:]]


def test_a_listing_goes_on_over_a_link_that_is_cut(server: ImapServer) -> None:
    thousand(server, count=600, size=200)
    with (
        FaultProxy(server.port, cut_after=12_000) as proxy,
        open_account(settings_of(server, port=proxy.port)) as account,
    ):
        entries = flat(account.mailbox("INBOX").entries(after_uid=0, since=None))
    assert [entry.uid for entry in entries] == server.uids()
    assert proxy.connections > 3


def test_a_listing_gives_up_on_a_link_that_lets_nothing_through(server: ImapServer) -> None:
    thousand(server, count=20, size=200)
    with (
        FaultProxy(server.port, cut_after=10) as proxy,
        open_account(settings_of(server, port=proxy.port)) as account,
    ):
        inbox = account.mailbox("INBOX")
        with pytest.raises(TransientError):
            flat(inbox.entries(after_uid=0, since=None))
    assert proxy.connections <= 5
