"""Who is affected when a stretch of a specialist's time is closed."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from webapp.core.tenancy import current_tenant
from webapp.core.transactions import reading


@dataclass(frozen=True, slots=True)
class Affected:
    """An appointment inside the stretch; times in UTC."""

    id: UUID
    status: str
    start: datetime
    end: datetime | None
    patient_name: str | None
    patient_phone: str | None
    type_id: UUID | None
    type_name: str | None
    version: int


_AFFECTED = text("""
    SELECT a.id, a.status::text, a.start_time, a.end_time, c.full_name, c.phone, t.id, t.name, a.version
    FROM live_between(:tenant, :specialist, :since, :until) a
    LEFT JOIN patients c ON c.tenant_id = a.tenant_id AND c.id = a.patient_id
    LEFT JOIN appointment_types t ON t.tenant_id = a.tenant_id AND t.id = a.appointment_type_id
    WHERE a.status <> 'HOLD' OR a.expires_at > clock_timestamp()
    ORDER BY a.start_time, a.seat
""")


@dataclass(frozen=True, slots=True)
class Block:
    """A closure of one specialist; times in UTC."""

    id: UUID
    specialist_id: UUID
    specialist_name: str
    start: datetime
    end: datetime
    reason: str


_BLOCK = text("""
    SELECT c.id, s.id, s.full_name, c.start_time, c.end_time, c.reason
    FROM closures c JOIN specialists s ON s.tenant_id = c.tenant_id AND s.id = c.specialist_id
    WHERE c.tenant_id = :tenant AND c.id = :id
""")


def affected_by(*, specialist_id: UUID, start: datetime, end: datetime) -> list[Affected]:
    """What stands in a specialist's calendar between two instants (UTC), by start."""
    span = {"tenant": current_tenant(), "specialist": specialist_id, "since": start, "until": end}
    with reading() as connection:
        return [Affected(*row) for row in connection.execute(_AFFECTED, span)]


def find_block(closure_id: UUID) -> Block | None:
    with reading() as connection:
        row = connection.execute(_BLOCK, {"tenant": current_tenant(), "id": closure_id}).first()
    return Block(*row) if row else None
