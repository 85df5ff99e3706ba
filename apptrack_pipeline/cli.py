"""The command `apptrack`; `apptrack COMMAND --help` is its manual."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import shlex
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from apptrack_pipeline.domain import ApptrackError, ConfigurationError, Status
from apptrack_pipeline.settings import UNREADABLE, MailAccount, Settings, load_settings, what_is_wrong

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from apptrack_pipeline.correlation.deciding.store import Recorded
    from apptrack_pipeline.db.database import Database

app = typer.Typer(
    name="apptrack",
    help="A self-hosted job-application tracker: evidence in, a tracker that is true out.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
resume_app = typer.Typer(help="The resumes that postings are compared with.", no_args_is_help=True)
app.add_typer(resume_app, name="resume")
import_app = typer.Typer(help="Take in what lies in files.", no_args_is_help=True)
app.add_typer(import_app, name="import")
mail_app = typer.Typer(help="The mail accounts: sign in, look, ask again.", no_args_is_help=True)
app.add_typer(mail_app, name="mail")
inspect_app = typer.Typer(help="Show what is read out of one thing, and why.", no_args_is_help=True)
app.add_typer(inspect_app, name="inspect")
posting_app = typer.Typer(help="Samples of postings, for tests of the parsers.", no_args_is_help=True)
app.add_typer(posting_app, name="posting")
evaluate_app = typer.Typer(help="Measure how well things are read, on labelled cases.", no_args_is_help=True)
app.add_typer(evaluate_app, name="evaluate")
review_app = typer.Typer(help="What waits for you: mail and applications in doubt; decide, and take back.")
app.add_typer(review_app, name="review")

_out = Console(soft_wrap=True)
_err = Console(stderr=True, soft_wrap=True)

_PIPED_COLUMNS = 200
_MAX_RESUME_BYTES = 10 * 1024 * 1024


def main() -> None:
    """Run the command; an error that was foreseen is one line on stderr and exit code 1."""
    try:
        app()
    except ApptrackError as error:
        message = str(error)
    except UNREADABLE as error:
        message = what_is_wrong(error)
    else:
        return
    _err.print(f"apptrack: {message}", style="red", markup=False, highlight=False)
    sys.exit(1)


def _ready(settings: Settings) -> None:
    """Start the database where it is not running and bring it to the newest migration."""
    from apptrack_pipeline.db.connect import ensure_server
    from apptrack_pipeline.db.migrate import upgrade
    from apptrack_pipeline.service.home import prepare_home

    prepare_home(settings)
    ensure_server(settings)
    upgrade(settings)


@app.command()
def up() -> None:
    """Start everything (database, Dagster, API) and keep it running until Ctrl-C."""
    from apptrack_pipeline.service.up import up as run_up

    run_up(load_settings())


@app.command()
def demo(
    keep: Annotated[bool, typer.Option("--keep", help="Leave everything running until Ctrl-C.")] = False,
) -> None:
    """Show the whole pipeline at work on fourteen captured pages, in a temporary home of its own."""
    from apptrack_pipeline.demo.run import run_demo

    raise typer.Exit(run_demo(keep=keep, console=_out))


@app.command()
def doctor() -> None:
    """Say what is configured, what is reachable, and what to do about each thing that is not."""
    from apptrack_pipeline.service.doctor import diagnose

    findings = diagnose(load_settings())
    styles = {"ok": "green", "warn": "yellow", "fail": "red"}
    for finding in findings:
        _out.print(f"{finding.state:>4}  ", style=styles[finding.state], end="")
        _out.print(f"{finding.name}: {finding.what_is_so}", markup=False, highlight=False)
        if finding.what_to_do:
            _out.print(f"      {finding.what_to_do}", markup=False, highlight=False)
    if any(finding.state == "fail" for finding in findings):
        raise typer.Exit(1)


@app.command()
def env() -> None:
    """Start the database and print what to export so that `dagster dev` uses it: eval "$(apptrack env)"."""
    from apptrack_pipeline.service.home import child_environment

    settings = load_settings()
    _ready(settings)
    # `dagster dev` starts a code server of its own: the port is for `workspace.yaml` alone.
    for name, value in sorted(child_environment(settings, code_server_port=0).items()):
        if not _says_the_same(os.environ.get(name), value):
            typer.echo(f"export {name}={shlex.quote(value)}")


def _says_the_same(one: str | None, other: str) -> bool:
    """Tell whether a variable is set as it should be; a list may be written in another way."""
    if one is None or not other.startswith("["):
        return one == other
    with contextlib.suppress(ValueError):
        return bool(json.loads(one) == json.loads(other))
    return False


@app.command()
def migrate() -> None:
    """Start the database where it is not running and bring it to the newest migration."""
    from apptrack_pipeline.db.migrate import current_and_head

    settings = load_settings()
    _ready(settings)
    current, _ = current_and_head(settings)
    _out.print(f"The database is at migration {current}.")


@app.command()
def stop() -> None:
    """Stop the embedded database that `apptrack env`, `migrate` or `resume add` have left running."""
    from apptrack_pipeline.db.embedded import EmbeddedPostgres

    settings = load_settings()
    EmbeddedPostgres(settings.home).stop()
    _out.print("The embedded database is stopped.")


@app.command()
def replay(
    since: Annotated[
        dt.datetime, typer.Option(formats=["%Y-%m-%d"], help="The first day of mail, UTC: 2026-11-02.")
    ],
    apply: Annotated[
        bool, typer.Option("--apply", help="Take the difference; else it is only shown.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the difference as JSON.")] = False,
) -> None:
    """Read and link all mail since a day again, with today's code, and show what differs from before."""
    from apptrack_pipeline.db.database import Database
    from apptrack_pipeline.service.replay import replay as run_replay
    from apptrack_pipeline.service.replay import told

    settings = load_settings()
    _ready(settings)
    database = Database(settings)
    try:
        difference = run_replay(
            database,
            since=since.date(),
            apply=apply,
            clock=lambda: dt.datetime.now(dt.UTC),
            say=lambda line: _err.print(line, markup=False, highlight=False),
        )
    finally:
        database.engine.dispose()
    if as_json:
        typer.echo(json.dumps(difference.as_json(), indent=2, default=str))
        return
    for line in told(difference, applied=apply):
        typer.echo(line)


