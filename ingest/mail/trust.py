"""Tell whether a mail was really sent by whom it names.

Only the word of the operator's own mail server counts, and of several it left only the
topmost: what stands below may have come with the mail. Source: RFC 8601, sections 2.2, 5, 7.1.
"""

import re

from ingest.mail.mime import Mail

_COMMENT = re.compile(r"\([^()]*\)")
_DEEPEST = 5
"""Comments inside comments that are taken out. Source: ours."""

_WHOSE = {"dkim": ("header.d", "header.i"), "dmarc": ("header.from",)}
"""Which methods count, and which properties name the domain that they speak of."""


def is_verified(mail: Mail, authserv: str) -> bool:
    """Tell whether the server says that DKIM or DMARC passed for the sender's own domain.

    Args:
        mail: a mail.
        authserv: what the server calls itself in Authentication-Results; empty: unknown.
    """
    if not authserv or not mail.domain:
        return False
    said = (_bare(text).split(";") for text in mail.verdicts)
    own: list[str] = next((parts for parts in said if _server(parts[0]) == authserv.lower()), [])
    return any(_passes(one, mail.domain) for one in own[1:])


def is_aligned(claimed: str, domain: str) -> bool:
    """Tell whether two domains are one, or one lies below the other.

    >>> is_aligned("google.com", "alerts.google.com"), is_aligned("com", "google.com")
    (True, False)
    """
    if "." not in claimed or "." not in domain:
        return False
    return f".{claimed}".endswith(f".{domain}") or f".{domain}".endswith(f".{claimed}")


def _server(text: str) -> str:
    words = text.split()  # a version may follow
    return words[0].lower() if words else ""


def _passes(result: str, domain: str) -> bool:
    words = result.replace(" =", "=").replace("= ", "=").split()
    method, _, verdict = words[0].partition("=") if words else ("", "", "")
    if verdict.lower() != "pass":
        return False
    told = dict(word.lower().split("=", 1) for word in words[1:] if "=" in word)
    claimed = [told[name] for name in _WHOSE.get(method.lower(), ()) if name in told]
    return bool(claimed) and is_aligned(claimed[0].strip('"').rpartition("@")[2], domain)


def _bare(text: str) -> str:
    for _ in range(_DEEPEST):
        text, found = _COMMENT.subn(" ", text)
        if not found:
            break
    return text
