"""What the fetcher refuses to reach: inner addresses in any spelling, odd ports, redirects inward."""

from __future__ import annotations

import itertools
import socket
import ssl

import httpcore
import pytest
from web_servers import Internet, Site, answer, api, page, redirect

from apptrack_pipeline.scraping.fetching import FetchFailedError, RefusedAddressError, UnusableAnswerError
from apptrack_pipeline.scraping.network import NetworkFetcher
from apptrack_pipeline.scraping.turns import TurnsInProcess

# The fourteen of the research, then more.
TARGETS = [
    "http://127.0.0.1/",
    "http://localhost/",
    "http://0/",
    "http://2130706433/",
    "http://0x7f.1/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://169.254.169.254/latest/meta-data/",
    "http://10.1.2.3/",
    "http://100.64.0.1/",
    "http://[64:ff9b::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "https://127.0.0.1/",
    "http://93.184.216.34:22/",
    "http://127.1/",
    "http://127.255.255.254/",
    "http://017700000001/",
    "http://0x7f000001/",
    "http://0177.0.0.1/",
    "http://127.0.0.1./",
    "http://localhost./",
    "http://LOCALHOST/",
    "http://0.0.0.0/",
    "http://172.16.0.1/",
    "http://192.168.0.1/",
    "http://192.0.0.192/",
    "http://192.0.2.1/",
    "http://198.18.0.1/",
    "http://198.51.100.7/",
    "http://203.0.113.7/",
    "http://224.0.0.1/",
    "http://240.0.0.1/",
    "http://255.255.255.255/",
    "http://100.100.100.200/",
    "http://168.63.129.16/",
    "http://[::]/",
    "http://[::127.0.0.1]/",
    "http://[::ffff:0:127.0.0.1]/",
    "http://[64:ff9b:1::a00:1]/",
    "http://[2001:0:7f00:1::]/",
    "http://[2001:db8::1]/",
    "http://[3fff::1]/",
    "http://[5f00::1]/",
    "http://[fc00::1]/",
    "http://[fd00:ec2::254]/",
    "http://[fe80::1]/",
    "http://[fe80::1%25eth0]/",
    "http://[fe80::1%eth0]/",
    "http://[2606:2800:220:1::5%eth0]/",
    "http://[2606:2800:220:1:0:5efe:a00:1]/",
    "http://[fec0::1]/",
    "http://[ff02::1]/",
    "http://[100::1]/",
    "http://jobs.example:8080/",
    "http://jobs.example:443/",
    "https://jobs.example:80/",
    "https://jobs.example:25/",
    "https://jobs.example:0/",
    "https://me@jobs.example/",
    "https://me:secret@jobs.example/",
    "https://jobs.example\\@127.0.0.1/",
    "https://jobs.example#@127.0.0.1:22/@",
    "ftp://jobs.example/1",
    "file:///etc/passwd",
    "gopher://jobs.example/",
    "data:text/html,<p>Hello",
    "javascript:alert(1)",
    "//jobs.example/1",
    "jobs.example/1",
    "",
    "http://",
    "http:///etc/passwd",
    "http://.../",
    "http://jobs..example/",
    "http://jobs%2eexample/",
    "http://127.0.0.1%00.jobs.example/",
    "http://jobs .example/",
    "http://\uff11\uff12\uff17.0.0.1/",
    "http://jobs.example\r\nX: y/",
    "https://jobs.example/" + "a" * 8_000,
]


@pytest.fixture
def house(internet: Internet) -> Site:
    """A server inside, reachable under each inner address that a rule might let through."""
    internet.names["localhost"] = ["127.0.0.1", "::1"]
    return internet.site("inside.example", {"/": answer()}, tls=False, address="127.0.0.1")


