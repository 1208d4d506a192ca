"""A held time is as long as the visit that is chosen for it."""

from uuid import UUID

from sqlalchemy.orm import Session

from webapp.core.errors import N_, HoldExpired
from webapp.core.transactions import transactional
from webapp.models import Appointment, AppointmentStatus
from webapp.services import claim
from webapp.services.standing import AppointmentState, check_holder, is_overdue, locked, state


@transactional
def fit_hold(session: Session, *, appointment_id: UUID, type_id: UUID, holder: UUID, actor: str) -> AppointmentState:
    """Give a hold of this user its type of visit and the time that needs; the same again changes nothing.

    Raises HoldExpired, NotFound, InvalidInput, Conflict or SlotTaken when it needs more time than there is.
    """
    row, now = locked(session, appointment_id)
    check_holder(row, now, holder)
    if row.status != AppointmentStatus.HOLD or is_overdue(row, now):
        raise HoldExpired(N_("The hold on this time has ended. Choose a time again."))
    if type_id != row.appointment_type_id:
        retype(session, row, type_id, actor=actor)
    return state(row)


def retype(session: Session, row: Appointment, type_id: UUID, *, actor: str) -> None:
    """Give a locked hold another type of visit, where it is. Raises SlotTaken when that needs more time than there is.

    Never commits.
    """
    stay = {"id": row.id, "slot": row.time_slot_id, "version": row.version, "moving": True, "status": "HOLD"}
    claim.run(session.connection(), claim.parameters(**stay, type=type_id, actor=actor, source=row.source))
    session.refresh(row)
