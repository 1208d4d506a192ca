"""The event of a change, written in the change's own transaction. Never commits."""

from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from webapp.core.database import new_id
from webapp.core.tenancy import current_tenant
from webapp.models import AppointmentEvent, DeskEvent


def record(session: Session, appointment_id: UUID, event_type: str, *, actor: str, **detail: Any) -> None:
    session.execute(
        insert(AppointmentEvent).values(
            tenant_id=current_tenant(),
            id=new_id(),
            appointment_id=appointment_id,
            event_type=event_type,
            actor=actor,
            detail=detail,
        )
    )


def record_about(
    session: Session,
    event_type: str,
    *,
    actor: str,
    patient_id: UUID | None = None,
    specialist_id: UUID | None = None,
    detail: dict[str, Any],
) -> None:
    """The event of what is no appointment: of a patient's details, or of a specialist's time."""
    about = {"patient_id": patient_id, "specialist_id": specialist_id, "event_type": event_type}
    session.execute(
        insert(DeskEvent).values(tenant_id=current_tenant(), id=new_id(), actor=actor, detail=detail, **about)
    )
