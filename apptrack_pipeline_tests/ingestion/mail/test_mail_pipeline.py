"""Mail from a real IMAP server to what it says, through the sensor and the runs that it requests."""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from imap_servers import PASSWORD, USER, FaultProxy, GmailMessage, PymapServer, ScriptedGmail, mail
from pipelines import Pipeline

from apptrack_pipeline.orchestration.days import MOST_DAYS_PER_RUN
from apptrack_pipeline.service.doctor import diagnose
from apptrack_pipeline.settings import MailAccount

NOW = dt.datetime.now(dt.UTC).replace(microsecond=0)
TODAY = NOW.date()
LAST_MONTH = {(TODAY - dt.timedelta(days=n)).isoformat() for n in range(MOST_DAYS_PER_RUN)}


def ago(days: int) -> dt.datetime:
    return NOW - dt.timedelta(days=days)


def confirmation(n: int, days: int = 0) -> tuple[bytes, dt.datetime]:
    """A job mail with words of its own, received `days` ago."""
    text = f"we have received your application for the position of Engineer {n} and will review it."
    raw = mail(f"Thank you for applying, {n}", message_id=f"{n}@acme.example", text=text)
    return raw, ago(days)


def shop(n: int, days: int = 0) -> tuple[bytes, dt.datetime]:
    text = "Your order has been shipped. Track your parcel in our shop, and use the discount code SALE."
    return mail(f"Your order {n} has been shipped", message_id=f"{n}@shop.example", text=text), ago(days)


def reply(n: int, days: int = 0, *, to: str = "") -> tuple[bytes, dt.datetime]:
    """A person's answer that certainly is about no job."""
    raw = (
        f"From: Ada Byron <ada.byron@fernhill.example>\r\nTo: {USER}\r\nSubject: Re: Tuesday\r\n"
        f"Message-ID: <reply-{n}@fernhill.example>\r\n"
        + (f"In-Reply-To: <sent-by-me@example.org>\r\nReferences: <{to}>\r\n" if to else "")
        + f"\r\nSounds good, at {n} o'clock. Your order has been shipped, by the way: track your parcel.\r\n"
    )
    return raw.encode(), ago(days)


def gmail_messages(count: int) -> list[GmailMessage]:
    return [GmailMessage(n, confirmation(n)[0], 1000 + n, 2000 + n) for n in range(1, count + 1)]


@pytest.fixture
def server() -> Iterator[PymapServer]:
    with PymapServer() as server:
        yield server


def account(name: str, port: int, *, password: str = PASSWORD, **more: object) -> MailAccount:
    values = {"host": "127.0.0.1", "port": port, "security": "none", "password": password} | more
    return MailAccount.model_validate({"name": name, "address": USER, **values})


def use(pipeline: Pipeline, *accounts: MailAccount) -> None:
    """Set these accounts, and let the sensor ask at once."""
    pipeline.settings = pipeline.settings.model_copy(
        update={"mail_accounts": accounts, "retry_delays_s": (0.0,)}
    )
    pipeline.database.settings = pipeline.settings
    pipeline.cursors.clear()


def look_again(pipeline: Pipeline) -> None:
    """Let the minute pass that the sensor waits between two looks."""
    pipeline.cursors.clear()
    with pipeline.database.begin() as connection:
        connection.exec_driver_sql("UPDATE mail_accounts SET retry_at = NULL")


def take(pipeline: Pipeline) -> list[bool]:
    return pipeline.run_all("imap_sensor", "take_mail")


def take_all(pipeline: Pipeline) -> int:
    """Tick until nothing is asked for any more; return how many runs that took."""
    runs = 0
    while done := take(pipeline):
        assert done == [True]
        runs += 1
        assert runs < 50
        time.sleep(0.01)
    return runs


def subjects(pipeline: Pipeline) -> list[str]:
    return sorted(row[0] for row in pipeline.rows("SELECT message_id FROM mail WHERE message_id IS NOT NULL"))


