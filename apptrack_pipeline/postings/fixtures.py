"""A posting as a sample that can be kept: sanitised, labelled with what is read of it today.

What `apptrack posting capture` writes is a folder that `apptrack evaluate postings` reads. The labels are
what today's parser says: whoever keeps the sample corrects those that are wrong.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import urlsplit

from apptrack_pipeline.postings.detection import detect, identity_url
from apptrack_pipeline.postings.documents import with_document
from apptrack_pipeline.postings.inspection import state_of
from apptrack_pipeline.postings.model import Payload, Posting
from apptrack_pipeline.postings.parsing import parse_captured
from apptrack_pipeline.postings.sanitising import sanitised_html, sanitised_json, sanitised_text

MANIFEST_COLUMNS: Final = (
    "file", "platform", "kind", "source", "licence", "title", "company", "location", "class", "state", "note"
)  # fmt: skip
UNKNOWN_SITE: Final = "generic"
"""What the manifest calls a site that is none of the known platforms."""

_NO_NAME = re.compile(r"[^A-Za-z0-9._-]+")
# A description may lose a mail address or a telephone number; what it says is compared apart.
_MAY_CHANGE: Final = frozenset({"description_text", "description_html", "requirements", "fields"})


@dataclass(frozen=True, slots=True)
class Fixture:
    """A sample to keep: where it belongs, its text, its manifest line, and what sanitising has changed."""

    path: PurePosixPath
    text: str
    manifest_row: str
    platform: str
    posting: Posting
    changed: tuple[str, ...]
    """Fields that are read otherwise from the sanitised document: such a sample is of no use as it is."""


def fixture_of(url: str, document: str, *, now: datetime) -> Fixture:
    """Return a document as a sample; it is read before and after, so that what sanitising breaks is seen."""
    payload = with_document(Payload(url=url), document)
    if payload.html is not None:
        text, suffix = sanitised_html(document), "html"
    elif payload.answer_text is not None:
        text, suffix = sanitised_text(document), "xml"
    else:
        text, suffix = sanitised_json(json.loads(document.lstrip("\ufeff"))), "json"
    match = detect(url, payload.html)
    platform = match.platform if match else UNKNOWN_SITE
    before, after = (
        parse_captured(with_document(Payload(url=url), one), now=now) for one in (document, text)
    )
    changed = tuple(
        field.name
        for field in fields(Posting)
        if field.name not in _MAY_CHANGE and getattr(before, field.name) != getattr(after, field.name)
    )
    parts = urlsplit(url)
    name = f"{parts.hostname}{parts.path}"
    if match and match.posting_id:
        name = match.posting_id
    elif urlsplit(identity := identity_url(url))[3:] != ("", ""):
        # Query and fragment may name the posting and hold what is private: a hash tells samples apart.
        name = f"{name[:70]}-{hashlib.sha256(identity.encode()).hexdigest()[:8]}"
    path = PurePosixPath(platform, f"{_NO_NAME.sub('-', name).strip('-')[:80] or 'posting'}.{suffix}")
    row = {
        "file": str(path),
        "platform": platform,
        "kind": suffix,
        "source": parts.hostname or "",
        "title": after.title or "",
        "company": after.company or "",
        "location": "; ".join(after.locations),
        "class": "captured",
        "state": state_of(after),
        "note": f"captured {now:%Y-%m-%d}",
    }
    line = io.StringIO()
    csv.DictWriter(line, MANIFEST_COLUMNS, delimiter="\t", lineterminator="\n").writerow(row)
    return Fixture(path, text, line.getvalue(), platform, after, changed)
