from uuid import UUID

from sqlalchemy import and_, func, or_, select

from webapp.core.tenancy import current_tenant
from webapp.core.transactions import reading
from webapp.models import Appointment, ManageLink
from webapp.rules.manage_links import KEPT_FOR, digest


def managed_by(token: str) -> UUID | None:
    """The appointment that a link's token opens now; None for an unknown, an expired and another clinic's alike."""
    now = func.clock_timestamp()
    ended = func.coalesce(Appointment.end_time, Appointment.start_time)
    query = (
        select(ManageLink.appointment_id)
        .join(
            Appointment,
            and_(Appointment.tenant_id == ManageLink.tenant_id, Appointment.id == ManageLink.appointment_id),
        )
        .where(ManageLink.tenant_id == current_tenant(), ManageLink.token_hash == digest(token))
        .where(or_(ManageLink.expires_at > now, ended > now - KEPT_FOR))
    )
    with reading() as connection:
        return connection.execute(query).scalar_one_or_none()