def test_new_mail_is_taken_and_read_in_one_run_and_the_mailbox_stays_as_it_was(
    pipeline: Pipeline, server: PymapServer
) -> None:
    use(pipeline, account("home", server.port))
    server.append(confirmation(1), shop(2))
    before = server.flags()

    assert take(pipeline) == [True]

    assert pipeline.rows("SELECT category, count(*) FROM mail_signals GROUP BY 1 ORDER BY 1") == [
        ("confirmation", 1),
        ("not_job", 1),
    ]
    assert pipeline.materialized("mail") == pipeline.materialized("mail_signals") == LAST_MONTH
    assert server.flags() == before
    assert take(pipeline) == []


def test_of_other_mail_only_identity_hash_and_verdict_are_kept(
    pipeline: Pipeline, server: PymapServer
) -> None:
    use(pipeline, account("home", server.port))
    server.append(shop(1))
    take_all(pipeline)
    (row,) = pipeline.rows("SELECT raw, message_id, thread_key, verdict, octet_length(content_key) FROM mail")
    assert tuple(row) == (None, None, None, "not_job", 32)
    assert pipeline.one("SELECT signals::text FROM mail_signals") == "{}"


def test_a_reply_is_kept_where_it_answers_job_mail_and_leaves_nothing_elsewhere(
    pipeline: Pipeline, server: PymapServer
) -> None:
    use(pipeline, account("home", server.port))
    server.append(
        confirmation(1), reply(2, to="1@acme.example"), reply(3, to="picnic@friends.example"), reply(4)
    )
    take_all(pipeline)
    server.append(reply(5, to="1@acme.example"))
    look_again(pipeline)
    take_all(pipeline)
    assert subjects(pipeline) == ["1@acme.example", "reply-2@fernhill.example", "reply-5@fernhill.example"]
    assert pipeline.one("SELECT count(*) FROM mail WHERE raw IS NULL AND thread_key IS NULL") == 2
    assert pipeline.rows(
        "SELECT category, signals -> 'events' -> 0 ->> 'category',"
        " signals -> 'events' -> 0 -> 'only_in_thread' FROM mail_signals ORDER BY category, signals = '{}'"
    ) == [
        ("confirmation", "confirmation", False),
        ("not_job", "followup_other", True),
        ("not_job", "followup_other", True),
        ("not_job", None, None),
        ("not_job", None, None),
    ]


def test_in_gmail_a_reply_that_was_taken_before_what_it_answers_is_fetched_again(pipeline: Pipeline) -> None:
    # A first sync takes the newest month first.
    def message(uid: int, raw: bytes, days: int, thread: int) -> GmailMessage:
        return GmailMessage(uid, raw, 1000 + uid, thread, f"{ago(days):%d-%b-%Y %H:%M:%S +0000}")

    messages = [
        message(1, confirmation(1)[0], 80, 7),
        message(2, reply(2)[0], 3, 7),
        message(3, reply(3)[0], 2, 8),
    ]
    with ScriptedGmail(messages=messages) as server:
        use(pipeline, account("gmail", server.port, since_days=100))
        take_all(pipeline)
        fetched = sum("BODY.PEEK[]" in line for line in server.asked)
    assert subjects(pipeline) == ["1@acme.example", "reply-2@fernhill.example"]
    assert (
        pipeline.one("SELECT count(*) FROM mail_signals WHERE signals::text LIKE '%only_in_thread\": true%'")
        == 1
    )
    assert pipeline.one("SELECT count(*) FROM email_uids WHERE state <> 'taken'") == 0
    assert fetched == 3, "the reply again, the other one not"


