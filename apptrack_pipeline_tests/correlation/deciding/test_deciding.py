"""What a person decides has its effect, wins when everything is derived again, and can be taken back."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import dagster as dg
import pytest
import sqlalchemy as sa
from letters import Letter, ago, deliver, links, mail_id, receipt, rejection, settle, table, track
from pipelines import Pipeline

from apptrack_pipeline.correlation.deciding import store as deciding
from apptrack_pipeline.correlation.deciding.store import Recorded
from apptrack_pipeline.correlation.review.items import ApplicationItem, Item, MailItem, read_ref
from apptrack_pipeline.correlation.review.store import events_of, find_applications, open_item, open_items
from apptrack_pipeline.domain import InvalidInputError, MailCategory, Status, new_id
from apptrack_pipeline.orchestration.stretches import stretch_tags
from apptrack_pipeline.service.review_desk import accept


def decided(pipeline: Pipeline, decide: Callable[..., Recorded], *args: Any, **kwargs: Any) -> Recorded:
    with pipeline.database.begin() as connection:
        return decide(connection, *args, actor="test", now=dt.datetime.now(dt.UTC), **kwargs)


def accepted(pipeline: Pipeline, item: Item) -> Recorded:
    with pipeline.database.begin() as connection:
        return accept(connection, item, now=dt.datetime.now(dt.UTC))


def taken_back(pipeline: Pipeline, *recorded: Recorded) -> None:
    for one in recorded:
        with pipeline.database.begin() as connection:
            deciding.undo(connection, one.id, now=dt.datetime.now(dt.UTC))


def asked(pipeline: Pipeline) -> list[Item]:
    with pipeline.database.begin() as connection:
        return open_items(connection, limit=100)


def one_asked(pipeline: Pipeline) -> MailItem:
    (item,) = asked(pipeline)
    assert isinstance(item, MailItem)
    return item


def derive_again(pipeline: Pipeline) -> None:
    """Materialize signals, links and applications of all there is, as a person does in Dagster's UI."""
    days = stretch_tags([ago(60).date().isoformat(), ago(0).date().isoformat()])
    keys = pipeline.instance.get_dynamic_partitions("application")
    for job, tags, assets in (
        ("take_mail", days, ["mail_signals"]),
        ("link_mail", days, ["mail_links"]),
        ("track_applications", stretch_tags(keys), ["applications"]),
    ):
        done = pipeline.defs.resolve_job_def(job).execute_in_process(
            instance=pipeline.instance, tags=tags, asset_selection=[dg.AssetKey(one) for one in assets]
        )
        assert done.success


def state(pipeline: Pipeline) -> list[Any]:
    """All that is derived, without what names the run that did it, and of applications what is listed."""
    return [
        pipeline.rows("SELECT mail_id, category, certainty, decided FROM mail_signals ORDER BY 1"),
        table(pipeline),
        pipeline.rows(
            "SELECT id, company_name, job_title, status, applied_at, notes, from_mail_alone, row_hash"
            " FROM applications WHERE archived_at IS NULL AND merged_into IS NULL ORDER BY id"
        ),
        pipeline.rows("SELECT alias_key, company_key, relation FROM company_aliases ORDER BY 1, 2"),
    ]


def assert_wins_until_taken_back(pipeline: Pipeline, before: list[Any], *recorded: Recorded) -> None:
    after = state(pipeline)
    assert after != before
    derive_again(pipeline)
    settle(pipeline)
    assert state(pipeline) == after

    taken_back(pipeline, *recorded)
    settle(pipeline)
    assert state(pipeline) == before
    assert pipeline.rows("SELECT DISTINCT state FROM decisions") == [("done",)]


def statuses(pipeline: Pipeline) -> dict[uuid.UUID, str]:
    return {row[0]: row[1] for row in pipeline.rows("SELECT id, status FROM applications")}


def vague_rejection(name: str, company: str, days_ago: float) -> Letter:
    """A rejection that names the employer and no role."""
    text = (
        "Unfortunately, we have decided not to move forward with your application.\r\n\r\n"
        f"The {company} recruiting team"
    )
    return Letter(name, f"Your application at {company}", text, days_ago)


def unsure_receipt(name: str, company: str, title: str, days_ago: float) -> Letter:
    """What may be a receipt, and is not certain to be one."""
    text = f"Your application to {company} for the position of {title} has been received. Maybe."
    return Letter(name, "Your application", text, days_ago, f"{company} <jobs@{company.lower()}.example>")


