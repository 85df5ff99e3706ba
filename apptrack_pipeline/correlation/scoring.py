"""The evidence, in bits, that one mail is about one application, and the posterior over all candidates."""

from __future__ import annotations

import datetime as dt
import math
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from apptrack_pipeline.correlation import weights
from apptrack_pipeline.correlation.candidates import ApplicationIndex, EmployerMatch
from apptrack_pipeline.correlation.companies import CompanyMatch
from apptrack_pipeline.correlation.facts import ApplicationFacts, MailFacts
from apptrack_pipeline.correlation.job_ids import requisition_key
from apptrack_pipeline.correlation.links import Bits, Candidate
from apptrack_pipeline.correlation.places import locations_mentioned
from apptrack_pipeline.correlation.titles import (
    TitleComparison,
    TitleMatch,
    compare_titles,
    titles_mentioned,
)
from apptrack_pipeline.domain import MailCategory

_DAY_S: Final = 86_400.0


@dataclass
class Pair:
    """One mail and one application that it may be about, with what does not depend on other mail."""

    application: ApplicationFacts
    employer: EmployerMatch
    days: float
    """From the application to the mail; negative where the mail is older."""
    is_late_capture: bool
    """The mail is older than the capture, and nobody said when the person applied."""
    fixed: list[Bits] = field(default_factory=list)
    title: TitleComparison | None = None
    is_direct: bool = False
    names_title: bool = False
    """The mail's title, or its text, names this role and no other of the employer's as well."""
    is_contradicted: bool = False
    """The mail's subject names one role of this employer, and its text another."""
    is_by_a_stranger: bool = False
    """The mail reports nothing, and neither employer nor tracking system sends it: a newsletter, a board."""

    @property
    def is_compatible(self) -> bool:
        """Whether the mail's names are this employer's; a shorter form is, where the mail names the role."""
        return self.employer.is_compatible or (self.employer.is_shorter and self.names_title)

    @property
    def may_be_linked(self) -> bool:
        """Whether this may be linked without a person at all."""
        is_doubtful = self.is_late_capture or self.is_by_a_stranger or self.is_contradicted
        return self.is_compatible and not is_doubtful


@dataclass(frozen=True)
class Linked:
    """One mail that is linked already, as far as later ones are judged by it."""

    received_at: dt.datetime
    sender: str
    is_receipt: bool
    closes: bool


@dataclass
class Assigned:
    """What the mails that are linked so far say about applications and conversations."""

    by_application: dict[uuid.UUID, list[Linked]] = field(default_factory=dict)
    by_message: dict[str, set[uuid.UUID]] = field(default_factory=dict)
    by_thread: dict[tuple[str, str], set[uuid.UUID]] = field(default_factory=dict)

    def add(self, mail: MailFacts, application_id: uuid.UUID) -> None:
        """Take in one link."""
        linked = Linked(
            mail.received_at,
            sender_of(mail),
            is_receipt(mail),
            mail.category is MailCategory.REJECTION and mail.is_certain,
        )
        self.by_application.setdefault(application_id, []).append(linked)
        if mail.message_id:
            self.by_message.setdefault(mail.message_id, set()).add(application_id)
        if mail.thread_key:
            self.by_thread.setdefault((mail.account, mail.thread_key), set()).add(application_id)

    def referred(self, mail: MailFacts) -> set[uuid.UUID]:
        """Return the applications of the nearest mail that this one refers to."""
        for reference in reversed(mail.references):
            found = self.by_message.get(reference)
            if found:
                return found
        return set()

    def in_thread(self, mail: MailFacts) -> set[uuid.UUID]:
        """Return the applications of the mail's conversation."""
        if mail.thread_key is None:
            return set()
        return self.by_thread.get((mail.account, mail.thread_key), set())

    def closed_before(self, application: ApplicationFacts, at: dt.datetime) -> bool:
        """Tell whether the application was closed before this moment, by a person or by a rejection."""
        if application.closed_at is not None and application.closed_at < at:
            return True
        return any(
            linked.closes and linked.received_at < at
            for linked in self.by_application.get(application.id, ())
        )


def is_receipt(mail: MailFacts) -> bool:
    """Tell whether the mail certainly confirms an application: only then its date and its number count."""
    return mail.category is MailCategory.CONFIRMATION and mail.is_certain


