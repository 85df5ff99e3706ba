"""Batches over a mailbox that fails in every way a connection can; real servers are in test_bad_links.py."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apptrack_pipeline.domain import ConfigurationError, TransientError
from apptrack_pipeline.ingestion.mail.batches import LARGEST, LARGEST_BYTES, Batch, take
from apptrack_pipeline.ingestion.mail.mailbox import (
    Entry,
    LoginRefusedError,
    MailboxRenewedError,
    MailboxStatus,
    RawMessage,
    UnreadableMessageError,
)

NOON = dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC)


def entries(count: int, size: int = 4000) -> list[Entry]:
    return [Entry(uid, NOON, size) for uid in range(1, count + 1)]


class Box:
    """A mailbox of the test's making: `fault` may raise for the UIDs that are asked for."""

    account, name = "test", "INBOX"

    def __init__(self, fault: Callable[[Sequence[int]], None] = lambda uids: None) -> None:
        self.fault = fault
        self.gone: set[int] = set()
        self.reachable: Callable[[], None] = lambda: None
        self.asked: list[list[int]] = []

    def status(self) -> MailboxStatus:
        self.reachable()
        return MailboxStatus(1, 1000, 999)

    def entries(self, *, after_uid: int, since: dt.date | None) -> Iterator[Sequence[Entry]]:
        raise NotImplementedError

    def fetch(self, uids: Sequence[int]) -> Mapping[int, RawMessage]:
        self.asked.append(list(uids))
        self.fault(uids)
        return {uid: RawMessage(uid, b"x", False) for uid in uids if uid not in self.gone}

    def close(self) -> None:
        pass


class Store:
    """Keeps what is delivered, and checks that it comes in order and once."""

    def __init__(self) -> None:
        self.batches: list[Batch] = []

    def __call__(self, batch: Batch) -> None:
        self.batches.append(batch)

    @property
    def messages(self) -> list[int]:
        return [entry.uid for batch in self.batches for entry, _ in batch.messages]

    @property
    def gone(self) -> list[int]:
        return [entry.uid for batch in self.batches for entry in batch.gone]

    @property
    def quarantined(self) -> list[int]:
        return [entry.uid for batch in self.batches for entry, _ in batch.quarantined]

    def accounted_up_to(self) -> bool:
        """Whether after each batch nothing is missing below its highest UID."""
        seen: set[int] = set()
        for batch in self.batches:
            uids = [entry.uid for entry, _ in batch.messages + batch.quarantined]
            uids += [entry.uid for entry in batch.gone]
            if seen & set(uids):
                return False
            seen |= set(uids)
            if seen != set(range(1, max(seen, default=0) + 1)):
                return False
        return True


def no_wait(_: float) -> None:
    pass


def broken(*uids: int) -> Callable[[Sequence[int]], None]:
    def fault(asked: Sequence[int]) -> None:
        if set(asked) & set(uids):
            raise TransientError("the connection broke")

    return fault


def test_batches_begin_at_the_given_size_and_grow_to_the_largest() -> None:
    box, store = Box(), Store()
    taken = take(box, entries(5000), deliver=store, start=50)
    assert taken.messages == 5000
    assert store.messages == list(range(1, 5001))
    sizes = [len(uids) for uids in box.asked]
    assert sizes[0] == 50
    assert max(sizes) == LARGEST
    assert sizes[:-1] == sorted(sizes[:-1])


def test_a_batch_is_bounded_in_bytes_but_never_empty() -> None:
    box, store = Box(), Store()
    take(box, entries(20, size=3 * 1024 * 1024), deliver=store)
    assert [len(uids) for uids in box.asked] == [2] * 10
    box, store = Box(), Store()
    # More is never fetched of one message than 5 MiB, so one such message makes a batch.
    take(box, entries(3, size=LARGEST_BYTES * 10), deliver=store)
    assert [len(uids) for uids in box.asked] == [1, 1, 1]


def test_a_batch_that_fails_is_halved_and_goes_on_where_it_was() -> None:
    failures = iter([True, True])

    def fault(_: Sequence[int]) -> None:
        if next(failures, False):
            raise TransientError("cut")

    box, store = Box(fault), Store()
    taken = take(box, entries(100), deliver=store, sleep=no_wait)
    assert [len(uids) for uids in box.asked[:3]] == [50, 25, 12]
    assert box.asked[2][0] == 1
    assert store.messages == list(range(1, 101))
    assert taken.failures == 2


def test_a_message_that_fails_three_times_alone_is_quarantined_and_the_rest_comes() -> None:
    box, store = Box(broken(30)), Store()
    taken = take(box, entries(100), deliver=store, sleep=no_wait)
    assert store.quarantined == [30]
    assert store.messages == [uid for uid in range(1, 101) if uid != 30]
    assert box.asked.count([30]) == 3
    assert taken.quarantined == 1
    assert store.accounted_up_to()
    [reason] = [reason for batch in store.batches for _, reason in batch.quarantined]
    assert reason == "the connection broke"