def test_decisions_about_mail(pipeline: Pipeline) -> None:
    fernwick = track(pipeline, 1, "Fernwick", "Data Engineer", days_ago=20)
    tessel = track(pipeline, 2, "Tessel Guild", "Scribe", days_ago=20)
    deliver(
        pipeline,
        rejection("other@f", "Fernwick", "Data Engineer", 9),
        rejection("offer@t", "Tessel Guild", "Scribe", 8),
        rejection("new@o", "Oakhollow", "Potter", 7),
        receipt("shop@q", "Quillmark", "Gardener", 6),
        receipt("off@t", "Tessel Guild", "Scribe", 19.9),
    )
    settle(pipeline)
    before = state(pipeline)
    mails = {name: mail_id(pipeline, name) for name in links(pipeline)}
    assert {name: link[1] for name, link in links(pipeline).items() if link[0] == "linked"} == {
        "other@f": fernwick,
        "offer@t": tessel,
        "off@t": tessel,
    }

    recorded = [
        decided(pipeline, deciding.link, [(mails["other@f"], 0)], tessel),
        decided(pipeline, deciding.mail_category, mails["offer@t"], MailCategory.OFFER),
        new := decided(pipeline, deciding.link_to_new, [(mails["new@o"], 0)]),
        decided(pipeline, deciding.not_job_mail, [mails["shop@q"]]),
        decided(pipeline, deciding.unlink, [(mails["off@t"], 0)]),
    ]
    settle(pipeline)

    now = links(pipeline)
    assert now["other@f"] == ("linked", tessel)
    assert now["new@o"] == ("linked", new.application_id)
    assert now["off@t"][1] != tessel
    assert "shop@q" not in now
    assert statuses(pipeline)[fernwick] == "applied"
    assert statuses(pipeline)[tessel] == "rejected", "the rejection that came to it; the offer is later"
    assert pipeline.rows(
        "SELECT company_name, job_title, status FROM applications WHERE id = :id", id=new.application_id
    ) == [("Oakhollow", "Potter", "rejected")]
    assert_wins_until_taken_back(pipeline, before, *recorded)


def test_names_that_are_joined(pipeline: Pipeline) -> None:
    application = track(pipeline, 1, "Fernwick", "Data Engineer", days_ago=9)
    deliver(pipeline, rejection("1@o", "Oakhollow", "Data Engineer", 1.5))
    settle(pipeline)
    before = state(pipeline)

    recorded = decided(pipeline, deciding.same_company, "Oakhollow GmbH", "fernwick")
    settle(pipeline)

    assert links(pipeline) == {"1@o": ("linked", application)}
    assert_wins_until_taken_back(pipeline, before, recorded)


def test_a_name_that_belongs_to_another_is_asked_about_only(pipeline: Pipeline) -> None:
    application = track(pipeline, 1, "Fernwick", "Data Engineer", days_ago=9)
    deliver(pipeline, rejection("1@o", "Oakhollow", "Data Engineer", 1.5))
    decided(pipeline, deciding.same_company, "Oakhollow", "Fernwick", relation="owned_by")
    settle(pipeline)
    item = one_asked(pipeline)
    assert item.best is not None
    assert item.best.application_id == application


def test_decisions_about_an_application(pipeline: Pipeline) -> None:
    application = track(pipeline, 1, "Fernwick", "Data Engineer", days_ago=9)
    deliver(pipeline, rejection("1@f", "Fernwick", "Data Engineer", 3))
    settle(pipeline)
    before = state(pipeline)

    recorded = [
        decided(pipeline, deciding.status, application, Status.INTERVIEW),
        decided(pipeline, deciding.field, application, "job_title", "Data Engineer II"),
        decided(pipeline, deciding.field, application, "applied_at", "2026-11-02"),
        decided(pipeline, deciding.note, application, "Call them on Friday."),
    ]
    settle(pipeline)

    assert pipeline.rows("SELECT job_title, status, applied_at, notes FROM applications") == [
        ("Data Engineer II", "interview", dt.datetime(2026, 11, 2, tzinfo=dt.UTC), "Call them on Friday.")
    ]
    assert_wins_until_taken_back(pipeline, before, *recorded)


