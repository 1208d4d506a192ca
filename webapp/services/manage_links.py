"""Links by which whoever has one sees and changes one visit."""

import secrets
from uuid import UUID

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from webapp.core.database import new_id
from webapp.core.errors import N_, NotFound
from webapp.core.tenancy import current_tenant
from webapp.core.transactions import transactional
from webapp.models import Appointment, ManageLink
from webapp.rules.manage_links import BYTES, KEPT_FOR, digest

BATCH = 1000


@transactional
def make_link(session: Session, *, appointment_id: UUID) -> str:
    """Make one more link to an appointment; its token, which nobody can read again later. Raises NotFound.

    It works for 7 days after the end of the visit, and where that is later, of the time it was moved to.
    """
    visit = session.get(Appointment, (current_tenant(), appointment_id))
    if visit is None:
        raise NotFound(N_("This appointment does not exist."))
    token = secrets.token_urlsafe(BYTES)
    row = {"id": new_id(), "appointment_id": visit.id, "token_hash": digest(token)}
    until = (visit.end_time or visit.start_time) + KEPT_FOR
    session.execute(insert(ManageLink).values(tenant_id=current_tenant(), expires_at=until, **row))
    return token


@transactional
def forget_links(session: Session) -> int:
    """Remove up to 1000 links of the current clinic that open nothing any more; how many."""
    now = session.execute(select(func.clock_timestamp())).scalar_one()
    visit = (ManageLink.tenant_id == Appointment.tenant_id) & (ManageLink.appointment_id == Appointment.id)
    over = (
        select(ManageLink.id)
        .join(Appointment, visit)
        .where(ManageLink.tenant_id == current_tenant(), ManageLink.expires_at <= now)
        .where(func.coalesce(Appointment.end_time, Appointment.start_time) <= now - KEPT_FOR)
        .order_by(ManageLink.expires_at)
        .limit(BATCH)
    )
    gone = delete(ManageLink).where(ManageLink.tenant_id == current_tenant(), ManageLink.id.in_(over))
    return len(session.scalars(gone.returning(ManageLink.id)).all())
