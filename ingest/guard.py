"""Keep the fetcher out of private networks: judge the address that is connected to.

The judgement is made where the socket is made, after name resolution, for every address
tried and on every redirect. So a name that answers differently the second time (DNS
rebinding), a numeric spelling such as ``http://2130706433/`` and an IPv4 address wrapped in
IPv6 all meet the same check.
"""

import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from aiohttp.abc import AbstractResolver
from aiohttp.client import ClientSession
from aiohttp.connector import AddrInfoType, TCPConnector
from aiohttp.cookiejar import DummyCookieJar
from aiohttp.tracing import TraceConfig

_NAT64 = IPv6Network("64:ff9b::/96")
_IPV4_COMPATIBLE = IPv6Network("::/96")


class AddressRefusedError(OSError):
    """Say that a connection was not made because its address is not a public one."""


class RedirectRefusedError(OSError):
    """Say that the server sent us on to another address, and we did not go."""


def is_public(address: str) -> bool:
    """Tell whether an IP address is one of the open internet.

    False for private, loopback, link-local, shared, reserved, multicast and unspecified
    addresses, also where they are wrapped in IPv6 (mapped, compatible, 6to4, Teredo, NAT64).

    Source: IANA special-purpose address registries, as in Python's ``ipaddress``; RFC 4291
    section 2.5.5, RFC 3056, RFC 4380, RFC 6052 section 2.1.
    """
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    inner = _wrapped(ip) if isinstance(ip, IPv6Address) else None
    if inner is not None:
        return is_public(str(inner))
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def open_session(
    *,
    user_agent: str,
    allow_private: bool,
    most_connections: int,
    resolver: AbstractResolver | None = None,
    redirects: bool = True,
) -> ClientSession:
    """Open an HTTP session that keeps no cookies and takes no proxy from the environment.

    Args:
        user_agent: what it says it is.
        allow_private: whether it may connect to addresses that are not public. A session
            keeps connections, so the two sorts must not share one.
        most_connections: at the same time; 0 for any number.
        resolver: in place of the system's; its answers are judged all the same.
        redirects: whether one may be followed without asking; else it raises
            ``RedirectRefusedError``.
    """
    tracing = TraceConfig()
    tracing.on_request_redirect.append(_refuse_redirect)
    connector = TCPConnector(
        limit=most_connections,
        resolver=resolver,
        use_dns_cache=False,
        socket_factory=_open_socket if allow_private else _guarded_socket,
    )
    return ClientSession(
        connector=connector,
        cookie_jar=DummyCookieJar(),
        trust_env=False,
        trace_configs=[] if redirects else [tracing],
        auto_decompress=False,
        headers={"User-Agent": user_agent},
        max_line_size=16384,
        max_field_size=16384,
    )


def refusal(error: BaseException | None) -> AddressRefusedError | None:
    """Find the refusal among the causes of an error, if it is one."""
    while error is not None:
        if isinstance(error, AddressRefusedError):
            return error
        if isinstance(error, OSError) and _REFUSED in str(error):
            return AddressRefusedError(_REFUSED)  # several addresses, one combined OSError
        error = error.__cause__ or error.__context__
    return None


_REFUSED = "is not a public address"


async def _refuse_redirect(*_: object) -> None:
    raise RedirectRefusedError("redirected")


def _guarded_socket(info: AddrInfoType) -> socket.socket:
    address = str(info[4][0])
    if not is_public(address):
        raise AddressRefusedError(f"{address} {_REFUSED}")
    return _open_socket(info)


def _open_socket(info: AddrInfoType) -> socket.socket:
    family, kind, protocol = info[:3]
    return socket.socket(family=family, type=kind, proto=protocol)


def _wrapped(ip: IPv6Address) -> IPv4Address | None:
    if ip.ipv4_mapped is not None:
        return ip.ipv4_mapped
    if ip.sixtofour is not None:
        return ip.sixtofour
    if ip.teredo is not None:
        return ip.teredo[1]
    if ip in _NAT64 or ip in _IPV4_COMPATIBLE:
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return None
