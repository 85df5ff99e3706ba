"""Shows a person how mailboxes stand, and how an import goes on."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from sqlalchemy import text

from apptrack_pipeline.db.database import Database
from apptrack_pipeline.domain import ApptrackError
from apptrack_pipeline.ingestion.mail.store import KnownMailbox

_LOOK_EVERY_S: Final = 1.0
_GIVE_UP_AFTER_S: Final = 120.0

_COUNTS: Final = text(
    """
    SELECT b.account, b.name, b.listed_at, b.trouble, b.listed_at >= b.requested_at AS is_listed,
           count(u.id) FILTER (WHERE u.state = 'taken') AS taken,
           count(u.id) FILTER (WHERE u.state = 'due') AS due,
           count(u.id) FILTER (WHERE u.state = 'gone') AS gone,
           count(u.id) FILTER (WHERE u.state = 'quarantined') AS quarantined,
           min(u.day) FILTER (WHERE u.state = 'due') AS due_since,
           count(u.id) FILTER (WHERE m.raw IS NOT NULL) AS job_mail
    FROM mailboxes AS b
    LEFT JOIN email_uids AS u ON u.account = b.account AND u.mailbox = b.name
    LEFT JOIN mail AS m ON m.id = u.mail_id
    GROUP BY b.id ORDER BY b.account, b.name
    """
)
_ACCOUNTS: Final = text("SELECT name, trouble FROM mail_accounts WHERE trouble IS NOT NULL ORDER BY name")


@dataclass(frozen=True)
class _Counts:
    account: str
    name: str
    listed_at: object
    trouble: str | None
    is_listed: bool | None
    taken: int
    due: int
    gone: int
    quarantined: int
    due_since: object
    job_mail: int


def _counts(database: Database) -> list[_Counts]:
    with database.begin() as connection:
        return [_Counts(*row) for row in connection.execute(_COUNTS)]


def table(database: Database) -> Table:
    """Return how each mailbox stands, as a table for the terminal."""
    shown = Table(box=SIMPLE_HEAD, pad_edge=False)
    shown.add_column("Mailbox", overflow="fold")
    for heading in ("Taken", "Job mail", "Due", "Gone", "Not had"):
        shown.add_column(heading, justify="right", no_wrap=True)
    shown.add_column("State", overflow="fold")
    for each in _counts(database):
        shown.add_row(
            f"{each.account}/{each.name}" if each.account != each.name else each.name,
            f"{each.taken:,}",
            f"{each.job_mail:,}",
            f"{each.due:,}",
            f"{each.gone:,}",
            f"{each.quarantined:,}",
            each.trouble or _state(each),
        )
    with database.begin() as connection:
        for name, trouble in connection.execute(_ACCOUNTS):
            shown.add_row(name, "", "", "", "", "", trouble)
    return shown


def _state(each: _Counts) -> str:
    if each.listed_at is None:
        return "not listed yet"
    return f"taking, back to {each.due_since}" if each.due else "up to date"


def follow(database: Database, box: KnownMailbox, *, console: Console) -> None:
    """Show how far the runs are with a mailbox until nothing of it is due.

    Raises ApptrackError where it cannot be read, and where nothing happens for two minutes.
    """
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    last_change = time.monotonic()
    before: tuple[int, int] | None = None
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("waiting for a run", total=None)
        while True:
            each = next(
                one for one in _counts(database) if (one.account, one.name) == (box.account, box.name)
            )
            if each.trouble is not None:
                raise ApptrackError(each.trouble)
            done = each.taken + each.gone + each.quarantined
            if (done, each.due) != before:
                before, last_change = (done, each.due), time.monotonic()
            progress.update(
                task,
                description="reading" if each.is_listed else "waiting for a run",
                completed=done,
                total=done + each.due or None,
            )
            if each.is_listed and each.due == 0:
                break
            if time.monotonic() - last_change > _GIVE_UP_AFTER_S:
                raise ApptrackError(
                    "nothing has happened for two minutes; the import goes on while `apptrack up` runs, and "
                    "`apptrack mail status` shows how far it is"
                )
            time.sleep(_LOOK_EVERY_S)
    console.print(
        f"{each.taken} messages, {each.job_mail} of them job mail or doubtful"
        + (f"; {each.quarantined} could not be read" if each.quarantined else "")
    )
