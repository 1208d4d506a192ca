"""The times of the clinic's own single chair: its hours, less closures, less what is taken."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, text

from webapp.core.tenancy import current_tenant
from webapp.core.timezones import day_bounds
from webapp.core.transactions import reading
from webapp.models import Specialist, TimeSlot
from webapp.queries.open_slots import is_open
from webapp.rules.slots import Interval, Span, slots_of_day

_DAY = text("""
    SELECT 'hours' AS kind, weekday, opens, closes, slot_minutes, capacity, valid_from, valid_until,
           NULL::timestamptz AS since, NULL::timestamptz AS until
    FROM opening_hours WHERE tenant_id = :tenant AND specialist_id IS NULL AND weekday = :weekday
    UNION ALL
    (SELECT 'chair', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
     FROM opening_hours WHERE tenant_id = :tenant AND specialist_id IS NULL LIMIT 1)
    UNION ALL
    SELECT 'closed', NULL, NULL, NULL, NULL, NULL, NULL, NULL, start_time, end_time
    FROM closures WHERE tenant_id = :tenant AND specialist_id IS NULL AND start_time < :until AND end_time > :since
    UNION ALL
    SELECT 'taken', NULL, NULL, NULL, NULL, NULL, NULL, NULL, start_time, coalesce(end_time, start_time)
    FROM appointments
    WHERE tenant_id = :tenant AND specialist_id IS NULL AND status IN ('HOLD', 'CONFIRMED', 'ARRIVED', 'COMPLETED')
      AND NOT (status = 'HOLD' AND expires_at <= statement_timestamp())
      AND start_time > CAST(:since AS timestamptz) - interval '1 day' AND start_time < :until
""")
_SLOTS = (
    select(TimeSlot.start_time, TimeSlot.end_time, is_open())
    .join(Specialist, (Specialist.tenant_id == TimeSlot.tenant_id) & (Specialist.id == TimeSlot.specialist_id))
    .where(TimeSlot.tenant_id == bindparam("tenant"), Specialist.is_active)
    .where(TimeSlot.start_time >= bindparam("since"), TimeSlot.start_time < bindparam("until"))
    .order_by(TimeSlot.start_time)
)


def day_times(day: date, zone: str) -> tuple[list[Span], list[Span]]:
    """All times of a local day and those that are free, in order, UTC: the chair's, without one the specialists'."""
    since, until = day_bounds(day, zone)
    params = {"tenant": current_tenant(), "weekday": day.weekday(), "since": since, "until": until}
    with reading() as connection:
        rows = connection.execute(_DAY, params).all()
        if not any(row.kind == "chair" for row in rows):
            return _specialists_times(connection, since, until)
    hours = [Interval(*row[1:8]) for row in rows if row.kind == "hours"]
    spans = [span for span, _ in slots_of_day(hours, _spans(rows, "closed"), day, zone)]
    taken = _spans(rows, "taken")
    return spans, [span for span in spans if not any(_clash(span, other) for other in taken)]


def _specialists_times(connection: Connection, since: datetime, until: datetime) -> tuple[list[Span], list[Span]]:
    rows = connection.execute(_SLOTS, {"tenant": current_tenant(), "since": since, "until": until}).all()
    free = {start: end for start, end, is_free in rows if is_free}
    every = {start: end for start, end, _ in rows} | free
    return [Span(*pair) for pair in every.items()], [Span(*pair) for pair in free.items()]


def _spans(rows: Sequence[Row[Any]], kind: str) -> list[Span]:
    return [Span(row.since, row.until) for row in rows if row.kind == kind]


def _clash(span: Span, taken: Span) -> bool:
    return span.overlaps(taken) or span.start <= taken.start < span.end  # a booking without an end is an instant
