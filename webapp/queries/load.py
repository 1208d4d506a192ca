"""How busy specialists are."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from webapp.core.tenancy import current_tenant
from webapp.core.transactions import reading
from webapp.models import Appointment
from webapp.queries.open_slots import stands


def booked_minutes(*, specialist_ids: Collection[UUID], since: datetime, until: datetime) -> dict[UUID, float]:
    """The minutes of the visits that begin in [since, until), held ones too; nobody is left out."""
    length = func.extract("epoch", Appointment.end_time - Appointment.start_time) / 60
    query = (
        select(Appointment.specialist_id, func.sum(length))
        .where(
            Appointment.tenant_id == current_tenant(),
            Appointment.specialist_id.in_(specialist_ids),
            Appointment.start_time >= since,
            Appointment.start_time < until,
            stands(),
        )
        .group_by(Appointment.specialist_id)
    )
    with reading() as connection:
        found = {who: float(minutes or 0) for who, minutes in connection.execute(query)}
    return {who: found.get(who, 0.0) for who in specialist_ids}
