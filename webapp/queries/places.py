"""Where an appointment could stand instead, and what is in its way elsewhere: the door's rules, asked beforehand."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from webapp.core.tenancy import current_tenant
from webapp.core.timezones import day_bounds, local_day
from webapp.core.transactions import reading
from webapp.rules.slots import Span

A_DAY = timedelta(days=1)
FURTHEST = 21  # days to look for a proposal, on either side


@dataclass(frozen=True, slots=True)
class Place:
    """A start with a specialist, times in UTC. ``obstacle`` is empty where the appointment could stand.

    Otherwise: here (it stands there), closed, taken, held, elsewhere (the patient is), room, full or short. ``by`` says
    who, with whom the patient is or why it is closed, and ``until`` when that ends; for short, when the free time ends.
    """

    slot_id: UUID
    specialist_id: UUID
    specialist_name: str
    start: datetime
    end: datetime
    obstacle: str = ""
    by: str = ""
    until: datetime | None = None


_MOVED = text("""
    SELECT a.id, a.start_time, a.end_time, a.time_slot_id, a.patient_id, a.slot_capacity > 1 AS is_group,
           a.appointment_type_id AS type_id, t.room_id, coalesce(t.buffer_before, 0) AS before,
           coalesce(t.buffer_after, 0) AS after
    FROM appointments a
    LEFT JOIN appointment_types t ON t.tenant_id = a.tenant_id AND t.id = a.appointment_type_id
    WHERE a.tenant_id = :tenant AND a.id = :id AND a.time_slot_id IS NOT NULL
""")
_SLOTS = text("""
    SELECT s.id, s.specialist_id, p.full_name, s.start_time, s.end_time, s.capacity
    FROM time_slots s JOIN specialists p ON p.tenant_id = s.tenant_id AND p.id = s.specialist_id
    WHERE s.tenant_id = :tenant AND p.is_active AND (s.capacity > 1) = :is_group
      AND s.start_time > :since AND s.start_time < :until
      AND (CAST(:type AS uuid) IS NULL
           OR EXISTS (SELECT 1 FROM appointment_type_specialists o
                      WHERE o.tenant_id = s.tenant_id AND o.appointment_type_id = :type
                        AND o.specialist_id = s.specialist_id))
    ORDER BY p.full_name, p.id, s.start_time
""")
_CLOSED = text("""
    SELECT c.specialist_id, c.start_time, c.end_time, c.reason FROM closures c
    WHERE c.tenant_id = :tenant AND c.start_time < :until AND c.end_time > :since
    ORDER BY c.start_time
""")
_STANDING = text("""
    SELECT a.specialist_id, a.patient_id, a.room_id, a.time_slot_id, a.seat, a.status::text, a.start_time, a.end_time,
           coalesce(a.busy_from, a.start_time) AS busy_from,
           coalesce(a.busy_until, a.end_time, a.start_time) AS busy_until,
           c.full_name AS patient, p.full_name AS specialist
    FROM appointments a
    LEFT JOIN patients c ON c.tenant_id = a.tenant_id AND c.id = a.patient_id
    LEFT JOIN specialists p ON p.tenant_id = a.tenant_id AND p.id = a.specialist_id
    WHERE a.tenant_id = :tenant AND a.id <> :id AND a.start_time > :since AND a.start_time < :until
      AND (a.status IN ('CONFIRMED', 'ARRIVED', 'COMPLETED')
           OR a.status = 'HOLD' AND a.expires_at > statement_timestamp())
    ORDER BY a.start_time
