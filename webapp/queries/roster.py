"""Who has a seat in a group."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import String, and_, cast, or_, select

from webapp.core.tenancy import current_tenant
from webapp.core.transactions import reading
from webapp.models import Appointment, AppointmentStatus, AppointmentType, Patient
from webapp.queries.open_slots import has_status, stands


@dataclass(frozen=True, slots=True)
class Seat:
    """A seat with who has it; those who did not come are listed too."""

    appointment_id: UUID
    seat: int
    status: str
    version: int
    expires_at: datetime | None
    type_name: str | None
    patient_name: str | None
    patient_phone: str | None
    patient_born: date | None


def roster(slot_id: UUID) -> list[Seat]:
    """The seats of a slot that stand, and the missed ones, by seat."""
    query = (
        select(
            Appointment.id,
            Appointment.seat,
            cast(Appointment.status, String),
            Appointment.version,
            Appointment.expires_at,
            AppointmentType.name,
            Patient.full_name,
            Patient.phone,
            Patient.date_of_birth,
        )
        .outerjoin(Patient, and_(Patient.tenant_id == Appointment.tenant_id, Patient.id == Appointment.patient_id))
        .outerjoin(
            AppointmentType,
            and_(
                AppointmentType.tenant_id == Appointment.tenant_id,
                AppointmentType.id == Appointment.appointment_type_id,
            ),
        )
        .where(Appointment.tenant_id == current_tenant(), Appointment.time_slot_id == slot_id)
        .where(or_(stands(), Appointment.status == AppointmentStatus.NO_SHOW))
        .order_by(Appointment.seat, Appointment.created_at)
    )
    with reading() as connection:
        return [Seat(*row) for row in connection.execute(query)]


def seats_held_by(slot_id: UUID, user_id: UUID) -> list[UUID]:
    """The seats of a slot that a user holds at the desk and has named nobody for, by seat."""
    query = (
        select(Appointment.id)
        .where(Appointment.tenant_id == current_tenant(), Appointment.time_slot_id == slot_id)
        .where(has_status(AppointmentStatus.HOLD), stands(), Appointment.seat > 0)
        .where(Appointment.created_by == user_id, Appointment.source == "DESK", Appointment.patient_id.is_(None))
        .order_by(Appointment.seat)
    )
    with reading() as connection:
        return list(connection.scalars(query))
