"""`apptrack demo`: the whole pipeline at work on the sample world, in a temporary home of its own.

Real PostgreSQL, daemon, sensors, runs and API, as `apptrack up` starts them; no key and no network:
recorded answers stand for the sites of the postings.
"""

from __future__ import annotations

import contextlib
import csv
import datetime as dt
import importlib.util
import shutil
import signal
import tempfile
import textwrap
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import Any, Final

import httpx
import psycopg
from pydantic import SecretStr
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
from rich.progress import Progress as Bars
from rich.table import Table
from sqlalchemy.exc import SQLAlchemyError

from apptrack_pipeline.analysis.store import add_resume
from apptrack_pipeline.correlation.review.items import Item, MailItem
from apptrack_pipeline.correlation.review.store import open_items
from apptrack_pipeline.db.connect import dagster_url, ensure_server
from apptrack_pipeline.db.database import Database
from apptrack_pipeline.db.embedded import EmbeddedPostgres
from apptrack_pipeline.db.migrate import upgrade
from apptrack_pipeline.demo.imap_server import MemoryImapServer
from apptrack_pipeline.demo.mailbox import ACCOUNT_ADDRESS, AUTHSERV_ID, SampleMail, sample_mails
from apptrack_pipeline.demo.outcome import (
    LEAST_RIGHT,
    Correlation,
    News,
    Progress,
    ReadMail,
    TrackedApplication,
    differences,
    expected_applications,
    full_postings,
    is_finished,
    link_differences,
    mail_differences,
    read_applications,
    read_lines,
    read_links,
    read_mail,
    read_news,
    read_progress,
    read_runs,
    score,
)
from apptrack_pipeline.demo.world import (
    CAPTURES,
    RESUME_FILENAME,
    STORY_URL,
    read_resume_file,
    write_answers,
)
from apptrack_pipeline.domain import ApptrackError, Completeness, MailCategory
from apptrack_pipeline.export.rows import HEADINGS
from apptrack_pipeline.service.home import log_dir, prepare_home
from apptrack_pipeline.service.review_desk import overview, shown_in_full
from apptrack_pipeline.service.up import Instance, running_instance
from apptrack_pipeline.settings import MailAccount, Settings

RESULT_DIR: Final = Path("apptrack-demo")
"""Folder, in the current one, for what outlives the temporary home: the CSV, or the logs of a failure."""

ANSWERS_DIR: Final = "answers"
"""Folder, in the home, of the recorded answers."""

_DEADLINE_S: Final = 180.0
_LOOK_EVERY_S: Final = 0.5
_LOG_LINES: Final = 15
_LONGEST_SENTENCE: Final = 80
_MOST_ITEMS: Final = 50
_MAIL_PASSWORD: Final = "demo"  # noqa: S105 - of a server on loopback that holds sample mail
_APPLICATIONS: Final = "/api/v1/applications"
_UNFINISHED: Final = frozenset({"queued", "not_started", "starting", "started", "canceling"})


class DemoError(ApptrackError):
    """The demo did not come to its end, or not to the end that it should."""


def run_demo(*, keep: bool, console: Console) -> int:
    """Run the demo and return the exit code: 0 only if the tracker shows what the sample world holds.

    With `keep`, everything runs on until Ctrl-C and the home folder stays.
    """
    home = Path(tempfile.mkdtemp(prefix="apptrack-demo-"))
    samples = sample_mails(now=dt.datetime.now(dt.UTC))
    code = 1
    try:
        with _ended_by_sigterm(), _mail_server(samples, console) as port:
            _run(demo_settings(home, mail_port=port), samples if port else (), console, keep=keep)
        code = 0
    except KeyboardInterrupt:
        console.print("Stopped before the end.", style="red")
        code = 130
    except (ApptrackError, SQLAlchemyError, psycopg.Error, httpx.HTTPError, OSError) as error:
        _say(console, f"The demo failed: {error}", style="red")
    finally:
        EmbeddedPostgres(home).stop()
        if keep:
            _say(console, f"The home folder stays. To start it again: APPTRACK_HOME={home} apptrack up")
        else:
            shutil.rmtree(home, ignore_errors=True)
    return code


