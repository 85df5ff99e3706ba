"""What a page says of its posting outside structured data: headings, meta tags, the window's title, labels.

These are words for people, so all of it is less sure than data, and much of it names the site instead of the
posting: `Careers`, a board's name, `Sign in`. Such words are no title and no company here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

from apptrack_pipeline.postings.employers import BOARDS, employer_in, is_board, spelled_like_host
from apptrack_pipeline.postings.fields import CONFIDENCE, Fields, short
from apptrack_pipeline.postings.markup import node_text
from apptrack_pipeline.postings.pay import pay_in_text
from apptrack_pipeline.postings.structured import folded

_MAX_METAS: Final = 300
_MAX_HEADINGS: Final = 5
_MAX_LABEL_CHARS: Final = 40
_MAX_LABELLED_CHARS: Final = 120

_TITLE_BAR = re.compile(r"\s+[|·»•‹›]+\s+|\s*\|\s*")
_TITLE_DASH = re.compile(r"\s+[-\u2013\u2014]+\s+")
_TITLE_AT_COMPANY = re.compile(
    r"^(?P<title>.{3,150}?),?\s+(?:at|@|bei|chez|presso)\s+(?P<company>[^|]{2,80})$", re.IGNORECASE
)
_HIRING = re.compile(
    r"^(?P<company>.{2,80}?) (?:is )?hiring (?:an? )?(?P<title>.{3,150}?)(?: in (?P<place>.{2,80}))?$"
)
_APPLY = re.compile(
    r"^(?:job application (?:for|[-:])|application for(?: the)?|apply (?:now )?(?:for|to|[-:])|apply now[:-]?"
    r"|job(?: opening| details?| description)?\s?[:-]|career opportunit(?:y|ies)\s?[:-]|vacancy\s?[:-]"
    r"|(?:job )?posting\s?[:-]|now hiring\s?[:-]|bewerbung als|stellenangebot\s?[:-]|stellenanzeige\s?[:-]"
    r"|offre d'emploi\s?[:-]|oferta de (?:empleo|trabajo)\s?[:-]?|we(?:'re| are) hiring(?: an?)?\s?[:-]?)\s+",
    re.IGNORECASE,
)
_AREA_END = re.compile(
    r"\s*[-\u2013\u2014:|,]?\s+(?:careers?(?: (?:site|page|portal))?|jobs|job openings|karriere"
    r"|career opportunities)$",
    re.IGNORECASE,
)
_AREA_START = re.compile(
    r"(?:careers?|jobs?|karriere|carri[eè]res?|empleos?) (?:at|with|bei|chez|@) ", re.IGNORECASE
)
_NO_TITLE = re.compile(
    r"(?:explore |view |see |search |find |browse )?(?:all |our |the |current |latest )?(?:open "
    r"|available |current |job )?"
    r"(?:careers?|jobs?|positions?|openings?|roles?|vacanc(?:y|ies)|opportunit(?:y|ies))"
    r"(?: (?:site|page|portal|board|details?|description|posting|search|openings?|opportunit(?:y|ies)"
    r"|listings?|widget"
    r"|application|offers?|summary|information|overview))?(?: (?:at|with|for|in) .{1,80})?"
    r"|candidate portal|home(?:page)?"
    r"|welcome(?:[!,.:] ?.{0,60}| (?:to|back|at) .{0,60})?|apply(?: now| online| here)?|application(?: form)?"
    r"|about(?: us| .{1,40})?"
    r"|join (?:us|our team|the team)|work (?:with|at|for) .{1,60}|we(?:'re| are) hiring!?|sign in|log ?in"
    r"|menu|search|share"
    r"|page not found|not found|404.{0,40}"
    r"|error(?: ?[:!(\-\d].{0,80}| (?:page|loading|occurred|code|has|while|processing)\b.{0,60})?"
    r"|loading(?:\W.{0,5}| (?:jobs?|your|the|please|page|data|content)\b.{0,20})?|untitled|index|document"
    r"|stellenangebote?|karriere"
    r"|stellenanzeigen?|jobs? & karriere|offene stellen|offres? d'emploi|nos offres.{0,40}|carri[eè]res?"
    r"|emplois?|empleos?"
    r"|ofertas?(?: de empleo| de trabajo)?|trabaja con nosotros|lavora con noi|vacatures?|footer|header"
    r"|skip to.{0,40}"
    r"|requirements?|qualifications?|responsibilities|benefits|description|overview|skills|details"
    r"|related jobs"
    r"|similar jobs|thank you.{0,60}|cookie.{0,60}|we value your privacy|your privacy.{0,40}"
    # Not "Privacy Counsel", "Error Analyst" or "Design Verification Engineer".
    r"|privacy(?:[\w-]{1,20}|\W{1,3}(?:policy|notice|statement|settings|preferences|overview|information"
    r"|cent(?:er|re)|shield|terms|and|&|at|choices)(?!\w).{0,60})?",
    re.IGNORECASE,
)
_ERROR_TITLE = re.compile(r"(?:(?:page|job) )?not found|(?:error )?[45]\d\d\b.*|error", re.IGNORECASE)
_WALL_TITLE = re.compile(
    r"just a moment|sign[ -]?in|log[ -]?in|access denied|attention required|are you a (?:robot|human)|captcha"
    r"|enable javascript|javascript is|checking your browser|\bverify|verification required"
    r"|^\W*verification\W*$|(?:human|bot|browser|age|security) verification\b(?! \w)|unusual traffic"
    r"|accept (?:all )?cookies"
    r"|security check|request blocked|forbidden|service unavailable|bad gateway",
    re.IGNORECASE,
)
_TITLE_ELEMENTS: Final = (
    ".job-title, .jobTitle, .job_title, .jobtitle, .posting-title, .position-title, .vacancy-title,"
    " .offer-title, "
    ".job-name, .job-header-title, .jobdetail-title, #job-title, #jobTitle, [data-qa*=job-title],"
    " [data-testid*=job-title i], "
    "[data-automation*=job-title i], [data-automation-id=jobPostingHeader], [class*=jobtitle i],"
    " [class*=job-title i], "
    "[class*=job_title i], [class*=job__title i], [class*=position-title i], [class*=positiontitle i]"
)
_COMPANY_ELEMENTS: Final = (
    ".company-name, .companyName, .company_name, .employer-name, .employer, .hiring-company, .job-company, "
    "[class*=company-name i], [class*=companyname i], [class*=company_name i], [class*=employer-name i], "
    "[data-testid*=company-name i], [data-company-name], [data-testid*=companyname i], "
    "[data-at=metadata-company-name], [id$=kopfbereich-firma]"
)
_PLACE_ELEMENTS: Final = (
    ".job-location, .jobLocation, .job_location, .job-locations, .posting-location, .position-location,"
    " .location, "
    "[class*=job-location i], [class*=joblocation i], [class*=job_location i], [class*=job__location i], "
    "[data-testid*=job-location i], [data-automation-id=locations], "
    "[data-at=metadata-location], [id$=kopfbereich-arbeitsort]"
)
_EMPLOYMENT_ELEMENTS: Final = (
    "[data-at=metadata-work-type], [data-at=metadata-contract-type], .employment-type, .job-type"
)
_COPYRIGHT = re.compile(
    r"(?:\u00a9|\(c\)|copyright)\s*(?:copyright)?\s*(?:\d{4}(?:\s*[-\u2013]\s*\d{4})?)?,?\s*(?:by\s+)?"
    r"(?P<name>[^\n|.\u00a9\d][^\n|\u00a9]{1,60}?)(?:[.,]?\s*(?:\d{4}\b|all rights reserved|alle rechte"
    r"|tous droits|\||\n|$))",
    re.IGNORECASE,
)

_LABELS: Final[dict[str, str]] = {
    label: name
    for name, labels in {
        "company": (
            "company|company name|employer|hiring company|organization|organisation|"
            "unternehmen|arbeitgeber|firma|entreprise|société|employeur|empresa|azienda|"
            "bedrijf|werkgever"
        ),
        "locations": (
            "location|locations|job location|job locations|work location|place of work|"
            "office location|office|standort|standorte|ort|arbeitsort|einsatzort|dienstort|"
            "lieu|localisation|lieu de travail|ville|ubicación|ubicació|localidad|"
            "localización|lugar de trabajo|luogo di lavoro|sede|locatie|standplaats|"
            "localização|cidade|plats"
        ),
        "employment_type": (
            "employment type|job type|type of employment|contract type|type of contract|"
            "contract|position type|time type|schedule|work schedule|anstellungsart|"
            "beschäftigungsart|vertragsart|arbeitszeit|beschäftigung|type de contrat|contrat|"
            "type d'emploi|tipo de contrato|tipus de contracte|jornada|tipo di contratto|"
            "dienstverband|tipo de contratação"
        ),
        "location_type": (
            "workplace type|workplace|work model|work arrangement|work mode|working model|"
            "remote|remote status|arbeitsmodell|modalidad de trabajo|modalidad|"
            "modalitat de treball|télétravail|modo de trabajo"
        ),
        "posted_at": (
            "posted|date posted|posted on|posting date|published|publication date|"
            "veröffentlicht|veröffentlicht am|publié le|date de publication|fecha de publicación|"
            "data di pubblicazione"
        ),
        "closes_at": (
            "closing date|closes|closes on|apply by|apply before|application deadline|deadline|"
            "bewerbungsfrist|bewerbungsschluss|date limite|fecha límite|scadenza"
        ),
        "requisition_id": (
            "job id|job number|job code|job reference|requisition id|requisition number|"
            "requisition|req id|req|req #|job req id|reference|reference number|ref|referenz|"
            "referenznummer|kennziffer|stellen-id|référence|referencia|job requisition id|"
            "posting id|job id number"
        ),
        "pay": (
            "salary|salary range|pay|pay range|pay rate|compensation|base salary|gehalt|"
            "vergütung|salaire|rémunération|salario|retribuzione|salaris|annual salary|"
            "hourly rate"
        ),
    }.items()
    for label in labels.split("|")
}


@dataclass(frozen=True, slots=True)
class Head:
    """The words of a page that may name its posting: the window's title, meta tags, main headings."""

    window_title: str
    metas: dict[str, str]
    headings: tuple[str, ...]
    language: str | None


