"""What a patient is to be told, written down in the transaction of what happened. Never commits."""

from uuid import UUID

from sqlalchemy import and_, func, not_, select, update
from sqlalchemy.orm import Session

from webapp.core.tenancy import current_tenant
from webapp.models import Message


def tell(session: Session, appointment_id: UUID, kind: str) -> None:
    """Enqueue a message about an appointment as its row says now; none where the patient can't be reached."""
    session.flush()
    session.execute(select(func.tell_patient(current_tenant(), appointment_id, kind)))


def withhold(session: Session, appointment_id: UUID, *, version: int, why: str) -> bool:
    """Leave out what was enqueued for the change that led to this version; False once somebody began to send it."""
    change = {"tenant_id": current_tenant(), "appointment_id": appointment_id, "version": version}
    waiting = update(Message).filter_by(**change, status="QUEUED", attempts=0)
    waiting = waiting.where(Message.kind.in_(("CHANGE", "CANCELLATION")))
    return bool(session.execute(waiting.values(status="SKIPPED", error=why).returning(Message.id)).all())


def is_up_to_date(session: Session, appointment_id: UUID) -> bool:
    """Did the latest letter about a visit go out, of those that were not kept back? Also where there is none."""
    kept_back = and_(Message.status == "SKIPPED", Message.error.in_(("undone", "not wanted")))
    letters = (
        select(Message.status)
        .filter_by(tenant_id=current_tenant(), appointment_id=appointment_id)
        .where(Message.kind.not_in(("REMINDER", "OFFER")), not_(kept_back))
        .order_by(Message.created_at.desc(), Message.id.desc())
    )
    return session.scalars(letters.limit(1)).first() in (None, "SENT")


def tell_waiting(session: Session, entry_id: UUID) -> None:
    """Enqueue a message about a place on the waiting list, with the way to it; none where nobody can be reached."""
    session.flush()
    session.execute(select(func.tell_waiting(current_tenant(), entry_id)))
