"""The application of the stream process. It reads as the role that cannot write, and tells no word of what it reads."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime

from sqlalchemy import create_engine
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from webapp.config import Settings, load_settings
from webapp.core import database, tickets
from webapp.core.database import engine_options
from webapp.streams.listeners import Listeners
from webapp.streams.lookout import Lookout, Span

MOST = 2_000  # streams at once: more are refused, and ask now and then instead
HEADERS = {
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",  # a proxy that collects an answer before it passes it on would keep all of it back
    "Access-Control-Allow-Origin": "*",  # the ticket is what opens it; no cookie is read
    "X-Content-Type-Options": "nosniff",
}


def create_stream_app(settings: Settings | None = None) -> Starlette:
    settings = settings or load_settings()
    listeners = Listeners(Lookout())

    @asynccontextmanager
    async def looking(_app: Starlette) -> AsyncIterator[None]:
        _bind(settings)
        task = asyncio.create_task(listeners.keep_looking())
        try:
            yield
        finally:
            task.cancel()

    async def days(request: Request) -> Response:
        try:
            span, until = _opened(settings, request.query_params.get("ticket", ""))
        except tickets.BadTicket:
            return PlainTextResponse("This ticket opens nothing.", 403, HEADERS)
        if len(listeners) >= MOST:
            return PlainTextResponse("Too many streams are open.", 503, HEADERS)
        return StreamingResponse(listeners.listen(span, until=until), headers=HEADERS, media_type="text/event-stream")

    async def health(_request: Request) -> Response:
        return PlainTextResponse("ok")

    # Behind a proxy there may be the proxy's own folder before the name.
    routes = [Route("/health", health), Route("/days", days), Route("/{folder:path}/days", days)]
    return Starlette(routes=routes, lifespan=looking)


def _bind(settings: Settings) -> None:
    """One look at a time: one connection, and another for the clinic it belongs to."""
    options = engine_options(isolation=settings.booking_isolation, size=2, read_only=True)
    reader = create_engine(settings.reader_url, **options)
    database.bind(writer=reader, reader=reader)


def _opened(settings: Settings, ticket: str) -> tuple[Span, datetime]:
    names, until = tickets.honour(settings.secret_key, purpose="days", ticket=ticket)
    clinic, first, last = names
    return Span(clinic, date.fromisoformat(first), date.fromisoformat(last)), until
