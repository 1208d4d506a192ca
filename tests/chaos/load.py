"""Clients that book through a running server and remember what they were told."""

import http.client
import json
import threading
import time
from contextlib import closing
from dataclasses import dataclass, field
from uuid import uuid4

HOURS_A_YEAR = 8000


@dataclass
class Ledger:
    """Books one instant after another, with a key for each, and keeps the answers: ok, refused, unknown."""

    port: int
    tenant: str
    ok: dict[str, str] = field(default_factory=dict)  # key -> booking id
    refused: int = 0
    unknown: set[str] = field(default_factory=set)
    statuses: dict[int, int] = field(default_factory=dict)

    def run(self, *, clients: int, stop: threading.Event, client_year: int = 2100) -> list[threading.Thread]:
        threads = [
            threading.Thread(target=self._client, args=(client_year + number, stop), daemon=True)
            for number in range(clients)
        ]
        for thread in threads:
            thread.start()
        return threads

    def _client(self, year: int, stop: threading.Event) -> None:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=15)) as connection:
            self._book_on(connection, year, stop)

    def _book_on(self, connection: http.client.HTTPConnection, year: int, stop: threading.Event) -> None:
        for number in range(HOURS_A_YEAR):
            if stop.is_set():
                return
            key = uuid4().hex
            day, hour = divmod(number, 24)
            start = f"{year}-{1 + day // 28:02d}-{1 + day % 28:02d}T{hour:02d}:00:00Z"
            try:
                self._book(connection, start, key)
            except (OSError, http.client.HTTPException):
                self.unknown.add(key)
                connection.close()
                time.sleep(0.05)

    def _book(self, connection: http.client.HTTPConnection, start: str, key: str) -> None:
        headers = {"Content-Type": "application/json", "X-Tenant-ID": self.tenant, "X-Idempotency-Key": key}
        connection.request("POST", "/bookings", json.dumps({"start_time_utc": start}), headers)
        response = connection.getresponse()
        body = json.loads(response.read())
        self.statuses[response.status] = self.statuses.get(response.status, 0) + 1
        if response.status in (200, 201):
            self.ok[key] = body["id"]
        elif response.status >= 500:
            self.unknown.add(key)
        else:
            self.refused += 1
