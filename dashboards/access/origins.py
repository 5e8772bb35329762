"""Which names we answer to, and whether a request comes from one of our own pages.

A page of another site can make a browser ask a dashboard on loopback, and a name that first
leads there and then to 127.0.0.1 (DNS rebinding) lets it read the answer. So a dashboard without
users answers to the names of loopback only, and whatever changes something has to come from our
own pages or from no browser.
"""

import ipaddress
import socket
from collections.abc import Iterable
from urllib.parse import urlsplit

from bunco.options import DashboardOptions

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class Origins:
    """See the module.

    Args:
        options: the table ``[dashboard]``.
        must_sign_in: whether nobody is let in without an account. Then any address is taken:
            rebinding needs a name, and a browser sends our cookie to our own name only.
    """

    def __init__(self, options: DashboardOptions, *, must_sign_in: bool) -> None:
        base = urlsplit(options.base_url)
        self._base = f"{base.scheme}://{base.netloc}" if base.netloc else ""
        self.is_https = base.scheme == "https"
        named: Iterable[str] = (*options.allowed_hosts, options.host, base.hostname or "")
        self._names = {name.lower().strip("[]") for name in named if name} | _LOOPBACK
        if must_sign_in:
            self._names |= {socket.gethostname().lower(), socket.getfqdn().lower()}
        self._takes_addresses = must_sign_in

    def is_ours(self, host: str) -> bool:
        """Tell whether a ``Host`` header names this dashboard."""
        name = _name_of(host)
        if name in self._names:
            return True
        return self._takes_addresses and _is_address(name)

    def is_same(self, host: str, origin: str, fetch_site: str) -> bool:
        """Tell whether a request comes from our own pages, or from no browser.

        Source: the headers that Go 1.25's ``http.CrossOriginProtection`` goes by.

        Args:
            host: the header ``Host``.
            origin: the header ``Origin``; empty where there is none.
            fetch_site: the header ``Sec-Fetch-Site``; empty where there is none.
        """
        if fetch_site:
            return fetch_site in {"same-origin", "none"}
        if not origin:
            return True
        if self._base and origin.lower() == self._base.lower():
            return True
        return urlsplit(origin).netloc.lower() == host.lower()


def _name_of(host: str) -> str:
    """Give the name of a ``Host`` header without its port, in lower case."""
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