@pytest.mark.parametrize("url", TARGETS)
@pytest.mark.parametrize("ask", [api, page])
def test_what_is_not_public_is_refused_before_a_byte_is_sent(internet, house, url, ask) -> None:
    internet.site("jobs.example", {})
    # A resolver as willing as the system's: it takes every spelling of an address.
    internet.resolve = lambda host, port: internet.names.get(host) or _by_inet_aton(host)  # type: ignore[method-assign,assignment]
    if "#@127.0.0.1" in url:  # what stands behind a `#` never leaves this machine
        assert internet.fetcher().fetch(api(url)).status == 404
        return
    with pytest.raises(RefusedAddressError):
        internet.fetcher().fetch(ask(url))
    assert internet.dialled == []


def _by_inet_aton(host: str) -> list[str]:
    try:
        return [socket.inet_ntoa(socket.inet_aton(host))]
    except OSError:
        return [host.partition("%")[0] if ":" in host else "93.184.216.34"]


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:{}/", "http://localhost:{}/", "http://[::ffff:127.0.0.1]:{}/"]
)
def test_a_server_on_this_machine_hears_nothing_of_the_fetcher_as_it_is_shipped(internet, url) -> None:
    site = internet.site("inside.example", {"/": answer()}, tls=False)
    fetcher = NetworkFetcher(TurnsInProcess(), internet.robots)
    with pytest.raises(RefusedAddressError):
        fetcher.fetch(api(url.format(site.port)))
    assert site.connections == 0


def test_the_fetcher_as_it_is_shipped_asks_the_system_for_names_and_refuses_localhost(internet) -> None:
    with pytest.raises(RefusedAddressError, match="this machine itself"):
        NetworkFetcher(TurnsInProcess(), internet.robots).fetch(page("http://localhost/"))


@pytest.mark.parametrize(
    "answers",
    [
        ["127.0.0.1"],
        ["93.184.216.1", "127.0.0.1"],
        ["93.184.216.1", "10.0.0.1"],
        ["93.184.216.1", "::1"],
        ["::ffff:93.184.216.1"],
        ["93.184.216.1", "fe80::1%2"],
        ["93.184.216.1", "169.254.169.254"],
        ["not an address"],
        ["93.184.216.1:22"],
    ],
)
def test_a_name_with_one_inner_address_among_public_ones_is_refused(internet, answers) -> None:
    internet.site("jobs.example", {"/1": answer()})
    internet.names["jobs.example"] = answers
    with pytest.raises(RefusedAddressError, match="not to the public internet"):
        internet.fetcher().fetch(api("https://jobs.example/1"))
    assert internet.dialled == []


def test_a_name_that_changes_its_address_after_the_check_is_asked_only_once(internet) -> None:
    site = internet.site("rebind.example", {"/1": answer(b"<p>from outside")})
    inside = internet.site("inside.example", {"/1": answer(b"secret")}, address="127.0.0.1")
    turns = itertools.chain([["93.184.216.1"]], itertools.repeat(["127.0.0.1"]))
    internet.names["rebind.example"] = lambda: next(turns)
    assert internet.fetcher().fetch(api("https://rebind.example/1")).body == b"<p>from outside"
    assert (internet.asked, internet.dialled) == (["rebind.example"], [("93.184.216.1", 443)])
    assert (site.connections, inside.connections) == (1, 0)


def test_a_name_that_turns_inward_between_robots_and_page_is_refused(internet) -> None:
    internet.site("rebind.example", {"/1": answer()})
    inside = internet.site("inside.example", {"/1": answer(b"secret")}, address="127.0.0.1")
    turns = itertools.chain([["93.184.216.1"]], itertools.repeat(["127.0.0.1"]))
    internet.names["rebind.example"] = lambda: next(turns)
    with pytest.raises(RefusedAddressError, match=r"^rebind\.example: "):
        internet.fetcher().fetch(page("https://rebind.example/1"))
    assert inside.connections == 0


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_followed_to_another_public_host(internet, status) -> None:
    internet.site("a.example", {"/1": redirect("https://b.example/2?x=1#part", status)})
    internet.site("b.example", {"/2?x=1": answer(b"<p>moved")})
    fetched = internet.fetcher().fetch(page("https://a.example/1"))
    assert (fetched.status, fetched.final_url, fetched.body) == (200, "https://b.example/2?x=1", b"<p>moved")


