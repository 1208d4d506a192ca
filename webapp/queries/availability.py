"""When a visit could begin: runs of open slots long enough for it, its buffers included."""

from bisect import bisect
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Connection,
    DateTime,
    Select,
    TableValuedAlias,
    and_,
    bindparam,
    func,
    literal,
    or_,
    select,
)

from webapp.core.tenancy import current_tenant
from webapp.core.timezones import day_bounds, local_day, span_bounds
from webapp.core.transactions import reading
from webapp.models import Appointment, AppointmentType, Specialist, TimeSlot, appointment_type_specialists
from webapp.queries.open_slots import is_open, stands
from webapp.queries.slots import SEATS_LEFT
from webapp.rules.day_parts import merged
from webapp.rules.fitting import OpenSlot, Wanted, kept, starts
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
    link_id: UUID

    @property
    def ref(self) -> UUID:
        """What stands for it in the addresses of patients' pages: nobody guesses that of a type that is not public."""
        return self.id if self.is_public else self.link_id


@dataclass(frozen=True, slots=True)
class FreeTime:
    """A start that can be had now, times in UTC; ``end`` is the end of the visit."""

    slot_id: UUID
    specialist_id: UUID
    specialist_name: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Place:
    """A free time and what it keeps of its specialist's time, buffers and begun slots included."""

    time: FreeTime
    kept: Span


@dataclass(frozen=True, slots=True)
class FreeDay:
    """A local day with the number of times at which somebody is free."""

    day: date
    times: int


# Built once: every day that is drawn and every search asks for them.
_TYPE = select(*[getattr(AppointmentType, name) for name in VisitType.__slots__]).where(
    AppointmentType.is_active, AppointmentType.tenant_id == bindparam("tenant")
)
_ALL_TYPES = _TYPE.order_by(AppointmentType.name)
_ONE_TYPE = _TYPE.where(AppointmentType.id == bindparam("id"))


def public_types() -> list[VisitType]:
    """What patients may book themselves, by name."""
    return [visit for visit in all_types() if visit.is_public]


def all_types() -> list[VisitType]:
    with reading() as connection:
        return [VisitType(*row) for row in connection.execute(_ALL_TYPES, {"tenant": current_tenant()}).all()]


def find_type(type_id: UUID) -> VisitType | None:
    with reading() as connection:
        row = connection.execute(_ONE_TYPE, {"tenant": current_tenant(), "id": type_id}).first()
    return VisitType(*row) if row else None


def find_bookable(ref: UUID) -> VisitType | None:
    """The type that patients book under this reference: a public one by its id, any by its own link."""
    known = or_(and_(AppointmentType.id == ref, AppointmentType.is_public), AppointmentType.link_id == ref)
    with reading() as connection:
        row = connection.execute(_TYPE.where(known), {"tenant": current_tenant()}).first()
    return VisitType(*row) if row else None


def wanted_for(visit: VisitType, *, minutes: int | None = None, seats: int = 1) -> Wanted:
    """A visit of this type, of its own length unless other minutes are given."""
    return Wanted(
        minutes or visit.minutes,
        visit.id,
        visit.buffer_before,
        visit.buffer_after,
        visit.is_group,
        visit.room_id,
        seats,
    )


def free_times_between(
    *, type_id: UUID, since: datetime, until: datetime, specialist_id: UUID | None = None
) -> list[FreeTime]:
    """Starts of a visit of this type in [since, until), by start and name; [] for an unknown type."""
    visit = find_type(type_id)
    if visit is None:
        return []
    chosen = None if specialist_id is None else [specialist_id]
    return free_times_within([Span(since, until)], wanted_for(visit), specialist_ids=chosen)


def free_times_within(
    spans: Sequence[Span], wanted: Wanted, *, specialist_ids: Collection[UUID] | None = None
) -> list[FreeTime]:
    """Starts within these stretches of time (UTC) at which what is wanted can be had, by start and name.

    One statement, and one more for a type with buffers or a room, however many stretches there are.
    """
    found = [_free_time(slot, end) for _day, slot, end in _found(spans, wanted, specialist_ids)]
    return sorted(found, key=lambda time: (time.start, time.specialist_name, time.slot_id))


def free_places_within(
    spans: Sequence[Span], wanted: Wanted, *, specialist_ids: Collection[UUID] | None = None
) -> list[Place]:
    """The same, with what each of them keeps of its specialist's time."""
    times = _found(spans, wanted, specialist_ids)
    found = [Place(_free_time(slot, end), kept(day, slot, end, wanted)) for day, slot, end in times]
    return sorted(found, key=lambda place: (place.time.start, place.time.specialist_name, place.time.slot_id))


