"""Where a mail stops to speak of the application and begins to speak of other roles."""

from __future__ import annotations

import re
from typing import Final

_OTHER_ROLES: Final = re.compile(
    r"\b(?:(?:we(?:'re| are)? )?also (?:looking|hiring|searching|recruiting)|(?:also|currently) hiring now"
    r"|other (?:open )?(?:roles|positions|opportunities|openings|jobs|vacancies)"
    r"|similar (?:jobs|roles|positions)|(?:not the|isn't the) right (?:role|job|fit)"
    r"|you (?:may|might) (?:also )?(?:like|be interested)|(?:jobs|roles) you (?:may|might)|more jobs"
    r"|recommended for you|(?:weitere|andere|ähnliche) (?:offene )?(?:stellen|positionen|jobs)"
    r"|suchen (?:wir )?(?:auch|außerdem)|(?:d'autres|autres) (?:postes|offres|opportunités)"
    r"|nous recrutons aussi|offres similaires|(?:otras|otros) (?:vacantes|puestos|ofertas|oportunidades)"
    r"|también buscamos|ofertas similares)",
    re.IGNORECASE,
)


def before_other_roles(text: str) -> str:
    """Return the text up to "Not the right role? We are also looking for ..." and its like."""
    other = _OTHER_ROLES.search(text)
    return text[: other.start()] if other else text
