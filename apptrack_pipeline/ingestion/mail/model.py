"""A second model beside the rules: which words and letters a mail has, weighed by a linear classifier.

It may agree with the rules, propose where they have little to say, or send a mail to review; it never moves a
status by itself (`classify.py`). It is trained in the process, from the shipped text in `training/` and the
person's own corrections: nothing that was trained elsewhere is ever loaded, and nothing is cached.
scikit-learn is an optional extra (`pip install 'apptrack-pipeline[ml]'`); without it the rules alone decide.

`apptrack inspect mail` and `evaluate mail` use it where it is installed. Measured on 508 mails, 400 of them
job mail (November 2026): it is asked about seven in ten, which takes bytes to signals from 521 to 434 mails a
second and core; other mail is hardly ever asked about.
"""

from __future__ import annotations

import csv
import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from importlib.util import find_spec
from itertools import chain, pairwise
from typing import Any, Final

from apptrack_pipeline.domain import (
    ConfigurationError,
    MailCategory,
)
from apptrack_pipeline.ingestion.mail.message import Message
from apptrack_pipeline.ingestion.mail.sentences import fold

MAX_TEXT_CHARS: Final = 1_500
_SHARPNESS: Final = 3.0
_WORD: Final = re.compile(r"\b\w\w+\b")
_CACHED_WORDS: Final = 20_000
_CORRECTION_WEIGHT: Final = 3
"""A person's correction counts as much as three shipped texts: it is real mail."""


@dataclass(frozen=True)
class Example:
    """One labelled mail."""

    category: MailCategory
    subject: str
    text: str


def is_available() -> bool:
    """Say whether scikit-learn is installed."""
    return find_spec("sklearn") is not None


@lru_cache(maxsize=1)
def shipped_examples() -> tuple[Example, ...]:
    """Return the training text that comes with the package: invented mail in four languages."""
    examples = []
    folder = resources.files("apptrack_pipeline.ingestion.mail").joinpath("training")
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".tsv"):
            rows = csv.reader(file.read_text("utf-8").splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
            examples += [
                Example(MailCategory(row[0]), row[1], row[2])
                for row in rows
                if len(row) == 3 and row[0] != "label"
            ]
    return tuple(examples)


class _Scores:
    """What the features of one fitted vectorizer add to the score of each category.

    The library's own `transform` costs 1.2 ms for each vectorizer and text, most of it in checks; this gives
    the same numbers in a tenth of that. Letters are looked up once for each word.
    """

    def __init__(self, vectorizer: Any, weights: Any, features_of: Callable[[str], list[str]]) -> None:  # noqa: ANN401
        self._place_of: dict[str, int] = vectorizer.vocabulary_
        self._idf = vectorizer.idf_
        self._weights = weights
        self._places_in = lru_cache(maxsize=_CACHED_WORDS)(
            lambda word: [self._place_of[one] for one in features_of(word) if one in self._place_of]
        )

    def of(self, pieces: Sequence[str]) -> Any:  # noqa: ANN401
        """Return a score for each category."""
        counts = Counter(chain.from_iterable(map(self._places_in, pieces)))
        places = list(counts)
        tf_idf = [(1.0 + math.log(count)) * self._idf[place] for place, count in counts.items()]
        length = math.sqrt(sum(one * one for one in tf_idf)) or 1.0
        return (self._weights[places].T @ tf_idf) / length


def _word_pairs(text: str) -> list[str]:
    words = _WORD.findall(text)
    return words + [f"{one} {two}" for one, two in pairwise(words)]


def _letters(word: str) -> list[str]:
    """Return the runs of 3 to 5 letters of a word with the spaces around it."""
    padded = f" {word} "
    found = []
    for length in range(3, 6):
        found += [padded[start : start + length] for start in range(max(1, len(padded) - length + 1))]
        if len(padded) <= length:
            break
    return found


class WordModel:
    """Two linear classifiers over the words and letters of a mail, averaged.

    A support vector machine over words and parts of words, and a naive Bayes over words. On 740 mails that
    are not in the training text they are right together in 90 % (`job_alert` as `not_job`; November 2026).
    """

    def __init__(self, words: Any, letters: Any, margins: Any, all_words: Any, likelihoods: Any) -> None:  # noqa: ANN401
        self._categories = [MailCategory(label) for label in margins.classes_]
        self._intercepts = margins.intercept_
        known = len(words.vocabulary_)
        self._margins = _Scores(words, margins.coef_.T[:known].copy(), lambda word: [word])
        self._margins_of_letters = _Scores(letters, margins.coef_.T[known:].copy(), _letters)
        self._likelihoods = _Scores(all_words, likelihoods.feature_log_prob_.T.copy(), lambda word: [word])

    def opinion(self, message: Message) -> tuple[MailCategory, float]:
        """Return the likeliest category and its share of the evidence, 0 to 1."""
        text = _joined(message.subject, message.text)
        words = _word_pairs(text)
        margins = self._margins.of(words) + self._margins_of_letters.of(text.split()) + self._intercepts
        shares = [
            (one + other) / 2
            for one, other in zip(_shares(margins), _shares(self._likelihoods.of(words)), strict=True)
        ]
        best = max(range(len(shares)), key=shares.__getitem__)
        return self._categories[best], shares[best]


def _shares(scores: Sequence[float]) -> list[float]:
    # Neither margins nor naive likelihoods are probabilities. With this factor a share between .6 and .8 was
    # right in 75 % of 740 mails that were not in the training text, one of .9 and more in each of 402.
    most = max(scores)
    powers = [math.exp(_SHARPNESS * (float(score) - float(most))) for score in scores]
    total = sum(powers)
    return [power / total for power in powers]


def train(corrections: Sequence[Example] = ()) -> WordModel:
    """Train on the shipped text and the person's corrections: a second, and two to load the library.

    Raises ConfigurationError where scikit-learn is missing.
    """
    if not is_available():
        raise ConfigurationError("The second model needs scikit-learn: pip install 'apptrack-pipeline[ml]'")
    from scipy.sparse import hstack
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.naive_bayes import ComplementNB
    from sklearn.svm import LinearSVC

    examples = [*shipped_examples(), *(one for one in corrections for _ in range(_CORRECTION_WEIGHT))]
    texts = [_joined(one.subject, one.text) for one in examples]
    labels = [one.category.value for one in examples]
    words, all_words = (
        TfidfVectorizer(analyzer=_word_pairs, sublinear_tf=True, min_df=least) for least in (2, 1)
    )
    letters = TfidfVectorizer(
        analyzer=lambda text: list(chain.from_iterable(map(_letters, text.split()))),
        sublinear_tf=True,
        min_df=3,
        max_features=60_000,
    )
    features = hstack([words.fit_transform(texts), letters.fit_transform(texts)]).tocsr()
    margins = LinearSVC(C=0.5, class_weight="balanced", random_state=0).fit(features, labels)
    likelihoods = ComplementNB(alpha=0.1).fit(all_words.fit_transform(texts), labels)
    return WordModel(words, letters, margins, all_words, likelihoods)


def _joined(subject: str, text: str) -> str:
    return fold(f"{subject}\n{text[:MAX_TEXT_CHARS]}")
