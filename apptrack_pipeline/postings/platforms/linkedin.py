"""LinkedIn: read only from what a person captured; it forbids automated reading and answers 999.

Three markups are about: the guest page (`top-card-layout`, `topcard__`), the page of people who are logged
in (`job-details-jobs-unified-top-card__`, before that `jobs-unified-top-card__`), and a newer one whose class
names mean nothing, where the window's title and the order of lines have to do. Beside its posting a page
shows similar ones, so nothing outside the top card says that this one is closed. The first markup was seen in
trimmed captures, the others are known by the selectors that public readers of them use.
"""

from __future__ import annotations

import re
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from apptrack_pipeline.postings.closed import closed_reason_of_lines
from apptrack_pipeline.postings.fields import MAX_DESCRIPTION_CHARS, Fields, short
from apptrack_pipeline.postings.markup import node_text
from apptrack_pipeline.postings.model import Payload
from apptrack_pipeline.postings.pay import pay_in_text
from apptrack_pipeline.postings.platform import Platform, Reference, WebAddress
from apptrack_pipeline.postings.vocabulary import employment_type, location_type

_ID = re.compile(r"\d{5,15}", re.ASCII)
_ID_AT_END = re.compile(r"(?:.{0,300}-)?(\d{5,15})", re.ASCII)
# view and externalApply of the page, apply of its form, the parts of its API.
_BEFORE_ID: Final = frozenset({"view", "externalapply", "jobposting", "job-apply", "jobpostings"})
_AREAS: Final = frozenset({"jobs", "jobs-guest", "job-apply", "jobs2", "voyager"})

_TITLE: Final = (
    ".top-card-layout__title",
    ".topcard__title",
    ".job-details-jobs-unified-top-card__job-title",
    ".jobs-unified-top-card__job-title",
    ".jobs-details-top-card__job-title",
)
_COMPANY: Final = (
    ".topcard__org-name-link",
    ".job-details-jobs-unified-top-card__company-name",
    ".jobs-unified-top-card__company-name",
    ".jobs-details-top-card__company-url",
    ".jobs-details-top-card__company-info",
    ".topcard__flavor:not(.topcard__flavor--bullet):not(.topcard__flavor--metadata)",
)
_PLACE: Final = (
    ".topcard__flavor--bullet",
    ".job-details-jobs-unified-top-card__bullet",
    ".jobs-unified-top-card__bullet",
    ".jobs-details-top-card__bullet",
)
_SUMMARY: Final = (
    ".job-details-jobs-unified-top-card__primary-description-container",
    ".job-details-jobs-unified-top-card__primary-description-without-tagline",
    ".job-details-jobs-unified-top-card__primary-description",
    ".jobs-unified-top-card__primary-description",
    ".job-details-jobs-unified-top-card__tertiary-description-container",
    ".jobs-unified-top-card__subtitle-primary-grouping",
)
_AGE: Final = (
    ".posted-time-ago__text",
    ".jobs-unified-top-card__posted-date",
    ".job-details-jobs-unified-top-card__posted-date",
)
_WORKPLACE: Final = (
    ".job-details-jobs-unified-top-card__workplace-type, .jobs-unified-top-card__workplace-type"
)
_INSIGHTS: Final = (
    ".job-details-jobs-unified-top-card__job-insight, .jobs-unified-top-card__job-insight, "
    ".job-details-preferences-and-skills__pill, .job-details-fit-level-preferences button, "
    ".job-details-fit-level-preferences span"
)
_PAY: Final = (
    ".compensation__salary, .job-details-jobs-unified-top-card__salary-info, "
    ".job-details-jobs-unified-top-card__salary-main-rail-card"
)
_DESCRIPTION: Final = (
    ".show-more-less-html__markup",
    ".jobs-box__html-content",
    ".jobs-description-content__text",
    "#job-details",
    ".jobs-description__content",
    "[componentkey^=JobDetails_AboutTheJob] [data-testid=expandable-text-box]",
    "[id^=JobDetails_AboutTheJob] [data-testid=expandable-text-box]",
    "[componentkey^=JobDetails_AboutTheJob], [id^=JobDetails_AboutTheJob]",
    ".description__text",
)
_APPLY: Final = (
    "[class*=apply-button], [data-tracking-control-name*=apply], [data-modal*=apply], "
    "[data-svg-class-name*=apply-button], .top-card-layout__cta--primary"
)
_CLOSED: Final = ".closed-job__flavor--closed, .closed-job"
_OTHER_CARD = re.compile(r"(?:base|search|job)-(?:search-)?card|similar|aside", re.IGNORECASE)
_ABOUT_THE_JOB: Final = "[id^=JobDetails_AboutTheJob], [componentkey^=JobDetails_AboutTheJob]"
_BUTTON = re.compile(r"<button\b(?:[^<]|<(?!/button)){0,400}+</button>", re.IGNORECASE)

