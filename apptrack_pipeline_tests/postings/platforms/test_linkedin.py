from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from apptrack_pipeline.postings.detection import detect, identity_url, platform_named
from apptrack_pipeline.postings.model import Payload, Posting
from apptrack_pipeline.postings.parsing import parse_captured

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
URL = "https://www.linkedin.com/jobs/view/4012345678/"
TEXT = (
    "We build the ferries' booking system in Python and look for somebody who has run a large database. " * 5
)
BANNER = (
    "<figure class='closed-job'><figcaption class='closed-job__flavor--closed'>"
    "No longer accepting applications</figcaption></figure>"
)


def read(html: str, url: str = URL, **more: str) -> Posting:
    return parse_captured(Payload(url=url, html=html, **more), now=NOW)


def guest(inside: str = "", after: str = "", place: str = "Bergen, Norway") -> str:
    return f"""<title>Fernwick hiring Database Engineer in Bergen, Norway | LinkedIn</title><body>
    <section class="top-card-layout"><div class="top-card-layout__entity-info">
      <h1 class="top-card-layout__title topcard__title">Database Engineer</h1>
      <span class="topcard__flavor"><a class="topcard__org-name-link" href="/company/fernwick">Fernwick</a>
      </span>
      <span class="topcard__flavor topcard__flavor--bullet">{place}</span>
      <span class="posted-time-ago__text topcard__flavor--metadata">2 weeks ago</span></div>{inside}</section>
    <div class="compensation__salary">$95,000.00/yr - $120,000.00/yr</div>
    <div class="show-more-less-html__markup"><p>{TEXT}</p></div>
    <ul><li class="description__job-criteria-item"><h3 class="description__job-criteria-subheader">
      Seniority level</h3><span class="description__job-criteria-text">Internship</span></li>
    <li class="description__job-criteria-item"><h3 class="description__job-criteria-subheader">
      Employment type</h3><span class="description__job-criteria-text">Full-time</span></li></ul>
    {after}</body>"""


def logged_in(inside: str = "", before: str = "") -> str:
    card = "job-details-jobs-unified-top-card__"
    return f"""<title>(4) Database Engineer | Fernwick | LinkedIn</title><body>{before}<main>
    <div class="job-view-layout jobs-details"><div class="{card}container--two-pane">
      <div class="{card}company-name"><a href="/company/fernwick/life">Fernwick</a></div>
      <div class="{card}job-title"><h1 class="t-24"><a>Database Engineer</a></h1></div>
      <div class="{card}primary-description-container"><span class="tvm__text">Bergen, Vestland, Norway</span>
        <span>·</span><span>Reposted 3 days ago</span><span>·</span><span>Over 100 applicants</span></div>
      <div class="job-details-fit-level-preferences"><button><span>$95K/yr - $120K/yr</span></button>
        <button><span>Matches your job preferences, workplace type is Hybrid.</span></button>
        <button><span>Full-time</span></button></div>{inside}</div>
    <article id="job-details" class="jobs-description__container"><div class="jobs-box__html-content">
      <p>{TEXT}</p></div></article></div></main></body>"""


@pytest.mark.parametrize(
    "url",
    [
        "https://www.linkedin.com/jobs/view/4012345678/?refId=x&trackingId=y&trk=z",
        "https://no.linkedin.com/jobs/view/database-engineer-at-fernwick-4012345678?position=3",
        "https://www.linkedin.com/comm/jobs/view/4012345678/?midToken=AQF",
        "https://www.linkedin.com/jobs-guest/jobs/api/jobPosting/4012345678",
        "https://www.linkedin.com/jobs/search/?currentJobId=4012345678&keywords=python&start=25",
        "https://www.linkedin.com/jobs/collections/recommended/?currentJobId=4012345678",
        "https://m.linkedin.com/jobs/view/4012345678",
        "https://www.linkedin.com/jobs/view/externalApply/4012345678?url=x",
    ],
)
def test_all_addresses_of_a_posting_have_one_number_and_one_spelling(url: str) -> None:
    match = detect(url)
    assert match is not None
    assert (match.platform, match.posting_id) == ("linkedin", "4012345678")
    assert match.canonical_url == "https://linkedin.com/jobs/view/4012345678"
    if "externalApply" not in url:
        assert identity_url(url) == match.canonical_url


@pytest.mark.parametrize(
    "url",
    ["https://www.linkedin.com/company/fernwick/jobs/", "https://www.linkedin.com/in/someone-4012345678/"],
)
def test_a_company_or_a_person_is_no_posting(url: str) -> None:
    match = detect(url)
    assert match is not None
    assert match.posting_id is None


