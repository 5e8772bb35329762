"""The packages that the distributed run needs on top of the others; nothing is imported to look."""

import sys
from importlib.util import find_spec

from bunco import registry
from bunco.errors import UsageError

INSTALL = registry.INSTALL

_PACKAGES = {
    "cramjam": "cramjam",
    "crc32c": "crc32c",
    "elasticsearch": "elasticsearch",
    "faust": "faust-streaming",
    "kafka": "kafka-python",
    "lz4": "lz4",
    "prometheus_client": "prometheus-client",
    "rocksdict": "rocksdict",
}
"""What is imported, and what it is called where packages are installed from."""


def missing() -> list[str]:
    """Give the packages of the extra that are not installed."""
    return [
        name
        for module, name in _PACKAGES.items()
        if module not in sys.modules and find_spec(module) is None  # Faust, loaded, has no spec
    ]


def require() -> None:
    """Hold that the extra is installed.

    Raises:
        UsageError: it is not; says how to install it.
    """
    if lacking := missing():
        raise UsageError(f"this needs {', '.join(lacking)}; {INSTALL}")
