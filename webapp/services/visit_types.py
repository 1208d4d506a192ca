"""Changing a type of visit. What is booked keeps its time, its length and its specialist."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import and_, delete, func, insert, or_, select
from sqlalchemy.orm import Session

from webapp.core.errors import N_, Conflict, InvalidInput, NotFound
from webapp.core.tenancy import current_tenant
from webapp.core.transactions import transactional
from webapp.models import Appointment, AppointmentStatus, AppointmentType, Specialist, appointment_type_specialists
from webapp.services import audit

_OFFERED = appointment_type_specialists
_BOOKED = N_("Visits of this type are booked or held. Add another type, and end this one when they are over.")


@transactional
def change_type(
    session: Session,
    *,
    type_id: UUID,
    name: str,
    minutes: int,
    buffer_before: int,
    buffer_after: int,
    is_group: bool,
    is_public: bool,
    is_active: bool,
    specialist_ids: Collection[UUID],
    actor: str,
) -> None:
    """Book it like this from now on, by these specialists; again: nothing happens. Lengths and buffers in minutes.

    Raises InvalidInput, NotFound, and Conflict where it is for groups, or not any more, while visits are to come: they
    would be in slots that it is not offered in.
    """
    if not name.strip():
        raise InvalidInput(N_("Enter a name for this type of visit."), field="name")
    row = session.scalar(select(AppointmentType).filter_by(tenant_id=current_tenant(), id=type_id).with_for_update())
    if row is None:
        raise NotFound(N_("This type of visit does not exist."))
    if row.is_group != is_group and _is_to_come(session, type_id):
        raise Conflict(_BOOKED, field="is_group")
    before = _told(session, row)
    row.name, row.minutes, row.is_public, row.is_active = name.strip(), minutes, is_public, is_active
    row.buffer_before, row.buffer_after, row.is_group = buffer_before, buffer_after, is_group
    session.flush()
    _offer(session, type_id, set(specialist_ids))
    audit.record_setting(session, "TYPE", about=before["type"], actor=actor, before=before, after=_told(session, row))


def _is_to_come(session: Session, type_id: UUID) -> bool:
    """Is a visit of this type held, booked or under way? One that is just being booked keeps its place all the same."""
    now = session.execute(select(func.clock_timestamp())).scalar_one()
    live = select(Appointment.id).where(
        Appointment.tenant_id == current_tenant(),
        Appointment.appointment_type_id == type_id,
        Appointment.end_time > now,
        or_(
            Appointment.status.in_([AppointmentStatus.CONFIRMED, AppointmentStatus.ARRIVED]),
            and_(Appointment.status == AppointmentStatus.HOLD, Appointment.expires_at > now),
        ),
    )
    return bool(session.scalar(select(live.exists())))


def _offer(session: Session, type_id: UUID, specialist_ids: set[UUID]) -> None:
    of_type = (_OFFERED.c.tenant_id == current_tenant(), _OFFERED.c.appointment_type_id == type_id)
    already = set(session.scalars(select(_OFFERED.c.specialist_id).where(*of_type)))
    session.execute(delete(_OFFERED).where(*of_type, _OFFERED.c.specialist_id.in_(already - specialist_ids)))
    new = [
        {"tenant_id": current_tenant(), "appointment_type_id": type_id, "specialist_id": one}
        for one in specialist_ids - already
    ]
    if new:
        session.execute(insert(_OFFERED), new)


def _told(session: Session, row: AppointmentType) -> dict[str, Any]:
    """What the history says of it; specialists by name, as they are called then."""
    offering = select(_OFFERED.c.specialist_id).where(
        _OFFERED.c.tenant_id == row.tenant_id, _OFFERED.c.appointment_type_id == row.id
    )
    who = select(Specialist.full_name).where(Specialist.tenant_id == row.tenant_id, Specialist.id.in_(offering))
    return {
        "type": row.name,
        "minutes": row.minutes,
        "buffer_before": row.buffer_before,
        "buffer_after": row.buffer_after,
        "is_group": row.is_group,
        "is_public": row.is_public,
        "bookable": row.is_active,
        "offered_by": list(session.scalars(who.order_by(Specialist.full_name))),
    }