@resume_app.command("add")
def resume_add(
    file: Annotated[Path, typer.Argument(help="A text or Markdown file.", exists=True, dir_okay=False)],
) -> None:
    """Keep a resume and compare all postings with it from now on."""
    from apptrack_pipeline.analysis.store import add_resume
    from apptrack_pipeline.db.database import Database
    from apptrack_pipeline.domain import InvalidInputError

    if file.stat().st_size > _MAX_RESUME_BYTES:
        raise InvalidInputError("file", f"{file} is larger than {_MAX_RESUME_BYTES // 2**20} MiB")
    settings = load_settings()
    _ready(settings)
    database = Database(settings)
    with database.begin() as connection:
        resume_id, is_new = add_resume(connection, file.read_bytes(), file.name, now=dt.datetime.now(dt.UTC))
    known = "" if is_new else " (this file was known already)"
    _out.print(f"Resume {file.name} is in use{known}, as {resume_id}.", markup=False)
    _out.print("While `apptrack up` runs, every posting is compared with it within a minute.", markup=False)


@import_app.command("mail")
def import_mail(
    path: Annotated[Path, typer.Argument(help="An .eml file, an mbox, a Maildir, or a folder of them.")],
    wait: Annotated[bool, typer.Option(help="Show how far it is until everything is read.")] = True,
) -> None:
    """Take in mail from files; no mail is taken twice, so a newer export may follow an older one."""
    from apptrack_pipeline.db.database import Database
    from apptrack_pipeline.ingestion.mail.files import FileMailbox
    from apptrack_pipeline.ingestion.mail.store import FILES, know_mailbox
    from apptrack_pipeline.service.mail_progress import follow

    now = dt.datetime.now(dt.UTC)
    path = path.expanduser().absolute()
    files = FileMailbox(path, account=FILES, now=now)
    found = files.status().messages  # raises where nothing can be read
    left_out = [f"{count} {reason}" for reason, count in sorted(files.left_out.items())]
    _out.print(f"{found} messages in {path}" + (f"; left out: {', '.join(left_out)}" if left_out else ""))
    for name, reason in files.trouble:
        _out.print(f"not read: {name}: {reason}", style="yellow", markup=False)
    settings = load_settings()
    _ready(settings)
    database = Database(settings)
    with database.begin() as connection:
        box = know_mailbox(connection, FILES, str(path), "files", requested_at=now)
    if wait:
        follow(database, box, console=_out)
    else:
        _out.print(f"{path} is read while `apptrack up` runs.", markup=False)


