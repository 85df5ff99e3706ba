# ruff: noqa: E501 - mail stands here as it is sent
"""`make fuzz`: atheris looks for mail that raises, takes too long, or gives text that cannot be stored.

Coverage-guided, from seeds that hold what mail is made of, for `--seconds` (60). A finding is printed with its
bytes in base64 and the traceback, and the exit code is not 0.
"""

from __future__ import annotations

import argparse
import base64
import dataclasses
import json
import sys
import tempfile
import time
import traceback
import warnings
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["apptrack_pipeline.ingestion.mail", "icalendar", "email"]):
    from apptrack_pipeline.ingestion.mail.authentication import sender_trust
    from apptrack_pipeline.ingestion.mail.reading import read_message

_SLOW_S = 2.0
"""Instrumented code runs about ten times slower than the reader does."""

_HEAD = b"From: Acme <a@b.example>\nTo: c@d.example\nSubject: =?utf-8?Q?a=C3=A9?= =?gb2312?B?w+bK1A==?=\n"
_SEEDS = [
    _HEAD + b"Date: Mon, 2 Mar 2026 10:00:00 +0100\nMessage-ID: <1@b>\nReferences: <2@b>\n\nHello https://b.example/?u=x\n",
    _HEAD + b"Authentication-Results: mx; dkim=pass (x) header.d=b.example; dmarc=pass header.from=b.example\n\nx\n",
    _HEAD + b"Content-Type: text/html; charset=latin1\nContent-Transfer-Encoding: quoted-printable\n\n"
    b"<div style=3D'display:none'>x</div><p>a<b>b</b><a href=3D'https://b.example/?url=3Dhttps%3A%2F%2Fc.example'>c</a>"
    b"<table><tr><td>d<td>e</table><blockquote type=3Dcite>f</blockquote>&eacute;&#1;<!-- x --><style>y</style>\n",
    _HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/alternative; boundary=c\n\n"
    b"--c\n\nplain\n--c\nContent-Type: text/html\n\n<p>rich\n--c--\n--b\nContent-Type: text/calendar; method=REQUEST\n\n"
    b"BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nTZID:x\nBEGIN:STANDARD\nDTSTART:16010101T000000\nTZOFFSETFROM:+0100\n"
    b"TZOFFSETTO:+0200\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\nEND:STANDARD\nEND:VTIMEZONE\nBEGIN:VEVENT\nUID:1\n"
    b"DTSTART;TZID=x:20260310T100000\nDURATION:PT1H\nORGANIZER;CN=a:mailto:a@b\nSEQUENCE:1\nEND:VEVENT\nEND:VCALENDAR\n"
    b"--b\nContent-Type: message/rfc822\n\nSubject: inner\n\nx\n--b--\n",
    _HEAD + b"Content-Disposition: attachment; filename*0*=utf-8''a%20; filename*1=b\nContent-Transfer-Encoding: base64\n\neA==\n",
    _HEAD + b"\nNew.\n\nOn Mon, 2 Mar 2026 at 10:00 a <a@b.example> wrote:\n> old\n\n-----Original Message-----\nFrom: a\nSent: b\n"
    b"To: c\nSubject: d\n\nolder\n",
    b"Subject: Fwd: x\n\n---------- Forwarded message ---------\nFrom: a <a@b>\nDate: x\nSubject: y\nTo: z\n\nBegin forwarded message:\n\n> From: q\n",
    b"Content-Type: text/plain; charset=utf-7\n\n+2AA-+AEk-\n",
]  # fmt: skip


def _strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    return [text for item in value for text in _strings(item)] if isinstance(value, list | tuple) else []


def check(raw: bytes) -> None:
    """Read the mail; raises if anything is wrong with what comes out."""
    begun = time.process_time()
    message = read_message(raw)
    taken = time.process_time() - begun
    assert taken < _SLOW_S, f"took {taken:.1f} s for {len(raw)} bytes"
    sender_trust(message, {"mx", ""})
    fields = dataclasses.asdict(message)
    json.dumps(fields, default=str)
    for text in _strings(fields):
        assert "\0" not in text, "NUL"
        text.encode("utf-8")


def main() -> None:
    """Fuzz for the given time."""
    parser = argparse.ArgumentParser(prog="python -m bench.fuzz_mail", description=__doc__)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--max-bytes", type=int, default=4096)
    options = parser.parse_args()
    warnings.simplefilter("error")

    def one(raw: bytes) -> None:
        try:
            check(raw)
        except BaseException:
            sys.stderr.write(f"{base64.b64encode(raw).decode()}\n")
            traceback.print_exc()
            raise

    with tempfile.TemporaryDirectory() as folder:
        for number, seed in enumerate(_SEEDS):
            (Path(folder) / str(number)).write_bytes(seed)
        atheris.Setup(
            [
                sys.argv[0],
                folder,
                f"-max_total_time={options.seconds}",
                f"-max_len={options.max_bytes}",
                f"-artifact_prefix={folder}/",
                "-timeout=60",
                "-len_control=0",
            ],
            one,
        )
        atheris.Fuzz()


if __name__ == "__main__":
    main()