@pytest.mark.parametrize("location", ["/2", "2", "//a.example/2", "https://a.example/2"])
def test_a_relative_redirect_stays_at_its_host(internet, location) -> None:
    internet.site("a.example", {"/1": redirect(location), "/2": answer()})
    assert internet.fetcher().fetch(api("https://a.example/1")).status == 200


@pytest.mark.parametrize(
    "location",
    [
        "https://127.0.0.1/",
        "https://localhost/",
        "https://[::1]/",
        "https://2130706433/",
        "https://169.254.169.254/latest/meta-data/",
        "https://inward.example/",
        "https://a.example:8443/",
        "https://user@b.example/",
        "https://user:secret@b.example/",
        "http://b.example/",
        "//127.0.0.1/",
        "file:///etc/passwd",
        "ftp://b.example/1",
        "javascript:alert(1)",
        "https://b.example\\@127.0.0.1/",
        "https://[::1",
        "https://b.example:port/",
    ],
)
def test_a_redirect_to_what_may_not_be_fetched_is_refused(internet, location) -> None:
    internet.names |= {"localhost": ["127.0.0.1"], "inward.example": ["10.0.0.1"]}
    internet.site("a.example", {"/1": redirect(location)})
    outside = internet.site("b.example", {"/": answer()}, tls=False)
    with pytest.raises(RefusedAddressError) as refused:
        internet.fetcher().fetch(api("https://a.example/1"))
    assert "secret" not in str(refused.value)
    assert (internet.dialled, outside.connections) == ([("93.184.216.1", 443)], 0)


def test_a_redirect_may_lead_from_http_to_https(internet) -> None:
    internet.site("a.example", {"/1": redirect("https://a.example/1")}, tls=False, address="93.184.216.9")
    internet.site("a.example", {"/1": answer()}, address="93.184.216.9")
    assert internet.fetcher().fetch(api("http://a.example/1")).final_url == "https://a.example/1"


@pytest.mark.parametrize(
    "path", ["/B\u00fcro und Co/1", "/a/../b/1", "/1?x=a b#apply", "", "/%7ea/1", "/[1]", "/a%zz?q=%", "/1/"]
)
def test_an_address_that_leads_nowhere_else_is_handed_back_as_it_was_asked_for(internet, path) -> None:
    internet.site("jobs.example")
    for url in (f"https://jobs.example{path}", f"HTTPS://Jobs.Example:443{path}"):
        assert internet.fetcher().fetch(api(url)).final_url == url


def test_redirects_in_a_circle_end(internet) -> None:
    site = internet.site("a.example", {"/1": redirect("/2"), "/2": redirect("/1")})
    with pytest.raises(UnusableAnswerError, match="more than 5 redirects"):
        internet.fetcher().fetch(api("https://a.example/1"))
    assert len(site.seen) == 6


def test_five_redirects_are_followed(internet) -> None:
    routes = {f"/{n}": redirect(f"/{n + 1}") for n in range(5)} | {"/5": answer()}
    internet.site("a.example", routes)
    assert internet.fetcher().fetch(api("https://a.example/0")).final_url == "https://a.example/5"


def test_a_redirect_status_without_an_address_is_an_answer(internet) -> None:
    internet.site("a.example", {"/1": answer(status=302)})
    assert internet.fetcher().fetch(api("https://a.example/1")).status == 302


def test_the_certificate_and_the_host_header_are_those_of_the_name_and_not_of_the_address(internet) -> None:
    site = internet.site("jobs.example", {"/1": answer()})
    asked: list[str | None] = []
    assert site.tls
    site.tls.sni_callback = lambda _socket, name, _context: asked.append(name)
    try:
        internet.fetcher().fetch(api("https://jobs.example/1"))
    finally:
        site.tls.sni_callback = None
    assert (asked, site.seen[0].headers["host"]) == (["jobs.example"], "jobs.example")


def test_a_dot_at_the_end_of_a_host_makes_no_other_host(internet) -> None:
    site = internet.site("jobs.example", {"/1": answer()})
    assert internet.fetcher().fetch(api("https://jobs.example./1")).status == 200
    assert site.seen[0].headers["host"] == "jobs.example"