_EMPLOYMENT_HEADING = re.compile(
    r"employment type|job type|beschäftigungsverhältnis|art der beschäftigung|type d.emploi"
    r"|tipo de empleo|tipo de emprego|tipo di impiego|soort baan|dienstverband",
    re.IGNORECASE,
)
_IS_AGE = re.compile(
    r"\bago\b|\bvor \d|\bil y a |\bhace \d|\bhá \d|geleden$|\d \w+ fa$|^just now$|^reposted|^posted|^today$",
    re.IGNORECASE,
)
_IS_COUNT = re.compile(
    r"\bapplicants?\b|\bbewerber|\bcandidats?\b|people clicked|\d people\b|\bpromoted by\b|^promoted$"
    r"|responses managed|\bviewed\b|\bhired here\b|no response insights",
    re.IGNORECASE,
)
_REPOSTED = re.compile(r"^(?:re)?posted\s+", re.IGNORECASE)
_IS_PAY = re.compile(
    r"\d[^/]{0,40}/\s?(?:yr|year|hr|hour|mo|month|wk|week|day|an|jahr|monat|std)\b", re.IGNORECASE
)
_ABOUT = re.compile(
    r"about the job|about this job|(?:info|details) zum job|über den job|à propos de l.offre d.emploi"
    r"|acerca del empleo|sobre a vaga|informazioni sull.offerta di lavoro",
    re.IGNORECASE,
)
_APPLY_LINE = re.compile(
    r"(?:easy apply|apply|apply now|apply on company website|jetzt bewerben|einfach bewerben|bewerben"
    r"|postuler|candidature simplifiée|solicitar|solicitud sencilla|candidatar-se|candidatura simplificada)",
    re.IGNORECASE,
)

_COUNT_BEFORE = re.compile(r"^\(\d{1,4}\+?\)\s*")
_BOARD_AFTER = re.compile(r"\s*[|-]\s*LinkedIn(?: [A-Z]\w{0,20})?\s*$")
# The guest page's own title, in its languages.
_HIRING: Final = (
    re.compile(r"^(?P<company>.{1,80}?) hiring (?P<title>.{2,200}?)(?: in (?P<place>[^|]{2,80}))?$"),
    re.compile(r"^(?P<company>.{1,80}?) sucht (?P<title>.{2,200}?)(?: in (?P<place>[^|]{2,80}))?$"),
    re.compile(
        r"^(?P<company>.{1,80}?) recrute pour des postes de (?P<title>.{2,200}?)"
        r"(?: \((?P<place>[^|()]{2,80})\))?$"
    ),
    re.compile(r"^(?P<company>.{1,80}?) recrute (?P<title>.{2,200}?)(?: (?:à|in) (?P<place>[^|]{2,80}))?$"),
    re.compile(
        r"^(?P<company>.{1,80}?) busca personas para el cargo de (?P<title>.{2,200}?)"
        r"(?: en (?P<place>[^|]{2,80}))?$"
    ),
)
_WINDOW = re.compile(r"^(?P<title>[^|]{2,200}) \| (?P<company>[^|]{1,80})$")
_MAX_LINES: Final = 60
_MAX_CLIMB: Final = 12
_MAX_CARDS: Final = 200


