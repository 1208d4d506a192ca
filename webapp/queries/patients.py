"""Finding patients, by whatever the desk was told."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Date, FromClause, Select, Text, and_, cast, func, join, select, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased

from webapp.core.tenancy import current_tenant
from webapp.core.timezones import utc_now
from webapp.core.transactions import reading
from webapp.models import Appointment, Patient, Specialist
from webapp.queries.open_slots import stands
from webapp.rules.patient_search import Sought, read


@dataclass(frozen=True, slots=True)
class PatientHit:
    """``is_similar``: nothing that was typed is in it, but much like it. Times in UTC."""

    id: UUID
    full_name: str
    phone: str | None
    email: str | None
    date_of_birth: date | None
    reference: str | None
    next_visit: datetime | None = None
    next_with: str | None = None
    next_id: UUID | None = None
    last_visit: datetime | None = None
    last_id: UUID | None = None
    is_similar: bool = False


def _visit(patient: Any, *, upcoming: bool) -> FromClause:
    """The nearest visit on one side of now, with whom it is."""
    now = func.statement_timestamp()
    side, order = (
        (Appointment.start_time >= now, Appointment.start_time)
        if upcoming
        else (Appointment.start_time < now, Appointment.start_time.desc())
    )
    return (
        select(Appointment.id, Appointment.start_time.label("start"), Specialist.full_name.label("with_whom"))
        .outerjoin(
            Specialist, and_(Specialist.tenant_id == Appointment.tenant_id, Specialist.id == Appointment.specialist_id)
        )
        .where(Appointment.tenant_id == patient.tenant_id, Appointment.patient_id == patient.id, stands(), side)
        .order_by(order)
        .limit(1)
        .correlate(patient)
        .lateral("next_visit" if upcoming else "last_visit")
    )


def _hits(*more: Any, patient: Any = Patient, among: Any = None) -> Select[Any]:
    coming, past = _visit(patient, upcoming=True), _visit(patient, upcoming=False)
    return (
        select(
            patient.id,
            patient.full_name,
            patient.phone,
            patient.email,
            patient.date_of_birth,
            patient.reference,
            coming.c.start,
            coming.c.with_whom,
            coming.c.id,
            past.c.start,
            past.c.id,
            *more,
        )
        .select_from(patient if among is None else among)
        .outerjoin(coming, true())
        .outerjoin(past, true())
        .where(patient.tenant_id == current_tenant())
    )


def _among(found: Any) -> tuple[Any, Any]:
    """The rows of what a search found; read under the policies, unlike the search itself.

    One by one: planned for any clinic, PostgreSQL would read all patients of a small one, and so of a large one too.
    """
    one = (
        select(Patient)
        .where(Patient.tenant_id == current_tenant(), Patient.id == found.c.patient_id)
        .offset(0)
        .correlate(found)
        .lateral("one")
    )
    return aliased(Patient, one), join(found, one, true())


def search_patients(text: str, *, month_first: bool = False, limit: int = 20) -> list[PatientHit]:
    """Patients by names, birth date, phone or a reference as they were typed, best first; similar names last.

    ``month_first`` says how the clinic writes dates.
    """
    sought = read(text, today=utc_now().date(), month_first=month_first)
    if sought is None:
        return []
    found = _found(sought, limit).table_valued("patient_id", "place", "is_similar").alias("found")
    patient, among = _among(found)
    query = _hits(found.c.is_similar, patient=patient, among=among).order_by(found.c.place)
    with reading() as connection:
        return [PatientHit(*row) for row in connection.execute(query)]


def _found(sought: Sought, limit: int) -> Any:
    return func.search_patients(
        sought.names,
        sought.words,
        cast(list(sought.days), ARRAY(Date)),
        cast(sought.tail, Text),
        cast(list(sought.references), ARRAY(Text)),
        cast(sought.receipt, Text),
        limit,
    )


def look_alikes(
    *, full_name: str, phone: str | None = None, date_of_birth: date | None = None, limit: int = 5
) -> list[PatientHit]:
    """Who somebody new might be: a like name with the same birth date or phone, or the same name and no other date."""
    found = (
        func.look_alikes(full_name, cast(phone, Text), cast(date_of_birth, Date), limit)
        .table_valued("patient_id", "place")
        .alias("found")
    )
    patient, among = _among(found)
    query = _hits(patient=patient, among=among).order_by(found.c.place)
    with reading() as connection:
        return [PatientHit(*row) for row in connection.execute(query)]


def find_patient(patient_id: UUID) -> PatientHit | None:
    with reading() as connection:
        row = connection.execute(_hits().where(Patient.id == patient_id)).first()
    return PatientHit(*row) if row else None


def patient_by_reference(reference: str) -> UUID | None:
    query = select(Patient.id).where(Patient.tenant_id == current_tenant(), Patient.reference == reference)
    with reading() as connection:
        return connection.execute(query).scalar_one_or_none()
