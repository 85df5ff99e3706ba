"""Mail finds its application through the pipeline's own sensors and runs, in whatever order things come."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace

import dagster as dg
import pytest
import sqlalchemy as sa
from letters import (
    Letter,
    ago,
    decide,
    deliver,
    links,
    mail_id,
    post_letters,
    receipt,
    rejection,
    settle,
    table,
    track,
    undo,
)
from pipelines import Pipeline

from apptrack_pipeline.correlation.linking import store
from apptrack_pipeline.correlation.linking.checks import every_mail_is_accounted_for
from apptrack_pipeline.domain import DecisionKind
from apptrack_pipeline.orchestration.stretches import stretch_tags


def test_new_mail_is_taken_read_and_linked_in_one_run_and_moves_its_application(pipeline: Pipeline) -> None:
    application = track(pipeline, 1, "Fernwick", "Data Engineer", days_ago=5)
    pipeline.run_all()

    deliver(
        pipeline,
        receipt("1@f", "Fernwick", "Data Engineer", 4),
        rejection("2@f", "Fernwick", "Data Engineer"),
    )

    assert links(pipeline) == {"1@f": ("linked", application), "2@f": ("linked", application)}
    today = dt.datetime.now(dt.UTC).date().isoformat()
    assert today in pipeline.materialized("mail_links")
    assert pipeline.run_all("correlation_sensor") == [True]
    assert pipeline.one("SELECT status FROM applications WHERE id = :id", id=application) == "rejected"
    settle(pipeline)
    assert pipeline.rows("SELECT DISTINCT state FROM link_queue") == [("done",)]
    assert pipeline.rows("SELECT DISTINCT state FROM evidence_queue") == [("done",)]


def test_an_application_that_arrives_late_gets_the_mail_that_came_before_it(pipeline: Pipeline) -> None:
    deliver(pipeline, rejection("1@f", "Fernwick", "Data Engineer", 3))
    settle(pipeline)
    assert links(pipeline)["1@f"] == ("unmatched", None)

    application = track(pipeline, 1, "Fernwick Ltd", "Data Engineer", days_ago=20)
    settle(pipeline)

    assert links(pipeline) == {"1@f": ("linked", application)}
    assert pipeline.one("SELECT status FROM applications") == "rejected"


STORY = {
    "analyst": lambda p: track(p, 1, "Fernwick", "Data Analyst", days_ago=40),
    "engineer": lambda p: track(p, 2, "Fernwick", "Data Engineer", days_ago=38),
    "receipt": lambda p: deliver(p, receipt("1@f", "Fernwick", "Data Analyst", 39.9)),
    "other receipt": lambda p: deliver(p, receipt("2@f", "Fernwick", "Data Engineer", 37.9)),
    "answer": lambda p: deliver(p, replace(rejection("3@f", "Fernwick", "role", 9), answers="2@f")),
    "untracked": lambda p: deliver(p, receipt("4@q", "Quillmark", "Gardener", 30)),
    "untracked again": lambda p: deliver(p, rejection("5@q", "Quillmark", "Gardener", 8)),
}


@pytest.mark.parametrize("seed", range(4))
def test_the_order_in_which_things_arrive_changes_no_link(pipeline: Pipeline, seed: int) -> None:
    names = list(STORY)
    random.Random(seed).shuffle(names)
    if seed == 0:
        names = list(STORY)[::-1]
    for name in names:
        STORY[name](pipeline)
        settle(pipeline)

    titles = {row[0]: row[1] for row in pipeline.rows("SELECT id, job_title FROM applications")}
    told = {name: (outcome, titles.get(place)) for name, (outcome, place) in links(pipeline).items()}
    assert told == {
        "1@f": ("linked", "Data Analyst"),
        "2@f": ("linked", "Data Engineer"),
        "3@f": ("linked", "Data Engineer"),
        "4@q": ("proposed", "Gardener"),
        "5@q": ("proposed", "Gardener"),
    }
    statuses = dict(tuple(row) for row in pipeline.rows("SELECT job_title, status FROM applications"))
    assert statuses == {"Data Analyst": "applied", "Data Engineer": "rejected", "Gardener": "rejected"}


def test_an_application_that_mail_has_made_gives_way_to_the_one_that_is_tracked(pipeline: Pipeline) -> None:
    deliver(pipeline, receipt("1@q", "Quillmark", "Gardener", 3))
    settle(pipeline)
    ((made, alone),) = pipeline.rows("SELECT id, from_mail_alone FROM applications")
    assert alone

    tracked = track(pipeline, 1, "Quillmark", "Gardener", days_ago=3.1)
    settle(pipeline)

    assert links(pipeline) == {"1@q": ("linked", tracked)}
    listed = pipeline.rows("SELECT id FROM applications WHERE archived_at IS NULL AND merged_into IS NULL")
    assert listed == [(tracked,)]
    assert made != tracked


def test_a_persons_link_wins_until_it_is_taken_back(pipeline: Pipeline) -> None:
    fernwick = track(pipeline, 1, "Fernwick", "Data Engineer", days_ago=9)
    other = track(pipeline, 2, "Tessel Guild", "Scribe", days_ago=9)
    deliver(pipeline, receipt("1@f", "Fernwick", "Data Engineer", 8.9))
    settle(pipeline)
    assert links(pipeline) == {"1@f": ("linked", fernwick)}

    mail = str(mail_id(pipeline, "1@f"))
    decision = decide(pipeline, DecisionKind.LINK, {"mail_id": mail, "application_id": str(other)})
    settle(pipeline)
    assert links(pipeline) == {"1@f": ("linked", other)}
    assert pipeline.one("SELECT decided FROM mail_links")

    undo(pipeline, decision)
    settle(pipeline)
    assert links(pipeline) == {"1@f": ("linked", fernwick)}
    assert pipeline.rows("SELECT DISTINCT state FROM decisions") == [("done",)]

    decide(pipeline, DecisionKind.UNLINK, {"mail_id": mail, "application_id": str(fernwick)})
    settle(pipeline)
    assert links(pipeline)["1@f"][0] != "linked"


def test_mail_that_is_no_job_mail_loses_its_link_until_that_is_taken_back(pipeline: Pipeline) -> None:
    application = track(pipeline, 1, "Fernwick", "Data Engineer", days_ago=9)
    deliver(pipeline, rejection("1@f", "Fernwick", "Data Engineer", 2))
    settle(pipeline)
    assert pipeline.one("SELECT status FROM applications") == "rejected"

    decision = decide(pipeline, DecisionKind.NOT_JOB_MAIL, {"mail_id": str(mail_id(pipeline, "1@f"))})
    settle(pipeline)
    assert links(pipeline) == {}
    assert pipeline.one("SELECT category FROM mail_signals") == "not_job"
    assert pipeline.one("SELECT status FROM applications") == "applied"

    undo(pipeline, decision)
    settle(pipeline)
    assert links(pipeline) == {"1@f": ("linked", application)}
    assert pipeline.one("SELECT status FROM applications") == "rejected"


def test_a_category_that_a_person_names_reaches_the_application_though_the_link_stays(
    pipeline: Pipeline,
) -> None:
    application = track(pipeline, 1, "Fernwick", "Data Engineer", days_ago=9)
    deliver(pipeline, rejection("1@f", "Fernwick", "Data Engineer", 2))
    settle(pipeline)
    before = table(pipeline)
    mail = str(mail_id(pipeline, "1@f"))
    decide(pipeline, DecisionKind.MAIL_CATEGORY, {"mail_id": mail, "category": "offer"})
    settle(pipeline)
    assert [row[:5] for row in table(pipeline)] == [row[:5] for row in before]
    assert pipeline.one("SELECT status FROM applications WHERE id = :id", id=application) == "offer"


def test_names_that_a_person_joins_are_one_employer_until_that_is_taken_back(pipeline: Pipeline) -> None:
    application = track(pipeline, 1, "Fernwick", "Data Engineer", days_ago=9)
    deliver(pipeline, rejection("1@o", "Oakhollow", "Data Engineer", 40 / 24))
    settle(pipeline)
    assert links(pipeline)["1@o"][0] != "linked"

    names = {"name": "Oakhollow GmbH", "other_name": "Fernwick", "relation": "same_as"}
    decision = decide(pipeline, DecisionKind.SAME_COMPANY, names)
    settle(pipeline)
    assert links(pipeline) == {"1@o": ("linked", application)}
    assert pipeline.one("SELECT source FROM company_aliases") == f"decision:{decision}"

    undo(pipeline, decision)
    settle(pipeline)
    assert links(pipeline)["1@o"][0] != "linked"
    assert pipeline.one("SELECT count(*) FROM company_aliases") == 0


def test_a_link_that_a_person_confirms_teaches_the_name_for_later_mail(pipeline: Pipeline) -> None:
    application = track(pipeline, 1, "Fernwick", "Data Engineer", days_ago=19)
    deliver(pipeline, receipt("1@o", "Oakhollow", "Data Engineer", 18.9))
    settle(pipeline)
    mail = str(mail_id(pipeline, "1@o"))
    decide(pipeline, DecisionKind.LINK, {"mail_id": mail, "application_id": str(application)})
    settle(pipeline)
    deliver(pipeline, rejection("2@o", "Oakhollow", "Data Engineer", 1))
    settle(pipeline)
    assert links(pipeline) == {"1@o": ("linked", application), "2@o": ("linked", application)}


def test_a_backfill_of_links_changes_nothing_where_nothing_has_changed(pipeline: Pipeline) -> None:
    track(pipeline, 1, "Fernwick", "Data Engineer", days_ago=9)
    deliver(
        pipeline,
        receipt("1@f", "Fernwick", "Data Engineer", 8.9),
        receipt("2@q", "Quillmark", "Gardener", 5),
        rejection("3@f", "Fernwick", "Data Engineer", 1),
    )
    settle(pipeline)
    written = "SELECT mail_id, event, run_id, derived_at FROM mail_links ORDER BY 1, 2"
    before = pipeline.rows(written)
    queued = pipeline.one("SELECT count(*) FROM evidence_queue")

    assert backfill(pipeline, ago(9), ago(0)).success

    assert pipeline.rows(written) == before
    assert pipeline.one("SELECT count(*) FROM evidence_queue") == queued


def test_a_backfill_derives_links_that_are_not_what_the_matcher_says_today(pipeline: Pipeline) -> None:
    application = track(pipeline, 1, "Fernwick", "Data Engineer", days_ago=9)
    deliver(pipeline, receipt("1@f", "Fernwick", "Data Engineer", 8.9))
    settle(pipeline)
    with pipeline.database.begin() as connection:
        connection.execute(
            sa.text("UPDATE mail_links SET outcome = 'unmatched', application_id = NULL, stage = NULL")
        )
    assert backfill(pipeline, ago(9), ago(8)).success
    assert links(pipeline) == {"1@f": ("linked", application)}


def backfill(pipeline: Pipeline, first: dt.datetime, last: dt.datetime) -> dg.ExecuteInProcessResult:
    """Materialize `mail_links` over days, as Dagster's UI does: without the tag of a sensor."""
    tags = stretch_tags([first.date().isoformat(), last.date().isoformat()])
    job = pipeline.defs.resolve_job_def("link_mail")
    return job.execute_in_process(instance=pipeline.instance, tags=tags, raise_on_error=False)


