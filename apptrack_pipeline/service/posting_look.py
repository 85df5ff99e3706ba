"""One look at a posting's site for a person at the terminal: asked as the pipeline asks, and not archived."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from apptrack_pipeline.domain import ConfigurationError, PermanentError, TransientError, new_id
from apptrack_pipeline.postings.model import Posting
from apptrack_pipeline.postings.parsing import parse
from apptrack_pipeline.postings.platform import Answer, Match
from apptrack_pipeline.scraping.answers import text_of_body
from apptrack_pipeline.scraping.archive import ArchiveFetcher
from apptrack_pipeline.scraping.asking import TROUBLES, Conclusion, Reply, Trouble, next_step, trouble_of
from apptrack_pipeline.scraping.fetching import Fetcher
from apptrack_pipeline.scraping.network import NetworkFetcher
from apptrack_pipeline.scraping.robots import RobotsInProcess
from apptrack_pipeline.scraping.turns import TurnsInProcess
from apptrack_pipeline.settings import Settings


@dataclass(frozen=True, slots=True)
class Looked:
    """What a site said: the posting, and what it was read from."""

    match: Match | None
    posting: Posting
    document: str
    """The answer that the posting was read from: the API's, or the page."""


def fetcher_of(settings: Settings) -> Fetcher:
    """Return the fetcher of one command; raises ConfigurationError where the settings forbid fetching."""
    if settings.fetch_postings == "never":
        raise ConfigurationError(
            "APPTRACK_FETCH_POSTINGS is `never`: set it to `asked` or `automatic`, or give a saved page"
        )
    if settings.fetch_archive is not None:
        return ArchiveFetcher(settings.fetch_archive)
    return NetworkFetcher(TurnsInProcess(), RobotsInProcess())


def look_at(url: str, fetcher: Fetcher) -> Looked:
    """Ask for a posting and read what comes; raises a TransientError or PermanentError where nothing does."""
    replies: list[Reply] = []
    failure: Exception | None = None
    while not isinstance(step := next_step(url, None, replies), Conclusion):
        now = dt.datetime.now(dt.UTC)
        answer: Answer | None = None
        trouble: Trouble | None = None
        try:
            fetched = fetcher.fetch(step)
            content_type = fetched.headers.get("content-type", "")
            text = text_of_body(fetched.body, content_type)
            answer = Answer(step, fetched.status, fetched.final_url, text, content_type)
        except (*TROUBLES,) as error:
            trouble, failure = trouble_of(error), error
        replies.append(Reply(new_id(), step, answer, trouble, now, now))
    if step.outcome == "blocked":
        raise PermanentError(
            f"the site shows this posting to a browser alone ({step.reason}): save the page there, and give "
            "the file"
        )
    if step.api is None and step.page is None and step.outcome != "closed":
        if failure is not None:
            raise failure
        kind = TransientError if step.outcome == "busy" else PermanentError
        raise kind(f"the site's answers hold no posting ({step.reason})")
    now = dt.datetime.now(dt.UTC)
    posting = parse(step.match.platform if step.match else None, step.payload(), now=now)
    if step.outcome == "closed":
        posting = replace(posting, is_open=False, closed_reason=step.reason)
    read = next((one.answer for one in (step.api, step.page) if one is not None and one.answer), None)
    return Looked(
        match=step.match,
        posting=posting,
        document=read.text if read is not None else "",
    )
