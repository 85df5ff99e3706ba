from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from apptrack_pipeline.postings.detection import detect, platform_named
from apptrack_pipeline.postings.model import Payload
from apptrack_pipeline.postings.parsing import parse
from apptrack_pipeline.postings.platform import Answer, Request
from apptrack_pipeline.postings.verdicts import judge

NOW = datetime(2026, 11, 24, tzinfo=UTC)
CLIENT = "3f1d0c52-8a41-4c55-9a7f-2d0b6f6b1e10"
CENTER = "https://workforcenow.adp.com/mascsr/default/mdf/recruitment/recruitment.html"


@pytest.mark.parametrize(
    ("url", "organisation", "number"),
    [
        (f"{CENTER}?cid={CLIENT}&ccId=19000101_000001&jobId=512345&lang=en_US&source=LI", CLIENT, "512345"),
        (f"{CENTER}?cid={CLIENT.upper()}&jobId=512345", CLIENT, "512345"),
        (
            "https://myjobs.adp.com/fernwickcareers/cx/job-details?reqId=5001234567",
            "fernwickcareers",
            "5001234567",
        ),
        (
            "https://recruiting.adp.com/srccar/public/RTI.home?c=1214601&d=Site&r=5000987#/",
            "1214601",
            "5000987",
        ),
        (
            "https://workforcenow.adp.com/jobs/apply/posting.html?client=fernwick&jobId=77123",
            "fernwick",
            "77123",
        ),
    ],
)
def test_addresses_of_one_job_name_client_and_job(url: str, organisation: str, number: str) -> None:
    match = detect(url)
    assert match is not None
    assert (match.platform, match.organisation, match.posting_id) == ("adp", organisation, number)


def test_the_career_center_is_asked_for_its_json_and_the_center_is_no_part_of_the_identity() -> None:
    with_center = detect(f"{CENTER}?cid={CLIENT}&ccId=9200_2&jobId=512345")
    without = detect(f"{CENTER}?jobId=512345&cid={CLIENT}&type=MP")
    assert with_center is not None
    assert without is not None
    assert with_center.canonical_url == without.canonical_url
    assert with_center.api_url is not None
    assert "/job-requisitions/512345?" in with_center.api_url
    assert "ccId=9200_2" in with_center.api_url


def test_a_career_center_without_a_job_is_no_posting() -> None:
    match = detect(f"{CENTER}?cid={CLIENT}")
    assert match is not None
    assert match.posting_id is None


ANSWER = {
    "itemID": "9200000000077_1",
    "clientRequisitionID": "R-77",
    "requisitionTitle": "Warehouse Lead",
    "requisitionDescription": "<p>" + "You lead a shift of twelve people in our warehouse. " * 10 + "</p>",
    "postDate": "2026-10-05T08:00:00.000-04:00",
    "workLevelCode": {"shortName": "Full Time"},
    "requisitionLocations": [
        {"nameCode": {"shortName": "  Dayton,  OH, US "}},
        {
            "address": {
                "cityName": "Akron",
                "countrySubdivisionLevel1": {"codeValue": "OH"},
                "countryCode": "US",
            }
        },
    ],
    "payGradeRange": {
        "minimumRate": {"amountValue": 22.5, "currencyCode": "USD"},
        "maximumRate": {"amountValue": 27, "currencyCode": "USD"},
    },
    "customFieldGroup": {
        "codeFields": [{"nameCode": {"codeValue": "SalaryType"}, "shortName": "Hourly"}],
        "stringFields": [{"nameCode": {"codeValue": "ExternalJobID"}, "stringValue": "512345"}],
    },
}


@pytest.mark.parametrize(
    "answer", [ANSWER, {"jobRequisition": ANSWER}, {"jobRequisitions": [{"itemID": "1"}, ANSWER]}]
)
def test_an_answer_says_title_places_pay_and_day(answer: object) -> None:
    posting = parse("adp", Payload(CENTER, answer=answer, posting_id="512345"), now=NOW)
    assert posting.title == "Warehouse Lead"
    assert posting.locations == ("Dayton, OH, US", "Akron, OH, US")
    assert posting.employment_type == "full_time"
    assert (posting.salary_min, posting.salary_max) == (Decimal("22.5"), Decimal(27))
    assert (posting.salary_currency, posting.salary_period) == ("USD", "hour")
    assert posting.posted_at == date(2026, 10, 5)
    assert posting.requisition_id == "R-77"
    assert posting.description_text is not None


def test_an_answer_without_a_title_is_no_proof_that_the_job_is_gone() -> None:
    match = detect(f"{CENTER}?cid={CLIENT}&jobId=512345")
    assert match is not None
    assert match.api_url is not None
    empty = Answer(Request(match.api_url, "api"), 200, match.api_url, "{}")
    assert judge(empty, match, platform_named("adp")).state == "nothing"
