"""Patients put themselves on the waiting list, and change what they wait for."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from webapp.core.database import new_id
from webapp.core.errors import N_, Conflict, NotFound
from webapp.core.tenancy import current_tenant
from webapp.core.timezones import local_day
from webapp.core.transactions import transactional
from webapp.models import Patient, WaitlistEntry
from webapp.rules.patient_rules import check_details
from webapp.rules.people import NewPatient
from webapp.rules.waitlist import Wish, check_wish
from webapp.services import outbox, patient_rules

ON_THE_LIST = ("WAITING", "OFFERED")


@transactional
def join(
    session: Session, *, entry_id: UUID, person: NewPatient, wish: Wish, before: UUID | None, by_details: bool
) -> UUID:
    """Let somebody wait, and tell them so; the entry. Again under the same id: nothing happens.

    Who waits for the same type already changes their wish instead and keeps their place: known ``by_details``, all of
    them alike, or as the entry they made ``before``. Raises InvalidInput for what the clinic's rules refuse.
    """
    if session.get(WaitlistEntry, (current_tenant(), entry_id)):
        return entry_id
    _check(session, wish)
    check_details(patient_rules.clinic_rules(session), person)
    known = (person.full_name, person.email, person.phone, person.date_of_birth)
    session.execute(select(func.take_turns_of_person(current_tenant(), *known)))
    asked = by_details or before is not None
    entry = _waits_already(session, person, wish.type_id, None if by_details else before) if asked else None
    if entry is None:
        _add(session, entry_id, person, wish)
    else:
        entry_id = entry.id
        _set(entry, wish)
    outbox.tell_waiting(session, entry_id)
    return entry_id


@transactional
def change_wish(session: Session, *, entry_id: UUID, wish: Wish) -> None:
    """Wait for other times of the same type of visit. Raises InvalidInput, NotFound, and Conflict off the list."""
    query = select(WaitlistEntry).filter_by(tenant_id=current_tenant(), id=entry_id)
    entry = session.scalars(query.with_for_update()).one_or_none()
    if entry is None:
        raise NotFound(N_("This patient is not on the waiting list."))
    if entry.status not in ON_THE_LIST:
        raise Conflict(N_("You are not on the waiting list any more. Join it again."))
    _check(session, wish)
    _set(entry, wish)


def _check(session: Session, wish: Wish) -> None:
    rules = patient_rules.clinic_rules(session)
    today = local_day(session.execute(select(func.clock_timestamp())).scalar_one(), rules.timezone)
    check_wish(wish, today=today, horizon_days=rules.horizon_days)


def _waits_already(session: Session, person: NewPatient, type_id: UUID, only: UUID | None) -> WaitlistEntry | None:
    """Read after the person's turns are taken: whoever joins as the same person at this moment waits."""
    query = (
        select(WaitlistEntry)
        .join(Patient, (Patient.tenant_id == WaitlistEntry.tenant_id) & (Patient.id == WaitlistEntry.patient_id))
        .where(WaitlistEntry.tenant_id == current_tenant(), WaitlistEntry.status.in_(ON_THE_LIST))
        .where(WaitlistEntry.appointment_type_id == type_id, WaitlistEntry.online)
        .where(Patient.full_name == person.full_name, Patient.email.is_not_distinct_from(person.email))
        .where(Patient.phone.is_not_distinct_from(person.phone))
        .where(Patient.date_of_birth.is_not_distinct_from(person.date_of_birth))
        .order_by(WaitlistEntry.created_at)
        .limit(1)
    )
    if only:
        query = query.where(WaitlistEntry.id == only)
    return session.scalars(query.with_for_update(of=WaitlistEntry)).first()


def _add(session: Session, entry_id: UUID, person: NewPatient, wish: Wish) -> None:
    patient_id = new_id()
    session.execute(insert(Patient).values(tenant_id=current_tenant(), id=patient_id, **asdict(person)))
    row: dict[str, Any] = {"id": entry_id, "patient_id": patient_id, "online": True, **asdict(wish)}
    row["appointment_type_id"] = row.pop("type_id")
    session.execute(insert(WaitlistEntry).values(tenant_id=current_tenant(), **row))


def _set(entry: WaitlistEntry, wish: Wish) -> None:
    entry.specialist_ids, entry.weekdays, entry.parts = wish.specialist_ids, wish.weekdays, wish.parts
    entry.first_day, entry.last_day = wish.first_day, wish.last_day
