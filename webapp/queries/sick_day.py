"""A specialist's absence: whom it touches, and what is held for each of them instead."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text

from webapp.core.tenancy import current_tenant
from webapp.core.transactions import reading
from webapp.queries.availability import FreeTime, free_times_between

REACH = timedelta(days=28)
CHOICES = 8


@dataclass(frozen=True, slots=True)
class SickDayMoveView:
    """One patient of a plan. Times in UTC; ``hold_until`` only while the proposed time is held.

    ``channel`` is EMAIL or SMS where a message went out about the new time, or is on its way.
    """

    appointment_id: UUID
    status: str
    patient_name: str | None
    patient_phone: str | None
    type_id: UUID | None
    type_name: str | None
    was_start: datetime
    start: datetime
    specialist_name: str | None
    hold_id: UUID | None
    hold_start: datetime | None
    hold_specialist: str | None
    hold_until: datetime | None
    moved: bool
    told_at: datetime | None
    channel: str | None


@dataclass(frozen=True, slots=True)
class CallList:
    """A closed absence, times in UTC, of which some patients are not told by anybody yet."""

    id: UUID
    specialist_name: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class SickDayView:
    """``status`` is OPEN, CLOSED or BACKED_OUT; times in UTC."""

    id: UUID
    specialist_id: UUID
    specialist_name: str
    start: datetime
    end: datetime
    reason: str
    status: str
    moves: list[SickDayMoveView]

    def to_call(self, channels: Iterable[str]) -> list[SickDayMoveView]:
        """Those who have no new time, or hear of it by none of these ways (EMAIL, SMS)."""
        reached = {*channels}
        return [move for move in self.moves if move.status == "CONFIRMED" and move.channel not in reached]


_PLAN = text("""
    SELECT d.id, s.id, s.full_name, d.start_time, d.end_time, d.reason, d.status
    FROM sick_days d JOIN specialists s ON s.tenant_id = d.tenant_id AND s.id = d.specialist_id
    WHERE d.tenant_id = :tenant AND d.id = :id
""")
_MOVES = text("""
    SELECT a.id, a.status::text, c.full_name, c.phone, t.id, t.name, m.was_start, a.start_time, s.full_name,
           h.id, h.start_time, hs.full_name, h.expires_at, m.moved, m.told_at,
           (SELECT g.channel FROM messages g
            WHERE g.tenant_id = a.tenant_id AND g.appointment_id = a.id AND g.kind = 'CHANGE'
              AND g.start_time = a.start_time AND g.status IN ('QUEUED', 'SENDING', 'SENT') AND m.moved LIMIT 1)
    FROM sick_day_moves m
    JOIN appointments a ON a.tenant_id = m.tenant_id AND a.id = m.appointment_id
    LEFT JOIN specialists s ON s.tenant_id = a.tenant_id AND s.id = a.specialist_id
    LEFT JOIN patients c ON c.tenant_id = a.tenant_id AND c.id = a.patient_id
    LEFT JOIN appointment_types t ON t.tenant_id = a.tenant_id AND t.id = a.appointment_type_id
    LEFT JOIN appointments h ON h.tenant_id = m.tenant_id AND h.id = m.hold_id
        AND h.status = 'HOLD' AND h.expires_at > clock_timestamp()
    LEFT JOIN specialists hs ON hs.tenant_id = h.tenant_id AND hs.id = h.specialist_id
    WHERE m.tenant_id = :tenant AND m.sick_day_id = :id
    ORDER BY m.was_start, a.id
""")


_CALL_LISTS = text("""
    SELECT d.id, s.full_name, d.start_time, d.end_time
    FROM sick_days d JOIN specialists s ON s.tenant_id = d.tenant_id AND s.id = d.specialist_id
    WHERE d.tenant_id = :tenant AND d.status = 'CLOSED' AND EXISTS (
        SELECT 1 FROM sick_day_moves m
        JOIN appointments a ON a.tenant_id = m.tenant_id AND a.id = m.appointment_id
        WHERE m.tenant_id = d.tenant_id AND m.sick_day_id = d.id AND m.told_at IS NULL
          AND a.status = 'CONFIRMED' AND a.start_time > clock_timestamp()
          AND NOT (m.moved AND EXISTS (
              SELECT 1 FROM messages g
              WHERE g.tenant_id = a.tenant_id AND g.appointment_id = a.id AND g.kind = 'CHANGE'
                AND g.start_time = a.start_time AND g.status IN ('QUEUED', 'SENDING', 'SENT')
                AND g.channel = ANY(:channels))))
    ORDER BY d.start_time, d.id
""")
_AT = text("""
    SELECT id FROM sick_days
    WHERE tenant_id = :tenant AND specialist_id = :specialist AND status = 'CLOSED'
      AND start_time <= :at AND end_time > :at
    ORDER BY created_at DESC, id LIMIT 1
""")


def call_lists(channels: Iterable[str]) -> list[CallList]:
    """The closed absences with visits to come of which nobody told the patient; ``channels`` are those that work."""
    with reading() as connection:
        rows = connection.execute(_CALL_LISTS, {"tenant": current_tenant(), "channels": list(channels)})
        return [CallList(*row) for row in rows]


def closed_by(*, specialist_id: UUID, at: datetime) -> UUID | None:
    """The absence of a specialist that an instant (UTC) is part of, once it was closed."""
    asked = {"tenant": current_tenant(), "specialist": specialist_id, "at": at}
    with reading() as connection:
        found: UUID | None = connection.execute(_AT, asked).scalar()
        return found


def find_sick_day(sick_day_id: UUID) -> SickDayView | None:
    asked = {"tenant": current_tenant(), "id": sick_day_id}
    with reading() as connection:
        row = connection.execute(_PLAN, asked).first()
        moves = [SickDayMoveView(*one) for one in connection.execute(_MOVES, asked)] if row else []
    return SickDayView(row[0], row[1], row[2], row[3], row[4], row[5], row[6], moves) if row else None


def alternatives(
    plan: SickDayView, moves: Iterable[SickDayMoveView], *, not_before: datetime
) -> dict[UUID, list[FreeTime]]:
    """For each appointment the free times of its type nearest to it, outside the absence; one look for each type."""
    found: dict[UUID, list[FreeTime]] = {}
    free: dict[UUID, list[FreeTime]] = {}
    since, until = max(not_before, plan.start - REACH), plan.end + REACH
    for move in moves:
        if move.type_id and move.type_id not in free:
            times = free_times_between(type_id=move.type_id, since=since, until=until)
            free[move.type_id] = [time for time in times if not _is_away(plan, time)]
        found[move.appointment_id] = _nearest(free.get(move.type_id, []) if move.type_id else [], move.was_start)
    return found


def _nearest(times: list[FreeTime], wanted: datetime) -> list[FreeTime]:
    return sorted(times, key=lambda time: abs(time.start - wanted))[:CHOICES]


def _is_away(plan: SickDayView, time: FreeTime) -> bool:
    return time.specialist_id == plan.specialist_id and time.start < plan.end and time.end > plan.start
