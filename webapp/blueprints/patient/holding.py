"""Taking a time for a patient, and what to offer when it is gone."""

import re
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from flask import g, session

from webapp.core.errors import N_, Forbidden, InvalidInput, NotFound, SlotTaken
from webapp.queries.appointments import AppointmentView, find_appointment
from webapp.queries.availability import FreeTime, VisitType, find_type, free_times_between
from webapp.queries.slots import slot_summary
from webapp.rules.idempotency import check_key, fingerprint
from webapp.services.booking import Booking, Key, hold
from webapp.web import clock, links

NEAR = timedelta(days=14)
ALTERNATIVES = 3
BOOKED = ("CONFIRMED", "ARRIVED", "COMPLETED")


def bookable_type(type_id: UUID) -> VisitType:
    """A type of visit that patients may book here. Raises NotFound, Forbidden."""
    if not g.clinic.public_booking:
        raise Forbidden(N_("This clinic takes bookings by phone only."))
    visit = find_type(type_id)
    if visit is None or not visit.is_public:
        raise NotFound(N_("This type of visit cannot be booked online. Choose another one."))
    return visit


def take_time(*, slot_id: UUID, visit: VisitType, page_key: str) -> Booking:
    """Hold a time for a patient. The same button of the same page, pressed again, gives the same hold.

    Raises SlotTaken and whatever else the booking door refuses.
    """
    slot = slot_summary(slot_id)
    if slot is None:
        raise SlotTaken(N_("This time can no longer be booked online. Choose another one."))
    clock.check_bookable(slot.start)
    claim = {"slot_id": slot_id, "type_id": visit.id}
    options: dict[str, Any] = {"actor": "patient", "source": "PATIENT", "hold_seconds": clock.hold_seconds()}
    if not re.fullmatch("[0-9a-f]{32}", page_key):
        raise InvalidInput(N_("This page is incomplete. Reload it and choose the time again."))
    booking = hold(**claim, **options, key=_key(f"{_visitor()}:{page_key}:{slot_id}", claim))
    if booking.status != "HOLD" and booking.status not in BOOKED:
        # The page was kept open and its first hold has ended: this is a new wish, not a repetition.
        booking = hold(**claim, **options, key=_key(f"{uuid4().hex}:{slot_id}", claim))
    session["held"] = links.seal("hold", booking.id)
    return booking


def _visitor() -> str:
    """This browser, so that no other one is given its hold, whatever key its page sends."""
    return str(session.setdefault("visitor", uuid4().hex))


def _key(value: str, claim: dict[str, UUID]) -> Key:
    return Key(check_key(f"page:{value}"), fingerprint(claim))


def own_hold() -> AppointmentView | None:
    """The time this browser holds and has not done anything with yet."""
    token = session.get("held")
    appointment_id = links.unseal("hold", token) if token else None
    appointment = find_appointment(appointment_id) if appointment_id else None
    return appointment if appointment and appointment.status == "HOLD" else None


def alternatives(visit: VisitType, wanted: datetime) -> list[FreeTime]:
    """The free times nearest to the one that was wanted, in order; first within a fortnight, then anywhere."""
    since, until = clock.earliest(), clock.start_of(clock.days_open()[1] + timedelta(days=1))
    near = free_times_between(type_id=visit.id, since=max(since, wanted - NEAR), until=min(until, wanted + NEAR))
    times = near or free_times_between(type_id=visit.id, since=since, until=until)
    return sorted(sorted(times, key=lambda time: abs(time.start - wanted))[:ALTERNATIVES], key=lambda time: time.start)
