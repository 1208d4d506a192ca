"""The one booking door: every surface takes a seat here, through one statement, claim_seat().

claim_seat() decides; this module owns isolation and retry, services/claim.py what each outcome is called.
"""

import threading
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from webapp.core.database import engines
from webapp.core.errors import N_, Conflict, Forbidden, InvalidInput, NotFound, SlotTaken
from webapp.core.tenancy import current_tenant
from webapp.core.transactions import retrying, transactional
from webapp.models import TimeSlot, User
from webapp.rules.people import NewPatient
from webapp.services.claim import Booking, Key, idempotency, parameters, person, run

__all__ = ["Booking", "Key", "book", "book_at", "hold", "hold_one_of", "reschedule", "squeeze_in"]

# One attempt on a slot at a time in this process: politeness that spares the database its losers, never correctness.
_turnstiles: Final = [threading.Lock() for _ in range(64)]


def hold(
    *,
    slot_id: UUID,
    actor: str,
    source: str,
    patient_id: UUID | None = None,
    new_patient: NewPatient | None = None,
    type_id: UUID | None = None,
    key: Key | None = None,
    priority: str = "NORMAL",
    created_by: UUID | None = None,
    hold_seconds: int | None = None,
    minutes: int | None = None,
    status: str = "HOLD",
    notify: bool | None = None,
) -> Booking:
    """Take a seat of a slot for the clinic's hold time, or for ``hold_seconds``; ``minutes`` is the visit's length
    where it is neither the type's nor, without a type, the slot's. Who is booked is told, unless ``notify`` is False.

    Raises SlotTaken, PatientBusy, NotFound, InvalidInput, Conflict, IdempotencyMismatch or Busy.
    """
    return _claim(
        slot=slot_id,
        status=status,
        hold_seconds=hold_seconds,
        minutes=minutes,
        type=type_id,
        created_by=created_by,
        priority=priority,
        actor=actor,
        source=source,
        detail=_told(notify),
        **person(patient_id, new_patient),
        **idempotency(key),
    )


def _told(notify: bool | None) -> Jsonb:
    return Jsonb({} if notify is None else {"notify": notify})


def book(**claim: Any) -> Booking:
    """Hold and confirm in one: takes what hold() takes."""
    return hold(status="CONFIRMED", **claim)


def hold_one_of(*, slot_ids: Sequence[UUID], **claim: Any) -> Booking:
    """Take a seat of the first of these slots that has one, in their order; takes what hold() takes.

    Raises what the last of them was refused with, SlotTaken when there is none.
    """
    refusal: Conflict = SlotTaken(N_("This time has just been taken. Choose another one."))
    for slot_id in slot_ids:
        try:
            return hold(slot_id=slot_id, **claim)
        except Conflict as error:
            refusal = error
    raise refusal


def squeeze_in(
    *,
    slot_id: UUID,
    reason: str,
    user_id: UUID,
    actor: str,
    source: str,
    patient_id: UUID | None = None,
    type_id: UUID | None = None,
    key: Key | None = None,
    hold_seconds: int | None = None,
    status: str = "HOLD",
) -> Booking:
    """Take the one overflow seat of a time that is full, for an urgent visit and for a reason that is kept.

    Raises Forbidden unless the user may, Conflict where the time is free, and what hold() raises.
    """
    if not reason.strip():
        raise InvalidInput(N_("Say why this visit cannot wait."), field="reason")
    _check_may_squeeze_in(user_id=user_id)
    return _claim(
        slot=slot_id,
        status=status,
        hold_seconds=hold_seconds,
        type=type_id,
        created_by=user_id,
        priority="URGENT",
        squeeze=reason.strip(),
        actor=actor,
        source=source,
        **person(patient_id, None),
        **idempotency(key),
    )


@transactional
def _check_may_squeeze_in(session: Session, *, user_id: UUID) -> None:
    user = session.get(User, (current_tenant(), user_id))
    if user is None or not (user.is_active and user.may_squeeze_in):
        raise Forbidden(N_("You may not squeeze visits in. Ask an administrator of the clinic."))


def book_at(
    *,
    start: datetime,
    end: datetime | None,
    actor: str,
    source: str,
    patient_id: UUID | None = None,
    key: Key | None = None,
) -> Booking:
    """Book a time rather than a slot (UTC): the clinic's own chair, or whoever is free then where it has none.

    Without an end the chair is taken for that instant. Raises what hold() raises.
    """
    try:
        return _claim(
            start=start,
            end=end,
            status="CONFIRMED",
            actor=actor,
            source=source,
            **person(patient_id, None),
            **idempotency(key),
        )
    except NotFound:  # the clinic books by specialists, and none of them has a slot then
        raise SlotTaken(N_("Nobody is free at this time. Choose another one.")) from None


def reschedule(
    *,
    appointment_id: UUID,
    version: int,
    actor: str,
    source: str,
    slot_id: UUID | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
    type_id: UUID | None = None,
    minutes: int | None = None,
    notify: bool | None = None,
) -> Booking:
    """Move a live appointment to another slot, or the chair's to another start, in one transaction.

    It keeps its time when the new one is lost; it may also stay where it is and change its type or length (minutes).
    Who had arrived is CONFIRMED again on another of the clinic's days. ``notify`` is the desk's answer to "tell the
    patient?"; its event remembers it.
    Raises what hold() raises, HoldExpired when it is no longer live and StaleVersion when it was changed meanwhile.
    """
    return _claim(
        id=appointment_id,
        slot=slot_id,
        start=start,
        end=end,
        type=type_id,
        status="CONFIRMED",
        version=version,
        minutes=minutes,
        moving=True,
        actor=actor,
        source=source,
        detail=_told(notify),
    )


def _claim(**given: Any) -> Booking:
    claim = parameters(**given)
    try:
        with _turnstiles[hash((claim["tenant"], claim["slot"] or claim["start"])) % len(_turnstiles)]:
            return retrying(lambda settle: _attempt(claim, settle))
    except SlotTaken as refusal:
        if claim["slot"] and isinstance(refusal.__cause__, DBAPIError):
            _tell_the_truth(slot_id=claim["slot"])
        raise


@transactional
def _tell_the_truth(session: Session, *, slot_id: UUID) -> None:
    """A constraint had to refuse what the slot row allowed: somebody wrote past the door. Derive the slot anew."""
    slot = session.get(TimeSlot, (current_tenant(), slot_id))
    if slot is not None:
        place = (slot.tenant_id, slot.specialist_id, slot.start_time, slot.end_time)
        session.execute(select(func.lock_slots(*place)))
        session.execute(select(func.refresh_slots(*place)))


def _attempt(claim: Mapping[str, Any], settle: bool) -> Booking:
    if not settle:
        with engines.door.connect() as connection:
            return run(connection, claim)
    with engines.writer.connect().execution_options(isolation_level="READ COMMITTED") as connection, connection.begin():
        return run(connection, claim)