def test_mail_that_comes_later_the_same_day_is_taken_into_the_same_partition(
    pipeline: Pipeline, server: PymapServer
) -> None:
    use(pipeline, account("home", server.port))
    server.append(confirmation(1))
    take_all(pipeline)
    server.append(confirmation(2))
    assert take(pipeline) == [], "the mailbox is not asked twice within a minute"
    look_again(pipeline)
    assert take_all(pipeline) == 1
    assert subjects(pipeline) == ["1@acme.example", "2@acme.example"]


def test_a_first_sync_goes_back_month_by_month_and_takes_each_message_once(
    pipeline: Pipeline, server: PymapServer
) -> None:
    use(pipeline, account("home", server.port, since_days=100))
    ages = [0, 3, 20, 45, 45, 80, 99, 300]
    server.append(*(confirmation(n, age) for n, age in enumerate(ages)))

    runs = take_all(pipeline)

    assert runs == 3, "three months, the first of which lists everything"
    assert subjects(pipeline) == sorted(f"{n}@acme.example" for n, age in enumerate(ages) if age < 100)
    due_days = {(TODAY - dt.timedelta(days=age)).isoformat() for age in ages if age < 100}
    assert due_days <= pipeline.materialized("mail")
    assert pipeline.rows("SELECT DISTINCT state FROM email_uids") == [("taken",)]


def test_the_days_of_a_run_are_a_month_at_most(pipeline: Pipeline, server: PymapServer) -> None:
    use(pipeline, account("home", server.port))
    server.append(*(confirmation(n, n) for n in range(80)))
    for newest in (0, MOST_DAYS_PER_RUN):
        (request,) = pipeline.tick("imap_sensor")
        first = dt.date.fromisoformat(request.tags["dagster/asset_partition_range_start"])
        last = dt.date.fromisoformat(request.tags["dagster/asset_partition_range_end"])
        assert (last, (last - first).days + 1) == (TODAY - dt.timedelta(days=newest), MOST_DAYS_PER_RUN)
        assert pipeline.execute(request, "take_mail").success


_WORKER = """
import datetime as dt
from apptrack_pipeline.db.database import Database
from apptrack_pipeline.ingestion.mail.accounts import sources
from apptrack_pipeline.ingestion.mail.intake import take_in
database = Database()
clock = lambda: dt.datetime.now(dt.UTC)
take_in(database, sources(database, now=clock(), say=print), first=dt.date(2020, 1, 1), last=clock().date(),
        run_id="killed", clock=clock, say=lambda line: print(line, flush=True))
"""


def test_a_first_sync_that_is_killed_loses_and_doubles_nothing(
    pipeline: Pipeline, server: PymapServer, database_url: str
) -> None:
    server.append(*(confirmation(n) for n in range(700)))
    with FaultProxy(server.port, stall_after=300_000) as proxy:
        use(pipeline, account("home", proxy.port))
        (each,) = pipeline.settings.mail_accounts
        worker = subprocess.Popen(
            [sys.executable, "-c", _WORKER],
            env={
                **os.environ,
                "APPTRACK_DATABASE_URL": database_url,
                "APPTRACK_HOME": str(pipeline.settings.home),
                "APPTRACK_MAIL_ACCOUNTS": f'[{{"name": "home", "address": "{USER}", "host": "127.0.0.1", '
                f'"port": {each.port}, "security": "none", "password": "{PASSWORD}"}}]',
            },
            stdout=subprocess.PIPE,
            text=True,
        )
        assert worker.stdout is not None
        deadline = time.monotonic() + 60
        while not 0 < pipeline.one("SELECT count(*) FROM mail") < 700:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        worker.stdout.close()
        taken_before = pipeline.one("SELECT count(*) FROM mail")
        assert 0 < taken_before < 700
        while pipeline.one("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"):
            time.sleep(0.05)  # the server takes a moment to see that the worker's session is gone
        proxy.stall_after = None

        take_all(pipeline)

    assert pipeline.one("SELECT count(*) FROM mail") == 700
    assert pipeline.rows("SELECT state, count(*) FROM email_uids GROUP BY 1") == [("taken", 700)]
    assert pipeline.one("SELECT count(*) FROM mail_signals") == 700
    assert pipeline.one("SELECT count(*) FROM mail WHERE run_id = 'killed'") == taken_before


