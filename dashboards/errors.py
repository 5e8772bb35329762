"""What the dashboard refuses, each with the status that tells it over HTTP."""

from collections.abc import Sequence

from bunco.errors import BuncoError


class Refused(BuncoError):  # noqa: N818  # a word of the domain, not of Python
    """Say that a request is not answered, and why.

    Args:
        detail: why, in words for the one who asked; no text of strangers.
        headers: to send along.
    """

    status = 400
    title = "Bad Request"

    def __init__(self, detail: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.headers = headers or {}


class Unknown(Refused):
    """Say that nobody knows who asks."""

    status, title = 401, "Unauthorized"


class Forbidden(Refused):
    """Say that who asks may not do this."""

    status, title = 403, "Forbidden"


class Missing(Refused):
    """Say that there is no such thing."""

    status, title = 404, "Not Found"


class Conflict(Refused):
    """Say that things are no longer as who asked thinks."""

    status, title = 409, "Conflict"


class TooLarge(Refused):
    """Say that a body is larger than what is taken."""

    status, title = 413, "Content Too Large"


class WrongKind(Refused):
    """Say that a body is of a kind that is not taken."""

    status, title = 415, "Unsupported Media Type"


class Misdirected(Refused):
    """Say that the request names a host that this is not."""

    status, title = 421, "Misdirected Request"


class Invalid(Refused):
    """Say that what was sent cannot be read as what it should be."""

    status, title = 422, "Unprocessable Content"


class Faulty(Invalid):
    """Say which parts of what was sent are wrong.

    Args:
        detail: in words.
        faults: where, and why.
    """

    def __init__(self, detail: str, faults: Sequence[tuple[str, str]]) -> None:
        super().__init__(detail)
        self.faults = tuple(faults)


class TooOften(Refused):
    """Say that it was asked too often."""

    status, title = 429, "Too Many Requests"


class Unavailable(Refused):
    """Say that it cannot be done now, or not here."""

    status, title = 503, "Service Unavailable"
