from __future__ import annotations


def posting_keys(url: str) -> tuple[str, ...]:
    return ()


def requisition_key(text: str) -> str | None:
    k = "".join(c for c in text if c.isalnum()).upper()
    return k if len(k) >= 4 else None
