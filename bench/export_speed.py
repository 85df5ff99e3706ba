"""How fast `tracker_csv` writes 100,000 applications, and how much memory it takes to do so."""

from __future__ import annotations

import datetime as dt
import json
import resource
import subprocess
import sys
import time
from typing import Any

import sqlalchemy as sa

from apptrack_pipeline.db.database import Database
from apptrack_pipeline.export.csv_file import write_csv
from apptrack_pipeline.export.store import refresh_tracker_rows, stream_rows

FILL = """
INSERT INTO applications (id, company_name, company_key, job_title, title_key, status, status_since,
    applied_at, source, job_url, canonical_url, notes, first_evidence_at, last_evidence_at, row_hash,
    fold_version, run_id, changed_at)
SELECT gen_random_uuid(), 'Company ' || n % 5000, 'company ' || n % 5000, 'Data Engineer ' || n % 300,
    'data engineer ' || n % 300,
    (ARRAY['saved', 'applied', 'interview', 'rejected'])[1 + n % 4], at, at,
    'browser_extension', 'https://jobs.example.org/postings/' || n, 'https://jobs.example.org/postings/' || n,
    CASE WHEN n % 3 = 0 THEN 'Spoke to somebody there; will hear "next week", =perhaps' END,
    at, at, sha256(n::text::bytea), 'bench', 'bench', at
FROM (SELECT n, now() - n * interval '7 minutes' AS at FROM generate_series(1, {rows}) AS n) AS s;

INSERT INTO job_postings (application_id, title, company, locations, employment_type, salary_text,
    description_text, completeness, fields, content_hash, parser_version, run_id, derived_at)
SELECT id, job_title, company_name, ARRAY['Leeds, GB', 'Remote'], 'full_time',
    'GBP 55,000 to 65,000 per year', repeat('We look for somebody who knows. ', 60), 'full', '{{}}',
    row_hash, 'bench', 'bench', changed_at FROM applications;

INSERT INTO analysis_results (id, application_id, result_key, is_current, score, met, missing, suggestions,
    method, method_version, posting_hash, duration_s, run_id, analysed_at)
SELECT gen_random_uuid(), id, row_hash, true, 61,
    '[{{"skill": "Python"}}, {{"skill": "SQL"}}, {{"skill": "PostgreSQL"}}, {{"skill": "Docker"}}]',
    '[{{"skill": "Kubernetes"}}, {{"skill": "Terraform"}}]', '[{{"skill": "Kubernetes"}}]',
    'bench', 'bench', row_hash, 0.002, 'bench', changed_at FROM applications;

INSERT INTO timeline_events (id, application_id, event_type, occurred_at, recorded_at, summary, dedupe_key)
SELECT gen_random_uuid(), id, kind, changed_at + k * interval '1 minute', changed_at, 'bench', kind || id
FROM applications, unnest(ARRAY['application_created', 'browser_capture', 'analysis_completed'])
    WITH ORDINALITY AS e (kind, k);
"""


def fill(database: Database, rows: int) -> None:
    """Fill a fresh database with `rows` applications that have a posting, an analysis and three events."""
    with database.begin() as connection:
        # By the driver itself: SQLAlchemy would take each % for a parameter.
        driver: Any = connection.connection.driver_connection
        driver.execute(FILL.format(rows=rows))
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("VACUUM ANALYZE"))


def measure(database: Database, rows: int) -> dict[str, Any]:
    """Return rows/s of the refresh and of the file, and the peak memory of a process that writes the file."""
    fill(database, rows)
    with database.begin() as connection:
        started = time.perf_counter()
        refresh_tracker_rows(connection, None, now=dt.datetime.now(dt.UTC))
        refresh_s = time.perf_counter() - started
    with database.begin() as connection:
        started = time.perf_counter()
        refresh_tracker_rows(connection, None, now=dt.datetime.now(dt.UTC))
        unchanged_s = time.perf_counter() - started
    written = [_write_in_own_process(limit) for limit in (1_000, rows, rows, rows)]
    best = max(written[1:], key=lambda result: result["rows_per_s"])
    return {
        "rows": rows,
        "refresh_rows_per_s": round(rows / refresh_s),
        "unchanged_refresh_rows_per_s": round(rows / unchanged_s),
        "csv_rows_per_s": best["rows_per_s"],
        "csv_rows_per_s_all": [result["rows_per_s"] for result in written[1:]],
        "csv_bytes": best["bytes"],
        "peak_mib_at_1000_rows": written[0]["peak_mib"],
        "peak_mib_at_all_rows": max(result["peak_mib"] for result in written[1:]),
    }


def _write_in_own_process(limit: int) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "bench.export_speed", str(limit)], check=True, capture_output=True, text=True
    )
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def main() -> None:
    """Write the file once, of the first `limit` rows, and print what it took."""
    limit = int(sys.argv[1])
    database = Database()
    with database.begin() as connection:
        started = time.perf_counter()
        rows = (row for n, row in enumerate(stream_rows(connection)) if n < limit)
        written = write_csv(database.settings.csv_file, rows)
        took_s = time.perf_counter() - started
    sys.stdout.write(
        json.dumps(
            {
                "rows_per_s": round(written.rows / took_s),
                "bytes": written.size,
                "peak_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
            }
        )
    )


if __name__ == "__main__":
    main()
