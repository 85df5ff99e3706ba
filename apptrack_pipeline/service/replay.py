"""`apptrack replay`: what today's code says of the mail since a day, beside what is stored.

Mail is read and linked again by the functions of the stages, in one transaction: it is kept where the
difference is to be taken, and rolled back where it is only to be seen.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, Table, select

from apptrack_pipeline.correlation.linking.relinking import link_days
from apptrack_pipeline.correlation.linking.store import LINKS
from apptrack_pipeline.correlation.store import APPLICATIONS, load_evidence
from apptrack_pipeline.db.database import Database
from apptrack_pipeline.db.tables import Mail, MailSignal
from apptrack_pipeline.domain import new_id
from apptrack_pipeline.ingestion.mail.rereading import read_days

_SIGNALS: Final[Table] = MailSignal.__table__  # type: ignore[assignment]
_MAIL: Final[Table] = Mail.__table__  # type: ignore[assignment]
_SHOWN: Final = 20
"""Changes of each kind that the text names; `--json` has all of them."""


@dataclass(frozen=True)
class CategoryChange:
    """A mail that is about something else now."""

    mail_id: uuid.UUID
    subject: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class LinkChange:
    """A mail event whose outcome or application differs; an application is told by its id and its names."""

    mail_id: uuid.UUID
    event: int
    subject: str
    before: str | None
    after: str | None
    from_application: str | None
    to_application: str | None


@dataclass(frozen=True)
class StatusChange:
    """An application whose status differs; `before` is None where it comes to be."""

    application_id: uuid.UUID
    name: str
    before: str | None
    after: str | None


@dataclass
class Difference:
    """What differs between what is stored and what today's code says."""

    read: int = 0
    signals_changed: int = 0
    """Mails that say anything new, if only in the evidence."""
    linked: int = 0
    links_changed: int = 0
    """Events whose link differs in anything, if only in its bits."""
    failed: dict[str, str] = field(default_factory=dict)
    """By mail: why it could not be linked."""
    categories: list[CategoryChange] = field(default_factory=list)
    added: list[LinkChange] = field(default_factory=list)
    removed: list[LinkChange] = field(default_factory=list)
    moved: list[LinkChange] = field(default_factory=list)
    proposed: list[LinkChange] = field(default_factory=list)
    reviewed: list[LinkChange] = field(default_factory=list)
    """Between review and unmatched: nothing is linked before or after."""
    statuses: list[StatusChange] = field(default_factory=list)
    applications: int = 0
    """Applications that are to be folded again."""

    def as_json(self) -> dict[str, Any]:
        """Return the difference as `--json` prints it."""
        return asdict(self)

    @property
    def is_empty(self) -> bool:
        """Whether nothing would be written."""
        return not (self.signals_changed or self.links_changed or self.failed)


def replay(
    database: Database,
    *,
    since: dt.date,
    apply: bool,
    clock: Callable[[], dt.datetime],
    say: Callable[[str], None],
) -> Difference:
    """Derive signals and links of all mail since a day (UTC) again; keep them where `apply` says so.

    The rows of applications are the stage's: those that have changed are queued for it. Folds and other
    linking wait until it is done.
    """
    run_id = f"replay {new_id()}"
    last = clock().date()
    with database.rehearsal(keep=apply) as rehearsal:
        with rehearsal.begin() as connection:
            categories, links = _categories(connection, since), _links(connection)
        reading = read_days(rehearsal, first=since, last=last, run_id=run_id, clock=clock, say=say)
        linking = link_days(
            rehearsal, first=since, last=last, all_of_them=True, run_id=run_id, clock=clock, say=say
        )
        difference = Difference(
            read=reading.read,
            signals_changed=reading.changed,
            linked=linking.seeds,
            links_changed=linking.changed,
            failed={str(mail_id): str(error) for mail_id, error in linking.failed.items()},
            applications=len(linking.applications),
        )
        with rehearsal.begin() as connection:
            _compare_categories(connection, categories, _categories(connection, since), difference)
            _compare_links(connection, links, _links(connection), difference)
            difference.statuses = _statuses(connection, linking.applications)
    return difference


_Place = tuple[str, uuid.UUID | None]
_Links = Mapping[tuple[uuid.UUID, int], _Place]


def _categories(connection: Connection, since: dt.date) -> Mapping[uuid.UUID, str]:
    rows = connection.execute(
        select(_SIGNALS.c.mail_id, _SIGNALS.c.category)
        .join(_MAIL, _MAIL.c.id == _SIGNALS.c.mail_id)
        .where(_MAIL.c.day >= since)
    )
    return {row[0]: row[1] for row in rows}


def _links(connection: Connection) -> _Links:
    """Return all links: those of earlier days may move with later ones."""
    rows = connection.execute(select(LINKS.c.mail_id, LINKS.c.event, LINKS.c.outcome, LINKS.c.application_id))
    return {(row[0], row[1]): (row[2], row[3]) for row in rows}


