"""Changing a type of visit. What is booked keeps its time, its length and its specialist."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from webapp.core.errors import N_, InvalidInput, NotFound
from webapp.core.tenancy import current_tenant
from webapp.core.transactions import transactional
from webapp.models import AppointmentType, Specialist, appointment_type_specialists
from webapp.services import audit

_OFFERED = appointment_type_specialists


@transactional
def change_type(
    session: Session,
    *,
    type_id: UUID,
    name: str,
    minutes: int,
    buffer_before: int,
    buffer_after: int,
    is_public: bool,
    is_active: bool,
    specialist_ids: Collection[UUID],
    actor: str,
) -> None:
    """Book it like this from now on, by these specialists; again: nothing happens. Lengths and buffers in minutes.

    Raises InvalidInput, NotFound.
    """
    if not name.strip():
        raise InvalidInput(N_("Enter a name for this type of visit."), field="name")
    row = session.scalar(select(AppointmentType).filter_by(tenant_id=current_tenant(), id=type_id).with_for_update())
    if row is None:
        raise NotFound(N_("This type of visit does not exist."))
    before = _told(session, row)
    row.name, row.minutes, row.is_public, row.is_active = name.strip(), minutes, is_public, is_active
    row.buffer_before, row.buffer_after = buffer_before, buffer_after
    session.flush()
    _offer(session, type_id, set(specialist_ids))
    audit.record_setting(session, "TYPE", about=before["type"], actor=actor, before=before, after=_told(session, row))


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
        "is_public": row.is_public,
        "bookable": row.is_active,
        "offered_by": list(session.scalars(who.order_by(Specialist.full_name))),
    }
