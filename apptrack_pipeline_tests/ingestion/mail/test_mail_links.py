"""Redirects that carry their target give it away; the others stay as they are."""

from __future__ import annotations

import base64
from urllib.parse import quote

import pytest

from apptrack_pipeline.ingestion.mail.links import plain_links, unwrapped
from apptrack_pipeline.ingestion.mail.message import Link

TARGET = "https://jobs.acme.example/jobs/1?a=1&b=2"
ENCODED = quote(TARGET, safe="")
V2 = ENCODED.replace("%2F", "_").replace("%", "-")


@pytest.mark.parametrize(
    "url",
    [
        f"https://eur01.safelinks.protection.outlook.com/?url={ENCODED}&data=05%7C01&reserved=0",
        f"https://nam02.safelinks.protection.outlook.com/ap/t-59584e83/?url={ENCODED}&data=05",
        f"https://www.google.com/url?q={ENCODED}&sa=D&ust=1",
        f"https://www.google.de/url?sa=t&url={ENCODED}",
        f"https://www.linkedin.com/redir/redirect?url={ENCODED}&urlhash=x",
        f"https://www.linkedin.com/safety/go?url={ENCODED}&trk=x",
        f"https://urldefense.proofpoint.com/v2/url?u={V2}&d=DwMFaQ&c=x&r=y",
        f"https://urldefense.proofpoint.com/v1/url?u={ENCODED}&k=x",
        "https://urldefense.com/v3/__https://jobs.acme.example/jobs/1?a=1&b=2__;!!abc!def$",
        "https://urldefense.com/v3/__https:/jobs.acme.example/jobs/1?a=1*b=2__;Jg!!abc!def$",
        f"https://linkprotect.cudasvc.com/url?a={ENCODED}&c=E",
        f"https://click.news.example/ls/click?u={ENCODED}",
        f"https://x.r.us-east-1.awstrack.me/L0/{ENCODED}/1/0100",
        f"https://eur01.safelinks.protection.outlook.com/?url={quote(f'https://www.google.com/url?q={ENCODED}')}",
    ],
)
def test_a_redirect_gives_its_target(url: str) -> None:
    assert unwrapped(url) == TARGET


def test_proofpoints_runs_of_hidden_characters_are_put_back() -> None:
    hidden = base64.urlsafe_b64encode("äö#".encode()).decode().rstrip("=")
    assert (
        unwrapped(f"https://urldefense.com/v3/__https://x.example/**Ay*z__;{hidden}!!a!b$")
        == "https://x.example/äöy#z"
    )


@pytest.mark.parametrize(
    "url",
    [
        TARGET,
        "https://click.news.example/ls/click?u=opaque-token",
        "https://u1.ct.sendgrid.net/ls/click?upn=u001.abc",
        f"https://www.linkedin.com/sharing/share-offsite/?url={ENCODED}",
        f"https://twitter.com/intent/tweet?url={ENCODED}",
        "https://urldefense.com/v3/broken",
        "https://urldefense.proofpoint.com/v2/url?u=nothing",
        "https://acme.example/?url=javascript%3Aalert(1)",
        "https://acme.example/login?next=/jobs",
    ],
)
def test_an_address_that_leads_nowhere_else_stays(url: str) -> None:
    assert unwrapped(url) == url


@pytest.mark.parametrize(
    "url", ["mailto:x@y.example", "javascript:x", "", "https://", "x", "https://" + "x" * 5_000]
)
def test_what_is_no_web_address_is_no_link(url: str) -> None:
    assert unwrapped(url) is None


def test_a_redirect_that_leads_to_itself_comes_to_an_end() -> None:
    url = "https://a.example/"
    for _ in range(20):
        url = f"https://a.example/?url={quote(url, safe='')}"
    assert unwrapped(url[:4_000]) is not None


@pytest.mark.parametrize(
    ("text", "url", "shown"),
    [
        ("See https://acme.example/a.", "https://acme.example/a", "See"),
        ("(https://acme.example/a_(b))", "https://acme.example/a_(b)", ""),
        ("See <https://acme.example/a?b=c.>", "https://acme.example/a?b=c.", "See"),
        ("See <https://acme.example/a\nb>", "https://acme.example/ab", "See"),
        ("[Apply](https://acme.example/a)", "https://acme.example/a", "Apply"),
        ("*HTTPS://acme.example/a*", "HTTPS://acme.example/a", ""),
        ("“https://acme.example/a”", "https://acme.example/a", "“"),
    ],
)
def test_addresses_end_where_the_sentence_goes_on(text: str, url: str, shown: str) -> None:
    assert plain_links(text) == (Link(url, shown),)


def test_each_address_has_the_words_of_its_own_line() -> None:
    links = plain_links("Job: https://a.example/1 or https://a.example/2\nhttps://a.example/3")
    assert [link.text for link in links] == ["Job", "or", ""]
    assert len(plain_links("https://a.example/{} ".join(map(str, range(1_000))))) <= 300
