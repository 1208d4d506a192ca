"""Tidying: nothing depends on it, every reader and the door already treat an overdue hold as gone."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.core.tenancy import current_tenant
from webapp.core.transactions import transactional
from webapp.models import Appointment, AppointmentStatus
from webapp.services import audit
from webapp.services.standing import busy, is_overdue

BATCH = 200


@transactional
def sweep_holds(session: Session) -> int:
    """Flip up to 200 overdue holds of the current clinic; how many it flipped."""
    tenant_id = current_tenant()
    overdue = (
        select(Appointment)
        .filter_by(tenant_id=tenant_id, status=AppointmentStatus.HOLD)
        .where(Appointment.expires_at <= func.statement_timestamp())
        .order_by(Appointment.start_time)
        .limit(BATCH)
    )
    rows = list(session.scalars(overdue))
    places = [(row.specialist_id, *busy(row)) for row in rows]
    for place in places:  # in order of start, as everybody locks
        session.execute(select(func.lock_slots(tenant_id, *place)))
    now = session.execute(select(func.clock_timestamp())).scalar_one()
    ids = sorted(row.id for row in rows)
    locked = (
        select(Appointment).where(Appointment.tenant_id == tenant_id, Appointment.id.in_(ids)).order_by(Appointment.id)
    )
    flipped = 0
    for row in session.scalars(locked.with_for_update().execution_options(populate_existing=True)):
        if is_overdue(row, now):
            row.status, row.expires_at, row.updated_at = AppointmentStatus.EXPIRED, None, now
            row.version += 1
            audit.record(session, row.id, "EXPIRED", actor="sweeper")
            flipped += 1
    session.flush()
    for place in places:
        session.execute(select(func.refresh_slots(tenant_id, *place)))
    return flipped