def read_head(page: LexborHTMLParser) -> Head:
    """Return the words of a parsed page; headings that name no posting (`Careers`) are left out."""
    metas: dict[str, str] = {}
    for node in page.css("meta[content]")[:_MAX_METAS]:
        attributes = node.attributes
        name = attributes.get("property") or attributes.get("name") or attributes.get("itemprop") or ""
        metas.setdefault(name.lower(), attributes.get("content") or "")
    title = page.css_first("head > title") or page.css_first("title")
    headings = [short(node_text(node)) for node in page.css("h1")[:_MAX_HEADINGS]]
    root = page.css_first("html")
    return Head(
        title.text()[:1_000] if title is not None else "",
        metas,
        tuple(dict.fromkeys(text for text in headings if text and not is_no_title(text))),
        root.attributes.get("lang") if root is not None else None,
    )


def is_no_title(text: str) -> bool:
    """Tell whether words of a page name its site, a menu or a wall, not a posting."""
    shown = text.strip(" .!:-")
    return len(shown) < 2 or _NO_TITLE.fullmatch(shown) is not None or _WALL_TITLE.search(shown) is not None


def take_posting_metas(found: Fields, head: Head) -> None:
    """Offer what meta tags made for postings say: `job-title`, `job-city` (Radancy and others)."""
    metas = head.metas
    own = {
        name.replace("_", "-").removeprefix("og:").removeprefix("twitter:"): value
        for name, value in metas.items()
        if value
    }

    def first(*names: str) -> str | None:
        return next((own[name] for name in names if own.get(name)), None)

    found.line(
        "title", first("job-title", "jobtitle", "job:title", "job-name", "gtm-tbcn-jobtitle"), "meta", 0.85
    )
    found.line(
        "company", first("job-company", "job:company", "job-companyname", "hiringorganization"), "meta", 0.85
    )
    if description := first("job-description", "job:description", "jobdescription"):
        found.description(description, "meta", 0.85)
    places = [
        ", ".join(
            filter(None, map(short, (own.get(f"job-{part}") for part in ("city", "region", "country"))))
        )
    ]
    if not places[0] and (place := first("job-location", "job:location", "gtm-tbcn-location")):
        places = [", ".join(filter(None, map(str.strip, one.split("~")))) for one in place.split("|")]
    more = own.get("job-secondarylocations", "")
    places += [re.sub(r",(?=\S)", ", ", one.strip()) for one in more.split(";")]
    found.locations(places, "meta", 0.85)
    found.location_type(first("job-workingmode", "job-workplacetype", "job-remote"), "meta", 0.85)
    found.employment_type(
        first("job-employmenttype", "job-type", "job-contracttype", "job-schedule"), "meta", 0.85
    )
    found.posted(first("job-posteddate", "job-dateposted", "job-postingdate"), "meta", 0.85)
    found.closes(first("job-closingdate", "job-expirydate", "job-validthrough"), "meta", 0.85)
    found.line("requisition_id", first("job-id", "job-requisitionid", "job-reference"), "meta", 0.85)
    for number in "1234":
        label, value = own.get(f"label{number}"), own.get(f"data{number}")
        if label and value:
            _take_labelled(found, label, value, "meta")


