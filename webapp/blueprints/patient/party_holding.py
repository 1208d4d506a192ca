"""What is booked at once, and taking times for all of it."""

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import session

from webapp.blueprints.patient.holding import ALTERNATIVES, AN_INSTANT, BOOKED, NEAR, RENEWALS, this_browser
from webapp.blueprints.patient.limits import address, check_limits
from webapp.core.errors import N_, Conflict, InvalidInput, NotFound, SlotTaken
from webapp.core.timezones import iso, parse_instant
from webapp.queries.appointments import AppointmentView, find_under_key
from webapp.queries.availability import FreeTime, VisitType, all_types
from webapp.queries.load import booked_minutes
from webapp.queries.parties import Offer, offers
from webapp.rules.idempotency import check_key, fingerprint
from webapp.services.booking import Key
from webapp.services.parties import Visitor, hold_party, release_party
from webapp.services.party_rows import Seat
from webapp.web import clock, links

#: How often others of the same offer are tried when somebody was quicker.
TRIES = 3


@dataclass(frozen=True, slots=True)
class Plan:
    """The type of each visit: the same one for so many people, or two in a row for one of them; and with whom alone."""

    visits: tuple[VisitType, ...]
    specialist_id: UUID | None = None

    @property
    def people(self) -> int:
        return len(self.visits) if self.visits[0].id == self.visits[1].id else 1

    @property
    def asked(self) -> dict[str, Any]:
        """As a query to carry along."""
        only = {"with": self.specialist_id} if self.specialist_id else {}
        return only | ({"people": self.people} if self.people > 1 else {"then": self.visits[1].ref})

    def offers(self, since: datetime, until: datetime) -> list[Offer]:
        """The times for all of it that begin in [since, until), UTC."""
        return offers(self.visits, since=since, until=until, specialist_id=self.specialist_id)


@dataclass(frozen=True, slots=True)
class Wish:
    """When somebody wants the first of them to begin and the last to end (UTC)."""

    start: datetime
    end: datetime


def plan_of(members: list[AppointmentView], specialist_id: UUID | None = None) -> Plan:
    """What a party is made of, and with whom it is to be. Raises NotFound for a type that there is not any more."""
    known = {visit.id: visit for visit in all_types()}
    visits = tuple(known[one.type_id] for one in members if one.type_id in known)
    if len(visits) < len(members):
        raise NotFound(N_("This type of visit cannot be booked online. Choose another one."))
    return Plan(visits, specialist_id)


def wished(typed: str) -> Wish | None:
    """What the pressed button asks for: "start/end"."""
    start, _slash, end = typed.partition("/")
    with suppress(InvalidInput):
        return Wish(parse_instant(start, field="start"), parse_instant(end, field="end"))
    return None


def take_party(*, plan: Plan, wish: Wish, page_key: str, instead_of: list[AppointmentView]) -> AppointmentView:
    """Hold times for all, in place of those they hold; the first of them. Whom they see is decided here.

    The same button of the same page, pressed again, gives the same. Raises TooManyAttempts, SlotTaken and whatever else
    the booking door refuses; then nothing new is held.
    """
    clock.check_bookable(wish.start)
    if not re.fullmatch("[0-9a-f]{32}", page_key):
        raise InvalidInput(N_("This page is incomplete. Reload it and choose the time again."))
    key = f"party:{this_browser()}:{page_key}:{iso(wish.start)}:{iso(wish.end)}"
    before = [one for one in instead_of if one.status == "HOLD"]
    taken, key = _pressed_before(key)
    if taken is None:
        check_limits(visitor=this_browser(), adding=len(plan.visits), giving_back=len(before))
        taken = _take(plan, wish, key, instead_of)
    session["party"] = links.seal("party", taken.id)
    if before and before[0].party_id and before[0].party_id != taken.party_id:
        with suppress(Conflict, NotFound):  # it was booked meanwhile: then it stays
            release_party(party_id=before[0].party_id, actor="patient")
    return taken


def _pressed_before(key: str) -> tuple[AppointmentView | None, str]:
    """What this button holds or booked already, if anything; else the key for a wish that begins anew."""
    for _renewal in range(RENEWALS):
        made = find_under_key(f"{key}:0")
        if made is None or made.status in ("HOLD", *BOOKED):
            return made, key
        key = f"party:{this_browser()}:after:{made.id.hex}"
    raise SlotTaken(N_("This time can no longer be booked online. Choose another one."))


def _take(plan: Plan, wish: Wish, key: str, instead_of: list[AppointmentView]) -> AppointmentView:
    asked = fingerprint({"start": wish.start, "end": wish.end, "types": [str(visit.id) for visit in plan.visits]})
    before = instead_of[0].id if instead_of else None
    visitor = Visitor(this_browser(), address(), before, plan.specialist_id)
    options: dict[str, Any] = {"visitor": visitor, "key": Key(check_key(key), asked)}
    for number in range(1, TRIES + 1):
        try:
            hold_party(seats=_seats(plan, wish), hold_seconds=clock.hold_seconds(), **options)
        except Conflict:
            # This very button may have taken the last ones a moment ago.
            if number == TRIES and find_under_key(f"{key}:0") is None:
                raise
        made = find_under_key(f"{key}:0")
        if made is not None:
            return made
    raise SlotTaken(N_("This time has just been taken. Choose another one."))


def _seats(plan: Plan, wish: Wish) -> list[Seat]:
    times = times_of(offered(plan, wish))
    return [Seat(time.slot_id, visit.id) for time, visit in zip(times, plan.visits, strict=False)]


def offered(plan: Plan, wish: Wish) -> Offer:
    """What there is for the wish now. Raises SlotTaken where there is nothing."""
    found = plan.offers(wish.start, wish.start + AN_INSTANT)
    offer = next((one for one in found if one.end == wish.end), None)
    if offer is None:
        raise SlotTaken(N_("This time has just been taken. Choose another one."))
    return offer


def times_of(offer: Offer) -> list[FreeTime]:
    """Those of the offer with whoever has least to do that day; more than are needed where they are at once."""
    since, until = clock.bounds_of(clock.day_of(offer.start))
    who = {time.specialist_id for way in offer.ways for time in way}
    load = booked_minutes(specialist_ids=who, since=since, until=until)
    way = min(offer.ways, key=lambda times: sum(load[time.specialist_id] for time in times))
    return sorted(way, key=lambda time: load[time.specialist_id]) if offer.at_once else list(way)


def nearest(plan: Plan, start: datetime) -> list[Offer]:
    """The offers nearest to the start that was wanted, in order; first within a fortnight, then anywhere."""
    since, until = clock.earliest(), clock.start_of(clock.days_open()[1] + timedelta(days=1))
    near = plan.offers(max(since, start - NEAR), min(until, start + NEAR))
    found = near or plan.offers(since, until)
    closest = sorted(found, key=lambda offer: (abs(offer.start - start), offer.start))[:ALTERNATIVES]
    return sorted(closest, key=lambda offer: offer.start)
