"""Visits booked together by a patient: every seat through the booking door, in one transaction, all or none."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from webapp.core.database import new_id
from webapp.core.errors import N_, Conflict, DomainError, InvalidInput
from webapp.core.tenancy import current_tenant
from webapp.core.transactions import TryAgain, transactional
from webapp.models import Appointment, AppointmentStatus, Patient, PatientHold
from webapp.rules.parties import FEWEST, MOST, SHARED, field_of
from webapp.rules.people import NewPatient
from webapp.rules.questions import Said
from webapp.services import claim, outbox, patient_rules
from webapp.services.claim import Key
from webapp.services.party_rows import Seat, locked_party, members_of, places_of, time_now
from webapp.services.slot_locks import lock_places
from webapp.services.standing import check_held, hold_longer, is_held, let_go, move


@dataclass(frozen=True, slots=True)
class Party:
    """``visits`` are the appointments by start; ``held`` while every one of them is held."""

    id: UUID
    visits: list[UUID]
    held: bool


@dataclass(frozen=True, slots=True)
class Person:
    """Who comes, and what was said besides."""

    patient: NewPatient
    said: Said


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whose browser chose, as digests, and with which specialist alone, if it said so; ``instead_of`` is the
    appointment whose typed answers come along.
    """

    browser: str
    address: str
    instead_of: UUID | None = None
    specialist_id: UUID | None = None


@transactional
def hold_party(
    session: Session, *, seats: Sequence[Seat], visitor: Visitor, key: Key, hold_seconds: int | None = None
) -> Party:
    """Hold all of these seats, or none. The same key again: the same party, whatever has become of it.

    Raises SlotTaken, Conflict or NotFound when one of them cannot be had, InvalidInput for too few or too many, and
    IdempotencyMismatch for a key that was used for something else.
    """
    if not FEWEST <= len(seats) <= MOST:
        raise InvalidInput(N_("Choose between two and four visits."))
    places = places_of(session, seats)
    lock_places(session, [reach for reach, _seat in places])
    known = _known(session, key)
    if known is not None:
        return known
    party_id = new_id()
    taken = [_hold(session, seat, number, key, hold_seconds) for number, (_reach, seat) in enumerate(places)]
    session.execute(
        update(Appointment)
        .where(Appointment.tenant_id == current_tenant(), Appointment.id.in_(taken))
        .values(party_id=party_id)
    )
    _note(session, taken, visitor)
    return Party(party_id, taken, held=True)


@transactional
def extend_party(session: Session, *, party_id: UUID, actor: str, hold_seconds: int | None = None) -> None:
    """Hold all for the clinic's hold time from now, at most 10 times. Raises HoldExpired, Conflict, NotFound."""
    rows, now = locked_party(session, party_id)
    hold_longer(session, rows, seconds=hold_seconds, actor=actor, now=now)


@transactional
def release_party(session: Session, *, party_id: UUID, actor: str) -> None:
    """Give all of them back; what is over already stays so. Raises Conflict once one is booked, NotFound."""
    rows, now = locked_party(session, party_id)
    over = (AppointmentStatus.CANCELLED, AppointmentStatus.EXPIRED)
    if any(row.status not in (AppointmentStatus.HOLD, *over) for row in rows):
        raise Conflict(N_("These visits are booked. Cancel them if they are not needed."))
    for row in rows:
        if row.status == AppointmentStatus.HOLD:
            let_go(session, row, actor=actor, now=now)


@transactional
def book_party(session: Session, *, party_id: UUID, people: Sequence[Person], actor: str) -> None:
    """Book what is held, the first visit for the first of the people, or all of them for the only one; all or nothing.

    Again for the same people: nothing more happens. Raises HoldExpired, NotFound and what the clinic's rules refuse;
    the field of a refusal is that of the person it concerns.
    """
    rows, now = locked_party(session, party_id)
    if len(people) not in (1, len(rows)):
        raise InvalidInput(N_("Say for each visit who comes."))
    if _is_booked_for(session, rows, people):
        return
    for row in rows:
        check_held(row, now)
    for number, person in enumerate(people, start=1):
        mine = rows if len(people) == 1 else rows[number - 1 : number]
        try:
            _book(session, mine, person, actor=actor, now=now)
        except DomainError as error:
            if error.field and error.field not in SHARED:
                error.field = field_of(number, error.field)
            raise
    typed = update(PatientHold).where(PatientHold.tenant_id == current_tenant())
    session.execute(typed.where(PatientHold.appointment_id.in_([row.id for row in rows])).values(answers=None))


def _hold(session: Session, seat: Seat, number: int, key: Key, hold_seconds: int | None) -> UUID:
    asked = claim.parameters(
        slot=seat.slot_id,
        type=seat.type_id,
        status="HOLD",
        hold_seconds=hold_seconds,
        actor="patient",
        source="PATIENT",
        **claim.idempotency(key.numbered(number)),
    )
    made = claim.run(session.connection(), asked)
    if made.replayed:  # the same key took other seats meanwhile: its party is the answer
        raise TryAgain
    return made.id


def _known(session: Session, key: Key) -> Party | None:
    """The party that this key made before."""
    party_id = claim.known_together(session, key, Appointment.party_id)
    if party_id is None:
        return None
    rows, now = list(session.scalars(members_of(party_id))), time_now(session)
    return Party(party_id, [one.id for one in rows], held=all(is_held(one, now) for one in rows))


def _note(session: Session, taken: Sequence[UUID], visitor: Visitor) -> None:
    """Remember whose browser holds them; what was typed for the times they replace comes along with the first."""
    before = None
    if visitor.instead_of:
        before = session.get(PatientHold, (current_tenant(), visitor.instead_of), with_for_update=True)
    whose = {"visitor": visitor.browser, "address": visitor.address, "specialist_id": visitor.specialist_id}
    held = [{"tenant_id": current_tenant(), "appointment_id": one, **whose} for one in taken]
    session.execute(insert(PatientHold), held)
    if before and before.answers:
        first = session.get_one(PatientHold, (current_tenant(), taken[0]))
        first.answers, first.digest, before.answers = before.answers, before.digest, None


def _is_booked_for(session: Session, rows: Sequence[Appointment], people: Sequence[Person]) -> bool:
    """Are they booked already for exactly these people: a double click?"""
    if any(row.status != AppointmentStatus.CONFIRMED for row in rows):
        return False
    whose = [session.get(Patient, (current_tenant(), row.patient_id)) for row in rows]
    wanted = [asdict(person.patient) for person in people] * (len(rows) // len(people))
    return all(
        patient is not None and all(getattr(patient, name) == value for name, value in asked.items())
        for patient, asked in zip(whose, wanted, strict=True)
    )


def _book(session: Session, rows: list[Appointment], person: Person, *, actor: str, now: datetime) -> None:
    patient_rules.may_book(session, rows, person=person.patient, said=person.said, now=now)
    patient_id = new_id()
    session.execute(insert(Patient).values(tenant_id=current_tenant(), id=patient_id, **asdict(person.patient)))
    for row in rows:
        row.patient_id = patient_id
        move(session, row, AppointmentStatus.CONFIRMED, event="CONFIRMED", actor=actor, now=now)
        outbox.tell(session, row.id, "CONFIRMATION")