@mail_app.command("login")
def mail_login(name: Annotated[str, typer.Argument(help="Name of the account.")]) -> None:
    """Sign in to an account of Google or Microsoft in the browser; what it gives is kept in the home."""
    from apptrack_pipeline.db.database import Database
    from apptrack_pipeline.ingestion.mail.oauth import login
    from apptrack_pipeline.ingestion.mail.store import forgive

    settings = load_settings()
    account = _mail_account(settings, name)
    login(account, settings.mail_token_dir, say=lambda line: _out.print(line, markup=False))
    _ready(settings)
    with Database(settings).begin() as connection:
        forgive(connection, name)
    _out.print(f"{name} is signed in.", markup=False)


@mail_app.command("check")
def mail_check(name: Annotated[str, typer.Argument(help="Name of the account.")]) -> None:
    """Ask an account's server now, also one that was left alone because it refused the login."""
    from apptrack_pipeline.db.database import Database
    from apptrack_pipeline.ingestion.mail.accounts import probe
    from apptrack_pipeline.ingestion.mail.store import forgive

    settings = load_settings()
    account = _mail_account(settings, name)
    _ready(settings)
    database = Database(settings)
    with database.begin() as connection:
        forgive(connection, name)
    (found,) = probe(database, [account], now=dt.datetime.now(dt.UTC), within_s=30.0)
    if found.trouble is not None:
        raise ConfigurationError(f"{name}: {found.trouble}")
    _out.print(f"{name} answers: {found.messages} messages.", markup=False)


@mail_app.command("status")
def mail_status() -> None:
    """Say how each mailbox stands: how many messages are taken, due, gone, in quarantine."""
    from apptrack_pipeline.db.database import Database
    from apptrack_pipeline.service.mail_progress import table

    settings = load_settings()
    _ready(settings)
    _out.print(table(Database(settings)))


def _mail_account(settings: Settings, name: str) -> MailAccount:
    for account in settings.mail_accounts:
        if account.name == name:
            return account
    known = ", ".join(account.name for account in settings.mail_accounts) or "none is set"
    raise ConfigurationError(f"there is no mail account {name!r} in APPTRACK_MAIL_ACCOUNTS: {known}")


_OwnAddress = Annotated[
    list[str] | None, typer.Option("--own-address", help="An address of yours: mail from it is no signal.")
]
_WithModel = Annotated[
    bool | None,
    typer.Option(
        "--model/--no-model", help="Ask the second model too; by default where scikit-learn is there."
    ),
]
_AsJson = Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")]


@inspect_app.command("mail")
def inspect_mail(
    files: Annotated[list[Path], typer.Argument(help="Mails as .eml files.", exists=True, dir_okay=False)],
    own_address: _OwnAddress = None,
    authserv_id: Annotated[
        list[str] | None,
        typer.Option("--authserv-id", help="Your mail server's name in Authentication-Results."),
    ] = None,
    model: _WithModel = None,
) -> None:
    """Print what each mail says as one JSON line: category, certainty, evidence, names, events, trouble."""
    from apptrack_pipeline.ingestion.mail.inspection import as_json_line
    from apptrack_pipeline.ingestion.mail.interpret import interpret
    from apptrack_pipeline.ingestion.mail.model import is_available, train
    from apptrack_pipeline.ingestion.mail.signals import Reader

    reader = Reader(
        own_addresses=frozenset(address.lower() for address in own_address or ()),
        authserv_ids=frozenset(authserv_id or ()),
    )
    second_opinion = train() if model or (model is None and is_available()) else None
    for file in files:
        typer.echo(as_json_line(str(file), interpret(file.read_bytes(), reader, second_opinion)))