def demo_settings(home: Path, *, mail_port: int | None = None) -> Settings:
    """Return settings that take nothing from the user's own ones, least of all the database and the mail."""
    accounts = []
    if mail_port is not None:
        account = MailAccount(
            name="demo",
            address=ACCOUNT_ADDRESS,
            host="127.0.0.1",
            port=mail_port,
            security="none",
            password=SecretStr(_MAIL_PASSWORD),
            authserv_ids=(AUTHSERV_ID,),
        )
        accounts.append(account)
    return Settings(
        _env_prefix="APPTRACK_DEMO_",
        home=home,
        api_port=0,
        ui_port=0,
        mail_accounts=tuple(accounts),
        fetch_postings="automatic",
        fetch_archive=home / ANSWERS_DIR,
    )


@contextlib.contextmanager
def _mail_server(samples: Sequence[SampleMail], console: Console) -> Iterator[int | None]:
    """Run a mail server with the sample mails; without the extra `demo` there is none, and no mail."""
    if importlib.util.find_spec("pymap") is None:
        _say(console, "Without mail: its server comes with `pip install 'apptrack-pipeline[demo]'`.")
        yield None
        return
    with MemoryImapServer(ACCOUNT_ADDRESS, _MAIL_PASSWORD) as server:
        server.fill([(sample.raw, sample.received_at) for sample in samples])
        yield server.port


def _run(settings: Settings, samples: Sequence[SampleMail], console: Console, *, keep: bool) -> None:
    started = time.monotonic()
    database = Database(settings)
    with contextlib.ExitStack() as held:
        held.callback(database.engine.dispose)
        with console.status("Starting PostgreSQL, Dagster and the API"):
            prepare_home(settings)
            write_answers(settings.home / ANSWERS_DIR, today=dt.datetime.now(dt.UTC).date())
            ensure_server(settings)
            upgrade(settings)
            with database.begin() as connection:
                add_resume(connection, read_resume_file(), RESUME_FILENAME, now=dt.datetime.now(dt.UTC))
            # Without --keep nobody could look at the UI, whose start takes 5 s.
            instance = held.enter_context(running_instance(settings, with_ui=keep))
            held.enter_context(_logs_kept_on_failure(settings, console))
        _say(console, f"PostgreSQL, Dagster and the API answer after {time.monotonic() - started:.0f} s.")
        client = held.enter_context(_api_client(instance))
        duplicates, runs = _follow(client, database, samples, console)
        with database.begin() as connection:
            applications = read_applications(connection)
            mails = read_mail(connection, samples)
            links = read_links(connection, samples)
            items = open_items(connection, limit=_MOST_ITEMS)
            news = read_news(connection)
        story = next((one for one in applications if one.url == STORY_URL), applications[0])
        _show_applications(applications, runs, console)
        _show_postings(applications, console)
        _show_timeline(_get(client, f"{_APPLICATIONS}/{story.id}"), console)
        wrong = differences(applications, with_mail=bool(samples))
        if samples:
            _show_mail(mails, console)
            _show_news(news, console)
            _show_review(items, console)
            _show_score(score(links), len(samples), console)
            wrong += mail_differences(mails, samples) + link_differences(links)
            if not any(isinstance(item, MailItem) and item.suggested for item in items):
                wrong.append("no mail waits for a person")
            if len(news) != 2:
                wrong.append("no timeline tells of an interview and a rejection")
        _show_csv(settings, console)
        if duplicates != len(CAPTURES) - len(expected_applications()):
            wrong.append(f"the API found {duplicates} captures of postings that it had already")
        if wrong:
            raise DemoError("the tracker is not what the sample world holds: " + "; ".join(wrong))
        _say(console, f"Total time: {time.monotonic() - started:.0f} s.")
        if keep:
            _wait_for_ctrl_c(instance, story, console)
        else:
            _say(console, "To look around in Dagster's UI and the API: apptrack demo --keep")
        _say(console, "Stopping everything.")


