"""A second model beside the rules: which words and letters a mail has, weighed by a linear classifier.

It may agree with the rules or send a mail to review; it never changes a verdict (`interpret.reconcile`). It
is trained in the process, from the shipped text in `training/` and the person's own corrections: nothing that
was trained elsewhere is ever loaded. scikit-learn is an optional extra (`pip install 'apptrack-pipeline[ml]'`).
"""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from importlib.util import find_spec
from typing import Any, Final

from apptrack_pipeline.domain import ConfigurationError
from apptrack_pipeline.ingestion.mail.message import Message
from apptrack_pipeline.ingestion.mail.sentences import fold
from apptrack_pipeline.ingestion.mail.signals import Category

_MAX_TEXT_CHARS: Final = 4_000
_CORRECTION_WEIGHT: Final = 3
"""A person's correction counts as much as three shipped texts: it is real mail."""


@dataclass(frozen=True)
class Example:
    """One labelled mail."""

    category: Category
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
                Example(Category(row[0]), row[1], row[2])
                for row in rows
                if len(row) == 3 and row[0] != "label"
            ]
    return tuple(examples)


class LinearModel:
    """TF-IDF of words and letters into a linear classifier."""

    def __init__(self, vectorizer: Any, classifier: Any) -> None:  # noqa: ANN401
        self._vectorizer = vectorizer
        self._classifier = classifier

    def opinion(self, message: Message) -> tuple[Category, float]:
        """Return the likeliest category and its share of the evidence, 0 to 1."""
        margins = self._classifier.decision_function(self._vectorizer.transform([_features(message)]))[0]
        # Margins of one-against-the-rest are no probabilities; this keeps their order and compares them.
        powers = [math.exp(min(4.0 * margin, 50.0)) for margin in margins]
        best = max(range(len(powers)), key=powers.__getitem__)
        return Category(self._classifier.classes_[best]), powers[best] / sum(powers)


def train(corrections: Sequence[Example] = ()) -> LinearModel:
    """Train on the shipped text and the person's corrections; takes seconds.

    Raises ConfigurationError where scikit-learn is missing.
    """
    if not is_available():
        raise ConfigurationError("The second model needs scikit-learn: pip install 'apptrack-pipeline[ml]'")
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import FeatureUnion
    from sklearn.svm import LinearSVC

    examples = [*shipped_examples(), *(one for one in corrections for _ in range(_CORRECTION_WEIGHT))]
    vectorizer = FeatureUnion(
        [
            ("words", TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2, lowercase=False)),
            (
                "letters",
                TfidfVectorizer(
                    analyzer="char_wb",
                    ngram_range=(3, 5),
                    sublinear_tf=True,
                    min_df=3,
                    max_features=60_000,
                    lowercase=False,
                ),
            ),
        ]
    )
    texts = vectorizer.fit_transform([_joined(one.subject, one.text) for one in examples])
    classifier = LinearSVC(C=0.5, class_weight="balanced", random_state=0)
    classifier.fit(texts, [one.category.value for one in examples])
    return LinearModel(vectorizer, classifier)


def _features(message: Message) -> str:
    return _joined(message.subject, message.text)


def _joined(subject: str, text: str) -> str:
    return fold(f"{subject}\n{text[:_MAX_TEXT_CHARS]}")
