"""How mail finds its application, measured on a labelled corpus: what `apptrack evaluate correlation` prints.

Mail goes the way that it goes in the pipeline: bytes to signals (`interpret`), their stored form to facts
(`facts_of`), and all facts at once to links (`correlate`).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import TypeAdapter

from apptrack_pipeline.correlation.candidates import ApplicationIndex
from apptrack_pipeline.correlation.companies import SHIPPED
from apptrack_pipeline.correlation.facts import ApplicationFacts, MailFacts
from apptrack_pipeline.correlation.links import Link, LinkOutcome, LinkStage
from apptrack_pipeline.correlation.mail_facts import facts_of
from apptrack_pipeline.correlation.matcher import correlate
from apptrack_pipeline.correlation.names import company_key
from apptrack_pipeline.domain import MailCategory
from apptrack_pipeline.evaluation.corpus import Corpus, LabelledMail
from apptrack_pipeline.ingestion.mail.classify import SecondOpinion
from apptrack_pipeline.ingestion.mail.interpret import interpret
from apptrack_pipeline.ingestion.mail.signals import MailSignals, Reader

ACCOUNT: Final = "corpus"
"""Name of the account that all mail of a corpus is in."""

_SIGNALS: Final = TypeAdapter(MailSignals)
# Of a mail that reports several things, the outcome that does most stands for all.
_FIRST_OF: Final = (LinkOutcome.LINKED, LinkOutcome.PROPOSED, LinkOutcome.REVIEW, LinkOutcome.UNMATCHED)


@dataclass(frozen=True)
class Verdict:
    """What was said of one mail."""

    mail: LabelledMail
    category: MailCategory
    outcome: LinkOutcome
    application: str | None
    """Id as the corpus spells it, where the outcome is `linked`."""
    stage: LinkStage | None
    links: tuple[Link, ...]
    """One for each thing that the mail reports."""


@dataclass(frozen=True)
class Run:
    """What was said of all mail of a corpus, and how long it took, in seconds."""

    verdicts: tuple[Verdict, ...]
    read_s: float
    """From bytes to facts."""
    match_s: float
    """From facts to links, among applications whose names have been read."""


def run(
    corpus: Corpus,
    *,
    clock: Callable[[], float],
    second_opinion: SecondOpinion | None = None,
    own_addresses: frozenset[str] = frozenset(),
) -> Run:
    """Read and match all mail of a corpus; `clock` gives seconds, `own_addresses` are in lower case."""
    reader = Reader(
        own_addresses=own_addresses,
        known_companies=_tracked(facts.companies for facts in corpus.applications),
        known_titles=_tracked(facts.titles for facts in corpus.applications),
    )
    for mail in corpus.mails[:1]:  # loads the tables, which is not what is measured
        correlate(corpus.applications[:1], _facts(mail, interpret(mail.raw, reader, second_opinion)))
    started = clock()
    said = [interpret(mail.raw, reader, second_opinion) for mail in corpus.mails]
    facts = [one for mail, signals in zip(corpus.mails, said, strict=True) for one in _facts(mail, signals)]
    read = clock()
    index = ApplicationIndex(corpus.applications, SHIPPED)
    indexed = clock()
    links = correlate(index, facts)
    matched = clock()
    of_mail: dict[Any, list[Link]] = {}
    for link in links:
        of_mail.setdefault(link.mail_id, []).append(link)
    return Run(
        tuple(
            _verdict(mail, signals, tuple(of_mail.get(mail.id, ())), corpus)
            for mail, signals in zip(corpus.mails, said, strict=True)
        ),
        read_s=read - started,
        match_s=matched - indexed,
    )


def _tracked(names: Iterator[tuple[str, ...]]) -> tuple[str, ...]:
    """Return the names that the reader knows, as the store gives them: the best of each, sorted."""
    return tuple(sorted({of_one[0] for of_one in names if of_one}))


def _facts(mail: LabelledMail, signals: MailSignals) -> tuple[MailFacts, ...]:
    row = {
        "category": str(signals.judgement.category),
        "certainty": signals.judgement.certainty,
        "needs_review": signals.judgement.needs_review,
        "trust": str(signals.trust),
        "signals": _SIGNALS.dump_python(signals, mode="json"),
    }
    return facts_of(mail.id, ACCOUNT, mail.thread_key, mail.received_at, row)


def _verdict(mail: LabelledMail, signals: MailSignals, links: tuple[Link, ...], corpus: Corpus) -> Verdict:
    category = signals.judgement.category
    for outcome in _FIRST_OF:
        link = next((one for one in sorted(links, key=lambda one: one.event) if one.outcome is outcome), None)
        if link is not None:
            application = None
            if outcome is LinkOutcome.LINKED and signals.events[link.event].only_in_thread:
                category = signals.events[link.event].category
            if outcome is LinkOutcome.LINKED and link.application_id is not None:
                # One that the matcher has made of mail is none of the corpus: that is shown, and is wrong.
                application = corpus.names.get(link.application_id, str(link.application_id))
            return Verdict(mail, category, outcome, application, link.stage, links)
    return Verdict(mail, category, LinkOutcome.UNMATCHED, None, None, ())


@dataclass(frozen=True)
class StageFigures:
    """What one stage has linked."""

    links: int
    right: int


@dataclass(frozen=True)
class Evaluation:
    """The figures of one run; all counts are of mails, where nothing else is said."""

    n: int
    with_truth: int
    without_truth: int
    applications: int
    """Applications of the corpus."""
    right: int
    """Linked to the application that it is about."""
    wrong: int
    """Linked to another one."""
    abstained: int
    """About an application, and not linked."""
    false_links: int
    """Linked, and about none."""
    duplicates: int
    """Proposed as a new application, and about a tracked one."""
    proposed: int
    review: int
    unmatched: int
    siblings: int
    """About an application whose employer has another one in the corpus."""
    siblings_right: int
    created: int
    """Applications that would come to be without a person."""
    precision: float
    """Right among all links; 0 without any."""
    recall: float
    """Right among the mails that are about an application."""
    category_accuracy: float
    """Among the mails whose category the corpus names."""
    mails_per_s: float
    """Matching alone: from facts to links."""
    read_mails_per_s: float
    """Reading alone: from bytes to facts."""
    end_to_end_mails_per_s: float
    by_stage: dict[str, StageFigures]
    abstained_as: dict[str, int]
    """By outcome: the mails that are about an application and were not linked."""

    def as_json(self) -> dict[str, Any]:
        """Return the figures as `--json` prints them."""
        return {name: _plain(value) for name, value in self.__dict__.items()}


def _plain(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, StageFigures):
        return dict(value.__dict__)
    if isinstance(value, dict):
        return {str(name): _plain(one) for name, one in value.items()}
    return round(value, 4) if isinstance(value, float) else value


def score(corpus: Corpus, done: Run) -> Evaluation:
    """Compare what was said of each mail with what is true of it."""
    verdicts = done.verdicts
    linked = [one for one in verdicts if one.outcome is LinkOutcome.LINKED]
    right = [one for one in linked if one.application == one.mail.truth_application]
    true = [one for one in verdicts if one.mail.truth_application is not None]
    abstained = [one for one in true if one.outcome is not LinkOutcome.LINKED]
    false_links = sum(one.mail.truth_application is None for one in linked)
    outcomes = Counter(one.outcome for one in verdicts)
    siblings = _siblings(corpus)
    labelled = [one for one in verdicts if one.mail.truth_category is not None]
    created = {link.proposal_key for one in verdicts for link in one.links if link.creates}
    stages = [stage for stage in LinkStage if any(one.stage is stage for one in linked)]
    n = len(verdicts)
    return Evaluation(
        n=n,
        with_truth=len(true),
        without_truth=n - len(true),
        applications=len(corpus.applications),
        right=len(right),
        wrong=len(linked) - len(right) - false_links,
        abstained=len(abstained),
        false_links=false_links,
        duplicates=sum(one.outcome is LinkOutcome.PROPOSED for one in true),
        proposed=outcomes[LinkOutcome.PROPOSED],
        review=outcomes[LinkOutcome.REVIEW],
        unmatched=outcomes[LinkOutcome.UNMATCHED],
        siblings=sum(one.mail.truth_application in siblings for one in true),
        siblings_right=sum(one.mail.truth_application in siblings for one in right),
        created=len(created),
        precision=_share(len(right), len(linked)),
        recall=_share(len(right), len(true)),
        category_accuracy=_share(
            sum(one.category is one.mail.truth_category for one in labelled), len(labelled)
        ),
        mails_per_s=_share(n, done.match_s),
        read_mails_per_s=_share(n, done.read_s),
        end_to_end_mails_per_s=_share(n, done.read_s + done.match_s),
        by_stage={
            stage.value: StageFigures(
                sum(one.stage is stage for one in linked), sum(one.stage is stage for one in right)
            )
            for stage in stages
        },
        abstained_as={
            outcome.value: count for outcome, count in Counter(one.outcome for one in abstained).most_common()
        },
    )


def _share(part: float, whole: float) -> float:
    return part / whole if whole > 0 else 0.0


def _siblings(corpus: Corpus) -> frozenset[str]:
    """Return the applications, by the corpus's ids, whose employer has another one."""
    keys = {facts.id: _employer(facts) for facts in corpus.applications}
    counts = Counter(key for key in keys.values() if key)
    return frozenset(corpus.names[id_] for id_, key in keys.items() if counts[key or ""] > 1)


