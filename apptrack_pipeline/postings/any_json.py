"""A posting in JSON whose form nobody described: found and read by the names that such data usually has.

For the answers of platforms without a module, and for the state that pages carry. It is surer of a name that
only postings have (`requisitionTitle`) than of one that anything has (`name`), and where several postings are
in one document it takes the one whose id or title is asked for, or none.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable
from typing import Final

from apptrack_pipeline.postings.employers import company_name
from apptrack_pipeline.postings.fields import Fields, as_list, short
from apptrack_pipeline.postings.loose_json import read_json
from apptrack_pipeline.postings.model import Source
from apptrack_pipeline.postings.pay import pay_in_text, pay_range
from apptrack_pipeline.postings.structured import folded

_MAX_NODES: Final = 20_000
_MAX_PARTS: Final = 500
_MAX_ITEMS: Final = 50


def _names(names: str) -> tuple[str, ...]:
    return tuple(names.split())


_OWN_TITLES: Final = _names(
    "jobtitle displayjobtitle requisitiontitle postingtitle jobpostingtitle jobopeningname "
    "publishedjobtitle publishedtitle reqtitle "
    "positiontitle vacancytitle roletitle externaltitle offertitle postingname jobname positionname "
    "externalpostingtitle jobtitleexternal titel stellentitel intitule nombrevacante jobrole"
)
_TITLES: Final = ("title", "name", "text", "headline", "designation", "position", "role")
_DESCRIPTIONS: Final = _names(
    "externaldescription externaldescriptionstr jobdescription jobdescriptionhtml descriptionhtml "
    "description jobad fulldescription postingdescription longdescription content contenthtml body "
    "jobbody details requisitiondescription descriptiontext descriptionplain descriptionexternal "
    "overview briefdescription shortdescription summary intro beschreibung descripcion"
)
_MORE: Final = _names(
    "externalresponsibilitiesstr responsibilities jobresponsibilities duties tasks "
    "externalqualificationsstr qualifications requirements jobrequirements requiredskills "
    "minimumqualifications preferredqualifications additionalinformation additional benefits "
    "jobbenefits"
)
_ASKED: Final = _names(
    "externalqualificationsstr qualifications requirements jobrequirements minimumqualifications"
)
_COMPANIES: Final = _names(
    "companyname hiringorganization hiringorganizationname organizationname organisationname "
    "employername company organization organisation employer account brandname brand legalname "
    "legalentity clientname client"
)
_PLACES: Final = _names(
    "locations joblocations joblocation postinglocations requisitionlocations worklocations "
    "alllocations location primarylocation locationname locationsdisplay locationstext displaylocation "
    "formattedlocation locationstring officelocation offices office worklocation workplaces city "
    "cityname address standort place ubicacion lieu atslocation hiringlocation"
)
_MORE_PLACES: Final = ("secondarylocations", "additionallocations", "otherlocations", "offices")
_POSTED: Final = _names(
    "dateposted posteddate postingdate publisheddate publishedat firstpublished firstpublishedat "
    "publishdate postingeffectivedate postingstarttimestamputc externalpostedstartdate releaseddate "
    "postedat postedon openedat postdate publicationdate datepublished listedat activationdate tcreate "
    "createdon createdat created"
)
_CLOSES: Final = _names(
    "validthrough closingdate closedate expirationdate applicationdeadline deadline deadlineat closeat "
    "postingexpirationdate postingexpirytimestamputc unpublishdate expirydate enddate applyby"
)
_EMPLOYMENT: Final = _names(
    "employmenttype typeofemployment commitment timetype jobtype positiontype worktype "
    "employmentstatuslabel employmentstatus contracttype jobtypename schedule workschedule "
    "fulltimeparttime"
)
_WORKPLACE: Final = _names(
    "workplacetype locationtype remotetype remotestatus workmode workplace workarrangement "
    "worklocationtype workmodel remoteoption workingmode worklocationoption"
)
_REMOTE: Final = ("isremote", "remote", "hasvirtuallocation", "remoteallowed", "isremotejob")
_NUMBERS: Final = _names(
    "requisitionid requisitionnumber jobreqid reqid refnumber referencenumber jobrequisitionid "
    "reference jobnumber atsjobid displayjobid jobcode externalid jobid"
)
_PAYS: Final = _names(
    "salaryrange salary compensation basesalary payrange pay salarytext compensationsummary "
    "salarydescription remuneration gehalt"
)
_LANGUAGES: Final = ("language", "locale", "lang", "inlanguage", "languagecode")
_IDS: Final = (
    "id",
    "jobid",
    "jobpostingid",
    "postingid",
    "uuid",
    "jobreqid",
    "requisitionid",
    "slug",
    "shortcode",
)

_SIGNS: Final = tuple(map(frozenset, (_PLACES, _POSTED, _EMPLOYMENT + _WORKPLACE, _NUMBERS, _PAYS + _CLOSES)))
_HOLDERS = re.compile(r"job|posting|position|vacanc|requisition|opening|offer|opportunit|role|stelle|empleo")
_NO_HOLDERS = re.compile(
    r"compan|organi[sz]ation|employer|department|brand|location|address|user|author|recruiter|breadcrumb|menu"
    r"|categor|translation|i18n|messages|config|settings|seo|meta|theme|similar|related|recommended|question"
)
_ANY_TITLE: Final = frozenset((*_OWN_TITLES, *_TITLES))
_ERRORS: Final = frozenset({"error", "errors", "errorcode", "errormessage", "httpstatus"})
_LINKED = re.compile(r"json|structureddata|schema")


def take_job(
    found: Fields,
    value: object,
    source: Source,
    confidence: float,
    *,
    posting_id: str | None = None,
    titles: frozenset[str] = frozenset(),
) -> bool:
    """Offer what the posting in some JSON says, and tell whether there was one.

    `posting_id` and `titles` (`folded`: the page's heading, its window's title) say which one is meant.
    """
    job = _job(value, posting_id, titles)
    if job is None:
        return False
    _take(found, job, source, confidence)
    for key, inner in job.items():
        if _LINKED.search(key) and isinstance(inner, str) and inner.lstrip()[:1] == "{":
            hidden = read_json(inner)
            if isinstance(hidden, dict):
                _take(found, _by_key(hidden), source, confidence - 0.01)
    return True


def _job(value: object, posting_id: str | None, titles: frozenset[str]) -> dict[str, object] | None:
    """Return the object that is most like the posting that is meant, its keys in lower-case letters."""
    queue: deque[tuple[object, str, int]] = deque([(value, "", 0)])
    rated: list[tuple[int, dict[str, object]]] = []
    seen = 0
    while queue and seen < _MAX_NODES:
        node, holder, depth = queue.popleft()
        seen += 1
        if isinstance(node, list):
            queue.extend((one, holder, depth + 1) for one in node[:2_000] if isinstance(one, dict | list))
        elif isinstance(node, dict):
            known = _by_key(node)
            score = _score(known, holder, depth)
            if score > 0:
                rated.append((score + _meant(known, posting_id, titles), known))
            queue.extend(
                (child, _plain(key), depth + 1)
                for key, child in node.items()
                if isinstance(child, dict | list) and not _NO_HOLDERS.search(_plain(key))
            )
    if not rated:
        return None
    rated.sort(key=lambda one: -one[0])
    best, job = rated[0]
    title = _title(job)
    rivals = [other for score, other in rated[1:] if score >= best - 2 and _title(other) != title]
    if best < 20 and (rivals or (posting_id and len(rated) > 5)):
        return None  # a list of postings, and nothing says which
    return job


def _score(known: dict[str, object], holder: str, depth: int) -> int:
    """Return how much an object is like a posting; 0: it is none."""
    if _ANY_TITLE.isdisjoint(known) or known.keys() & _ERRORS or not _title(known):
        return 0
    own = any(known.get(name) for name in _OWN_TITLES)
    described = any(known.get(name) for name in _DESCRIPTIONS)
    signs = sum(any(known.get(name) for name in sign) for sign in _SIGNS)
    held = bool(_HOLDERS.search(holder))
    if not own and not held and (signs < 1 + (not described) if depth else not (signs or described)):
        return 0
    return 3 * own + 3 * described + 2 * held + signs + 1


def _meant(known: dict[str, object], posting_id: str | None, titles: frozenset[str]) -> int:
    title = folded(_title(known))
    meant = 20 * bool(posting_id and any(str(known.get(name)) == posting_id for name in _IDS))
    if title and any(title == one or (len(title) > 5 and title in one) for one in titles):
        meant += 20
    return meant


def _take(found: Fields, job: dict[str, object], source: Source, confidence: float) -> None:
    found.line("title", _title(job), source, confidence)
    for name in _COMPANIES:
        company = company_name(_label(job.get(name)))
        if company is not None:
            found.line("company", company, source, confidence)
            break
    described = next((text for name in _DESCRIPTIONS if (text := _prose(job.get(name)))), None)
    lists = _prose(job.get("lists")) or _prose(job.get("sections"))
    found.description(
        [described or "", lists or "", *(_prose(job.get(name)) or "" for name in _MORE)], source, confidence
    )
    found.requirements([_prose(job.get(name)) or "" for name in _ASKED], source, confidence)
    places = next((shown for name in _PLACES if (shown := _places(job.get(name)))), [])
    more = [place for name in _MORE_PLACES for place in _places(job.get(name))]
    found.locations(_places([*places, *more]), source, confidence)
    _take_kinds(found, job, source, confidence)
    _take_pay(found, job, source, confidence)
    for names, take in ((_POSTED, found.posted), (_CLOSES, found.closes)):
        for name in names:
            take(job.get(name), source, confidence)
    number = next((one for name in _NUMBERS if (one := short(_label(job.get(name))))), None)
    found.line("requisition_id", number, source, confidence)
    for name in _LANGUAGES:
        found.language(_label(job.get(name)), source, confidence)


def _take_kinds(found: Fields, job: dict[str, object], source: Source, confidence: float) -> None:
    for name in _EMPLOYMENT:
        found.employment_type(
            [_label(one) for one in as_list(job.get(name))[:_MAX_ITEMS]], source, confidence
        )
    if isinstance(job.get("fulltime"), bool):
        found.employment_type("full time" if job["fulltime"] else "part time", source, confidence)
    for name in _WORKPLACE:
        found.location_type(_label(job.get(name)), source, confidence)
    if any(job.get(name) is True for name in _REMOTE):
        found.location_type("hybrid" if job.get("hybrid") is True else "remote", source, confidence - 0.05)


def _take_pay(found: Fields, job: dict[str, object], source: Source, confidence: float) -> None:
    currency = _label(_first(job, ("salarycurrency", "currency", "currencycode")))
    unit = _label(_first(job, ("salaryperiod", "payperiod", "salaryinterval")))
    stated = [
        pay_range(_label(job.get(low)), _label(job.get(high)), currency, unit) for low, high in _PAY_BOUNDS
    ]
    text = None
    for name in _PAYS:
        for one in as_list(job.get(name))[:_MAX_ITEMS]:
            if isinstance(one, dict):
                pay = _by_key(one)
                code = _label(_first(pay, ("currency", "currencycode"))) or currency
                low, high = _label(_first(pay, _LOWS)), _label(_first(pay, _HIGHS))
                stated.append(pay_range(low, high, code, _label(_first(pay, _UNITS)) or unit))
            elif isinstance(one, str) and text is None:
                written = pay_in_text(one, currency=currency)
                if written is not None and written.ranges:
                    stated.extend(written.ranges)
                    text = written.text
    found.pay(stated, source, confidence, text=text)


_PAY_BOUNDS: Final = (
    ("salarymin", "salarymax"),
    ("minsalary", "maxsalary"),
    ("salaryfrom", "salaryto"),
    ("compensationmin", "compensationmax"),
)
_LOWS: Final = ("min", "minvalue", "minimum", "from", "low", "rangestart", "minamount")
_HIGHS: Final = ("max", "maxvalue", "maximum", "to", "high", "rangeend", "maxamount")
_UNITS: Final = ("period", "interval", "frequency", "unit", "unittext", "per")


def _first(known: dict[str, object], names: Iterable[str]) -> object:
    return next((known[name] for name in names if name in known), None)


def _title(known: dict[str, object]) -> str:
    for name in (*_OWN_TITLES, *_TITLES):
        shown = short(_label(known.get(name)))
        if shown and any(map(str.isalpha, shown)):
            return shown
    return ""


def _label(value: object) -> object:
    """Return a value, or what an object calls itself: `{"id": "fte", "label": "Full-time"}`."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        known = _by_key(value)
        names = (
            "label",
            "name",
            "displayname",
            "title",
            "text",
            "value",
            "descriptor",
            "en",
            "code",
            "shortname",
        )
        value = next((known[name] for name in names if isinstance(known.get(name), str)), None)
    return value