def test_a_refused_login_is_tried_once_and_then_left_alone(pipeline: Pipeline, server: PymapServer) -> None:
    server.append(confirmation(1))
    with FaultProxy(server.port) as proxy:
        use(pipeline, account("home", proxy.port, password="wrong"))
        for _ in range(3):
            assert take(pipeline) == []
            look_again(pipeline)
        assert proxy.connections == 1, "an account is locked by tries, not by one"

        found = {finding.name: finding for finding in diagnose(pipeline.settings)}["mail account home"]
        assert found.state == "fail"
        assert "is not tried again" in found.what_is_so
        assert "apptrack mail check home" in found.what_to_do
        assert "wrong" not in found.what_is_so

        use(pipeline, account("home", proxy.port))  # a new password is a reason to try
        assert take_all(pipeline) == 1
    assert subjects(pipeline) == ["1@acme.example"]
    found = {finding.name: finding for finding in diagnose(pipeline.settings)}["mail account home"]
    assert found.state == "ok"


def test_a_refused_account_stays_alone_in_a_backfill_too(pipeline: Pipeline, server: PymapServer) -> None:
    with FaultProxy(server.port) as proxy:
        use(pipeline, account("home", proxy.port, password="wrong"))
        take(pipeline)
        job = pipeline.defs.resolve_job_def("take_mail")
        for _ in range(2):
            job.execute_in_process(
                instance=pipeline.instance, partition_key=TODAY.isoformat(), raise_on_error=False
            )
        assert proxy.connections == 1


def test_a_server_that_is_away_is_asked_again_later_and_the_other_account_is_read(
    pipeline: Pipeline, server: PymapServer
) -> None:
    server.append(confirmation(1))
    with FaultProxy(server.port, closed=True) as proxy:
        use(pipeline, account("away", proxy.port), account("home", server.port))
        assert take(pipeline) == [True]
        assert subjects(pipeline) == ["1@acme.example"]
        assert pipeline.materialized("mail") == LAST_MONTH, "all that is known of these days is taken"
        assert "away" in pipeline.one("SELECT name FROM mail_accounts WHERE trouble IS NOT NULL")

        connections = proxy.connections
        assert take(pipeline) == []
        assert proxy.connections == connections, "not before the wait is over"
        proxy.closed = False
        look_again(pipeline)
        assert take_all(pipeline) == 1
    assert pipeline.one("SELECT count(*) FROM mail") == 1, (
        "the same mail in a second account is the same mail"
    )
    assert pipeline.one("SELECT count(*) FROM mail_accounts WHERE trouble IS NOT NULL") == 0


def test_a_server_that_goes_away_during_a_run_fails_it_and_what_was_taken_is_read(
    pipeline: Pipeline, server: PymapServer
) -> None:
    server.append(*(confirmation(n) for n in range(300)))
    with FaultProxy(server.port) as proxy:
        use(pipeline, account("home", proxy.port))
        (request,) = pipeline.tick("imap_sensor")
        tried = proxy.connections
        proxy.stall_after, proxy.rule = None, lambda n: setattr(proxy, "closed", n > tried + 1)
        proxy.cut_after = 60_000  # some batches, and then no connection any more
        assert not pipeline.execute(request, "take_mail").success
        taken = pipeline.one("SELECT count(*) FROM mail")
        assert 0 < taken < 300
        assert TODAY.isoformat() not in pipeline.materialized("mail")
        assert len(pipeline.materialized("mail")) == MOST_DAYS_PER_RUN - 1, "nothing is due on the other days"

        assert take_all(pipeline) == 1  # what was taken is read, though the step before it has failed
        assert pipeline.one("SELECT count(*) FROM mail_signals") == taken
        proxy.rule, proxy.closed, proxy.cut_after = None, False, None
        look_again(pipeline)
        take_all(pipeline)
    assert pipeline.one("SELECT count(*) FROM mail_signals") == 300


