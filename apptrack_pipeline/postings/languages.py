"""Which language a posting is written in: as it is stated, or by its commonest words."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

_WORD = re.compile(r"[^\W\d_]+")
_MAX_CHARS: Final = 3_000
_MIN_HITS: Final = 6
_LEAD: Final = 1.3

_STOP_WORDS: Final[dict[str, frozenset[str]]] = {
    language: frozenset(words.split())
    for language, words in {
        "en": "the and of to in you our we with for is are your will be this that as on have an who",
        "de": "und der die das mit für wir sie von ist bei den im eine einen zu du unser deine ihre auf dich",
        "fr": "et les des le la vous nous dans pour une notre au du est avec sur votre en être aux qui",
        "es": "de la los las en y el con para una por del tu nuestro se que como más es años somos",
        "it": "di e il la per con una del della nel le gli sono che è i si alla nostro dei",
        "nl": "de het een en van je met voor bij ons is wij onze naar jij aan zijn op te dat",
        "pt": "de e o a os as em para com uma do da no na você nosso por que mais não dos das ao são",
    }.items()
}
_NAMES: Final = {
    "english": "en", "englisch": "en", "anglais": "en", "german": "de", "deutsch": "de", "french": "fr",
    "français": "fr", "spanish": "es", "español": "es", "italian": "it", "italiano": "it", "dutch": "nl",
    "nederlands": "nl", "portuguese": "pt", "português": "pt",
}  # fmt: skip


def language_tag(stated: str) -> str:
    """Return the tag of a language that is stated by its name (`English`); any other text as it is."""
    return _NAMES.get(stated.strip().lower(), stated)


def language_of(text: str) -> str | None:
    """Return the language (en, de, fr, es, it, nl, pt) whose small words a text has; None where it is not
    clear."""
    words = Counter(_WORD.findall(text[:_MAX_CHARS].lower()))
    hits = sorted(
        ((sum(words[word] for word in known), language) for language, known in _STOP_WORDS.items()),
        reverse=True,
    )
    (best, language), (second, _) = hits[0], hits[1]
    return language if best >= _MIN_HITS and best >= _LEAD * second else None