def _prose(value: object) -> str:
    """Return the text of a description: text, or an object or list of parts with their headings."""
    texts: list[str] = []
    stack = [value]
    for _ in range(_MAX_PARTS):
        if not stack:
            break
        part = stack.pop()
        if isinstance(part, str):
            texts.append(part)
        elif isinstance(part, list):
            stack.extend(reversed(part[:_MAX_ITEMS]))
        elif isinstance(part, dict):
            # Of an object's texts, those without a space are codes.
            inner = [
                one for one in list(part.values())[:_MAX_ITEMS] if not isinstance(one, str) or " " in one
            ]
            stack.extend(reversed(inner))
    return "\n".join(texts)


def _places(value: object) -> list[str]:
    """Return the places in a value, each once: texts, objects with parts of an address, lists of them."""
    found: dict[str, str] = {}
    stack = [value]
    for _ in range(_MAX_PARTS):
        if not stack:
            break
        part = stack.pop()
        if isinstance(part, str):
            if shown := short(part):
                found.setdefault(shown.casefold(), shown)
        elif isinstance(part, list):
            stack.extend(reversed(part[:_MAX_ITEMS]))
        elif isinstance(part, dict):
            known = _by_key(part)
            if shown := _place(known):
                found.setdefault(shown.casefold(), shown)
            else:
                stack.extend(known[key] for key in _ADDRESSES if key in known)
    return list(found.values())


