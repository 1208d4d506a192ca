"""What was cancelled on the desk's days: read only where it is asked for, for it takes no time and no seat."""

from dataclasses import replace
from datetime import datetime
from itertools import groupby
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text

from webapp.core.tenancy import current_tenant
from webapp.core.timezones import day_bounds
from webapp.core.transactions import reading
from webapp.queries.day import DayAppointment, DayColumn, DeskDay, initials

_WHO: Final = 4  # how many columns of a row speak of the specialist; the others of the visit

# A hold that was given back is cancelled too, but nobody ever had that visit.
_CANCELLED = text("""
    SELECT s.id, s.full_name, s.service_type, s.colour,
           a.id, a.status::text, a.start_time, a.end_time, c.full_name, c.phone, t.id, t.name,
           a.priority::text, a.expires_at, a.version, a.seat, a.source, NULL, a.note, a.room_id
    FROM appointments a
    JOIN specialists s ON s.tenant_id = a.tenant_id AND s.id = a.specialist_id
    LEFT JOIN patients c ON c.tenant_id = a.tenant_id AND c.id = a.patient_id
    LEFT JOIN appointment_types t ON t.tenant_id = a.tenant_id AND t.id = a.appointment_type_id
    WHERE a.tenant_id = :tenant AND a.start_time >= :since AND a.start_time < :until AND a.status = 'CANCELLED'
      AND NOT EXISTS (
          SELECT FROM appointment_events e WHERE e.tenant_id = a.tenant_id AND e.appointment_id = a.id
          HAVING bool_or(e.event_type = 'HELD') AND NOT bool_or(e.event_type = 'CONFIRMED'))
    ORDER BY s.full_name, s.id, a.start_time, a.created_at
""")


def with_cancelled(days: list[DeskDay], *, zone: str) -> list[DeskDay]:
    """The days, one after the other, with the visits that were cancelled; also of those who do not work here now."""
    bounds = [day_bounds(one.day, zone) for one in days]
    span = {"tenant": current_tenant(), "since": bounds[0][0], "until": bounds[-1][1]}
    with reading() as connection:
        rows = connection.execute(_CANCELLED, span).all()
    people = {id_: list(mine) for id_, mine in groupby(rows, key=lambda row: row[0])}
    return [_with(one, people, *between) for one, between in zip(days, bounds, strict=True)]


def _with(day: DeskDay, people: dict[UUID, list[Any]], since: datetime, until: datetime) -> DeskDay:
    found = {
        id_: [visit for row in rows if since <= (visit := DayAppointment(*row[_WHO:])).start < until]
        for id_, rows in people.items()
    }
    here = {column.specialist_id for column in day.columns}
    columns = [replace(column, cancelled=found.get(column.specialist_id, [])) for column in day.columns]
    gone = [_gone(people[id_][0], visits) for id_, visits in found.items() if visits and id_ not in here]
    return DeskDay(day.day, columns + gone)


def _gone(row: Any, visits: list[DayAppointment]) -> DayColumn:
    specialist_id, full_name, service_type, colour = row[:_WHO]
    return DayColumn(specialist_id, full_name, service_type, colour, initials(full_name), cancelled=visits)
