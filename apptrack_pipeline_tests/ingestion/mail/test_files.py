"""Mail in files: mboxes as Takeout, Thunderbird and mutt write them, Maildirs, folders, and broken ones."""

from __future__ import annotations

import datetime as dt
import mailbox
import os
import re
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from imap_servers import flat

from apptrack_pipeline.domain import InvalidInputError
from apptrack_pipeline.ingestion.mail import files
from apptrack_pipeline.ingestion.mail.batches import Batch, take
from apptrack_pipeline.ingestion.mail.files import FileMailbox
from apptrack_pipeline.ingestion.mail.mailbox import (
    MAX_MESSAGE_BYTES,
    Entry,
    MailboxMissingError,
    UnreadableMessageError,
)

NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
TAKEOUT_FROM = b"From 1724873894893020999@xxx Tue Oct 05 15:32:33 +0000 2021\n"


def box(path: Path) -> FileMailbox:
    return FileMailbox(path, now=NOW)


def entries(mailbox: FileMailbox, since: dt.date | None = None) -> list[Entry]:
    return flat(mailbox.entries(after_uid=0, since=since))


def raws(mailbox: FileMailbox) -> list[bytes]:
    """The messages in the order in which they lie in their files."""
    found = mailbox.fetch([entry.uid for entry in entries(mailbox)])
    index = mailbox._scanned()
    order = sorted(range(len(index.uids)), key=lambda n: (index.source[n], index.offsets[n]))
    return [found[index.uids[n]].raw for n in order]


def message(subject: str, body: str = "Hello.", **headers: str) -> bytes:
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    lines += ["From: Jobs <jobs@example.com>", f"Subject: {subject}", "", body, ""]
    return "\n".join(lines).encode()


def mbox(path: Path, *messages: bytes, line: bytes = TAKEOUT_FROM, newline: bytes = b"\n") -> Path:
    """Write an mbox as Takeout does (mboxrd): lines that begin with From are quoted with >."""
    text = b""
    for one in messages:
        text += line + re.sub(rb"(?m)^(>*From )", rb">\1", one) + b"\n"
    path.write_bytes(text.replace(b"\n", newline))
    return path


def test_the_messages_of_an_mbox_come_as_they_were_sent(tmp_path: Path) -> None:
    sent = [
        message("one"),
        message("two", "From the start I liked it.\n>From what he wrote\nFrom me@x Mon Jan 01 10:00:00 2024"),
        message("three", "\nFrom now on:\n\nFrom here\n"),
    ]
    mailbox = box(mbox(tmp_path / "All mail.mbox", *sent))
    assert mailbox.status().messages == 3
    assert raws(mailbox) == sent


def test_an_mbox_with_crlf_is_read_alike(tmp_path: Path) -> None:
    sent = [message("one"), message("two", "From me\nto you")]
    mailbox = box(mbox(tmp_path / "a.mbox", *sent, newline=b"\r\n"))
    assert raws(mailbox) == [one.replace(b"\n", b"\r\n") for one in sent]


def test_takeouts_from_line_says_when_it_arrived_and_its_headers_which_thread_it_is_in(
    tmp_path: Path,
) -> None:
    path = mbox(
        tmp_path / "a.mbox",
        message("one", X_GM_THRID="1712894439832287888", X_Gmail_Labels="Inbox,Opened", X_GM_MSGID="17"),
        message("two", X_GM_THRID="x"),
    )
    one, two = sorted(entries(box(path)), key=lambda entry: entry.gmail_thread_id or 0, reverse=True)
    assert one.received_at == dt.datetime(2021, 10, 5, 15, 32, 33, tzinfo=dt.UTC)
    assert (one.gmail_thread_id, one.gmail_message_id) == (1712894439832287888, 17)
    assert (two.gmail_thread_id, two.gmail_message_id) == (None, None)


@pytest.mark.parametrize(
    ("line", "received"),
    [
        (b"From x@y Fri Jul  8 12:08:34 2011\n", dt.datetime(2011, 7, 8, 12, 8, 34, tzinfo=dt.UTC)),
        (b"From x@y Fri Jul 08 12:08:34 2011 -0730\n", dt.datetime(2011, 7, 8, 19, 38, 34, tzinfo=dt.UTC)),
        (b"From x@y Fri Jul  8 12:08 CEST 2011\n", dt.datetime(2011, 7, 8, 12, 8, tzinfo=dt.UTC)),
        (b"From - Fri Jul 08 12:08:34 2011\n", dt.datetime(2011, 7, 8, 12, 8, 34, tzinfo=dt.UTC)),
        # Thunderbird since 115, and dates that are none: the Date header.
        (b"From \n", dt.datetime(2020, 1, 2, 3, 4, 5, tzinfo=dt.UTC)),
        (b"From - Fri Feb 31 12:08:34 2011\n", dt.datetime(2020, 1, 2, 3, 4, 5, tzinfo=dt.UTC)),
        # In the future: the Date header.
        (b"From x@y Fri Jul  8 12:08:34 2033\n", dt.datetime(2020, 1, 2, 3, 4, 5, tzinfo=dt.UTC)),
    ],
)
def test_the_from_line_of_other_writers_is_understood(
    tmp_path: Path, line: bytes, received: dt.datetime
) -> None:
    path = mbox(
        tmp_path / "a.mbox", message("one", Date="Thu, 02 Jan 2020 03:04:05 +0000"), message("two"), line=line
    )
    mailbox = box(path)
    assert mailbox.status().messages == 2
    assert received in {entry.received_at for entry in entries(mailbox)}


