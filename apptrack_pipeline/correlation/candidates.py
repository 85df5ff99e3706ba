"""Which applications a mail may be about at all: an index over ids, addresses, and the keys of company names.

Applications are grouped by employer (the names that their evidence gives), so that a name is compared once
per employer and mail, whatever the number of applications.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from apptrack_pipeline.correlation.companies import (
    Aliases,
    CompanyComparison,
    CompanyMatch,
    block_keys,
    compare_companies,
)
from apptrack_pipeline.correlation.facts import ApplicationFacts, MailFacts
from apptrack_pipeline.correlation.job_ids import posting_keys, requisition_key
from apptrack_pipeline.correlation.names import company_key

_RANK: Final = {
    CompanyMatch.EXACT: 4,
    CompanyMatch.HIGH: 3,
    CompanyMatch.RELATED: 2,
    CompanyMatch.UNKNOWN: 1,
    CompanyMatch.DIFFERENT: 0,
}


@dataclass(frozen=True)
class EmployerMatch:
    """How far a mail's names are those of one employer."""

    match: CompanyMatch
    because: str
    is_shorter: bool = False
    """`related` alone: one name begins the other; the title has to say that they are one."""
    from_sender: bool = False
    """Only the sender's domain, tenant or display name says so; the mail itself names nobody."""

    @property
    def is_compatible(self) -> bool:
        """Whether the mail may be linked to this employer's applications without a person."""
        return self.match.is_compatible


@dataclass
class _Employer:
    names: tuple[str, ...]
    applications: list[ApplicationFacts] = field(default_factory=list)


