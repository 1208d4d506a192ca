"""Who listens to which days, and the one loop that looks for all of them."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from webapp.core.errors import DomainError
from webapp.core.timezones import utc_now
from webapp.streams.lookout import Lookout, Span

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.7
BEAT_SECONDS = 2.0  # a client that hears nothing for longer than a few beats knows that it is cut off

Queue = asyncio.Queue[str]


class Listeners:
    """Every open stream waits on a queue of its own, which holds the newest news only."""

    def __init__(self, lookout: Lookout) -> None:
        self._lookout = lookout
        self._queues: dict[Span, set[Queue]] = {}
        self._told: dict[Span, str] = {}
        self._someone = asyncio.Event()

    def __len__(self) -> int:
        return sum(map(len, self._queues.values()))

    async def listen(self, span: Span, *, until: datetime) -> AsyncIterator[str]:
        """The version of the days now, each one that follows, and a beat in between; ends at ``until`` (UTC)."""
        with self._joined(span) as queue:
            while utc_now() < until:
                yield await queue.get()

    @contextmanager
    def _joined(self, span: Span) -> Iterator[Queue]:
        queue: Queue = asyncio.Queue(maxsize=1)
        self._queues.setdefault(span, set()).add(queue)
        if span in self._told:
            queue.put_nowait(_event("version", self._told[span]))
        self._someone.set()
        try:
            yield queue
        finally:
            self._queues[span].discard(queue)
            if not self._queues[span]:
                del self._queues[span]
                self._told.pop(span, None)

    async def keep_looking(self) -> None:
        """Look and tell until cancelled; silent while the database is away, so that clients notice by the beats."""
        loop = asyncio.get_running_loop()
        beat = loop.time()
        while True:
            await self._someone.wait()
            try:
                self._tell(await asyncio.to_thread(self._lookout.look, list(self._queues)))
                if loop.time() >= beat:
                    self._beat()
                    beat = loop.time() + BEAT_SECONDS
            except (DomainError, SQLAlchemyError) as error:
                log.warning("The days could not be looked at: %s", type(error).__name__)
            if not self._queues:
                self._someone.clear()
            await asyncio.sleep(LOOK_SECONDS)

    def _tell(self, seen: Mapping[Span, str]) -> None:
        for span, version in seen.items():
            if span in self._queues and self._told.get(span) != version:
                self._told[span] = version
                for queue in self._queues[span]:
                    _replace(queue, _event("version", version))

    def _beat(self) -> None:
        for queues in self._queues.values():
            for queue in queues:
                if queue.empty():
                    queue.put_nowait(_event("beat", "."))


def _replace(queue: Queue, event: str) -> None:
    if queue.full():
        queue.get_nowait()
    queue.put_nowait(event)


def _event(name: str, data: str) -> str:
    return f"event: {name}\ndata: {data}\n\n"
