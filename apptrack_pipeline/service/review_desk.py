"""The terminal of `apptrack review`: shows what waits for a person, and takes one answer after the other.

Mail is foreign text: what is shown of it has no control characters, and rich reads no markup in it.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text
from sqlalchemy import Connection

from apptrack_pipeline.correlation.deciding import store as deciding
from apptrack_pipeline.correlation.deciding.store import Recorded
from apptrack_pipeline.correlation.links import Bits
from apptrack_pipeline.correlation.review.items import (
    ApplicationItem,
    Choice,
    Item,
    MailItem,
    plain,
    read_ref,
    ref_of,
    told,
)
from apptrack_pipeline.correlation.review.store import (
    Tracked,
    application_id_of,
    applications_of,
    find_applications,
    open_items,
    tracked,
)
from apptrack_pipeline.db.database import Database
from apptrack_pipeline.domain import InvalidInputError, Status

ACTOR: Final = "apptrack review"

WHEN_TAKEN: Final = "The running instance takes it within seconds; where none runs, `apptrack up` does."

_BAR_CELLS: Final = 20
_FULL_BAR_BITS: Final = 20.0
_EIGHTHS: Final = " ▏▎▍▌▋▊▉"
_CHOICES: Final = 9

Ask = Callable[[str], str]
"""Asks a person for one line; raises EOFError where there is no more."""


# -- what is shown -----------------------------------------------------------------------------------------


def overview(items: Sequence[Item]) -> Table:
    """Return the open items as a table: number, item, date, what it says, what is suggested, probability."""
    shown = Table(box=SIMPLE_HEAD, pad_edge=False)
    shown.add_column("No", justify="right", no_wrap=True)
    shown.add_column("Item", no_wrap=True)
    shown.add_column("Date", no_wrap=True)
    shown.add_column("What", overflow="fold")
    shown.add_column("Suggested", overflow="fold")
    shown.add_column("Probability", justify="right", no_wrap=True)
    for number, item in enumerate(items, 1):
        date = f"{item.position.date:%Y-%m-%d}"
        what, suggested, posterior = _in_short(item)
        cells = (str(number), item.ref, date, what, suggested, posterior)
        shown.add_row(*(Text(plain(cell)) for cell in cells))
    return shown


def _in_short(item: Item) -> tuple[str, str, str]:
    if isinstance(item, ApplicationItem):
        what = f"{_names(item.company, item.title)}: {', '.join(map(told, item.reasons))}"
        return what, "" if item.suggested is None else str(item.suggested), ""
    newest = item.mails[0]
    more = f" (and {len(item.mails) - 1} more)" if len(item.mails) > 1 else ""
    what = f"{newest.category}, {_names(newest.company, newest.title)}: {newest.subject}{more}"
    chosen = next((one for one in item.choices if one.application_id == item.suggested), None)
    if chosen is not None:
        return what, _names(chosen.company, chosen.title), f"{chosen.posterior:.0%}"
    likeliest = "" if item.best is None else f"{item.best.posterior:.0%}"
    return what, "a new application" if item.suggests_new else "", likeliest


def shown_in_full(item: Item) -> list[Text]:
    """Return the lines that a person decides by."""
    if isinstance(item, ApplicationItem):
        return [*_about_application(item), *_options(item)]
    lines = []
    for mail in item.mails:
        lines += [
            _line(f"{mail.received_at:%Y-%m-%d %H:%M} UTC  ", plain(mail.sender), style="bold"),
            _line("Subject:  ", plain(mail.subject)),
            _line(
                "Says:     ",
                f"{mail.category} ({mail.certainty:.0%})"
                + (f': "{plain(mail.sentence)}"' if mail.sentence else "")
                + (f"  [{plain(mail.rule)}]" if mail.rule else ""),
            ),
            _line("Names:    ", _names(mail.company, mail.title)),
        ]
    if item.reason:
        lines.append(_line("Not linked: ", plain(item.reason), style="yellow"))
    for number, choice in enumerate(item.choices, 1):
        lines += [Text(""), *_candidate(number, choice, is_suggested=choice.application_id == item.suggested)]
    if item.margin is not None:
        lines.append(_line("     ", f"{item.margin:.1f} bits between the two", style="dim"))
    return [*lines, *_options(item)]


def _about_application(item: ApplicationItem) -> list[Text]:
    doubt = "" if item.status_confirmed else ", not confirmed"
    since = f"{item.status}{doubt}, since {item.status_since:%Y-%m-%d}"
    lines = [
        _line("Application: ", f"{_names(item.company, item.title)}  ({since})", style="bold"),
        _line("In doubt:    ", ", ".join(map(told, item.reasons)), style="yellow"),
    ]
    if item.sentence:
        lines.append(_line("Says:        ", f'"{plain(item.sentence)}"  {plain(item.sender)}'))
    return lines


def _candidate(number: int, choice: Choice, *, is_suggested: bool) -> list[Text]:
    applied = "" if choice.applied_at is None else f", applied {choice.applied_at:%Y-%m-%d}"
    head = f"{_names(choice.company, choice.title)}  ({choice.status}{applied})"
    mark = "  suggested" if is_suggested else ""
    lines = [
        _line(
            f"  {number}  ", f"{head}  {choice.posterior:.1%}, {choice.total:+.1f} bits{mark}", style="bold"
        )
    ]
    return [*lines, *(_bar(one) for one in choice.bits)]


def _bar(one: Bits) -> Text:
    eighths = round(min(abs(one.bits) / _FULL_BAR_BITS, 1.0) * _BAR_CELLS * 8)
    bar = "█" * (eighths // 8) + (_EIGHTHS[eighths % 8] if eighths % 8 else "")
    line = Text(f"     {plain(one.field):<12}{one.bits:+6.1f} ")
    line.append(bar.ljust(_BAR_CELLS), style="green" if one.bits >= 0 else "red")
    return line.append(f" {plain(one.because)}")


def _options(item: Item) -> list[Text]:
    if isinstance(item, ApplicationItem):
        options = ["o(ther status)", "s(kip)", "u(ndo last)", "q(uit)"]
        if item.suggested is not None:
            options.insert(0, f"a(ccept: {item.suggested})")
    else:
        options = [
            *(f"{number} (that one)" for number in range(1, len(item.choices) + 1)),
            "o(ther application)",
            "n(ew application)",
            "x (not a job mail)",
            "s(kip)",
            "u(ndo last)",
            "q(uit)",
        ]
        if item.suggested is not None:
            options.insert(0, "a(ccept)")
        elif item.suggests_new:
            options.insert(0, "a(ccept: a new application)")
    return [Text(""), Text("  ".join(options), style="cyan")]


def _line(name: str, value: str, *, style: str = "") -> Text:
    return Text().append(name, style="dim").append(value, style=style)


def _names(company: str | None, title: str | None) -> str:
    return f"{plain(company) or '(no company)'}, {plain(title) or '(no title)'}"


# -- what is decided ---------------------------------------------------------------------------------------


def accept(connection: Connection, item: Item, *, now: dt.datetime) -> Recorded:
    """Decide an item as suggested; raises InvalidInputError where nothing is."""
    if isinstance(item, ApplicationItem):
        if item.suggested is None:
            raise InvalidInputError("item", f"{item.ref}: no one status is suggested")
        return deciding.status(connection, item.application_id, item.suggested, actor=ACTOR, now=now)
    if item.suggested is not None:
        return deciding.link(connection, item.keys, item.suggested, actor=ACTOR, now=now)
    if item.suggests_new:
        return deciding.link_to_new(connection, item.keys, actor=ACTOR, now=now)
    raise InvalidInputError("item", f"{item.ref}: nothing is suggested; say which application it is about")


def what_follows(connection: Connection, recorded: Recorded, did: str) -> list[str]:
    """Return what a person is told after a decision; `did` says what was decided."""
    lines = [f"{did}."]
    if recorded.application_id is not None:
        one = tracked(connection, recorded.application_id)
        where = f"application {recorded.application_id}"
        lines = [f"{did}: {where} ({_names(one.company, one.title)})." if one else f"{did}: {where}."]
    return [
        *lines,
        WHEN_TAKEN,
        f"To take it back: apptrack review undo {recorded.id}",
    ]


# -- one item after the other ------------------------------------------------------------------------------


@dataclass
class Desk:
    """Goes through open items with a person."""

    database: Database
    console: Console
    ask: Ask
    clock: Callable[[], dt.datetime]
    _done: list[tuple[int, uuid.UUID]] = field(default_factory=list)
    """Number of the item and the decision on it, in the order in which they were made."""

    def go_through(self, items: Sequence[Item]) -> int:
        """Show each item and take an answer; return how many decisions stand at the end."""
        number = 0
        try:
            while number < len(items):
                self._show(number, items)
                number = self._answered(number, items[number])
        except (EOFError, KeyboardInterrupt, _QuitError):
            self.console.print()
        return len(self._done)

    def _show(self, number: int, items: Sequence[Item]) -> None:
        self.console.rule(f"{number + 1} of {len(items)}  {items[number].ref}")
        for line in shown_in_full(items[number]):
            self.console.print(line, highlight=False)

    def _answered(self, number: int, item: Item) -> int:
        """Take answers until one of them leads to another item; return its number."""
        while True:
            answer = self.ask("> ").strip().lower()
            try:
                if answer == "q":
                    raise _QuitError
                if answer == "s":
                    return number + 1
                if answer == "u":
                    return self._take_back()
                recorded = self._decide(item, answer)
            except InvalidInputError as error:
                self._say(error.message, style="red")
                continue
            if recorded is not None:
                self._done.append((number, recorded.id))
                return number + 1

    def _decide(self, item: Item, answer: str) -> Recorded | None:
        """Write the decision that the answer means; None where it means none."""
        if answer == "a":
            with self.database.begin() as connection:
                return self._told(connection, accept(connection, item, now=self.clock()), "Accepted")
        if isinstance(item, ApplicationItem):
            if answer == "o":
                return self._other_status(item)
            raise InvalidInputError("answer", "give one of the letters above")
        if answer == "o":
            return self._other_application(item)
        with self.database.begin() as connection:
            if answer in {"1", "2"} and int(answer) <= len(item.choices):
                chosen = item.choices[int(answer) - 1].application_id
                recorded = deciding.link(connection, item.keys, chosen, actor=ACTOR, now=self.clock())
                return self._told(connection, recorded, "Linked")
            if answer == "n":
                recorded = deciding.link_to_new(connection, item.keys, actor=ACTOR, now=self.clock())
                return self._told(connection, recorded, "A new application")
            if answer == "x":
                mail_ids = [mail_id for mail_id, _ in item.keys]
                recorded = deciding.not_job_mail(connection, mail_ids, actor=ACTOR, now=self.clock())
                return self._told(connection, recorded, "Not a job mail")
        raise InvalidInputError("answer", "give one of the letters above")

    def _other_status(self, item: ApplicationItem) -> Recorded | None:
        answer = self.ask(f"Which status ({', '.join(Status)})? ").strip().lower()
        if not answer:
            return None
        if answer not in set(Status):
            raise InvalidInputError("status", f"{plain(answer)!r} is no status")
        with self.database.begin() as connection:
            recorded = deciding.status(
                connection, item.application_id, Status(answer), actor=ACTOR, now=self.clock()
            )
            return self._told(connection, recorded, f"The status is {answer}")

    def _other_application(self, item: MailItem) -> Recorded | None:
        with self.database.begin() as connection:
            offered = self._offered(connection, item)
        while True:
            for number, one in enumerate(offered, 1):
                applied = "" if one.applied_at is None else f", applied {one.applied_at:%Y-%m-%d}"
                self._say(
                    f"  {number}  {_names(one.company, one.title)}  ({one.status}{applied})  {ref_of(one.id)}"
                )
            answer = self.ask("Number or id of the application, or words of its company or title: ").strip()
            if not answer:
                return None
            chosen = self._chosen(answer, offered)
            if chosen is not None:
                with self.database.begin() as connection:
                    recorded = deciding.link(connection, item.keys, chosen, actor=ACTOR, now=self.clock())
                    return self._told(connection, recorded, "Linked")
            with self.database.begin() as connection:
                offered = find_applications(connection, answer, limit=_CHOICES)
            if not offered:
                self._say("No application has such words.", style="yellow")

    def _offered(self, connection: Connection, item: MailItem) -> list[Tracked]:
        """Return the candidates, then the applications of the employer that the mail names."""
        found = [tracked(connection, choice.application_id) for choice in item.choices]
        companies = dict.fromkeys(mail.company for mail in item.mails if mail.company)
        found += [one for name in companies for one in applications_of(connection, name, limit=_CHOICES)]
        return list({one.id: one for one in found if one is not None}.values())[:_CHOICES]

    def _chosen(self, answer: str, offered: Sequence[Tracked]) -> uuid.UUID | None:
        """Return the application that a number or an id means; None where it is words."""
        if answer.isascii() and answer.isdecimal() and 0 < int(answer) <= len(offered):
            return offered[int(answer) - 1].id
        try:
            ref = read_ref(answer, field="application")
        except InvalidInputError:
            return None
        with self.database.begin() as connection:
            return application_id_of(connection, ref)

    def _take_back(self) -> int:
        if not self._done:
            raise InvalidInputError("decision", "nothing was decided yet")
        number, decision_id = self._done[-1]
        with self.database.begin() as connection:
            deciding.undo(connection, decision_id, now=self.clock())
        self._done.pop()
        self._say("Taken back.", style="green")
        return number

    def _told(self, connection: Connection, recorded: Recorded, did: str) -> Recorded:
        for line in what_follows(connection, recorded, did):
            self._say(line, style="green")
        return recorded

    def _say(self, line: str, *, style: str = "") -> None:
        self.console.print(Text(line, style=style), highlight=False)


class _QuitError(Exception):
    """The person has had enough."""


def waiting(database: Database, *, limit: int) -> tuple[list[Item], bool]:
    """Return the newest open items, and whether there are more."""
    with database.begin() as connection:
        items = open_items(connection, limit=limit + 1)
    return items[:limit], len(items) > limit
