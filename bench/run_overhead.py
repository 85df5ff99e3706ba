"""What a run and a tick cost with 10,000 applications and three years of mail, beside an empty instance.

Runs are executed in this process, on Dagster's own storage in PostgreSQL: what a process takes to start is
the same for both, and is in the figures of `latency`.
"""

from __future__ import annotations

import datetime as dt
import os
import random
import shutil
import statistics
import tempfile
import time
import uuid
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Final

import dagster as dg
import psycopg
from sqlalchemy import insert

from apptrack_pipeline.correlation.assets import fold_one
from apptrack_pipeline.correlation.linking.relinking import link_days
from apptrack_pipeline.db.connect import app_url, dagster_url, ensure_server
from apptrack_pipeline.db.database import Database
from apptrack_pipeline.db.embedded import EmbeddedPostgres
from apptrack_pipeline.db.migrate import upgrade
from apptrack_pipeline.db.queues import CAPTURES, EVIDENCE_QUEUE, LINK_QUEUE, enqueue
from apptrack_pipeline.definitions import build_defs
from apptrack_pipeline.domain import APPLICATION_PARTITIONS, Stage, new_id
from apptrack_pipeline.ingestion.mail.rereading import row_of
from apptrack_pipeline.ingestion.mail.signals import Reader
from apptrack_pipeline.ingestion.mail.store import MAIL, SIGNALS, StoredMail
from apptrack_pipeline.orchestration.partitions import stage_tags
from apptrack_pipeline.orchestration.stretches import stretch_tags
from apptrack_pipeline.orchestration.work import Job
from apptrack_pipeline.service.home import child_environment, prepare_home
from apptrack_pipeline.settings import Settings

APPLICATIONS: Final = 10_000
DAYS: Final = 3 * 365
MAILS_PER_DAY: Final = 10
JOB_MAILS_PER_DAY: Final = 3
_REPEATS: Final = 7

_CONSONANTS: Final = "bdfgklmnprstvz"
_VOWELS: Final = "aeiou"
_TITLES: Final = ("Data Engineer", "Backend Developer", "Product Manager", "Data Analyst", "Accountant")
_WORDS: Final = ("Labs", "Systems", "Robotics", "Foods", "Energy", "Logistics", "Software", "Health")


def measure(applications: int = APPLICATIONS, days: int = DAYS) -> dict[str, Any]:
    """Return milliseconds of runs and ticks, on an empty instance and on a full one."""
    found: dict[str, Any] = {}
    for name, tracked, past in (("empty", 1, 1), ("full", applications, days)):
        with _instance() as (settings, instance):
            world = _World(Database(settings), instance, settings)
            found |= {f"{name}_{figure}": value for figure, value in world.fill(tracked, past).items()}
            found |= {f"{name}_{figure}": value for figure, value in world.figures().items()}
    return found


@contextmanager
def _instance() -> Iterator[tuple[Settings, dg.DagsterInstance]]:
    home = Path(tempfile.mkdtemp(prefix="ab-"))
    settings = Settings(home=home, mail_second_model=False, capture_wait_s=0, fetch_postings="never")
    before = dict(os.environ)
    try:
        prepare_home(settings)
        ensure_server(settings)
        upgrade(settings)
        os.environ.update(child_environment(settings, code_server_port=0))
        with dg.DagsterInstance.get() as instance:
            yield settings, instance
    finally:
        os.environ.clear()
        os.environ.update(before)
        EmbeddedPostgres(home).stop()
        shutil.rmtree(home, ignore_errors=True)


