"""How the fetcher behaves towards a site: who it says it is, robots.txt, turns, and what it does not keep."""

from __future__ import annotations

import datetime as dt
import gzip
import itertools
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import format_datetime

import pytest
from web_servers import NOW, Site, answer, api, endlessly, page, redirect, slowly

from apptrack_pipeline.scraping.fetching import (
    Conditions,
    DisallowedError,
    FetchFailedError,
    RefusedAddressError,
    RobotsFile,
)
from apptrack_pipeline.scraping.turns import TurnsInProcess


class WrittenTurns:
    """Turns that take no time and are written down."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, float]] = []
        self.holding: list[str] = []
        self.most_held = 0

    @contextmanager
    def turn(self, host: str, *, spacing_s: float = 1.0) -> Iterator[None]:
        self.taken.append((host, spacing_s))
        self.holding.append(host)
        self.most_held = max(self.most_held, len(self.holding))
        try:
            yield
        finally:
            self.holding.remove(host)


def robots(text: str) -> bytes:
    return answer(text.encode(), kind="text/plain")


def test_the_user_agent_is_honest_and_nothing_personal_is_sent(internet) -> None:
    site = internet.site("jobs.example", {"/1": answer()})
    internet.fetcher().fetch(api("https://jobs.example/1", accept="text/html"))
    assert site.seen[0].method == "GET"
    headers = site.seen[0].headers
    assert headers.pop("user-agent").startswith("apptrack_pipeline/")
    assert headers == {"host": "jobs.example", "accept": "text/html", "accept-encoding": "gzip, deflate"}


def test_cookies_are_neither_kept_nor_sent_nor_shown(internet) -> None:
    routes = {
        "/1": answer(b"", status=302, Location="/2", Set_Cookie="session=secret; Path=/"),
        "/2": answer(b"", status=302, Location="https://b.example/3", Set_Cookie="more=secret; Path=/"),
    }
    first = internet.site("a.example", routes)
    second = internet.site("b.example", {"/3": answer(Set_Cookie="x=secret")})
    fetcher = internet.fetcher()
    fetched = [fetcher.fetch(api("https://a.example/1")) for _ in range(2)]
    assert [one.headers for one in fetched] == [{"content-type": "text/html"}] * 2
    assert all("cookie" not in one.headers for one in first.seen + second.seen)


def test_a_netrc_of_the_environment_is_not_used(internet, monkeypatch, tmp_path) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login me password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    site = internet.site("jobs.example", {"/1": answer()})
    internet.fetcher().fetch(api("https://jobs.example/1"))
    assert "authorization" not in site.seen[0].headers


@pytest.mark.parametrize("status", [404, 410, 401, 403, 429, 500, 503, 999])
def test_an_error_status_is_an_answer(internet, status) -> None:
    internet.site(
        "jobs.example", {"/1": answer(b'{"errorCode":"S22"}', status=status, kind="application/json")}
    )
    fetched = internet.fetcher().fetch(api("https://jobs.example/1"))
    assert (fetched.status, fetched.body) == (status, b'{"errorCode":"S22"}')


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        ("0", 0.0),
        ("999999999", 86_400.0),
        (format_datetime(NOW + dt.timedelta(seconds=90), usegmt=True), 90.0),
        (format_datetime(NOW - dt.timedelta(days=1), usegmt=True), 0.0),
        (format_datetime(NOW + dt.timedelta(days=9), usegmt=True), 86_400.0),
        ("soon", None),
        ("-5", None),
    ],
)
def test_the_wish_to_be_left_alone_is_handed_on_in_seconds(internet, value, seconds) -> None:
    internet.site("jobs.example", {"/1": answer(status=429, Retry_After=value)})
    assert internet.fetcher().fetch(api("https://jobs.example/1")).retry_after_s == seconds


def test_an_unchanged_posting_is_an_answer_without_a_body(internet) -> None:
    unchanged = b'HTTP/1.1 304 Not Modified\r\nETag: "v7"\r\n\r\n'
    site = internet.site("jobs.example", {"/1": unchanged})
    conditions = Conditions('"v7"', "Tue, 24 Nov 2026 10:00:00 GMT")
    fetched = internet.fetcher().fetch(api("https://jobs.example/1"), conditions=conditions)
    assert (fetched.status, fetched.body, fetched.headers["etag"]) == (304, b"", '"v7"')
    assert site.seen[0].headers["if-none-match"] == '"v7"'
    assert site.seen[0].headers["if-modified-since"] == "Tue, 24 Nov 2026 10:00:00 GMT"


def test_conditions_are_those_of_the_address_and_not_of_where_it_leads(internet) -> None:
    site = internet.site("jobs.example", {"/1": redirect("/board"), "/board": answer()})
    conditions = Conditions('"v7"', "Tue, 24 Nov 2026 10:00:00 GMT")
    internet.fetcher().fetch(page("https://jobs.example/1"), conditions=conditions)
    assert [(one.path, "if-none-match" in one.headers) for one in site.seen] == [
        ("/robots.txt", False),
        ("/1", True),
        ("/board", False),
    ]
    assert "if-modified-since" not in site.seen[2].headers


def test_a_condition_cannot_smuggle_a_header(internet) -> None:
    site = internet.site("jobs.example", {"/1": answer()})
    internet.fetcher().fetch(api("https://jobs.example/1"), conditions=Conditions('"v"\r\nX-Evil: 1', ""))
    assert not {"x-evil", "if-none-match", "if-modified-since"} & site.seen[0].headers.keys()


# robots.txt


def test_a_page_that_robots_forbid_is_not_fetched_and_the_person_is_told_what_to_do(internet) -> None:
    site = internet.site(
        "jobs.example", {"/robots.txt": robots("User-agent: *\nDisallow: /jobs"), "/1": answer()}
    )
    fetcher = internet.fetcher()
    with pytest.raises(
        DisallowedError, match=r"^jobs\.example: its robots\.txt forbids .* capture it in the browser"
    ):
        fetcher.fetch(page("https://jobs.example/jobs/1?token=secret"))
    assert fetcher.fetch(page("https://jobs.example/1")).status == 200
    assert site.paths() == ["/robots.txt", "/1"]


def test_an_api_is_not_subject_to_robots(internet) -> None:
    routes = {
        "/robots.txt": robots("User-agent: *\nDisallow: /"),
        "/api/1": answer(b"{}", kind="application/json"),
    }
    site = internet.site("jobs.example", routes)
    assert internet.fetcher().fetch(api("https://jobs.example/api/1")).status == 200
    assert site.paths() == ["/api/1"]


def test_robots_are_asked_for_once_a_day_for_each_origin(internet) -> None:
    site = internet.site(
        "jobs.example", {"/robots.txt": robots("User-agent: *\nDisallow: /no"), "/1": answer()}
    )
    now = [NOW]
    fetcher = internet.fetcher(now=lambda: now[0])
    for hours in (0, 1, 23):
        now[0] = NOW + dt.timedelta(hours=hours)
        fetcher.fetch(page("https://jobs.example/1"))
    assert site.paths().count("/robots.txt") == 1
    now[0] = NOW + dt.timedelta(hours=24)
    fetcher.fetch(page("https://jobs.example/1"))
    assert site.paths().count("/robots.txt") == 2
    assert internet.robots.load("https://jobs.example").fetched_at == now[0]


def test_what_is_kept_of_robots_counts_for_another_process(internet) -> None:
    site = internet.site("jobs.example", {"/1": answer()})
    internet.robots.save("https://jobs.example", RobotsFile(200, "User-agent: *\nDisallow: /", NOW))
    with pytest.raises(DisallowedError):
        internet.fetcher().fetch(page("https://jobs.example/1"))
    assert site.connections == 0


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_a_site_without_robots_allows_everything(internet, status) -> None:
    internet.site(
        "jobs.example", {"/robots.txt": answer(b"User-agent: *\nDisallow: /", status=status), "/1": answer()}
    )
    assert internet.fetcher().fetch(page("https://jobs.example/1")).status == 200


BROKEN = {
    "busy": answer(b"", status=503),
    "too many requests": answer(b"", status=429),
    "error": answer(b"", status=500),
    "cut off": b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nUser-agent: *",
    "no http": b"220 mail.example ESMTP\r\n\r\n",
    "broken gzip": answer(b"\x1f\x8b\x08nonsense-nonsense", Content_Encoding="gzip"),
    "brotli": answer(b"?", Content_Encoding="br"),
    "circle": redirect("/robots.txt"),
    "too slow": slowly(b"HTTP/1.1 200 OK\r\n\r\n", [b"User-agent: x\n"] * 9, 0.2),
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_site_whose_robots_cannot_be_read_is_left_alone_for_now(internet, how) -> None:
    site = internet.site("jobs.example", {"/robots.txt": BROKEN[how], "/1": answer()})
    fetcher = internet.fetcher(seconds=0.5 if how == "too slow" else 10)
    for _ in range(2):
        with pytest.raises(FetchFailedError):
            fetcher.fetch(page("https://jobs.example/1"))
    assert "/1" not in site.paths()
    # Asked once (the circle six times), and again only when the queue tries again.
    assert len(site.seen) == (6 if how == "circle" else 1)
    later = internet.fetcher(now=lambda: NOW + dt.timedelta(minutes=1))
    site.routes["/robots.txt"] = robots("User-agent: *\nDisallow:")
    assert later.fetch(page("https://jobs.example/1")).status == 200


def test_robots_of_any_type_compressed_redirected_or_with_a_mark_are_read(internet) -> None:
    text = "\ufeffUser-agent: *\r\nDisallow: /jobs\r\n"
    packed = answer(gzip.compress(text.encode()), kind="application/octet-stream", Content_Encoding="gzip")
    internet.site("jobs.example", {"/robots.txt": redirect("https://www.jobs.example/r"), "/1": answer()})
    internet.site("www.jobs.example", {"/r": packed})
    fetcher = internet.fetcher()
    with pytest.raises(DisallowedError):
        fetcher.fetch(page("https://jobs.example/jobs/1"))
    assert fetcher.fetch(page("https://jobs.example/1")).status == 200


def test_robots_that_lead_inside_are_refused(internet) -> None:
    site = internet.site("jobs.example", {"/robots.txt": redirect("https://127.0.0.1/"), "/1": answer()})
    with pytest.raises(RefusedAddressError):
        internet.fetcher().fetch(page("https://jobs.example/1"))
    assert site.paths() == ["/robots.txt"]


def test_of_endless_robots_the_beginning_counts(internet) -> None:
    start = b"HTTP/1.1 200 OK\r\n\r\nUser-agent: *\nDisallow: /jobs\n"
    internet.site(
        "jobs.example", {"/robots.txt": endlessly(start, b"# more and more\n" * 1000), "/1": answer()}
    )
    fetcher = internet.fetcher()
    with pytest.raises(DisallowedError):
        fetcher.fetch(page("https://jobs.example/jobs/1"))
    assert fetcher.fetch(page("https://jobs.example/1")).status == 200
    kept = internet.robots.load("https://jobs.example").text
    assert 499_000 < len(kept) <= 500 * 1024
    assert kept.endswith("# more and more\n")


def test_robots_are_asked_on_each_host_that_a_page_leads_to(internet) -> None:
    internet.site("a.example", {"/1": redirect("https://b.example/1")})
    second = internet.site("b.example", {"/robots.txt": robots("User-agent: *\nDisallow: /"), "/1": answer()})
    with pytest.raises(DisallowedError, match=r"^b\.example"):
        internet.fetcher().fetch(page("https://a.example/1"))
    assert second.paths() == ["/robots.txt"]


# Turns


@pytest.mark.parametrize(("delay", "spacing"), [("0.2", 1.0), ("5", 5.0), ("600", 10.0), ("nonsense", 1.0)])
def test_each_request_takes_its_turn_and_pages_keep_the_delay_that_robots_ask_for(
    internet, delay, spacing
) -> None:
    turns = WrittenTurns()
    internet.site("a.example", {"/1": redirect("https://b.example/2")})
    internet.site(
        "b.example", {"/robots.txt": robots(f"User-agent: *\nCrawl-delay: {delay}"), "/2": answer()}
    )
    internet.fetcher(turns=turns).fetch(page("https://a.example/1"))
    assert turns.taken == [("a.example", 1.0), ("a.example", 1.0), ("b.example", 1.0), ("b.example", spacing)]
    assert turns.most_held == 1  # who holds one turn and waits for another may wait for ever
    assert turns.holding == []


def test_a_turn_ends_when_the_fetch_fails(internet) -> None:
    turns = WrittenTurns()
    internet.site("a.example", {"/1": b""})
    for url in ("https://a.example/1", "https://nowhere.example/1", "https://127.0.0.1/"):
        with pytest.raises((FetchFailedError, RefusedAddressError)):
            internet.fetcher(turns=turns).fetch(api(url))
    assert turns.holding == []


def test_waiting_for_a_turn_does_not_count_as_the_servers_time(internet) -> None:
    internet.site("jobs.example", {"/1": redirect("/2"), "/2": answer()})
    turns = TurnsInProcess(sleep=lambda seconds: time.sleep(1.6))
    assert internet.fetcher(turns=turns, seconds=1.5).fetch(api("https://jobs.example/1")).status == 200


def test_requests_to_one_host_come_one_at_a_time_and_apart(internet) -> None:
    sites = [
        internet.site(host, {"/1": slowly(b"", [answer()], 0.05)}) for host in ("a.example", "b.example")
    ]
    turns = TurnsInProcess()

    class Soon:
        def turn(self, host: str, *, spacing_s: float = 1.0):
            return turns.turn(host, spacing_s=spacing_s / 10)

    fetcher = internet.fetcher(turns=Soon())
    urls = [f"https://{host}/1" for host in ("a.example", "b.example") for _ in range(4)]
    threads = [threading.Thread(target=fetcher.fetch, args=(api(url),)) for url in urls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for site in sites:
        assert gaps(site) == [True] * 3


def gaps(site: Site) -> list[bool]:
    """Return, for each pair of requests, whether the second came after the first's answer and a tenth of a
    second.
    """
    times = sorted(one.at for one in site.seen)
    return [later - earlier > 0.1 for earlier, later in itertools.pairwise(times)]


# What errors tell


def test_no_error_shows_a_query_a_password_or_what_a_server_sent(internet) -> None:
    secret = b"hunter2"
    internet.site("jobs.example", {
        "/robots.txt": robots("User-agent: *\nDisallow: /no"),
        "/a?hunter2": b"HTTP/1.1 200 OK\r\nhunter2\r\n\r\n",
        "/b?hunter2": answer(secret, kind="hunter2/hunter2"),
        "/c?hunter2": answer(secret, Content_Encoding="hunter2"),
        "/d?hunter2": answer(secret, Content_Encoding="gzip"),
        "/e?hunter2": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nhunter2\r\n",
        "/f?hunter2": redirect("https://me:hunter2@jobs.example/hunter2"),
        "/g?hunter2": b"hunter2",
        "/h?hunter2": redirect("hunter2://hunter2"),
    })  # fmt: skip
    urls = [f"https://jobs.example/{path}?hunter2" for path in ("no", *"abcdefgh")]
    urls += [
        "https://me:hunter2@jobs.example/",
        "https://nowhere.example/?hunter2",
        "https://127.0.0.1/?hunter2",
    ]
    for url in urls:
        with pytest.raises(Exception, match=" ") as failed:
            internet.fetcher().fetch(page(url))
        assert "hunter2" not in str(failed.value), url
        assert failed.value.__cause__ is None