class ApplicationIndex:
    """Finds applications by what a mail holds; cost per mail does not depend on how many there are."""

    def __init__(self, applications: Iterable[ApplicationFacts], aliases: Aliases) -> None:
        self._aliases = aliases
        self._employers: dict[tuple[str, ...], _Employer] = {}
        self._by_key: dict[str, list[_Employer]] = {}
        self._by_tag: dict[str, list[ApplicationFacts]] = {}
        self._by_posting: dict[str, list[ApplicationFacts]] = {}
        self._by_requisition: dict[str, list[ApplicationFacts]] = {}
        self._compared: dict[tuple[str | None, tuple[str, ...], tuple[str, ...]], EmployerMatch] = {}
        self.by_id: dict[uuid.UUID, ApplicationFacts] = {}
        for application in applications:
            self._add(application)

    def _add(self, application: ApplicationFacts) -> None:
        self.by_id[application.id] = application
        employer = self._employers.get(application.companies)
        if employer is None:
            employer = self._employers[application.companies] = _Employer(application.companies)
            for key in {key for name in application.companies for key in block_keys(name, self._aliases)}:
                self._by_key.setdefault(key, []).append(employer)
        employer.applications.append(application)
        for tag in application.tags:
            self._by_tag.setdefault(tag, []).append(application)
        for posting in sorted({key for url in application.urls for key in keys_of_url(url)}):
            self._by_posting.setdefault(posting, []).append(application)
        for number in {spelled for one in application.requisition_ids if (spelled := requisition_key(one))}:
            self._by_requisition.setdefault(number, []).append(application)

    def tagged(self, mail: MailFacts) -> list[ApplicationFacts]:
        """Return the applications whose id stands in an address that the mail was sent to."""
        return [one for tag in mail.tags for one in self._by_tag.get(tag, ())]

    def posted(self, mail: MailFacts) -> list[ApplicationFacts]:
        """Return the applications whose posting the mail links."""
        keys = {key for url in mail.urls for key in keys_of_url(url)}
        return _distinct(one for key in sorted(keys) for one in self._by_posting.get(key, ()))

    def numbered(self, mail: MailFacts) -> list[ApplicationFacts]:
        """Return the applications with the requisition number that the mail names."""
        number = requisition_key(mail.requisition_id) if mail.requisition_id else None
        return list(self._by_requisition.get(number, ())) if number else []

    def of_company(self, mail: MailFacts) -> Iterator[tuple[ApplicationFacts, EmployerMatch]]:
        """Yield the applications at employers whose name may be one that the mail holds."""
        seen: dict[int, _Employer] = {}
        for name in (mail.company, *mail.other_companies):
            for key in block_keys(name, self._aliases):
                seen |= {id(employer): employer for employer in self._by_key.get(key, ())}
        found = [(employer, self.compare(mail, employer.names)) for employer in seen.values()]
        compatible = [employer for employer, match in found if match.is_compatible]
        for employer, match in found:
            if match.match is CompanyMatch.RELATED and match.is_shorter:
                match = self._as_tracked_twice(employer, compatible) or match
            if match.match.is_near:
                for application in employer.applications:
                    yield application, match

    def _as_tracked_twice(self, employer: _Employer, compatible: list[_Employer]) -> EmployerMatch | None:
        """Return a match where the employer is tracked under another name as well, which is the mail's."""
        for other in compatible:
            for name in employer.names:
                for second in other.names:
                    compared = compare_companies(name, second, self._aliases)
                    if compared.is_compatible or compared.is_shorter:
                        return EmployerMatch(CompanyMatch.HIGH, f"{compared.because}; both are tracked")
        return None

    def compare(self, mail: MailFacts, names: tuple[str, ...]) -> EmployerMatch:
        """Compare what a mail names with an employer's names."""
        key = (mail.company, mail.other_companies, names)
        match = self._compared.get(key)
        if match is None:
            match = self._compared[key] = self._compare(mail, names)
        return match

    def _compare(self, mail: MailFacts, names: tuple[str, ...]) -> EmployerMatch:
        said = _best([compare_companies(mail.company, name, self._aliases) for name in names])
        if said.is_compatible:
            return EmployerMatch(said.match, said.because)
        key = company_key(mail.company)
        if said.match is CompanyMatch.UNKNOWN and key and any(company_key(name) == key for name in names):
            # "Personio" sends mail for many, and hires as well: the reader has taken it for the employer.
            return EmployerMatch(CompanyMatch.EXACT, f'"{mail.company}" is the employer here')
        sender = self._sender(mail, names)
        if said.match is CompanyMatch.UNKNOWN:
            # People write from the domains of owners, agencies and calendars: another domain is no evidence.
            known = sender.match is not CompanyMatch.DIFFERENT
            match = sender.match if known else CompanyMatch.UNKNOWN
            return EmployerMatch(match, sender.because, is_shorter=sender.is_shorter, from_sender=True)
        if said.match is CompanyMatch.RELATED and sender.is_compatible:
            return EmployerMatch(CompanyMatch.HIGH, f"{said.because}; {sender.because}")
        if said.match is CompanyMatch.DIFFERENT and sender.is_compatible:
            if _is_acronym(mail.company):  # "DB" of no-reply@deutschebahn.com
                return EmployerMatch(sender.match, sender.because, from_sender=True)
            # The mail names one company and its sender is another: an agency, or a name that was misread.
            because = f"{said.because}, but {sender.because}"
            return EmployerMatch(CompanyMatch.RELATED, because)
        return EmployerMatch(said.match, said.because, is_shorter=said.is_shorter)

    def sends(self, mail: MailFacts, names: tuple[str, ...]) -> bool:
        """Tell whether the sender's domain, tenant or display name is, or may be, this employer's."""
        return self._sender(mail, names).match.is_near

    def _sender(self, mail: MailFacts, names: tuple[str, ...]) -> CompanyComparison:
        others = mail.other_companies
        return _best([compare_companies(other, name, self._aliases) for other in others for name in names])


def keys_of_url(url: str) -> tuple[str, ...]:
    """Return the keys of a posting's canonical address: itself, and the ids in it."""
    return (url, *posting_keys(url))


def _is_acronym(name: str | None) -> bool:
    return name is not None and 2 <= len(name) <= 5 and name.isalpha() and name.isupper()


def _best(comparisons: list[CompanyComparison]) -> CompanyComparison:
    if not comparisons:
        return CompanyComparison(CompanyMatch.UNKNOWN, "no name")
    return max(comparisons, key=lambda comparison: _RANK[comparison.match])


def _distinct(applications: Iterable[ApplicationFacts]) -> list[ApplicationFacts]:
    return list({application.id: application for application in applications}.values())