def test_two_applications_are_merged(pipeline: Pipeline) -> None:
    kept = track(pipeline, 1, "Fernwick", "Data Engineer", days_ago=9)
    twice = track(pipeline, 2, "Oakhollow", "Scribe", days_ago=8)
    deliver(pipeline, rejection("1@o", "Oakhollow", "Scribe", 3))
    settle(pipeline)
    assert statuses(pipeline) == {kept: "applied", twice: "rejected"}
    before = state(pipeline)

    recorded = decided(pipeline, deciding.merge, twice, kept)
    settle(pipeline)

    assert pipeline.rows("SELECT merged_into FROM applications WHERE id = :id", id=twice) == [(kept,)]
    assert statuses(pipeline)[kept] == "rejected"
    assert_wins_until_taken_back(pipeline, before, recorded)


def test_mail_is_split_off_an_application(pipeline: Pipeline) -> None:
    application = track(pipeline, 1, "Fernwick", "Data Engineer", days_ago=9)
    deliver(
        pipeline,
        receipt("1@f", "Fernwick", "Data Engineer", 8.9),
        rejection("2@f", "Fernwick", "Data Engineer", 3),
    )
    settle(pipeline)
    before = state(pipeline)

    recorded = decided(pipeline, deciding.split, application, mails=[(mail_id(pipeline, "2@f"), 0)])
    settle(pipeline)

    assert recorded.application_id is not None
    assert statuses(pipeline) == {application: "applied", recorded.application_id: "rejected"}
    assert_wins_until_taken_back(pipeline, before, recorded)


def test_what_is_suggested_is_accepted_and_teaches_the_other_name(pipeline: Pipeline) -> None:
    application = track(pipeline, 1, "Fernwick", "Data Engineer", days_ago=19)
    deliver(pipeline, rejection("1@o", "Oakhollow", "Data Engineer", 9))
    decided(pipeline, deciding.same_company, "Oakhollow", "Fernwick", relation="owned_by")
    settle(pipeline)
    item = one_asked(pipeline)
    assert item.suggested == application
    assert item.mails[0].sentence.startswith("Unfortunately, we have decided not to move forward")
    assert item.reason

    accepted(pipeline, item)
    assert asked(pipeline) == [], "it is decided, though no run has taken it yet"
    settle(pipeline)
    assert links(pipeline) == {"1@o": ("linked", application)}
    assert asked(pipeline) == []


def test_mail_that_fits_two_applications_suggests_neither(pipeline: Pipeline) -> None:
    first = track(pipeline, 1, "Fernwick", "Data Engineer", days_ago=9)
    second = track(pipeline, 2, "Fernwick", "Potter", days_ago=9)
    deliver(pipeline, vague_rejection("1@f", "Fernwick", 2))
    settle(pipeline)
    item = one_asked(pipeline)

    assert {choice.application_id for choice in item.choices} == {first, second}
    assert {choice.title for choice in item.choices} == {"Data Engineer", "Potter"}
    assert all(choice.bits and choice.status is Status.APPLIED for choice in item.choices)
    assert item.margin == 0.0
    with pytest.raises(InvalidInputError, match="nothing is suggested"):
        accepted(pipeline, item)

    recorded = decided(pipeline, deciding.link, item.keys, second)
    settle(pipeline)
    assert links(pipeline) == {"1@f": ("linked", second)}
    taken_back(pipeline, recorded)
    settle(pipeline)
    assert one_asked(pipeline) == item


def test_all_mail_that_proposes_one_application_is_one_item_and_decided_together(pipeline: Pipeline) -> None:
    deliver(
        pipeline,
        unsure_receipt("1@q", "Quillmark", "Gardener", 5),
        unsure_receipt("2@q", "Quillmark", "Gardener", 4),
    )
    settle(pipeline)
    item = one_asked(pipeline)
    assert [mail.mail_id for mail in item.mails] == [mail_id(pipeline, "2@q"), mail_id(pipeline, "1@q")]
    assert item.suggests_new
    before = state(pipeline)

    recorded = accepted(pipeline, item)
    settle(pipeline)

    assert set(links(pipeline).values()) == {("linked", recorded.application_id)}
    assert asked(pipeline) == []
    assert pipeline.rows("SELECT company_name, job_title FROM applications") == [("Quillmark", "Gardener")]
    assert_wins_until_taken_back(pipeline, before, recorded)
    assert one_asked(pipeline) == item