def test_the_time_of_a_mail_is_its_date_then_its_received_then_the_files_and_never_to_come(
    tmp_path: Path,
) -> None:
    received = "from a by b; Fri, 3 Jan 2020 04:05:06 +0100"
    cases = {
        "date": message("a", Date="Thu, 2 Jan 2020 03:04:05 -0500", Received=received),
        "received": message("b", Date="yesterday", Received=received),
        "future": message("c", Date="Thu, 2 Jan 2098 03:04:05 +0000"),
        "none": message("d", Date="Thu, 1 Jan 1970 00:00:00 +0000"),
    }
    at = {}
    for name, raw in cases.items():
        path = tmp_path / f"{name}.eml"
        path.write_bytes(raw)
        os.utime(path, (1_600_000_000, 1_600_000_000))
        [entry] = entries(box(path))
        at[name] = entry.received_at
    assert at["date"] == dt.datetime(2020, 1, 2, 8, 4, 5, tzinfo=dt.UTC)
    assert at["received"] == dt.datetime(2020, 1, 3, 3, 5, 6, tzinfo=dt.UTC)
    assert at["future"] == at["none"] == dt.datetime.fromtimestamp(1_600_000_000, dt.UTC)
    later = NOW.timestamp() + 99_999
    os.utime(tmp_path / "none.eml", (later, later))
    [entry] = entries(box(tmp_path / "none.eml"))
    assert entry.received_at == NOW


def test_mail_from_before_the_given_day_is_left_out(tmp_path: Path) -> None:
    for day in (1, 2, 3):
        (tmp_path / f"{day}.eml").write_bytes(message("x", Date=f"{day} Nov 2026 00:00:00 +0000"))
    found = entries(box(tmp_path), since=dt.date(2026, 11, 2))
    assert sorted(entry.received_at.day for entry in found) == [2, 3]


@pytest.mark.parametrize(
    ("labels", "reason"),
    [
        ("Inbox,Important,Opened", None),
        ("Sent,Opened", None),
        ("Spam", "spam"),
        ("Trash,Unread", "bin"),
        ("Drafts", "drafts"),
        ("Chat", "chats"),
        ('Inbox,"Bewerbungen, alle"', None),
        ('"Papierkorb, 2020"', None),
        ("Papierkorb,Ungelesen", "bin"),
        # Takeout encodes what is not ASCII, in pieces.
        ("=?UTF-8?Q?Bo=C3=AEte_de_r=C3=A9ception,Ouvert?=", None),
        ("=?UTF-8?Q?Entw=C3=BCrfe?=", "drafts"),
        ("=?UTF-8?Q?Messages_envoy=C3=A9s,?=\r\n =?UTF-8?Q?Brouillons?=", "drafts"),
        ("Borradores,Recibidos", "drafts"),
        ("=?UTF-8?Q?broken", None),
    ],
)
def test_drafts_bin_spam_and_chats_of_takeout_are_left_out_and_counted(
    tmp_path: Path, labels: str, reason: str | None
) -> None:
    mailbox = box(mbox(tmp_path / "a.mbox", message("one", X_Gmail_Labels=labels), message("two")))
    assert mailbox.status().messages == (2 if reason is None else 1)
    assert mailbox.left_out == ({} if reason is None else {reason: 1})


def test_uids_stay_when_an_mbox_grows(tmp_path: Path) -> None:
    sent = [message(f"number {n}", "x" * n) for n in range(30)]
    path = mbox(tmp_path / "a.mbox", *sent[:20])
    before = {entry.uid for entry in entries(box(path))}
    mbox(path, *sent)
    after = {entry.uid for entry in entries(box(path))}
    assert before < after
    assert len(after) == 30
    assert all(0 < uid < 2**62 for uid in after)
    assert box(path).status().uidvalidity == 1


