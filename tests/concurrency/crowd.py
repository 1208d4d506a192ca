"""Many clients at once over real HTTP, and what each of them was told."""

import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import Message
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode

from tests.conftest import Server


@dataclass(frozen=True)
class Ask:
    """A request with a JSON body or a form; ``tag`` is the test's own word for it."""

    method: str
    path: str
    body: dict[str, Any] | None = None
    headers: dict[str, str] = field(default_factory=dict)
    tag: str = ""
    form: dict[str, str] | None = None


@dataclass(frozen=True)
class Told:
    """What one client heard: ``status`` is None when it never learned what became of its request."""

    client: int
    ask: Ask
    status: int | None
    body: Any
    seconds: float
    headers: Message = field(default_factory=Message)


class Crowd:
    """So many clients, each with a connection kept alive, let go at the same moment."""

    def __init__(self, server: Server, tenant: str, *, size: int = 32) -> None:
        self.size, self.tenant = size, tenant
        self.history: list[Told] = []
        self._connections = [server.connect() for _ in range(size)]
        self._pool = ThreadPoolExecutor(size)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown()
        for connection in self._connections:
            connection.close()

    def ask(self, asks: Sequence[Ask]) -> list[Told]:
        """The first request by the first client, and so on, all at once; what they were told, in the same order."""
        at_once = threading.Barrier(len(asks))
        told = list(self._pool.map(lambda one: self._one(*one, at_once), enumerate(asks)))
        self.history += told
        return told

    def one(self, client: int, ask: Ask) -> Told:
        """One request at the client's own pace: for clients that live their own lives in threads of the test's."""
        return self._one(client, ask, None)

    def _one(self, client: int, ask: Ask, at_once: threading.Barrier | None) -> Told:
        connection = self._connections[client]
        headers = {"X-Tenant-ID": self.tenant, "Content-Type": "application/json"} | ask.headers
        body = json.dumps(ask.body) if ask.body is not None else None
        if ask.form is not None:
            headers["Content-Type"], body = "application/x-www-form-urlencoded", urlencode(ask.form)
        if at_once is not None:
            at_once.wait()
        started = time.monotonic()
        try:
            connection.request(ask.method, ask.path, body, headers)
            response = connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            return Told(client, ask, None, repr(error), time.monotonic() - started)
        told: Any = content
        with suppress(ValueError):
            told = json.loads(content)
        return Told(client, ask, response.status, told, time.monotonic() - started, response.headers)

    def statuses(self) -> Counter[int | None]:
        return Counter(told.status for told in self.history)

    def p99(self) -> float:
        """Seconds; for the report only, a timing never decides."""
        times = sorted(told.seconds for told in self.history)
        return times[int(len(times) * 0.99)] if times else 0.0
