"""Sends captures as the API does, for tests of what happens to them later."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import uuid
from typing import Any

from psycopg_pool import AsyncConnectionPool

from apptrack_pipeline.db.connect import app_url
from apptrack_pipeline.ingestion.capture import read_capture
from apptrack_pipeline.ingestion.intake import CaptureStore, Intake
from apptrack_pipeline.settings import Settings

DESCRIPTION = (
    "<p>We look for a data engineer who turns raw evidence into tables that people trust. You will own our "
    "batch pipelines and the warehouse behind them, together with four colleagues.</p>"
    "<h3>Requirements</h3><ul><li>Python and SQL every day</li><li>PostgreSQL in production</li>"
    "<li>Dagster or Airflow</li><li>Docker and Kubernetes</li></ul>"
    "<h3>Nice to have</h3><ul><li>Terraform</li><li>Snowflake</li></ul>"
    "<p>We work from home or from our office in Leeds, and pay for your books and your courses.</p>"
)


def posting_page(title: str = "Data Engineer", company: str = "Quillmark Ltd", **more: Any) -> str:
    """Return a page with the posting as JSON-LD and as text."""
    node = {
        "@context": "https://schema.org",
        "@type": "JobPosting",
        "title": title,
        "hiringOrganization": {"@type": "Organization", "name": company},
        "description": DESCRIPTION,
        "employmentType": "FULL_TIME",
        "jobLocation": {"address": {"addressLocality": "Leeds", "addressCountry": "GB"}},
        "baseSalary": {
            "currency": "GBP",
            "value": {"minValue": 55000, "maxValue": 65000, "unitText": "YEAR"},
        },
        **more,
    }
    return (
        f"<html><head><title>{title} - {company}</title>"
        f'<script type="application/ld+json">{json.dumps(node)}</script></head>'
        f"<body><main><h1>{title}</h1>{DESCRIPTION}</main></body></html>"
    )


def send(settings: Settings, *bodies: dict[str, Any] | bytes, now: dt.datetime | None = None) -> list[Intake]:
    """Store captures through the code that the API uses, one after the other."""
    received_at = now or dt.datetime.now(dt.UTC)

    async def store() -> list[Intake]:
        async with AsyncConnectionPool(app_url(settings), min_size=1, max_size=1) as pool:
            keeper = CaptureStore(pool)
            return [
                await keeper.add(
                    read_capture(
                        body if isinstance(body, bytes) else json.dumps(body).encode(),
                        received_at=received_at,
                    )
                )
                for body in bodies
            ]

    return asyncio.run(store())


def capture(n: int, **more: Any) -> dict[str, Any]:
    """Return the body of a capture of posting number `n`, with its page."""
    return {
        "job_posting_url": f"https://jobs.example.org/postings/{n}",
        "company_name": "Quillmark Ltd",
        "job_title": f"Data Engineer {n}",
        "html": posting_page(f"Data Engineer {n}"),
        "applied": True,
        **more,
    }


def application_ids(intakes: list[Intake]) -> list[uuid.UUID]:
    """Return the applications that the captures belong to, each once, in order."""
    return list(dict.fromkeys(intake.application_id for intake in intakes))
