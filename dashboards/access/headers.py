"""What a browser is told to hold to, with every answer."""

import re

SECURITY: tuple[tuple[bytes, bytes], ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
)
"""Source: OWASP's cheat sheet on HTTP headers."""

HSTS = (b"strict-transport-security", b"max-age=31536000")
"""Where people come by https."""

NOTHING = b"default-src 'none'; frame-ancestors 'none'; base-uri 'none'"
"""The policy of what is no page: JSON, text."""

_SCRIPT = re.compile(rb"<script(?=[\s>])")


def page_policy(nonce: str) -> bytes:
    """Give the Content-Security-Policy of a page.

    NiceGUI compiles its templates in the browser and evaluates what the server sends it, which
    takes ``unsafe-eval``; Quasar and ECharts set styles on elements, which takes
    ``unsafe-inline`` for styles. Scripts come from here alone, or bear the nonce. Source: what
    Chromium refuses without each of them, see docs/decisions/0023.
    """
    return (
        "default-src 'none'; "
        f"script-src 'self' 'nonce-{nonce}' 'unsafe-eval'; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
        "connect-src 'self'; manifest-src 'self'; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'; object-src 'none'"
    ).encode()


def form_policy(nonce: str) -> bytes:
    """Give the policy of the page where one signs in: no script at all."""
    return (
        f"default-src 'none'; style-src 'nonce-{nonce}'; img-src 'self'; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    ).encode()


def with_nonce(page: bytes, nonce: str) -> bytes:
    """Give a page whose script elements bear the nonce.

    In the text of posts no element can begin: NiceGUI escapes every ``<`` of what it shows.
    """
    return _SCRIPT.sub(b'<script nonce="' + nonce.encode() + b'"', page)
