"""Who sits in the waiting room."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from webapp.core.tenancy import current_tenant
from webapp.core.transactions import reading


@dataclass(frozen=True, slots=True)
class Waiting:
    """A patient who has arrived and is not done; ``since`` is when they were marked so. Times in UTC."""

    id: UUID
    version: int
    patient_name: str | None
    specialist_name: str | None
    type_name: str | None
    priority: str
    start: datetime
    end: datetime | None
    since: datetime

    def minutes(self, now: datetime) -> int:
        """Whole minutes of waiting."""
        return max(0, int((now - self.since).total_seconds() // 60))


_WAITING = text("""
    SELECT a.id, a.version, c.full_name, p.full_name, t.name, a.priority::text, a.start_time, a.end_time,
           coalesce(e.since, a.updated_at) AS since
    FROM appointments a
    LEFT JOIN LATERAL (
        SELECT max(e.created_at) AS since FROM appointment_events e
        WHERE e.tenant_id = a.tenant_id AND e.appointment_id = a.id AND e.event_type = 'ARRIVED'
    ) e ON true
    LEFT JOIN patients c ON c.tenant_id = a.tenant_id AND c.id = a.patient_id
    LEFT JOIN specialists p ON p.tenant_id = a.tenant_id AND p.id = a.specialist_id
    LEFT JOIN appointment_types t ON t.tenant_id = a.tenant_id AND t.id = a.appointment_type_id
    WHERE a.tenant_id = :tenant AND a.start_time >= :since AND a.start_time < :until AND a.status = 'ARRIVED'
    ORDER BY since, a.start_time, a.id
""")
_COUNT = text("""
    SELECT count(*) FROM appointments
    WHERE tenant_id = :tenant AND start_time >= :since AND start_time < :until AND status = 'ARRIVED'
""")


def waiting_room(*, since: datetime, until: datetime) -> list[Waiting]:
    """Those with an appointment in [since, until), by arrival."""
    with reading() as connection:
        rows = connection.execute(_WAITING, {"tenant": current_tenant(), "since": since, "until": until})
        return [Waiting(*row) for row in rows]


def count_waiting(*, since: datetime, until: datetime) -> int:
    with reading() as connection:
        found: int = connection.execute(
            _COUNT, {"tenant": current_tenant(), "since": since, "until": until}
        ).scalar_one()
    return found