def _compare_categories(
    connection: Connection,
    before: Mapping[uuid.UUID, str],
    after: Mapping[uuid.UUID, str],
    difference: Difference,
) -> None:
    changed = [mail_id for mail_id in after if before.get(mail_id) != after[mail_id]]
    subjects = _subjects(connection, changed)
    difference.categories = [
        CategoryChange(mail_id, subjects.get(mail_id, ""), before.get(mail_id), after[mail_id])
        for mail_id in sorted(changed)
    ]


def _compare_links(connection: Connection, before: _Links, after: _Links, difference: Difference) -> None:
    changed = sorted(key for key in before.keys() | after.keys() if before.get(key) != after.get(key))
    subjects = _subjects(connection, {mail_id for mail_id, _ in changed})
    places = {one[key][1] for one in (before, after) for key in changed if key in one}
    names = _names(connection, {place for place in places if place is not None})
    for key in changed:
        (was, at), (is_now, to) = before.get(key, (None, None)), after.get(key, (None, None))
        change = LinkChange(
            *key,
            subjects.get(key[0], ""),
            was,
            is_now,
            names.get(at, str(at)) if at else None,
            names.get(to, str(to)) if to else None,
        )
        if was == "linked" and is_now == "linked":
            difference.moved.append(change)
        elif is_now == "linked":
            difference.added.append(change)
        elif was == "linked":
            difference.removed.append(change)
        elif "proposed" in (was, is_now):
            difference.proposed.append(change)
        else:
            difference.reviewed.append(change)


def _subjects(connection: Connection, mail_ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, str]:
    rows = connection.execute(
        select(_SIGNALS.c.mail_id, _SIGNALS.c.signals["head"]["subject"].as_string()).where(
            _SIGNALS.c.mail_id.in_(mail_ids)
        )
    )
    return {row[0]: row[1] or "" for row in rows}


def _names(connection: Connection, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, str]:
    rows = connection.execute(
        select(APPLICATIONS.c.id, APPLICATIONS.c.company_name, APPLICATIONS.c.job_title).where(
            APPLICATIONS.c.id.in_(ids)
        )
    )
    return {row[0]: _named(row[0], row[1], row[2]) for row in rows}


def _named(application_id: uuid.UUID, company: str | None, title: str | None) -> str:
    return f"{company or '?'}, {title or '?'} ({application_id})"


def _statuses(connection: Connection, ids: Collection[uuid.UUID]) -> list[StatusChange]:
    """Return the applications among these whose fold gives another status than is stored."""
    stored = {
        row[0]: row
        for row in connection.execute(
            select(
                APPLICATIONS.c.id,
                APPLICATIONS.c.company_name,
                APPLICATIONS.c.job_title,
                APPLICATIONS.c.status,
            ).where(APPLICATIONS.c.id.in_(ids))
        )
    }
    changes = []
    for application_id, evidence in sorted(load_evidence(connection, ids).items()):
        row = stored.get(application_id)
        if evidence.is_empty:
            if row is not None:
                name = _named(application_id, row.company_name, row.job_title)
                changes.append(StatusChange(application_id, name, row.status, None))
            continue
        folded = evidence.fold()
        before = row.status if row is not None else None
        if before != folded.status:
            name = _named(application_id, folded.company_name, folded.job_title)
            changes.append(StatusChange(application_id, name, before, str(folded.status)))
    return changes


def told(difference: Difference, *, applied: bool) -> Iterator[str]:
    """Yield the difference as lines for a person."""
    yield (
        f"{difference.read} mails read, {difference.signals_changed} say something new; "
        f"{difference.linked} matched, {difference.links_changed} links differ"
    )
    for title, changes in (
        ("mails about something else", difference.categories),
        ("links added", difference.added),
        ("links removed", difference.removed),
        ("links moved", difference.moved),
        ("proposals", difference.proposed),
        ("between review and unmatched", difference.reviewed),
        ("statuses changed", difference.statuses),
    ):
        yield f"{title}: {len(changes)}"
        yield from (f"    {_line(change)}" for change in changes[:_SHOWN])
        if len(changes) > _SHOWN:
            yield f"    and {len(changes) - _SHOWN} more"
    for mail_id, error in difference.failed.items():
        yield f"not linked: {mail_id}: {error}"
    if difference.is_empty:
        yield "Nothing differs."
    elif not applied:
        yield "Nothing was changed; --apply takes it."
    else:
        yield (
            f"Taken. {difference.applications} applications are brought up to date while `apptrack up` runs."
        )


def _line(change: CategoryChange | LinkChange | StatusChange) -> str:
    if isinstance(change, StatusChange):
        return f"{change.name}: {change.before or 'new'} -> {change.after or 'without evidence'}"
    if isinstance(change, CategoryChange):
        return f'"{change.subject}": {change.before or "unread"} -> {change.after}'
    sides = (
        " ".join(part for part in (outcome or "nothing", place) if part)
        for outcome, place in (
            (change.before, change.from_application),
            (change.after, change.to_application),
        )
    )
    return f'"{change.subject}": ' + " -> ".join(sides)
