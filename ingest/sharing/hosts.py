"""Which sources stand at the same host: one ingester reads them all, so that it stays polite."""

from msgspec import Struct
from yarl import URL

from bunco.values import Secret


def host_of(name: str, options: Struct) -> str:
    """Give what a source is shared by: the host of its address, else its own name.

    Any part's options may have an address, as ``url`` or, where it is a secret, ``secret_url``.
    """
    secret = getattr(options, "secret_url", None)
    address = secret.reveal() if isinstance(secret, Secret) else getattr(options, "url", "")
    try:
        host = URL(address).host if isinstance(address, str) else None
    except ValueError:
        host = None
    return host.lower().rstrip(".") if host else name