def test_the_sensor_asks_for_the_status_alone(pipeline: Pipeline) -> None:
    with ScriptedGmail(messages=gmail_messages(2)) as server:
        use(pipeline, account("gmail", server.port))
        assert len(pipeline.tick("imap_sensor")) == 1
        commands = {line.split()[0].upper() for line in server.asked}
        assert "STATUS" in commands
        assert commands & {"SELECT", "EXAMINE", "SEARCH", "FETCH", "UID", "STORE", "IDLE"} == set()


def test_gmail_shows_one_message_in_several_folders_and_it_is_fetched_once(pipeline: Pipeline) -> None:
    with ScriptedGmail(messages=gmail_messages(2)) as server:
        folders = ("INBOX", "[Gmail]/Tous les messages échangés")
        use(pipeline, account("gmail", server.port, folders=folders))
        take_all(pipeline)
        bodies = [line for line in server.asked if "BODY.PEEK[]" in line]
    assert pipeline.one("SELECT count(*) FROM mail") == 2
    assert pipeline.one("SELECT count(*) FROM email_uids WHERE state = 'taken'") == 4
    assert pipeline.rows("SELECT DISTINCT left(thread_key, 6) FROM mail WHERE raw IS NOT NULL") == [
        ("gmail:",)
    ]
    assert len(bodies) == 1, "the second folder's messages are known by their X-GM-MSGID"


def test_a_stalled_server_holds_a_tick_up_for_ten_seconds_at_most(
    pipeline: Pipeline, server: PymapServer
) -> None:
    with FaultProxy(server.port, stall_after=10) as proxy:
        use(pipeline, account("home", proxy.port))
        started = time.monotonic()
        assert take(pipeline) == []
        assert time.monotonic() - started < 10
    assert "did not answer" in pipeline.one("SELECT trouble FROM mail_accounts")


def test_a_mailbox_that_was_made_anew_doubles_nothing(pipeline: Pipeline, server: PymapServer) -> None:
    server.create("Jobs")
    server.append(confirmation(1), confirmation(2), folder="Jobs")
    use(pipeline, account("home", server.port, folders=("Jobs",)))
    take_all(pipeline)
    server.renew("Jobs", confirmation(2), confirmation(1), confirmation(3))
    look_again(pipeline)
    take_all(pipeline)
    assert subjects(pipeline) == [f"{n}@acme.example" for n in (1, 2, 3)]
    assert pipeline.one("SELECT count(*) FROM mail_signals") == 3


def test_the_same_mail_in_two_folders_is_one_mail(pipeline: Pipeline, server: PymapServer) -> None:
    server.create("Jobs")
    server.append(confirmation(1))
    server.append(confirmation(1), confirmation(2), folder="Jobs")
    use(pipeline, account("home", server.port, folders=("INBOX", "Jobs")))
    take_all(pipeline)
    assert subjects(pipeline) == ["1@acme.example", "2@acme.example"]
    assert pipeline.one("SELECT count(*) FROM email_uids WHERE state = 'taken'") == 3


def test_two_mails_with_one_message_id_are_two_mails(pipeline: Pipeline, server: PymapServer) -> None:
    one, received_at = confirmation(1)
    use(pipeline, account("home", server.port))
    server.append((one, received_at), (one.replace(b"Engineer 1", b"Engineer 2"), received_at))
    take_all(pipeline)
    assert subjects(pipeline) == ["1@acme.example"] * 2


def test_a_folder_that_is_missing_does_not_stop_the_others(pipeline: Pipeline, server: PymapServer) -> None:
    server.append(confirmation(1))
    use(pipeline, account("home", server.port, folders=("INBOX", "Jbos")))
    take(pipeline)
    assert subjects(pipeline) == ["1@acme.example"]
    assert "Jbos" in pipeline.one(
        "SELECT string_agg(trouble, ' ') FROM (SELECT trouble FROM mailboxes UNION ALL "
        "SELECT trouble FROM mail_accounts) AS t"
    )


