from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import and_, func, or_, select

from webapp.core.tenancy import current_tenant
from webapp.core.transactions import reading
from webapp.models import Appointment, Patient
from webapp.queries.open_slots import stands


@dataclass(frozen=True, slots=True)
class PatientHit:
    id: UUID
    full_name: str
    phone: str | None
    email: str | None
    date_of_birth: date | None
    reference: str | None
    next_visit: datetime | None


_NEXT_VISIT = (
    select(func.min(Appointment.start_time))
    .where(
        Appointment.tenant_id == Patient.tenant_id,
        Appointment.patient_id == Patient.id,
        stands(),
        Appointment.start_time >= func.statement_timestamp(),
    )
    .scalar_subquery()
)
_HIT = select(
    Patient.id,
    Patient.full_name,
    Patient.phone,
    Patient.email,
    Patient.date_of_birth,
    Patient.reference,
    _NEXT_VISIT,
)


def search_patients(text: str, *, limit: int = 20) -> list[PatientHit]:
    """Patients by part of a name (words in any order), the end of a phone number, or a reference; by name."""
    words = text.split()
    if not words:
        return []
    by_name = [Patient.full_name.icontains(word, autoescape=True) for word in words]
    digits = "".join(c for c in text if c.isdigit())
    by_phone = [Patient.phone.endswith(digits, autoescape=True)] if len(digits) >= 3 else []
    query = _HIT.where(Patient.tenant_id == current_tenant()).where(
        or_(and_(*by_name), *by_phone, Patient.reference == text.strip())
    )
    with reading() as connection:
        return [PatientHit(*row) for row in connection.execute(query.order_by(Patient.full_name).limit(limit))]


def find_patient(patient_id: UUID) -> PatientHit | None:
    with reading() as connection:
        row = connection.execute(_HIT.where(Patient.tenant_id == current_tenant(), Patient.id == patient_id)).first()
    return PatientHit(*row) if row else None


def patient_by_reference(reference: str) -> UUID | None:
    query = select(Patient.id).where(Patient.tenant_id == current_tenant(), Patient.reference == reference)
    with reading() as connection:
        return connection.execute(query).scalar_one_or_none()
