"""The short names that an employer may have on a platform, as far as its own host suggests them."""

from __future__ import annotations

import re
from typing import Final

_SECOND_LEVEL: Final = frozenset({"ac", "co", "com", "edu", "gov", "net", "org"})
_BEFORE = re.compile(
    r"(?:careers?at|jobsat|lifeat|workat|workfor|workwith|work|join|with|get|try|use|go|team|we|the)(?=\w{3})"
)
_AFTER = re.compile(
    r"(?<=\w{3})(?:careers?|jobs?|talent|hiring|team|people|hq|inc|labs?|group|security|app|tab)\Z"
)


def host_guesses(host: str) -> tuple[str, ...]:
    """Return the short names that an employer may have on a platform, by the host of its own site.

    `careers.withfernwick.com` gives `withfernwick` and `fernwick`. They are guesses: an answer
    must prove one.
    """
    labels = host.lower().removeprefix("www.").split(".")
    if len(labels) < 2:
        return ()
    name = labels[-2]
    if len(labels) > 2 and name in _SECOND_LEVEL and len(labels[-1]) == 2:
        name = labels[-3]
    bare = _BEFORE.sub("", name, count=1) if _BEFORE.match(name) else name
    guesses = (name, bare, _AFTER.sub("", name), _AFTER.sub("", bare), name.replace("-", ""))
    return tuple(one for one in dict.fromkeys(guesses) if len(one) > 1)[:4]
