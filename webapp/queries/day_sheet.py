"""A clinic's day as it goes on paper: everybody's lines in order, with what identifies a patient at the counter."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text

from webapp.core.tenancy import current_tenant
from webapp.core.timezones import day_bounds
from webapp.core.transactions import reading
from webapp.queries.day import DayCell, DayClosure, DayColumn, DeskDay, desk_day


class SheetLine(NamedTuple):
    """A visit, or with ``status`` FREE a time with ``seats`` to be had. Times in UTC."""

    start: datetime
    end: datetime | None
    status: str
    seats: int = 0
    patient: str = ""
    phone: str = ""
    born: date | None = None
    visit: str = ""
    priority: str = "NORMAL"
    note: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One specialist's day; without a specialist, the visits that stand in nobody's column."""

    specialist_id: UUID | None
    full_name: str
    service_type: str
    lines: list[SheetLine]
    closures: list[DayClosure] = field(default_factory=list)


_VISITS = text("""
    SELECT a.id, a.start_time, a.end_time, a.status::text, c.full_name, c.phone, c.date_of_birth, t.name,
           a.priority::text, a.note
    FROM appointments a
    LEFT JOIN patients c ON c.tenant_id = a.tenant_id AND c.id = a.patient_id
    LEFT JOIN appointment_types t ON t.tenant_id = a.tenant_id AND t.id = a.appointment_type_id
    WHERE a.tenant_id = :tenant AND a.start_time >= :since AND a.start_time < :until
      AND (a.status IN ('CONFIRMED', 'ARRIVED', 'COMPLETED', 'NO_SHOW') OR a.status = 'HOLD' AND a.expires_at > :now)
    ORDER BY a.start_time, a.id
""")


def day_sheets(*, day: date, zone: str, now: datetime) -> list[Sheet]:
    """A sheet for every specialist of a local day as it stands at ``now`` (UTC); no visit of the day is on none."""
    since, until = day_bounds(day, zone)
    found = desk_day(day=day, zone=zone, now=now)
    span = {"tenant": current_tenant(), "since": since, "until": until, "now": now}
    with reading() as connection:
        visits = {row.id: _visit(row) for row in connection.execute(_VISITS, span)}
    sheets = [_sheet(column, visits) for column in found.columns]
    rest = sorted((visits[one] for one in visits.keys() - _seated(found)), key=lambda line: line.start)
    return [*sheets, Sheet(None, "", "", rest)] if rest else sheets


def _visit(row: Any) -> SheetLine:
    _, start, end, status, name, phone, born, visit, priority, note = row
    return SheetLine(start, end, status, 0, name or "", phone or "", born, visit or "", priority, note or "")


def _seated(day: DeskDay) -> set[UUID]:
    return {a.id for column in day.columns for cell in column.cells for a in cell.appointments}


def _sheet(column: DayColumn, visits: dict[UUID, SheetLine]) -> Sheet:
    lines = [line for cell in column.cells for line in _lines(cell, visits)]
    return Sheet(column.specialist_id, column.full_name, column.service_type, lines, column.closures)


def _lines(cell: DayCell, visits: dict[UUID, SheetLine]) -> Iterator[SheetLine]:
    yield from (visits[a.id] for a in cell.appointments if a.id in visits)
    left = cell.capacity - cell.seats_taken
    if cell.kind == "free" and left:
        yield SheetLine(cell.start, cell.end, "FREE", left if cell.capacity > 1 else 0)
