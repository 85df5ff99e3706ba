"""What to ask a posting's site next, and what its answers amount to.

Pure: it names one request at a time, is given what came of it, and ends with a conclusion. The same replies
lead to the same conclusion, so what was archived can be judged again without the network.

The order is that of the platform (`Platform.requests`); each next request is sent only where those before
told nothing or brought no description. A page may name the platform that its address does not: then the
platform's API is asked as well. Of an unknown site only the page is asked for.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from apptrack_pipeline.domain import Completeness
from apptrack_pipeline.postings.detection import detect, platform_named
from apptrack_pipeline.postings.model import Payload
from apptrack_pipeline.postings.parsing import parse
from apptrack_pipeline.postings.platform import Answer, Match, Request
from apptrack_pipeline.postings.verdicts import json_of, judge, same_place
from apptrack_pipeline.scraping.fetching import (
    DisallowedError,
    FetchFailedError,
    RefusedAddressError,
    UnusableAnswerError,
)

READABLE: Final = frozenset({Completeness.FULL, Completeness.PARTIAL})
"""A posting of these has a description."""

MAX_REQUESTS: Final = 6
"""Most requests for one posting at one time; a job of Greenhouse on an employer's own site may need five."""

PAGE_TYPES: Final = "text/html,application/xhtml+xml"

Trouble = Literal["no_answer", "disallowed", "refused_address", "unusable"]
"""Why there is no answer: none came in time; robots.txt forbids it; the address is none that may be asked;
it was too large, of a strange type, cut off or led in a circle."""

TROUBLES: Final[Mapping[type[Exception], Trouble]] = MappingProxyType(
    {
        FetchFailedError: "no_answer",
        DisallowedError: "disallowed",
        RefusedAddressError: "refused_address",
        UnusableAnswerError: "unusable",
    }
)
"""The trouble that each error of the fetcher stands for."""

Outcome = Literal["posting", "closed", "blocked", "busy", "nothing", "refused"]
"""`posting`: it was read. `closed`: its site proves that it is gone. `blocked`: only a person's browser gets
it. `busy`: later, perhaps. `nothing`: the answers say neither. `refused`: its address may not be asked."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of one request: an answer, or the trouble that prevented it.

    `id` is the archived row whose body the answer has, `body_from` when that body came: earlier than
    `asked_at` where the site said that it is unchanged.
    """

    id: uuid.UUID
    request: Request
    answer: Answer | None
    trouble: Trouble | None
    asked_at: dt.datetime
    body_from: dt.datetime


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What all replies amount to, with a short code of the reason.

    `is_alive`: some answer showed the posting. `api` and `page` are the replies to read it from, under
    `address`, which a redirect may have given.
    """

    outcome: Outcome
    reason: str
    is_alive: bool = False
    match: Match | None = None
    address: str = ""
    api: Reply | None = None
    page: Reply | None = None

    def payload(self, captured: Payload | None = None) -> Payload:
        """Return what is to be parsed; what a person captured stays, where no fetched page replaces it."""
        known = captured or Payload(url=self.address)
        answer = self.api.answer if self.api is not None else None
        data = None if answer is None else json_of(answer)
        page = self.page.answer if self.page is not None else None
        return Payload(
            url=known.url if page is None else self.address,
            html=known.html if page is None else page.text,
            answer=data,
            answer_text=answer.text if answer is not None and data is None else None,
            organisation=self.match.organisation if self.match else None,
            posting_id=self.match.posting_id if self.match else None,
            json_ld=known.json_ld,
            selected_text=known.selected_text,
            page_title=known.page_title,
            company_name=known.company_name,
            job_title=known.job_title,
        )


def next_step(url: str, html: str | None, replies: Sequence[Reply]) -> Request | Conclusion:
    """Return what to ask next for the posting at `url`, or what the replies so far amount to.

    `html` is a captured page of it, where there is one: it may name the board that the address does not.
    """
    look = _Look(url, html)
    for reply in replies:
        concluded = look.take(reply)
        if concluded is not None:
            return concluded
    return look.go_on()


def may_be_asked(url: str, html: str | None = None) -> bool:
    """Tell whether the posting's site is asked for it at all; LinkedIn and its like are not."""
    return isinstance(next_step(url, html, ()), Request)


