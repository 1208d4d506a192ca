"""A booking as the clinic API tells it."""

from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from webapp.core.timezones import iso

#: What a status is called by callers who know three of them.
TOLD = {
    "HOLD": "PENDING",
    "CONFIRMED": "CONFIRMED",
    "ARRIVED": "CONFIRMED",
    "COMPLETED": "CONFIRMED",
    "CANCELLED": "FAILED",
    "NO_SHOW": "FAILED",
    "EXPIRED": "FAILED",
}


class Bookable(Protocol):
    @property
    def id(self) -> UUID: ...
    @property
    def status(self) -> str: ...
    @property
    def start_time(self) -> datetime: ...
    @property
    def end_time(self) -> datetime | None: ...
    @property
    def expires_at(self) -> datetime | None: ...
    @property
    def version(self) -> int: ...


def booking_body(row: Bookable) -> dict[str, Any]:
    return {
        "id": row.id,
        "status": TOLD[row.status],
        "appointment_status": row.status,
        "start_time": iso(row.start_time),
        "end_time": iso(row.end_time) if row.end_time else None,
        "expires_at": iso(row.expires_at) if row.expires_at and row.status == "HOLD" else None,
        "version": row.version,
    }