def take_page_words(
    found: Fields, page: LexborHTMLParser, head: Head, top: str, url: str, boards: frozenset[str] = BOARDS
) -> None:
    """Offer the title, the company and the facts that a page shows in its headings, elements and labels.

    `top` is the beginning of its readable text; `boards` are the names that are no employer's.
    """
    metas = head.metas
    og_title = metas.get("og:title", "") or metas.get("twitter:title", "")
    # What data has said is not looked for: the elements of a page cost more than its data.
    is_titled, is_employed, is_placed = (_is_known(found, name) for name in ("title", "company", "locations"))
    take_labels(found, top)
    if not is_titled:
        _take_title_elements(found, page, head, og_title, boards)
    if not is_employed:
        found.offer("company", employer_in(_only_text(page, _COMPANY_ELEMENTS), boards), "dom", 0.6)
        found.offer("company", employer_in(metas.get("og:site_name"), boards), "meta", 0.4)
    if not is_placed:
        place = _only_text(page, _PLACE_ELEMENTS)
        if place and len(place) <= _MAX_LABELLED_CHARS:
            found.locations([re.sub(r"^\w+:\s+", "", place)], "dom", 0.55)
    for node in page.css(_EMPLOYMENT_ELEMENTS)[:4]:
        found.employment_type(short(node_text(node, max_lines=4)), "dom", 0.55)
    for shown in (og_title, head.window_title):
        if shown and not (is_titled and is_employed):
            take_page_title(found, shown, head.headings, boards)
    if not is_titled:
        _take_lone_heading(found, page, head, boards)
    if "company" not in found.values:
        _guess_company(found, page, head, top, url, boards)
    for stated in (
        head.language,
        metas.get("og:locale"),
        metas.get("content-language"),
        metas.get("language"),
    ):
        found.language(stated, "meta")