class _Look:
    """The state of asking for one posting."""

    def __init__(self, url: str, html: str | None) -> None:
        self.address = url
        self.match = detect(url, html)
        self.asked: list[str] = []
        self.api: Reply | None = None
        self.page: Reply | None = None
        self.is_read = False
        self.is_alive = False
        self.setback: tuple[Outcome, str] = ("blocked", "captured_only")

    def take(self, reply: Reply) -> Conclusion | None:
        planned = {request.url for request in self.plan()}
        self.asked.append(reply.request.url)
        if reply.answer is None:
            return self._without_answer(reply.trouble)
        platform = platform_named(self.match.platform) if self.match is not None else None
        verdict = judge(reply.answer, self.match, platform)
        match verdict.state:
            case "posting":
                return self._read(reply, reply.answer, planned)
            case "closed":
                return self._conclude("closed", verdict.reason)
            case "blocked" | "busy" as state:
                return self._stop(state, verdict.reason)
            case "nothing":
                self.setback = ("nothing", verdict.reason)
                if self.match is not None and self.match.posting_id is not None:
                    # A page that does not show the job may still name the board that has it.
                    self._learn(reply.request, reply.answer)
        return None

    def go_on(self) -> Request | Conclusion:
        if len(self.asked) < MAX_REQUESTS:
            for request in self.plan():
                if request.url not in self.asked:
                    return request
        return self._stop(*self.setback)

    def plan(self) -> Sequence[Request]:
        if self.match is None:
            return (Request(self.address, "page", PAGE_TYPES),)
        platform = platform_named(self.match.platform)
        if platform is None or platform.requests is None:
            return ()
        return platform.requests(self.match, self.address)

    def _without_answer(self, trouble: Trouble | None) -> Conclusion | None:
        match trouble:
            case "refused_address":
                return self._stop("refused", "refused_address")
            case "disallowed":
                self.setback = ("blocked", "robots_txt")
            case "unusable":
                self.setback = ("nothing", "unusable_answer")
            case _:
                return self._stop("busy", "no_answer")
        return None

    def _read(self, reply: Reply, answer: Answer, planned: set[str]) -> Conclusion | None:
        self._learn(reply.request, answer)
        if reply.request.kind == "api":
            self.api = reply
        else:
            self.page = reply
        payload = self._conclude("posting", "").payload()
        posting = parse(self.match.platform if self.match else None, payload, now=reply.body_from)
        if posting.is_open is False:
            return self._conclude("closed", posting.closed_reason or "said_so")
        # A page without text is a shell, an answer without a title an empty one: some sites answer 200 with
        # one for any address.
        if posting.completeness in READABLE or (reply.request.kind == "api" and posting.title is not None):
            self.is_alive = True
        if posting.completeness not in READABLE:
            self.setback = ("nothing", "no_description")
            if reply.request.kind == "page":
                self.page = None
            return None
        self.is_read = True
        if any(request.kind == "api" and request.url not in planned for request in self.plan()):
            return None  # the page named the board, and its API knows better
        return self._conclude("posting", f"{reply.request.kind}_read")

    def _learn(self, request: Request, answer: Answer) -> None:
        """Detect again: where a page's redirect ended, and with its text, which may embed a board."""
        known = self.match
        if request.kind != "page":
            return  # an API's address may have been a guess, and would be taken for the posting's
        if known is not None and known.posting_id is not None and known.api_url is not None:
            return
        for address in dict.fromkeys((answer.final_url, self.address)):
            found = detect(address, answer.text)
            if found is not None and _says_more(found, known):
                self.match = found
                if not same_place(self.address, address):
                    self.address = address
                return

    def _stop(self, outcome: Outcome, reason: str) -> Conclusion:
        """End here: with the posting, if some answer has brought it."""
        if self.is_read:
            return self._conclude("posting", "api_read" if self.page is None else "page_read")
        return self._conclude(outcome, reason)

    def _conclude(self, outcome: Outcome, reason: str) -> Conclusion:
        return Conclusion(outcome, reason, self.is_alive, self.match, self.address, self.api, self.page)


def _says_more(found: Match, known: Match | None) -> bool:
    """Tell whether a match names the posting where none did, or the API of the one that is known."""
    if known is None or known.posting_id is None:
        return found.posting_id is not None
    return found.posting_id == known.posting_id and found.api_url is not None
