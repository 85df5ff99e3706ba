"""A posting's document without what is private: what `apptrack posting capture` saves as a fixture.

Gone are people's addresses and telephone numbers, tokens and session ids, scripts that carry no posting,
pictures and styles. What a parser reads stays as it was; whether it does is checked by reading both.
"""

from __future__ import annotations

import json
import re
from typing import Final

from selectolax.lexbor import LexborHTMLParser

from apptrack_pipeline.postings.markup import bounded_html

_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_PHONE = re.compile(
    r"(?<![\w./-])(?:\+\d{9,15}|\+\d{1,4}(?:[ .\-/]\(?\d{1,10}\)?){1,5}|0\d{2,4}[ /-]\d{6,8}"
    r"|\(?\d{2,4}\)?(?:[ .\-/]\(?\d{2,5}\)?){2,4})(?![\w/-])"
)
_SECRET_NAME = re.compile(
    r"csrf|xsrf|token|session|cookie|nonce|secret|password|api_?key|signature|recruiter|hiring_?manager"
    r"|candidate_?(?:name|email)|user_?(?:id|name|email)|e-?mail|phone|visitor|fingerprint|ip_?address",
    re.IGNORECASE,
)
# The board's own short name is called a token by Greenhouse; it is in every address.
_NO_SECRET: Final = frozenset({"urltoken", "boardtoken", "board_token", "job_board_token"})
_SECRET_PARAMETER = re.compile(
    r"([?&](?:[\w-]*(?:token|session|sid|auth|key|sig|email|trk|utm_\w+|refId|trackingId))=)[^&\"'#\s<>]{4,}",
    re.IGNORECASE,
)
_STATE_SCRIPT = re.compile(
    r"JobPosting|jobPost|__remixContext|__appData|__NEXT_DATA__|__NUXT__|_initialData|providerData|pageData"
    r"|fillList|window\.workday|CandidateOpportunityDetail|apolloState|jobOpening|requisition",
)
_REMOVED: Final = (
    "style, link[rel~=stylesheet], link[rel~=preload], link[rel~=icon], svg, picture, source, video, audio, "
    "img, noscript, input[type=hidden], meta[name*=csrf], meta[name*=token], meta[name*=verification]"
)
_PLACEHOLDER: Final = "removed"
_MAX_DEPTH: Final = 200


def sanitised_json(value: object) -> str:
    """Return a JSON answer as text, its private values replaced, its shape as it was."""
    return json.dumps(_clean(value, "", 0), ensure_ascii=False, indent=1) + "\n"


def sanitised_text(text: str) -> str:
    """Return a text without mail addresses, telephone numbers and secrets in addresses."""
    without = _EMAIL.sub("person@example.org", text)
    without = _PHONE.sub(_without_digits, without)
    return _SECRET_PARAMETER.sub(rf"\1{_PLACEHOLDER}", without)


def sanitised_html(html: str) -> str:
    """Return a page without pictures, styles, trackers and private values."""
    page = LexborHTMLParser(bounded_html(html))
    for script in page.css("script"):
        kind = (script.attributes.get("type") or "").lower()
        if "json" not in kind and not _STATE_SCRIPT.search(script.text()):
            script.decompose()
    # Innermost first: removing an element frees those inside it, which this list holds as well.
    for node in reversed(page.css(_REMOVED)):
        node.decompose()
    return sanitised_text(page.html or "")


def _clean(value: object, name: str, depth: int) -> object:
    if depth > _MAX_DEPTH:
        return None
    if isinstance(value, dict):
        return {key: _clean(one, str(key), depth + 1) for key, one in value.items()}
    if isinstance(value, list):
        return [_clean(one, name, depth + 1) for one in value]
    if isinstance(value, str):
        if _SECRET_NAME.search(name) and name.lower() not in _NO_SECRET and value:
            return _PLACEHOLDER
        return sanitised_text(value)
    return value


def _without_digits(found: re.Match[str]) -> str:
    """Replace a telephone number; a date or a range of pay has fewer than nine digits, or says so."""
    shown = found[0]
    digits = sum(map(str.isdigit, shown))
    looks_like_a_date = re.fullmatch(
        r"\d{4}[-./ ]\d{1,2}[-./ ]\d{1,2}.*|\d{1,2}[-./ ]\d{1,2}[-./ ]\d{4}.*", shown
    )
    return shown if digits < 9 or looks_like_a_date else re.sub(r"\d", "0", shown)
