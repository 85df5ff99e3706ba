"""How many messages a second come in over IMAP: Dovecot on loopback, mail of 4 kB, first sync."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import sys
import time
from typing import Any

from apptrack_pipeline.ingestion.mail.batches import Batch, take
from apptrack_pipeline.ingestion.mail.imap import open_account
from apptrack_pipeline_tests.imap_servers import Dovecot, mail, settings_of

MESSAGES = 10_000
BYTES = 4_000
BAR = 1_000
"""Messages a second that the project promises."""


def measure(messages: int = MESSAGES) -> dict[str, Any]:
    """Return messages/s of listing, fetching and handing over; nothing but why where Dovecot is missing."""
    missing = Dovecot.missing()
    if missing is not None:
        return {"skipped": missing}
    with Dovecot() as server:
        received_at = dt.datetime(2026, 11, 2, 10, tzinfo=dt.UTC)
        server.append(*[(mail(f"Application {n}", size=BYTES), received_at) for n in range(messages)])
        best = min((_sync(server, messages) for _ in range(3)), key=lambda run: run["seconds"])
        started = time.perf_counter()
        with open_account(settings_of(server)) as account:
            account.mailbox("INBOX").status()
        probe_s = time.perf_counter() - started
    return {
        "messages": messages,
        "bytes_each": BYTES,
        "messages_per_s": round(messages / best["seconds"]),
        "bar": BAR,
        "listing_s": round(best["listing_s"], 3),
        "seconds": round(best["seconds"], 3),
        "probe_ms": round(1000 * probe_s, 1),
    }


def _sync(server: Dovecot, messages: int) -> dict[str, float]:
    stored = 0

    def deliver(batch: Batch) -> None:
        nonlocal stored
        stored += len(batch.messages)

    started = time.perf_counter()
    with open_account(settings_of(server)) as account:
        inbox = account.mailbox("INBOX")
        inbox.status()
        entries = list(itertools.chain.from_iterable(inbox.entries(after_uid=0, since=None)))
        listing_s = time.perf_counter() - started
        take(inbox, entries, deliver=deliver)
    seconds = time.perf_counter() - started
    if stored != messages:
        raise RuntimeError(f"{stored} of {messages} messages came in")
    return {"seconds": seconds, "listing_s": listing_s}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure(), indent=2) + "\n")