def test_nothing_is_asked_for_without_a_person() -> None:
    platform = platform_named("linkedin")
    assert platform is not None
    assert platform.requests is None


def test_a_guest_page_is_read_in_full() -> None:
    posting = read(
        guest("<button data-tracking-control-name='public_jobs_apply-link-offsite'>Apply</button>")
    )
    assert (posting.title, posting.company, posting.locations) == (
        "Database Engineer",
        "Fernwick",
        ("Bergen, Norway",),
    )
    assert posting.employment_type == "full_time"
    assert (posting.salary_min, posting.salary_max) == (Decimal(95_000), Decimal(120_000))
    assert (posting.salary_currency, posting.salary_period) == ("USD", "year")
    assert posting.description_text is not None
    assert posting.description_text.startswith("We build the ferries' booking system")
    assert posting.is_open is True


def test_the_place_says_that_work_is_hybrid() -> None:
    posting = read(guest(place="Bergen, Norway (Hybrid)"))
    assert posting.locations == ("Bergen, Norway (Hybrid)",)
    assert posting.location_type == "hybrid"


def test_a_banner_in_the_top_card_closes_the_posting() -> None:
    posting = read(guest(BANNER))
    assert posting.is_open is False
    assert posting.closed_reason == "no_longer_accepting"


@pytest.mark.parametrize(
    "control",
    [
        "<button class='top-card-layout__cta top-card-layout__cta--primary'>Apply</button>",
        "<button data-modal='job-details-topcard-apply-modal'>Apply</button>",
        "<a href='https://fernwick.example/apply'>Apply</a>",
    ],
)
def test_who_can_apply_is_at_an_open_posting_whatever_other_marks_are_there(control: str) -> None:
    assert read(guest(BANNER + control)).is_open is True


def test_similar_jobs_that_are_closed_say_nothing_of_this_one() -> None:
    similar = (
        f"<section class='similar-jobs'><h3>Similar jobs</h3><div class='base-card'>{BANNER}</div></section>"
    )
    assert read(guest(after=similar)).closed_reason is None
    card = "<li class='job-card'>Database Engineer<p>No longer accepting applications</p></li>"
    assert read(logged_in(before=card)).closed_reason is None


def test_the_page_of_somebody_logged_in_is_read_in_full() -> None:
    posting = read(logged_in("<button class='jobs-apply-button'>Easy Apply</button>"))
    assert (posting.title, posting.company) == ("Database Engineer", "Fernwick")
    assert posting.locations == ("Bergen, Vestland, Norway",)
    assert posting.location_type == "hybrid"
    assert posting.employment_type == "full_time"
    assert (posting.salary_min, posting.salary_max) == (Decimal(95_000), Decimal(120_000))
    assert posting.is_open is True


def test_a_closed_posting_is_closed_for_somebody_logged_in_too() -> None:
    banner = "<div class='artdeco-inline-feedback--error'><span>No longer accepting applications</span></div>"
    assert read(logged_in(banner)).closed_reason == "no_longer_accepting"


def test_the_older_line_names_employer_place_and_age() -> None:
    posting = read(
        f"""<body><div class="jobs-unified-top-card"><h2 class="jobs-unified-top-card__job-title">Purser</h2>
        <div class="jobs-unified-top-card__primary-description"><a>Fernwick</a> · Bergen, Norway (On-site)
        · 2 weeks ago · 45 applicants</div></div><div id="job-details"><p>{TEXT}</p></div></body>"""
    )
    assert (posting.title, posting.company, posting.locations) == (
        "Purser",
        "Fernwick",
        ("Bergen, Norway (On-site)",),
    )
    assert posting.location_type == "onsite"


def hashed(card: str) -> str:
    return f"""<title>Database Engineer | Fernwick | LinkedIn</title><body><main>
    <div class="_3b1"><p>Database Engineer</p><p>Other Line</p><p>No longer accepting applications</p></div>
    <div class="_9af"><p>Fernwick</p><h1 class="c01">Database Engineer</h1>{card}</div>
    <div><h2>About the job</h2><p>{TEXT}</p></div></main></body>"""


def test_a_page_whose_class_names_mean_nothing_is_read_by_its_title_and_lines() -> None:
    posting = read(hashed("<div><a href='#'>Apply</a></div>"))
    assert (posting.title, posting.company) == ("Database Engineer", "Fernwick")
    assert posting.is_open is True
    assert read(hashed("<p>No longer accepting applications</p>")).is_open is False
    assert read(hashed("<p>Save</p>")).is_open is None