def _read_address(address: WebAddress) -> Reference | None:
    segments = [segment.lower() for segment in address.segments]
    number = ""
    for position, segment in enumerate(segments[:-1]):
        if segment in _BEFORE_ID and _AREAS.intersection(segments[: position + 1]):
            found = _ID_AT_END.fullmatch(segments[position + 1])
            if found is not None:
                number = found[1]
                break
    if not number and "jobs" in segments[:3]:
        # The search shows one posting beside its list.
        number = address.query.get("currentjobid", "") or address.query.get("jobid", "")
    if not _ID.fullmatch(number):
        return None
    # Country hosts (kr.linkedin.com) show the same posting under the same number.
    return Reference(
        None, number, f"https://linkedin.com/jobs/view/{number}", reason="LinkedIn's number of a job"
    )


def _read_page(page: LexborHTMLParser, payload: Payload, found: Fields) -> None:
    title = _first(page, _TITLE)
    if title is not None:
        _take_card(_top_card(title), title, found)
    else:
        _take_search_card(page, payload, found)
    for node in page.css(".description__job-criteria-item")[:20]:
        name = node.css_first(".description__job-criteria-subheader")
        value = node.css_first(".description__job-criteria-text")
        if name is not None and value is not None and _EMPLOYMENT_HEADING.search(node_text(name)):
            found.employment_type(node_text(value), "dom")
    for node in page.css(_INSIGHTS)[:40]:
        _take_insight(node_text(node), found)
    for node in page.css(_PAY)[:3]:
        _take_pay(node_text(node), found)
    body = _first(page, _DESCRIPTION)
    if body is not None:
        # "… more" is a button inside the text.
        found.description(_BUTTON.sub("", (body.inner_html or "")[:MAX_DESCRIPTION_CHARS]), "dom")
    tag = page.css_first("title")
    for shown in (tag.text() if tag is not None else None, payload.page_title):
        _take_window_title(shown, found)
    if title is None:
        _take_screen(page, payload, found)
        _judge_by_marks(page, found)


def _first(page: LexborHTMLParser | LexborNode, selectors: tuple[str, ...]) -> LexborNode | None:
    return next((node for one in selectors if (node := page.css_first(one)) is not None), None)


def _top_card(title: LexborNode) -> LexborNode:
    """Return the outermost element around the title that is named a top card."""
    card = parent = title.parent or title
    for _ in range(_MAX_CLIMB):
        names = (parent.attributes.get("class") or "").split()
        if any("top-card" in name or name == "topcard" for name in names):
            card = parent
        if parent.parent is None or parent.parent.tag in {"body", "html", "-undef"}:
            break
        parent = parent.parent
    return card


def _take_card(card: LexborNode, title: LexborNode, found: Fields) -> None:
    found.line("title", node_text(title), "dom")
    company = _first(card, _COMPANY)
    employer = short(node_text(company)) if company is not None else None
    found.line("company", employer, "dom")
    place = _first(card, _PLACE)
    # A bullet of the newer markup can be the number of applicants.
    if place is not None and not _IS_COUNT.search(node_text(place)):
        found.locations([node_text(place)], "dom")
    workplace = card.css_first(_WORKPLACE)
    if workplace is not None:
        found.location_type(node_text(workplace), "dom")
    for selector in _SUMMARY:
        summary = card.css_first(selector)
        if summary is not None:
            _take_summary(node_text(summary), employer, found)
    age = _first(card, _AGE)
    if age is not None:
        _take_age(node_text(age), found)
    _judge_card(card, found)