def sender_of(mail: MailFacts) -> str:
    """Return who sends: the tracking system or board, else the domain."""
    return mail.system or mail.sender.rpartition("@")[2]


def pairs_of(mail: MailFacts, index: ApplicationIndex) -> list[Pair]:
    """Return the applications that a mail may be about by its own content, each with its evidence."""
    pairs: dict[uuid.UUID, Pair] = {}
    for application, employer in index.of_company(mail):
        _add(pairs, mail, application, employer, index)
    tagged, posted, numbered = index.tagged(mail), index.posted(mail), index.numbered(mail)
    for application in (*tagged, *posted, *numbered):
        if application.id not in pairs:
            _add(pairs, mail, application, index.compare(mail, application.companies), index)
    for hits, name, bits, because in (
        (tagged, "application id", weights.TAG_BITS, "it was sent to an address with this application's id"),
        (posted, "posting", weights.POSTING_BITS, "it links this application's posting"),
        (numbered, "requisition", weights.REQUISITION_BITS, f"it names {mail.requisition_id}"),
    ):
        for application in hits:
            pair = pairs.get(application.id)
            if pair is not None:
                pair.fixed.append(Bits(name, bits, because))
                # Two employers may both have an R-00123.
                is_foreign = name == "requisition" and pair.employer.match is CompanyMatch.DIFFERENT
                pair.is_direct = pair.is_direct or not is_foreign
    found = list(pairs.values())
    _compare_titles(mail, found)
    _compare_places(mail, found)
    _compare_dates(mail, found)
    for pair in found:
        _other_numbers(mail, pair, bool(posted))
    return found


def pair_of(mail: MailFacts, application: ApplicationFacts, index: ApplicationIndex) -> Pair | None:
    """Return one mail and one application that only a conversation brings together; None if it is older."""
    pairs: dict[uuid.UUID, Pair] = {}
    _add(pairs, mail, application, index.compare(mail, application.companies), index)
    found = list(pairs.values())
    _compare_titles(mail, found)
    return found[0] if found else None


def _add(
    pairs: dict[uuid.UUID, Pair],
    mail: MailFacts,
    application: ApplicationFacts,
    employer: EmployerMatch,
    index: ApplicationIndex,
) -> None:
    since = application.applied_at or application.known_since
    days = (mail.received_at - since).total_seconds() / _DAY_S
    if days > 0 and since.time() == dt.time():
        days = max(0.0, days - 1.0)  # the day alone is known: it may have been its last minute
    is_late_capture = False
    if days < -weights.PRECEDES_DAYS:
        by_capture = application.is_dated_by_capture or application.applied_at is None
        if not by_capture or days < -weights.LATE_CAPTURE_DAYS:
            return
        is_late_capture = True
    pair = Pair(application, employer, days, is_late_capture)
    pair.fixed.append(_company_bits(employer))
    pair.fixed.append(_date_bits(mail, application, days))
    if not mail.is_certain:
        pair.fixed.append(Bits("certainty", weights.UNCERTAIN_BITS, "what it is about is in doubt"))
    if mail.category is MailCategory.FOLLOWUP_OTHER:
        pair.fixed.append(Bits("category", weights.FOLLOWUP_BITS, "it reports nothing"))
        by_system = mail.system is not None and (mail.is_certain or not mail.is_board)
        if not by_system and not index.sends(mail, application.companies):
            pair.is_by_a_stranger = not mail.is_certain
            said = "it reports nothing, and the employer did not send it"
            pair.fixed.append(Bits("sender", weights.STRANGER_BITS, said))
    pairs[application.id] = pair


def _company_bits(employer: EmployerMatch) -> Bits:
    bits = {
        (CompanyMatch.EXACT, False): weights.COMPANY_EXACT_BITS,
        (CompanyMatch.HIGH, False): weights.COMPANY_HIGH_BITS,
        (CompanyMatch.EXACT, True): weights.SENDER_EXACT_BITS,
        (CompanyMatch.HIGH, True): weights.SENDER_HIGH_BITS,
    }.get((employer.match, employer.from_sender), 0.0)
    if employer.is_shorter:
        bits = weights.COMPANY_SHORTER_BITS
    if employer.match is CompanyMatch.DIFFERENT:
        bits = weights.COMPANY_DIFFERENT_BITS
    return Bits("sender" if employer.from_sender else "company", bits, employer.because)