@contextlib.contextmanager
def _ended_by_sigterm() -> Iterator[None]:
    """Let SIGTERM end the block as Ctrl-C does, so that nothing is left running."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _api_client(instance: Instance) -> httpx.Client:
    return httpx.Client(
        base_url=instance.api_url,
        headers={"Authorization": f"Bearer {instance.token}"},
        timeout=15.0,
        trust_env=False,  # a proxy has nothing to do with our own addresses
    )


def _follow(
    client: httpx.Client, database: Database, samples: Sequence[SampleMail], console: Console
) -> tuple[int, Counter[str]]:
    """Send the captures and show how far the pipeline is, until nothing is left to do.

    Return how many captures were of a posting that was known, and how many runs ended in which state.
    """
    expected = expected_applications().values()
    totals = {
        "Applications tracked": len(expected),
        "Postings read": len(expected),
        "Compared with the resume": sum(one.completeness is not Completeness.BLANK for one in expected),
        "Lines exported": len(expected),
    }
    if samples:
        totals |= {"Mails read": len(samples), "Mails linked": len(samples)}
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[note]}"),
    )
    duplicates = 0
    dagster_database = psycopg.connect(dagster_url(database.settings, driver=None), autocommit=True)
    with dagster_database, Bars(*columns, console=console, refresh_per_second=4) as bars:
        sent = bars.add_task("Captures sent", total=len(CAPTURES), note="")
        tasks = [bars.add_task(name, total=total, note="") for name, total in totals.items()]
        runs_task = bars.add_task("Runs finished", total=None, note="")
        for capture in CAPTURES:
            body = capture.body(now=dt.datetime.now(dt.UTC))
            answer = _answer(client.post(f"{_APPLICATIONS}/capture", json=body))
            duplicates += answer["duplicate"] is True
            bars.advance(sent)
        deadline = time.monotonic() + _DEADLINE_S
        while True:
            with database.begin() as connection:
                progress = read_progress(connection)
                exported = _csv_lines(database.settings) == read_lines(connection)
            runs = read_runs(dagster_database)
            ended = runs.total() - sum(runs[state] for state in _UNFINISHED)
            counts = [progress.applications, progress.postings, progress.analyses, progress.exported]
            if samples:
                counts += [progress.mails, progress.mails - progress.unlinked]
            for task, count in zip(tasks, counts, strict=True):
                bars.update(task, completed=count)
            bars.update(runs_task, completed=ended, total=runs.total(), note=_in_words(runs))
            if exported and is_finished(progress, mails=len(samples)):
                return duplicates, runs
            if time.monotonic() > deadline:
                raise DemoError(
                    _what_is_missing(progress, dict(zip(totals, counts, strict=True)), totals, runs)
                )
            time.sleep(_LOOK_EVERY_S)


def _get(client: httpx.Client, path: str) -> Mapping[str, Any]:
    return _answer(client.get(path))


def _answer(response: httpx.Response) -> Mapping[str, Any]:
    request = response.request
    if not response.is_success:
        raise DemoError(
            f"{request.method} {request.url.path} was answered with {response.status_code}: "
            + response.text[:500]
        )
    answer: Mapping[str, Any] = response.json()
    return answer


def _in_words(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(counts.items()) if count)


def _what_is_missing(
    progress: Progress, counts: Mapping[str, int], totals: Mapping[str, int], runs: Mapping[str, int]
) -> str:
    missing = [
        f"{name.lower()}: {counts[name]} of {total}" for name, total in totals.items() if counts[name] < total
    ]
    if progress.stale:
        missing.append(f"lines not exported as they are: {progress.stale}")
    waiting = _in_words(progress.waiting or {})
    return (
        f"not finished after {_DEADLINE_S:.0f} s. "
        + "; ".join([*missing, f"waiting: {waiting or 'nothing'}", f"runs: {_in_words(runs) or 'none'}"])
        + "".join(f"\n  {error}" for error in progress.errors)
    )


def _show_applications(
    applications: Sequence[TrackedApplication], runs: Mapping[str, int], console: Console
) -> None:
    of_mail = sum(one.url is None for one in applications)
    title = f"{len(applications)} applications from {len(CAPTURES)} captures" + (
        f", {of_mail} made of mail" if of_mail else ""
    )
    table = _table(title)
    table.add_column("Company", min_width=11)  # the longest word, or 80 columns would cut it
    table.add_column("Job title", min_width=12)
    table.add_column("Status", no_wrap=True)
    table.add_column("Fit", justify="right", no_wrap=True)
    table.add_column("Remark")
    for one in applications:
        table.add_row(
            escape(one.company or ""),
            escape(one.title or ""),
            one.status,
            "-" if one.score is None else str(one.score),
            _remark(one),
        )
    console.print(table, soft_wrap=False)
    if runs.get("failure"):
        _say(
            console,
            f"{runs['failure']} of {sum(runs.values())} runs ended as failed, and should: "
            "a page without text is kept, waits for a person, and is never shown as a success.",
        )


def _show_postings(applications: Sequence[TrackedApplication], console: Console) -> None:
    """Show of each captured posting the platform, where it was read, and what it says."""
    full = full_postings(applications)
    platforms = {one.platform for one in full} - {None}
    fetched = sum(one.fetched is not None for one in full)
    table = _table(f"{len(full)} full postings from {len(platforms)} platforms; {fetched} of them fetched")
    table.add_column("Company", min_width=11)
    table.add_column("Platform", no_wrap=True)
    table.add_column("Posting", no_wrap=True)
    table.add_column("Read from", no_wrap=True)
    table.add_column("Where and how", min_width=9)
    for one in sorted(applications, key=lambda one: (one.platform or "", one.company or "")):
        if one.url is None:
            continue
        places = [place.partition(",")[0] for place in one.locations[:1]]
        work = [(stated or "").replace("_", " ") for stated in (one.employment_type, one.location_type)]
        table.add_row(
            escape(one.company or ""),
            one.platform,
            (one.completeness or "").replace("_", " "),
            one.read_from,
            escape(", ".join(filter(None, [*places, *work]))),
        )
    console.print(table, soft_wrap=False)


def _remark(one: TrackedApplication) -> str:
    closed = ["closed"] if one.is_open is False else []
    return ", ".join([*closed, *(f"review: {reason.replace('_', ' ')}" for reason in one.review_reasons)])


def _show_timeline(application: Mapping[str, Any], console: Console) -> None:
    """Show the events of an application as the API tells them, the earliest first."""
    table = _table(f"Timeline: {application['company_name']}, {application['job_title']}")
    table.add_column("When (UTC)", no_wrap=True)
    table.add_column("Event", no_wrap=True)
    table.add_column("What happened")
    for event in reversed(application["events"]):
        occurred_at = dt.datetime.fromisoformat(event["occurred_at"])
        table.add_row(f"{occurred_at:%Y-%m-%d %H:%M:%S}", event["event_type"], escape(event["summary"]))
    console.print(table, soft_wrap=False)


def _show_mail(mails: Sequence[ReadMail], console: Console) -> None:
    """Show how many mails were read as what, and one of each with the sentence that says so."""
    right = sum(mail.is_right for mail in mails)
    table = _table(f"{len(mails)} mails, {right} read as what they were written for")
    table.add_column("Category", no_wrap=True)
    table.add_column("Mails", justify="right", no_wrap=True)
    table.add_column("Review", justify="right", no_wrap=True)
    table.add_column("For example, and the sentence that says so")
    for category in MailCategory:
        of_it = [mail for mail in mails if mail.category == category]
        if not of_it:
            continue
        shown = max(of_it, key=lambda mail: (mail.company is not None, mail.certainty))
        table.add_row(
            category.replace("_", " "),
            str(len(of_it)),
            str(sum(mail.needs_review for mail in of_it) or ""),
            escape(": ".join(filter(None, [shown.company, _shortened(shown.sentence)]))),
        )
    console.print(table, soft_wrap=False)
    kept = sum(mail.is_kept for mail in mails)
    _say(
        console,
        f"The bytes of {kept} mails are kept; of the other {len(mails) - kept} identity, hash and verdict. "
        "The mailbox was looked at, and nothing in it was changed.",
    )


def _show_news(news: Sequence[News], console: Console) -> None:
    """Show events of timelines that a mail has made, each with the sentence that says so."""
    table = _table("From the timelines: what mail has moved")
    table.add_column("When (UTC)", no_wrap=True)
    table.add_column("Event", no_wrap=True)
    table.add_column("Application, and the sentence that says so")
    for one in news:
        told = f"{one.company}, {one.title}: {one.summary}"
        words = f"{told}\n“{textwrap.shorten(one.sentence, 2 * _LONGEST_SENTENCE, placeholder=' ...')}”"
        table.add_row(f"{one.occurred_at:%Y-%m-%d %H:%M}", one.event_type, escape(words))
    console.print(table, soft_wrap=False)


def _show_review(items: Sequence[Item], console: Console) -> None:
    """Show what waits for a person, and the likeliest mail of it as `apptrack review` shows it."""
    _say(console, f"{len(items)} things wait for a person (apptrack review):", style="bold")
    console.print(overview(items), soft_wrap=False)
    asked = [item for item in items if isinstance(item, MailItem) and item.suggested and item.best]
    if asked:
        for line in shown_in_full(max(asked, key=lambda item: item.best.posterior if item.best else 0.0)):
            console.print(line, soft_wrap=False)
        console.print()


def _show_score(done: Correlation, mails: int, console: Console) -> None:
    """Show how far the links are those of the mailbox's labels."""
    table = _table(
        f"Mail finds its application: {mails} labelled mails, {done.about_one} of them about a captured one"
    )
    table.add_column("Links, compared with the labels")
    table.add_column("Mails", justify="right", no_wrap=True)
    table.add_column("Must be", no_wrap=True)
    for name, count, bound in (
        ("right: linked to its application", done.right, f"{LEAST_RIGHT} or more"),
        ("wrong: linked to another one", done.wrong, "0"),
        (f"abstained: not linked ({done.asked} wait for a person)", done.abstained, ""),
        ("false links: linked, and about none", done.false_links, "0"),
        ("duplicates: a second application proposed", done.duplicates, "0"),
        ("proposed: of an employer that is not tracked", done.proposed, ""),
    ):
        table.add_row(name, str(count), bound)
    console.print(table, soft_wrap=False)


