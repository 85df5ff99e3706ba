"""What one mail says, as the JSON line that `apptrack inspect mail` prints."""

from __future__ import annotations

import json
from typing import Any

from apptrack_pipeline.domain import storable
from apptrack_pipeline.ingestion.mail.signals import Evidence, Found, Interview, MailEvent, MailSignals


def as_json_line(file: str, signals: MailSignals) -> str:
    """Return one line of JSON without half surrogates; `file` is where the mail was read from."""
    judgement = signals.judgement
    line = {
        "file": file,
        "category": judgement.category.value,
        "certainty": judgement.certainty,
        "needs_review": judgement.needs_review,
        "evidence": [_evidence(one) for one in judgement.evidence],
        "company": _found(signals.company),
        "title": _found(signals.title),
        "requisition_id": _found(signals.requisition_id),
        "ats": signals.ats,
        "urls": [_found(one) for one in signals.posting_urls],
        "interviews": [_interview(one) for one in signals.interviews],
        "events": [_event(one) for one in signals.events],
        "language": signals.language,
        "authentication": signals.trust.value,
        "trouble": list(signals.trouble),
    }
    return storable(json.dumps(line, ensure_ascii=False))


def _evidence(evidence: Evidence) -> dict[str, str]:
    return {"rule": evidence.rule, "sentence": evidence.sentence, "where": evidence.where}


def _found(found: Found | None) -> dict[str, str] | None:
    return None if found is None else {"value": found.value, "where": found.where, "rule": found.rule}


def _interview(interview: Interview) -> dict[str, Any]:
    return {
        "starts_at": interview.starts_at.isoformat() if interview.starts_at else None,
        "ends_at": interview.ends_at.isoformat() if interview.ends_at else None,
        "where": interview.where,
        "cancelled": interview.cancelled,
        "key": interview.key,
        "sequence": interview.sequence,
    }


def _event(event: MailEvent) -> dict[str, Any]:
    return {
        "category": event.category.value,
        "company": _found(event.company),
        "title": _found(event.title),
        "requisition_id": _found(event.requisition_id),
        "evidence": [_evidence(one) for one in event.evidence],
    }
