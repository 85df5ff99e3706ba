"""The commands that read and measure postings print figures that can be wrong, and clear errors."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from apptrack_pipeline.cli import app

ADDRESS = "https://boards.greenhouse.io/fernwick/jobs/4100200300"
ANSWER = {
    "id": 4100200300,
    "title": "Data Engineer",
    "company_name": "Fernwick",
    "location": {"name": "Leeds, UK"},
    "content": "&lt;p&gt;"
    + "You will build pipelines that carry the mail of a whole county. " * 8
    + "&lt;/p&gt;",
    "absolute_url": ADDRESS,
    "first_published": "2026-10-01T09:00:00Z",
}
PAGE = """<html><head><title>Baker</title></head><body><h1>Baker</h1>
<p>This job is no longer accepting applications.</p></body></html>"""
COLUMNS = "file\tplatform\tkind\tsource\tlicence\ttitle\tcompany\tlocation\tclass\tstate\tnote\n"


@pytest.fixture
def samples(tmp_path: Path) -> Path:
    (tmp_path / "one.json").write_text(json.dumps(ANSWER), encoding="utf-8")
    (tmp_path / "two.html").write_text(PAGE, encoding="utf-8")
    (tmp_path / "MANIFEST.tsv").write_text(
        COLUMNS
        + "one.json\tgreenhouse\tjson\tus\tMIT\tData Engineer\tFernwick\tLeeds, UK\tS\topen\t\n"
        + "two.html\tgeneric_jsonld\thtml\tus\tMIT\tCandlestick maker\t\t\tS\topen\t\n",
        encoding="utf-8",
    )
    return tmp_path


def test_what_is_right_and_what_is_wrong_is_counted_by_field_and_platform(samples: Path) -> None:
    done = CliRunner().invoke(app, ["evaluate", "postings", str(samples), "--json"])

    assert done.exit_code == 0, done.output
    figures = json.loads(done.stdout)
    assert figures["fields"]["title"] == {"right": 1, "total": 2}
    assert figures["fields"]["company"] == {"right": 1, "total": 1}
    assert figures["fields"]["location"] == {"right": 1, "total": 1}
    assert figures["by_platform"]["greenhouse"]["title"] == {"right": 1, "total": 1}
    assert figures["by_platform"]["generic_jsonld"]["title"] == {"right": 0, "total": 1}
    assert (figures["wrong_closed"], figures["crashes"]) == (1, 0)


def test_the_figures_are_shown_as_a_table_and_each_miss_on_request(samples: Path) -> None:
    done = CliRunner().invoke(app, ["evaluate", "postings", str(samples), "--misses"])

    assert done.exit_code == 0, done.output
    assert "open ones said to be closed: 1; crashes: 0" in done.stdout
    assert "wanted 'Candlestick maker'" in done.stdout


@pytest.mark.parametrize("name", ["/etc/hostname", "../other/page.html", "pages/../../page.html"])
def test_a_manifest_cannot_name_what_is_outside_of_its_folder(samples: Path, name: str) -> None:
    manifest = samples / "MANIFEST.tsv"
    header = manifest.read_text().partition("\n")[0]
    manifest.write_text(f"{header}\n{name}" + "\t" * header.count("\t") + "\n")
    done = CliRunner().invoke(app, ["evaluate", "postings", str(samples)])

    assert done.exit_code == 1
    assert f"{name}, which is outside of its folder" in str(done.exception)


def test_a_folder_without_a_manifest_is_refused_in_a_sentence(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["evaluate", "postings", str(tmp_path)])

    assert done.exit_code == 1
    assert "MANIFEST.tsv is missing" in str(done.exception)


@pytest.mark.parametrize("packed", [False, True])
def test_addresses_are_counted_by_platform_and_other_is_left_out(tmp_path: Path, packed: bool) -> None:
    rows = [
        "platform\turl\ttitle",
        f"greenhouse\t{ADDRESS}\tx",
        "greenhouse_custom\thttps://careers.fernwick.example/jobs?gh_jid=4100200301\tx",
        "lever\thttps://example.org/nothing\tx",
        "other\thttps://example.org/else\tx",
    ]
    raw = "\n".join(rows).encode()
    file = tmp_path / "urls.tsv"
    file.write_bytes(gzip.compress(raw) if packed else raw)

    done = CliRunner().invoke(app, ["evaluate", "urls", str(file), "--json"])

    assert done.exit_code == 0, done.output
    figures = json.loads(done.stdout)
    assert (figures["total"], figures["detected"], figures["distinct_ids"]) == (3, 2, 2)
    assert figures["by_platform"]["lever"] == {"total": 1, "platform": 0, "detected": 0}
    assert figures["misses"][0]["url"] == "https://example.org/nothing"


def test_a_saved_answer_is_shown_field_by_field_with_source_and_confidence(samples: Path) -> None:
    done = CliRunner().invoke(
        app, ["inspect", "posting", "--url", ADDRESS + "?gh_src=x", str(samples / "one.json")]
    )

    assert done.exit_code == 0, done.output
    shown = json.loads(done.stdout)
    assert (shown["platform"], shown["organisation"], shown["posting_id"]) == (
        "greenhouse",
        "fernwick",
        "4100200300",
    )
    assert shown["canonical_url"] == ADDRESS
    assert shown["title"] == {"value": "Data Engineer", "source": "api", "confidence": 0.98}
    assert shown["locations"]["value"] == ["Leeds, UK"]
    assert shown["posted_at"]["value"] == "2026-10-01"
    assert shown["completeness"] == "full"
    assert shown["state"] == "open"
    assert shown["salary_min"] is None


@pytest.mark.parametrize(
    "content", [b"%PDF-1.7 x", b"PK\x03\x04\x00\x00\x00", "<h1>Cook</h1>".encode("utf-16")]
)
def test_a_file_that_is_no_text_is_refused_and_utf_16_is_text(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "page.html"
    file.write_bytes(content)

    done = CliRunner().invoke(app, ["inspect", "posting", "--url", "https://fernwick.example/1", str(file)])

    if content.startswith((b"%PDF", b"PK")):
        assert "is no text" in str(done.exception)
    else:
        assert json.loads(done.stdout)["title"]["value"] == "Cook"


def test_a_page_with_a_stray_nul_is_a_page(tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_bytes(b"<html><h1>Cook</h1><p>\0" + b"You cook for forty ferries a day, at any weather. " * 20)

    done = CliRunner().invoke(app, ["inspect", "posting", "--url", "https://fernwick.example/1", str(file)])

    assert json.loads(done.stdout)["title"]["value"] == "Cook"