def _is_known(found: Fields, name: str) -> bool:
    source = found.sources.get(name)
    return source is not None and source.confidence > CONFIDENCE["dom"] + 0.05


def _take_title_elements(
    found: Fields, page: LexborHTMLParser, head: Head, og_title: str, boards: frozenset[str]
) -> None:
    own = _only_text(page, _TITLE_ELEMENTS)
    if own and not is_no_title(own):
        found.offer("title", own, "dom", 0.72)
    shared = folded(f"{og_title} {head.window_title}")
    for heading in head.headings:
        is_shared = len(heading) > 3 and folded(heading) in shared
        if is_shared and not _is_employer(heading, found, head.metas, boards):
            found.offer("title", heading, "dom")


def _take_lone_heading(found: Fields, page: LexborHTMLParser, head: Head, boards: frozenset[str]) -> None:
    if len(head.headings) == 1 and not _is_employer(head.headings[0], found, head.metas, boards):
        found.offer("title", head.headings[0], "text")
    if head.headings or "title" in found.values:
        return
    for node in page.css("h2")[:_MAX_HEADINGS]:
        text = short(node_text(node))
        if text and 3 < len(text) <= 150 and not is_no_title(text):
            found.offer("title", text, "text", 0.4)
            return


def take_page_title(
    found: Fields, shown: str, headings: tuple[str, ...] = (), boards: frozenset[str] = BOARDS
) -> None:
    """Offer the title, and the company where the words name it: `Engineer at Acme | Careers`."""
    if _WALL_TITLE.search(shown):
        return
    parts = [part for part in _TITLE_BAR.split(short(shown) or "") if part and not is_board(part, boards)]
    if not parts:
        return
    company = found.text("company")
    if len(parts) > 1 and _AREA_END.search(parts[0]):
        parts.append(parts.pop(0))  # `Acme Careers | Engineer`
    if (
        len(parts) == 1
        and _AREA_END.search(parts[0])
        and not _TITLE_DASH.search(parts[0])
        and not is_no_title(parts[0])
    ):
        # `Acme Careers` and no more: the title is in the page.
        found.offer("company", employer_in(parts[0], boards), "meta", 0.36)
        return
    named = [
        part
        for part in parts[1:]
        if _AREA_END.search(part) or _AREA_START.match(part) or _same(part, company)
    ]
    dashed = [part for part in _TITLE_DASH.split(parts[0]) if part]
    while len(dashed) > 1 and is_board(dashed[-1], boards):
        dashed.pop()
    while len(dashed) > 1 and is_board(dashed[0], boards):
        dashed.pop(0)
    if len(dashed) > 1 and (_same(dashed[-1], company) or _AREA_END.search(dashed[-1])):
        named.append(dashed.pop())
    elif len(dashed) > 1 and (_same(dashed[0], company) or _AREA_END.search(dashed[0])):
        named.append(dashed.pop(0))
    first = _APPLY.sub("", " - ".join(dashed) or parts[0])
    # The heading says how much of it is the title; what is behind is the employer, and perhaps a place.
    for heading in headings:
        if folded(first).startswith(folded(heading) + " ") or (
            folded(first) == folded(heading) and parts[1:]
        ):
            rest = [*_TITLE_DASH.split(first[len(heading) :].strip(" -\u2013\u2014:,")), *parts[1:]]
            rest = [part for part in rest if part.strip() and not _TITLE_AT_COMPANY.match(f"xxx {part}")]
            if len(rest) == 1:
                found.offer("company", employer_in(rest[0], boards), "meta", 0.38)
    for pattern in (_HIRING, _TITLE_AT_COMPANY):
        match = pattern.match(first)
        if match and not is_no_title(match["title"]):
            found.offer("title", match["title"], "meta")
            found.offer("company", employer_in(match["company"], boards), "meta", 0.4)
            return
    for part in named:
        found.offer("company", employer_in(part, boards), "meta", 0.4)
    if not is_no_title(first) and not _same(first, found.text("company")):
        found.offer("title", first, "meta")
    elif _ERROR_TITLE.fullmatch(first):
        return  # `Page not found | Acme`: what stands behind is no title either
    elif len(parts) > 1 and not is_no_title(parts[1]) and not _same(parts[1], found.text("company")):
        found.offer("title", parts[1], "meta", 0.5)