def test_what_is_no_job_mail_is_asked_no_more(pipeline: Pipeline) -> None:
    deliver(pipeline, unsure_receipt("1@q", "Quillmark", "Gardener", 5))
    settle(pipeline)
    item = one_asked(pipeline)
    recorded = decided(pipeline, deciding.not_job_mail, [key[0] for key in item.keys])
    assert asked(pipeline) == []
    taken_back(pipeline, recorded)
    assert one_asked(pipeline) == item, "a decision that no run had taken leaves no trace"
    settle(pipeline)
    assert one_asked(pipeline) == item


def test_a_doubt_about_a_status_is_answered_by_a_decision(pipeline: Pipeline) -> None:
    application = track(pipeline, 1, "Fernwick", "Data Engineer", days_ago=19)
    interview = Letter(
        "2@f",
        "Interview with Fernwick",
        "We would like to invite you to an interview for the Data Engineer position at Fernwick next week. "
        "Please let us know your availability.",
        2,
    )
    deliver(pipeline, rejection("1@f", "Fernwick", "Data Engineer", 9), interview)
    settle(pipeline)
    for item in asked(pipeline):
        if isinstance(item, MailItem):  # the rejection has closed it: whether the interview is of it is asked
            decided(pipeline, deciding.link, item.keys, application)
    settle(pipeline)
    (item,) = asked(pipeline)
    assert isinstance(item, ApplicationItem)
    assert (item.application_id, item.reasons) == (application, ("interview_after_rejection",))
    assert item.suggested is Status.INTERVIEW
    assert "invite you to an interview" in item.sentence

    recorded = accepted(pipeline, item)
    assert asked(pipeline) == []
    settle(pipeline)
    assert statuses(pipeline) == {application: "interview"}
    assert asked(pipeline) == []
    taken_back(pipeline, recorded)
    settle(pipeline)
    assert asked(pipeline) == [item]


def test_pages_hold_each_item_once_newest_first(pipeline: Pipeline) -> None:
    names = ["Quillmark", "Velmora", "Oakhollow", "Harrowgate", "Tessel"]
    deliver(pipeline, *(unsure_receipt(f"{n}@q", name, "Gardener", 9 - n) for n, name in enumerate(names)))
    settle(pipeline)
    everything = asked(pipeline)
    assert [item.mails[0].company for item in everything if isinstance(item, MailItem)] == names[::-1]

    pages: list[Item] = []
    with pipeline.database.begin() as connection:
        while page := open_items(connection, limit=2, after=pages[-1].position if pages else None):
            pages += page
    assert pages == everything


def test_items_are_found_by_either_end_of_the_id(pipeline: Pipeline) -> None:
    track(pipeline, 1, "Fernwick", "Data Engineer", days_ago=9)
    deliver(
        pipeline,
        unsure_receipt("1@q", "Quillmark", "Gardener", 5),
        unsure_receipt("2@v", "Velmora", "Gardener", 4),
        receipt("3@f", "Fernwick", "Data Engineer", 8.9),
    )
    settle(pipeline)
    items = asked(pipeline)
    linked = mail_id(pipeline, "3@f")
    with pipeline.database.begin() as connection:
        for item in items:
            assert open_item(connection, read_ref(item.ref, field="item")) == item
            assert open_item(connection, read_ref(str(item.position.id), field="item")) == item
        both = items[0].position.id.hex[:8]  # ids of one minute begin alike
        with pytest.raises(InvalidInputError, match="may be several"):
            open_item(connection, read_ref(both, field="item"))
        with pytest.raises(InvalidInputError, match="waits for nobody"):
            open_item(connection, read_ref(linked.hex, field="item"))
        with pytest.raises(InvalidInputError, match="no mail that reports"):
            events_of(connection, read_ref(f"{linked.hex}:3", field="item"))
        assert events_of(connection, read_ref(linked.hex[-8:], field="item")) == ((linked, 0),)
        assert [one.title for one in find_applications(connection, "fern eng", limit=5)] == ["Data Engineer"]
        assert find_applications(connection, "'&!", limit=5) == []


