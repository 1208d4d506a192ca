"""How far from a time on its specialist is free, and what ends that."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text

from webapp.core.tenancy import current_tenant
from webapp.core.transactions import reading


class RoomAhead(NamedTuple):
    """``until`` in UTC; ``status`` and ``patient_name`` of the visit that stands there, None where the hours end."""

    until: datetime
    status: str | None
    patient_name: str | None


# The times that follow each other without a gap, up to the first visit of somebody else among them.
_AHEAD = text("""
    WITH follows AS (
        SELECT start_time, end_time, capacity, lag(end_time) OVER (ORDER BY start_time) AS before
        FROM time_slots
        WHERE tenant_id = :tenant AND specialist_id = :specialist
          AND start_time >= :start AND start_time < CAST(:start AS timestamptz) + interval '1 day'
    ), gap AS (
        SELECT min(start_time) AS at FROM follows WHERE start_time > :start AND (before <> start_time OR capacity > 1)
    ), hours AS (
        SELECT max(f.end_time) AS until FROM follows f, gap WHERE gap.at IS NULL OR f.start_time < gap.at
    ), visit AS (
        SELECT coalesce(a.busy_from, a.start_time) AS at, a.status::text, c.full_name
        FROM appointments a LEFT JOIN patients c ON c.tenant_id = a.tenant_id AND c.id = a.patient_id
        WHERE a.tenant_id = :tenant AND a.specialist_id = :specialist AND a.id <> :own AND a.seat > 0
          AND a.start_time > :start AND a.start_time < CAST(:start AS timestamptz) + interval '1 day'
          AND (a.status IN ('CONFIRMED', 'ARRIVED', 'COMPLETED') OR a.status = 'HOLD' AND a.expires_at > :now)
        ORDER BY a.start_time LIMIT 1
    )
    SELECT CASE WHEN visit.at <= hours.until THEN visit.at ELSE hours.until END,
           CASE WHEN visit.at <= hours.until THEN visit.status END,
           CASE WHEN visit.at <= hours.until THEN visit.full_name END
    FROM hours LEFT JOIN visit ON true WHERE hours.until IS NOT NULL
""")


def room_ahead(*, appointment_id: UUID, specialist_id: UUID, start: datetime, now: datetime) -> RoomAhead | None:
    """How long the appointment could be, from its start (UTC) on; None for one that stands on no time."""
    asked = {"tenant": current_tenant(), "own": appointment_id, "specialist": specialist_id}
    with reading() as connection:
        row = connection.execute(_AHEAD, asked | {"start": start, "now": now}).first()
    return RoomAhead(*row) if row else None