def _found(
    spans: Sequence[Span], wanted: Wanted, specialist_ids: Collection[UUID] | None = None
) -> Iterator[tuple[list[OpenSlot], OpenSlot, datetime]]:
    """The slots of a specialist, the one that it can begin in, and when it ends."""
    looked_at, inside = merged(spans, wanted.margin), _inside(merged(spans))
    with reading() as connection:
        slots = _slots(connection, wanted, looked_at, specialist_ids)
        busy = _busy(connection, wanted, looked_at)
    for specialist, day in _by_specialist(slots).items():
        for slot, end in starts(day, wanted, busy.get(specialist, []), busy.get(wanted.room_id, [])):
            if inside(slot.start):
                yield day, slot, end


def _free_time(slot: OpenSlot, end: datetime) -> FreeTime:
    return FreeTime(slot.id, slot.specialist_id, slot.specialist_name, slot.start, end)


def _inside(spans: Sequence[Span]) -> Callable[[datetime], bool]:
    starts = [span.start for span in spans]

    def inside(instant: datetime) -> bool:
        at = bisect(starts, instant) - 1
        return at >= 0 and instant < spans[at].end

    return inside


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
    since, until = span_bounds(first, last, zone)
    times = free_times_between(type_id=type_id, since=max(since, not_before), until=until, specialist_id=specialist_id)
    starts: dict[date, set[datetime]] = {}
    for time in times:
        starts.setdefault(local_day(time.start, zone), set()).add(time.start)
    return [FreeDay(day, len(found)) for day, found in sorted(starts.items())]


def _looked_at(spans: Sequence[Span]) -> TableValuedAlias:
    instants = ARRAY(DateTime(timezone=True))
    # The day's margin is taken off here: behind row-level security an index is not asked for a difference.
    bounds = [s.start for s in spans], [s.end for s in spans], [s.start - A_DAY for s in spans]
    found = func.unnest(*(literal(each, instants) for each in bounds)).table_valued("since", "until", "day_before")
    return found.render_derived(name="looked_at")


def _slots(
    connection: Connection, wanted: Wanted, spans: Sequence[Span], specialist_ids: Collection[UUID] | None
) -> list[OpenSlot]:
    at = _looked_at(spans)
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
            at,
            and_(
                TimeSlot.start_time > at.c.day_before,
                TimeSlot.start_time < at.c.until,
                TimeSlot.end_time > at.c.since,
            ),
        )
        .where(TimeSlot.tenant_id == current_tenant(), Specialist.is_active)
        .order_by(TimeSlot.specialist_id, TimeSlot.start_time)
    )
    if specialist_ids is not None:
        query = query.where(TimeSlot.specialist_id.in_(specialist_ids))
    return [OpenSlot(*row) for row in connection.execute(_suiting(query, wanted))]


def _suiting(query: Select[*tuple[Any, ...]], wanted: Wanted) -> Select[*tuple[Any, ...]]:
    """Only slots of who offers the type, and only open ones unless buffers must be kept from the others too."""
    offered = appointment_type_specialists
    if wanted.type_id is not None:
        offers = and_(
            offered.c.tenant_id == TimeSlot.tenant_id,
            offered.c.specialist_id == TimeSlot.specialist_id,
            offered.c.appointment_type_id == wanted.type_id,
        )
        query = query.join(offered, offers)
    if not (wanted.buffer_before or wanted.buffer_after):
        query = query.where(is_open())
    return query.where(wanted.seats <= SEATS_LEFT) if wanted.is_group and wanted.seats > 1 else query


def _busy(connection: Connection, wanted: Wanted, spans: Sequence[Span]) -> Mapping[UUID | None, list[Span]]:
    """When specialists, and the visit's room, are busy; asked only where the slots alone cannot tell."""
    if not (wanted.buffer_before or wanted.buffer_after or wanted.room_id):
        return {}
    at = _looked_at(spans)
    query = (
        select(
            Appointment.specialist_id,
            Appointment.room_id,
            Appointment.seat,
            func.coalesce(Appointment.busy_from, Appointment.start_time),
            func.coalesce(Appointment.busy_until, Appointment.end_time, Appointment.start_time),
        )
        .join(
            at,
            and_(Appointment.start_time > at.c.day_before, Appointment.start_time < at.c.until + A_DAY),
        )
        .where(Appointment.tenant_id == current_tenant(), stands())
    )
    found: dict[UUID | None, list[Span]] = {}
    for specialist_id, room_id, seat, start, end in connection.execute(query):
        if seat:  # who was squeezed in keeps the room, but none of the specialist's own times
            found.setdefault(specialist_id, []).append(Span(start, end))
        if room_id is not None:
            found.setdefault(room_id, []).append(Span(start, end))
    return found


def _by_specialist(slots: Iterable[OpenSlot]) -> dict[UUID, list[OpenSlot]]:
    days: dict[UUID, list[OpenSlot]] = {}
    for slot in slots:
        day = days.setdefault(slot.specialist_id, [])
        if not day or day[-1].id != slot.id:  # one that lies across two stretches comes twice
            day.append(slot)
    return days
