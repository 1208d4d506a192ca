"""When a visit could begin: runs of open slots long enough for it, its buffers included."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, select

from webapp.core.tenancy import current_tenant
from webapp.core.timezones import day_bounds, local_day
from webapp.core.transactions import reading
from webapp.models import AppointmentType, Specialist, TimeSlot, appointment_type_specialists
from webapp.queries.open_slots import is_open


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
    slots = _slots(type_id, since - margin, until + margin, specialist_id)
    found = [time for run in _by_specialist(slots) for time in _starts(run, visit) if since <= time.start < until]
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


def _slots(type_id: UUID, since: datetime, until: datetime, specialist_id: UUID | None) -> list[_Slot]:
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
        .where(TimeSlot.start_time >= since, TimeSlot.start_time < until, Specialist.is_active)
        .order_by(TimeSlot.specialist_id, TimeSlot.start_time)
    )
    if specialist_id is not None:
        query = query.where(TimeSlot.specialist_id == specialist_id)
    with reading() as connection:
        return [_Slot(*row) for row in connection.execute(query)]


def _by_specialist(slots: Iterable[_Slot]) -> Iterable[list[_Slot]]:
    runs: dict[UUID, list[_Slot]] = {}
    for slot in slots:
        runs.setdefault(slot.specialist_id, []).append(slot)
    return runs.values()


def _starts(slots: list[_Slot], visit: VisitType) -> Iterable[FreeTime]:
    """The door's own rules: a longer visit covers consecutive open slots of one seat, and whatever slot its buffers
    touch must be open too; a group slot is taken as it is, without buffers."""
    for index, slot in enumerate(slots):
        if not slot.is_open or visit.is_group != (slot.capacity > 1):
            continue
        end = slot.end if slot.capacity > 1 else slot.start + timedelta(minutes=visit.minutes)
        if _is_covered(slots, index, end) and _buffers_open(slots, index, end, visit):
            yield FreeTime(slot.id, slot.specialist_id, slot.specialist_name, slot.start, end)


def _is_covered(slots: list[_Slot], index: int, end: datetime) -> bool:
    covered = slots[index].end
    for follower in slots[index + 1 :]:
        if covered >= end:
            break
        if not (follower.start == covered and follower.is_open and follower.capacity == 1):
            return False
        covered = follower.end
    return covered >= end


def _buffers_open(slots: list[_Slot], index: int, end: datetime, visit: VisitType) -> bool:
    if slots[index].capacity > 1:
        return True
    since = slots[index].start - timedelta(minutes=visit.buffer_before)
    until = end + timedelta(minutes=visit.buffer_after)
    before, after = index - 1, index + 1
    while before >= 0 and slots[before].end > since:
        if not slots[before].is_open:
            return False
        before -= 1
    while after < len(slots) and slots[after].start < until:
        if not slots[after].is_open:
            return False
        after += 1
    return True