def test_mail_that_cannot_be_linked_costs_only_itself_and_is_tried_again(pipeline: Pipeline) -> None:
    pipeline.database.settings = pipeline.settings.model_copy(update={"retry_delays_s": (0.0,)})
    application = track(pipeline, 1, "Fernwick", "Data Engineer", days_ago=9)
    pipeline.run_all()
    with pipeline.database.begin() as connection:
        connection.execute(
            sa.text("ALTER TABLE mail_links ADD CONSTRAINT trouble CHECK (application_id IS NOT NULL)")
        )
    post_letters(
        pipeline,
        receipt("1@f", "Fernwick", "Data Engineer", 8.9),
        rejection("2@o", "Oakhollow", "Scribe", 3),
    )
    # The first run lists the letter box, the second takes and links what is in it.
    done = [pipeline.run_all("imap_sensor", "take_mail") for _ in range(2)]
    assert done == [[True], [False]]

    assert links(pipeline) == {"1@f": ("linked", application)}
    shown = pipeline.materialized("mail_links")
    assert ago(8.9).date().isoformat() in shown
    assert ago(3).date().isoformat() not in shown
    state, attempts, error = pipeline.rows(
        "SELECT state, attempts, last_error FROM link_queue WHERE mail_id = :id", id=mail_id(pipeline, "2@o")
    )[0]
    assert (state, attempts) == ("due", 1)
    assert "trouble" in error
    assert accounts(pipeline)["failed"] == 1

    with pipeline.database.begin() as connection:
        connection.execute(sa.text("ALTER TABLE mail_links DROP CONSTRAINT trouble"))
    assert pipeline.run_all("mail_link_sensor", "link_mail") == [True]
    assert set(links(pipeline)) == {"1@f", "2@o"}
    assert accounts(pipeline)["failed"] == 0