def take_labels(found: Fields, top: str) -> None:
    """Offer the facts that the lines of a text state behind a label (`Location: Berlin`) or below it."""
    lines = [line for line in top.split("\n") if line]
    for number, line in enumerate(lines):
        if len(line) > _MAX_LABELLED_CHARS:
            continue
        label, colon, value = line.partition(":")
        # A word without a colon is often a menu's: only a label of two words counts then.
        if (not colon and " " not in label) or _named(label) is None:
            continue
        if value.strip():
            _take_labelled(found, label, value, "text")
            continue
        following = lines[number + 1] if number + 1 < len(lines) else ""
        if following and len(following) <= _MAX_LABELLED_CHARS and _named(following.rstrip(":")) is None:
            _take_labelled(found, label, following, "text")


def _named(label: str) -> str | None:
    if len(label) > _MAX_LABEL_CHARS:
        return None
    return _LABELS.get(" ".join(label.casefold().strip(" *•-").split()))


def _take_labelled(found: Fields, label: str, value: str, source: str) -> None:
    name = _named(label)
    confidence = 0.5
    if name == "company":
        found.line("company", employer_in(value), "text", confidence)
    elif name == "locations":
        found.locations([value.strip(" ()")], "text", confidence)
    elif name == "employment_type":
        found.employment_type(value, "text", confidence)
    elif name == "location_type":
        found.location_type(value, "text", confidence)
    elif name == "posted_at":
        found.posted(value.strip(), "text", confidence)
    elif name == "closes_at":
        found.closes(value.strip(), "text", confidence)
    elif name == "requisition_id" and len(value) <= 40 and any(map(str.isdigit, value)):
        found.line("requisition_id", value, "text", confidence)
    elif name == "pay" and "salary_ranges" not in found.values:
        pay = pay_in_text(value.strip())
        if pay is not None and pay.ranges:
            found.pay(pay.ranges, "text", confidence, text=pay.text)