def _shortened(sentence: str | None) -> str:
    return textwrap.shorten(sentence or "", _LONGEST_SENTENCE, placeholder=" ...")


def _table(title: str) -> Table:
    return Table(
        title=escape(title), title_justify="left", box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0)
    )


def _csv_lines(settings: Settings) -> list[list[str]] | None:
    """Return the lines of the exported CSV without its heading; None while there is none."""
    try:
        with settings.csv_file.open(encoding="utf-8", newline="") as file:
            return list(csv.reader(file))[1:]
    except FileNotFoundError:
        return None


def _show_csv(settings: Settings, console: Console) -> None:
    RESULT_DIR.mkdir(exist_ok=True)
    kept = RESULT_DIR.absolute() / settings.csv_file.name
    shutil.copyfile(settings.csv_file, kept)
    _say(console, f"CSV: {kept} ({len(_csv_lines(settings) or [])} lines of {len(HEADINGS)} columns)")


def _wait_for_ctrl_c(instance: Instance, story: TrackedApplication, console: Console) -> None:
    token_file = instance.settings.token_file
    _say(console, f"Dagster's UI: {instance.ui_url}")
    _say(console, f"API:          {instance.api_url}  (its token is in {token_file})")
    url = f"{instance.api_url}{_APPLICATIONS}/{story.id}"
    _say(console, f'Try:          curl -H "Authorization: Bearer $(cat {token_file})" {url}')
    _say(console, "Everything runs until Ctrl-C.")
    with contextlib.suppress(KeyboardInterrupt):
        threading.Event().wait()


@contextlib.contextmanager
def _logs_kept_on_failure(settings: Settings, console: Console) -> Iterator[None]:
    """Keep the logs of a failure as they are before everything is stopped, which they speak of as well."""
    try:
        yield
    except Exception:
        _keep_logs(settings, console)
        raise


def _keep_logs(settings: Settings, console: Console) -> None:
    """Show the end of each log that speaks of an error, and keep all of them."""
    logs = sorted(log_dir(settings).glob("*.log"))
    for log in logs:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
        if any("Traceback" in line or "ERROR" in line for line in lines):
            _say(console, f"The end of {log.name}:", style="bold")
            _say(console, "\n".join(lines[-_LOG_LINES:]))
    if logs:
        kept = RESULT_DIR.absolute() / "logs"
        shutil.copytree(log_dir(settings), kept, dirs_exist_ok=True)
        _say(console, f"All logs: {kept}")


def _say(console: Console, line: str, *, style: str | None = None) -> None:
    console.print(line, style=style, markup=False, highlight=False, soft_wrap=True)
