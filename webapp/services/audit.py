"""The event of a change, written in the change's own transaction. Never commits."""

from collections.abc import Mapping
from datetime import date, time
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from webapp.core.database import new_id
from webapp.core.tenancy import current_tenant
from webapp.models import AppointmentEvent, DeskEvent, SettingEvent


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


def record_setting(
    session: Session,
    subject: str,
    *,
    actor: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    about: str = "",
) -> None:
    """The event of a change of the clinic's settings; none where nothing changed. ``about`` names which of several."""
    changes = [
        {"name": name, "from": _plain(before.get(name)), "to": _plain(after.get(name))}
        for name in {**before, **after}
        if before.get(name) != after.get(name)
    ]
    if changes:
        what = {"subject": subject, "about": about, "actor": actor, "changes": changes}
        session.execute(insert(SettingEvent).values(tenant_id=current_tenant(), id=new_id(), **what))


def _plain(value: Any) -> Any:
    """As JSON has it."""
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value
