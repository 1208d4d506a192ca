"""What the desk writes beside an appointment: how urgent it is, and a note that only the desk reads."""

from uuid import UUID

from sqlalchemy.orm import Session

from webapp.core.errors import N_, Conflict
from webapp.core.transactions import transactional
from webapp.models import Appointment, AppointmentPriority
from webapp.services.standing import AppointmentState, check_version, is_overdue, locked, settle, state


@transactional
def set_priority(
    session: Session, *, appointment_id: UUID, priority: str, version: int, actor: str
) -> AppointmentState:
    """NORMAL, VIP or URGENT; the same again changes nothing. Raises Conflict, StaleVersion, NotFound."""
    row, now = locked(session, appointment_id)
    if row.priority == priority:
        return state(row)
    check_version(row, version)
    if row.status in ("CANCELLED", "EXPIRED") or is_overdue(row, now):
        raise Conflict(N_("This appointment is no longer active. Book a new time."))
    change = {"from": row.priority, "to": priority}
    row.priority = AppointmentPriority(priority)
    return settle(session, row, event="PRIORITY", actor=actor, now=now, **change)


@transactional
def write_note(session: Session, *, appointment_id: UUID, note: str, version: int, actor: str) -> AppointmentState:
    """Keep a note for the desk, or none when empty; the same again changes nothing. Raises StaleVersion, NotFound.

    The event tells that it changed and not what it said: events are kept for ever, what is said of people is not.
    """
    row, now = locked(session, appointment_id)
    if (row.note or "") == note:
        return state(row)
    check_version(row, version)
    row.note = note or None
    return settle(session, row, event="NOTED", actor=actor, now=now, **_told(row))


def _told(row: Appointment) -> dict[str, bool]:
    return {"empty": row.note is None}
