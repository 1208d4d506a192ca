"""What a patient is to be told, written down in the transaction of what happened. Never commits."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.core.tenancy import current_tenant


def tell(session: Session, appointment_id: UUID, kind: str) -> None:
    """Enqueue a message about an appointment as its row says now; none where the patient can't be reached."""
    session.flush()
    session.execute(select(func.tell_patient(current_tenant(), appointment_id, kind)))


def tell_waiting(session: Session, entry_id: UUID) -> None:
    """Enqueue a message about a place on the waiting list, with the way to it; none where nobody can be reached."""
    session.flush()
    session.execute(select(func.tell_waiting(current_tenant(), entry_id)))
