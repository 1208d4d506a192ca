"""A seat for the desk, wherever it was chosen; which visit was booked last; and the list one works from."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date
from typing import Any
from uuid import UUID

from flask import g, request, session, url_for

from webapp.core.errors import Conflict
from webapp.queries.appointments import AppointmentView, find_appointment
from webapp.queries.availability import VisitType, all_types
from webapp.queries.roster import seats_held_by
from webapp.rules.idempotency import check_key, fingerprint
from webapp.services.appointments import release
from webapp.services.booking import Booking, Key, hold
from webapp.web import clock
from webapp.web.guards import actor

_LAST_VISIT = "visit"
_HELD, _QUESTION = "held", "question"  # a held time, and [a held time, the question whose answer it was]


def take_once(slot_id: UUID, key: str, asked: dict[str, Any] | None = None, **more: Any) -> Booking:
    """Hold a slot; the same button of the same page, pressed again, gives the same hold while that lives.

    ``asked`` is what the key stands for, where that is not the slot.
    """
    return once(hold, key, asked or {"slot_id": slot_id}, slot_id=slot_id, created_by=g.person.user_id, **more)


def take_seats(slot_id: UUID, key: str, seats: int, **more: Any) -> Booking:
    """Hold so many seats of a group, or none: the first of them. Raises what a hold raises."""
    taken: list[Booking] = []
    try:
        for number in range(seats):
            own_key = f"{key}:{number}" if number else key
            taken.append(take_once(slot_id, own_key, {"slot_id": slot_id, **more}, **more))
    except Conflict:
        for booking in taken:
            give_back(booking.id)
        raise
    return taken[0]


def give_back(appointment_id: UUID) -> None:
    """Give a held time back, unless somebody confirmed it meanwhile: it stays, as everything that is booked does."""
    with suppress(Conflict):
        release(appointment_id=appointment_id, actor=actor())


def others_held(found: AppointmentView) -> list[UUID]:
    """The other seats of a group that this user holds and has yet to name somebody for."""
    held = seats_held_by(found.slot_id, g.person.user_id) if found.slot_id else []
    return [one for one in held if one != found.id]


def once(take: Callable[..., Booking], key: str, asked: dict[str, Any], **claim: Any) -> Booking:
    """Take a seat by the desk under a key that stands for ``asked``; anew, when what it once took is gone."""
    claim |= {"actor": actor(), "source": "DESK", "hold_seconds": clock.hold_seconds()}
    booking = take(**claim, key=Key(check_key(key), fingerprint({**asked, "actor": actor()})))
    gone = booking.replayed and booking.status in ("CANCELLED", "EXPIRED", "NO_SHOW")
    return take(**claim) if gone else booking


def remember_hold(appointment_id: UUID) -> None:
    """The time this desk holds is kept in sight on other days."""
    session[_HELD] = str(appointment_id)


def held_elsewhere(first: date, last: date) -> AppointmentView | None:
    """The time this desk held last, while it is held and not on one of these days."""
    found = find_appointment(UUID(session[_HELD])) if _HELD in session else None
    if found is None or not found.is_held_by(g.person.user_id):
        return None
    return None if first <= clock.day_of(found.start) <= last else found


def remember_question(appointment_id: UUID) -> None:
    """The time was taken from a list of found times: the way back to it."""
    session[_QUESTION] = [str(appointment_id), request.query_string.decode()]


def found_times(appointment_id: UUID) -> str | None:
    """The address of the list of found times that a held one was taken from."""
    held, question = session.get(_QUESTION, (None, ""))
    return f"{url_for('desk.next_free')}?{question}" if held == str(appointment_id) else None


def remember_visit(type_id: str | None) -> None:
    """What was booked last at this desk is what the next walk-in most likely wants."""
    if type_id:
        session[_LAST_VISIT] = type_id


def visit_for_walk_in() -> VisitType | None:
    """The type asked for, else the one booked last at this desk, else the shortest; None where there is none."""
    types = [visit for visit in all_types() if not visit.is_group]
    asked = request.form.get("type_id") or session.get(_LAST_VISIT)
    shortest = min(types, key=lambda visit: (visit.minutes, visit.name), default=None)
    return next((visit for visit in types if str(visit.id) == asked), shortest)


def came_from() -> str | None:
    """The waiting room or the group whose list a button was pressed in; None for the day."""
    back = request.form.get("back", "")
    if back == "waiting":
        return url_for("desk.waiting")
    slot_id = request.form.get("back", type=UUID)
    return url_for("desk.slot", slot_id=slot_id) if slot_id else None
