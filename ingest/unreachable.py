"""A web that is not there, for sources that are played from files."""

from collections.abc import Mapping

from bunco.errors import SourceError
from bunco.ports.web import AS_A_PAGE, Events, Fetched, Manner, Socket


class NoWeb:
    """Refuse every address."""

    async def fetch(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        allow_private: bool = False,
        manner: Manner = AS_A_PAGE,
    ) -> Fetched:
        """Refuse.

        Raises:
            SourceError: always.
        """
        del headers, allow_private, manner
        raise _refused(url)

    async def open_socket(
        self, url: str, *, headers: Mapping[str, str] | None = None, allow_private: bool = False
    ) -> Socket:
        """Refuse.

        Raises:
            SourceError: always.
        """
        del headers, allow_private
        raise _refused(url)

    async def open_events(
        self, url: str, *, headers: Mapping[str, str] | None = None, allow_private: bool = False
    ) -> Events:
        """Refuse.

        Raises:
            SourceError: always.
        """
        del headers, allow_private
        raise _refused(url)


def _refused(url: str) -> SourceError:
    return SourceError(f"{url}: nothing is fetched in a replay", weight="hard")
