"""How fast pages of postings are read, in pages of 100 kB a second and processor: with JSON-LD, and without
any data."""

from __future__ import annotations

import datetime as dt
import json
import time
from typing import Any, Final

from apptrack_pipeline.postings.model import Payload
from apptrack_pipeline.postings.parsing import parse

PAGE_CHARS: Final = 100_000
"""Size of a page, in characters; the bar is 500 pages a second."""
PAGES: Final = 400
ROUNDS: Final = 3
"""The fastest round counts: the others shared the machine."""

_NOW: Final = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
_SENTENCE: Final = (
    "You build the pipelines that tell a port which ship comes next, with a kind and patient team. "
)
_STYLE: Final = ".card{color:#234}.card a{margin:0 auto;padding:1px 2px}"
_PROGRAM: Final = "(function(){var e=document.createElement('div');for(var i=0;i<9;i++){e.id='n'+i}})();"


def page(number: int, *, with_data: bool) -> str:
    """Return one page of a posting as a career site has it: menu, text, other jobs, styles and scripts."""
    description = (
        f"<p>{_SENTENCE * 4}</p><h3>Requirements</h3><ul>"
        + "".join(f"<li>{year} years of something, and {_SENTENCE[:60]}</li>" for year in range(2, 14))
        + "</ul><h3>What we offer</h3><ul>"
        + "".join(f"<li>{_SENTENCE[:40]}</li>" for _ in range(10))
        + "</ul>"
    )
    data = {
        "@context": "https://schema.org",
        "@type": "JobPosting",
        "title": f"Data Engineer {number}",
        "description": description,
        "hiringOrganization": {"@type": "Organization", "name": "Borealis Port"},
        "jobLocation": {"address": {"addressLocality": "Kiel", "addressCountry": "DE"}},
        "datePosted": "2026-11-02",
        "employmentType": "FULL_TIME",
        "baseSalary": {
            "currency": "EUR",
            "value": {"minValue": 60000, "maxValue": 70000, "unitText": "YEAR"},
        },
    }
    menu = "".join(f"<li><a class=item href='/about/{part}'>Part {part}</a></li>" for part in range(60))
    others = "".join(
        f"<div class=card><h3><a href='/jobs/{one}'>Job {one}</a></h3><p>Kiel</p></div>" for one in range(80)
    )
    written = (
        f'<!doctype html><html lang="en"><head><title>Data Engineer {number} - Borealis Port</title>'
        f'<meta property="og:title" content="Data Engineer {number}"><style>{_STYLE * 100}</style>'
        + (f'<script type="application/ld+json">{json.dumps(data)}</script>' if with_data else "")
        + f"</head><body><nav><ul>{menu}</ul></nav><main><h1>Data Engineer {number}</h1>"
        f"<div>{description}</div></main><section>{others}</section><footer>Borealis Port</footer>"
    )
    missing = PAGE_CHARS - len(written)
    return f"{written}<script>{_PROGRAM * (missing // len(_PROGRAM))}</script></body></html>"


def measure() -> dict[str, Any]:
    """Return pages a second of processor time, by kind of page."""
    return {
        f"pages of 100 kB a second, {name}": _speed(with_data=with_data)
        for name, with_data in (("JSON-LD", True), ("elements alone", False))
    }


def _speed(*, with_data: bool) -> int:
    payloads = [
        Payload(url=f"https://jobs.borealis.example/{number}", html=page(number, with_data=with_data))
        for number in range(PAGES)
    ]
    best = float("inf")
    for _ in range(ROUNDS):
        started = time.process_time()
        for payload in payloads:
            parse(None, payload, now=_NOW)
        best = min(best, time.process_time() - started)
    return round(PAGES / best)