@inspect_app.command("posting")
def inspect_posting(
    url: Annotated[str, typer.Option("--url", help="Address of the posting.")],
    file: Annotated[
        Path | None,
        typer.Argument(
            help="A saved page or the API's answer; with it nothing is fetched.", exists=True, dir_okay=False
        ),
    ] = None,
) -> None:
    """Print what a posting says as one JSON object, each field with its value, source and confidence."""
    from apptrack_pipeline.postings.detection import detect
    from apptrack_pipeline.postings.documents import with_document
    from apptrack_pipeline.postings.inspection import as_json
    from apptrack_pipeline.postings.model import Payload
    from apptrack_pipeline.postings.parsing import parse_captured
    from apptrack_pipeline.postings.urls import canonical_url
    from apptrack_pipeline.service.posting_look import fetcher_of, look_at

    canonical_url(url)  # says what is wrong with an address that is none
    if file is None:
        looked = look_at(url, fetcher_of(load_settings()))
        typer.echo(as_json(url, looked.match, looked.posting))
        return
    payload = with_document(Payload(url=url), _text_of(file))
    posting = parse_captured(payload, now=dt.datetime.now(dt.UTC))
    typer.echo(as_json(url, detect(url, payload.html), posting))


@posting_app.command("capture")
def posting_capture(
    url: Annotated[str, typer.Argument(help="Address of the posting.")],
    file: Annotated[
        Path | None,
        typer.Argument(help="A saved page; without it the site is asked.", exists=True, dir_okay=False),
    ] = None,
    to: Annotated[
        Path, typer.Option("--to", help="Folder of samples; `evaluate postings` reads it.", file_okay=False)
    ] = Path("posting-samples"),
) -> None:
    """Keep a posting as a sample: without what is private, labelled with what is read of it today."""
    from apptrack_pipeline.domain import InvalidInputError
    from apptrack_pipeline.postings.fixtures import MANIFEST_COLUMNS, fixture_of
    from apptrack_pipeline.postings.urls import canonical_url
    from apptrack_pipeline.service.posting_look import fetcher_of, look_at

    canonical_url(url)
    document = _text_of(file) if file is not None else look_at(url, fetcher_of(load_settings())).document
    if not document.strip():
        raise InvalidInputError("url", "there is no document to keep")
    kept = fixture_of(url, document, now=dt.datetime.now(dt.UTC))
    target, manifest = to / kept.path, to / "MANIFEST.tsv"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(kept.text, encoding="utf-8")
    lines = manifest.read_text(encoding="utf-8").splitlines(keepends=True) if manifest.exists() else []
    heading = "\t".join(MANIFEST_COLUMNS) + "\n"
    others = [line for line in lines[1:] if not line.startswith(f"{kept.path}\t")]
    manifest.write_text("".join([heading, *others, kept.manifest_row]), encoding="utf-8")
    _out.print(f"Kept as {target} ({kept.platform}), labelled in {manifest}.", markup=False, highlight=False)
    if kept.changed:
        raise InvalidInputError(
            "sample", f"{target} is read otherwise than the posting was: {', '.join(kept.changed)}"
        )


def _text_of(file: Path) -> str:
    from apptrack_pipeline.domain import InvalidInputError
    from apptrack_pipeline.scraping.answers import text_of_body

    text = text_of_body(file.read_bytes(), "")
    beginning = text[:4096]
    # A page with a stray NUL is a page all the same.
    if beginning.startswith(("%PDF", "PK\3\4")) or beginning.count("\0") * 50 > len(beginning):
        raise InvalidInputError("file", f"{file} is no text: save the page as HTML, or the API's answer")
    return text


@evaluate_app.command("mail")
def evaluate_mail(
    directory: Annotated[
        Path, typer.Argument(help="A folder of mails with a MANIFEST.tsv.", exists=True, file_okay=False)
    ],
    as_json: _AsJson = False,
    own_address: _OwnAddress = None,
    model: _WithModel = None,
) -> None:
    """Read labelled mail and print accuracy, precision and recall, exactness of names, mails per second."""
    from time import perf_counter

    from apptrack_pipeline.ingestion.mail.evaluation import read_manifest, score, table
    from apptrack_pipeline.ingestion.mail.interpret import interpret
    from apptrack_pipeline.ingestion.mail.model import is_available, train
    from apptrack_pipeline.ingestion.mail.signals import Reader

    cases = read_manifest(directory)
    reader = Reader(own_addresses=frozenset(address.lower() for address in own_address or ()))
    second_opinion = train() if model or (model is None and is_available()) else None
    raw = [case.path.read_bytes() for case in cases]
    interpret(raw[0], reader, second_opinion)  # loads the tables, which is not what is measured
    started = perf_counter()
    said = [interpret(one, reader, second_opinion) for one in raw]
    evaluation = score(cases, said, perf_counter() - started)
    typer.echo(json.dumps(evaluation.as_json(), indent=2) if as_json else table(evaluation))