def test_reading_again_changes_nothing_and_a_persons_word_stays(
    pipeline: Pipeline, server: PymapServer
) -> None:
    use(pipeline, account("home", server.port))
    server.append(confirmation(1), shop(2))
    take_all(pipeline)
    before = pipeline.rows("SELECT * FROM mail_signals ORDER BY mail_id")
    job = pipeline.defs.resolve_job_def("take_mail")
    for _ in range(2):
        assert job.execute_in_process(instance=pipeline.instance, partition_key=TODAY.isoformat()).success
    assert pipeline.rows("SELECT * FROM mail_signals ORDER BY mail_id") == before


def test_a_day_can_be_taken_again_from_its_mailbox(pipeline: Pipeline, server: PymapServer) -> None:
    use(pipeline, account("home", server.port))
    server.append(confirmation(1), shop(2))
    take_all(pipeline)
    with pipeline.database.begin() as connection:  # as if an older reader had thought otherwise
        connection.exec_driver_sql(
            "UPDATE mail SET raw = NULL, message_id = NULL, verdict = 'not_job', reader_version = 'mail-0'"
        )
    job = pipeline.defs.resolve_job_def("take_mail")
    result = job.execute_in_process(
        instance=pipeline.instance,
        partition_key=TODAY.isoformat(),
        run_config={"ops": {"mail": {"config": {"take_again": True}}}},
    )
    assert result.success
    assert subjects(pipeline) == ["1@acme.example"]
    assert pipeline.one("SELECT count(*) FROM mail") == 2
    assert pipeline.one("SELECT count(*) FROM mail_signals WHERE category = 'confirmation'") == 1


def test_files_are_imported_once_however_often_they_are_named(pipeline: Pipeline, tmp_path: Path) -> None:
    from apptrack_pipeline.ingestion.mail.store import FILES, know_mailbox

    def ask() -> None:
        with pipeline.database.begin() as connection:
            know_mailbox(connection, FILES, str(tmp_path), "files", requested_at=dt.datetime.now(dt.UTC))
        take_all(pipeline)

    for n in range(3):
        (tmp_path / f"{n}.eml").write_bytes(confirmation(n)[0])
    for _ in range(2):
        ask()
        assert pipeline.one("SELECT count(*) FROM mail_signals") == 3
    (tmp_path / "3.eml").write_bytes(confirmation(3)[0])
    ask()
    assert pipeline.one("SELECT count(*) FROM mail_signals") == 4


def test_files_that_are_gone_say_so_and_are_not_asked_for_again(pipeline: Pipeline, tmp_path: Path) -> None:
    from apptrack_pipeline.ingestion.mail.store import FILES, know_mailbox

    with pipeline.database.begin() as connection:
        know_mailbox(connection, FILES, str(tmp_path / "none"), "files", requested_at=dt.datetime.now(dt.UTC))
    assert take(pipeline) == [False]
    assert take(pipeline) == []
    job = pipeline.defs.resolve_job_def("take_mail")
    assert job.execute_in_process(instance=pipeline.instance, partition_key=TODAY.isoformat()).success
    assert "none" in pipeline.one("SELECT trouble FROM mailboxes WHERE kind = 'files'")


def test_the_checks_say_what_is_wrong(pipeline: Pipeline, server: PymapServer) -> None:
    server.append(confirmation(1))
    with FaultProxy(server.port, closed=True) as proxy:
        use(pipeline, account("away", proxy.port), account("home", server.port))
        take(pipeline)
        take_all(pipeline)
    job = pipeline.defs.resolve_job_def("export_tracker")
    evaluations = {
        each.check_name: each
        for each in job.execute_in_process(instance=pipeline.instance).get_asset_check_evaluations()
    }
    assert not evaluations["mailboxes_can_be_read"].passed
    assert "away" in str(evaluations["mailboxes_can_be_read"].metadata)
    assert evaluations["no_message_in_quarantine"].passed
    assert evaluations["every_mail_is_read"].passed


