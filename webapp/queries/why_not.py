"""Why a time of a specialist cannot be had: every rule that refuses it, and the free times nearest to it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, and_, func, or_, select, text

from webapp.core.tenancy import current_tenant
from webapp.core.timezones import day_bounds, local_day
from webapp.core.transactions import reading
from webapp.models import Closure, Specialist, TimeSlot
from webapp.queries.availability import FreeTime, VisitType, find_type, free_times_between
from webapp.queries.open_slots import is_open
from webapp.queries.specialists import offered_types, opening_hours
from webapp.rules.slots import Interval, Span, slots_of_day

INSTANT = timedelta(microseconds=1)
NEAR = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Refusal:
    """One rule that refuses a time, and what words about it need. Times in UTC.

    ``rule`` is past, closure, break, closed, no_slots, booked, held, buffer, full, room, not_offered or too_short;
    ``id`` is the appointment's or closure's, ``who`` the user who holds it,
    ``source`` where it was taken, or whose closure it is (specialist or clinic), ``minutes`` the length that is wanted.
    """

    rule: str
    start: datetime | None = None
    end: datetime | None = None
    id: UUID | None = None
    reason: str = ""
    who: str | None = None
    source: str = ""
    minutes: int = 0


@dataclass(frozen=True, slots=True)
class WhyNot:
    """What stands against a time; no ``refusals``: it is free. ``may_squeeze``: the overflow seat is."""

    specialist_id: UUID
    specialist_name: str
    start: datetime
    end: datetime | None
    slot_id: UUID | None
    refusals: list[Refusal]
    may_squeeze: bool
    near: list[FreeTime] = field(default_factory=list)


_STANDING = text("""
    SELECT a.id, a.status::text, a.start_time, coalesce(a.end_time, a.start_time) AS end_time, a.expires_at, a.seat,
           a.source, a.room_id, a.specialist_id, u.full_name AS held_by
    FROM appointments a LEFT JOIN users u ON u.tenant_id = a.tenant_id AND u.id = a.created_by
    WHERE a.tenant_id = :tenant AND (a.specialist_id = :specialist OR a.room_id = :room)
      AND a.status IN ('HOLD', 'CONFIRMED', 'ARRIVED', 'COMPLETED') AND (a.status <> 'HOLD' OR a.expires_at > :now)
      AND a.start_time > CAST(:since AS timestamptz) - interval '1 day'
      AND a.start_time < CAST(:until AS timestamptz) + interval '1 day'
      AND coalesce(a.busy_from, a.start_time) < :until
      AND coalesce(a.busy_until, a.end_time, a.start_time) > :since
    ORDER BY a.start_time, a.seat
""")


def why_not(*, specialist_id: UUID, at: datetime, zone: str, now: datetime, type_id: UUID | None = None) -> WhyNot:
    """What refuses the time of a specialist at an instant (UTC), for a visit of this type if one is named.

    Raises LookupError for a specialist that is not there.
    """
    visit = find_type(type_id) if type_id else None
    with reading() as connection:
        name = _specialist(connection, specialist_id)
        slot = _slot_at(connection, specialist_id, at)
        start = slot.start_time if slot else at
        end = start + timedelta(minutes=visit.minutes) if visit and not visit.is_group else slot and slot.end_time
        until = end or start + INSTANT
        closures = _closures(connection, specialist_id, start, until)
        standing = _standing(connection, specialist_id, visit, Span(start, until), now)
    refusals = [
        *_past(slot.end_time if slot else at, now),
        *(_closure(row) for row in closures),
        *([] if slot or closures else _hours(specialist_id, at, zone)),
        *_taken(slot, standing, specialist_id, start, until),
    ]
    if visit:
        refusals += _about_the_visit(visit, slot, specialist_id, standing, refusals)
    squeezed = any(row.seat == 0 and row.specialist_id == specialist_id for row in standing)
    full = any(one.rule in ("booked", "held", "buffer", "full") for one in refusals)
    hindered = any(one.rule in ("past", "closure") for one in refusals)
    may_squeeze = bool(slot) and full and not squeezed and not hindered
    near = near_free(specialist_id=specialist_id, start=start, visit=visit, now=now)
    return WhyNot(specialist_id, name, start, end, slot.id if slot else None, refusals, may_squeeze, near)


def _specialist(connection: Connection, specialist_id: UUID) -> str:
    query = select(Specialist.full_name).where(Specialist.tenant_id == current_tenant(), Specialist.id == specialist_id)
    name = connection.execute(query).scalar_one_or_none()
    if name is None:
        raise LookupError(specialist_id)
    return name


def _slot_at(connection: Connection, specialist_id: UUID, at: datetime) -> Any:
    query = select(TimeSlot.id, TimeSlot.start_time, TimeSlot.end_time, TimeSlot.capacity, is_open().label("open"))
    return connection.execute(
        query.where(TimeSlot.tenant_id == current_tenant(), TimeSlot.specialist_id == specialist_id).where(
            TimeSlot.start_time > at - timedelta(days=1), TimeSlot.start_time <= at, TimeSlot.end_time > at
        )
    ).first()


def _closures(connection: Connection, specialist_id: UUID, start: datetime, until: datetime) -> list[Row[Any]]:
    query = (
        select(Closure.id, Closure.start_time, Closure.end_time, Closure.reason, Closure.specialist_id)
        .where(Closure.tenant_id == current_tenant())
        .where(or_(Closure.specialist_id == specialist_id, Closure.specialist_id.is_(None)))
        .where(Closure.start_time < until, Closure.end_time > start)
        .order_by(Closure.start_time)
    )
    return list(connection.execute(query))


def _standing(
    connection: Connection, specialist_id: UUID, visit: VisitType | None, span: Span, now: datetime
) -> list[Row[Any]]:
    before = timedelta(minutes=visit.buffer_before if visit and not visit.is_group else 0)
    after = timedelta(minutes=visit.buffer_after if visit and not visit.is_group else 0)
    asked = {"tenant": current_tenant(), "specialist": specialist_id, "room": visit.room_id if visit else None}
    reach = {"since": span.start - before, "until": span.end + after, "now": now}
    return list(connection.execute(_STANDING, asked | reach))


def _closure(row: Row[Any]) -> Refusal:
    whose = "specialist" if row.specialist_id else "clinic"
    return Refusal("closure", row.start_time, row.end_time, row.id, row.reason, source=whose)


def _past(end: datetime, now: datetime) -> Iterator[Refusal]:
    if end <= now:
        yield Refusal("past")


def _hours(specialist_id: UUID, at: datetime, zone: str) -> Iterator[Refusal]:
    """Between two stretches of the day's hours it is a break; before and after them it is closed."""
    day = local_day(at, zone)
    hours = [one for one in opening_hours(specialist_id) if one.holds_on(day)]
    spans = [_whole(one, zone, at) for one in hours]
    before = max((span.end for span in spans if span and span.end <= at), default=None)
    after = min((span.start for span in spans if span and span.start > at), default=None)
    if any(span and span.start <= at < span.end for span in spans):
        yield Refusal("no_slots")
    elif before and after:
        yield Refusal("break", before, after)
    else:
        yield Refusal("closed", before, after)


