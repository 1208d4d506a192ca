"""A series before it is booked, visit by visit, and after."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import String, and_, case, cast, exists, func, or_, select
from sqlalchemy.orm import aliased

from webapp.core.tenancy import current_tenant
from webapp.core.transactions import reading
from webapp.models import Appointment, Closure, TimeSlot
from webapp.queries.appointments import shown_status
from webapp.queries.availability import FreeTime, free_times_within
from webapp.queries.open_slots import is_open, stands
from webapp.rules.fitting import Wanted
from webapp.rules.series import Occurrence
from webapp.rules.slots import Span

NEAR: Final = timedelta(days=3)
ALTERNATIVES: Final = 4
A_MOMENT: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Outlook:
    """A visit as it could be booked: its own time while that is ``free``, else ``why`` not and what is near.

    ``why`` is GAP, CLOSED, HELD, TAKEN, TOO_SHORT or BUSY (the patient is elsewhere).
    """

    visit: Occurrence
    free: FreeTime | None
    why: str = ""
    near: list[FreeTime] = field(default_factory=list)


def outlook(
    visits: Sequence[Occurrence], *, wanted: Wanted, specialist_id: UUID, patient_id: UUID | None, now: datetime
) -> list[Outlook]:
    """How each visit stands at ``now``; so many statements, however many visits."""
    own = free_times_within(
        [Span(visit.start, visit.start + A_MOMENT) for visit in visits], wanted, specialist_ids=[specialist_id]
    )
    elsewhere = _busy_times(patient_id, visits)
    free = {time.start: time for time in own if not _clashes(time, elsewhere)}
    missing = [visit for visit in visits if visit.start not in free or visit.change == "GAP"]
    reasons = _reasons(missing, specialist_id, {time.start for time in own})
    near = _near(missing, wanted, specialist_id, elsewhere, now)
    return [
        Outlook(visit, None, "GAP" if visit.change == "GAP" else reasons[visit.start], _nearest(near, visit.start))
        if visit in missing
        else Outlook(visit, free[visit.start])
        for visit in visits
    ]


def _clashes(time: FreeTime, elsewhere: Iterable[Span]) -> bool:
    return any(Span(time.start, time.end).overlaps(other) for other in elsewhere)


def _busy_times(patient_id: UUID | None, visits: Sequence[Occurrence]) -> list[Span]:
    """When the patient is elsewhere from the first visit to the last, and near them."""
    if patient_id is None or not visits:
        return []
    query = select(
        Appointment.start_time, func.coalesce(Appointment.end_time, Appointment.start_time + A_MOMENT)
    ).where(
        Appointment.tenant_id == current_tenant(),
        Appointment.patient_id == patient_id,
        Appointment.start_time > min(visit.start for visit in visits) - NEAR - timedelta(days=1),
        Appointment.start_time < max(visit.start for visit in visits) + NEAR + timedelta(days=1),
        stands(),
    )
    with reading() as connection:
        return [Span(*row) for row in connection.execute(query)]


def _reasons(visits: Iterable[Occurrence], specialist_id: UUID, had: Collection[datetime]) -> Mapping[datetime, str]:
    """Why each start cannot be had: what could be but for the patient is BUSY; where no slot begins, or a closure lies,
    CLOSED."""
    starts = {visit.start for visit in visits}
    away = exists().where(
        Closure.tenant_id == TimeSlot.tenant_id,
        or_(Closure.specialist_id == TimeSlot.specialist_id, Closure.specialist_id.is_(None)),
        Closure.start_time < TimeSlot.end_time,
        Closure.end_time > TimeSlot.start_time,
    )
    told_apart = (is_open(), "TOO_SHORT"), (TimeSlot.status == "HOLD", "HELD"), (away, "CLOSED")
    state = case(*told_apart, else_="TAKEN").label("why")
    query = select(TimeSlot.start_time, state).where(
        TimeSlot.tenant_id == current_tenant(),
        TimeSlot.specialist_id == specialist_id,
        TimeSlot.start_time.in_(starts),
    )
    with reading() as connection:
        told = {row.start_time: row.why for row in connection.execute(query)}
    return {start: "BUSY" if start in had else told.get(start, "CLOSED") for start in starts}


def _near(
    visits: Iterable[Occurrence], wanted: Wanted, specialist_id: UUID, elsewhere: Sequence[Span], now: datetime
) -> list[FreeTime]:
    spans = [Span(max(visit.start - NEAR, now), visit.start + NEAR) for visit in visits if visit.start + NEAR > now]
    if not spans:
        return []
    found = free_times_within(spans, wanted, specialist_ids=[specialist_id])
    return [time for time in found if not _clashes(time, elsewhere)]


def _nearest(times: Iterable[FreeTime], start: datetime) -> list[FreeTime]:
    near = [time for time in times if abs(time.start - start) <= NEAR]
    closest = sorted(near, key=lambda time: abs(time.start - start))[:ALTERNATIVES]
    return sorted(closest, key=lambda time: time.start)


@dataclass(frozen=True, slots=True)
class SeriesVisit:
    """One appointment of a series; times in UTC."""

    id: UUID
    start: datetime
    end: datetime | None
    status: str


def series_of(appointment_id: UUID) -> list[SeriesVisit]:
    """All appointments of the series that this one belongs to, by start, cancelled ones included; [] without one."""
    one = aliased(Appointment)
    query = (
        select(Appointment.id, Appointment.start_time, Appointment.end_time, cast(shown_status(), String))
        .join(one, and_(one.tenant_id == Appointment.tenant_id, one.series_id == Appointment.series_id))
        .where(one.tenant_id == current_tenant(), one.id == appointment_id)
        .order_by(Appointment.start_time, Appointment.id)
    )
    with reading() as connection:
        return [SeriesVisit(*row) for row in connection.execute(query)]