def accounts(pipeline: Pipeline) -> dict[str, int]:
    with pipeline.database.begin() as connection:
        return store.account_for(connection, dt.date.min, dt.date.max)


def test_every_mail_is_accounted_for(pipeline: Pipeline) -> None:
    track(pipeline, 1, "Fernwick", "Data Engineer", days_ago=9)
    shop = Letter("1@s", "Your order 7 has been shipped", "Track your parcel. Discount code SALE.", 2)
    deliver(
        pipeline,
        shop,
        receipt("2@f", "Fernwick", "Data Engineer", 8.9),
        receipt("3@q", "Quillmark", "Gardener", 5),
        rejection("4@o", "Oakhollow", "Scribe", 5),
    )
    settle(pipeline)
    found = accounts(pipeline)
    assert {name: count for name, count in found.items() if count} == {
        "linked": 1,
        "proposed": 1,
        "unmatched": 1,
        "not_job": 1,
    }
    assert check_passes(pipeline)

    with pipeline.database.begin() as connection:
        connection.execute(sa.text("DELETE FROM link_queue"))
        connection.execute(sa.text("DELETE FROM mail_links WHERE outcome = 'unmatched'"))
        connection.execute(sa.text("UPDATE mail_signals SET derived_at = now() - interval '1 hour'"))
    assert accounts(pipeline)["lost"] == 1
    assert not check_passes(pipeline)