def _take_summary(text: str, employer: str | None, found: Fields) -> None:
    """Read `Acme · Berlin, Germany (Hybrid) · 2 weeks ago · 45 applicants`, with or without the employer."""
    parts = [" ".join(part.split()) for part in re.split(r"[·•\n]", text[:600])]
    parts = [part for part in parts if part]
    ages = [part for part in parts if _IS_AGE.search(part)]
    named = [part for part in parts if part not in ages and not _IS_COUNT.search(part)]
    if employer is None and len(named) > 1:
        found.line("company", named[0], "dom", 0.6)
        named = named[1:]
    places = [part for part in named if employer is None or part.casefold() != employer.casefold()]
    found.locations(places[:1], "dom", 0.65)
    for age in ages[:1]:
        _take_age(age, found)


def _take_age(text: str, found: Fields) -> None:
    shown = " ".join(text.split())
    found.posted(_REPOSTED.sub("", shown), "dom", 0.4 if shown.lower().startswith("reposted") else 0.6)


def _take_insight(text: str, found: Fields) -> None:
    """Read a pill: `$120K/yr - $150K/yr`, `Hybrid`, `Full-time · Mid-Senior level`."""
    for part in re.split(r"[·\n]", text[:400]):
        shown = " ".join(part.split())
        if not shown or len(shown) > 80:
            continue
        if _IS_PAY.search(shown):
            _take_pay(shown, found)
            continue
        words = re.sub(r"^.{0,60}(?:workplace type|job type) is ", "", shown).rstrip(".")
        if len(words.split()) <= 3:
            # "Internship" here is the kind of work; the level is called "Internship" in the criteria only.
            found.offer("employment_type", employment_type(words), "dom", 0.65)
            found.offer("location_type", location_type(words), "dom", 0.65)


def _take_pay(text: str, found: Fields) -> None:
    shown = " ".join(text.split())[:200]
    if not _IS_PAY.search(shown):
        return
    # LinkedIn writes other dollars with their country (CA$, A$).
    dollar = "USD" if re.search(r"(?<![A-Za-z])\$(?!US)", shown) else None
    pay = pay_in_text(shown, currency=dollar)
    found.pay(pay.ranges if pay else (), "dom", text=shown)


def _take_window_title(title: str | None, found: Fields) -> None:
    shown = _BOARD_AFTER.sub("", _COUNT_BEFORE.sub("", short(title) or ""))
    for form in (*_HIRING, _WINDOW):
        named = form.match(shown)
        if named is not None:
            groups = named.groupdict()
            found.line("title", groups["title"], "meta", 0.65)
            found.line("company", groups["company"], "meta", 0.6)
            found.locations([groups.get("place")], "meta", 0.5)
            return


def _judge_card(card: LexborNode, found: Fields) -> None:
    if _can_apply(card):
        found.listed()
    elif card.css_first(_CLOSED) is not None:
        found.closed("no_longer_accepting")
    elif reason := closed_reason_of_lines(node_text(card).split("\n")[:_MAX_LINES]):
        found.closed(reason)


def _can_apply(card: LexborNode) -> bool:
    # A closed posting keeps the box that its button stood in, empty.
    if any(node.tag == "icon" or node_text(node) for node in card.css(_APPLY)[:_MAX_LINES]):
        return True
    return any(
        _APPLY_LINE.fullmatch(" ".join(node_text(node).split()))
        for node in card.css("button, a")[:_MAX_LINES]
    )