class _World:
    def __init__(self, database: Database, instance: dg.DagsterInstance, settings: Settings) -> None:
        self.database = database
        self.instance = instance
        self.settings = settings
        self.defs = build_defs(database=database)
        self.now = dt.datetime.now(dt.UTC)
        self.chance = random.Random(20261124)
        self.ids: list[uuid.UUID] = []

    def fill(self, tracked: int, past: int) -> dict[str, Any]:
        """Make applications, mail of `past` days, their links, and Dagster's record of all of it."""
        employers = [self._employer() for _ in range(max(1, tracked // 2))]
        roles = [
            (employers[n % len(employers)], f"{_TITLES[n % len(_TITLES)]} {n // len(employers)}")
            for n in range(tracked)
        ]
        self.ids = [new_id() for _ in roles]
        applied = [self.now - dt.timedelta(days=self.chance.uniform(1, past)) for _ in roles]
        started = time.perf_counter()
        with self.database.begin() as connection:
            for n, (company, title) in enumerate(roles):
                connection.execute(
                    insert(CAPTURES).values(_capture(n, self.ids[n], company, title, applied[n]))
                )
            for application_id in self.ids:
                fold_one(Job(connection, application_id, "bench", 1, self.now, self.database.settings))
            connection.exec_driver_sql("UPDATE captures SET state = 'done'")
            connection.exec_driver_sql("UPDATE posting_queue SET state = 'done'")
        folded_s = time.perf_counter() - started
        self._receive(roles, past)
        started = time.perf_counter()
        done = link_days(
            self.database,
            first=(self.now - dt.timedelta(days=past)).date(),
            last=self.now.date(),
            all_of_them=True,
            run_id="bench",
            clock=lambda: dt.datetime.now(dt.UTC),
            say=lambda line: None,
        )
        linked_s = time.perf_counter() - started
        self._record(past)
        with psycopg.connect(app_url(self.settings), autocommit=True) as connection_:
            connection_.execute("DELETE FROM evidence_queue")
            connection_.execute("VACUUM ANALYZE")
        return {
            "folds_per_s": round(tracked / folded_s),
            "mails_linked": done.seeds,
            "mails_linked_per_s": round(done.seeds / linked_s),
        }

    def _employer(self) -> str:
        # Letters at random: names one letter apart would all be taken for misspellings of one another.
        pairs = (self.chance.choice(_CONSONANTS) + self.chance.choice(_VOWELS) for _ in range(4))
        name = ("".join(pairs) + self.chance.choice(_CONSONANTS)).title()
        return f"{name} {self.chance.choice(_WORDS)}"

    def _receive(self, roles: list[tuple[str, str]], past: int) -> None:
        mails, signals = [], []
        for day in range(past):
            for n in range(MAILS_PER_DAY):
                at = self.now - dt.timedelta(days=day, minutes=n)
                mail_id = new_id()
                is_job = n < JOB_MAILS_PER_DAY
                raw = zlib.compress(_letter(mail_id, *self.chance.choice(roles), at)) if is_job else None
                mails.append(_mail(mail_id, raw, at))
                said = row_of(StoredMail(mail_id, "home", raw, "not_job", 0.99, "bench"), Reader())
                signals.append(said | {"run_id": "bench", "derived_at": self.now})
        with self.database.begin() as connection:
            connection.execute(insert(MAIL), mails)
            connection.execute(insert(SIGNALS), signals)

    def _record(self, past: int) -> None:
        """Let Dagster know of each partition as of one that a run has materialized."""
        keys = [str(one) for one in self.ids]
        self.instance.add_dynamic_partitions(APPLICATION_PARTITIONS, keys)
        days = [(self.now - dt.timedelta(days=n)).date().isoformat() for n in range(past)]
        for asset, partitions in (
            ("applications", keys),
            ("mail", days),
            ("mail_signals", days),
            ("mail_links", days),
        ):
            self.instance.report_runless_asset_event(dg.AssetMaterialization(asset, partition=partitions[0]))
            with psycopg.connect(dagster_url(self.settings, driver=None)) as connection:
                connection.execute(
                    "INSERT INTO event_logs"
                    " (run_id, event, dagster_event_type, timestamp, step_key, asset_key, partition)"
                    " SELECT run_id, replace(event, %(old)s, key), dagster_event_type, timestamp,"
                    " step_key, asset_key, key FROM event_logs, unnest(%(keys)s::text[]) AS key"
                    " WHERE partition = %(old)s AND asset_key = %(asset)s",
                    {"old": partitions[0], "keys": partitions[1:], "asset": f'["{asset}"]'},
                )

    def figures(self) -> dict[str, Any]:
        """Return the medians, in milliseconds, of runs that have one thing to do, and of ticks."""
        today = self.now.date().isoformat()
        link = {**stage_tags(Stage.MAIL_LINKS), **stretch_tags([today])}
        fold = {**stage_tags(Stage.APPLICATIONS), **stretch_tags([str(self.ids[-1])])}
        changed = ["applications", "tracker_rows", "tracker_csv"]
        return {
            "link_mail_run_ms": self._median(lambda: self._run("link_mail", link), self._queue_mail),
            "fold_run_ms": self._median(
                lambda: self._run("track_applications", fold, ["applications"]), self._queue_application
            ),
            "fold_and_export_run_ms": self._median(
                lambda: self._run("track_applications", fold, changed), self._queue_application
            ),
            **{
                f"{sensor}_idle_ms": self._median(lambda sensor=sensor: self._tick(sensor))  # type: ignore[misc]
                for sensor in ("imap_sensor", "mail_link_sensor", "correlation_sensor")
            },
            "mail_link_sensor_due_ms": self._median(lambda: self._tick("mail_link_sensor"), self._queue_mail),
            "correlation_sensor_due_ms": self._median(
                lambda: self._tick("correlation_sensor"), self._queue_application
            ),
        }

    def _median(self, work: Callable[[], None], prepare: Callable[[], None] = lambda: None) -> float:
        took = []
        for _ in range(_REPEATS):
            prepare()
            started = time.perf_counter()
            work()
            took.append(time.perf_counter() - started)
        return round(statistics.median(took) * 1000, 1)

    def _queue_mail(self) -> None:
        with self.database.begin() as connection:
            mail_id = connection.exec_driver_sql(
                "SELECT m.id FROM mail AS m JOIN mail_links AS l ON l.mail_id = m.id"
                " ORDER BY m.received_at DESC LIMIT 1"
            ).scalar_one()
            now = dt.datetime.now(dt.UTC)
            enqueue(connection, LINK_QUEUE, mail_id, work_key=new_id().bytes, reason="bench", now=now)

    def _queue_application(self) -> None:
        with self.database.begin() as connection:
            key = new_id().bytes
            now = dt.datetime.now(dt.UTC)
            enqueue(connection, EVIDENCE_QUEUE, self.ids[-1], work_key=key, reason="bench", now=now)

    def _run(self, job: str, tags: dict[str, str], selection: list[str] | None = None) -> None:
        done = self.defs.resolve_job_def(job).execute_in_process(
            instance=self.instance,
            tags=tags,
            asset_selection=[dg.AssetKey(name) for name in selection] if selection else None,
        )
        if not done.success:
            raise RuntimeError(f"a run of {job} failed")

    def _tick(self, name: str) -> None:
        with dg.build_sensor_context(
            instance=self.instance,
            resources={"database": self.database},
            sensor_name=name,
            repository_def=self.defs.get_repository_def(),
        ) as context:
            self.defs.resolve_sensor_def(name).evaluate_tick(context)


def _capture(n: int, application_id: uuid.UUID, company: str, title: str, at: dt.datetime) -> dict[str, Any]:
    url = f"https://jobs.example.org/postings/{n}"
    return {
        "id": new_id(),
        "application_id": application_id,
        "first_of_url": True,
        "job_posting_url": url,
        "canonical_url": url,
        "url_hash": uuid.uuid5(uuid.NAMESPACE_URL, url).bytes * 2,
        "fields": {"company_name": company, "job_title": title, "applied": True},
        "body": b"{}",
        "body_hash": bytes(32),
        "source": "api",
        "captured_at": at,
        "received_at": at,
    }


def _letter(mail_id: uuid.UUID, company: str, title: str, at: dt.datetime) -> bytes:
    message = EmailMessage()
    message["From"] = f"{company} Recruiting <no-reply@talentpost.example>"
    message["To"] = "robin@example.org"
    message["Subject"] = f"Your application to {company}"
    message["Message-ID"] = f"<{mail_id}@talentpost.example>"
    message["Date"] = at
    message.set_content(
        f"Thank you for your interest in the {title} position at {company}. Unfortunately, we have decided "
        "not to move forward with your application.\n"
    )
    return message.as_bytes()


def _mail(mail_id: uuid.UUID, raw: bytes | None, at: dt.datetime) -> dict[str, Any]:
    return {
        "id": mail_id,
        "account": "home",
        "content_key": mail_id.bytes * 2,
        "message_id": f"{mail_id}@talentpost.example" if raw else None,
        "thread_key": f"id:{mail_id}@talentpost.example" if raw else None,
        "gmail_message_id": None,
        "received_at": at,
        "day": at.date(),
        "raw": raw,
        "size": 2_000,
        "verdict": "rejection" if raw else "not_job",
        "certainty": 0.99,
        "reader_version": "bench",
        "run_id": "bench",
    }


if __name__ == "__main__":
    import json

    print(json.dumps(measure(), indent=2))
