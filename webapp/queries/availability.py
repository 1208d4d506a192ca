"""When a visit could begin: runs of open slots long enough for it, its buffers included."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, and_, func, select

from webapp.core.tenancy import current_tenant
from webapp.core.timezones import day_bounds, local_day
from webapp.core.transactions import reading
from webapp.models import Appointment, AppointmentType, Specialist, TimeSlot, appointment_type_specialists
from webapp.queries.open_slots import is_open, stands
from webapp.rules.slots import Span

A_DAY = timedelta(days=1)  # longer than any slot or visit: finds what reaches into a range through its start


@dataclass(frozen=True, slots=True)
class VisitType:
    """A type of visit; its length in minutes."""

    id: UUID
    name: str
    minutes: int
    is_public: bool
    buffer_before: int
    buffer_after: int
    is_group: bool
    room_id: UUID | None


@dataclass(frozen=True, slots=True)
class FreeTime:
    """A start that can be had now, times in UTC; ``end`` is the end of the visit."""

    slot_id: UUID
    specialist_id: UUID
    specialist_name: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class FreeDay:
    """A local day with the number of times at which somebody is free."""

    day: date
    times: int


_TYPE = select(*[getattr(AppointmentType, name) for name in VisitType.__slots__]).where(AppointmentType.is_active)


def public_types() -> list[VisitType]:
    """What patients may book themselves, by name."""
    return [visit for visit in all_types() if visit.is_public]


def all_types() -> list[VisitType]:
    with reading() as connection:
        query = _TYPE.where(AppointmentType.tenant_id == current_tenant()).order_by(AppointmentType.name)
        return [VisitType(*row) for row in connection.execute(query)]


def find_type(type_id: UUID) -> VisitType | None:
    with reading() as connection:
        query = _TYPE.where(AppointmentType.tenant_id == current_tenant(), AppointmentType.id == type_id)
        row = connection.execute(query).first()
    return VisitType(*row) if row else None


@dataclass(frozen=True, slots=True)
class _Slot:
    id: UUID
    specialist_id: UUID
    specialist_name: str
    start: datetime
    end: datetime
    capacity: int
    is_open: bool


def free_times_between(
    *, type_id: UUID, since: datetime, until: datetime, specialist_id: UUID | None = None
) -> list[FreeTime]:
    """Starts of a visit of this type in [since, until), by start and name; [] for an unknown type."""
    visit = find_type(type_id)
    if visit is None:
        return []
    margin = timedelta(minutes=visit.minutes + visit.buffer_before + visit.buffer_after)
    with reading() as connection:
        slots = _slots(connection, type_id, since - margin, until + margin, specialist_id)
        busy = _busy(connection, visit, since - margin, until + margin)
    found = [
        time
        for specialist, day in _by_specialist(slots).items()
        for time in _starts(day, visit, busy.get(specialist, []), busy.get(visit.room_id, []))
        if since <= time.start < until
    ]
    return sorted(found, key=lambda time: (time.start, time.specialist_name))


def free_times(
    *, type_id: UUID, specialist_id: UUID | None, day: date, zone: str, not_before: datetime
) -> list[FreeTime]:
    """The starts of a local day that are not before an instant."""
    since, until = day_bounds(day, zone)
    return free_times_between(type_id=type_id, since=max(since, not_before), until=until, specialist_id=specialist_id)


def free_days(
    *, type_id: UUID, specialist_id: UUID | None, zone: str, first: date, last: date, not_before: datetime
) -> list[FreeDay]:
    """The local days from first to last, both included, that have a free time; different starts are counted once."""
    since, until = day_bounds(first, zone)[0], day_bounds(last, zone)[1]
    times = free_times_between(type_id=type_id, since=max(since, not_before), until=until, specialist_id=specialist_id)
    starts: dict[date, set[datetime]] = {}
    for time in times:
        starts.setdefault(local_day(time.start, zone), set()).add(time.start)
    return [FreeDay(day, len(found)) for day, found in sorted(starts.items())]


def _slots(
    connection: Connection, type_id: UUID, since: datetime, until: datetime, specialist_id: UUID | None
) -> list[_Slot]:
    offered = appointment_type_specialists
    query = (
        select(
            TimeSlot.id,
            TimeSlot.specialist_id,
            Specialist.full_name,
            TimeSlot.start_time,
            TimeSlot.end_time,
            TimeSlot.capacity,
            is_open(),
        )
        .join(Specialist, and_(Specialist.tenant_id == TimeSlot.tenant_id, Specialist.id == TimeSlot.specialist_id))
        .join(
            offered,
            and_(offered.c.tenant_id == TimeSlot.tenant_id, offered.c.specialist_id == TimeSlot.specialist_id),
        )
        .where(TimeSlot.tenant_id == current_tenant(), offered.c.appointment_type_id == type_id)
        .where(TimeSlot.start_time > since - A_DAY, TimeSlot.start_time < until, TimeSlot.end_time > since)
        .where(Specialist.is_active)
        .order_by(TimeSlot.specialist_id, TimeSlot.start_time)
    )
    if specialist_id is not None:
        query = query.where(TimeSlot.specialist_id == specialist_id)
    return [_Slot(*row) for row in connection.execute(query)]


def _busy(
    connection: Connection, visit: VisitType, since: datetime, until: datetime
) -> Mapping[UUID | None, list[Span]]:
    """When specialists, and the visit's room, are busy; asked only where the slots alone cannot tell."""
    if not (visit.buffer_before or visit.buffer_after or visit.room_id):
        return {}
    query = (
        select(
            Appointment.specialist_id,
            Appointment.room_id,
            Appointment.seat,
            func.coalesce(Appointment.busy_from, Appointment.start_time),
            func.coalesce(Appointment.busy_until, Appointment.end_time, Appointment.start_time),
        )
        .where(Appointment.tenant_id == current_tenant(), stands())
        .where(Appointment.start_time > since - A_DAY, Appointment.start_time < until + A_DAY)
    )
    found: dict[UUID | None, list[Span]] = {}
    for specialist_id, room_id, seat, start, end in connection.execute(query):
        if seat:  # who was squeezed in keeps the room, but none of the specialist's own times
            found.setdefault(specialist_id, []).append(Span(start, end))
        if room_id is not None:
            found.setdefault(room_id, []).append(Span(start, end))
    return found


