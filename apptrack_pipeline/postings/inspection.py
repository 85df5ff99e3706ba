"""What one posting says, as the JSON object that `apptrack inspect posting` prints."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any, Final

from apptrack_pipeline.domain import storable
from apptrack_pipeline.postings.model import PayRange, Posting
from apptrack_pipeline.postings.platform import Match

_OF_THE_WHOLE: Final = frozenset({"fields", "completeness", "review_reason", "is_open", "closed_reason"})


def as_json(url: str, match: Match | None, posting: Posting) -> str:
    """Return one JSON object: what the address names, and each field as `{value, source, confidence}`.

    A field that nothing states is null. `state` is open, closed or unknown, with a code of the reason.
    """
    shown: dict[str, Any] = {
        "url": url,
        "platform": match.platform if match else None,
        "organisation": match.organisation if match else None,
        "posting_id": match.posting_id if match else None,
        "canonical_url": match.canonical_url if match else None,
        "api_url": match.api_url if match else None,
        "detection": {"confidence": match.confidence, "reason": match.reason} if match else None,
        "completeness": str(posting.completeness),
        "state": state_of(posting),
        "closed_reason": posting.closed_reason,
        "review_reason": posting.review_reason,
    }
    for field in fields(posting):
        if field.name not in _OF_THE_WHOLE:
            shown[field.name] = _field(posting, field.name)
    return storable(json.dumps(shown, ensure_ascii=False, indent=2))


def state_of(posting: Posting) -> str:
    """Return `open`, `closed`, or `unknown` where nothing says either."""
    return {True: "open", False: "closed", None: "unknown"}[posting.is_open]


def _field(posting: Posting, name: str) -> dict[str, Any] | None:
    value = getattr(posting, name)
    if value is None or value == ():
        return None
    source = posting.fields.get(name)
    return {
        "value": _plain(value),
        "source": source.source if source else None,
        "confidence": source.confidence if source else None,
    }


def _plain(value: object) -> Any:  # noqa: ANN401
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, PayRange):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return value
