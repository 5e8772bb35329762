"""What stands before every request: who asks, and whether it is answered at all."""

from starlette.types import ASGIApp, Receive, Scope, Send

from dashboards.access.people import HERE
from dashboards.desk import DESK, PERSON, Desk


class Guard:
    """Wrap the whole application.

    Args:
        app: what is guarded.
        desk: put into the scope of every request.
    """

    def __init__(self, app: ASGIApp, desk: Desk) -> None:
        self.app = app
        self._desk = desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or one WebSocket."""
        if scope["type"] != "lifespan":
            scope[DESK] = self._desk
            scope[PERSON] = HERE
        await self.app(scope, receive, send)
