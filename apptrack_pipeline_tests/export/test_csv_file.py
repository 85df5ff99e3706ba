"""The CSV file: what went in comes out, the same rows give the same bytes, and nobody reads half a file."""

from __future__ import annotations

import csv
import hashlib
import io
import os
import stat
import subprocess
import sys
import tempfile
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from apptrack_pipeline.export.csv_file import write_csv
from apptrack_pipeline.export.rows import HEADINGS, NAMES, unescape_cell

HEADER = (
    b"Application ID,Company Name,Job Title,Status,Application Date,Source,Job Location,Job URL,"
    b"Employment Type,Salary Range,Analysis Match Score,Qualifications Met,Qualifications Missing,"
    b"Skills Suggestions,Last Event Type,Last Event Date,Notes\r\n"
)


def row(number: int = 0, **values: str) -> list[str]:
    defaults = {"application_id": str(uuid.UUID(int=number)), "status": "saved", "source": "api"}
    return [(defaults | values).get(name, "") for name in NAMES]


def read(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "exports" / "applications.csv"


def test_the_first_line_is_the_17_headings_and_nothing_before_them(path: Path) -> None:
    write_csv(path, [])
    assert path.read_bytes() == HEADER


def test_there_is_a_line_per_row_in_the_order_of_the_rows(path: Path) -> None:
    write_csv(path, [row(2), row(1)])
    assert [line[0] for line in read(path)[1:]] == [str(uuid.UUID(int=2)), str(uuid.UUID(int=1))]


def test_the_file_is_utf_8(path: Path) -> None:
    write_csv(path, [row(company_name="Čapek & Søn – 株式会社 🐙")])
    assert "Čapek & Søn – 株式会社 🐙".encode() in path.read_bytes()


TEXTS = st.text() | st.lists(
    st.sampled_from(["'", "=", "\n", "\r", "\t", ",", '"', "\0", "a"]), max_size=5
).map("".join)


@given(st.lists(st.tuples(TEXTS, TEXTS, TEXTS), max_size=5))
@hypothesis_settings(deadline=None)
def test_every_text_comes_back_as_it_was(texts: list[tuple[str, str, str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tracker.csv"
        write_csv(path, [row(n, company_name=a, job_url=b, notes=c) for n, (a, b, c) in enumerate(texts)])
        heading, *lines = read(path)
    assert tuple(heading) == HEADINGS
    assert {len(line) for line in lines} <= {17}
    found = [(line[1], line[7], line[16]) for line in lines]
    assert [tuple(map(unescape_cell, line)) for line in found] == texts


def test_the_same_rows_give_the_same_bytes(path: Path) -> None:
    rows = [row(n, notes=f"line one\nline {n}") for n in range(100)]
    first = write_csv(path, rows)
    bytes_before = path.read_bytes()
    second = write_csv(path, iter(rows))
    assert path.read_bytes() == bytes_before
    assert first == second


def test_what_was_written_is_told_with_rows_size_and_hash(path: Path) -> None:
    written = write_csv(path, [row(1, notes="näher"), row(2)])
    data = path.read_bytes()
    assert (written.path, written.rows, written.size) == (path, 2, len(data))
    assert written.content_hash == hashlib.sha256(data).digest()


def test_another_cell_is_another_hash(path: Path) -> None:
    assert write_csv(path, [row(notes="a")]).content_hash != write_csv(path, [row(notes="b")]).content_hash


def test_only_the_owner_may_read_the_file(path: Path) -> None:
    write_csv(path, [row()])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_an_old_file_that_others_could_read_becomes_the_owners_alone(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"old")
    path.chmod(0o644)
    write_csv(path, [row()])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_rows_are_taken_one_by_one(path: Path) -> None:
    def endless() -> Iterator[list[str]]:
        for n in range(1_000_000):
            if n == 500:
                raise TimeoutError("enough")
            yield row(n)

    with pytest.raises(TimeoutError):
        write_csv(path, endless())


# --- the old file or the new one ---------------------------------------------------------------------------


def failing() -> Iterator[list[str]]:
    yield row(1)
    raise ConnectionError("the database went away")


def test_a_writer_that_fails_in_the_middle_leaves_the_old_file(path: Path) -> None:
    write_csv(path, [row(7)])
    before = path.read_bytes()
    with pytest.raises(ConnectionError):
        write_csv(path, failing())
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_first_writer_that_fails_leaves_no_file(path: Path) -> None:
    with pytest.raises(ConnectionError):
        write_csv(path, failing())
    assert list(path.parent.iterdir()) == []


def test_while_a_file_is_written_the_old_one_is_read(path: Path) -> None:
    write_csv(path, [row(7)])
    before = path.read_bytes()
    seen = []

    def looking() -> Iterator[list[str]]:
        for n in range(3):
            seen.append(path.read_bytes())
            yield row(n)

    write_csv(path, looking())
    assert seen == [before] * 3
    assert len(read(path)) == 4


def test_a_reader_never_sees_half_a_file(path: Path) -> None:
    sizes = [1, 700, 40]
    write_csv(path, [row(n) for n in range(sizes[0])])
    stop, seen = threading.Event(), set()

    def read_all_the_time() -> None:
        while not stop.is_set():
            data = path.read_bytes()
            seen.add(len(list(csv.reader(io.StringIO(data.decode(), newline="")))) - 1)
            assert data.endswith(b"\r\n")

    reader = threading.Thread(target=read_all_the_time)
    reader.start()
    try:
        for turn in range(60):
            write_csv(path, [row(n) for n in range(sizes[turn % 3])])
    finally:
        stop.set()
        reader.join()
    assert seen <= set(sizes)


_KILLED = """
import sys, time
from pathlib import Path
from apptrack_pipeline.export.csv_file import write_csv
from apptrack_pipeline.export.rows import NAMES

def rows():
    for n in range(50_000):
        yield [str(n)] * 17
    print("in the middle", flush=True)
    time.sleep(60)
    yield from ()

write_csv(Path(sys.argv[1]), rows())
"""


def test_a_writer_that_is_killed_leaves_the_old_file(path: Path) -> None:
    write_csv(path, [row(7)])
    before = path.read_bytes()
    writer = subprocess.Popen([sys.executable, "-c", _KILLED, str(path)], stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    assert writer.stdout.readline() == "in the middle\n"
    writer.kill()
    writer.wait()
    writer.stdout.close()
    assert path.read_bytes() == before
    write_csv(path, [row(8)])
    assert read(path)[1][0] == str(uuid.UUID(int=8))


def test_what_a_killed_writer_left_lying_is_cleared_by_the_next(path: Path) -> None:
    path.parent.mkdir()
    # A process number that no process of ours has.
    left = path.with_name(f".{path.name}.{2**22 + 1}.partial")
    left.write_bytes(b"half")
    write_csv(path, [row()])
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_two_processes_that_write_at_once_do_not_mix(path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from apptrack_pipeline.export.csv_file import write_csv\n"
        "for _ in range(20): write_csv(Path(sys.argv[1]), [[sys.argv[2]] * 17] * 2_000)"
    )
    writers = [subprocess.Popen([sys.executable, "-c", program, str(path), name]) for name in "ab"]
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0]
    lines = read(path)[1:]
    assert len(lines) == 2_000
    assert len({line[0] for line in lines}) == 1
    assert os.listdir(path.parent) == [path.name]  # noqa: PTH208
