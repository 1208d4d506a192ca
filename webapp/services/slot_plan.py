"""Bring the slots of a specialist in line with hours and closures, inside the caller's transaction. Never commits."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Row, delete, exists, func, insert, or_, select, update
from sqlalchemy.orm import Session

from webapp.core.database import new_id
from webapp.core.errors import N_, NotFound
from webapp.core.tenancy import current_tenant
from webapp.core.timezones import day_bounds, local_day, span_bounds
from webapp.models import Appointment, Closure, OpeningHours, Specialist, Tenant, TimeSlot
from webapp.rules.slots import Interval, Span, clear_of, slots_of_day
from webapp.services import audit
from webapp.services.turns import take_turn

A_DAY = timedelta(days=1)  # longer than any slot: finds the one under way at an instant through its start
INTERVAL_COLUMNS = (
    OpeningHours.weekday,
    OpeningHours.opens,
    OpeningHours.closes,
    OpeningHours.slot_minutes,
    OpeningHours.capacity,
    OpeningHours.valid_from,
    OpeningHours.valid_until,
    OpeningHours.specialist_id,
)


@dataclass(frozen=True, slots=True)
class SlotConflict:
    """A slot with appointments that the hours no longer hold; it was kept. Times in UTC."""

    slot_id: UUID
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Regenerated:
    made: int = 0
    kept: int = 0
    removed: int = 0
    conflicts: list[SlotConflict] = field(default_factory=list)


def plan_ahead(session: Session, specialist_id: UUID) -> Regenerated:
    """Regenerate from now to the clinic's horizon."""
    tenant = session.execute(select(Tenant).filter_by(id=current_tenant())).scalar_one()
    now = session.execute(select(func.clock_timestamp())).scalar_one()
    today = local_day(now, tenant.timezone)
    return regenerate(
        session, specialist_id, today, today + timedelta(days=tenant.horizon_days), zone=tenant.timezone, not_before=now
    )


def plan_everybody(session: Session) -> dict[UUID, Regenerated]:
    """The same for every active specialist with hours; what happened to each."""
    with_hours = (
        select(Specialist.id)
        .where(Specialist.tenant_id == current_tenant(), Specialist.is_active)
        .where(
            select(OpeningHours.id)
            .where(OpeningHours.tenant_id == Specialist.tenant_id, OpeningHours.specialist_id == Specialist.id)
            .exists()
        )
        .order_by(Specialist.id)
    )
    return {specialist_id: plan_ahead(session, specialist_id) for specialist_id in session.scalars(with_hours)}


def regenerate(
    session: Session, specialist_id: UUID, first: date, last: date, *, zone: str, not_before: datetime
) -> Regenerated:
    """Make, keep and remove slots from ``first`` to ``last`` local day, both included.

    Those with patients stay, and those that were made or changed by hand.
    """
    until = day_bounds(last, zone)[1]
    since = max(day_bounds(first, zone)[0], not_before)
    lock_specialist(session, specialist_id)
    existing = _existing(session, specialist_id, since, until)
    hours = _wanted(session, specialist_id, first, last, zone)
    wanted = {span: interval.capacity for span, interval in hours if span.start >= since}
    kept = [slot for slot in existing if wanted.get(_span(slot)) == slot.capacity]
    others = {slot.id: slot for slot in existing if slot.start_time >= since}
    for slot in kept:
        del others[slot.id]
    conflicts = [slot for slot in others.values() if slot.in_use]
    removed = {slot.id for slot in others.values() if slot.from_hours and not slot.in_use}
    _remove(session, removed)
    made = _make(session, specialist_id, wanted, [_span(slot) for slot in existing if slot.id not in removed])
    session.execute(select(func.refresh_slots(current_tenant(), specialist_id, since, until)))
    return Regenerated(
        made=made,
        kept=len(kept),
        removed=len(removed),
        conflicts=[SlotConflict(slot.id, slot.start_time, slot.end_time) for slot in conflicts],
    )


def close(session: Session, specialist_id: UUID, span: Span, *, reason: str, actor: str) -> UUID:
    """Write a closure of one specialist, who is locked, and let every slot it touches say so. Appointments stay."""
    place = (current_tenant(), specialist_id, span.start, span.end)
    session.execute(select(func.lock_slots(*place)))
    closure_id = new_id()
    session.execute(
        insert(Closure).values(
            tenant_id=current_tenant(),
            id=closure_id,
            specialist_id=specialist_id,
            start_time=span.start,
            end_time=span.end,
            reason=reason,
        )
    )
    _record(session, "BLOCKED", specialist_id, closure_id, span, actor)
    session.execute(select(func.refresh_slots(*place)))
    return closure_id