def _by_specialist(slots: Iterable[_Slot]) -> dict[UUID, list[_Slot]]:
    days: dict[UUID, list[_Slot]] = {}
    for slot in slots:
        days.setdefault(slot.specialist_id, []).append(slot)
    return days


def _starts(slots: list[_Slot], visit: VisitType, busy: list[Span], room_busy: list[Span]) -> Iterable[FreeTime]:
    """The door's own rules: a longer visit covers consecutive open slots of one seat, its buffers touch nobody, and
    neither do the slots they reach into; a group slot is taken as it is, without buffers."""
    for index, slot in enumerate(slots):
        if not slot.is_open or visit.is_group != (slot.capacity > 1):
            continue
        end = slot.end if visit.is_group else slot.start + timedelta(minutes=visit.minutes)
        wanted = Span(slot.start, end) if visit.is_group else _with_buffers(slot.start, end, visit)
        if not visit.is_group and not (_is_covered(slots, index, end) and _is_clear(slots, wanted, busy)):
            continue
        if not any(wanted.overlaps(other) for other in room_busy):
            yield FreeTime(slot.id, slot.specialist_id, slot.specialist_name, slot.start, end)


def _with_buffers(start: datetime, end: datetime, visit: VisitType) -> Span:
    return Span(start - timedelta(minutes=visit.buffer_before), end + timedelta(minutes=visit.buffer_after))


def _is_covered(slots: list[_Slot], index: int, end: datetime) -> bool:
    covered = slots[index].end
    for follower in slots[index + 1 :]:
        if covered >= end:
            break
        if not (follower.start == covered and follower.is_open and follower.capacity == 1):
            return False
        covered = follower.end
    return covered >= end


def _is_clear(slots: list[_Slot], wanted: Span, busy: list[Span]) -> bool:
    if not busy:
        return True
    touched = [Span(slot.start, slot.end) for slot in slots if wanted.overlaps(Span(slot.start, slot.end))]
    reach = Span(min([wanted.start, *(t.start for t in touched)]), max([wanted.end, *(t.end for t in touched)]))
    return not any(reach.overlaps(other) for other in busy)
