"""A held time is as long as the visit that is chosen for it."""

from uuid import UUID

from sqlalchemy.orm import Session

from webapp.core.transactions import transactional
from webapp.services import claim
from webapp.services.standing import AppointmentState, check_held, check_holder, locked, state


@transactional
def fit_hold(session: Session, *, appointment_id: UUID, type_id: UUID, holder: UUID, actor: str) -> AppointmentState:
    """Give a hold of this user its type of visit and the time that needs; the same again changes nothing.

    Raises HoldExpired, NotFound, InvalidInput, Conflict or SlotTaken when it needs more time than there is.
    """
    row, now = locked(session, appointment_id)
    check_holder(row, now, holder)
    check_held(row, now)
    if type_id != row.appointment_type_id:
        claim.retype(session, row, type_id, actor=actor)
    return state(row)