def _whole(interval: Interval, zone: str, at: datetime) -> Span | None:
    day = local_day(at, zone)
    slots = slots_of_day([interval], [], day, zone)
    return Span(slots[0][0].start, min(slots[-1][0].end, day_bounds(day, zone)[1])) if slots else None


def _taken(
    slot: Row[Any] | None, standing: list[Row[Any]], specialist_id: UUID, start: datetime, until: datetime
) -> Iterator[Refusal]:
    own = [row for row in standing if row.specialist_id == specialist_id and row.seat > 0]
    if slot and slot.capacity > 1:
        if len(own) >= slot.capacity:
            yield Refusal("full", minutes=slot.capacity)
        return
    for row in own:
        reach = Span(row.start_time, max(row.end_time, row.start_time + INSTANT))
        rule = "held" if row.status == "HOLD" else "booked"
        rule = rule if reach.overlaps(Span(start, until)) else "buffer"
        end = row.expires_at if rule == "held" else row.end_time
        yield Refusal(rule, row.start_time, end, row.id, who=row.held_by, source=row.source)


def _about_the_visit(
    visit: VisitType, slot: Row[Any] | None, specialist_id: UUID, standing: list[Row[Any]], found: list[Refusal]
) -> Iterator[Refusal]:
    offered = visit.id in offered_types().get(specialist_id, set())
    if not offered or (slot and visit.is_group != (slot.capacity > 1)):
        yield Refusal("not_offered", reason=visit.name)
        return
    in_room = [r for r in standing if r.room_id and r.room_id == visit.room_id and r.specialist_id != specialist_id]
    if in_room:
        yield Refusal("room", in_room[0].start_time, in_room[0].end_time, in_room[0].id)
    if slot is None or in_room or any(one.rule != "past" for one in found):
        return
    asked = {"since": slot.start_time, "until": slot.start_time + INSTANT, "specialist_id": specialist_id}
    if not free_times_between(type_id=visit.id, **asked):
        yield Refusal("too_short", reason=visit.name, minutes=visit.minutes)


def near_free(*, specialist_id: UUID, start: datetime, visit: VisitType | None, now: datetime) -> list[FreeTime]:
    """Three of the specialist's own free times and two of others, each the nearest to an instant (UTC), in order of
    time; without a visit, only the specialist's own."""
    since, until = max(now, start - NEAR), max(now, start) + NEAR
    if visit:
        times = free_times_between(type_id=visit.id, since=since, until=until)
    else:
        times = _open_slots(specialist_id, start, since, until)
    times = sorted(times, key=lambda time: abs(time.start - start))
    own = [time for time in times if time.specialist_id == specialist_id][:3]
    others = [time for time in times if time.specialist_id != specialist_id][:2]
    return sorted(own + others, key=lambda time: (time.start, time.specialist_name))


def _open_slots(specialist_id: UUID, near: datetime, since: datetime, until: datetime) -> list[FreeTime]:
    query = (
        select(TimeSlot.id, TimeSlot.specialist_id, Specialist.full_name, TimeSlot.start_time, TimeSlot.end_time)
        .join(Specialist, and_(Specialist.tenant_id == TimeSlot.tenant_id, Specialist.id == TimeSlot.specialist_id))
        .where(TimeSlot.tenant_id == current_tenant(), TimeSlot.specialist_id == specialist_id, is_open())
        .where(TimeSlot.start_time >= since, TimeSlot.start_time < until)
        .order_by(func.abs(func.extract("epoch", TimeSlot.start_time - near)))
        .limit(3)
    )
    with reading() as connection:
        return [FreeTime(*row) for row in connection.execute(query)]