def _date_bits(mail: MailFacts, application: ApplicationFacts, days: float) -> Bits:
    said = f"{days:.0f} days after the application" if days >= 1 else "on the day of the application"
    if days < 0:
        said = f"{-days * 24:.0f} hours before the application's date"
    if application.applied_at is None:
        return Bits("date", weights.UNDATED_BITS, "after the first evidence; no date of application is known")
    steps, last = weights.OTHER_DATE_BITS, weights.VERY_LATE_BITS
    if is_receipt(mail):
        steps, last = weights.CONFIRMATION_DATE_BITS, weights.LATE_CONFIRMATION_BITS
    bits = next((bits for until, bits in steps if days <= until), last)
    if days < 0:
        bits = min(bits, weights.BEFORE_DATE_BITS)
    has_time = application.applied_at.time() != dt.time()
    if is_receipt(mail) and has_time and 0 <= days * 24 <= 1:
        bits += weights.MINUTES_BITS
        said = f"{days * 24 * 60:.0f} minutes after the application"
    return Bits("date", bits, said)


def _compare_titles(mail: MailFacts, pairs: Sequence[Pair]) -> None:
    """Add what the mail's title, and its text, say of each pair, also beside the others of its employer."""
    for pair in pairs:
        compared = [compare_titles(mail.title, title) for title in pair.application.titles]
        pair.title = max(compared, key=lambda one: one.score, default=None)
    titles = tuple(dict.fromkeys(title for pair in pairs for title in pair.application.titles))
    exact = {title for title in titles if compare_titles(mail.title, title).match is TitleMatch.EXACT}
    said: frozenset[str] = frozenset()
    # A title that stands where titles stand, in full, is what the mail is about. Where it is cut ("Data
    # Engineer" of "Data Engineer - Austin") or missing, the text may say which of the roles it is.
    in_text: frozenset[str] = frozenset()
    if titles and (not exact or len(titles) > 1):  # beside the one title there is, the text says nothing more
        in_text = frozenset(titles_mentioned(mail.text, titles))
    in_subject = exact or frozenset(titles_mentioned(mail.subject, titles))
    if not exact:
        said = in_text | in_subject
    if in_text and in_subject and not in_text & in_subject:
        # "Re: Technical Writer", and the text speaks of the Developer Advocate: neither is sure.
        said = in_text | in_subject
        for pair in pairs:
            pair.is_contradicted = True
    best = max((pair.title.score for pair in pairs if pair.title), default=0.0)
    for pair in pairs:
        mentioned = said & frozenset(pair.application.titles)
        match = pair.title.match if pair.title is not None else TitleMatch.UNKNOWN
        weight = weights.TITLE_BITS[match]
        if mentioned:
            in_full = weights.TITLE_IN_FULL_BITS if match.names_the_role else weights.TITLE_MENTIONED_BITS
            weight, because = in_full, f'its text says "{min(mentioned)}"'
        else:
            because = pair.title.because if pair.title is not None else ""
        if match is not TitleMatch.UNKNOWN or mentioned:
            pair.fixed.append(Bits("title", weight, because))
        if said and not mentioned:
            nearer = "its text says the title of another role here"
            pair.fixed.append(Bits("sibling", weights.SIBLING_TITLE_BITS, nearer))
        elif not said and pair.title is not None and best - pair.title.score >= weights.TITLE_MARGIN:
            nearer = "another role here has the nearer title"
            pair.fixed.append(Bits("sibling", weights.SIBLING_TITLE_BITS, nearer))
        else:
            pair.names_title = bool(mentioned) or match.names_the_role


def _compare_places(mail: MailFacts, pairs: Sequence[Pair]) -> None:
    """Tell roles apart that only their place tells apart."""
    if len(pairs) < 2:
        return
    places = tuple(dict.fromkeys(place for pair in pairs for place in pair.application.locations))
    if len(places) < 2:
        return
    said = frozenset(locations_mentioned(f"{mail.subject}\n{mail.text}", places))
    if not said:
        return
    there = [bool(said & frozenset(pair.application.locations)) for pair in pairs]
    if all(there):
        return
    for pair, is_there in zip(pairs, there, strict=True):
        if is_there:
            because = f"it names {', '.join(sorted(said & frozenset(pair.application.locations)))}"
            pair.fixed.append(Bits("place", weights.LOCATION_BITS, because))
        elif pair.application.locations:
            because = f"it names {', '.join(sorted(said))}"
            pair.fixed.append(Bits("place", weights.OTHER_LOCATION_BITS, because))


