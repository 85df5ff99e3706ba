"""Places as postings write them: what is one place, what is several, and which country it is sure to be in.

What the employer wrote stays, except in forms that only a machine writes (`US-AR-SPRINGDALE-BLDG 1 ~ 275 Main
St` of Workday), where it is put as people write it. `2 Locations` is a count and no place.
"""

from __future__ import annotations

import re
from typing import Final

from apptrack_pipeline.postings.vocabulary import folded

_MAX_CHARS: Final = 300
_MAX_PLACES: Final = 50
_SPLIT = re.compile(r"[;|\n\r•]|\s{3,}")
_COUNT = re.compile(
    r"\+?\d{1,4}\s?(?:more\s)?(?:other\s)?"
    r"(?:locations?|standorte?|lieux|emplacements?|ubicaciones|localidades|locais|sedi|locaties)"
    r"|(?:multiple|various|several|many) locations|verschiedene standorte|mehrere standorte"
    r"|(?:plusieurs|divers) lieux|varias ubicaciones|location|locations|n/a|tbd|unavailable|undefined|null"
)
# Systems that join parts write the missing ones out: "Berlin, undefined".
_MISSING_PART = re.compile(
    r",?\s*\b(?:undefined|null|UNAVAILABLE)\b\s*(?=,|\Z|\s-\s)|\A(?:undefined|null),\s*"
)
_MACHINE = re.compile(r"([A-Z]{2})(?:-|, )([A-Z]{2})(?:-|, )([^,~]{2,60}?)(?:\s*~.*)?")
_BUILDING = re.compile(r"-(?:BLDG|BUILDING|FLOOR|SUITE|STE|SITE|HQ|CAMPUS|PLANT|STORE|OFFICE|WAREHOUSE)\b.*")