def _take_screen(page: LexborHTMLParser, payload: Payload, found: Fields) -> None:
    """Read the newer page, where class names say nothing: what stands between the title and the description
    is the top card; the list and other openings stand around both."""
    about = page.css_first(_ABOUT_THE_JOB)
    screen = _screen_of(about) if about is not None else page.css_first("main")
    if screen is None:
        return
    if payload.posting_id and _ID.fullmatch(payload.posting_id):
        for link in screen.css(f"a[href*='/jobs/view/{payload.posting_id}']")[:10]:
            found.line("title", node_text(link), "dom")
    lines = [line for line in node_text(screen).split("\n") if line]
    if about is not None:
        opening = next((line for line in node_text(about).split("\n") if line), None)
        end = lines.index(opening) if opening in lines else None
    else:
        end = next((number for number, line in enumerate(lines) if _ABOUT.fullmatch(line)), None)
    title = found.text("title")
    starts = [number for number, line in enumerate(lines[:end]) if line == title]
    if end is None or not starts:
        return
    company = screen.css_first("[aria-label^='Company, ']")
    if company is not None:
        named = (company.attributes.get("aria-label") or "").removeprefix("Company, ").removesuffix(".")
        found.line("company", named, "dom")
    elif about is not None:
        links = (node_text(node) for node in screen.css("a[href*='/company/']")[:10])
        found.line("company", next(filter(None, links), None), "dom", 0.6)
    card = lines[starts[-1] : end][:_MAX_LINES]
    for line in card[1:]:
        if "·" in line and any(_IS_AGE.search(part.strip()) for part in line.split("·")):
            _take_summary(line, found.text("company"), found)
            break
    for line in card[1:]:
        _take_insight(line, found)
    if any(_APPLY_LINE.fullmatch(line) for line in card):
        found.listed()
    elif reason := closed_reason_of_lines(card):
        found.closed(reason)


def _screen_of(about: LexborNode) -> LexborNode:
    """Return the part of the page that shows the one posting."""
    parent: LexborNode | None = about
    for _ in range(_MAX_CLIMB):
        parent = parent.parent if parent is not None else None
        if parent is None or parent.tag in {"body", "html"}:
            break
        attributes = parent.attributes
        screen = attributes.get("data-sdui-screen") or ""
        if "JobDetails" in screen or attributes.get("data-testid") == "lazy-column" or parent.tag == "main":
            return parent
    return about.parent or about


def _judge_by_marks(page: LexborHTMLParser, found: Fields) -> None:
    """A guest page cut down to its parts: a closed mark that is in no card of another posting."""
    if found.is_open is not None or page.css_first(_APPLY) is not None:
        return
    for mark in page.css(_CLOSED)[:20]:
        parent: LexborNode | None = mark
        for _ in range(_MAX_CLIMB):
            parent = parent.parent if parent is not None else None
            if parent is None or parent.tag in {"body", "html"}:
                found.closed("no_longer_accepting")
                return
            if parent.tag == "li" or _OTHER_CARD.search(parent.attributes.get("class") or ""):
                break


def _take_search_card(page: LexborHTMLParser, payload: Payload, found: Fields) -> None:
    """Read a card of the guest's search: that of the posting, or the first, which the search opens."""
    cards = page.css(".base-search-card, .job-search-card")[:_MAX_CARDS]
    for card in cards:
        urn = (card.attributes.get("data-entity-urn") or "").rpartition(":")[2]
        if payload.posting_id and urn != payload.posting_id:
            continue
        sure = 0.65 if payload.posting_id else 0.4
        for name, selector in (
            ("title", ".base-search-card__title"),
            ("company", ".base-search-card__subtitle"),
        ):
            node = card.css_first(selector)
            found.line(name, node_text(node) if node is not None else None, "dom", sure)
        place, day = card.css_first(".job-search-card__location"), card.css_first("time[datetime]")
        found.locations([node_text(place)] if place is not None else [], "dom", sure)
        found.posted(day.attributes.get("datetime") if day is not None else None, "dom", sure)
        return


LINKEDIN: Final = Platform(
    name="linkedin",
    one_numbering=True,
    hosts=("linkedin.com",),
    read_address=_read_address,
    read_page=_read_page,
    board_names=("linkedin",),
    own_banners=True,
)
