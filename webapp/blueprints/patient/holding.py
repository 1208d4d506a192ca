"""Taking a time for a patient, and what to offer when it is gone."""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from flask import g, request, session, url_for
from werkzeug.datastructures import MultiDict

from webapp.blueprints.patient.limits import address, check_limits
from webapp.core.errors import N_, Conflict, Forbidden, InvalidInput, NotFound, SlotTaken
from webapp.core.tenancy import current_tenant
from webapp.core.timezones import iso, parse_instant
from webapp.queries.appointments import AppointmentView, find_appointment, find_under_key
from webapp.queries.availability import (
    FreeTime,
    VisitType,
    find_bookable,
    find_type,
    free_times_between,
    free_times_within,
    wanted_for,
)
from webapp.queries.load import booked_minutes
from webapp.queries.patient_holds import Holding, held_by
from webapp.queries.slots import slot_summary
from webapp.rules.idempotency import check_key, fingerprint
from webapp.rules.slots import Span
from webapp.services.appointments import release
from webapp.services.booking import Key, hold_one_of
from webapp.services.patient_holds import note_hold
from webapp.web import clock, links, throttle

NEAR = timedelta(days=14)
ALTERNATIVES = 3
BOOKED = ("CONFIRMED", "ARRIVED", "COMPLETED")
AN_INSTANT = timedelta(microseconds=1)
#: How often one button of one page may begin anew after what it held has ended: enough for any page left open.
RENEWALS = 20


@dataclass(frozen=True, slots=True)
class Wish:
    """The time somebody chose (UTC): with one specialist, or with any of them."""

    start: datetime
    specialist_id: UUID | None = None

    @property
    def asked(self) -> dict[str, str]:
        """As a query to carry along: see asked_for()."""
        return {"near": iso(self.start)} | ({"with": str(self.specialist_id)} if self.specialist_id else {})


def check_open() -> None:
    """Raise Forbidden, which leads to the front page, where patients do not book themselves, or not any more."""
    if not g.clinic.public_booking:
        raise Forbidden(g.clinic.closed_message or N_("This clinic takes bookings by phone only."))


def bookable_type(ref: UUID) -> VisitType:
    """A type of visit that patients may book here, by what stands in the address. Raises NotFound, Forbidden."""
    check_open()
    visit = find_bookable(ref)
    if visit is None:
        raise NotFound(N_("This type of visit cannot be booked online. Choose another one."))
    return visit


def type_of(appointment: AppointmentView) -> VisitType:
    """The type of a visit that somebody holds already, public or not. Raises NotFound."""
    visit = find_type(appointment.type_id) if appointment.type_id else None
    if visit is None:
        raise NotFound(N_("This type of visit cannot be booked online. Choose another one."))
    return visit


def wished(form: Mapping[str, str], specialist_id: UUID | None) -> Wish | None:
    """What the pressed button asks for: a start with the page's specialist, or one slot; None when it names neither.

    Raises SlotTaken for a slot there is not.
    """
    if "start" in form:
        with suppress(InvalidInput):
            return Wish(parse_instant(form["start"], field="start"), specialist_id)
        return None
    try:
        slot_id = UUID(form["slot_id"])
    except (KeyError, ValueError):
        return None
    slot = slot_summary(slot_id)
    if slot is None:
        raise SlotTaken(N_("This time can no longer be booked online. Choose another one."))
    return Wish(slot.start, slot.specialist_id)


def asked_for(query: MultiDict[str, str]) -> Wish | None:
    """The time that an address speaks of, if it does."""
    with suppress(InvalidInput):
        return Wish(parse_instant(query.get("near", ""), field="near"), query.get("with", type=UUID))
    return None


def take_time(*, wish: Wish, visit: VisitType, page_key: str, instead_of: UUID | None = None) -> UUID:
    """Hold a time for a patient, in place of the one they hold; whom they see is decided here where they do not mind.

    The same button of the same page, pressed again, gives the same hold. Raises Forbidden, TooManyAttempts, SlotTaken
    and whatever else the booking door refuses.
    """
    check_open()
    clock.check_bookable(wish.start)
    if not re.fullmatch("[0-9a-f]{32}", page_key):
        raise InvalidInput(N_("This page is incomplete. Reload it and choose the time again."))
    key = f"page:{this_browser()}:{page_key}:{iso(wish.start)}:{wish.specialist_id or 'any'}"
    pressed_before = find_under_key(key)
    if not (pressed_before and pressed_before.status == "HOLD"):
        check_limits(visitor=this_browser(), giving_back=int(instead_of is not None))
    taken = _hold(wish, visit, key)
    session["held"] = links.seal("hold", taken)
    note_hold(
        appointment_id=taken,
        visitor=this_browser(),
        address=address(),
        specialist_id=wish.specialist_id,
        instead_of=instead_of,
    )
    if instead_of and instead_of != taken:
        with suppress(Conflict, NotFound):  # it was booked meanwhile: then it stays
            release(appointment_id=instead_of, actor="patient")
    return taken