@pytest.mark.parametrize(
    "title",
    [
        "Fernwick hiring Database Engineer in Bergen, Norway | LinkedIn",
        "(12) Database Engineer | Fernwick | LinkedIn",
        "Fernwick sucht Database Engineer in Bergen, Norwegen | LinkedIn",
        "Fernwick recrute pour des postes de Database Engineer (Bergen, Norvège) | LinkedIn",
    ],
)
def test_the_window_title_names_role_and_employer(title: str) -> None:
    posting = read(f"<main><p>{TEXT}</p></main>", page_title=title)
    assert (posting.title, posting.company) == ("Database Engineer", "Fernwick")


def test_a_card_of_a_search_is_read_by_its_number() -> None:
    card = """<li><div class="base-search-card job-search-card" data-entity-urn="urn:li:jobPosting:{id}">
      <h3 class="base-search-card__title"> {title} </h3><h4 class="base-search-card__subtitle">Fernwick</h4>
      <span class="job-search-card__location">Bergen</span><time datetime="2026-11-20">4 days ago</time>
      </div></li>"""
    page = card.format(id="4000000001", title="Purser") + card.format(id="4012345678", title="Steward")
    posting = read(page)
    assert (posting.title, posting.company, posting.locations) == ("Steward", "Fernwick", ("Bergen",))
    assert str(posting.posted_at) == "2026-11-20"


def test_the_first_card_of_a_search_is_a_guess_where_no_number_is_known() -> None:
    card = """<li><div class="base-search-card" data-entity-urn="urn:li:jobPosting:4000000001">
      <h3 class="base-search-card__title">Purser</h3></div></li>"""
    posting = parse_captured(Payload(url="https://www.linkedin.com/jobs/search/", html=card), now=NOW)
    assert posting.title == "Purser"
    assert posting.fields["title"].confidence == 0.4


def screen(card: str, banner: str = "") -> str:
    other = "<a href='https://www.linkedin.com/jobs/view/4099999999/'>Ship's Cook</a>"
    return f"""<title>Jobs | LinkedIn</title><body><div data-testid="lazy-column">{other}
    <a href="/company/other/life/">Other</a>{banner}</div>
    <div data-sdui-screen="com.linkedin.sdui.flagshipnav.jobs.SemanticJobDetails">
    <div aria-label="Company, Fernwick."><a href="/company/fernwick/life/">Fernwick</a></div>
    <p><a href="https://www.linkedin.com/jobs/view/4012345678/?trackingId=x">Database Engineer</a></p>
    <p><span>Bergen, Norway</span><span> </span>·<span> </span><span>Reposted 5 days ago</span></p>
    <div><span>Hybrid</span></div><div><span>Full-time</span></div>{card}
    <div id="JobDetails_AboutTheJob_4012345678"><h2>Om stillingen</h2><span data-testid="expandable-text-box">
    <p>{TEXT}</p><button data-testid="expandable-text-button"><span>… more</span></button></span></div>
    <div id="JobDetails_AboutTheCompany_4012345678"><span data-testid="expandable-text-box">Founded in 1802.
    </span></div></div></body>"""


def test_the_screen_of_the_newer_page_is_read_by_its_parts() -> None:
    posting = read(screen("<a aria-label='Apply on company website' href='#'>Apply</a>"))
    assert (posting.title, posting.company, posting.locations) == (
        "Database Engineer",
        "Fernwick",
        ("Bergen, Norway",),
    )
    assert (posting.location_type, posting.employment_type) == ("hybrid", "full_time")
    assert posting.description_text is not None
    assert posting.description_text.startswith("We build the ferries'")
    assert not re.search("more$|Founded", posting.description_text)
    assert posting.is_open is True


def test_on_the_newer_page_only_the_postings_own_lines_say_that_it_is_closed() -> None:
    words = "<p>No longer accepting applications</p>"
    assert read(screen(words)).closed_reason == "no_longer_accepting"
    assert read(screen("", banner=words)).is_open is None


def test_a_guest_page_cut_down_to_its_parts_is_closed_by_its_mark() -> None:
    body = f"<div class='show-more-less-html__markup'><p>{TEXT}</p></div>"
    assert read(BANNER + body).is_open is False
    assert read(f"<ul><li>{BANNER}</li></ul><div class='base-card'>{BANNER}</div>" + body).is_open is None
    assert read(BANNER + "<button class='apply-button'>x</button>" + body).is_open is None


def test_the_empty_box_of_the_apply_button_is_no_control() -> None:
    box = "<div class='jobs-apply-button--top-card'></div><p>No longer accepting applications</p>"
    assert read(logged_in(box)).is_open is False


def test_a_place_with_people_in_its_name_is_a_place() -> None:
    html = logged_in().replace("Bergen, Vestland, Norway", "Shanghai, People's Republic of China")
    assert read(html).locations == ("Shanghai, People's Republic of China",)
