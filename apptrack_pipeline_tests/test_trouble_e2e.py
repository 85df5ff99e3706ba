"""Kill -9 in the middle of a batch, on a whole instance: nothing is lost, nothing is done twice."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import psycopg
import pytest
from evidence import capture

from apptrack_pipeline.db.connect import app_url, dagster_url
from apptrack_pipeline.db.embedded import EmbeddedPostgres
from apptrack_pipeline.service.up import Instance, running_instance
from apptrack_pipeline.settings import Settings

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(420)]

BATCH = 25
EVENTS_OF_ONE = [
    "analysis_completed",
    "analysis_started",
    "application_created",
    "browser_capture",
    "posting_linked",
    "posting_scraped",
    "scrape_completed",
    "scrape_started",
]


@pytest.fixture
def instance() -> Iterator[Instance]:
    home = Path(tempfile.mkdtemp(prefix="at-e2e-"))
    settings = Settings(home=home, api_port=0, database_url=None, dagster_database_url=None)
    try:
        with running_instance(settings, with_ui=False) as instance:
            yield instance
    finally:
        EmbeddedPostgres(home).stop()
        shutil.rmtree(home)


def send_batch(instance: Instance, first: int) -> list[str]:
    with httpx.Client(headers={"Authorization": f"Bearer {instance.token}"}, timeout=30) as client:
        answers = [
            client.post(f"{instance.api_url}/api/v1/applications/capture", json=capture(n))
            for n in range(first, first + BATCH)
        ]
    assert {answer.status_code for answer in answers} == {201}
    return [answer.json()["application_id"] for answer in answers]


def ask(url: str, statement: str, *values: Any) -> list[Any]:
    """Return the rows, also when the server has to be started again first."""
    while True:
        try:
            with psycopg.connect(url, connect_timeout=3) as connection:
                return connection.execute(statement, values).fetchall()
        except psycopg.OperationalError:
            time.sleep(0.1)


def wait_until(condition: Callable[[], bool], what: str, timeout_s: float = 150) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, f"it did not happen: {what}"
        time.sleep(0.05)


def is_ready(instance: Instance) -> bool:
    with httpx.Client(headers={"Authorization": f"Bearer {instance.token}"}, timeout=10) as client:
        return client.get(f"{instance.api_url}/api/v1/health/ready").status_code == 200


def kill_worker(instance: Instance) -> None:
    children = psutil.Process(instance.pids["code_server"]).children(recursive=True)
    workers = [child for child in children if "spawn_main" in " ".join(child.cmdline())]
    assert workers, "no run worker is at work"
    for worker in workers:
        worker.send_signal(signal.SIGKILL)


def kill_daemon(instance: Instance) -> None:
    os.kill(instance.pids["daemon"], signal.SIGKILL)


def kill_postgres(instance: Instance) -> None:
    os.kill(instance.pids["postgres"], signal.SIGKILL)


class Batch:
    """25 captures that were sent, and what has become of them."""

    def __init__(self, instance: Instance, first: int) -> None:
        self.ids = send_batch(instance, first)
        self.app = app_url(instance.settings)
        self.dagster = dagster_url(instance.settings, driver=None)

    def count(self, table: str) -> int:
        """Return how many of the captures have their row."""
        statement = f"SELECT count(*) FROM {table} WHERE application_id = ANY (%s::uuid[])"
        return int(ask(self.app, statement, self.ids)[0][0])

    def shown(self, asset: str) -> int:
        """Return how many of the partitions Dagster shows as materialized."""
        statement = "SELECT count(DISTINCT partition) FROM event_logs WHERE asset_key = %s"
        statement += " AND dagster_event_type = 'ASSET_MATERIALIZATION' AND partition = ANY (%s)"
        return int(ask(self.dagster, statement, f'["{asset}"]', self.ids)[0][0])

    def told(self) -> list[list[str]]:
        """Return the kinds of events of each application."""
        statement = "SELECT array_agg(event_type ORDER BY event_type) FROM timeline_events"
        statement += " WHERE application_id = ANY (%s::uuid[]) GROUP BY application_id"
        return [row[0] for row in ask(self.app, statement, self.ids)]

    def waiting(self, queue: str) -> int:
        """Return how many rows of the queue are not done, or done and not reported."""
        return int(
            ask(self.app, f"SELECT count(*) FROM {queue} WHERE state <> 'done' OR reported_at IS NULL")[0][0]
        )


def test_whatever_is_killed_each_capture_has_one_application_one_posting_and_one_analysis(
    instance: Instance,
) -> None:
    for number, kill in enumerate([kill_worker, kill_daemon, kill_postgres]):
        batch = Batch(instance, 1000 * number)
        wait_until(lambda: batch.count("job_postings") >= 3, "the batch is at work")  # noqa: B023 - waited for at once
        kill(instance)
        assert batch.count("analysis_results") < BATCH, "the batch was through before the kill"

        for table in ("job_postings", "analysis_results", "tracker_rows"):
            wait_until(lambda: batch.count(table) == BATCH, f"{table} after {kill.__name__}")  # noqa: B023
        assert batch.told() == [EVENTS_OF_ONE] * BATCH, kill.__name__

        # What was done before the kill, and not reported any more, is reported by the run that follows.
        for asset in ("applications", "job_postings", "analysis_results"):
            wait_until(lambda: batch.shown(asset) == BATCH, f"{asset} shown after {kill.__name__}")  # noqa: B023
    for queue in ("captures", "posting_queue", "analysis_queue"):
        wait_until(lambda: batch.waiting(queue) == 0, f"nothing waits in {queue}")  # noqa: B023


CLIENTS = 8
CAPTURES_OF_EACH = 150


class Sender(threading.Thread):
    """One client: sends its captures one after the other, and notes what it was answered."""

    def __init__(self, instance: Instance, number: int) -> None:
        super().__init__(name=f"client {number}")
        self._instance = instance
        self.bodies = [
            capture(10_000 + number * CAPTURES_OF_EACH + n, html=None) for n in range(CAPTURES_OF_EACH)
        ]
        self.answers: list[httpx.Response | httpx.TransportError] = []

    def run(self) -> None:
        headers = {"Authorization": f"Bearer {self._instance.token}"}
        with httpx.Client(base_url=self._instance.api_url, headers=headers, timeout=60) as client:
            for body in self.bodies:
                try:
                    self.answers.append(client.post("/api/v1/applications/capture", json=body))
                except httpx.TransportError as error:
                    self.answers.append(error)


def send_all(instance: Instance, while_at_it: Callable[[Callable[[], int]], None]) -> list[Sender]:
    senders = [Sender(instance, number) for number in range(CLIENTS)]
    for sender in senders:
        sender.start()
    while_at_it(lambda: sum(len(sender.answers) for sender in senders))
    for sender in senders:
        sender.join()
    return senders


def test_what_is_answered_while_the_database_is_killed_is_there_and_the_rest_can_be_sent_again(
    instance: Instance,
) -> None:
    app = app_url(instance.settings)

    def kill_once_and_then_again_and_again(answered: Callable[[], int]) -> None:
        wait_until(lambda: answered() >= 200, "200 answers")
        before = instance.pids["postgres"]
        kill_postgres(instance)
        wait_until(lambda: instance.pids.get("postgres", before) != before, "postgres runs again")
        wait_until(lambda: answered() >= 600, "600 answers")
        # Longer than a request waits for the database: now some must be refused.
        deadline = time.monotonic() + 4
        while time.monotonic() < deadline:
            with contextlib.suppress(KeyError, ProcessLookupError):
                kill_postgres(instance)
            time.sleep(0.05)
        assert answered() < CLIENTS * CAPTURES_OF_EACH, "all was answered before the end of the kills"

    first = send_all(instance, kill_once_and_then_again_and_again)

    kept, refused = {}, 0
    for sender in first:
        for body, answer in zip(sender.bodies, sender.answers, strict=True):
            if isinstance(answer, httpx.Response) and answer.status_code == 201:
                kept[body["job_posting_url"]] = answer.json()
                continue
            refused += 1
            if isinstance(answer, httpx.Response):
                assert answer.status_code == 503, answer.text
                assert answer.json()["error"]["code"] == "unavailable"
                assert int(answer.headers["retry-after"]) >= 1
    assert refused, "the database was not away for long enough"
    stored = {
        str(capture_id): (url, str(application_id))
        for capture_id, url, application_id in ask(
            app, "SELECT id, job_posting_url, application_id FROM captures"
        )
    }
    for url, said in kept.items():
        assert stored[said["capture_id"]] == (url, said["application_id"])

    wait_until(lambda: is_ready(instance), "the API is ready")
    second = send_all(instance, lambda answered: None)

    for sender in second:
        for body, answer in zip(sender.bodies, sender.answers, strict=True):
            assert isinstance(answer, httpx.Response), answer
            assert answer.status_code in {200, 201}, answer.text
            said = kept.get(body["job_posting_url"])
            if said is not None:
                assert answer.json()["duplicate"] is True
                assert answer.json()["capture_id"] == said["capture_id"]
    rows = ask(app, "SELECT count(*), count(DISTINCT application_id), count(DISTINCT url_hash) FROM captures")
    assert rows == [(CLIENTS * CAPTURES_OF_EACH,) * 3]
