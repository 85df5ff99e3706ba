from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from apptrack_pipeline.postings.detection import detect
from apptrack_pipeline.postings.model import Payload
from apptrack_pipeline.postings.parsing import parse

NOW = datetime(2026, 11, 24, tzinfo=UTC)
SITE = "https://fernwick.csod.com/ux/ats/careersite/4"


@pytest.mark.parametrize(
    "url",
    [
        f"{SITE}/home/requisition/5045?c=fernwick",
        f"{SITE}/home/requisition/5045?c=fernwick&lang=de-DE&source=x",
        f"{SITE}/job/5045?c=fernwick",
        f"{SITE}/requisition/5045/application",
        "https://fernwick.csod.com/ats/careersite/JobDetails.aspx?site=4&id=5045",
    ],
)
def test_one_requisition_has_one_address(url: str) -> None:
    match = detect(url)
    assert match is not None
    assert (match.platform, match.organisation, match.posting_id) == ("cornerstone", "fernwick", "5045")
    assert match.canonical_url == f"{SITE}/home/requisition/5045?c=fernwick"


@pytest.mark.parametrize("path", ["/home?c=fernwick", "/home/requisition/", ""])
def test_a_site_is_no_requisition(path: str) -> None:
    match = detect(SITE + path)
    assert match is not None
    assert match.posting_id is None


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("07/30/2026", date(2026, 7, 30)),
        ("30/07/2026", date(2026, 7, 30)),
        ("05/05/2026", date(2026, 5, 5)),
        ("05/06/2026", None),
        ("2026-07-30T00:00:00", date(2026, 7, 30)),
        ("31/31/2026", None),
        ("-", None),
    ],
)
def test_a_day_is_read_only_where_one_order_is_possible(written: str, day: date | None) -> None:
    answer = {"displayJobTitle": "Chemist", "postingEffectiveDate": written}
    assert parse("cornerstone", Payload(SITE, answer=answer), now=NOW).posted_at == day


def test_a_row_and_a_detail_say_title_and_places() -> None:
    rows = [
        {"requisitionId": 1, "displayJobTitle": "Other"},
        {
            "requisitionId": 5045,
            "displayJobTitle": "Chemist",
            "locations": [{"city": "Ede", "country": "NL"}] * 2,
        },
    ]
    answer = {"data": {"requisitions": rows}}
    row = parse("cornerstone", Payload(SITE, answer=answer, posting_id="5045"), now=NOW)
    assert (row.title, row.locations, row.requisition_id) == ("Chemist", ("Ede, NL",), "5045")
    detail = {
        "data": {"displayTitle": "Chemist", "primaryLocation": {"city": "Ede", "country": "NL"}, "ref": "R9"}
    }
    shown = parse("cornerstone", Payload(SITE, answer=detail, posting_id="5045"), now=NOW)
    assert (shown.title, shown.locations, shown.requisition_id) == ("Chemist", ("Ede, NL",), "R9")
