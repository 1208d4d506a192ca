"""The waiting list: a free time is offered to one person, held for them alone, and then to the next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from webapp.core.database import new_id
from webapp.core.errors import N_, Conflict, DomainError, HoldExpired, NotFound
from webapp.core.tenancy import current_tenant
from webapp.core.timezones import local_day
from webapp.core.transactions import transactional
from webapp.models import Appointment, AppointmentStatus, Tenant, TimeSlot, WaitlistEntry, WaitlistOffer
from webapp.rules.parts_of_day import PARTS, part_of_day
from webapp.services import claim, outbox
from webapp.services.standing import is_overdue, let_go, locked, move

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
    note: str = "",
) -> UUID:
    """Let a patient wait for a time on one of these local days, both included; no specialists: any of them.

    Again, while they wait for the very same: the same entry. Raises InvalidInput, NotFound.
    """
    wish = {"specialist_ids": list(specialist_ids), "first_day": first_day, "last_day": last_day, "parts": list(parts)}
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
    """Take somebody off the list and give back what is offered to them; again: nothing happens. Raises NotFound."""
    entry = _entry(session, entry_id)
    if entry.status == "CANCELLED":
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
    return _offer(session, entry, slot_id, actor)


@transactional
def accept_offer(session: Session, *, offer_id: UUID, actor: str) -> UUID:
    """Turn what is offered into an appointment, whose id it answers; again: the same. Raises HoldExpired, NotFound."""
    offer, entry = _open(session, offer_id)
    if offer.status == "ACCEPTED":
        return offer.appointment_id
    held, now = locked(session, offer.appointment_id)
    if offer.status != "OPEN" or held.status != AppointmentStatus.HOLD or is_overdue(held, now):
        raise HoldExpired(N_("This offer has run out. Offer another time."))
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
def offer_next(session: Session, *, slot_id: UUID, actor: str) -> Offer | None:
    """Offer a free slot to whoever waits longest for such a time and was not offered it before; None: to nobody."""
    slot = session.get(TimeSlot, (current_tenant(), slot_id))
    if slot is None or slot.start_time <= _now(session):
        return None
    for entry_id in _waiting_for(session, slot):
        entry = _entry(session, entry_id)
        if entry.status != "WAITING":
            continue
        try:
            with session.begin_nested():
                return _offer(session, entry, slot_id, actor)
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
def freed_slots(session: Session, *, since: datetime) -> list[UUID]:
    """The open slots to come that were made, or given up by somebody, since an instant (UTC); [] unless the clinic
    lets times be offered by themselves."""
    if not session.execute(select(Tenant.offers_by_itself).filter_by(id=current_tenant())).scalar_one():
        return []
    query = text("""
        SELECT s.id FROM time_slots s
        WHERE s.tenant_id = :tenant AND s.start_time > clock_timestamp() AND s.status = 'AVAILABLE'
          AND (s.created_at > :since OR s.id IN (
              SELECT a.time_slot_id FROM appointments a WHERE a.tenant_id = :tenant
                AND a.status IN ('CANCELLED', 'NO_SHOW', 'EXPIRED') AND a.updated_at > :since
              UNION ALL
              SELECT CAST(e.detail->>'from_slot' AS uuid) FROM appointment_events e WHERE e.tenant_id = :tenant
                AND e.event_type = 'RESCHEDULED' AND e.created_at > :since))
        ORDER BY s.start_time LIMIT 200
    """)
    return list(session.scalars(query, {"tenant": current_tenant(), "since": since}))


def _waiting_for(session: Session, slot: TimeSlot) -> list[UUID]:
    """Who waits for such a time, longest first."""
    zone = session.execute(select(Tenant.timezone).filter_by(id=current_tenant())).scalar_one()
    query = text("""
        SELECT e.id FROM waitlist_entries e
        JOIN appointment_type_specialists o ON o.tenant_id = e.tenant_id
            AND o.appointment_type_id = e.appointment_type_id AND o.specialist_id = :specialist
        WHERE e.tenant_id = :tenant AND e.status = 'WAITING' AND :day BETWEEN e.first_day AND e.last_day
          AND :part = ANY (e.parts) AND (e.specialist_ids = '{}' OR :specialist = ANY (e.specialist_ids))
          AND NOT EXISTS (SELECT 1 FROM waitlist_offers w JOIN appointments a
                          ON a.tenant_id = w.tenant_id AND a.id = w.appointment_id
                          WHERE w.tenant_id = e.tenant_id AND w.entry_id = e.id AND w.start_time = :start
                            AND a.specialist_id = :specialist)
        ORDER BY e.created_at, e.id
    """)
    asked = {
        "tenant": current_tenant(),
        "specialist": slot.specialist_id,
        "day": local_day(slot.start_time, zone),
        "part": part_of_day(slot.start_time, zone),
        "start": slot.start_time,
    }
    return list(session.scalars(query, asked))


def _offer(session: Session, entry: WaitlistEntry, slot_id: UUID, actor: str) -> Offer:
    seconds = session.execute(select(Tenant.offer_seconds).filter_by(id=current_tenant())).scalar_one()
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
