from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.orm import Session

from webapp.core.database import new_id
from webapp.core.errors import N_, InvalidInput, NotFound
from webapp.core.tenancy import current_tenant
from webapp.core.timezones import day_bounds
from webapp.core.transactions import transactional
from webapp.models import Appointment, Specialist, Tenant, TimeSlot
from webapp.services.slot_plan import Regenerated, plan_everybody, regenerate


@transactional
def add_slot(session: Session, *, specialist_id: UUID, start: datetime, end: datetime, capacity: int = 1) -> UUID:
    """Add one slot, times in UTC. Raises InvalidInput, NotFound, Conflict when it overlaps another."""
    if end <= start:
        raise InvalidInput(N_("The end must be after the start."), field="end_time")
    if not session.execute(select(Specialist.id).filter_by(tenant_id=current_tenant(), id=specialist_id)).first():
        raise NotFound(N_("This specialist does not exist."))
    slot_id = new_id()
    session.execute(
        insert(TimeSlot).values(
            tenant_id=current_tenant(),
            id=slot_id,
            specialist_id=specialist_id,
            start_time=start,
            end_time=end,
            capacity=capacity,
        )
    )
    # A visit that stood there before, or its buffer, takes the new slot at once.
    session.execute(select(func.refresh_slots(current_tenant(), specialist_id, start, end)))
    return slot_id


@transactional
def change_capacity(session: Session, *, slot_id: UUID, capacity: int) -> None:
    """Give a slot another number of seats. Raises NotFound, InvalidInput, Conflict below the seats already taken."""
    tenant_id = current_tenant()
    query = select(TimeSlot).filter_by(tenant_id=tenant_id, id=slot_id).with_for_update()
    slot = session.execute(query).scalar_one_or_none()
    if slot is None:
        raise NotFound(N_("This slot does not exist."))
    place = (tenant_id, slot.specialist_id, slot.start_time, slot.end_time)
    session.execute(select(func.expire_overdue(*place, func.clock_timestamp())))
    # Slot and appointments both carry the capacity: the key that keeps them equal is looked at when both are written.
    session.execute(text("SET CONSTRAINTS appointment_fits_slot, group_seat_fits_slot DEFERRED"))
    slot.capacity, slot.from_hours = capacity, False
    session.flush()
    session.execute(
        update(Appointment)
        .where(Appointment.tenant_id == tenant_id, Appointment.time_slot_id == slot_id)
        .values(slot_capacity=capacity)
    )
    session.execute(select(func.refresh_slots(*place)))


@transactional
def regenerate_slots(session: Session, *, specialist_id: UUID, first: date, last: date) -> Regenerated:
    """Bring the slots from ``first`` to ``last`` local day, both included, in line with the hours. Raises NotFound."""
    zone = session.execute(select(Tenant.timezone).filter_by(id=current_tenant())).scalar_one()
    return regenerate(session, specialist_id, first, last, zone=zone, not_before=day_bounds(first, zone)[0])


@transactional
def extend_horizon(session: Session) -> dict[UUID, Regenerated]:
    """Make the slots of every active specialist with hours up to the clinic's horizon; what happened to each."""
    return plan_everybody(session)
