"""The delivery log: what patients were told, and what became of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, select

from webapp.core.tenancy import current_tenant
from webapp.core.transactions import reading
from webapp.models import Appointment, Message, Patient, WaitlistEntry

PAGE = 100


def waits(appointment_id: UUID, version: int) -> bool:
    """Is a message about the change that led to this version of an appointment still to be sent?"""
    query = select(Message.id).where(
        Message.tenant_id == current_tenant(),
        Message.appointment_id == appointment_id,
        Message.version == version,
        Message.status == "QUEUED",
    )
    with reading() as connection:
        return connection.execute(query).first() is not None


@dataclass(frozen=True, slots=True)
class Told:
    """A message of the log, of an appointment or of a place on the waiting list; times in UTC. ``error`` is a word for
    the reason, ``start`` that of the appointment."""

    id: UUID
    appointment_id: UUID | None
    entry_id: UUID | None
    kind: str
    channel: str
    status: str
    attempts: int
    due_at: datetime
    error: str | None
    sent_at: datetime | None
    created_at: datetime
    start: datetime | None
    patient_name: str | None

    @property
    def can_go_again(self) -> bool:
        return self.status not in ("QUEUED", "SENDING")


_LOG: Select[*tuple[Any, ...]] = (
    select(
        Message.id,
        Message.appointment_id,
        Message.entry_id,
        Message.kind,
        Message.channel,
        Message.status,
        Message.attempts,
        Message.due_at,
        Message.error,
        Message.sent_at,
        Message.created_at,
        Appointment.start_time.label("start"),
        Patient.full_name.label("patient_name"),
    )
    .outerjoin(Appointment, and_(Appointment.tenant_id == Message.tenant_id, Appointment.id == Message.appointment_id))
    .outerjoin(WaitlistEntry, and_(WaitlistEntry.tenant_id == Message.tenant_id, WaitlistEntry.id == Message.entry_id))
    .outerjoin(
        Patient,
        and_(
            Patient.tenant_id == Message.tenant_id,
            Patient.id == func.coalesce(Appointment.patient_id, WaitlistEntry.patient_id),
        ),
    )
    .order_by(Message.created_at.desc(), Message.id)
    .limit(PAGE)
)


def delivery_log(*, status: str = "", appointment_id: UUID | None = None) -> list[Told]:
    """The newest hundred messages, of one status or one appointment where that is asked for."""
    query = _LOG.where(Message.tenant_id == current_tenant())
    if status:
        query = query.where(Message.status == status)
    if appointment_id:
        query = query.where(Message.appointment_id == appointment_id)
    with reading() as connection:
        return [Told(**row._mapping) for row in connection.execute(query)]