_US_STATES: Final = frozenset({
    "AL", "AK", "AZ", "AR", "CA", "CO", "CT", "DE", "FL", "GA", "HI", "ID", "IL", "IN", "IA", "KS", "KY",
    "LA", "ME", "MD", "MA", "MI", "MN", "MS", "MO", "MT", "NE", "NV", "NH", "NJ", "NM", "NY", "NC", "ND",
    "OH", "OK", "OR", "PA", "RI", "SC", "SD", "TN", "TX", "UT", "VT", "VA", "WA", "WV", "WI", "WY", "DC",
})  # fmt: skip
_CA_PROVINCES: Final = frozenset(["AB", "BC", "MB", "NB", "NL", "NS", "ON", "PE", "QC", "SK", "YT", "NU"])
# As the last part of a place these name a state or a country: Berlin, DE and Wilmington, DE.
_STATE_OR_COUNTRY: Final = frozenset(["AR", "CA", "CO", "DE", "ID", "IL", "IN"])
_US_STATE_NAMES: Final = frozenset({
    "alabama", "alaska", "arizona", "arkansas", "california", "colorado", "connecticut", "delaware",
    "florida", "hawaii", "idaho", "illinois", "indiana", "iowa", "kansas", "kentucky", "louisiana",
    "maine", "maryland", "massachusetts", "michigan", "minnesota", "mississippi", "missouri", "montana",
    "nebraska", "nevada", "new hampshire", "new jersey", "new mexico", "new york", "north carolina",
    "north dakota", "ohio", "oklahoma", "oregon", "pennsylvania", "rhode island", "south carolina",
    "south dakota", "tennessee", "texas", "utah", "vermont", "virginia", "washington", "west virginia",
    "wisconsin", "wyoming", "district of columbia", "washington dc", "washington d.c.",
})  # fmt: skip
_COUNTRY_NAMES: Final[dict[str, str]] = {
    name: code
    for code, names in {
        "US": "united states|united states of america|usa|u.s.a|u.s|us|america",
        "CA": "canada|ontario|quebec|british columbia|alberta|manitoba|saskatchewan|nova scotia"
        "|new brunswick",
        "GB": "united kingdom|uk|u.k.|great britain|england|scotland|wales|northern ireland|gbr",
        "IE": "ireland|irl|republic of ireland",
        "AU": "australia|aus|new south wales|queensland",
        "NZ": "new zealand|nzl|aotearoa",
        "SG": "singapore|sgp",
        "HK": "hong kong|hong kong sar|hkg",
        "MX": "mexico|mex",
        "BR": "brazil|brasil|bra",
        "AR": "argentina|arg",
        "CL": "chile|chl",
        "CO": "colombia",
        "PE": "peru",
        "UY": "uruguay",
        "DE": "germany|deutschland|deu|allemagne|alemania",
        "AT": "austria|osterreich|aut",
        "CH": "switzerland|schweiz|suisse|svizzera|che",
        "FR": "france|fra|frankreich",
        "ES": "spain|espana|esp",
        "PT": "portugal|prt",
        "IT": "italy|italia|ita",
        "NL": "netherlands|the netherlands|nederland|nld|niederlande|pays-bas",
        "BE": "belgium|belgie|belgique|belgien|bel",
        "LU": "luxembourg|luxemburg",
        "DK": "denmark|danmark|dnk",
        "SE": "sweden|sverige|swe|schweden",
        "NO": "norway|norge|nor|norwegen",
        "FI": "finland|suomi|fin",
        "IS": "iceland|island",
        "PL": "poland|polska|pol|polen",
        "CZ": "czechia|czech republic|cesko|ceska republika|cze",
        "SK": "slovakia|slovensko",
        "HU": "hungary|magyarorszag",
        "RO": "romania|rou",
        "BG": "bulgaria|bgr",
        "GR": "greece",
        "UA": "ukraine",
        "EE": "estonia",
        "LV": "latvia",
        "LT": "lithuania",
        "TR": "turkey|turkiye",
        "IL": "israel|isr",
        "AE": "united arab emirates|uae",
        "IN": "india|ind",
        "PK": "pakistan|pak",
        "LK": "sri lanka",
        "NP": "nepal",
        "BD": "bangladesh",
        "JP": "japan|jpn",
        "CN": "china|chn",
        "TW": "taiwan|twn",
        "KR": "south korea|korea|kor|republic of korea",
        "MY": "malaysia|mys",
        "PH": "philippines|the philippines|phl",
        "ID": "indonesia|idn",
        "TH": "thailand",
        "VN": "vietnam",
        "ZA": "south africa|zaf",
        "NG": "nigeria",
        "KE": "kenya",
        "EG": "egypt",
    }.items()
    for name in names.split("|")
}
# Cities that postings name alone, and that are known for one country before any other.
_CITIES: Final[dict[str, str]] = {
    name: code
    for code, names in {
        "US": "san francisco|sf|san francisco bay area|sf bay area|bay area|new york city|nyc"
        "|los angeles|chicago"
        "|seattle|boston|austin|denver|boulder|atlanta|houston|dallas|miami|palo alto|mountain view|san jose"
        "|sunnyvale|menlo park|redwood city|santa clara|brooklyn|manhattan|philadelphia|san diego"
        "|salt lake city"
        "|indianapolis|minneapolis|nashville|charlotte|raleigh|pittsburgh|detroit|phoenix|las vegas",
        "CA": "toronto|vancouver|montreal|ottawa|calgary|edmonton|winnipeg|mississauga|kitchener",
        "GB": "london|manchester|edinburgh|glasgow|leeds|bristol",
        "IE": "dublin",
        "DE": "berlin|munchen|munich|hamburg|koln|cologne|frankfurt|frankfurt am main|stuttgart"
        "|dusseldorf|leipzig",
        "AT": "wien|vienna",
        "CH": "zurich|geneve|geneva|basel|bern|lausanne",
        "FR": "paris|lyon|toulouse|bordeaux|nantes|lille|marseille",
        "ES": "madrid|barcelona|valencia",
        "PT": "lisbon|lisboa",
        "IT": "milan|milano|rome|roma|torino",
        "NL": "amsterdam|rotterdam|utrecht|eindhoven",
        "BE": "brussels|brussel|bruxelles",
        "DK": "copenhagen|kobenhavn|aarhus",
        "SE": "stockholm|goteborg|gothenburg|malmo",
        "NO": "oslo|bergen|trondheim",
        "FI": "helsinki",
        "PL": "warsaw|warszawa|krakow|wroclaw|gdansk|poznan",
        "CZ": "prague|praha|brno",
        "HU": "budapest",
        "RO": "bucharest|bucuresti|cluj-napoca",
        "IN": "bangalore|bengaluru|mumbai|new delhi|delhi|gurgaon|gurugram|pune|chennai|noida",
        "PK": "karachi|lahore|islamabad",
        "AU": "sydney|melbourne|brisbane|perth",
        "NZ": "auckland|wellington",
        "JP": "tokyo|osaka",
        "CN": "shanghai|beijing|shenzhen",
        "TW": "taipei",
        "KR": "seoul",
        "BR": "sao paulo|rio de janeiro",
        "MX": "mexico city|ciudad de mexico|cdmx|guadalajara|monterrey",
        "AR": "buenos aires",
        "CO": "bogota|medellin",
        "ZA": "johannesburg|cape town",
    }.items()
    for name in names.split("|")
}
_ISO2: Final = frozenset(_COUNTRY_NAMES.values())
_PART = re.compile(r"\s*[,/()]\s*|\s+[-\u2013]\s+")
_WORK_WORDS = re.compile(
    r"\b(?:remote|hybrid|on-?site|in-?office|home ?office|virtual|fully|only|based|eligible|metro|area"
    r"|greater|flexible|opportunity)\b[ -]*"
)