def _employer(facts: ApplicationFacts) -> str | None:
    return company_key(facts.companies[0]) if facts.companies else None


def predictions(verdicts: Sequence[Verdict]) -> str:
    """Return one JSON line for each mail, in the order of the corpus."""
    return "".join(
        json.dumps(
            {
                "message_id": one.mail.message_id,
                "application_id": one.application,
                "outcome": one.outcome,
                "stage": one.stage,
                "category": one.category,
            },
            ensure_ascii=False,
        )
        + "\n"
        for one in verdicts
    )


def table(evaluation: Evaluation) -> str:
    """Return the figures as text for a terminal."""
    e = evaluation
    lines = [
        f"{e.n} mails, {e.with_truth} about one of {e.applications} applications, {e.without_truth} about "
        f"none",
        "",
        f"{'right':<24}{e.right:>6} of {e.with_truth}",
        f"{'wrong':<24}{e.wrong:>6}",
        f"{'abstained':<24}{e.abstained:>6}"
        + "".join(f"   {outcome} {count}" for outcome, count in e.abstained_as.items()),
        f"{'duplicates':<24}{e.duplicates:>6}",
        f"{'siblings right':<24}{e.siblings_right:>6} of {e.siblings}",
        f"{'false links':<24}{e.false_links:>6} of {e.without_truth}",
        f"{'proposed':<24}{e.proposed:>6}   applications created {e.created}",
        f"{'for review':<24}{e.review:>6}",
        f"{'unmatched':<24}{e.unmatched:>6}",
        "",
        f"precision {e.precision:.3f}   recall {e.recall:.3f}   category {e.category_accuracy:.3f}",
        f"mails/s: {e.mails_per_s:.0f} matched, {e.read_mails_per_s:.0f} read, "
        f"{e.end_to_end_mails_per_s:.0f} end to end",
    ]
    if e.by_stage:
        lines += ["", f"{'stage':<24}{'links':>6}{'right':>7}"]
        lines += [f"{stage:<24}{figures.links:>6}{figures.right:>7}" for stage, figures in e.by_stage.items()]
    return "\n".join(lines)
