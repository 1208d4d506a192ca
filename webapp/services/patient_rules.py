"""The clinic's rules for patients, asked at the moment of writing, inside the caller's transaction. Never commits."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.core.tenancy import current_tenant
from webapp.models import Answer, Appointment, AppointmentStatus, Tenant
from webapp.models import Question as Row
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
from webapp.rules.questions import Question, Said, check_answer
from webapp.rules.waitlist import OfferRules

_COMING = (AppointmentStatus.CONFIRMED, AppointmentStatus.ARRIVED)


def clinic_rules(session: Session) -> PatientRules:
    columns = [getattr(Tenant, name) for name in PatientRules.__slots__]
    return PatientRules(*session.execute(select(*columns).filter_by(id=current_tenant())).one())


def offer_rules(session: Session) -> OfferRules:
    columns = [getattr(Tenant, name) for name in OfferRules.__slots__]
    return OfferRules(*session.execute(select(*columns).filter_by(id=current_tenant())).one())


def may_book(
    session: Session,
    rows: list[Appointment],
    *,
    person: NewPatient,
    said: Said,
    now: datetime,
) -> None:
    """May this person book these held times by themselves? Writes down what they accepted and answered.

    Notice and horizon are those of the moment the time was chosen: they do not run out while somebody types.
    Raises InvalidInput beside a field, SlotTaken, and Conflict beyond the bookings a person may have.
    """
    rules = clinic_rules(session)
    for row in rows:
        check_start(rules, row.start_time, now=row.created_at)
    check_details(rules, person)
    _agree(session, rules, rows, person=person, said=said, now=now)


def may_accept(session: Session, row: Appointment, *, person: NewPatient, said: Said, now: datetime) -> None:
    """May a patient whom the clinic knows take this time, which is offered to them? As in may_book(), but for what is
    the clinic's own doing: when the time is, and what it knows of them."""
    _agree(session, clinic_rules(session), [row], person=person, said=said, now=now)


def _agree(
    session: Session,
    rules: PatientRules,
    rows: list[Appointment],
    *,
    person: NewPatient,
    said: Said,
    now: datetime,
) -> None:
    """The part of the rules that the person answers for: terms, questions, and how many bookings they have."""
    check_terms(rules, said.accepted_terms)
    for row in rows:
        row.terms_version = rules.terms_version
    _keep_answers(session, rows, said)
    if rules.bookings_a_person is not None:
        check_count(rules, _bookings_to_come(session, person, now), adding=len(rows))


def may_cancel(session: Session, row: Appointment, *, now: datetime) -> None:
    """Raise Conflict when it is too late for the patient to cancel."""
    check_cancel(clinic_rules(session), row.start_time, now=now)


def may_move(session: Session, row: Appointment, *, now: datetime) -> None:
    """Raise Conflict when it is too late for the patient to move it."""
    check_move(clinic_rules(session), row.start_time, now=now)


def _keep_answers(session: Session, rows: list[Appointment], said: Said) -> None:
    """Whatever is asked now for each visit's type must be answered; what is asked no longer is dropped."""
    columns = [getattr(Row, name) for name in Question.__slots__]
    asked = session.execute(select(*columns).where(Row.tenant_id == current_tenant()).order_by(Row.position))
    questions = [Question(*one) for one in asked]
    for row in rows:
        for question in questions:
            if not question.concerns(row.appointment_type_id):
                continue
            answer = check_answer(question, said.answers.get(question.id, ""))
            if answer:
                session.add(
                    Answer(
                        tenant_id=row.tenant_id,
                        appointment_id=row.id,
                        question_id=question.id,
                        asked=question.label,
                        answer=answer,
                    )
                )


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