def test_news_of_one_account_do_not_make_runs_fail_for_another_that_is_away(
    pipeline: Pipeline, server: PymapServer
) -> None:
    with FaultProxy(server.port, closed=True) as proxy:
        use(pipeline, account("away", proxy.port), account("home", server.port))
        server.append(confirmation(1))
        assert take(pipeline) == [True]
        connections = proxy.connections
        server.append(confirmation(2))
        pipeline.cursors.clear()
        assert take(pipeline) == [True]
        assert proxy.connections == connections
    assert subjects(pipeline) == ["1@acme.example", "2@acme.example"]


def test_what_is_due_in_a_folder_that_is_read_no_more_makes_no_runs_fail(
    pipeline: Pipeline, server: PymapServer
) -> None:
    server.create("Old")
    server.append(confirmation(1), folder="Old")
    server.append(confirmation(2, 40), folder="Old")
    use(pipeline, account("home", server.port, folders=("INBOX", "Old")))
    assert take(pipeline) == [True]  # the newest month; the other mail is due still
    use(pipeline, account("home", server.port, folders=("INBOX",)))
    server.append(confirmation(3))
    take(pipeline)
    look_again(pipeline)
    assert take_all(pipeline) <= 1
    assert subjects(pipeline) == ["1@acme.example", "3@acme.example"]
    found = {finding.name: finding for finding in diagnose(pipeline.settings)}["mailbox home/Old"]
    assert found.what_is_so == "it is not among the folders that are read"
    use(pipeline, account("home", server.port, folders=("INBOX", "Old")))
    take_all(pipeline)
    assert subjects(pipeline) == ["1@acme.example", "2@acme.example", "3@acme.example"]


def test_a_mailbox_that_was_made_anew_does_not_ask_for_its_old_messages_again(
    pipeline: Pipeline, server: PymapServer
) -> None:
    server.create("Jobs")
    server.append(confirmation(1), folder="Jobs")
    use(pipeline, account("home", server.port, folders=("Jobs",)))
    take_all(pipeline)
    server.renew("Jobs", confirmation(2))
    look_again(pipeline)
    take_all(pipeline)
    job = pipeline.defs.resolve_job_def("take_mail")
    result = job.execute_in_process(
        instance=pipeline.instance,
        partition_key=TODAY.isoformat(),
        run_config={"ops": {"mail": {"config": {"take_again": True}}}},
    )
    assert result.success
    assert take(pipeline) == []
    assert subjects(pipeline) == ["1@acme.example", "2@acme.example"]


def test_gmails_number_in_a_file_is_not_believed(pipeline: Pipeline, tmp_path: Path) -> None:
    from apptrack_pipeline.ingestion.mail.store import FILES, know_mailbox

    for n, number in enumerate(("1234567890", "1234567890", "18446744073709551615")):
        header = f"X-GM-MSGID: {number}\r\n".encode()
        (tmp_path / f"{n}.eml").write_bytes(header + confirmation(n)[0])
    with pipeline.database.begin() as connection:
        know_mailbox(connection, FILES, str(tmp_path), "files", requested_at=dt.datetime.now(dt.UTC))
    take_all(pipeline)
    assert subjects(pipeline) == [f"{n}@acme.example" for n in range(3)]


