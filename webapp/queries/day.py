"""A clinic's day for the desk: every specialist's slots with who stands on them, in one statement."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text

from webapp.core.tenancy import current_tenant
from webapp.core.timezones import day_bounds
from webapp.core.transactions import reading


class DayAppointment(NamedTuple):
    id: UUID
    status: str
    start: datetime
    end: datetime | None
    patient_name: str | None
    patient_phone: str | None
    patient_reference: str | None
    type_name: str | None
    priority: str
    expires_at: datetime | None
    version: int
    seat: int
    source: str


@dataclass(frozen=True, slots=True)
class DayCell:
    """A stretch of a specialist's day: ``kind`` is free, held, taken or past (free, but over). Times in UTC."""

    kind: str
    slot_id: UUID
    start: datetime
    end: datetime
    capacity: int
    seats_taken: int
    appointments: list[DayAppointment]


@dataclass(frozen=True, slots=True)
class DayColumn:
    specialist_id: UUID
    full_name: str
    service_type: str
    colour: int
    initials: str
    cells: list[DayCell] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class DeskDay:
    day: date
    columns: list[DayColumn]


_DAY = text("""
    SELECT p.id, p.full_name, p.service_type, p.colour,
           s.id AS slot_id, s.start_time, s.end_time, s.capacity, s.status::text AS slot_status, s.held_until,
           a.id AS appointment_id, a.status::text, a.start_time, a.end_time, c.full_name, c.phone, c.reference, t.name,
           a.priority::text, a.expires_at, a.version, a.seat, a.source
    FROM specialists p
    LEFT JOIN time_slots s ON s.tenant_id = p.tenant_id AND s.specialist_id = p.id
        AND s.start_time >= :since AND s.start_time < :until
    LEFT JOIN appointments a ON a.tenant_id = s.tenant_id AND a.time_slot_id = s.id
        AND a.specialist_id = s.specialist_id AND a.start_time = s.start_time
        AND (a.status IN ('CONFIRMED', 'ARRIVED', 'COMPLETED', 'NO_SHOW')
             OR a.status = 'HOLD' AND a.expires_at > :now)
    LEFT JOIN patients c ON c.tenant_id = a.tenant_id AND c.id = a.patient_id
    LEFT JOIN appointment_types t ON t.tenant_id = a.tenant_id AND t.id = a.appointment_type_id
    WHERE p.tenant_id = :tenant AND p.is_active
    ORDER BY p.full_name, p.id, s.start_time, a.seat, a.created_at
""")


def desk_day(*, day: date, zone: str, now: datetime) -> DeskDay:
    """Every active specialist's local day as it stands at ``now`` (UTC)."""
    since, until = day_bounds(day, zone)
    with reading() as connection:
        rows = connection.execute(_DAY, {"tenant": current_tenant(), "since": since, "until": until, "now": now}).all()
    return DeskDay(day, [_column(list(group), now) for _, group in groupby(rows, key=lambda row: row[0])])


def _column(rows: list[Any], now: datetime) -> DayColumn:
    specialist_id, full_name, service_type, colour = rows[0][:4]
    cells = list(_uncovered(_cells(rows, now)))
    return DayColumn(specialist_id, full_name, service_type, colour, _initials(full_name), cells)


def _cells(rows: list[Any], now: datetime) -> Iterator[DayCell]:
    for slot_id, group in groupby(rows, key=lambda row: row[4]):
        if slot_id is None:
            continue
        seats = list(group)
        appointments = [DayAppointment(*row[10:23]) for row in seats if row[10] is not None]
        _, start, end, capacity, status, held_until = seats[0][4:10]
        taken = sum(a.status != "NO_SHOW" for a in appointments)
        if capacity == 1 and taken:
            end = max([end, *(a.end for a in appointments if a.end)])
        kind = _kind(status, held_until, end, now, appointments)
        yield DayCell(kind, slot_id, start, end, capacity, taken, appointments)


def _kind(
    status: str, held_until: datetime | None, end: datetime, now: datetime, appointments: list[DayAppointment]
) -> str:
    if status == "AVAILABLE" or (held_until is not None and held_until <= now):
        return "free" if end > now else "past"
    return "held" if status == "HOLD" and all(a.status == "HOLD" for a in appointments) else "taken"


def _uncovered(cells: Iterable[DayCell]) -> Iterator[DayCell]:
    """Leave out the slots that a longer visit covers: its own cell spans them."""
    covered_until: datetime | None = None
    for cell in cells:
        if covered_until is None or cell.start >= covered_until:
            yield cell
            covered_until = cell.end


def _initials(full_name: str) -> str:
    words = [word for word in full_name.split() if word[0].isalpha() and not word.endswith(".")]
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()