def test_what_could_have_no_effect_is_refused(pipeline: Pipeline) -> None:
    first = track(pipeline, 1, "Fernwick", "Data Engineer", days_ago=9)
    second = track(pipeline, 2, "Oakhollow", "Scribe", days_ago=9)
    third = track(pipeline, 3, "Velmora", "Potter", days_ago=9)
    deliver(
        pipeline,
        receipt("1@f", "Fernwick", "Data Engineer", 8.9),
        receipt("2@q", "Quillmark", "Gardener", 3),
        Letter("3@s", "Your order 7 has been shipped", "Track your parcel. Discount code SALE.", 2),
        rejection("4@o", "Nowhere", "Gardener", 2),
    )
    settle(pipeline)
    linked, founder = (mail_id(pipeline, "1@f"), 0), (mail_id(pipeline, "2@q"), 0)
    shop, unknown = pipeline.one("SELECT mail_id FROM mail_signals WHERE category = 'not_job'"), new_id()
    decided(pipeline, deciding.merge, first, second)
    decided(pipeline, deciding.merge, second, third)

    refused: list[tuple[str, Callable[..., Recorded], list[Any], dict[str, Any]]] = [
        ("there is no application", deciding.link, [[linked], unknown], {}),
        ("there is no mail", deciding.link, [[(unknown, 0)], first], {}),
        ("name a mail", deciding.link, [[], first], {}),
        ("reports nothing", deciding.link, [[(linked[0], 7)], first], {}),
        ("reports nothing", deciding.link_to_new, [[(shop, 0)]], {}),
        ("linked to no application", deciding.unlink, [[(mail_id(pipeline, "4@o"), 0)]], {}),
        ("was made of", deciding.unlink, [[founder]], {}),
        ("there is no mail", deciding.not_job_mail, [[unknown]], {}),
        ("there is no mail", deciding.mail_category, [unknown, MailCategory.OFFER], {}),
        ("same name already", deciding.same_company, ["Fernwick GmbH", "fernwick"], {}),
        ("no name of a company", deciding.same_company, ["", "fernwick"], {}),
        ("must be one of", deciding.same_company, ["Oakhollow", "fernwick"], {"relation": "like"}),
        ("there is no application", deciding.status, [unknown, Status.OFFER], {}),
        ("must be one of", deciding.field, [first, "status", "offer"], {}),
        ("must be a date", deciding.field, [first, "applied_at", "yesterday"], {}),
        ("must name the zone", deciding.field, [first, "applied_at", "2026-11-23T10:30"], {}),
        ("must have 1 to", deciding.note, [first, " "], {}),
        ("into itself", deciding.merge, [first, first], {}),
        ("was merged into", deciding.merge, [first, third], {}),
        ("into one another", deciding.merge, [third, first], {}),
        ("there is no application", deciding.merge, [third, unknown], {}),
        ("name a mail or a capture", deciding.split, [third], {}),
        ("was merged into", deciding.split, [first], {"mails": [linked]}),
        ("is not linked to", deciding.split, [third], {"mails": [founder]}),
        ("no capture of", deciding.split, [third], {"captures": [unknown]}),
        (
            "nothing would be left",
            deciding.split,
            [pipeline.one("SELECT application_id FROM mail_links WHERE creates")],
            {"mails": [founder]},
        ),
    ]
    for why, decide, args, kwargs in refused:
        with pytest.raises(InvalidInputError, match=why):
            decided(pipeline, decide, *args, **kwargs)
    assert pipeline.one("SELECT count(*) FROM decisions") == 2


def test_a_decision_is_taken_back_once(pipeline: Pipeline) -> None:
    application = track(pipeline, 1, "Fernwick", "Data Engineer", days_ago=9)
    recorded = decided(pipeline, deciding.note, application, "Call them.")
    taken_back(pipeline, recorded)
    with pytest.raises(InvalidInputError, match="was taken back already"):
        taken_back(pipeline, recorded)
    with pytest.raises(InvalidInputError, match="there is no decision"):
        taken_back(pipeline, Recorded(new_id()))


def test_a_category_that_is_taken_back_while_a_run_reads_is_due_again(pipeline: Pipeline) -> None:
    from apptrack_pipeline.ingestion.mail import store as mail_store

    deliver(pipeline, receipt("1@q", "Quillmark", "Gardener", 5))
    mail = mail_id(pipeline, "1@q")
    recorded = decided(pipeline, deciding.not_job_mail, [mail])
    with pipeline.database.begin() as connection:
        read = mail_store.decided_categories(connection)
    taken_back(pipeline, recorded)
    with pipeline.database.begin() as connection:
        mail_store.take_decisions(connection, read, [mail], run_id="run", now=dt.datetime.now(dt.UTC))
        assert connection.execute(sa.text("SELECT state FROM decisions")).scalar_one() == "due"
