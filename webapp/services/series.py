"""Several visits planned together: every one through the booking door, in one transaction, all or none."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from webapp.core.database import new_id
from webapp.core.errors import N_, Conflict, HoldExpired, InvalidInput, NotFound, StaleVersion
from webapp.core.tenancy import current_tenant
from webapp.core.transactions import TryAgain, transactional
from webapp.models import Appointment, AppointmentStatus, AppointmentType, TimeSlot
from webapp.rules.series import MOST_VISITS
from webapp.rules.slots import Span
from webapp.services import audit, claim, outbox
from webapp.services.claim import Key
from webapp.services.slot_locks import lock_places
from webapp.services.standing import busy

#: What a series may begin with: a held time, or a visit that stands.
FIRST = (
    AppointmentStatus.HOLD,
    AppointmentStatus.CONFIRMED,
    AppointmentStatus.ARRIVED,
    AppointmentStatus.COMPLETED,
)


@dataclass(frozen=True, slots=True)
class Series:
    """``visits`` are the appointments in order of time, the first one included."""

    id: UUID
    visits: list[UUID]


@dataclass(frozen=True, slots=True)
class _Stop:
    """A slot that a visit of the series is to begin in."""

    slot_id: UUID
    specialist_id: UUID
    span: Span


@transactional
def book_series(
    session: Session,
    *,
    appointment_id: UUID,
    version: int,
    slot_ids: Sequence[UUID],
    actor: str,
    key: Key,
    created_by: UUID | None = None,
) -> Series:
    """Book further visits of an appointment's patient, type and length; if it is held, it is confirmed with them.

    Raises SlotTaken, PatientBusy, Conflict or NotFound when one of the times cannot be had: then nothing was booked.
    HoldExpired and StaleVersion concern the first visit; IdempotencyMismatch a key that was used for something else.
    """
    if not 1 <= len(set(slot_ids)) < MOST_VISITS or len(set(slot_ids)) != len(slot_ids):
        raise InvalidInput(N_("Choose each time of the series once, and at least one."))
    first = session.execute(_row(appointment_id)).scalar_one_or_none()
    if first is None:
        raise NotFound(N_("This appointment does not exist."))
    place = _place(first)
    stops = _stops(session, slot_ids)
    lock_places(session, [*_reaches(session, first, stops), *([place] if place else [])])
    first = session.execute(
        _row(appointment_id).with_for_update().execution_options(populate_existing=True)
    ).scalar_one()
    if _place(first) != place:
        raise TryAgain
    known = _known(session, key)
    if known is not None:
        return known
    _take_up(session, first, version=version, visits=len(stops) + 1, actor=actor)
    booked = [_book(session, first, stop, number, key, actor, created_by).id for number, stop in enumerate(stops)]
    session.execute(
        update(Appointment)
        .where(Appointment.tenant_id == current_tenant(), Appointment.id.in_(booked))
        .values(series_id=first.series_id)
    )
    assert first.series_id is not None
    return Series(first.series_id, [first.id, *booked])


def _row(appointment_id: UUID) -> Select[Appointment]:
    return select(Appointment).filter_by(tenant_id=current_tenant(), id=appointment_id)


def _place(row: Appointment) -> tuple[UUID, Span] | None:
    """Where an appointment stands, buffers included; nowhere to lock without a specialist."""
    if row.specialist_id is None:
        return None
    return row.specialist_id, Span(*busy(row))


def _stops(session: Session, slot_ids: Iterable[UUID]) -> list[_Stop]:
    """The slots in order of their start: the order in which everybody locks."""
    query = (
        select(TimeSlot.id, TimeSlot.specialist_id, TimeSlot.start_time, TimeSlot.end_time)
        .where(TimeSlot.tenant_id == current_tenant(), TimeSlot.id.in_(slot_ids))
        .order_by(TimeSlot.start_time, TimeSlot.id)
    )
    found = [_Stop(slot, specialist, Span(start, end)) for slot, specialist, start, end in session.execute(query)]
    if len(found) != len(set(slot_ids)):
        raise NotFound(N_("This slot does not exist. Look at the free times and choose again."))
    return found


def _reaches(session: Session, first: Appointment, stops: list[_Stop]) -> list[tuple[UUID, Span]]:
    """What each visit will touch, as the door will lock it again: from buffer to buffer."""
    buffers = select(AppointmentType.buffer_before, AppointmentType.buffer_after).filter_by(
        tenant_id=current_tenant(), id=first.appointment_type_id
    )
    before, after = session.execute(buffers).one_or_none() or (0, 0)
    length = _length(first)
    return [
        (
            stop.specialist_id,
            Span(
                stop.span.start - timedelta(minutes=before),
                max(stop.span.end, stop.span.start + length) + timedelta(minutes=after),
            ),
        )
        for stop in stops
    ]


def _length(row: Appointment) -> timedelta:
    return (row.end_time or row.start_time) - row.start_time


def _known(session: Session, key: Key) -> Series | None:
    """The series that this key made before."""
    series_id = claim.known_together(session, key, Appointment.series_id)
    if series_id is None:
        return None
    members = (
        select(Appointment.id)
        .filter_by(tenant_id=current_tenant(), series_id=series_id)
        .order_by(Appointment.start_time)
    )
    return Series(series_id, list(session.scalars(members)))


def _take_up(session: Session, row: Appointment, *, version: int, visits: int, actor: str) -> None:
    """Make the first visit one of a series, confirmed if it was held."""
    now: datetime = session.execute(select(func.clock_timestamp())).scalar_one()
    if row.status not in FIRST or (row.expires_at is not None and row.expires_at <= now):
        raise HoldExpired(N_("The hold on this time has ended. Choose a time again."))
    if row.version != version:
        raise StaleVersion(N_("Somebody changed this appointment meanwhile. Look at it again before you change it."))
    if row.patient_id is None:
        raise Conflict(N_("Choose the patient first, then the further visits."))
    place, was_held = _place(row), row.status == AppointmentStatus.HOLD
    row.series_id = row.series_id or new_id()
    row.version += 1
    row.updated_at = now
    if was_held:
        row.status, row.expires_at = AppointmentStatus.CONFIRMED, None
    session.flush()
    if was_held and place:
        specialist_id, span = place
        session.execute(select(func.refresh_slots(current_tenant(), specialist_id, span.start, span.end)))
        audit.record(session, row.id, "CONFIRMED", actor=actor)
        outbox.tell(session, row.id, "CONFIRMATION")
    audit.record(session, row.id, "SERIES", actor=actor, visits=visits)


def _book(
    session: Session, first: Appointment, stop: _Stop, number: int, key: Key, actor: str, created_by: UUID | None
) -> claim.Booking:
    return claim.run(
        session.connection(),
        claim.parameters(
            slot=stop.slot_id,
            status="CONFIRMED",
            type=first.appointment_type_id,
            minutes=round(_length(first) / timedelta(minutes=1)),
            patient=first.patient_id,
            priority=first.priority,
            created_by=created_by,
            actor=actor,
            source="DESK",
            **claim.idempotency(key.numbered(number)),
        ),
    )