def check_passes(pipeline: Pipeline) -> bool:
    result = every_mail_is_accounted_for(database=pipeline.database)
    assert isinstance(result, dg.AssetCheckResult)
    return bool(result.passed)


def test_what_a_killed_run_had_claimed_is_linked_by_the_next(pipeline: Pipeline) -> None:
    application = track(pipeline, 1, "Fernwick", "Data Engineer", days_ago=9)
    pipeline.run_all()
    deliver(pipeline, receipt("1@f", "Fernwick", "Data Engineer", 8.9))
    with pipeline.database.begin() as connection:  # as a run leaves it that dies before it has linked
        connection.execute(sa.text("DELETE FROM mail_links"))
        connection.execute(
            sa.text("UPDATE link_queue SET state = 'running', claimed_by = 'dead', reported_at = NULL")
        )
    assert pipeline.run_all("mail_link_sensor", "link_mail") == [True]
    assert links(pipeline) == {"1@f": ("linked", application)}
    assert pipeline.rows("SELECT state, attempts FROM link_queue") == [("done", 2)]


def test_days_that_a_run_takes_mail_of_are_left_to_it(pipeline: Pipeline) -> None:
    deliver(pipeline, receipt("1@q", "Quillmark", "Gardener", 5))
    with pipeline.database.begin() as connection:
        connection.execute(sa.text("UPDATE link_queue SET state = 'due', due_at = now()"))
    run = pipeline.started_run(
        stretch_tags([ago(6).date().isoformat(), ago(0).date().isoformat()]), "take_mail"
    )
    assert pipeline.tick("mail_link_sensor") == []
    pipeline.instance.report_run_failed(run)
    older = pipeline.started_run(stretch_tags([ago(60).date().isoformat()]), "take_mail")
    (request,) = pipeline.tick("mail_link_sensor")
    assert request.tags["dagster/partition"] == ago(5).date().isoformat()
    pipeline.instance.report_run_failed(older)