_ABOUT = re.compile(
    r"(?:about|who is|why (?:join|work (?:at|for))|life at|inside|discover|über|ueber|à propos de|sobre"
    r"|chi è|over"
    r"|(?:.{0,40}\b)?(?:working|work) (?:at|for)) "
    r"(?!(?:the|us|you|our|your|this|we|uns|nous|nosotros|de|el|la|das|die|den|ons)\b)"
    r"(?P<name>(?-i:[A-Z0-9]).{1,40}?)(?: because.*| is .*|[.!?:\u2026]*)",
    re.IGNORECASE,
)


def _guess_company(
    found: Fields, page: LexborHTMLParser, head: Head, top: str, url: str, boards: frozenset[str]
) -> None:
    """Offer a company by what a site shows of its owner: its host's name, its logo, its copyright."""
    canonical = page.css_first("link[rel=canonical]")
    stated = [
        head.metas.get("og:url", ""),
        (canonical.attributes.get("href") or "") if canonical else "",
        url,
    ]
    words = "\n".join([head.window_title, *head.headings, head.metas.get("og:title", ""), top])
    for address in stated:
        host = _host(address)
        if host and (name := spelled_like_host(host, words)):
            found.offer("company", employer_in(name, boards), "text", 0.35)
            break
    for node in page.css("img[alt*=logo i]")[:5]:
        alt = (node.attributes.get("alt") or "").strip()
        if re.search(r"\blogo$", alt, re.IGNORECASE) or re.match(r"logo (?:of|de|von) ", alt, re.IGNORECASE):
            name = re.sub(r"^logo (?:of|de|von) ", "", alt, flags=re.IGNORECASE)
            found.offer("company", employer_in(name, boards), "text", 0.3)
    found.offer("company", employer_in(head.metas.get("application-name"), boards), "meta", 0.25)
    for node in page.css("h2, h3, h4")[:30]:
        match = _ABOUT.fullmatch(short(node_text(node, max_lines=4)) or "")
        if match:
            found.offer("company", employer_in(match["name"].rstrip(" .!?:\u2026"), boards), "text", 0.28)
    footer = page.css_first("footer")
    if "company" not in found.values and footer is not None:
        match = _COPYRIGHT.search(node_text(footer, max_lines=40)[:2_000])
        if match:
            found.offer("company", employer_in(match["name"], boards), "text", 0.25)


def without_company(title: str, company: str | None) -> str:
    """Return a title without the employer's name around it: `Engineer | Acme`, `Acme - Engineer`."""
    name = folded(company or "")
    if not name or folded(title) == name:
        return title
    for pattern in (_TITLE_BAR, _TITLE_DASH, _COLON):
        parts = pattern.split(title)
        if len(parts) < 2:
            continue
        if _is_site_of(parts[-1], name):
            title = title[: title.rfind(parts[-1])].rstrip(" -|·»•:\u2013\u2014")
        elif _is_site_of(parts[0], name) and len(parts[0]) < len(title):
            title = title[len(parts[0]) :].lstrip(" -|·»•:\u2013\u2014")
    match = _TITLE_AT_COMPANY.match(title)
    if match and folded(match["company"]) == name:
        title = match["title"]
    return title


_COLON = re.compile(r":\s+")


def _is_site_of(part: str, name: str) -> bool:
    return folded(part) == name or folded(_AREA_END.sub("", part)) == name


def _is_employer(heading: str, found: Fields, metas: dict[str, str], boards: frozenset[str]) -> bool:
    """Tell whether a heading is the name of the site or its owner."""
    return (
        is_board(heading, boards)
        or _same(heading, found.text("company"))
        or _same(heading, metas.get("og:site_name"))
    )


def _same(one: str, other: str | None) -> bool:
    return bool(other) and folded(one) == folded(other or "")


def _only_text(page: LexborHTMLParser, selector: str) -> str | None:
    """Return the text of the elements that a selector finds, if all with a text have the same one."""
    texts: set[str] = set()
    for node in page.css(selector)[:8]:
        text = short(node_text(node, max_lines=4))
        if text and len(text) <= 200:
            texts.add(text)
        if len(texts) > 1:
            return None
    return texts.pop() if texts else None


def _host(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None