@evaluate_app.command("correlation")
def evaluate_correlation(
    directory: Annotated[
        Path,
        typer.Argument(
            help="A folder with applications.jsonl and mails.jsonl.", exists=True, file_okay=False
        ),
    ],
    as_json: _AsJson = False,
    predictions_file: Annotated[
        Path | None,
        typer.Option("--predictions", help="Write here what was said of each mail, as JSON lines."),
    ] = None,
    own_address: _OwnAddress = None,
    model: _WithModel = None,
) -> None:
    """Read labelled mail, match it with applications, and print how much found its own."""
    from time import perf_counter

    from apptrack_pipeline.domain import InvalidInputError
    from apptrack_pipeline.evaluation.corpus import read_corpus
    from apptrack_pipeline.evaluation.correlation import predictions, run, score, table
    from apptrack_pipeline.ingestion.mail.model import is_available, train

    corpus = read_corpus(directory)
    done = run(
        corpus,
        clock=perf_counter,
        second_opinion=train() if model or (model is None and is_available()) else None,
        own_addresses=frozenset(address.lower() for address in own_address or ()),
    )
    if predictions_file is not None:
        try:
            predictions_file.write_text(predictions(done.verdicts), encoding="utf-8")
        except OSError as error:
            raise InvalidInputError("predictions", f"{predictions_file}: {error.strerror}") from None
    evaluation = score(corpus, done)
    typer.echo(json.dumps(evaluation.as_json(), indent=2) if as_json else table(evaluation))


@evaluate_app.command("postings")
def evaluate_postings(
    directory: Annotated[
        Path, typer.Argument(help="A folder of samples with a MANIFEST.tsv.", exists=True, file_okay=False)
    ],
    as_json: _AsJson = False,
    misses: Annotated[bool, typer.Option("--misses", help="List each answer that was wrong.")] = False,
) -> None:
    """Read labelled postings and print how often each field is right, by platform, and pages per second."""
    from time import perf_counter

    from apptrack_pipeline.postings.evaluation import evaluate, read_manifest, table
    from apptrack_pipeline.scraping.answers import text_of_body

    samples = read_manifest(directory)
    documents = [text_of_body(sample.path.read_bytes(), "") for sample in samples]
    now = dt.datetime.now(dt.UTC)
    evaluate(samples[:1], documents[:1], now=now, clock=perf_counter)  # loads what is not measured
    evaluation = evaluate(samples, documents, now=now, clock=perf_counter)
    typer.echo(
        json.dumps(evaluation.as_json(), indent=2) if as_json else table(evaluation, with_misses=misses)
    )


@evaluate_app.command("urls")
def evaluate_urls(
    file: Annotated[
        Path, typer.Argument(help="A TSV, gzipped or not, with the columns platform and url.", dir_okay=False)
    ],
    as_json: _AsJson = False,
) -> None:
    """Recognise labelled addresses of postings; print how many gave their platform and the posting's id."""
    from time import perf_counter

    from apptrack_pipeline.postings.url_evaluation import evaluate, read_urls, table

    evaluation = evaluate(read_urls(file), clock=perf_counter)
    typer.echo(json.dumps(evaluation.as_json(), indent=2) if as_json else table(evaluation))


@evaluate_app.command("companies")
def evaluate_companies(
    file: Annotated[Path, typer.Argument(help="A CSV with email_side, app_side, label.", dir_okay=False)],
    as_json: _AsJson = False,
) -> None:
    """Compare labelled pairs of company names; print precision, recall, F1, and each pair that is wrong."""
    from time import perf_counter

    from apptrack_pipeline.correlation.company_evaluation import compare_pairs, read_pairs, score

    pairs = read_pairs(file)
    compare_pairs(pairs[:1])  # loads the tables, which is not what is measured
    started = perf_counter()
    said = compare_pairs(pairs)
    evaluation = score(pairs, said, perf_counter() - started)
    typer.echo(json.dumps(evaluation.as_json(), indent=2) if as_json else evaluation.table())


_Item = Annotated[
    str, typer.Argument(help="As the list shows it, or 8 or more digits of a mail's id; :N for its event N.")
]
_Application = Annotated[str, typer.Argument(help="Beginning or end of its id, 8 digits or more.")]


