"""How fast mail is read, and taken in from a mailbox until what it says is stored."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
import time
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from apptrack_pipeline.db.connect import ensure_server
from apptrack_pipeline.db.database import Database
from apptrack_pipeline.db.embedded import EmbeddedPostgres
from apptrack_pipeline.db.migrate import upgrade
from apptrack_pipeline.ingestion.mail import store
from apptrack_pipeline.ingestion.mail.accounts import sources
from apptrack_pipeline.ingestion.mail.intake import take_in
from apptrack_pipeline.ingestion.mail.interpret import interpret
from apptrack_pipeline.ingestion.mail.rereading import read_days
from apptrack_pipeline.ingestion.mail.signals import Reader
from apptrack_pipeline.service.home import prepare_home
from apptrack_pipeline.settings import Settings

MAILS = 3_000
JOB_SHARE = 5
"""Every fifth mail is job mail: more than in the mailbox of a person who applies a lot."""

_JOB = (
    ("Thank you for applying to Fernwick", "we have received your application for the {title} position."),
    ("Your application for {title}", "after careful review we have decided to move forward with others."),
    ("Next steps: {title}", "we would like to invite you to a video interview next week. Book a time here."),
    ("Fernwick coding assessment", "please complete the online assessment for the {title} role in 5 days."),
)
_OTHER = (
    ("Your order {n} has been shipped", "your parcel is on its way and will arrive on Tuesday."),
    ("Weekly digest {n}", "here is what happened in the groups that you follow."),
    (
        "[list] Re: patch {n} breaks the build",
        "I can confirm that, it fails on my machine with the new kernel.",
    ),
    ("Your statement is ready", "your monthly statement {n} can be seen in your account."),
)
_FILLER = (
    "Please do not answer this message, since nobody reads what arrives at this address.",
    "You can change what we send to you in the settings of your account at any time.",
    "Our offices are open from Monday to Friday between nine and five o'clock.",
    "Everything on this page is subject to the terms that you have agreed to.",
)


def mails(count: int, now: dt.datetime) -> list[bytes]:
    """Return different mails of 4 kB (plain) and 20 kB (HTML with a table layout), half of each."""
    made = []
    for n in range(count):
        subject, text = (_JOB if n % JOB_SHARE == 0 else _OTHER)[n // JOB_SHARE % 4]
        words = {"title": f"Data Engineer {n % 40}", "n": n}
        lines = ["Hello Sam,", text.format(**words), *(_FILLER[(n + k) % 4] for k in range(40))]
        message = EmailMessage()
        message["From"] = "Fernwick <no-reply@mail.fernwick.example>"
        message["To"] = "sam@example.org"
        message["Subject"] = subject.format(**words)
        message["Date"] = format_datetime(now - dt.timedelta(minutes=n))
        message["Message-ID"] = f"<{n}@mail.fernwick.example>"
        message.set_content("\n\n".join(lines))
        if n % 2:
            cell = '<tr><td style="padding:0 12px 8px;font-family:Arial,sans-serif;color:#333">{}</td></tr>'
            rows = "".join(cell.format(line) + "<tr><td height='8'>&nbsp;</td></tr>" * 2 for line in lines)
            message.add_alternative(f"<html><body><table>{rows}</table></body></html>", subtype="html")
        made.append(message.as_bytes())
    return made


def measure() -> dict[str, Any]:
    """Return mails per second, on one core: read alone, and from files to the stored signal."""
    now = dt.datetime.now(dt.UTC)
    made = mails(MAILS, now)
    reader = Reader()
    interpret(made[0], reader)  # what is loaded once
    started = time.perf_counter()
    for raw in made:
        interpret(raw, reader)
    read_s = time.perf_counter() - started

    home = Path(tempfile.mkdtemp(prefix="ab-"))
    settings = Settings(home=home)
    try:
        prepare_home(settings)
        ensure_server(settings)
        upgrade(settings)
        folder = home / "mails"
        folder.mkdir()
        for n, raw in enumerate(made):
            (folder / f"{n}.eml").write_bytes(raw)
        database = Database(settings)
        with database.begin() as connection:
            store.know_mailbox(connection, store.FILES, str(folder), "files", requested_at=now)
        days = {"first": dt.date(2020, 1, 1), "last": now.date(), "run_id": "bench"}
        clock = lambda: dt.datetime.now(dt.UTC)  # noqa: E731
        silent = lambda _line: None  # noqa: E731
        started = time.perf_counter()
        report = take_in(database, sources(database, now=now, say=silent), clock=clock, say=silent, **days)
        taken_s = time.perf_counter() - started
        reading = read_days(database, clock=clock, say=silent, **days)
        stored_s = time.perf_counter() - started
        database.engine.dispose()
    finally:
        EmbeddedPostgres(home).stop()
        shutil.rmtree(home, ignore_errors=True)
    assert report.new == reading.read == MAILS
    return {
        "mails": f"{MAILS}, {sum(map(len, made)) / MAILS / 1000:.1f} kB on average",
        "read_per_s": round(MAILS / read_s),
        "taken_in_per_s": round(MAILS / taken_s),
        "bytes_to_stored_signal_per_s": round(MAILS / stored_s),
        "kept": report.kept,
    }