def test_a_certificate_of_another_host_is_refused(internet) -> None:
    site = internet.site("jobs.example", {"/1": answer()}, certified="other.example")
    with pytest.raises(
        FetchFailedError, match=r"^jobs\.example: the server's certificate is not valid \(Hostname"
    ):
        internet.fetcher().fetch(api("https://jobs.example/1"))
    assert site.seen == []


def test_a_certificate_that_nobody_vouches_for_is_refused(internet) -> None:
    site = internet.site("jobs.example", {"/1": answer()}, trusted=False)
    with pytest.raises(FetchFailedError, match="certificate is not valid"):
        internet.fetcher().fetch(api("https://jobs.example/1"))
    assert site.seen == []


def test_a_server_that_speaks_no_tls_on_443_is_no_answer(internet) -> None:
    internet.site(
        "jobs.example", {}, greet=lambda connection: connection.sendall(b"HTTP/1.1 400 Bad\r\n\r\n")
    )
    with pytest.raises(FetchFailedError, match="no secure connection"):
        internet.fetcher().fetch(api("https://jobs.example/1"))


def test_the_shipped_fetcher_checks_certificates(internet) -> None:
    context = NetworkFetcher(TurnsInProcess(), internet.robots)._ssl_context
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)


def test_a_public_ipv6_address_is_fetched(internet) -> None:
    site = internet.site("2606:2800:220:1::5", {"/1": answer()}, tls=False, address="2606:2800:220:1::5")
    assert internet.fetcher().fetch(api("http://[2606:2800:220:1::5]/1")).status == 200
    assert site.seen[0].headers["host"] == "[2606:2800:220:1::5]"


def test_an_address_that_does_not_answer_leaves_the_turn_to_the_next(internet) -> None:
    internet.site("jobs.example", {"/1": answer()}, address="93.184.216.9")
    internet.names["jobs.example"] = ["2606:2800:220:1::5", "93.184.216.9"]
    assert internet.fetcher().fetch(api("https://jobs.example/1")).status == 200
    assert internet.dialled == [("2606:2800:220:1::5", 443), ("93.184.216.9", 443)]


@pytest.mark.parametrize("names", [{}, {"jobs.example": []}])
def test_a_name_without_an_address_may_have_one_later(internet, names) -> None:
    internet.names |= names
    with pytest.raises(FetchFailedError, match=r"^jobs\.example: no name server knows this host"):
        internet.fetcher().fetch(api("https://jobs.example/1"))


def test_a_host_that_refuses_connections_may_take_them_later(internet) -> None:
    internet.names["jobs.example"] = ["93.184.216.1"]
    with pytest.raises(FetchFailedError, match="no connection could be made"):
        internet.fetcher().fetch(page("https://jobs.example/1"))


def test_international_names_are_asked_for_in_their_ascii_form(internet) -> None:
    site = internet.site("xn--bcher-kva.example", {"/1": answer()})
    internet.fetcher().fetch(api("https://b\u00fccher.example/1"))
    assert site.seen[0].headers["host"] == "xn--bcher-kva.example"


@pytest.mark.parametrize(
    "name", ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"]
)
def test_a_proxy_of_the_environment_is_not_used(internet, monkeypatch, name) -> None:
    proxy = internet.site("proxy.example", {}, tls=False)
    monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
    monkeypatch.setenv("NO_PROXY", "")
    internet.site("jobs.example", {"/1": answer()})
    assert internet.fetcher().fetch(api("https://jobs.example/1")).status == 200
    assert proxy.connections == 0


def test_nothing_is_fetched_through_a_socket_file(internet) -> None:
    from apptrack_pipeline.scraping.connections import Allowance, GuardedBackend

    backend = GuardedBackend(Allowance(1.0), resolve=internet.resolve, dial=httpcore.SyncBackend())
    with pytest.raises(NotImplementedError):
        backend.connect_unix_socket("/var/run/docker.sock")