@review_app.callback(invoke_without_command=True)
def review(
    context: typer.Context,
    list_only: Annotated[bool, typer.Option("--list", help="List what waits, and ask nothing.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="List what waits as JSON, with all evidence.")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="The newest so many.")] = 50,
) -> None:
    """List what waits for you, and go through it one by one where this is a terminal."""
    if context.invoked_subcommand is not None:
        return
    from apptrack_pipeline.correlation.review.items import as_json as item_as_json
    from apptrack_pipeline.service.review_desk import Desk, overview, waiting

    with _opened() as database:
        items, are_more = waiting(database, limit=limit)
        if as_json:
            typer.echo(json.dumps([item_as_json(item) for item in items], indent=2))
            return
        if not items:
            _out.print("Nothing waits for you.")
            return
        # A table is cut to the width: only without the soft wrap of all other lines.
        # What is piped has no width: 80 columns would leave "..." of it.
        wide = _out if _out.is_terminal else Console(width=_PIPED_COLUMNS)
        wide.print(overview(items), soft_wrap=False)
        if are_more:
            _out.print(f"These are the newest {limit}; there are more (--limit).", markup=False)
        if not list_only and sys.stdin.isatty():
            Desk(database, _out, _out.input, lambda: dt.datetime.now(dt.UTC)).go_through(items)


@review_app.command("accept")
def review_accept(item: _Item) -> None:
    """Decide an item as suggested."""
    from apptrack_pipeline.correlation.review.items import read_ref
    from apptrack_pipeline.correlation.review.store import open_item
    from apptrack_pipeline.service.review_desk import accept

    ref = read_ref(item, field="item")
    _decide("Accepted", lambda connection, now: accept(connection, open_item(connection, ref), now=now))


@review_app.command("link")
def review_link(item: _Item, application: _Application) -> None:
    """Say which application a mail is about; of a proposal, all its mails."""
    from apptrack_pipeline.correlation.deciding.store import link
    from apptrack_pipeline.correlation.review.items import read_ref
    from apptrack_pipeline.correlation.review.store import application_id_of, events_of
    from apptrack_pipeline.service.review_desk import ACTOR

    ref, target = read_ref(item, field="item"), read_ref(application, field="application")
    _decide(
        "Linked",
        lambda connection, now: link(
            connection,
            events_of(connection, ref),
            application_id_of(connection, target),
            actor=ACTOR,
            now=now,
        ),
    )


@review_app.command("new")
def review_new(item: _Item) -> None:
    """Say that a mail is about an application that is not there yet, and make it."""
    from apptrack_pipeline.correlation.deciding.store import link_to_new
    from apptrack_pipeline.correlation.review.items import read_ref
    from apptrack_pipeline.correlation.review.store import events_of
    from apptrack_pipeline.service.review_desk import ACTOR

    ref = read_ref(item, field="item")
    _decide(
        "A new application",
        lambda connection, now: link_to_new(connection, events_of(connection, ref), actor=ACTOR, now=now),
    )


@review_app.command("not-a-job")
def review_not_a_job(item: _Item) -> None:
    """Say that a mail is about no application at all."""
    from apptrack_pipeline.correlation.deciding.store import not_job_mail
    from apptrack_pipeline.correlation.review.items import read_ref
    from apptrack_pipeline.correlation.review.store import events_of
    from apptrack_pipeline.service.review_desk import ACTOR

    ref = read_ref(item, field="item")
    _decide(
        "Not a job mail",
        lambda connection, now: not_job_mail(
            connection, [mail_id for mail_id, _ in events_of(connection, ref)], actor=ACTOR, now=now
        ),
    )


@review_app.command("unlink")
def review_unlink(mail: _Item) -> None:
    """Say that a mail is not about the application that it is linked or suggested to."""
    from apptrack_pipeline.correlation.deciding.store import unlink
    from apptrack_pipeline.correlation.review.items import read_ref
    from apptrack_pipeline.correlation.review.store import mail_event
    from apptrack_pipeline.service.review_desk import ACTOR

    ref = read_ref(mail, field="mail")
    _decide(
        "Unlinked",
        lambda connection, now: unlink(connection, [mail_event(connection, ref)], actor=ACTOR, now=now),
    )


@review_app.command("status")
def review_status(application: _Application, status: Annotated[Status, typer.Argument()]) -> None:
    """Say what the status of an application is."""
    from apptrack_pipeline.correlation.deciding.store import status as decide_status
    from apptrack_pipeline.correlation.review.items import read_ref
    from apptrack_pipeline.correlation.review.store import application_id_of
    from apptrack_pipeline.service.review_desk import ACTOR

    ref = read_ref(application, field="application")
    _decide(
        f"The status is {status}",
        lambda connection, now: decide_status(
            connection, application_id_of(connection, ref), status, actor=ACTOR, now=now
        ),
    )


@review_app.command("merge")
def review_merge(application: _Application, into: _Application) -> None:
    """Say that two applications are one; the second keeps its id and gets all that the first has."""
    from apptrack_pipeline.correlation.deciding.store import merge
    from apptrack_pipeline.correlation.review.items import read_ref
    from apptrack_pipeline.correlation.review.store import application_id_of
    from apptrack_pipeline.service.review_desk import ACTOR

    source, target = read_ref(application, field="application"), read_ref(into, field="into")
    _decide(
        "Merged",
        lambda connection, now: merge(
            connection,
            application_id_of(connection, source),
            application_id_of(connection, target, field="into"),
            actor=ACTOR,
            now=now,
        ),
    )


@review_app.command("split")
def review_split(
    application: _Application,
    mail: Annotated[list[str], typer.Option("--mail", help="A mail that is another application's.")],
) -> None:
    """Say that some mail of an application is about another one, which is made of it."""
    from apptrack_pipeline.correlation.deciding.store import split
    from apptrack_pipeline.correlation.review.items import read_ref
    from apptrack_pipeline.correlation.review.store import application_id_of, mail_event
    from apptrack_pipeline.service.review_desk import ACTOR

    ref, mails = read_ref(application, field="application"), [read_ref(one, field="mail") for one in mail]
    _decide(
        "Split off",
        lambda connection, now: split(
            connection,
            application_id_of(connection, ref),
            mails=[mail_event(connection, one) for one in mails],
            actor=ACTOR,
            now=now,
        ),
    )


@review_app.command("same-company")
def review_same_company(
    name: Annotated[str, typer.Argument(help="A name of an employer.")],
    other: Annotated[str, typer.Argument(help="Its other name, or its owner.")],
    owned_by: Annotated[
        bool, typer.Option("--owned-by", help="The first belongs to the second: such mail is asked about.")
    ] = False,
) -> None:
    """Say that two names are one employer's."""
    from apptrack_pipeline.correlation.deciding.store import same_company
    from apptrack_pipeline.service.review_desk import ACTOR

    relation = "owned_by" if owned_by else "same_as"
    _decide(
        "The one belongs to the other" if owned_by else "The two are one employer",
        lambda connection, now: same_company(
            connection, name, other, relation=relation, actor=ACTOR, now=now
        ),
    )


@review_app.command("undo")
def review_undo(
    decision: Annotated[str, typer.Argument(help="Beginning or end of its id, 8 digits or more.")],
) -> None:
    """Take a decision back, with all that was decided together with it."""
    from apptrack_pipeline.correlation.deciding.store import undo
    from apptrack_pipeline.correlation.review.items import read_ref
    from apptrack_pipeline.correlation.review.store import decision_id_of
    from apptrack_pipeline.service.review_desk import WHEN_TAKEN

    ref = read_ref(decision, field="decision")
    with _opened() as database, database.begin() as connection:
        undo(connection, decision_id_of(connection, ref), now=dt.datetime.now(dt.UTC))
    _out.print(f"Taken back.\n{WHEN_TAKEN}", markup=False)


@contextlib.contextmanager
def _opened() -> Iterator[Database]:
    """Give out the database, at its newest migration, and close its connections afterwards."""
    from apptrack_pipeline.db.database import Database

    settings = load_settings()
    _ready(settings)
    database = Database(settings)
    try:
        yield database
    finally:
        database.engine.dispose()


def _decide(did: str, work: Callable[[Connection, dt.datetime], Recorded]) -> None:
    """Write a decision and say what follows from it."""
    from apptrack_pipeline.service.review_desk import what_follows

    with _opened() as database, database.begin() as connection:
        lines = what_follows(connection, work(connection, dt.datetime.now(dt.UTC)), did)
    for line in lines:
        _out.print(line, markup=False, highlight=False)


if __name__ == "__main__":
    main()
