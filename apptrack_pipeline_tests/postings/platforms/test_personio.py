from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from apptrack_pipeline.postings.detection import detect, platform_named
from apptrack_pipeline.postings.model import Payload, Posting
from apptrack_pipeline.postings.parsing import parse
from apptrack_pipeline.postings.platform import Answer, Request
from apptrack_pipeline.postings.verdicts import judge

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
URL = "https://fernwick.jobs.personio.de/job/4711"
FEED = """<?xml version="1.0" encoding="UTF-8"?>
<workzag-jobs>
  <position><id>99</id><name>Koch (m/w/d)</name></position>
  <position>
    <id>4711</id><subcompany>Fernwick Werft GmbH</subcompany><office>Kiel</office>
    <additionalOffices><office>Hamburg</office></additionalOffices>
    <name>Schwei&#223;er &amp; Monteur (m/w/d)</name>
    <jobDescriptions>
      <jobDescription><name>Deine Aufgaben</name>
        <value><![CDATA[<ul><li>Schiffe bauen</li></ul>]]></value></jobDescription>
      <jobDescription><name>Leer</name><value></value></jobDescription>
      <jobDescription><name>Dein Profil</name><value>&lt;p&gt;Ein Schein&lt;/p&gt;</value></jobDescription>
    </jobDescriptions>
    <employmentType>permanent</employmentType><schedule>part-time</schedule>
    <salaryInformation><min>3200.00</min><max>4100.00</max><currencyCode>EUR</currencyCode>
      <type>monthly</type></salaryInformation>
    <createdAt>2026-10-12T07:57:12+00:00</createdAt>
  </position>
</workzag-jobs>"""


def read(text: str, posting_id: str | None = "4711") -> Posting:
    return parse("personio", Payload(url=URL, answer_text=text, posting_id=posting_id), now=NOW)


@pytest.mark.parametrize(
    "url",
    [
        URL,
        f"{URL}?language=de&display=de#apply",
        "https://fernwick.jobs.personio.com/job/4711?language=en",
        "https://fernwick.jobs.personio.de/job/4711/apply",
        "https://fernwick.jobs.personio.com/en/job/4711",
        "https://fernwick-jobs.personio.de/job/4711",
    ],
)
def test_both_domains_and_all_languages_are_one_posting(url: str) -> None:
    match = detect(url)
    assert match is not None
    assert (match.platform, match.organisation, match.posting_id) == ("personio", "fernwick", "4711")
    assert match.canonical_url == URL


def test_the_feed_is_asked_for_in_the_language_of_the_address_and_then_the_page() -> None:
    url = "https://fernwick.jobs.personio.com/job/4711?language=de"
    match, platform = detect(url), platform_named("personio")
    assert match is not None
    assert platform is not None
    assert platform.requests is not None
    assert [one.url for one in platform.requests(match, url)] == [
        "https://fernwick.jobs.personio.com/xml?language=de",
        url,
    ]


def test_the_position_is_read_out_of_the_feed() -> None:
    posting = read(FEED)
    assert posting.title == "Schweißer & Monteur (m/w/d)"
    assert (posting.company, posting.locations) == ("Fernwick Werft GmbH", ("Kiel", "Hamburg"))
    assert posting.employment_type == "part_time"
    assert (posting.salary_min, posting.salary_max) == (Decimal(3200), Decimal(4100))
    assert (posting.salary_currency, posting.salary_period) == ("EUR", "month")
    assert posting.posted_at == date(2026, 10, 12)
    assert posting.description_text is not None
    assert "Deine Aufgaben" in posting.description_text
    assert "Schiffe bauen" in posting.description_text
    assert "Ein Schein" in posting.description_text
    assert "Leer" not in posting.description_text
    assert posting.is_open is True


def test_a_single_position_is_read_without_its_id() -> None:
    position = FEED[FEED.index("<position>\n") : FEED.index("</workzag-jobs>")]
    assert read(position, None).locations == ("Kiel", "Hamburg")


def test_full_or_part_time_leaves_the_kind_open() -> None:
    assert read(FEED.replace("part-time", "full-or-part-time")).employment_type is None
    assert read(FEED.replace("permanent", "intern")).employment_type == "internship"


@pytest.mark.parametrize(
    "head",
    [
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>',
    ],
)
def test_a_feed_with_a_document_type_is_refused(head: str) -> None:
    hostile = head + FEED.partition("?>")[2].replace("<office>Kiel", "<office>&a;")
    assert read(hostile).title is None


def test_a_feed_that_breaks_off_is_read_up_to_there() -> None:
    assert read(FEED[: FEED.index("<jobDescriptions>")]).title == "Schweißer & Monteur (m/w/d)"
    assert read("<a>" * 100_000).title is None


def test_a_row_of_the_search_is_read() -> None:
    row = {
        "id": 4711,
        "name": "Schweißer",
        "office": "Kiel",
        "employment_type": "permanent",
        "schedule": "full-time",
        "description": "<p>Schiffe bauen</p>",
    }
    posting = parse(
        "personio", Payload(url=URL, answer=[{"id": 1, "name": "Koch"}, row], posting_id="4711"), now=NOW
    )
    assert (posting.title, posting.company, posting.locations) == ("Schweißer", "Fernwick", ("Kiel",))
    assert posting.employment_type == "full_time"


@pytest.mark.parametrize(
    ("kind", "status", "final", "text", "state"),
    [
        ("api", 200, URL, FEED, "posting"),
        ("api", 200, URL, FEED.replace("4711", "5"), "nothing"),
        ("api", 200, URL, "<html>moved</html>", "nothing"),
        ("page", 404, URL, "", "closed"),
        ("page", 200, "https://fernwick.jobs.personio.de/", "<p>Jobs</p>", "nothing"),
        ("page", 200, URL, "<p>Job</p>", "posting"),
    ],
)
def test_a_feed_without_the_position_proves_nothing_and_its_page_does(
    kind: str, status: int, final: str, text: str, state: str
) -> None:
    match, platform = detect(URL), platform_named("personio")
    assert match is not None
    answer = Answer(Request(URL, kind), status, final, text, "text/xml")  # type: ignore[arg-type]
    assert judge(answer, match, platform).state == state


@pytest.mark.parametrize("words", ["Jobs at", "Jobs bei", "Karriere bei"])
def test_the_window_title_of_the_page_names_the_employer(words: str) -> None:
    title = f"Monteur (m/w/d) | {words} Fernwick Werft GmbH"
    page = f"<title>{title}</title><body><h1>Monteur (m/w/d)</h1></body>"
    posting = parse("personio", Payload(url=URL, html=page), now=NOW)
    assert (posting.title, posting.company) == ("Monteur (m/w/d)", "Fernwick Werft GmbH")