""")


def places_of(*, appointment_id: UUID, day: date, zone: str, minutes: int | None = None) -> list[Place]:
    """Every start of a local day at specialists who offer the visit, by name and time; ``minutes`` for another length.

    [] for an appointment that does not exist or has no slot.
    """
    since, until = day_bounds(day, zone)
    params = {"tenant": current_tenant(), "id": appointment_id}
    with reading() as connection:
        moved = connection.execute(_MOVED, params).first()
        if moved is None:
            return []
        params |= {"since": since - A_DAY, "until": until + A_DAY}
        slots = connection.execute(_SLOTS, params | {"is_group": moved.is_group, "type": moved.type_id}).all()
        standing = connection.execute(_STANDING, params).all()
        closed = connection.execute(_CLOSED, params).all()
    length = timedelta(minutes=minutes) if minutes else moved.end_time - moved.start_time
    wanted = _Wanted(moved, length, standing, closed)
    columns = (list(group) for _, group in groupby(slots, key=lambda slot: slot.specialist_id))
    return [place for column in columns for place in wanted.places(column, since, until)]


def nearest_places(
    *, appointment_id: UUID, around: datetime, zone: str, today: date, not_before: datetime, wanted: int = 3
) -> list[Place]:
    """The free starts nearest to an instant and not before another."""
    centre = max(local_day(around, zone), today)
    found: list[Place] = []
    for distance in range(FURTHEST):
        for day in {centre + timedelta(days=distance), centre - timedelta(days=distance)}:
            if day >= today:
                every = places_of(appointment_id=appointment_id, day=day, zone=zone)
                found += [place for place in every if not place.obstacle and place.start >= not_before]
        if len(found) >= wanted:
            break
    return sorted(found, key=lambda place: (abs(place.start - around), place.start, place.specialist_name))[:wanted]


class _Wanted:
    """What is to stand somewhere, and what stands there already."""

    def __init__(
        self, moved: Row[Any], length: timedelta, standing: Iterable[Row[Any]], closed: Iterable[Row[Any]]
    ) -> None:
        self.moved, self.length, self.closed = moved, length, list(closed)
        self.before, self.after = timedelta(minutes=moved.before), timedelta(minutes=moved.after)
        self.standing = list(standing)
        self.patients = [a for a in self.standing if a.patient_id and a.patient_id == moved.patient_id]
        self.rooms = [a for a in self.standing if a.room_id and a.room_id == moved.room_id]

    def places(self, slots: list[Row[Any]], since: datetime, until: datetime) -> Iterator[Place]:
        # Who is squeezed in takes nothing from the slots.
        own = [a for a in self.standing if a.specialist_id == slots[0].specialist_id and a.seat]
        for index, slot in enumerate(slots):
            if since <= slot.start_time < until:
                end = slot.end_time if self.moved.is_group else slot.start_time + self.length
                obstacle = self._obstacle(slots, index, end, own)
                yield Place(slot.id, slot.specialist_id, slot.full_name, slot.start_time, end, *obstacle)

    def _obstacle(self, slots: list[Row[Any]], index: int, end: datetime, own: list[Row[Any]]) -> tuple[Any, ...]:
        slot = slots[index]
        if slot.id == self.moved.time_slot_id and end == self.moved.end_time:
            return ("here",)
        shut = self._closed(slot, end)
        if shut:
            return shut
        if self.moved.is_group:
            if sum(a.time_slot_id == slot.id for a in own) >= slot.capacity:
                return "full", "", slot.end_time
        else:
            found = self._in_the_way(slots, index, end, own)
            if found:
                return found
        for a in self.patients:
            if a.start_time < end and (a.end_time or a.start_time) > slot.start_time:
                return "elsewhere", a.specialist or "", a.end_time
        for a in self.rooms:
            if a.time_slot_id != slot.id and self._busy(slot.start_time, end).overlaps(Span(a.busy_from, a.busy_until)):
                return "room", a.specialist or "", a.busy_until
        return ()

    def _closed(self, slot: Row[Any], end: datetime) -> tuple[Any, ...] | None:
        """What stands in closed time may stay and change its length there; nothing else comes in."""
        for c in self.closed if slot.id != self.moved.time_slot_id else ():
            if c.specialist_id in (None, slot.specialist_id) and c.start_time < end and c.end_time > slot.start_time:
                return "closed", c.reason, c.end_time
        return None

    def _in_the_way(
        self, slots: list[Row[Any]], index: int, end: datetime, own: list[Row[Any]]
    ) -> tuple[Any, ...] | None:
        """A visit occupies every slot it touches, its buffers included."""
        wanted = self._busy(slots[index].start_time, end)
        touched = [s for s in slots if s.start_time < wanted.end and s.end_time > wanted.start]
        reach = Span(min([wanted.start, touched[0].start_time]), max([wanted.end, touched[-1].end_time]))
        for a in own:
            if a.busy_from < reach.end and a.busy_until > reach.start:
                return "held" if a.status == "HOLD" else "taken", a.patient or "", a.busy_until
        covered = _covered(slots, index)
        return ("short", "", covered) if covered < end else None

    def _busy(self, start: datetime, end: datetime) -> Span:
        return Span(start - self.before, end + self.after)


def _covered(slots: list[Row[Any]], index: int) -> datetime:
    """Until when slots follow each other without a gap."""
    covered: datetime = slots[index].end_time
    for follower in slots[index + 1 :]:
        if follower.start_time != covered:
            break
        covered = follower.end_time
    return covered