def test_the_first_message_may_be_the_bad_one_and_the_last_too() -> None:
    box, store = Box(broken(1, 100)), Store()
    take(box, entries(100), deliver=store, sleep=no_wait)
    assert store.quarantined == [1, 100]
    assert len(store.messages) == 98
    assert store.accounted_up_to()


def test_a_single_new_mail_that_never_comes_is_quarantined_and_not_tried_forever() -> None:
    box, store = Box(broken(1)), Store()
    take(box, entries(1), deliver=store, sleep=no_wait)
    assert store.quarantined == [1]


def test_a_message_that_the_server_will_not_give_is_quarantined_without_three_tries() -> None:
    def fault(uids: Sequence[int]) -> None:
        if 7 in uids:
            raise UnreadableMessageError("NO [SERVERBUG] cannot read message 7")

    box, store = Box(fault), Store()
    take(box, entries(40), deliver=store, sleep=no_wait)
    assert store.quarantined == [7]
    assert len(store.messages) == 39
    assert box.asked.count([7]) == 1


def test_a_dead_server_quarantines_nobodys_mail() -> None:
    def dead() -> None:
        raise TransientError("connection refused")

    def fault(_: Sequence[int]) -> None:
        dead()

    box, store = Box(fault), Store()
    box.reachable = dead
    waits: list[float] = []
    with pytest.raises(TransientError, match="connection refused"):
        take(box, entries(100), deliver=store, sleep=waits.append)
    assert store.batches == []
    assert len(box.asked) == 1
    assert waits == [1.0, 2.0, 4.0, 8.0]


def test_a_server_that_answers_but_lets_no_mail_through_quarantines_nothing_either() -> None:
    def fault(uids: Sequence[int]) -> None:
        if max(uids) > 40:
            raise TransientError("cut")

    box, store = Box(fault), Store()
    with pytest.raises(TransientError, match="3 messages in a row"):
        take(box, entries(100), deliver=store, sleep=no_wait)
    assert store.quarantined == []
    assert store.messages == list(range(1, 41))


def test_a_server_that_asks_to_be_left_alone_is_left_alone_at_once() -> None:
    def fault(_: Sequence[int]) -> None:
        raise TransientError("Account exceeded command or bandwidth limits", retry_after_s=900)

    box, store = Box(fault), Store()
    with pytest.raises(TransientError) as caught:
        take(box, entries(100), deliver=store, sleep=no_wait)
    assert caught.value.retry_after_s == 900
    assert len(box.asked) == 1
    assert store.batches == []


@pytest.mark.parametrize(
    "error",
    [LoginRefusedError("refused"), ConfigurationError("no folder"), MailboxRenewedError("made anew")],
)
def test_what_a_retry_cannot_help_goes_straight_up(error: Exception) -> None:
    def fault(_: Sequence[int]) -> None:
        raise error

    box, store = Box(fault), Store()
    with pytest.raises(type(error)):
        take(box, entries(10), deliver=store, sleep=no_wait)
    assert len(box.asked) == 1


def test_a_login_that_is_refused_on_the_way_back_is_not_tried_again() -> None:
    logins = 0

    def reachable() -> None:
        nonlocal logins
        logins += 1
        raise LoginRefusedError("the password was changed")

    box, store = Box(broken(1)), Store()
    box.reachable = reachable
    with pytest.raises(LoginRefusedError):
        take(box, entries(10), deliver=store, sleep=no_wait)
    assert logins == 1


def test_what_was_expunged_meanwhile_is_named_and_not_an_error() -> None:
    box, store = Box(), Store()
    box.gone = {3, 4, 99}
    taken = take(box, entries(100), deliver=store)
    assert store.gone == [3, 4, 99]
    assert taken.gone == 3
    assert store.accounted_up_to()


def test_what_delivering_raises_goes_up_and_nothing_more_is_fetched() -> None:
    def deliver(_: Batch) -> None:
        raise RuntimeError("disk full")

    box = Box()
    with pytest.raises(RuntimeError, match="disk full"):
        take(box, entries(500), deliver=deliver)
    assert len(box.asked) == 1


@given(
    count=st.integers(0, 120),
    start=st.integers(1, 60),
    bad=st.sets(st.integers(1, 120), max_size=8),
    gone=st.sets(st.integers(1, 120), max_size=8),
    cuts=st.lists(st.booleans(), max_size=200),
)
def test_whatever_fails_each_message_is_accounted_for_once_and_in_order(
    count: int, start: int, bad: set[int], gone: set[int], cuts: list[bool]
) -> None:
    luck = iter(cuts)

    def fault(uids: Sequence[int]) -> None:
        if set(uids) & bad or next(luck, False):
            raise TransientError("cut")

    box, store = Box(fault), Store()
    box.gone = gone
    try:
        take(box, entries(count), deliver=store, start=start, sleep=no_wait)
    except TransientError:
        assert store.accounted_up_to()  # given up: what was delivered is whole, the rest stays to be done
        return
    assert store.accounted_up_to()
    done = store.messages + store.gone + store.quarantined
    assert sorted(done) == list(range(1, count + 1))
    assert bad & set(range(1, count + 1)) <= set(store.quarantined)
