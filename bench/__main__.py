"""`make bench`: every figure of the README, measured one after the other on this machine.

`python -m bench matching` measures the matcher alone, `python -m bench postings` the reader of postings;
`python -m bench corpus DIR` makes a labelled corpus.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import sys
import tempfile
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from apptrack_pipeline.db.connect import ensure_server
from apptrack_pipeline.db.database import Database
from apptrack_pipeline.db.embedded import EmbeddedPostgres
from apptrack_pipeline.db.migrate import upgrade
from apptrack_pipeline.service.home import prepare_home
from apptrack_pipeline.settings import Settings
from bench import (
    capture_load,
    correlation_corpus,
    export_speed,
    imap_intake,
    latency,
    mail_speed,
    matching_speed,
    posting_speed,
    run_overhead,
)

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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON instead of text")
    parser.set_defaults(run=_everything)
    commands = parser.add_subparsers()
    matching = commands.add_parser("matching", help="measure the matcher alone")
    matching.set_defaults(run=_matching)
    postings = commands.add_parser("postings", help="measure the reader of postings alone")
    postings.set_defaults(run=_postings)
    corpus = commands.add_parser("corpus", help="make a labelled corpus of applications and mail")
    corpus.set_defaults(run=_corpus)
    corpus.add_argument("directory", type=Path)
    plain = correlation_corpus.Wanted()
    for name, what in (
        ("seed", "the same seed makes the same corpus"),
        ("applications", "how many"),
        ("employers", "how many of them are tracked"),
        ("mails", "how many in all"),
        ("about", "how many of the mails are about one of the applications"),
    ):
        corpus.add_argument(f"--{name}", type=int, default=getattr(plain, name), help=what)
    corpus.add_argument("--decorated", action="store_true", help="names differ between tracker and mail")
    corpus.add_argument("--missing-titles", type=float, default=plain.missing_titles, metavar="SHARE")
    return parser


def _corpus(arguments: argparse.Namespace) -> None:
    named = {field.name: getattr(arguments, field.name) for field in fields(correlation_corpus.Wanted)}
    print(correlation_corpus.write(arguments.directory, correlation_corpus.Wanted(**named)))


def _matching(arguments: argparse.Namespace) -> None:
    _print(matching_speed.measure(), arguments)


def _postings(arguments: argparse.Namespace) -> None:
    _print(posting_speed.measure(), arguments)


def _print(results: dict[str, Any], arguments: argparse.Namespace) -> None:
    if arguments.json:
        print(json.dumps(results, indent=2))
        return
    for figure, value in results.items():
        print(f"  {figure:<44} {value}")


def main() -> None:
    """Print what was measured, as text or with `--json` as JSON."""
    arguments = _parser().parse_args()
    arguments.run(arguments)


def _everything(arguments: argparse.Namespace) -> None:
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
        ("run_overhead", run_overhead.measure),
        ("matching", matching_speed.measure),
        ("postings", posting_speed.measure),
    ):
        sys.stderr.write(f"measuring {name} ...\n")
        results[name] = measure()
    if arguments.json:
        print(json.dumps(results, indent=2))
        return
    print(results["machine"])
    for load in results["capture"]:
        print("  " + ", ".join(f"{name} {value}" for name, value in load.items()))
    for name in ("latency", "export", "mail", "imap_intake", "run_overhead", "matching", "postings"):
        print(name)
        for figure, value in results[name].items():
            print(f"  {figure:<44} {value}")


if __name__ == "__main__":
    main()
