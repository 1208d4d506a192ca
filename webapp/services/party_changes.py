"""Cancelling and moving all visits of a party that are still to come, by whoever has a link: all or none."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from webapp.core.errors import N_, DomainError, StaleVersion
from webapp.core.transactions import transactional
from webapp.models import Appointment, AppointmentStatus
from webapp.rules.parties import field_of
from webapp.rules.status import check_expected
from webapp.services import claim, outbox, patient_rules
from webapp.services.party_rows import Seat, locked_party, places_of
from webapp.services.standing import move


@transactional
def cancel_party(session: Session, *, party_id: UUID, actor: str, versions: int, reason: str = "") -> None:
    """Cancel all visits of a party that are still to come, as their patients; again: nothing more happens.

    ``versions`` is the sum of those that were looked at: it changes when any of them does, as each can only grow.
    Raises Conflict, with the visit as its field, when it is too late for one of them, StaleVersion, NotFound; then none
    is cancelled.
    """
    rows, now = locked_party(session, party_id)
    coming = [row for row in rows if row.status == AppointmentStatus.CONFIRMED]
    if not coming and any(row.status == AppointmentStatus.CANCELLED for row in rows):
        return
    if sum(row.version for row in rows) != versions:
        raise StaleVersion(N_("Somebody changed this appointment meanwhile. Look at it again before you change it."))
    for number, row in enumerate(coming or rows, start=1):
        with _naming(number):
            check_expected(row.status)
            patient_rules.may_cancel(session, row, now=now)
    for row in coming:
        detail = {"reason": reason} if reason else {}
        move(session, row, AppointmentStatus.CANCELLED, event="CANCELLED", actor=actor, now=now, **detail)
        outbox.tell(session, row.id, "CANCELLATION")


@transactional
def move_party(session: Session, *, party_id: UUID, seats: Sequence[Seat], actor: str, versions: int) -> None:
    """Move the visits of a party that are still to come to these seats, the first to the first; again: nothing more
    happens.

    ``versions`` is the sum of those of all its visits that were looked at. Raises Conflict when one may not be moved
    any more, SlotTaken when a seat cannot be had, each with the visit as its field, StaleVersion, NotFound; then none
    is moved.
    """
    wanted = places_of(session, seats)
    rows, now = locked_party(session, party_id, also=[reach for reach, _seat in wanted])
    coming = [row for row in rows if row.status == AppointmentStatus.CONFIRMED]
    if [row.time_slot_id for row in coming] == [seat.slot_id for _reach, seat in wanted]:
        return
    if sum(row.version for row in rows) != versions or len(coming) != len(wanted):
        raise StaleVersion(N_("Somebody changed this appointment meanwhile. Look at it again before you change it."))
    for number, row in enumerate(coming, start=1):
        with _naming(number):
            check_expected(row.status)
            patient_rules.may_move(session, row, now=now)
    pairs = list(enumerate(zip(coming, wanted, strict=True), start=1))
    if wanted[0][0][1].start > coming[0].start_time:
        pairs.reverse()  # the last makes room for the one before it: a patient is nowhere twice
    for number, (row, (_reach, seat)) in pairs:
        with _naming(number):
            _put(session, row, seat.slot_id, actor)


@contextmanager
def _naming(number: int) -> Iterator[None]:
    """A refusal inside concerns this one of the visits to come, counted from 1."""
    try:
        yield
    except DomainError as error:
        error.field = field_of(number, "visit")
        raise


def _put(session: Session, row: Appointment, slot_id: UUID, actor: str) -> None:
    length = (row.end_time or row.start_time) - row.start_time
    asked = claim.parameters(
        id=row.id,
        slot=slot_id,
        status="CONFIRMED",
        version=row.version,
        minutes=round(length / timedelta(minutes=1)),
        moving=True,
        actor=actor,
        source="PATIENT",
    )
    claim.run(session.connection(), asked)
