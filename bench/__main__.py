"""`make bench`: every figure of the README, measured one after the other on this machine."""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from apptrack_pipeline.db.connect import ensure_server
from apptrack_pipeline.db.database import Database
from apptrack_pipeline.db.embedded import EmbeddedPostgres
from apptrack_pipeline.db.migrate import upgrade
from apptrack_pipeline.service.home import prepare_home
from apptrack_pipeline.settings import Settings
from bench import capture_load, export_speed, imap_intake, latency, mail_speed

ROWS = 100_000


def _export() -> dict[str, Any]:
    home = Path(tempfile.mkdtemp(prefix="ab-"))
    settings = Settings(home=home)
    os.environ["APPTRACK_HOME"] = str(home)  # the process that writes the file reads it
    try:
        prepare_home(settings)
        ensure_server(settings)
        upgrade(settings)
        return export_speed.measure(Database(settings), ROWS)
    finally:
        del os.environ["APPTRACK_HOME"]
        EmbeddedPostgres(home).stop()
        shutil.rmtree(home, ignore_errors=True)


def main() -> None:
    """Print what was measured, as text or with `--json` as JSON."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON instead of text")
    as_json = parser.parse_args().json
    results: dict[str, Any] = {
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, "
        f"load {os.getloadavg()[0]:.1f} before"
    }
    for name, measure in (
        ("capture", lambda: [asdict(load) for load in capture_load.measure()]),
        ("latency", latency.measure),
        ("export", _export),
        ("mail", mail_speed.measure),
        ("imap_intake", imap_intake.measure),
    ):
        sys.stderr.write(f"measuring {name} ...\n")
        results[name] = measure()
    if as_json:
        print(json.dumps(results, indent=2))
        return
    print(results["machine"])
    for load in results["capture"]:
        print("  " + ", ".join(f"{name} {value}" for name, value in load.items()))
    for name in ("latency", "export", "mail", "imap_intake"):
        print(name)
        for figure, value in results[name].items():
            print(f"  {figure:<32} {value}")


if __name__ == "__main__":
    main()