def _compare_dates(mail: MailFacts, pairs: Sequence[Pair]) -> None:
    """Tell roles apart by the day on which the person applied, for a receipt."""
    if not is_receipt(mail) or len(pairs) < 2:
        return
    nearest = min((pair.days for pair in pairs if pair.days >= 0), default=None)
    for pair in pairs:
        if nearest is None or nearest > 1.0:
            continue
        # A receipt comes after the application, hours before its date only by another clock.
        if pair.days < 0 or pair.days - nearest >= weights.OTHER_DAY:
            nearer = "another application here was made that very day"
            pair.fixed.append(Bits("sibling", weights.SIBLING_DATE_BITS, nearer))


def _other_numbers(mail: MailFacts, pair: Pair, links_a_known_posting: bool) -> None:
    if mail.requisition_id and pair.application.requisition_ids:
        number = requisition_key(mail.requisition_id)
        ours = {requisition_key(one) for one in pair.application.requisition_ids}
        if number is not None and number not in ours:
            said = f"it names {mail.requisition_id}, this is {pair.application.requisition_ids[0]}"
            pair.fixed.append(Bits("requisition", weights.OTHER_REQUISITION_BITS, said))
    if links_a_known_posting and not any(bits.field == "posting" for bits in pair.fixed):
        pair.fixed.append(Bits("posting", weights.OTHER_POSTING_BITS, "it links another role's posting"))


def evidence_of(mail: MailFacts, pair: Pair, assigned: Assigned) -> tuple[Bits, ...]:
    """Return all evidence for a pair, with what the mails that are linked so far say."""
    bits = list(pair.fixed)
    application = pair.application
    referred, thread = assigned.referred(mail), assigned.in_thread(mail)
    if application.id in referred:
        bits.append(Bits("thread", weights.REPLY_BITS, "it answers a mail of this application"))
    elif referred:
        bits.append(Bits("thread", weights.OTHER_REPLY_BITS, "it answers a mail of another application"))
    elif application.id in thread:
        bits.append(Bits("thread", weights.THREAD_BITS, "a mail of its conversation is linked here"))
    elif thread:
        bits.append(Bits("thread", weights.OTHER_THREAD_BITS, "its conversation is linked elsewhere"))
    if assigned.closed_before(application, mail.received_at):
        is_followup = mail.category is MailCategory.FOLLOWUP_OTHER
        weight = weights.CLOSED_FOLLOWUP_BITS if is_followup else weights.CLOSED_BITS
        bits.append(Bits("closed", weight, "it was closed before this mail"))
    if is_receipt(mail):
        receipts = [linked for linked in assigned.by_application.get(application.id, ()) if linked.is_receipt]
        if any(linked.sender == sender_of(mail) for linked in receipts):
            said = "it has a receipt from this sender already"
            bits.append(Bits("receipt", weights.SECOND_RECEIPT_BITS, said))
        elif receipts:
            said = "it has a receipt from another sender already"
            bits.append(Bits("receipt", weights.SECOND_RECEIPT_ELSEWHERE_BITS, said))
    return tuple(bits)


def ranked(mail: MailFacts, pairs: Sequence[Pair], assigned: Assigned) -> list[Candidate]:
    """Return the candidates with their posterior, the likeliest first; equal ones by their id."""
    scored = []
    for pair in pairs:
        evidence = evidence_of(mail, pair, assigned)
        scored.append((pair.application.id, evidence, sum(bits.bits for bits in evidence)))
    highest = max([weights.NONE_BITS, *(total for _, _, total in scored)])
    mass = 2.0 ** (weights.NONE_BITS - highest) + math.fsum(2.0 ** (total - highest) for *_, total in scored)
    candidates = [
        Candidate(application_id, evidence, round(total, 3), 2.0 ** (total - highest) / mass)
        for application_id, evidence, total in scored
    ]
    return sorted(candidates, key=lambda one: (-one.total, one.application_id.bytes))
