"""What a patient's browser leaves beside the time it holds: whose it is, and what was typed so far."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import and_, delete, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from webapp.core.tenancy import current_tenant
from webapp.core.transactions import transactional
from webapp.models import Appointment, AppointmentStatus, PatientHold
from webapp.rules.idempotency import fingerprint

#: How long it is kept once the time is not held any more: long enough to choose another one and go on.
KEPT: Final = timedelta(hours=1)

Answers = Sequence[tuple[str, str]]


def digest(answers: Answers) -> str:
    """What tells these answers from others."""
    return fingerprint({"answers": [list(pair) for pair in answers]})


@transactional
def note_hold(
    session: Session,
    *,
    appointment_id: UUID,
    visitor: str,
    address: str,
    specialist_id: UUID | None = None,
    instead_of: UUID | None = None,
) -> None:
    """Remember who chose a time, and with whom; again: nothing more. What was typed for the time it replaces comes
    along.
    """
    tenant_id = current_tenant()
    before = session.get(PatientHold, (tenant_id, instead_of), with_for_update=True) if instead_of else None
    made = session.execute(
        insert(PatientHold)
        .values(
            tenant_id=tenant_id,
            appointment_id=appointment_id,
            visitor=visitor,
            address=address,
            specialist_id=specialist_id,
            answers=before.answers if before else None,
            digest=before.digest if before else "",
        )
        .on_conflict_do_nothing()
        .returning(PatientHold.appointment_id)
    )
    if before and made.first() is not None:
        before.answers = None


@transactional
def keep_answers(session: Session, *, appointment_id: UUID, answers: Answers) -> None:
    """Keep what was typed, as it was typed, in place of what was typed before."""
    values = {"answers": [list(pair) for pair in answers], "digest": digest(answers)}
    session.execute(
        insert(PatientHold)
        .values(tenant_id=current_tenant(), appointment_id=appointment_id, **values)
        .on_conflict_do_update(index_elements=["tenant_id", "appointment_id"], set_=values)
    )


@transactional
def drop_answers(session: Session, *, appointment_id: UUID) -> None:
    """Forget what was typed."""
    session.execute(
        update(PatientHold)
        .where(PatientHold.tenant_id == current_tenant(), PatientHold.appointment_id == appointment_id)
        .values(answers=None)
    )


@transactional
def forget_answers(session: Session) -> int:
    """Remove what belongs to times that are not held any more and were chosen over an hour ago; how many."""
    now = session.execute(select(func.clock_timestamp())).scalar_one()
    held = exists().where(
        and_(
            Appointment.tenant_id == PatientHold.tenant_id,
            Appointment.id == PatientHold.appointment_id,
            Appointment.status == AppointmentStatus.HOLD,
            Appointment.expires_at > now - KEPT,
        )
    )
    gone = session.execute(
        delete(PatientHold)
        .where(PatientHold.tenant_id == current_tenant(), PatientHold.taken_at < now - KEPT, ~held)
        .returning(PatientHold.appointment_id)
    )
    return len(gone.all())