def _hold(wish: Wish, visit: VisitType, first_key: str) -> UUID:
    slots = [time.slot_id for time in _least_loaded_first(wish, visit)]
    options: dict[str, Any] = {"actor": "patient", "source": "PATIENT", "hold_seconds": clock.hold_seconds()}
    asked = fingerprint({"start": wish.start, "specialist_id": wish.specialist_id, "type_id": visit.id})
    key = Key(check_key(first_key), asked)
    for _renewal in range(RENEWALS):
        try:
            taken: Any = hold_one_of(slot_ids=slots, type_id=visit.id, key=key, **options)
        except Conflict:
            taken = find_under_key(key.value)  # this very button may have taken the last one a moment ago
            if taken is None:
                raise
        if taken.status in ("HOLD", *BOOKED):
            return UUID(str(taken.id))
        # The page was kept open and what it held has ended: this is a new wish, not a repetition, and the same to
        # whoever presses twice now.
        key = Key(check_key(f"page:{this_browser()}:after:{taken.id.hex}"), asked)
    raise SlotTaken(N_("This time can no longer be booked online. Choose another one."))


def _least_loaded_first(wish: Wish, visit: VisitType) -> list[FreeTime]:
    """Who is free then, the one with the fewest booked minutes that day first."""
    chosen = None if wish.specialist_id is None else [wish.specialist_id]
    free = free_times_within([Span(wish.start, wish.start + AN_INSTANT)], wanted_for(visit), specialist_ids=chosen)
    if len(free) < 2:
        return free
    since, until = clock.bounds_of(clock.day_of(wish.start))
    load = booked_minutes(specialist_ids=[time.specialist_id for time in free], since=since, until=until)
    return sorted(free, key=lambda time: load[time.specialist_id])


def this_browser() -> str:
    """This browser, so that no other one is given its hold, whatever key its page sends."""
    return throttle.digest("visitor", current_tenant(), str(session.setdefault("visitor", uuid4().hex)))


def held_here() -> list[Holding]:
    """All that this browser holds."""
    return held_by(visitor=this_browser(), now=clock.now())


def own_hold() -> AppointmentView | None:
    """The time this browser holds and has not done anything with yet: the one a link says is to change, or the last."""
    held = held_by_token(request.args.get("hold") or session.get("held", ""))
    return held if held and held.status == "HOLD" else None


def held_by_token(token: str) -> AppointmentView | None:
    appointment_id = links.unseal("hold", token) if token else None
    return find_appointment(appointment_id) if appointment_id else None


def hold_url(appointment: AppointmentView) -> str:
    return url_for("patient.details", token=links.seal("hold", appointment.id))


def alternatives(visit: VisitType, wish: Wish) -> list[FreeTime]:
    """The free times nearest to the one that was wanted, in order; first within a fortnight, then anywhere.

    Where any specialist will do, each time once; else with whom they are is part of the choice.
    """
    since, until = clock.earliest(), clock.start_of(clock.days_open()[1] + timedelta(days=1))
    near = Span(max(since, wish.start - NEAR), min(until, wish.start + NEAR))
    times = _free_between(visit, near) or _free_between(visit, Span(since, until))
    if wish.specialist_id is None:
        times = list({time.start: time for time in reversed(times)}.values())
    # At the same distance first with the specialist that was chosen, then the earlier one.
    nearest = sorted(times, key=lambda t: (abs(t.start - wish.start), t.specialist_id != wish.specialist_id, t.start))
    return sorted(nearest[:ALTERNATIVES], key=lambda time: time.start)


def _free_between(visit: VisitType, span: Span) -> list[FreeTime]:
    return free_times_between(type_id=visit.id, since=span.start, until=span.end) if span.start < span.end else []