def reopen(session: Session, closure: Closure, *, actor: str) -> int:
    """Remove the closure of one specialist; make the slots that the hours give there, how many there were to make."""
    specialist_id, span = closure.specialist_id, Span(closure.start_time, closure.end_time)
    assert specialist_id is not None
    lock_specialist(session, specialist_id)
    place = (current_tenant(), specialist_id, span.start, span.end)
    session.execute(select(func.lock_slots(*place)))
    _record(session, "OPENED", specialist_id, closure.id, span, actor)
    session.delete(closure)
    session.flush()
    zone = session.execute(select(Tenant.timezone).filter_by(id=current_tenant())).scalar_one()
    now = session.execute(select(func.clock_timestamp())).scalar_one()
    days = local_day(max(span.start, now), zone), local_day(span.end, zone)
    standing = [_span(slot) for slot in _existing(session, specialist_id, span.start - A_DAY, span.end)]
    hours = _wanted(session, specialist_id, *days, zone)
    wanted = {slot: interval.capacity for slot, interval in hours if slot.overlaps(span) and slot.start >= now}
    made = _make(session, specialist_id, wanted, standing)
    session.execute(select(func.refresh_slots(*place)))
    return made


def _record(session: Session, what: str, specialist_id: UUID, closure_id: UUID, span: Span, actor: str) -> None:
    about = {"closure": str(closure_id), "start": span.start.isoformat(), "end": span.end.isoformat()}
    audit.record_about(session, what, actor=actor, specialist_id=specialist_id, detail=about)


def lock_specialist(session: Session, specialist_id: UUID) -> None:
    if not take_turn(session, Specialist, specialist_id):
        raise NotFound(N_("This specialist does not exist."))


def _existing(session: Session, specialist_id: UUID, since: datetime, until: datetime) -> list[Row[tuple[object, ...]]]:
    place = (current_tenant(), specialist_id, since, until)
    session.execute(select(func.lock_slots(*place)))
    session.execute(select(func.expire_overdue(*place, func.clock_timestamp())))
    session.execute(select(func.refresh_slots(*place)))
    standing = func.live_between(
        TimeSlot.tenant_id, TimeSlot.specialist_id, TimeSlot.start_time, TimeSlot.end_time
    ).table_valued("id")
    query = (
        select(
            TimeSlot.id,
            TimeSlot.start_time,
            TimeSlot.end_time,
            TimeSlot.capacity,
            TimeSlot.from_hours,
            exists(select(standing.c.id)).label("in_use"),
        )
        .where(TimeSlot.tenant_id == current_tenant(), TimeSlot.specialist_id == specialist_id)
        .where(TimeSlot.end_time > since, TimeSlot.start_time > since - A_DAY, TimeSlot.start_time < until)
        .order_by(TimeSlot.start_time)
    )
    return list(session.execute(query))


def _span(slot: Row[tuple[object, ...]]) -> Span:
    return Span(slot.start_time, slot.end_time)


def _wanted(
    session: Session, specialist_id: UUID, first: date, last: date, zone: str
) -> Iterable[tuple[Span, Interval]]:
    tenant_id = current_tenant()
    hours = [
        Interval(*row)
        for row in session.execute(
            select(*INTERVAL_COLUMNS).filter_by(tenant_id=tenant_id, specialist_id=specialist_id)
        )
    ]
    since, until = span_bounds(first, last, zone)
    closures = [
        Span(*row)
        for row in session.execute(
            select(Closure.start_time, Closure.end_time)
            .where(Closure.tenant_id == tenant_id)
            .where(or_(Closure.specialist_id == specialist_id, Closure.specialist_id.is_(None)))
            .where(Closure.start_time < until, Closure.end_time > since)
        )
    ]
    for offset in range((last - first).days + 1):
        yield from slots_of_day(hours, closures, first + timedelta(days=offset), zone)


def _remove(session: Session, slot_ids: set[UUID]) -> None:
    if not slot_ids:
        return
    # Appointments that ended keep their times and let go of the slot.
    session.execute(
        update(Appointment)
        .where(Appointment.tenant_id == current_tenant(), Appointment.time_slot_id.in_(slot_ids))
        .values(time_slot_id=None, slot_capacity=None)
    )
    session.execute(delete(TimeSlot).where(TimeSlot.tenant_id == current_tenant(), TimeSlot.id.in_(slot_ids)))


def _make(session: Session, specialist_id: UUID, wanted: dict[Span, int], standing: list[Span]) -> int:
    """Insert the wanted slots, each with its capacity, where nothing stands; how many."""
    rows = [
        {
            "tenant_id": current_tenant(),
            "id": new_id(),
            "specialist_id": specialist_id,
            "start_time": span.start,
            "end_time": span.end,
            "capacity": wanted[span],
            "from_hours": True,
        }
        for span in clear_of(standing, wanted)
    ]
    if rows:
        session.execute(insert(TimeSlot), rows)
    return len(rows)
