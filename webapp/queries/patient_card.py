"""One patient as the desk knows them: how to reach them, and their visits."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, select

from webapp.core.tenancy import current_tenant
from webapp.core.transactions import reading
from webapp.models import Appointment, AppointmentStatus, AppointmentType, Patient, Specialist
from webapp.queries.appointments import shown_status
from webapp.queries.open_slots import has_status, stands

MOST = 20


@dataclass(frozen=True, slots=True)
class PatientCard:
    id: UUID
    full_name: str
    phone: str | None
    email: str | None
    date_of_birth: date | None
    reference: str | None
    notes: str | None
    version: int


@dataclass(frozen=True, slots=True)
class Visit:
    """Times in UTC; an overdue hold is none."""

    id: UUID
    status: str
    start: datetime
    end: datetime | None
    specialist_name: str | None
    type_name: str | None


_VISIT = (
    select(
        Appointment.id,
        shown_status(),
        Appointment.start_time,
        Appointment.end_time,
        Specialist.full_name,
        AppointmentType.name,
    )
    .outerjoin(
        Specialist, and_(Specialist.tenant_id == Appointment.tenant_id, Specialist.id == Appointment.specialist_id)
    )
    .outerjoin(
        AppointmentType,
        and_(AppointmentType.tenant_id == Appointment.tenant_id, AppointmentType.id == Appointment.appointment_type_id),
    )
)


def patient_card(patient_id: UUID) -> PatientCard | None:
    query = select(*[getattr(Patient, name) for name in PatientCard.__slots__]).where(
        Patient.tenant_id == current_tenant(), Patient.id == patient_id
    )
    with reading() as connection:
        row = connection.execute(query).first()
    return PatientCard(*row) if row else None


def upcoming_visits(patient_id: UUID) -> list[Visit]:
    """What stands from now on, the next first; at most 20."""
    return _visits(patient_id, stands(), Appointment.start_time >= _NOW, order=Appointment.start_time)


def past_visits(patient_id: UUID) -> list[Visit]:
    """What was, and what was cancelled or missed whenever it would have been, the latest first; at most 20."""
    latest = Appointment.start_time.desc()
    # Two statements, each with the partial index that knows its rows: one with both reads all of the clinic's past.
    was = _visits(patient_id, stands(), Appointment.start_time < _NOW, order=latest)
    over = _visits(patient_id, has_status(AppointmentStatus.CANCELLED, AppointmentStatus.NO_SHOW), order=latest)
    return sorted(was + over, key=lambda visit: visit.start, reverse=True)[:MOST]


_NOW = func.statement_timestamp()


def _visits(patient_id: UUID, *conditions: Any, order: Any) -> list[Visit]:
    query = (
        _VISIT.where(Appointment.tenant_id == current_tenant(), Appointment.patient_id == patient_id, *conditions)
        .order_by(order)
        .limit(MOST)
    )
    with reading() as connection:
        return [Visit(*row) for row in connection.execute(query)]
