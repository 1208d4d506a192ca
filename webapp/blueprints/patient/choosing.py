"""Type of visit, specialist, day: what leads to a day's times."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from itertools import groupby
from typing import Any
from uuid import UUID

from flask import g, has_request_context, redirect, request, url_for

from webapp.blueprints.patient import blueprint
from webapp.blueprints.patient.holding import bookable_type
from webapp.queries.availability import FreeDay, FreeTime, VisitType, free_days, free_times_between, public_types
from webapp.queries.specialists import SpecialistView, list_specialists, offered_types
from webapp.rules.names import slug
from webapp.rules.parties import FEWEST, most_together
from webapp.web import clock
from webapp.web.fragments import render
from webapp.web.guards import public

DAYS_A_PAGE = 14
CHOOSING = {
    f"patient.{name}"
    for name in (
        "types",
        "specialists",
        "days",
        "times",
        "take",
        "taken",
        "party_days",
        "party_times",
        "party_take",
        "party_gone",
    )
}


@blueprint.url_defaults
def carry_hold(endpoint: str, values: dict[str, Any]) -> None:
    """Whoever changes the time, the specialist or the type of a held visit takes the hold along, cookie or none."""
    if endpoint in CHOOSING and has_request_context() and "hold" in request.args:
        values.setdefault("hold", request.args["hold"])


@blueprint.get("/c/<clinic>/book")
@public
def types() -> Any:
    """The types of visit; one that is named in the address is chosen already, and so may the specialist be.

    For several people, or a second visit in a row, each leads to the times at which all of them fit.
    """
    if not g.clinic.public_booking:
        return redirect(url_for("patient.front"))
    offered, specialists = offered_types(), list_specialists()
    wanted, someone = request.args.get("type", ""), request.args.get("specialist", "")
    specialist = next((one for one in specialists if _is_named(someone, one.id, one.full_name)), None)
    choices = [visit for visit in public_types() if specialist is None or visit.id in offered.get(specialist.id, ())]
    visit = next((one for one in choices if _is_named(wanted, one.id, one.name)), None)
    most = most_together(g.clinic.bookings_a_person)
    together = _together(choices, most)
    after_type = together.after_type if together else _after_type
    unknown = bool(wanted and visit is None) or bool(someone and specialist is None)
    if visit is not None and not unknown:
        return redirect(after_type(visit, specialist))
    if together and together.first:
        choices = [one for one in choices if one.id != together.first.id]
    return render(
        "patient/types",
        types=choices,
        specialist=specialist,
        unknown=unknown,
        after_type=after_type,
        together=together,
        most=most,
        too_many=request.args.get("people", 1, type=int) > most,
    )


@blueprint.get("/c/<clinic>/book/<uuid:type_id>/specialists")
@public
def specialists(type_id: UUID) -> Any:
    """Any specialist first, then each with their first free time; nothing to choose where there is only one."""
    visit = bookable_type(type_id)
    offering = who_offers(visit)
    if len(offering) < 2:
        return redirect(url_for("patient.days", type_id=visit.ref))
    return render("patient/specialists", type=visit, specialists=offering, first_free=first_free(visit))


@blueprint.get("/c/<clinic>/book/<uuid:type_id>")
@public
def days(type_id: UUID) -> Any:
    visit = bookable_type(type_id)
    first, last = clock.days_open()
    free = free_days(
        type_id=visit.id,
        specialist_id=chosen_specialist(),
        zone=g.clinic.timezone,
        first=first,
        last=last,
        not_before=clock.earliest(),
    )
    context = chosen(visit)
    if not free and context["only"]:
        context["others"] = _others(visit, context["specialists"])
    return render("patient/days", type=visit, **days_page(free), **context)


def chosen_specialist() -> UUID | None:
    return request.args.get("with", type=UUID)


def chosen(visit: VisitType) -> dict[str, Any]:
    """The specialists to choose from, the choice as a query to carry along, and where the days and their times are."""
    offering, choice = who_offers(visit), chosen_specialist()
    only = {"with": choice} if choice else {}
    return {
        "specialists": offering,
        "specialist": next((one for one in offering if one.id == choice), None),
        "only": only,
        "days_url": partial(url_for, "patient.days", type_id=visit.ref, **only),
        "times_url": partial(url_for, "patient.times", type_id=visit.ref, **only),
    }


def who_offers(visit: VisitType) -> list[SpecialistView]:
    """The active specialists who offer a type, by name."""
    offered = offered_types()
    return [one for one in list_specialists() if visit.id in offered.get(one.id, ())]


def first_free(visit: VisitType) -> dict[UUID, FreeTime]:
    """The first time that can be booked with each specialist who has one."""
    until = clock.bounds_of(clock.days_open()[1])[1]
    times = free_times_between(type_id=visit.id, since=clock.earliest(), until=until)
    return {time.specialist_id: time for time in reversed(times)}


def _after_type(visit: VisitType, specialist: SpecialistView | None) -> str:
    if specialist is None:
        return url_for("patient.specialists", type_id=visit.ref)
    return url_for("patient.days", type_id=visit.ref, **{"with": specialist.id})


@dataclass(frozen=True, slots=True)
class Together:
    """What is being put together on the page of types: so many people, or the two visits of one."""

    people: int
    first: VisitType | None = None

    def after_type(self, visit: VisitType, specialist: SpecialistView | None) -> str:
        """Who they are with is not asked: whoever has time for all of them, unless somebody is named."""
        if self.people == 1 and self.first is None:
            return url_for("patient.types", first=visit.ref, visits=2, specialist=specialist and specialist.id)
        only = {"with": specialist.id} if specialist else {}
        if self.first is None:
            return url_for("patient.party_days", type_id=visit.ref, people=self.people, **only)
        return url_for("patient.party_days", type_id=self.first.ref, then=visit.ref, **only)


def _together(choices: list[VisitType], most: int) -> Together | None:
    people = request.args.get("people", 1, type=int)
    if FEWEST <= people <= most:
        return Together(people)
    if request.args.get("visits") != "2" or most < FEWEST:
        return None
    return Together(1, next((one for one in choices if str(one.id) == request.args.get("first")), None))


def _is_named(wanted: str, known_id: UUID, name: str) -> bool:
    """Does a word of an address mean this one: its id, or its name however it is written?"""
    return bool(wanted) and (wanted == str(known_id) or slug(wanted) == slug(name))


def _others(visit: VisitType, offering: list[SpecialistView]) -> list[tuple[SpecialistView, datetime]]:
    """Who else has a time, the soonest first."""
    first = first_free(visit)
    return sorted(((one, first[one.id].start) for one in offering if one.id in first), key=lambda pair: pair[1])[:3]


def days_page(free: list[FreeDay]) -> dict[str, Any]:
    """What a page shows of the free days: those from the day on that the address asks for, and the months."""
    first, last = clock.days_open()
    since = clock.parse_day(request.args.get("since", "")) or first
    return {"last_day": last, "months": _months_of(free, first, last), **_paged(free, since)}


def _months_of(free: list[FreeDay], first: date, last: date) -> list[tuple[date, int]]:
    """The first day of each month that can be booked into, and how many of its days have a free time."""
    counts = {month: len(list(days)) for month, days in groupby(free, key=lambda one: one.day.replace(day=1))}
    month, found = first.replace(day=1), []
    while month <= last:
        found.append((month, counts.get(month, 0)))
        month = (month + timedelta(days=32)).replace(day=1)
    return found


def _paged(free: list[FreeDay], since: date) -> dict[str, Any]:
    """Fourteen free days, the very first of all set apart, with the days the pages before and after begin at."""
    start = next((i for i, one in enumerate(free) if one.day >= since), len(free))
    page = free[start : start + DAYS_A_PAGE]
    return {
        "first": page[0] if page and start == 0 else None,
        "first_of_all": free[0] if free and start else None,
        "days": page if start else page[1:],
        "month": page[0].day.replace(day=1) if page else None,
        "earlier": free[max(0, start - DAYS_A_PAGE)].day if start else None,
        "later": free[start + DAYS_A_PAGE].day if len(free) > start + DAYS_A_PAGE else None,
    }