def test_uids_stay_when_a_folder_gains_files_and_moves(tmp_path: Path) -> None:
    folder = tmp_path / "one" / "mail"
    folder.mkdir(parents=True)
    (folder / "m.eml").write_bytes(message("same"))
    before = {entry.uid for entry in entries(box(folder))}
    (folder / "a.eml").write_bytes(message("same"))
    (folder / "sub").mkdir()
    (folder / "sub" / "m.eml").write_bytes(message("same"))
    assert before < {entry.uid for entry in entries(box(folder))}
    assert len(entries(box(folder))) == 3
    (tmp_path / "two").mkdir()
    folder.rename(tmp_path / "two" / "mail")
    assert before < {entry.uid for entry in entries(box(tmp_path / "two" / "mail"))}


def test_a_folder_of_everything_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(message("eml"))
    (tmp_path / "sub").mkdir()
    mbox(tmp_path / "sub" / "Inbox", message("without a suffix"), line=b"From \n")
    mbox(tmp_path / "sub" / "x.mbox", message("mbox"))
    (tmp_path / "sub" / "17").write_bytes(message("MH"))
    maildir = mailbox.Maildir(tmp_path / "sub" / "Maildir")
    maildir.add(message("Maildir"))
    (tmp_path / "notes.txt").write_text("To do: nothing")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\r\n")
    (tmp_path / "empty.eml").write_bytes(b"")
    (tmp_path / "empty.mbox").write_bytes(b"")
    found = box(tmp_path)
    subjects = sorted(re.findall(rb"Subject: (.*)", raw)[0] for raw in raws(found))
    assert subjects == [b"MH", b"Maildir", b"eml", b"mbox", b"without a suffix"]
    assert found.left_out == {"not mail": 2, "empty": 1}
    assert found.trouble == []


def test_a_maildir_keeps_its_uids_when_mail_is_read_and_leaves_out_what_is_thrown_away(
    tmp_path: Path,
) -> None:
    maildir = mailbox.Maildir(tmp_path / "Maildir")
    fresh = maildir.add(message("fresh"))
    for flags in ("S", "RS", "T", "DS"):
        one = mailbox.MaildirMessage(message(f"flags {flags}"))
        one.set_subdir("cur")
        one.set_flags(flags)
        maildir.add(one)
    trash = maildir.add_folder("Trash")
    trash.add(message("in the bin"))
    maildir.add_folder("Bewerbungen").add(message("among the jobs"))
    (tmp_path / "Maildir" / "tmp" / "half").write_bytes(b"half a mail")
    found = box(tmp_path / "Maildir")
    uids = {entry.uid for entry in entries(found)}
    assert len(uids) == 4
    assert found.left_out["bin"] == 2
    assert found.left_out["drafts"] == 1

    read = maildir.get_message(fresh)
    read.set_subdir("cur")
    read.add_flag("S")
    maildir[fresh] = read
    # Known before the move, and known after it.
    assert sorted(found.fetch(sorted(uids))) == sorted(uids)
    assert {entry.uid for entry in entries(box(tmp_path / "Maildir"))} == uids


def test_mboxes_named_like_the_bin_are_left_out_unless_they_are_asked_for(tmp_path: Path) -> None:
    mbox(tmp_path / "Corbeille.mbox", message("old"))
    mbox(tmp_path / "Inbox.mbox", message("new"))
    assert box(tmp_path).status().messages == 1
    assert box(tmp_path / "Corbeille.mbox").status().messages == 1


