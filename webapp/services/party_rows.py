"""The visits of a party and the seats for them, in the order in which everybody locks. Never commits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from webapp.core.errors import N_, NotFound
from webapp.core.tenancy import current_tenant
from webapp.core.transactions import TryAgain
from webapp.models import Appointment, AppointmentType, TimeSlot
from webapp.rules.slots import Span
from webapp.services.slot_locks import lock_places
from webapp.services.standing import busy


@dataclass(frozen=True, slots=True)
class Seat:
    """What one visit of a party needs: a place in this slot, for this type of visit."""

    slot_id: UUID
    type_id: UUID


def places_of(session: Session, seats: Sequence[Seat]) -> list[tuple[tuple[UUID, Span], Seat]]:
    """The seats in the order in which everybody locks, each with what the door will touch: from buffer to buffer."""
    wanted_slots, wanted_types = [seat.slot_id for seat in seats], [seat.type_id for seat in seats]
    at = select(TimeSlot).where(TimeSlot.tenant_id == current_tenant(), TimeSlot.id.in_(wanted_slots))
    of = select(AppointmentType).where(
        AppointmentType.tenant_id == current_tenant(), AppointmentType.id.in_(wanted_types)
    )
    slots = {row.id: row for row in session.scalars(at)}
    types = {row.id: row for row in session.scalars(of)}
    if any(seat.slot_id not in slots or seat.type_id not in types for seat in seats):
        raise NotFound(N_("This slot does not exist. Look at the free times and choose again."))
    ordered = sorted(seats, key=lambda seat: (slots[seat.slot_id].start_time, seat.slot_id))
    return [(_reach(slots[seat.slot_id], types[seat.type_id]), seat) for seat in ordered]


def _reach(slot: TimeSlot, kind: AppointmentType) -> tuple[UUID, Span]:
    end = max(slot.end_time, slot.start_time + timedelta(minutes=kind.minutes))
    before, after = timedelta(minutes=kind.buffer_before), timedelta(minutes=kind.buffer_after)
    return slot.specialist_id, Span(slot.start_time - before, end + after)


def members_of(party_id: UUID) -> Select[Appointment]:
    query = select(Appointment).filter_by(tenant_id=current_tenant(), party_id=party_id)
    return query.order_by(Appointment.start_time, Appointment.id)


def locked_party(
    session: Session, party_id: UUID, *, also: Sequence[tuple[UUID, Span]] = ()
) -> tuple[list[Appointment], datetime]:
    """All visits of a party with their slots and those ``also`` named, locked in the one order and read again after the
    wait; the time then. Raises NotFound."""
    before = list(session.scalars(members_of(party_id)))
    if not before:
        raise NotFound(N_("This appointment does not exist."))
    places = [_place(row) for row in before]
    lock_places(session, [*also, *((specialist, span) for specialist, span in places if specialist)])
    again = members_of(party_id).with_for_update().execution_options(populate_existing=True)
    rows = list(session.scalars(again))
    if [_place(row) for row in rows] != places:
        raise TryAgain
    return rows, time_now(session)


def _place(row: Appointment) -> tuple[UUID | None, Span]:
    return row.specialist_id, Span(*busy(row))


def time_now(session: Session) -> datetime:
    now: datetime = session.execute(select(func.clock_timestamp())).scalar_one()
    return now
