"""Sending what is in the outbox: one message at a time is taken, looked at again, and marked with what became of it.

Whoever takes a message has it for LEASE. Should it die before it said what became of it, the message is taken again:
patients may hear something twice, under the same Message-ID, but never not at all.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import String, cast, func, or_, select
from sqlalchemy.orm import Session

from webapp.core.database import new_id
from webapp.core.errors import N_, Conflict, NotFound
from webapp.core.tenancy import current_tenant
from webapp.core.transactions import transactional
from webapp.models import Appointment, AppointmentEvent, Message, Patient, WaitlistEntry, WaitlistOffer
from webapp.rules.delivery import MOST_TRIES, Standing, pause_after, why_not
from webapp.rules.people import for_messages
from webapp.rules.undo import WINDOW
from webapp.services import audit, outbox

_PLACE: Final = ("", "_slot", "_end", "_type")  # what an event tells of where a visit was, and where it is
_CAN_BE_UNDONE: Final = ("CHANGE", "CANCELLATION")
LEASE: Final = timedelta(minutes=5)  # longer than any one try can last


@dataclass(frozen=True, slots=True)
class Lease:
    """A message that is the caller's to send, for the ``attempt``-th time."""

    id: UUID
    attempt: int
    channel: str  # as it was when it was written down


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What is to be said now, to whom and in which language; None: the clinic's. ``address`` fits the channel.

    It speaks of an appointment, of a place on the waiting list, or of both: then the appointment is offered to it.
    """

    id: UUID
    appointment_id: UUID | None
    entry_id: UUID | None
    kind: str
    channel: str
    address: str
    locale: str | None


@transactional
def lease_next(session: Session) -> Lease | None:
    """Take the message that has waited longest beyond its time; one that was taken too often has failed.

    What tells of a change waits until it can no longer be taken back in passing.
    """
    now = _now(session)
    query = (
        select(Message)
        .where(Message.tenant_id == current_tenant(), Message.status.in_(("QUEUED", "SENDING")))
        .where(Message.due_at <= now)
        .where(or_(Message.kind.not_in(_CAN_BE_UNDONE), Message.attempts > 0, Message.created_at <= now - WINDOW))
        .order_by(Message.due_at, Message.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    while (row := session.scalars(query).first()) is not None:
        if row.attempts < MOST_TRIES:
            row.status, row.due_at, row.attempts = "SENDING", now + LEASE, row.attempts + 1
            return Lease(row.id, row.attempts, row.channel)
        row.status, row.error = "FAILED", row.error or "given up"
        session.flush()
    return None


@transactional
def look_again(session: Session, *, lease: Lease) -> Outgoing | None:
    """What a taken message is to say as things stand now; None when it is not to be sent, or not by the caller."""
    row = _taken(session, lease)
    if row is None:
        return None
    entry = _entry(session, row)
    patient, reason = _of_entry(session, entry) if row.appointment_id is None else _of_visit(session, row)
    email, phone = (patient.email, for_messages(patient.phone)) if patient else (None, None)
    if reason or patient is None or not (email or phone):
        row.status, row.error = "SKIPPED", reason or "no address"
        return None
    row.channel = "EMAIL" if email else "SMS"
    about = {"appointment_id": row.appointment_id, "entry_id": entry.id if entry else None}
    return Outgoing(
        row.id, **about, kind=row.kind, channel=row.channel, address=email or phone or "", locale=patient.locale
    )


@transactional
def keep_back(session: Session, *, appointment_id: UUID, version: int, actor: str) -> bool:
    """Do not tell the patient of the change that led to this version after all; False when it is too late for that."""
    kept = outbox.withhold(session, appointment_id, version=version, why="not wanted")
    if kept:
        audit.record(session, appointment_id, "NOT_TOLD", actor=actor)
    return kept


@transactional
def mark_sent(session: Session, *, lease: Lease) -> None:
    """It went out."""
    row = _taken(session, lease)
    if row is not None:
        row.status, row.sent_at, row.error = "SENT", _now(session), None


@transactional
def put_off(session: Session, *, lease: Lease, error: str, for_good: bool = False) -> None:
    """It did not go out: try later, or, ``for_good`` or after the last try, not again. ``error`` names nobody."""
    row = _taken(session, lease)
    if row is None:
        return
    row.error = error
    if for_good or row.attempts >= MOST_TRIES:
        row.status = "FAILED"
        return
    row.status = "QUEUED"
    row.due_at = _now(session) + pause_after(row.attempts, chance=random.random())  # noqa: S311 - no secret


@transactional
def send_again(session: Session, *, message_id: UUID) -> UUID:
    """Enqueue a message anew that was sent, failed or left out: a message of its own, with today's words and address.

    Raises Conflict while it is still on its way, NotFound.
    """
    old = session.get(Message, (current_tenant(), message_id))
    if old is None:
        raise NotFound(N_("There is no such message."))
    if old.status in ("QUEUED", "SENDING"):
        raise Conflict(N_("This message is still on its way."))
    about = {"appointment_id": old.appointment_id, "entry_id": old.entry_id}
    new = Message(tenant_id=current_tenant(), id=new_id(), kind=old.kind, channel=old.channel, **about)
    if old.appointment_id:
        visit = session.get_one(Appointment, (current_tenant(), old.appointment_id))
        new.version, new.start_time = visit.version, visit.start_time
    session.add(new)
    return new.id


@dataclass(frozen=True, slots=True)
class _Visit:
    status: str
    start: datetime


def _of_visit(session: Session, row: Message) -> tuple[Patient | None, str | None]:
    """Who is to be told of an appointment, and why not any more."""
    visit, patient = _about(session, row)
    standing = Standing(
        visit.status,
        visit.start,
        reachable=bool(patient and (patient.email or for_messages(patient.phone))),
        opted_out=bool(patient and patient.reminders_opt_out_at),
    )
    asked = {"has_successor": _has_successor(session, row), "by_clock": row.hours_before is not None}
    speaks_of = row.start_time or visit.start
    if row.kind == "CHANGE" and _is_as_told(session, row):
        return patient, "as told"
    return patient, why_not(row.kind, speaks_of=speaks_of, visit=standing, now=_now(session), **asked)


def _entry(session: Session, row: Message) -> WaitlistEntry | None:
    """The place on the waiting list that a message is about, or to which it says what is offered."""
    offered = select(WaitlistOffer.entry_id).filter_by(tenant_id=current_tenant(), appointment_id=row.appointment_id)
    entry_id = row.entry_id or (session.scalar(offered) if row.kind == "OFFER" else None)
    return session.get(WaitlistEntry, (current_tenant(), entry_id)) if entry_id else None


def _of_entry(session: Session, entry: WaitlistEntry | None) -> tuple[Patient | None, str | None]:
    if entry is None or entry.status not in ("WAITING", "OFFERED"):
        return None, "not waiting"
    return session.get(Patient, (current_tenant(), entry.patient_id)), None


def _about(session: Session, row: Message) -> tuple[_Visit, Patient | None]:
    """The appointment as people see it, an overdue hold as run out, and its patient."""
    visit = session.get_one(Appointment, (current_tenant(), row.appointment_id))
    overdue = visit.expires_at is not None and visit.expires_at <= _now(session)
    patient = session.get(Patient, (current_tenant(), visit.patient_id)) if visit.patient_id else None
    return _Visit("EXPIRED" if overdue else visit.status, visit.start_time), patient


def _has_successor(session: Session, row: Message) -> bool:
    """Was something written since that says how the visit stands now?"""
    later = select(Message.id).where(
        Message.tenant_id == row.tenant_id,
        Message.appointment_id == row.appointment_id,
        Message.kind.not_in(("REMINDER", "OFFER")),
        Message.status != "SKIPPED",
        Message.id != row.id,
        func.row(Message.created_at, cast(Message.id, String)) > func.row(row.created_at, str(row.id)),
    )
    return session.execute(select(later.exists())).scalar_one()


def _is_as_told(session: Session, row: Message) -> bool:
    """Does the visit stand where the patient was last told it does? What staff asks to be sent again is sent."""
    others = select(Message).filter_by(tenant_id=row.tenant_id, appointment_id=row.appointment_id)
    again = others.where(Message.version == row.version, Message.kind == row.kind, Message.created_at < row.created_at)
    if session.scalar(select(again.exists())):
        return False
    sent = others.where(Message.status == "SENT", Message.kind.not_in(("REMINDER", "OFFER")))
    told = session.scalars(sent.order_by(Message.created_at.desc()).limit(1)).first()
    if told is None or told.kind == "CANCELLATION":
        return False
    moves = (
        select(AppointmentEvent.detail)
        .filter_by(tenant_id=row.tenant_id, appointment_id=row.appointment_id, event_type="RESCHEDULED")
        .where(AppointmentEvent.created_at > told.created_at)
        .order_by(AppointmentEvent.created_at, AppointmentEvent.id)
    )
    details = session.scalars(moves).all()
    places = [[detail.get(f"{side}{part}") for part in _PLACE] for side, detail in _ends(details)]
    return bool(places) and places[0] == places[-1] and None not in places[0][:2]


def _ends(details: Sequence[dict[str, Any]]) -> list[tuple[str, dict[str, Any]]]:
    return [("from", details[0]), ("to", details[-1])] if details else []


def _taken(session: Session, lease: Lease) -> Message | None:
    """The row, while it is the caller's: not when the lease ran out and somebody else has it."""
    query = select(Message).filter_by(tenant_id=current_tenant(), id=lease.id, status="SENDING", attempts=lease.attempt)
    return session.scalars(query.with_for_update()).one_or_none()


def _now(session: Session) -> datetime:
    now: datetime = session.execute(select(func.clock_timestamp())).scalar_one()
    return now