def _place(known: dict[str, object]) -> str | None:
    """Return a place as it is written, its town with what it lies in, or else its name."""
    written = next((text for name in _WRITTEN_PLACE if (text := short(_label(known.get(name))))), None)
    town = _town(known)
    if written or (town and "," in town):
        return written or town
    inner = [_town(_by_key(one)) for key in _ADDRESSES if isinstance(one := known.get(key), dict)]
    whole = next((text for text in inner if text and "," in text), None)
    name = next((text for key in _PLACE_NAMES if (text := short(_label(known.get(key))))), None)
    return whole or name or town


_WRITTEN_PLACE: Final = (
    "formattedaddress",
    "fulllocation",
    "locationstring",
    "locationdisplay",
    "displayaddress",
)
_PLACE_NAMES: Final = (
    "displayname",
    "locationname",
    "name",
    "localizedname",
    "localizeddescription",
    "label",
    "shortname",
    "text",
    "descriptor",
    "display",
    "value",
)
_ADDRESSES: Final = ("address", "location", "postaladdress", "namecode")
_TOWN_PARTS: Final = (
    ("city", "cityname", "town", "locality", "addresslocality", "municipality"),
    ("state", "region", "province", "addressregion", "statecode", "countrysubdivision"),
    ("country", "countryname", "addresscountry", "countrycode"),
)


def _town(known: dict[str, object]) -> str | None:
    parts = [
        next((text for key in keys if (text := short(_label(known.get(key))))), None) for keys in _TOWN_PARTS
    ]
    return ", ".join(dict.fromkeys(part for part in parts if part)) or None


def _plain(key: object) -> str:
    return re.sub(r"[^a-z0-9]", "", str(key)[:80].lower())


def _by_key(node: dict[object, object]) -> dict[str, object]:
    known: dict[str, object] = {}
    for key, value in list(node.items())[:500]:
        if value not in (None, "", [], {}):
            known.setdefault(_plain(key), value)
    for holder in ("attributes", "categories"):  # JSON:API; Lever
        inner = known.get(holder)
        if isinstance(inner, dict):
            for key, value in list(inner.items())[:100]:
                if value not in (None, "", [], {}):
                    known.setdefault(_plain(key), value)
    return known