def tidy_place(text: str) -> str | None:
    """Return one place as people write it, None where the text is a count (`2 Locations`) or a filler.

    `US-CA-Monrovia` becomes `Monrovia, CA, US`, and so does `US, CA, Monrovia`; an address behind `~` goes.
    """
    shown = _MISSING_PART.sub("", " ".join(text[:_MAX_CHARS].split())).strip(" ,;|-\u2013")
    if not shown or _COUNT.fullmatch(folded(shown)):
        return None
    machine = _MACHINE.fullmatch(shown)
    if machine is not None:
        country, region, town = machine.groups()
        if (country == "US" and region in _US_STATES) or (country == "CA" and region in _CA_PROVINCES):
            town = _BUILDING.sub("", town).strip(" -")
            named = town.title() if town.isupper() and len(town) > 3 else town
            if named and not named.lower().startswith(("remote", "virtual", "home")):
                return f"{named}, {region}, {country}"
    return shown


def split_places(text: str) -> tuple[str, ...]:
    """Return the places of a text that lists several, each once.

    Only a semicolon, a bar or a new line parts them for sure: "Berlin / Hamburg" may be one office, and a
    comma parts a town from its country.
    """
    known: dict[str, str] = {}
    for part in _SPLIT.split(text[: _MAX_CHARS * 10]):
        place = tidy_place(part)
        if place is not None:
            known.setdefault(folded(place), place)
    return tuple(known.values())[:_MAX_PLACES]


def country_of(place: str) -> str | None:
    """Return the country (ISO 3166, two letters) that a place is sure to be in, else None.

    Berlin, DE is in Germany and Wilmington, DE in Delaware: letters that name a state as well as a country
    need a city that is known.
    """
    shown = " ".join(place[:_MAX_CHARS].split())
    if not shown:
        return None
    start = re.match(r"([A-Z]{2})[- ,]+(?:[A-Z]{2}\b|[A-Z][a-z])", shown)
    raw = [part for part in _PART.split(shown.replace("-", " - ") if start else shown) if part]
    parts = [cleaned for part in raw if (cleaned := _WORK_WORDS.sub("", folded(part)).strip(" -.,"))]
    found = {_COUNTRY_NAMES[part] for part in parts if part in _COUNTRY_NAMES}
    if len(found) == 1:
        return found.pop()
    if found:
        return None
    cities = {_CITIES[part] for part in parts if part in _CITIES}
    if start is not None and start[1] in _ISO2 and (start[1] in cities or start[1] not in _US_STATES):
        return start[1]
    codes = [part for part in raw if re.fullmatch(r"[A-Z]{2}", part)]
    if codes:
        last = codes[-1]
        states = [code for code in codes if code in _US_STATES]
        if last in _US_STATES and last not in _STATE_OR_COUNTRY:
            return "US"
        if last in _CA_PROVINCES or (last == "CA" and any(code in _CA_PROVINCES for code in codes)):
            return "CA"
        if last in _STATE_OR_COUNTRY:
            # "CA" is California far more often than Canada, and Canadian towns are told by their names.
            if last in cities:
                return last
            return "US" if "US" in cities or (last == "CA" and states and not cities) else None
        if last in _ISO2:
            return last
    if any(part in _US_STATE_NAMES for part in parts):
        return "US"
    return cities.pop() if len(cities) == 1 else None
