from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from apptrack_pipeline.postings.detection import detect, identity_url, platform_named
from apptrack_pipeline.postings.model import Payload, Posting
from apptrack_pipeline.postings.parsing import parse, parse_captured

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
KEY = "3f0c9a1b2d4e5f60"
URL = f"https://www.indeed.com/viewjob?jk={KEY}"
TEXT = (
    "The harbour needs a crane driver who has a licence, works in shifts and likes the sea in all weathers. "
    * 5
)
MODEL: dict[str, object] = {
    "jobKey": KEY,
    "jobLanguage": "en",
    "jobInfoWrapperModel": {
        "jobInfoModel": {
            "jobInfoHeaderModel": {
                "jobTitle": "Crane Driver",
                "companyName": "Fernwick Harbour",
                "formattedLocation": "Galveston, TX",
                "remoteWorkModel": None,
                "jobTypes": [{"label": "Full-time"}],
            },
            "sanitizedJobDescription": f"<p>{TEXT}</p>",
        }
    },
    "salaryInfoModel": {
        "salaryMin": 28.5,
        "salaryMax": 34,
        "salaryCurrency": "USD",
        "salaryType": "HOURLY",
        "salaryText": "$28.50 - $34.00 an hour",
    },
}


def read(html: str) -> Posting:
    return parse_captured(Payload(url=URL, html=html), now=NOW)


@pytest.mark.parametrize(
    "url",
    [
        f"https://www.indeed.com/viewjob?jk={KEY}&from=serp&tk=1h",
        f"https://www.indeed.com/rc/clk?jk={KEY}&fccid=ab",
        f"https://www.indeed.com/rc/clk/dl?jk={KEY}&q=x",
        f"https://www.indeed.com/m/viewjob?jk={KEY}",
        f"https://www.indeed.com/jobs?q=crane&l=Galveston&vjk={KEY}",
        f"https://www.indeed.com/?vjk={KEY}&advn=99",
        f"https://www.indeed.com/q-crane-driver-jobs.html?vjk={KEY}",
        f"https://m.indeed.com/viewjob?jk={KEY.upper()}",
        f"https://www.indeed.com/applystart?jk={KEY}&from=vj",
        f"https://www.indeed.com/job/crane-driver-{KEY}",
    ],
)
def test_all_addresses_of_a_posting_have_one_key_and_one_spelling(url: str) -> None:
    match = detect(url)
    assert match is not None
    assert (match.platform, match.posting_id) == ("indeed", KEY)
    assert match.canonical_url == f"https://indeed.com/viewjob?jk={KEY}"


@pytest.mark.parametrize("host", ["de.indeed.com", "indeed.co.uk", "fr.indeed.com", "indeed.ca"])
def test_the_countries_hosts_stay_apart(host: str) -> None:
    match = detect(f"https://{host}/viewjob?jk={KEY}")
    assert match is not None
    assert match.canonical_url == f"https://{host}/viewjob?jk={KEY}"


@pytest.mark.parametrize(
    "url", [URL, f"https://de.indeed.com/rc/clk?jk={KEY}", f"https://de.indeed.com/jobs?q=x&vjk={KEY}"]
)
def test_the_spelling_is_that_of_the_captures(url: str) -> None:
    match = detect(url)
    assert match is not None
    assert match.canonical_url == identity_url(url)


@pytest.mark.parametrize("path", ["pagead/clk?mo=r&ad=-6NYlbfkN0", f"cmp/Fernwick?jk={KEY}", "jobs?q=crane"])
def test_an_advertisement_and_an_employers_page_are_no_posting(path: str) -> None:
    match = detect(f"https://www.indeed.com/{path}")
    assert match is not None
    assert match.posting_id is None


def test_nothing_is_asked_for_without_a_person() -> None:
    platform = platform_named("indeed")
    assert platform is not None
    assert platform.requests is None


def check(posting: Posting) -> None:
    assert (posting.title, posting.company, posting.locations) == (
        "Crane Driver",
        "Fernwick Harbour",
        ("Galveston, TX",),
    )
    assert posting.employment_type == "full_time"
    assert (posting.salary_min, posting.salary_max) == (Decimal("28.5"), Decimal(34))
    assert (posting.salary_currency, posting.salary_period) == ("USD", "hour")
    assert posting.description_text is not None
    assert "crane driver" in posting.description_text


def test_the_model_in_the_page_is_read() -> None:
    check(read(f"<script>window._initialData={json.dumps(MODEL)};window.x=1;</script><body></body>"))


