"""The README's commands, run as they stand there."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from imap_servers import PymapServer

from apptrack_pipeline.db.embedded import EmbeddedPostgres
from apptrack_pipeline.service.up import running_instance
from apptrack_pipeline.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = [
    line.partition("  #")[0].strip()
    for block in re.findall(r"```bash\n(.*?)```", README, re.DOTALL)
    for line in block.replace("\\\n", "").splitlines()
]
BIN = Path(sys.executable).parent

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]


@pytest.fixture
def home() -> Iterator[Path]:
    home = Path(tempfile.mkdtemp(prefix="at-readme-"))
    yield home
    EmbeddedPostgres(home).stop()
    shutil.rmtree(home)


def environment(home: Path) -> dict[str, str]:
    ours = {"APPTRACK_HOME": str(home), "APPTRACK_API_PORT": "0", "APPTRACK_UI_PORT": "0"}
    return {**os.environ, **ours, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}


def shell(command: str, home: Path, cwd: Path = ROOT) -> str:
    """Run a command of the README with the programs of this environment, and return what it prints."""
    done = subprocess.run(
        ["bash", "-c", command.replace(".venv/bin/", "")],
        check=False,
        capture_output=True,
        text=True,
        env=environment(home),
        cwd=cwd,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def command(*words: str) -> str:
    """Return the one command of the README that holds these words."""
    (found,) = [line for line in COMMANDS if all(word in line for word in words)]
    return found


def test_the_quick_start_is_the_two_commands_of_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for name in ("demo", "test"):
        assert f"make {name}" in COMMANDS
        assert re.search(rf"^{name}:", makefile, re.MULTILINE)


def test_a_resume_is_added_and_a_capture_sent_as_the_readme_says(home: Path, tmp_path: Path) -> None:
    settings = Settings(home=home, api_port=0, database_url=None, dagster_database_url=None)
    with running_instance(settings, with_ui=False) as instance:
        (tmp_path / "resume.md").write_text("# Robin Example\n\nPython, SQL and PostgreSQL for six years.\n")
        said = shell(command("resume add"), home, tmp_path)
        assert "resume.md is in use" in said

        curl = command("curl").replace("~/.local/share/apptrack", str(home))
        answer = json.loads(shell(curl.replace("http://127.0.0.1:8350", instance.api_url), home))
        assert answer["duplicate"] is False
        again = json.loads(shell(curl.replace("http://127.0.0.1:8350", instance.api_url), home))
        assert again["duplicate"] is True
        assert again["application_id"] == answer["application_id"]

        assert "PostgreSQL" in shell(command("apptrack doctor"), home)


MAIL = (
    b"Message-ID: <1@quillmark.example>\nDate: Mon, 02 Nov 2026 10:00:00 +0000\n"
    b"From: Quillmark <no-reply@quillmark.example>\nTo: sam@example.org\n"
    b"Subject: Thank you for applying to Quillmark\n\n"
    b"We have received your application for the position of Data Engineer and will review it.\n"
)


def test_mail_is_read_as_the_readme_says(home: Path, tmp_path: Path) -> None:
    (tmp_path / "letter.eml").write_bytes(MAIL)
    (tmp_path / "Takeout.mbox").write_bytes(b"From 1@xxx Mon Nov 02 10:00:00 +0000 2026\n" + MAIL + b"\n")
    (tmp_path / "mails").mkdir()
    (tmp_path / "mails" / "1.eml").write_bytes(MAIL)
    (tmp_path / "mails" / "MANIFEST.tsv").write_text(
        "file\tlabel\tcompany\ttitle\n1.eml\tconfirmation\tQuillmark\tData Engineer\n"
    )
    said = json.loads(shell(command("inspect mail"), home, tmp_path))
    assert said["category"] == "confirmation"
    assert "Quillmark" in str(said["company"])
    assert "accuracy" in shell(command("evaluate mail"), home, tmp_path)

    settings = Settings(home=home, api_port=0, database_url=None, dagster_database_url=None)
    with running_instance(settings, with_ui=False):
        assert "1 messages, 1 of them job mail" in shell(command("import mail"), home, tmp_path)
        assert "up to date" in shell(command("mail status"), home, tmp_path)

    accounts = json.loads(command("export", "APPTRACK_MAIL_ACCOUNTS").partition("=")[2].strip("'"))
    (account,) = Settings(home=home, mail_accounts=accounts).mail_accounts
    assert account.name in command("mail check")
    with PymapServer() as server:
        server.append(MAIL)
        mine = {"name": "home", "address": server.user, "host": "127.0.0.1", "port": server.port}
        mine |= {"security": "none", "password": server.password}
        setting = f"APPTRACK_MAIL_ACCOUNTS='{json.dumps([mine])}'"
        assert "home answers: 1 messages" in shell(f"{setting} {command('mail check')}", home, tmp_path)


def test_links_are_reviewed_replayed_and_measured_as_the_readme_says(home: Path, tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "applications.jsonl").write_text(
        '{"id": "a1", "company": "Quillmark", "title": "Data Engineer", "applied_on": "2026-11-02"}\n'
    )
    mail = {"message_id": "<1@quillmark.example>", "thread_id": "t1", "date": "2026-11-02T10:00:00+00:00"}
    mail |= {
        "from": "Quillmark <no-reply@quillmark.example>",
        "subject": "Thank you for applying to Quillmark",
    }
    mail |= {"body": "We have received your application for the position of Data Engineer.\n"}
    mail |= {"truth_application": "a1", "truth_category": "confirmation"}
    (tmp_path / "corpus" / "mails.jsonl").write_text(json.dumps(mail) + "\n")
    assert re.search(r"right +1 of 1", shell(command("evaluate correlation"), home, tmp_path))
    (tmp_path / "pairs.csv").write_text(
        "email_side,app_side,label\nQuillmark Talent Team,Quillmark GmbH,1\nQuillmark,Fernhollow,0\n"
    )
    assert "precision 1.000" in shell(command("evaluate companies"), home, tmp_path)
    assert "othing" in shell(command("review --list"), home)
    assert ".venv/bin/apptrack review" in COMMANDS
    assert "othing" in shell("apptrack review < /dev/null", home)
    assert shell(command("apptrack replay"), home)


def test_postings_are_inspected_kept_and_measured_as_the_readme_says(home: Path, tmp_path: Path) -> None:
    posting = {"@type": "JobPosting", "title": "Data Engineer", "hiringOrganization": {"name": "Quillmark"}}
    posting["description"] = "You keep the timetables of forty ferries right, at any weather. " * 8
    page = f'<script type="application/ld+json">{json.dumps(posting)}</script><h1>Data Engineer</h1>'
    (tmp_path / "page.html").write_text(page)
    said = json.loads(shell(command("inspect posting"), home, tmp_path))
    assert said["title"] == {"value": "Data Engineer", "source": "json-ld", "confidence": 0.95}

    assert "labelled in" in shell(command("posting capture"), home, tmp_path)
    (tmp_path / "posting-samples").rename(tmp_path / "samples")
    assert "1 of 1" in shell(command("evaluate postings"), home, tmp_path)
    (tmp_path / "urls.tsv").write_text(
        "platform\turl\nlever\thttps://jobs.lever.co/quillmark/5b1f0c3e-7a52-4d0e-9c41-2f6f3f6b8d17\n"
    )
    assert "1 of 1 addresses recognised" in shell(command("evaluate urls"), home, tmp_path)


def test_dagster_dev_works_too(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    export, dev = command("eval ", "apptrack env"), command("dagster dev")
    server = subprocess.Popen(
        ["bash", "-c", f"{export} && exec {dev} -p {port}".replace(".venv/bin/", "")],
        env=environment(home),
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        query = urllib.request.Request(
            f"http://127.0.0.1:{port}/graphql",
            data=b'{"query": "{ assetNodes { assetKey { path } } }"}',
            headers={"content-type": "application/json"},
        )
        deadline = time.monotonic() + 120
        assets: set[str] = set()
        while "tracker_csv" not in assets:
            assert time.monotonic() < deadline, "dagster dev shows no assets"
            assert server.poll() is None
            time.sleep(0.5)
            try:
                with urllib.request.urlopen(query, timeout=10) as answer:
                    nodes = json.load(answer)["data"]["assetNodes"]
            except OSError:
                continue
            assets = {node["assetKey"]["path"][0] for node in nodes}
        assert {"applications", "job_postings", "analysis_results", "tracker_rows"} <= assets
    finally:
        os.killpg(server.pid, signal.SIGINT)
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()
    assert "stopped" in shell(".venv/bin/apptrack stop", home)


def test_every_command_of_the_tool_has_its_manual(home: Path) -> None:
    listed = shell("apptrack --help", home)
    for name in (
        "up",
        "demo",
        "doctor",
        "env",
        "migrate",
        "stop",
        "resume",
        "mail",
        "import",
        "inspect",
        "posting",
        "evaluate",
        "review",
        "replay",
    ):
        assert name in listed
        assert "Usage" in shell(f"apptrack {name} --help", home)