def test_what_nobody_foresaw_in_one_mailbox_does_not_stop_the_others(
    pipeline: Pipeline, server: PymapServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from apptrack_pipeline.ingestion.mail import intake

    server.create("Jobs")
    server.append(confirmation(1))
    server.append(confirmation(2), folder="Jobs")
    use(pipeline, account("home", server.port, folders=("INBOX", "Jobs")))
    prepare = intake.prepare

    def broken(entry, message, reader):
        if b"1@acme.example" in message.raw:
            raise ZeroDivisionError("nobody foresaw this")
        return prepare(entry, message, reader)

    monkeypatch.setattr(intake, "prepare", broken)
    assert take(pipeline) == [False]
    assert subjects(pipeline) == ["2@acme.example"]
    assert "ZeroDivisionError" in pipeline.one("SELECT trouble FROM mailboxes WHERE name = 'INBOX'")
    monkeypatch.undo()
    look_again(pipeline)
    take_all(pipeline)
    assert subjects(pipeline) == ["1@acme.example", "2@acme.example"]


def test_a_run_that_failed_is_followed_by_another_after_a_minute(
    pipeline: Pipeline, server: PymapServer
) -> None:
    server.append(confirmation(1), confirmation(2, 40))
    use(pipeline, account("home", server.port))
    assert take(pipeline) == [True]
    job = pipeline.defs.resolve_job_def("take_mail")
    run = pipeline.instance.create_run_for_job(job, status=dg.DagsterRunStatus.STARTED)
    pipeline.instance.report_run_failed(run)
    pipeline.database.settings = pipeline.settings.model_copy(update={"retry_delays_s": (60.0,)})
    assert take(pipeline) == []
    pipeline.database.settings = pipeline.settings.model_copy(update={"retry_delays_s": (0.0,)})
    assert take(pipeline) == [True]


def test_a_correction_that_comes_while_mail_is_read_is_taken_up_by_the_next_run(
    pipeline: Pipeline, server: PymapServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from apptrack_pipeline.ingestion.mail import rereading

    use(pipeline, account("home", server.port))
    server.append(confirmation(1))
    row_of = rereading.row_of

    def interrupted(mail, *rest):
        payload = json.dumps({"mail_id": str(mail.id), "category": "offer"})
        with pipeline.database.begin() as connection:
            connection.exec_driver_sql(
                "INSERT INTO decisions (id, kind, payload, decided_at, actor) VALUES (gen_random_uuid(), "
                "'mail_category', %s, now(), 'me')",
                (payload,),
            )
        return row_of(mail, *rest)

    monkeypatch.setattr(rereading, "row_of", interrupted)
    assert take(pipeline) == [True]
    monkeypatch.undo()
    assert pipeline.one("SELECT category FROM mail_signals") == "confirmation"
    assert take_all(pipeline) == 1
    assert pipeline.rows("SELECT category, decided FROM mail_signals") == [("offer", True)]
    assert pipeline.one("SELECT count(*) FROM decisions WHERE state = 'due'") == 0


def test_a_mail_that_came_from_a_file_first_is_the_accounts_when_the_account_shows_it(
    pipeline: Pipeline, server: PymapServer, tmp_path: Path
) -> None:
    from apptrack_pipeline.ingestion.mail.store import FILES, know_mailbox

    word = b"Authentication-Results: mx.example.org; dmarc=pass header.from=example.com\r\n"
    (tmp_path / "1.eml").write_bytes(word + confirmation(1)[0])
    with pipeline.database.begin() as connection:
        know_mailbox(connection, FILES, str(tmp_path), "files", requested_at=dt.datetime.now(dt.UTC))
    take_all(pipeline)
    assert pipeline.one("SELECT trust FROM mail_signals") == "other", "anybody may write a header into a file"
    received_at = dt.datetime(2026, 11, 2, 10, 0, tzinfo=dt.UTC)
    server.append((word + confirmation(1)[0], received_at))
    use(pipeline, account("home", server.port, authserv_ids=("mx.example.org",)))
    take_all(pipeline)
    assert pipeline.rows("SELECT account, trust FROM mail JOIN mail_signals ON id = mail_id") == [
        ("home", "aligned")
    ]
