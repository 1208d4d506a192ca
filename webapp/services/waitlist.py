"""The waiting list: a free time is offered to one person, held for them alone, and then to the next."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from webapp.core.database import new_id
from webapp.core.errors import N_, Conflict, DomainError, HoldExpired, NotFound
from webapp.core.tenancy import current_tenant
from webapp.core.timezones import local_day
from webapp.core.transactions import transactional
from webapp.models import (
    Appointment,
    AppointmentStatus,
    Patient,
    TimeSlot,
    WaitlistEntry,
    WaitlistOffer,
)
from webapp.rules.parts_of_day import PARTS, part_of_day
from webapp.rules.people import NewPatient
from webapp.rules.questions import Said
from webapp.rules.waitlist import EVERY_DAY, Reach, offer_time
from webapp.services import claim, outbox, patient_rules
from webapp.services.standing import is_held, let_go, locked, move
from webapp.services.turns import take_turn

SOURCE = "WAITLIST"


@dataclass(frozen=True, slots=True)
class Offer:
    """A time held for one who waits, until ``expires_at`` (UTC)."""

    id: UUID
    entry_id: UUID
    appointment_id: UUID
    start: datetime
    expires_at: datetime


@transactional
def add_entry(
    session: Session,
    *,
    patient_id: UUID,
    type_id: UUID,
    first_day: date,
    last_day: date,
    specialist_ids: Sequence[UUID] = (),
    parts: Sequence[str] = PARTS,
    weekdays: Sequence[int] = EVERY_DAY,
    note: str = "",
) -> UUID:
    """Let a patient wait for a time on one of these local days, both included; no specialists: any of them.

    Again, while they wait for the very same: the same entry. Raises InvalidInput, NotFound.
    """
    if not take_turn(session, Patient, patient_id):
        raise NotFound(N_("This patient does not exist."))
    wish = {"specialist_ids": list(specialist_ids), "first_day": first_day, "last_day": last_day}
    wish |= {"parts": list(parts), "weekdays": list(weekdays)}
    row = {"patient_id": patient_id, "appointment_type_id": type_id, "note": note.strip(), **wish}
    same = select(WaitlistEntry.id).filter_by(tenant_id=current_tenant(), **row)
    known = session.scalars(same.where(WaitlistEntry.status.in_(("WAITING", "OFFERED")))).first()
    if known is not None:
        return known
    entry_id = new_id()
    session.execute(insert(WaitlistEntry).values(tenant_id=current_tenant(), id=entry_id, **row))
    return entry_id


@transactional
def cancel_entry(session: Session, *, entry_id: UUID, actor: str) -> None:
    """Take somebody off the list and give back what is offered to them; again: nothing happens.

    Raises Conflict once they have a time, NotFound.
    """
    entry = _entry(session, entry_id)
    if entry.status in ("CANCELLED", "ENDED"):
        return
    if entry.status == "BOOKED":
        raise Conflict(N_("This patient has a time already. Cancel the appointment instead."))
    query = select(WaitlistOffer).filter_by(tenant_id=current_tenant(), entry_id=entry_id, status="OPEN")
    for offer in session.scalars(query):
        _end(session, offer, "DECLINED", actor)
    entry.status = "CANCELLED"


@transactional
def make_offer(session: Session, *, entry_id: UUID, slot_id: UUID, actor: str) -> Offer:
    """Hold a slot for one who waits, for the clinic's offer time.

    Raises Conflict when something is offered to them already, NotFound, and what a hold raises.
    """
    entry = _entry(session, entry_id)
    if entry.status != "WAITING":
        raise Conflict(N_("A time is already offered to this patient."))
    slot = session.get(TimeSlot, (current_tenant(), slot_id))
    if slot is None:
        raise NotFound(N_("This slot does not exist. Look at the free times and choose again."))
    stands = offer_time(
        replace(patient_rules.offer_rules(session), notice_minutes=0), slot.start_time, now=_now(session)
    )
    if stands is None:
        raise Conflict(N_("This time is too near to be offered. Call the patient and book it."))
    return _offer(session, entry, slot_id, stands, actor)


@transactional
def accept_offer(session: Session, *, offer_id: UUID, actor: str, own: bool = False, said: Said | None = None) -> UUID:
    """Turn what is offered into an appointment, whose id it answers; again: the same.

    A patient who accepts their ``own`` is bound by the clinic's rules, and comes with what was ``said``.
    Raises HoldExpired, NotFound, and what the rules refuse.
    """
    offer, entry = _open(session, offer_id)
    if offer.status == "ACCEPTED":
        return offer.appointment_id
    held, now = locked(session, offer.appointment_id)
    if offer.status != "OPEN" or not is_held(held, now):
        raise HoldExpired(N_("This offer has run out. Offer another time."))
    if own:
        patient = session.get_one(Patient, (current_tenant(), entry.patient_id))
        person = NewPatient(
            patient.full_name, email=patient.email, phone=patient.phone, date_of_birth=patient.date_of_birth
        )
        patient_rules.may_accept(session, held, person=person, said=said or Said(), now=now)
    move(session, held, AppointmentStatus.CONFIRMED, event="CONFIRMED", actor=actor, now=now)
    outbox.tell(session, held.id, "CONFIRMATION")
    offer.status, entry.status = "ACCEPTED", "BOOKED"
    return held.id


@transactional
def decline_offer(session: Session, *, offer_id: UUID, actor: str) -> UUID | None:
    """Give an offered time back; the patient goes on waiting. The slot, for the next one. Raises Conflict, NotFound."""
    offer, entry = _open(session, offer_id)
    if offer.status == "ACCEPTED":
        raise Conflict(N_("This patient has a time already. Cancel the appointment instead."))
    slot_id = session.get_one(Appointment, (current_tenant(), offer.appointment_id)).time_slot_id
    if offer.status == "OPEN":
        _end(session, offer, "DECLINED", actor)
        entry.status = "WAITING"
    return slot_id


@transactional
def offer_next(session: Session, *, slot_id: UUID, actor: str, reach: Reach | None = None) -> Offer | None:
    """Offer a free slot to whoever waits longest for such a time and was not offered it before; None: to nobody.

    With a ``reach`` only to those whom a message tells of it, and early enough by the clinic's notice; without one the
    desk calls.
    """
    slot = session.get(TimeSlot, (current_tenant(), slot_id))
    rules = patient_rules.offer_rules(session)
    if reach is None:
        rules = replace(rules, notice_minutes=0)
    stands = offer_time(rules, slot.start_time, now=_now(session)) if slot else None
    if slot is None or stands is None:
        return None
    for entry_id in _waiting_for(session, slot, rules.timezone, reach):
        entry = _entry(session, entry_id)
        if entry.status != "WAITING":
            continue
        try:
            with session.begin_nested():
                return _offer(session, entry, slot_id, stands, actor)
        except (DomainError, IntegrityError):
            continue  # the visit does not fit, or the patient is elsewhere then: the next one
    return None


@transactional
def expire_offers(session: Session) -> list[UUID]:
    """End the offers whose hold ran out; their patients wait again. The slots that came free."""
    query = text("""
        SELECT o.id FROM waitlist_offers o JOIN appointments a ON a.tenant_id = o.tenant_id AND a.id = o.appointment_id
        WHERE o.tenant_id = :tenant AND o.status = 'OPEN'
          AND (a.status <> 'HOLD' OR a.expires_at <= clock_timestamp()) ORDER BY o.start_time, o.id LIMIT 200
    """)
    freed = []
    for offer_id in session.scalars(query, {"tenant": current_tenant()}).all():
        offer, entry = _open(session, offer_id)
        held = session.get_one(Appointment, (current_tenant(), offer.appointment_id))
        if held.status == AppointmentStatus.CONFIRMED:
            offer.status, entry.status = "ACCEPTED", "BOOKED"  # confirmed past this list: that is a yes too
        else:
            _end(session, offer, "EXPIRED", "clock")
            entry.status = "WAITING"
            freed += [held.time_slot_id] if held.time_slot_id else []
    return freed


@transactional
def end_entries(session: Session) -> int:
    """Take those off the list whose last day is over; how many."""
    today = local_day(_now(session), patient_rules.offer_rules(session).timezone)
    over = update(WaitlistEntry).where(
        WaitlistEntry.tenant_id == current_tenant(), WaitlistEntry.status == "WAITING", WaitlistEntry.last_day < today
    )
    return len(session.scalars(over.values(status="ENDED").returning(WaitlistEntry.id)).all())


def _waiting_for(session: Session, slot: TimeSlot, zone: str, reach: Reach | None) -> list[UUID]:
    """Who waits for such a time, longest first."""
    query = text("""
        SELECT e.id, c.email, c.phone FROM waitlist_entries e
        JOIN patients c ON c.tenant_id = e.tenant_id AND c.id = e.patient_id
        JOIN appointment_type_specialists o ON o.tenant_id = e.tenant_id
            AND o.appointment_type_id = e.appointment_type_id AND o.specialist_id = :specialist
        WHERE e.tenant_id = :tenant AND e.status = 'WAITING' AND :day BETWEEN e.first_day AND e.last_day
          AND :part = ANY (e.parts) AND :weekday = ANY (e.weekdays)
          AND (e.specialist_ids = '{}' OR :specialist = ANY (e.specialist_ids))
          AND NOT EXISTS (SELECT 1 FROM waitlist_offers w JOIN appointments a
                          ON a.tenant_id = w.tenant_id AND a.id = w.appointment_id
                          WHERE w.tenant_id = e.tenant_id AND w.entry_id = e.id AND w.start_time = :start
                            AND a.specialist_id = :specialist)
        ORDER BY e.created_at, e.id
    """)
    day = local_day(slot.start_time, zone)
    asked = {
        "tenant": current_tenant(),
        "specialist": slot.specialist_id,
        "day": day,
        "weekday": day.weekday(),
        "part": part_of_day(slot.start_time, zone),
        "start": slot.start_time,
    }
    rows = session.execute(query, asked).all()
    return [row.id for row in rows if reach is None or reach.reaches(email=row.email, phone=row.phone)]


def _offer(session: Session, entry: WaitlistEntry, slot_id: UUID, stands: timedelta, actor: str) -> Offer:
    seconds = max(1, int(stands.total_seconds()))
    asked: dict[str, Any] = {"slot": slot_id, "type": entry.appointment_type_id, "patient": entry.patient_id}
    asked |= {"status": "HOLD", "hold_seconds": seconds, "actor": actor, "source": SOURCE}
    made = claim.run(session.connection(), claim.parameters(**asked))
    assert made.expires_at is not None
    offer = Offer(new_id(), entry.id, made.id, made.start_time, made.expires_at)
    row = {"id": offer.id, "entry_id": entry.id, "appointment_id": made.id, "start_time": made.start_time}
    session.execute(insert(WaitlistOffer).values(tenant_id=current_tenant(), **row))
    entry.status = "OFFERED"
    outbox.tell(session, made.id, "OFFER")
    return offer


def _entry(session: Session, entry_id: UUID) -> WaitlistEntry:
    query = select(WaitlistEntry).filter_by(tenant_id=current_tenant(), id=entry_id).with_for_update()
    entry = session.execute(query.execution_options(populate_existing=True)).scalar_one_or_none()
    if entry is None:
        raise NotFound(N_("This patient is not on the waiting list."))
    return entry


def _open(session: Session, offer_id: UUID) -> tuple[WaitlistOffer, WaitlistEntry]:
    offer = session.get(WaitlistOffer, (current_tenant(), offer_id))
    if offer is None:
        raise NotFound(N_("There is no such offer."))
    entry = _entry(session, offer.entry_id)  # the entry is the lock: whoever answers first is heard
    session.refresh(offer)
    return offer, entry


def _end(session: Session, offer: WaitlistOffer, status: str, actor: str) -> None:
    held, now = locked(session, offer.appointment_id)
    if held.status == AppointmentStatus.HOLD:
        let_go(session, held, actor=actor, now=now)
    offer.status = status


def _now(session: Session) -> datetime:
    now: datetime = session.execute(select(func.clock_timestamp())).scalar_one()
    return now