def test_what_is_not_there_or_no_mail_says_so(tmp_path: Path) -> None:
    with pytest.raises(MailboxMissingError, match="is not there"):
        box(tmp_path / "none").status()
    (tmp_path / "takeout.zip").write_bytes(b"PK")
    with pytest.raises(InvalidInputError, match="unpack it"):
        box(tmp_path / "takeout.zip").status()
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7")
    with pytest.raises(InvalidInputError, match="neither a mail nor an mbox"):
        entries(box(tmp_path / "a.pdf"))
    assert box(tmp_path).status().messages == 0


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="no file that fails to be read")
def test_a_file_that_cannot_be_read_is_named_and_the_others_come(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(message("good"))
    (tmp_path / "b.eml").symlink_to("/proc/self/mem")  # opens, and fails to be read, even for root
    (tmp_path / "c.eml").symlink_to(tmp_path / "gone")
    found = box(tmp_path)
    assert found.status().messages == 1
    assert found.trouble == [("b.eml", "Input/output error")]
    assert found.left_out == {"not mail": 1}


def test_messages_that_are_no_longer_there_are_gone_and_no_error(tmp_path: Path) -> None:
    path = mbox(tmp_path / "a.mbox", message("one"), message("two", "x" * 50), message("three"))
    other = tmp_path / "b.eml"
    other.write_bytes(message("eml"))
    found = box(tmp_path)
    uids = [entry.uid for entry in entries(found)]
    assert len(found.fetch([*uids, 12345])) == 4
    other.write_bytes(message("another"))
    mbox(path, message("two", "x" * 50), message("three"))  # compacted: every place means another message
    left = found.fetch(uids)
    assert all(b"another" not in one.raw for one in left.values())
    assert len(left) <= 1
    path.unlink()
    other.unlink()
    assert found.fetch(uids) == {}


def test_a_file_that_turned_unreadable_is_said_to_be_so(tmp_path: Path) -> None:
    path = tmp_path / "a.eml"
    path.write_bytes(message("one"))
    found = box(path)
    [entry] = entries(found)
    path.unlink()
    path.mkdir()
    with pytest.raises(UnreadableMessageError, match=r"a\.eml: Is a directory"):
        found.fetch([entry.uid])


def test_of_a_message_that_is_too_large_the_beginning_is_read(tmp_path: Path) -> None:
    large = message("large", "x" * (MAX_MESSAGE_BYTES + 1000))
    (tmp_path / "a.eml").write_bytes(large)
    mbox(tmp_path / "b.mbox", large, message("small"))
    found = box(tmp_path).fetch([entry.uid for entry in entries(box(tmp_path))])
    assert sorted((len(one.raw), one.truncated) for one in found.values()) == [
        (len(message("small")), False),
        (MAX_MESSAGE_BYTES, True),
        (MAX_MESSAGE_BYTES, True),
    ]


def test_an_mbox_that_is_cut_off_in_the_middle_gives_what_is_there(tmp_path: Path) -> None:
    path = mbox(tmp_path / "a.mbox", *[message(f"number {n}", "text\n" * 20) for n in range(10)])
    whole = path.read_bytes()
    for length in range(0, len(whole), 97):
        path.write_bytes(whole[:length])
        found = box(path)
        read = raws(found)
        assert all(one.startswith(b"From: Jobs") for one in read[:-1])
        assert len(read) >= whole[:length].count(b"From 17248") - 1


def test_garbage_is_read_without_falling_over(tmp_path: Path) -> None:
    path = tmp_path / "a.mbox"
    path.write_bytes(
        TAKEOUT_FROM + b"\n\n" + TAKEOUT_FROM + b"\xff\xfe\0\0" * 5000 + b"\n\n"
        + TAKEOUT_FROM + b"Date: \xff\nX-Gmail-Labels: \"\0\nX-GM-THRID: " + b"9" * 50 + b"\n\nok\n"
    )  # fmt: skip
    found = box(path)
    assert found.status().messages == 2
    assert found.left_out == {"empty": 1}
    assert [entry.gmail_thread_id for entry in entries(found)] == [None, None]


def test_a_large_mbox_is_never_held_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "large.mbox"
    body = message("filler", "All work and no play.\n" * 2000)
    with path.open("wb") as file:
        for _ in range(1500):
            file.write(TAKEOUT_FROM + body + b"\n")
    assert path.stat().st_size > 60_000_000
    tracemalloc.start()
    try:
        found = box(path)
        uids = [entry.uid for entry in entries(found)]
        for uid in uids[:50]:
            found.fetch([uid])
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(uids) == 1500
    assert peak < 8_000_000


def test_files_are_taken_in_batches_like_any_mailbox(tmp_path: Path) -> None:
    sent = [message(f"number {n}") for n in range(500)]
    found = box(mbox(tmp_path / "a.mbox", *sent))
    stored: list[bytes] = []

    def deliver(batch: Batch) -> None:
        stored.extend(one.raw for _, one in batch.messages)

    taken = take(found, entries(found), deliver=deliver)
    found.close()
    assert taken.messages == 500
    assert sorted(stored) == sorted(sent)


@given(
    bodies=st.lists(
        st.lists(
            st.sampled_from(["", "From ", "From me", ">From x", ">>From ", "From - Mon Jan 01 10:00:00 2024",
                             "Subject: x", "text", ">", "From: a@b.example", "x" * 70]),
            max_size=8,
        ),
        min_size=1, max_size=6,
    ),
    newline=st.sampled_from([b"\n", b"\r\n"]),
    block=st.integers(8, 300),
)  # fmt: skip
@example(bodies=[["", "", ""], [""]], newline=b"\n", block=8)
def test_whatever_the_text_an_mbox_gives_back_what_went_in(
    tmp_path_factory: pytest.TempPathFactory, bodies: list[list[str]], newline: bytes, block: int
) -> None:
    path = tmp_path_factory.mktemp("mbox") / "a.mbox"
    sent = [message(f"number {n}", "\n".join(lines)) for n, lines in enumerate(bodies)]
    mbox(path, *sent, newline=newline)
    before = files.BLOCK_BYTES
    files.BLOCK_BYTES = block
    try:
        assert raws(box(path)) == [one.replace(b"\n", newline) for one in sent]
    finally:
        files.BLOCK_BYTES = before
