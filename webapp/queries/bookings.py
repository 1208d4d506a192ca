"""The ledger's reading of appointments: what is taken, through the bookings view."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from webapp.core.tenancy import current_tenant
from webapp.core.transactions import reading


@dataclass(frozen=True, slots=True)
class LedgerBooking:
    id: UUID
    tenant_id: str
    start_time_utc: datetime
    idempotency_key: str | None
    created_at: datetime


_LIST = text("""
    SELECT id, tenant_id, start_time_utc, idempotency_key, created_at FROM bookings
    WHERE tenant_id = :tenant AND (start_time_utc, id) > (:start, :id)
    ORDER BY start_time_utc, id LIMIT :limit
""")
_ONE = text("""
    SELECT id, tenant_id, start_time_utc, idempotency_key, created_at FROM bookings
    WHERE tenant_id = :tenant AND id = :id
""")
_BEGINNING = "-infinity"
_FIRST_ID = UUID(int=0)


def list_bookings(*, limit: int, after: tuple[datetime, UUID] | None = None) -> list[LedgerBooking]:
    """The clinic's bookings by start time; ``after`` continues a page."""
    start, booking_id = after or (_BEGINNING, _FIRST_ID)
    with reading() as connection:
        rows = connection.execute(
            _LIST, {"tenant": current_tenant(), "start": start, "id": booking_id, "limit": limit}
        ).all()
    return [_booking(row) for row in rows]


def find_booking(booking_id: UUID) -> LedgerBooking | None:
    with reading() as connection:
        row = connection.execute(_ONE, {"tenant": current_tenant(), "id": booking_id}).first()
    return _booking(row) if row else None


def _booking(row: Row[Any]) -> LedgerBooking:
    return LedgerBooking(*tuple(row))
