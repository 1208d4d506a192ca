"""The clinic's rules for patients, asked at the moment of writing, inside the caller's transaction. Never commits."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.core.tenancy import current_tenant
from webapp.models import Appointment, AppointmentStatus, Tenant
from webapp.rules.patient_rules import (
    PatientRules,
    check_cancel,
    check_count,
    check_details,
    check_move,
    check_start,
    check_terms,
)
from webapp.rules.people import NewPatient

_COMING = (AppointmentStatus.CONFIRMED, AppointmentStatus.ARRIVED)


def clinic_rules(session: Session) -> PatientRules:
    columns = [getattr(Tenant, name) for name in PatientRules.__slots__]
    return PatientRules(*session.execute(select(*columns).filter_by(id=current_tenant())).one())


def may_book(
    session: Session,
    rows: list[Appointment],
    *,
    person: NewPatient,
    accepted_terms: int | None,
    now: datetime,
) -> None:
    """May this person book these held times by themselves? Writes down on them which terms were accepted.

    Notice and horizon are those of the moment the time was chosen: they do not run out while somebody types.
    Raises InvalidInput beside a field, SlotTaken, and Conflict beyond the bookings a person may have.
    """
    rules = clinic_rules(session)
    for row in rows:
        check_start(rules, row.start_time, now=row.created_at)
        row.terms_version = rules.terms_version
    check_details(rules, person)
    check_terms(rules, accepted_terms)
    if rules.bookings_a_person is not None:
        check_count(rules, _bookings_to_come(session, person, now), adding=len(rows))


def may_cancel(session: Session, row: Appointment, *, now: datetime) -> None:
    """Raise Conflict when it is too late for the patient to cancel."""
    check_cancel(clinic_rules(session), row.start_time, now=now)


def may_move(session: Session, row: Appointment, to: datetime, *, now: datetime) -> None:
    """Raise Conflict when it is too late for the patient to move, SlotTaken when the new start is not for them."""
    rules = clinic_rules(session)
    check_move(rules, row.start_time, now=now)
    check_start(rules, to, now=now)


def _bookings_to_come(session: Session, person: NewPatient, now: datetime) -> int:
    """Counted after the person's turns are taken: whoever counts the same person's at this moment waits."""
    known = (person.full_name, person.email, person.phone, person.date_of_birth)
    session.execute(select(func.take_turns_of_person(current_tenant(), *known)))
    rows = session.scalars(select(func.rows_of_person(*known))).all()
    query = (
        select(func.count())
        .where(Appointment.tenant_id == current_tenant(), Appointment.patient_id.in_(rows))
        .where(Appointment.status.in_(_COMING), Appointment.start_time > now)
    )
    return session.execute(query).scalar_one()
