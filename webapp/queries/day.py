"""A clinic's days for the desk: every specialist's slots with who stands on them, in one statement for any span."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import text

from webapp.core.tenancy import current_tenant
from webapp.core.timezones import day_bounds
from webapp.core.transactions import reading

_SLOT: Final = 7  # how many columns of a row speak of the slot; the others of who stands there


class DayAppointment(NamedTuple):
    """``holder`` is the member of staff who took the hold; ``note`` is for the desk only."""

    id: UUID
    status: str
    start: datetime
    end: datetime | None
    patient_name: str | None
    patient_phone: str | None
    type_id: UUID | None
    type_name: str | None
    priority: str
    expires_at: datetime | None
    version: int
    seat: int
    source: str
    holder: str | None
    note: str | None
    room_id: UUID | None


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


class DayClosure(NamedTuple):
    """Closed, for the clinic or for one specialist; times in UTC."""

    id: UUID
    start: datetime
    end: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class DayColumn:
    """``cancelled`` is empty unless it was asked for (queries/cancelled.py)."""

    specialist_id: UUID
    full_name: str
    service_type: str
    colour: int
    initials: str
    cells: list[DayCell] = field(default_factory=list)
    closures: list[DayClosure] = field(default_factory=list)
    cancelled: list[DayAppointment] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class DeskDay:
    day: date
    columns: list[DayColumn]


_WHO = text("""
    SELECT p.id, p.full_name, p.service_type, p.colour, c.id, c.start_time, c.end_time, c.reason
    FROM specialists p
    LEFT JOIN closures c ON c.tenant_id = p.tenant_id AND (c.specialist_id = p.id OR c.specialist_id IS NULL)
        AND c.start_time < :until AND c.end_time > :since
    WHERE p.tenant_id = :tenant AND p.is_active
    ORDER BY p.full_name, p.id, c.start_time, c.id
""")

# Slots and visits of the span are each read once, by their start. Every visit has its slot, so a left join would say
# the same; but a full join cannot be run as a look at every visit for each slot, which is what the planner chooses in
# a book that it has no statistics of.
_VISITS = text("""
    SELECT s.specialist_id, s.id AS slot_id, s.start_time, s.end_time, s.capacity, s.status::text, s.held_until,
           a.id AS appointment_id, a.status::text, a.start_time, a.end_time, c.full_name, c.phone,
           t.id, t.name, a.priority::text, a.expires_at, a.version, a.seat, a.source, u.full_name, a.note, a.room_id
    FROM (
        SELECT * FROM time_slots WHERE tenant_id = :tenant AND start_time >= :since AND start_time < :until
    ) s
    FULL JOIN (
        SELECT * FROM appointments
        WHERE tenant_id = :tenant AND start_time >= :since AND start_time < :until
          AND time_slot_id IS NOT NULL AND specialist_id IS NOT NULL
          AND (status IN ('CONFIRMED', 'ARRIVED', 'COMPLETED', 'NO_SHOW') OR status = 'HOLD' AND expires_at > :now)
    ) a ON a.time_slot_id = s.id
    LEFT JOIN patients c ON c.tenant_id = :tenant AND c.id = a.patient_id
    LEFT JOIN appointment_types t ON t.tenant_id = :tenant AND t.id = a.appointment_type_id
    LEFT JOIN users u ON u.tenant_id = :tenant AND u.id = a.created_by AND a.status = 'HOLD'
    ORDER BY s.specialist_id, s.start_time, a.seat, a.created_at
""")


def desk_day(*, day: date, zone: str, now: datetime) -> DeskDay:
    """Every active specialist's local day as it stands at ``now`` (UTC)."""
    return desk_days(first=day, count=1, zone=zone, now=now)[0]


def desk_days(*, first: date, count: int, zone: str, now: datetime) -> list[DeskDay]:
    """``count`` local days from ``first`` on, as they stand at ``now`` (UTC)."""
    days = [first + timedelta(days=offset) for offset in range(count)]
    bounds = [day_bounds(day, zone) for day in days]
    span = {"tenant": current_tenant(), "since": bounds[0][0], "until": bounds[-1][1]}
    with reading() as connection:
        who = connection.execute(_WHO, span).all()
        visits = connection.execute(_VISITS, span | {"now": now}).all()
    cells = {id_: list(_cells(list(rows), now)) for id_, rows in groupby(visits, key=lambda row: row[0])}
    people = [list(rows) for _, rows in groupby(who, key=lambda row: row[0])]
    return [
        DeskDay(day, [_column(rows, cells.get(rows[0][0], []), since, until) for rows in people])
        for day, (since, until) in zip(days, bounds, strict=True)
    ]


def _column(rows: list[Any], cells: list[DayCell], since: datetime, until: datetime) -> DayColumn:
    specialist_id, full_name, service_type, colour = rows[0][:4]
    mine = [cell for cell in cells if since <= cell.start < until]
    closures = [DayClosure(*row[4:]) for row in rows if row[4] and row[5] < until and row[6] > since]
    return DayColumn(specialist_id, full_name, service_type, colour, initials(full_name), mine, closures)


def _cells(rows: list[Any], now: datetime) -> Iterator[DayCell]:
    return _uncovered(_cell(list(seats), now) for _, seats in groupby(rows, key=lambda row: row[1]))


def _cell(seats: list[Any], now: datetime) -> DayCell:
    _, slot_id, start, end, capacity, status, held_until = seats[0][:_SLOT]
    appointments = [DayAppointment(*row[_SLOT:]) for row in seats if row[_SLOT] is not None]
    seated = [a for a in appointments if a.seat]  # who was squeezed in stands beside them
    taken = sum(a.status != "NO_SHOW" for a in seated)
    if capacity == 1 and taken:
        end = max([end, *(a.end for a in seated if a.end)])
    kind = _kind(status, held_until, end, now, appointments)
    return DayCell(kind, slot_id, start, end, capacity, taken, appointments)


def _kind(
    status: str, held_until: datetime | None, end: datetime, now: datetime, appointments: list[DayAppointment]
) -> str:
    if status == "AVAILABLE" or (held_until is not None and held_until <= now):
        return "free" if end > now else "past"
    return "held" if status == "HOLD" and all(a.status == "HOLD" for a in appointments) else "taken"


def _uncovered(cells: Iterable[DayCell]) -> Iterator[DayCell]:
    """Leave out the slots that a longer visit covers: its own cell spans them, and shows who was squeezed in there."""
    covering: DayCell | None = None
    for cell in cells:
        if covering is None or cell.start >= covering.end:
            covering = cell
            yield cell
        else:
            covering.appointments.extend(cell.appointments)


def initials(full_name: str) -> str:
    words = [word for word in full_name.split() if word[0].isalpha() and not word.endswith(".")]
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()