def test_the_model_is_read_as_text_of_a_script_too() -> None:
    written = json.dumps(MODEL).replace("\\", "\\\\").replace("'", "\\'").replace("<", "\\x3c")
    check(read(f"<script>window._initialData=JSON.parse('{written}');</script><body></body>"))


def test_the_model_as_an_answer_is_read() -> None:
    answer = {"status": "success", "body": MODEL}
    check(parse("indeed", Payload(url=URL, answer=answer), now=NOW))


def test_a_model_of_another_posting_is_not_taken() -> None:
    other = MODEL | {"jobKey": "00000000deadbeef"}
    assert read(f"<script>window._initialData={json.dumps(other)};</script><body>x</body>").title is None


def test_the_elements_of_the_page_are_read() -> None:
    posting = read(
        f"""<title>Crane Driver - Galveston, TX - Indeed.com</title><body>
        <h2 data-testid="jobsearch-JobInfoHeader-title"><span>Crane Driver<span> - job post</span></span></h2>
        <div data-testid="inlineHeader-companyName"><a>Fernwick Harbour</a></div>
        <div data-testid="inlineHeader-companyLocation"><div>Galveston, TX</div></div>
        <div id="salaryInfoAndJobType"><span>€28.50 - €34.00 an hour</span><span> -  Full-time</span></div>
        <div id="jobDescriptionText"><p>{TEXT}</p></div></body>"""
    )
    assert (posting.title, posting.company, posting.locations) == (
        "Crane Driver",
        "Fernwick Harbour",
        ("Galveston, TX",),
    )
    assert posting.employment_type == "full_time"
    assert (posting.salary_max, posting.salary_currency, posting.salary_period) == (
        Decimal(34),
        "EUR",
        "hour",
    )


def test_pay_that_the_board_guesses_is_marked_and_hardly_believed() -> None:
    guess = {"estimatedSalaryModel": {"min": 50_000, "max": 63_000, "type": "YEARLY", "currency": "USD"}}
    model = MODEL | {"salaryInfoModel": None, "salaryGuideModel": guess}
    posting = read(f"<script>window._initialData={json.dumps(model)};</script><body></body>")
    assert [one.estimated for one in posting.salary_ranges] == [True]
    assert posting.fields["salary_ranges"].confidence == 0.3


def test_the_card_of_the_posting_in_a_search_is_read() -> None:
    card = {
        "jobkey": KEY,
        "title": "Crane Driver",
        "company": "Fernwick Harbour",
        "formattedLocation": "Galveston, TX",
        "extractedSalary": {"min": 28.5, "max": 34, "type": "hourly"},
        "salarySnippet": {"currency": "USD", "text": "$28.50 - $34 an hour"},
        "remoteWorkModel": {"type": "REMOTE_HYBRID"},
        "pubDate": 1763942400000,
    }
    results = [card | {"jobkey": "00000000deadbeef", "title": "Cook"}, card]
    state = {"metaData": {"mosaicProviderJobCardsModel": {"results": results}}}
    html = f'<script>window.mosaic.providerData["mosaic-provider-jobcards"]={json.dumps(state)};</script>'
    posting = read(html + "<body>x</body>")
    assert (posting.title, posting.location_type, posting.posted_at) == (
        "Crane Driver",
        "hybrid",
        date(2025, 11, 24),
    )
    assert (posting.salary_max, posting.salary_currency) == (Decimal(34), "USD")


@pytest.mark.parametrize(
    "html",
    [
        "<body><div>This job has expired on Indeed</div><h1>Crane Driver</h1></body>",
        f"<script>window._initialData={json.dumps(MODEL | {'expired': True})};</script><body></body>",
    ],
)
def test_an_expired_posting_is_closed(html: str) -> None:
    posting = read(html)
    assert (posting.is_open, posting.closed_reason) == (False, "expired")


def flags(*values: str) -> str:
    return "".join(f'<script>x={{"a":{{"isJobExpired":{value}}}}}</script>' for value in values)


def test_flags_of_the_page_say_whether_it_has_expired_where_they_agree() -> None:
    words = '<script>i18n={"This job has expired on Indeed":"x"}</script><body>x</body>'
    assert read(flags("true", "true") + words).closed_reason == "expired"
    assert read(flags("false") + words).is_open is True
    assert read(flags("true", "false") + words).is_open is None
    assert read(words).is_open is None
